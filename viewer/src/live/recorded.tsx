// That the session is recorded, for as long as its archiver is here; and when the server cannot write it just now, that and why.

import { useEffect, useState } from 'preact/hooks';
import { Tip } from '../parts/tip.tsx';
import { recordings } from '../recordings/server.ts';

const ALLOWED = 'The customer allowed a recording. The server keeps it, and can read it.';

/** How often the server is asked, ms. */
const EVERY = 5000;

/** Why nothing is written now; empty when it is. */
function useTrouble(session: string | undefined): string {
  const [why, setWhy] = useState('');
  useEffect(() => {
    let over = false;
    const ask = async () => {
      if (!session) return;
      try {
        const now = await recordings.recording(session);
        if (!over) setWhy(now.state === 'live' ? (now.why ?? '') : '');
      } catch {
        // Nothing is known of it: what was said last stays.
      }
    };
    void ask();
    const timer = setInterval(ask, EVERY);
    return () => {
      over = true;
      clearInterval(timer);
    };
  }, [session]);
  return why;
}

export function RecordedBadge({ session }: { session: string | undefined }) {
  const why = useTrouble(session);
  const text = why
    ? `${why} The live view is not touched by it; what is missing will be said in the recording.`
    : ALLOWED;
  return (
    <Tip text={<span class="tip-wide">{text}</span>}>
      <button type="button" class={`badge recorded ${why ? 'troubled' : ''}`} data-testid="recorded">
        <span class="recorded-dot" aria-hidden="true" />
        <span class="badge-word" role="status">
          {why ? 'Not recorded now' : 'Recorded'}
        </span>
      </button>
    </Tip>
  );
}
