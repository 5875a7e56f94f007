// Which of the customer's tabs was the one to see, over the time of a recording. Pure.

import type { RecordedDocument } from '../api/recordings.ts';

export interface Looked {
  at: number;
  tab: number;
  /** The customer came to it, or left it. */
  came: boolean;
}

/** The tab that the customer had come to last, of those that they had not left; before that, the one whose document began last. */
export function tabAt(
  looked: readonly Looked[],
  documents: readonly RecordedDocument[],
  at: number,
): number | undefined {
  const seen = new Map<number, number>();
  const left = new Set<number>();
  for (const one of [...looked].sort((a, b) => a.at - b.at)) {
    if (one.at > at) break;
    if (one.came) seen.set(one.tab, one.at);
    if (one.came) left.delete(one.tab);
    else left.add(one.tab);
  }
  for (const { tab, beganAt } of documents) if (beganAt <= at && !seen.has(tab)) seen.set(tab, beganAt);
  for (const tab of seen.keys()) if (closed(documents, tab, at)) left.add(tab);
  let best: number | undefined;
  for (const [tab, when] of seen) {
    if (left.has(tab) && !allLeft(seen, left)) continue;
    if (best === undefined || when > (seen.get(best) ?? 0)) best = tab;
  }
  return best ?? first(documents)?.tab;
}

/** Its last document was over: nothing of it comes. */
function closed(documents: readonly RecordedDocument[], tab: number, at: number): boolean {
  const begun = documents.filter((one) => one.tab === tab && one.beganAt <= at);
  const next = documents.some((one) => one.tab === tab && one.beganAt > at);
  return !next && begun.length > 0 && begun.every(({ endedAt }) => endedAt && endedAt < at);
}

function allLeft(seen: ReadonlyMap<number, number>, left: ReadonlySet<number>): boolean {
  return [...seen.keys()].every((tab) => left.has(tab));
}

/** The document that a tab showed, of those in `has` if there are any; the first one before any began. */
export function documentAt(
  documents: readonly RecordedDocument[],
  tab: number,
  at: number,
  has: (document: RecordedDocument) => boolean = () => true,
): RecordedDocument | undefined {
  const own = documents.filter((one) => one.tab === tab).sort((a, b) => a.beganAt - b.beganAt || a.epoch - b.epoch);
  return own.findLast((one) => one.beganAt <= at && has(one)) ?? own.find(has) ?? own[0];
}

function first(documents: readonly RecordedDocument[]): RecordedDocument | undefined {
  return documents.reduce<RecordedDocument | undefined>(
    (best, one) => (best && best.beganAt <= one.beganAt ? best : one),
    undefined,
  );
}
