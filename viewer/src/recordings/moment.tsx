// A link to a moment (`/m#secret`): finds out which moment it is for, and goes there. The secret stays in the fragment, so no log has it.

import { useEffect, useState } from 'preact/hooks';
import { Problem, problemFrom } from '../api/problem.ts';
import { recordings } from '../auth/account.ts';
import { Button } from '../parts/button.tsx';
import { Callout } from '../parts/callout.tsx';
import { go } from '../shell/router.ts';
import { useTitle } from '../shell/title.ts';

export function MomentPage() {
  const [problem, setProblem] = useState<Problem | null>(null);
  useTitle('Shared moment');
  useEffect(() => {
    const secret = location.hash.slice(1);
    const missing = new Problem('not-found', '');
    const found = /^[\w-]{1,64}$/.test(secret) ? recordings.shared(secret) : Promise.reject(missing);
    found.then(
      ({ recording, at }) => go(`/recordings/${recording}?t=${at / 1000}`, { replace: true }),
      (thrown) => setProblem(problemFrom(thrown)),
    );
  }, []);
  if (!problem)
    return (
      <main class="centre" aria-busy="true">
        <span class="unseen">Looking for the moment…</span>
      </main>
    );
  const over = problem.code === 'not-found';
  const actions = over ? (
    <Button onClick={() => go('/recordings')}>To the recordings</Button>
  ) : (
    <Button onClick={() => location.reload()}>Try again</Button>
  );
  return (
    <main class="centre">
      <Callout
        heading
        alert
        title={over ? 'This link opens nothing any more' : 'The moment was not found'}
        actions={actions}
      >
        {over
          ? 'It has expired, was taken back, or is not complete. Ask whoever sent it for a new one.'
          : problem.message}
      </Callout>
    </main>
  );
}
