// What came again: counted, and told at most once with every frame.

import { EntryCode } from '@ridealong/wire/entries';
import type { Telling } from './context.ts';

export class Repeats {
  private readonly counts = new Map<number, number>();
  private readonly changed = new Set<number>();

  constructor(private readonly t: Pick<Telling, 'tell'>) {}

  /** Entry n came again. */
  again(n: number): void {
    this.counts.set(n, (this.counts.get(n) ?? 1) + 1);
    this.changed.add(n);
    if (this.counts.size <= 1000) return;
    for (const old of this.counts.keys()) {
      if (!this.changed.has(old)) this.counts.delete(old);
      if (this.counts.size <= 500) break;
    }
  }

  /** Before a frame goes. */
  write(): void {
    for (const n of this.changed) this.t.tell(EntryCode.repeat, [n, this.counts.get(n) ?? 1]);
    this.changed.clear();
  }
}
