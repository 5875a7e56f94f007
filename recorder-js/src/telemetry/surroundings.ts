// The browser around the page: all that is told of it first, then what has changed; and what is measured now and then.

import { EntryCode, type Pair } from '@ridealong/wire/entries';
import { environment } from '../capture/environment.ts';
import { listen, native } from '../dom.ts';
import type { Telling } from './context.ts';

/** Between two measurements, ms; frames are counted for so many of them. */
const EVERY = 5000;
const FRAMES = 20;
/** A page that is resized says so when it is done, ms. */
const SETTLED = 250;

interface Memory {
  memory?: { usedJSHeapSize: number; jsHeapSizeLimit: number };
}

function facts({ window, privacy }: Telling): Record<string, string> {
  const flat: Record<string, string> = {};
  const told = JSON.parse(environment(window, privacy.mode === 'standard')) as Record<string, unknown>;
  for (const [name, value] of Object.entries(told)) {
    if (Array.isArray(value)) flat[name] = value.join(', ');
    else if (typeof value === 'object' && value !== null)
      for (const [part, one] of Object.entries(value)) flat[`${name}.${part}`] = String(one ?? '');
    else flat[name] = String(value ?? '');
  }
  const { document, screen, innerWidth, innerHeight, visualViewport } = window;
  return Object.assign(flat, {
    viewport: `${innerWidth} × ${innerHeight}`,
    orientation: screen.orientation?.type ?? '',
    visibility: document.visibilityState,
    zoom: String(Math.round((visualViewport?.scale ?? 1) * 100) / 100),
    ...(flat['connection.rtt'] ? { 'connection.rtt': '' } : {}), // it moves all the time
  });
}

export interface Surroundings {
  /** Ms of a task that was too long. */
  busy(ms: number): void;
  stop(): void;
}

/** `watched`: somebody sees this; `backlog`: bytes that wait for the line. */
export function watchSurroundings(t: Telling, watched: () => boolean, backlog: () => number): Surroundings {
  const { window } = t;
  let known: Record<string, string> = {};
  let waiting: ReturnType<typeof setTimeout> | undefined;
  let long = 0;
  let running = true;

  function compare(): void {
    const now = facts(t);
    const changes = Object.entries(now).filter(([name, value]) => value !== (known[name] ?? '')) as Pair[];
    known = now;
    if (changes.length > 0) t.tell(EntryCode.environment, [changes]);
  }
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => running && t.patches.run(compare), SETTLED);
  };

  const undos = ['resize', 'online', 'offline', 'languagechange', 'orientationchange'].map((name) =>
    listen(window, name, soon),
  );
  undos.push(listen(window.document, 'visibilitychange', soon));
  const { connection } = window.navigator as { connection?: EventTarget };
  const queries = ['(prefers-color-scheme: dark)', '(prefers-reduced-motion: reduce)'].map((q) => window.matchMedia(q));
  for (const target of [window.visualViewport, window.screen.orientation, connection, ...queries])
    if (target) for (const name of ['change', 'resize']) undos.push(listen(target, name, soon));

  const frame = native(window, 'requestAnimationFrame');
  /** Frames per second × 10 over a moment, then done; a page that is not seen gets none. */
  function measure(done: (frames: number) => void): void {
    if (window.document.visibilityState !== 'visible') return done(0);
    let count = 0;
    let first = 0;
    const step = () => {
      if (!running) return;
      if (count === 0) first = performance.now();
      if (count++ < FRAMES) frame(() => t.patches.run(step));
      else done(Math.round((FRAMES * 10_000) / Math.max(1, performance.now() - first)));
    };
    step();
  }

  const gauge = () => {
    if (!watched()) return;
    measure((frames) => {
      const { memory } = performance as Memory;
      const kib = (bytes = 0) => Math.round(bytes / 1024);
      const nodes = window.document.getElementsByTagName('*').length;
      const figures = [frames, kib(memory?.usedJSHeapSize), kib(memory?.jsHeapSizeLimit), nodes] as const;
      t.tell(EntryCode.gauge, [...figures, Math.round(long), backlog()]);
      long = 0;
    });
  };
  const ticking = setInterval(() => t.patches.run(gauge), EVERY);
  compare();
  return {
    busy: (ms) => {
      long += ms;
    },
    stop: () => {
      running = false;
      clearInterval(ticking);
      for (const undo of undos) undo();
    },
  };
}
