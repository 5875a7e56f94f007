// What the loader imports: starts the recorder and its bar for this document, once in a tab, and lets
// it go while the page is in the browser's cache.

import { listen } from './dom.ts';
import { Hook } from './hook.ts';
import type { Early } from './loader/early.ts';
import { catchOurs } from './net.ts';
import { Privacy, rulesFor } from './privacy/policy.ts';
import { type Settings, tighten } from './privacy/tighten.ts';
import { Recorder } from './recorder.ts';
import { type Place, place, Siblings } from './siblings.ts';
import type { Tab } from './tab.ts';
import { Bar } from './ui/bar.ts';

/** Set by the build. */
declare const VERSION: string;

/** `tab`: what it has of a session; without one another tab of the site may have one. `data` is that of the script element: what the site wrote beside the loader's address. `early`: what was heard before. */
export async function start(
  tab: Tab | null | undefined,
  base: string,
  data: DOMStringMap = {},
  early?: Early,
): Promise<void> {
  if (window.top !== window.self || !Hook.free) return;
  let settings = settingsOf(data);
  await rulesFor(settings); // without them nothing begins, not even a socket
  let found = await place(tab ?? undefined);
  if (!found) return;
  if (data.worker === 'no') found.state.set({ alone: true });
  let recorder: Recorder;
  let siblings: Siblings | undefined;
  catchOurs(base, (error) => recorder?.fault(error));
  const bar = new Bar({
    stop: () => all('stop'),
    pause: () => all('pause'),
    resume: () => all('resume'),
    unrecord: () => all('unrecord'),
  });
  const hook = new Hook();
  const all = (act: 'stop' | 'pause' | 'resume' | 'unrecord') => {
    siblings?.say(act);
    recorder[act]();
  };
  /** Another document may have the session of this tab. */
  const leave = () => {
    siblings?.close();
    siblings = undefined;
    found?.release();
  };
  let cached = false;
  const begin = ({ state: tab }: Place) => {
    recorder = new Recorder({
      origin: new URL(base).origin,
      base,
      tab,
      privacy: async (remote) => {
        settings = tighten(settings, remote);
        return new Privacy(settings, await rulesFor(settings));
      },
      settings: () => settings,
      early,
      guests: (data.frames ?? '').split(/[\s,]+/).filter(Boolean),
      said: () => hook.said,
      events: {
        state: (state, reason) => {
          if (state === 'ended' || state === 'fault') leave();
          bar.state(state, reason);
          hook.state(state, reason);
        },
        watchers: (names, recorded) => {
          bar.watchers(names, recorded);
          hook.watchers(names);
        },
        compare: (digits, withdrawn) => bar.compare(digits, withdrawn),
      },
      gone: (persisted) => {
        cached = persisted && !recorder.over;
        // Nothing that is open keeps the page out of the browser's cache, and the agents see the next page at once.
        if (cached) recorder.detach();
        leave();
      },
      agreed: (keys) => siblings?.say('learn', keys),
      ignore: (node) => bar.owns(node),
    });
    siblings = new Siblings(tab, recorder);
  };
  begin(found);
  hook.open(VERSION, () => ({ state: recorder.state, stop: () => all('stop'), say: () => recorder.say() }));
  listen(window, 'pageshow', async () => {
    if (!cached) return;
    // Back from the cache: the agents have seen other pages since, so the document is a new one for them.
    found?.state.reload();
    found = await place(found?.state.value);
    if (found) begin(found);
    else bar.state('ended', 'superseded');
  });
}

/** A frame that the page around it asks for what it shows (the loader has looked who asks). */
export async function ask(port: MessagePort, data: DOMStringMap, asked: readonly unknown[]): Promise<void> {
  const { guest } = await import('./guest.ts');
  await guest(port, settingsOf(data), asked);
}

function settingsOf({ mode, mask, block, show, ...more }: DOMStringMap): Settings {
  // A word that is none of ours is meant to hide something.
  const { tellTelemetry, tellConsole, tellBodies } = more;
  const known = mode === undefined || mode === 'standard' ? 'standard' : 'strict';
  return { mode: known, mask, block, show, tellTelemetry, tellConsole, tellBodies };
}
