// For end-to-end tests: a look at the stage, and a way to have it built anew from a keyframe; only where the server marked the page as a
// test's and the URL asks for it.

import type { Telemetry } from '../telemetry/model.ts';
import type { LiveStore } from './store.ts';
import type { Stats } from './transport.ts';

interface Debug {
  serialize(): Promise<string>;
  stats(): Stats;
  rung(): string | null;
  again(): void;
  telemetry: Telemetry;
}

declare global {
  interface Window {
    __ridealong?: Debug;
  }
}

/** Returns what takes it away again. */
export function exposeForTest(store: LiveStore): () => void {
  const marked = document.querySelector('meta[name=ridealong-e2e]')?.getAttribute('content') === '1';
  if (!marked || !new URLSearchParams(location.search).has('e2e')) return () => undefined;
  window.__ridealong = Object.freeze({
    serialize: () => store.serialize(),
    stats: () => ({ ...store.statsNow() }),
    rung: () => store.facts.peek().rung,
    again: () => store.again(),
    telemetry: store.telemetry,
  });
  return () => {
    delete window.__ridealong;
  };
}
