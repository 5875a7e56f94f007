// What the browser measured of each file and request, the document itself included.

import { EntryCode, LeftOut, TimingFlag, type TransferArgs } from '@ridealong/wire/entries';
import type { Book } from './book.ts';
import { method } from './platform.ts';

/** What a PerformanceResourceTiming says of itself; older browsers do not say all of it. */
export interface Timing {
  readonly name: string;
  readonly initiatorType: string;
  readonly startTime: number;
  readonly duration: number;
  readonly responseStatus?: number;
  readonly nextHopProtocol?: string;
  readonly deliveryType?: string;
  readonly renderBlockingStatus?: string;
  readonly transferSize?: number;
  readonly encodedBodySize?: number;
  readonly decodedBodySize?: number;
  readonly requestStart?: number;
  readonly responseStart?: number;
  readonly workerStart?: number;
}

/** In the order of `Transfer.marks`. */
const MARKS = 'fetchStart domainLookupStart domainLookupEnd connectStart secureConnectionStart connectEnd requestStart responseStart responseEnd workerStart'.split(' '); // biome-ignore format: a list

/** A transfer's fields behind the duration. */
type Moved = TransferArgs extends readonly [number, ...infer Rest] ? Rest : never;
export const NOTHING_MOVED: Moved = [[], '', 0, 0, 0, 0];

const whole = (n = 0): number => Math.min(0xffffffff, Math.max(0, Math.round(n)));

export function transferOf(timing: Timing, window: Window): TransferArgs {
  const { name, startTime, duration, transferSize, encodedBodySize, decodedBodySize, workerStart, deliveryType } =
    timing;
  const marks = MARKS.map((mark) => {
    const at = Reflect.get(timing, mark) as number | undefined;
    return at ? whole((at - startTime) * 10) + 1 : 0;
  });
  const elsewhere = !name.startsWith(`${window.location.origin}/`) && /^\w+:\/\//.test(name);
  const hidden = elsewhere && !timing.requestStart && !timing.responseStart;
  const cached = deliveryType === 'cache' || (!transferSize && !!decodedBodySize && !workerStart && !deliveryType);
  const flags =
    (cached ? TimingFlag.cache : 0) |
    (workerStart ? TimingFlag.worker : 0) |
    (hidden ? TimingFlag.hidden : 0) |
    (timing.renderBlockingStatus === 'blocking' ? TimingFlag.blocked : 0);
  const protocol = (timing.nextHopProtocol ?? '').slice(0, 20);
  return [whole(duration * 10), marks, protocol, flags, whole(transferSize), whole(encodedBodySize), whole(decodedBodySize)]; // biome-ignore format: one line
}

/** Tells of each that no request of a script's is behind; returns what ends it. */
export function watchTimings(book: Book): () => void {
  const { t } = book;
  const { window } = t;
  // All that a timing says, without any accessor that a page could have replaced.
  const plain = method<Timing>(window.PerformanceResourceTiming, 'toJSON');
  const see = (entry: unknown): void => {
    const timing = plain(entry);
    if (!timing || timing.startTime < t.since || t.ours(timing.name) || book.timing(timing)) return;
    const { name, initiatorType, startTime, responseStatus } = timing;
    const url = t.url(name).slice(0, 2000);
    if (!t.room(LeftOut.requests, initiatorType.slice(0, 20), 0, url)) return;
    const fields = [initiatorType.slice(0, 20), url, responseStatus ?? 0, transferOf(timing, window)] as const;
    t.tell(EntryCode.resource, [...fields], startTime);
  };
  const watch = (type: string): (() => void) => {
    const observer = new window.PerformanceObserver((list) => {
      for (const entry of list.getEntries()) t.patches.run(() => see(entry));
    });
    observer.observe({ type, buffered: true });
    return () => observer.disconnect();
  };
  const types = window.PerformanceObserver?.supportedEntryTypes ?? [];
  book.timed = types.includes('resource');
  const ends = ['navigation', 'resource'].filter((type) => types.includes(type)).map(watch);
  return () => {
    for (const end of ends) end();
  };
}
