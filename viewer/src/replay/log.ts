// What is known of one document's frames, in the order of its log, whichever order the chunks came in.
//
// Guarantees: each position once; keyframes and ops by seq, assets by time.

import { Kind } from '@ridealong/wire';
import type { Stored } from './records.ts';

export class DocumentLog {
  readonly ops: Stored[] = [];
  readonly keyframes: Stored[] = [];
  /** ASSET and REFUSED. */
  readonly assets: Stored[] = [];

  constructor(
    readonly tab: number,
    readonly epoch: number,
  ) {}

  add(frame: Stored): void {
    if (frame.kind === Kind.ops) insert(this.ops, frame, 'seq', false);
    else if (frame.kind === Kind.keyframe) insert(this.keyframes, frame, 'seq', false);
    else insert(this.assets, frame, 'time', true);
  }

  /** Of the ops with this seq or, if there are none, the first with a higher one; its index. */
  from(seq: number): number {
    return place(this.ops, seq, 'seq', false);
  }

  /** The last keyframe at this time of the document or before it. */
  keyframeAt(time: number): Stored | undefined {
    return this.keyframes.findLast((frame) => frame.time <= time);
  }
}

/** Most come at the end. */
function insert(list: Stored[], frame: Stored, by: 'seq' | 'time', same: boolean): void {
  const last = list[list.length - 1];
  if (!last || last[by] < frame[by] || (same && last[by] === frame[by])) {
    list.push(frame);
    return;
  }
  const at = place(list, frame[by], by, same);
  const there = list[at];
  if (!same && there && there[by] === frame[by]) return;
  list.splice(at, 0, frame);
}

/** The index of the first that is not below; with `behind` of the first above. */
function place(list: readonly Stored[], value: number, by: 'seq' | 'time', behind: boolean): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const there = list[middle]?.[by] ?? 0;
    if (there < value || (behind && there === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}
