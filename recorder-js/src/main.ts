// What the loader imports: starts the recorder and its bar for this document.

import { Recorder } from './recorder.ts';
import { type Tab, TabState } from './tab.ts';
import { Bar } from './ui/bar.ts';

/** Set by the build. */
declare const VERSION: string;

/** Waits for the page that had this session before; false when another tab has it. */
async function alone(name: string): Promise<boolean> {
  if (!navigator.locks) return true;
  return new Promise((resolve) => {
    navigator.locks
      .request(`ridealong:${name}`, { signal: AbortSignal.timeout(3000) }, () => {
        resolve(true);
        return new Promise(() => undefined); // as long as this document lives
      })
      .catch(() => resolve(false));
  });
}

export async function start(tab: Tab, base: string): Promise<void> {
  if (window.top !== window.self || 'ridealong' in window) return;
  // A duplicated tab has a copy of the storage: the second one stays dormant.
  if (!(await alone(tab.session ?? tab.handoff ?? ''))) return;
  const state = new TabState(tab);
  let recorder: Recorder | undefined;
  const bar = new Bar({
    stop: () => recorder?.stop(),
    pause: () => recorder?.pause(),
    resume: () => recorder?.resume(),
  });
  const begin = () =>
    new Recorder(
      new URL(base).origin,
      state,
      { state: (s, reason) => bar.state(s, reason), watchers: (names) => bar.watchers(names) },
      (node) => bar.owns(node),
    );
  recorder = begin();
  Object.defineProperty(window, 'ridealong', {
    configurable: true,
    value: Object.freeze({
      version: VERSION,
      get state() {
        return recorder?.state;
      },
      stop: () => recorder?.stop(),
    }),
  });
  addEventListener('pageshow', (event) => {
    // Back from the browser's cache: the agents have seen other pages since, so the document is a new one for them.
    if (!event.persisted || recorder?.over) return;
    recorder?.detach();
    recorder = begin();
  });
}
