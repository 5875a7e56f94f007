// For end-to-end tests: a look at the player's stage; only where the server marked the page as a test's and the address asks for it.

import type { Telemetry } from '../telemetry/model.ts';
import type { PlayerStore } from './store.ts';

interface Debug {
  serialize(): Promise<string>;
  seek(at: number): Promise<void>;
  seeks(): number[];
  at(): number;
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
    telemetry: store.telemetry,
  });
  return () => {
    delete window.__ridealongPlayer;
  };
}
