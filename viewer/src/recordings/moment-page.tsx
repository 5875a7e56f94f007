// /m#SECRET: a link to a moment. It names a moment and opens nothing by itself: whoever follows it is signed in.

import { useEffect, useState } from 'preact/hooks';
import { type Problem, problemFrom } from '../api/problem.ts';
import { toLogin } from '../auth/account.ts';
import { Button } from '../parts/button.tsx';
import { Callout } from '../parts/callout.tsx';
import { go } from '../shell/router.ts';
import { useTitle } from '../shell/title.ts';
import { secretOf } from './secret.ts';
import { recordings } from './server.ts';

export function MomentPage() {
  const [problem, setProblem] = useState<Problem | null>(null);
  useTitle('A moment of a recording');
  useEffect(() => {
    recordings.shared(secretOf()).then(
      ({ recording, at }) => go(`/recordings/${recording}?t=${(at / 1000).toFixed(1)}`, { replace: true }),
      (thrown) => setProblem(problemFrom(thrown)),
    );
  }, []);
  if (problem?.status === 401) toLogin();
  return (
    <main class="centre" aria-busy={problem === null}>
      {problem ? (
        <Callout
          heading
          icon="clock"
          alert
          testid="moment-over"
          title={
            problem.status === 404 || problem.status === 410
              ? 'This link leads nowhere any more'
              : 'The moment did not open'
          }
          actions={<Button onClick={() => go('/recordings')}>To the recordings</Button>}
        >
          {problem.status === 404 || problem.status === 410
            ? 'It has run out, was revoked, or its recording was deleted. Ask whoever sent it for a new one.'
            : problem.message}
        </Callout>
      ) : (
        <span class="unseen">Opening…</span>
      )}
    </main>
  );
}
