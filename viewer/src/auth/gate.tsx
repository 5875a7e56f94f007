// Lets signed-in agents through to a page; sends others to sign in. Asks the server once per page load.

import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { type Problem, problemFrom } from '../api/problem.ts';
import { Button } from '../parts/button.tsx';
import { Callout } from '../parts/callout.tsx';
import { Logo } from '../parts/logo.tsx';
import { api, me, toLogin } from './account.ts';

export function Gate({ children }: { children: ComponentChildren }) {
  const [passed, setPassed] = useState(me.peek() != null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [tries, setTries] = useState(0);

  useEffect(() => {
    if (passed) return;
    let here = true;
    setProblem(null);
    api.me().then(
      (answer) => {
        if (!here) return;
        me.value = answer;
        setPassed(true);
      },
      (thrown) => {
        if (!here) return;
        const why = problemFrom(thrown);
        if (why.code === 'signed-out' || why.status === 401) toLogin();
        else setProblem(why);
      },
    );
    return () => {
      here = false;
    };
  }, [passed, tries]);

  if (passed) return <>{children}</>;
  return (
    <main class="centre" aria-busy={problem === null}>
      {problem ? (
        <Callout
          tone="warn"
          icon="wifi"
          alert
          heading
          title="The console did not open"
          actions={<Button onClick={() => setTries(tries + 1)}>Try again</Button>}
        >
          {problem.message}
        </Callout>
      ) : (
        <span class="opening-mark">
          <Logo size={36} />
          <span class="unseen">Opening…</span>
        </span>
      )}
    </main>
  );
}
