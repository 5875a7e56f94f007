// For end-to-end tests: a look at the player's stage; only where the server marked the page as a test's and the address asks for it.

import type { Telemetry } from '../telemetry/model.ts';
import type { PlayerStore } from './store.ts';

interface Debug {
  serialize(): Promise<string>;
  seek(at: number): Promise<void>;
  seeks(): number[];
  at(): number;
  /** When a frame of a document stands on the time line, once its chunk was read. */
  place(epoch: number, seq: number): number | null;
  /** The last frame that the picture has. */
  shown(): { epoch: number; seq: number };
  telemetry: Telemetry;
}

declare global {
  interface Window {
    __ridealongPlayer?: Debug;
  }
}

/** Returns what takes it away again. */
export function exposeForTest(store: PlayerStore): () => void {
  const marked = document.querySelector('meta[name=ridealong-e2e]')?.getAttribute('content') === '1';
  if (!marked || !new URLSearchParams(location.search).has('e2e')) return () => undefined;
  window.__ridealongPlayer = Object.freeze({
    serialize: () => store.serialize(),
    seek: (at: number) => store.seek(at),
    seeks: () => [...(store.player?.seeks ?? [])],
    at: () => store.at.peek(),
    place: (epoch: number, seq: number) => {
      const document = store.archive.detail?.documents.find((one) => one.epoch === epoch);
      const log = document && store.archive.log(document.tab, epoch);
      const frame = [...(log?.ops ?? []), ...(log?.keyframes ?? [])].find((one) => one.seq === seq);
      return document && frame ? document.beganAt + frame.time : null;
    },
    shown: () => store.player?.place ?? { epoch: 0, seq: 0 },
    telemetry: store.telemetry,
  });
  return () => {
    delete window.__ridealongPlayer;
  };
}
