// What the loader imports: starts the recorder and its bar for this document, once in a tab.

import { listen } from './dom.ts';
import { Hook } from './hook.ts';
import { catchOurs } from './net.ts';
import { Privacy, rulesFor } from './privacy/policy.ts';
import { type Settings, tighten } from './privacy/tighten.ts';
import { Recorder } from './recorder.ts';
import { type Tab, TabState } from './tab.ts';
import { Bar } from './ui/bar.ts';

/** Set by the build. */
declare const VERSION: string;

/** The page before this one may need a moment to go away, ms. */
const PATIENCE = 3000;

/**
 * Waits until no other document has this tab's session: a duplicated tab has a copy of the storage, and stays dormant. Gives what
 * lets go of it; undefined when another document keeps it.
 */
async function hold(name: string): Promise<(() => void) | undefined> {
  if (!navigator.locks) return () => undefined;
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(PATIENCE);
    const held = () => new Promise<void>((release) => resolve(release));
    navigator.locks.request(`ridealong:${name}`, { signal }, held).catch(() => resolve(undefined));
  });
}

/** `data` is that of the script element: what the site wrote beside the loader's address. */
export async function start(tab: Tab, base: string, data: DOMStringMap = {}): Promise<void> {
  if (window.top !== window.self || !Hook.free) return;
  let settings = settingsOf(data);
  await rulesFor(settings); // without them nothing begins, not even a socket
  const state = new TabState(tab);
  if (data.worker === 'no') state.set({ alone: true });
  const name = state.name();
  let release = await hold(name);
  if (!release) return;
  const bar = new Bar({
    stop: () => recorder.stop(),
    pause: () => recorder.pause(),
    resume: () => recorder.resume(),
  });
  const hook = new Hook();
  const begin = () =>
    new Recorder({
      origin: new URL(base).origin,
      base,
      tab: state,
      privacy: async (remote) => {
        settings = tighten(settings, remote);
        return new Privacy(settings, await rulesFor(settings));
      },
      said: () => hook.said,
      events: {
        state: (state, reason) => {
          bar.state(state, reason);
          hook.state(state, reason);
        },
        watchers: (names) => {
          bar.watchers(names);
          hook.watchers(names);
        },
        compare: (digits, withdrawn) => bar.compare(digits, withdrawn),
      },
      ignore: (node) => bar.owns(node),
    });
  let recorder = begin();
  catchOurs(base, (error) => recorder.fault(error));
  hook.open(VERSION, () => recorder);
  listen(window, 'pagehide', () => release?.());
  listen(window, 'pageshow', async (event) => {
    // Back from the browser's cache: the agents have seen other pages since, so the document is a new one for them.
    if (!(event as PageTransitionEvent).persisted || recorder.over) return;
    recorder.detach();
    state.reload();
    release = await hold(name);
    if (release) recorder = begin();
    else bar.state('ended', 'superseded');
  });
}

function settingsOf({ mode, mask, block, show }: DOMStringMap): Settings {
  // A word that is none of ours is meant to hide something.
  return { mode: mode === undefined || mode === 'standard' ? 'standard' : 'strict', mask, block, show };
}
