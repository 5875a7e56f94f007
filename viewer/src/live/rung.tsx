// The path the picture takes, in words: badge, explanation, round trip.

import { Tip } from '../parts/tip.tsx';
import type { Rung } from './facts.ts';

function relayed(by: string): string {
  return `A relay passes the encrypted stream on. It cannot read it. The way to the relay is ${by}.`;
}

export const RUNGS: Record<Rung, { word: string; text: string }> = {
  direct: {
    word: 'Direct',
    text: 'The page comes straight from the customer’s browser to yours, encrypted. The server carries none of it.',
  },
  'turn/udp': { word: 'Relayed', text: relayed('UDP') },
  'turn/tcp': { word: 'Relayed, TCP', text: relayed('TCP') },
  'turn/tls': { word: 'Relayed, TLS', text: relayed('TLS') },
  fallback: {
    word: 'Through server',
    text: 'The page comes sealed through the server’s own connection. The server cannot read it. A direct path is still being tried.',
  },
};

/** The three kinds of path, by their first word. */
const kindOf = (rung: Rung) => rung.split('/')[0];

/** What is true of every path while the customer has allowed a recording. */
const RECORDED =
  'A second stream goes to the server, which keeps the recording that the customer allowed, and can read it.';

export function RungBadge({ rung, roundTrip, recorded }: { rung: Rung; roundTrip: number | null; recorded: boolean }) {
  const { word, text: path } = RUNGS[rung];
  const text = recorded ? `${path.replace(' The server carries none of it.', '')} ${RECORDED}` : path;
  return (
    <Tip text={<span class="tip-wide">{text}</span>}>
      <button type="button" class={`badge rung ${kindOf(rung)}`} data-testid="rung" data-rung={rung}>
        <RungMark rung={rung} />
        <span class="badge-word">
          <span class="unseen">Path: </span>
          {word}
        </span>
        {roundTrip !== null && <span class="rtt">{ms(roundTrip)}</span>}
        <span class="unseen">. {text}</span>
      </button>
    </Tip>
  );
}

/** Differs by shape, not only by colour: a straight line, one stop, a box in between. */
function RungMark({ rung }: { rung: Rung }) {
  const kind = kindOf(rung);
  return (
    <svg class="rung-mark" viewBox="0 0 20 10" width="20" height="10" aria-hidden="true" focusable="false">
      <path d={kind === 'fallback' ? 'M3 5h4M13 5h4' : kind === 'turn' ? 'M3 7 10 3l7 4' : 'M3 5h14'} />
      <circle cx="3" cy={kind === 'turn' ? 7 : 5} r="2" />
      <circle cx="17" cy={kind === 'turn' ? 7 : 5} r="2" />
      {kind === 'turn' && <circle cx="10" cy="3" r="2" />}
      {kind === 'fallback' && <rect x="7" y="1.5" width="6" height="7" rx="1.5" />}
    </svg>
  );
}

export function ms(value: number): string {
  return value < 10 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`;
}
