// Web vitals as they stand, and tasks that kept the page from answering: what the browser tells its observers, nothing measured by us.
// Names, thresholds and what counts are those of web.dev.

import { EntryCode, LeftOut, type Pair, Rating } from '@ridealong/wire/entries';
import type { Telling } from './context.ts';

/** Good up to the first, poor beyond the second; ms, of CLS the score. */
const LIMITS: Record<string, readonly [number, number]> = {
  LCP: [2500, 4000],
  CLS: [0.1, 0.25],
  INP: [200, 500],
  FCP: [1800, 3000],
  TTFB: [800, 1800],
};
/** Of CLS: shifts no further apart than this are one window, which is no longer than that, ms. */
const GAP = 1000;
const WINDOW = 5000;
/** An interaction that took less is as good as none, ms. */
const SLOW = 40;
const LONGEST = 10;
const INTERACTIONS_EACH = 50;
const MAX_SCRIPTS = 5;

interface Shift extends PerformanceEntry {
  value: number;
  hadRecentInput: boolean;
}
interface Paint extends PerformanceEntry {
  element?: Element | null;
}
interface Interaction extends PerformanceEntry {
  interactionId?: number;
  target?: Node | null;
}
interface LongFrame extends PerformanceEntry {
  blockingDuration?: number;
  scripts?: readonly { duration: number; sourceURL: string; sourceFunctionName: string; invoker: string }[];
}

/** `idOf` gives a node's id, `nameOf` its description. */
export function watchVitals(
  t: Telling,
  idOf: (node: Node) => number,
  nameOf: (node: Element) => string,
  busy: (ms: number) => void,
): () => void {
  const observers: PerformanceObserver[] = [];
  const told = new Map<string, number>();

  function vital(name: string, value: number, target?: Node | null): void {
    const whole = Math.round(value * 1000);
    if (told.get(name) === whole) return;
    told.set(name, whole);
    const [good, poor] = LIMITS[name] as readonly [number, number];
    const rating = value <= good ? Rating.good : value <= poor ? Rating.middling : Rating.poor;
    const element = target instanceof Element ? target : undefined;
    t.tell(EntryCode.vital, [name, whole, rating, element ? idOf(element) : 0, element ? nameOf(element) : '']);
  }

  function observe<E extends PerformanceEntry>(type: string, each: (entry: E) => void, more = {}): boolean {
    try {
      if (!PerformanceObserver.supportedEntryTypes.includes(type)) return false;
      const observer = new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) t.patches.run(() => each(entry as E));
      });
      observer.observe({ type, buffered: true, ...more });
      observers.push(observer);
      return true;
    } catch {
      return false;
    }
  }

  observe<PerformanceNavigationTiming>('navigation', (entry) => {
    if (entry.responseStart > 0) vital('TTFB', entry.responseStart);
  });
  observe('paint', (entry) => entry.name === 'first-contentful-paint' && vital('FCP', entry.startTime));
  observe<Paint>('largest-contentful-paint', (entry) => vital('LCP', entry.startTime, entry.element));

  let sum = 0;
  let worst = 0;
  let first = 0;
  let last = 0;
  observe<Shift>('layout-shift', ({ value, hadRecentInput, startTime }) => {
    if (hadRecentInput) return;
    if (startTime - last > GAP || startTime - first > WINDOW) {
      sum = 0;
      first = startTime;
    }
    last = startTime;
    sum += value;
    worst = Math.max(worst, sum);
    vital('CLS', worst);
  });

  /** The slowest interactions, each with the longest of its events; of many one in 50 is left out. */
  let slowest: { id: number; duration: number; target?: Node | null | undefined }[] = [];
  let interactions = 0;
  const counts = performance as { interactionCount?: number };
  const interaction = ({ interactionId: id, duration, target }: Interaction) => {
    if (!id) return;
    const same = slowest.find((one) => one.id === id);
    if (same) same.duration = Math.max(same.duration, duration);
    else {
      interactions++;
      slowest.push({ id, duration, target });
    }
    slowest = slowest.sort((a, b) => b.duration - a.duration).slice(0, LONGEST);
    const skipped = Math.min(
      slowest.length - 1,
      Math.floor((counts.interactionCount ?? interactions) / INTERACTIONS_EACH),
    );
    const one = slowest[skipped];
    if (one) vital('INP', one.duration, one.target);
  };
  observe<Interaction>('event', interaction, { durationThreshold: SLOW });

  const task = (entry: LongFrame, frame: number, blocking: number, scripts: Pair[]) => {
    if (entry.startTime < t.since) return;
    busy(entry.duration);
    if (t.room(LeftOut.others, 'task'))
      t.tell(
        EntryCode.task,
        [Math.round(entry.duration * 10), Math.round(blocking * 10), frame, scripts],
        entry.startTime,
      );
  };
  const frames = observe<LongFrame>('long-animation-frame', (entry) => {
    const scripts = [...(entry.scripts ?? [])].sort((a, b) => b.duration - a.duration);
    if (scripts[0] && scripts.every(({ sourceURL }) => t.ours(sourceURL))) return; // ours alone
    task(
      entry,
      1,
      entry.blockingDuration ?? 0,
      scripts.slice(0, MAX_SCRIPTS).map(({ sourceURL, sourceFunctionName, duration }) => {
        const place = sourceURL ? t.url(sourceURL) : '';
        return [
          [sourceFunctionName.slice(0, 60), place].filter(Boolean).join(' ') || 'a script',
          String(Math.round(duration * 10)),
        ];
      }),
    );
  });
  if (!frames) observe<LongFrame>('longtask', (entry) => task(entry, 0, Math.max(0, entry.duration - 50), []));

  return () => {
    for (const observer of observers) observer.disconnect();
  };
}
