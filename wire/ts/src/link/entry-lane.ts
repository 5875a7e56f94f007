// The receiving end of the telemetry lane: order, gaps, what got lost (PROTOCOL.md §3).
//
// Guarantees: the sink gets the entries of one epoch in order and each once; what does not come is asked for again, and what is not to be
// had any more is left out, which the numbers of the entries tell.

import { Flag, type Frame, Kind } from '../frame.ts';
import { type Entries, Inflater, readEntries } from '../read.ts';

/** ms; after this a question is asked again. */
const PATIENCE = 2000;

export interface EntryMeta {
  epoch: number;
  seq: number;
  /** ms since the epoch began. */
  time: number;
}

export class EntryLane {
  epoch = 0;
  /** Of the last frame that was taken. */
  last = 0;
  private inflater = new Inflater();
  /** Nothing can be read before a frame that stands alone. */
  private blind = false;
  private askedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly take: (entries: Entries, meta: EntryMeta) => void,
    /** Asks for the frames from this seq on. */
    private readonly ask: (epoch: number, from: number) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Where it is in an epoch. */
  in(epoch: number): number {
    return epoch === this.epoch ? this.last : 0;
  }

  /** Throws DecodeError; whoever hears of it calls `broken`. */
  frame(frame: Frame): void {
    if (frame.kind !== Kind.entries || frame.epoch < this.epoch) return;
    if (frame.epoch > this.epoch) this.begin(frame.epoch);
    if (frame.seq <= this.last) return;
    const fresh = (frame.flags & Flag.fresh) !== 0;
    if (frame.seq > this.last + 1) return this.missing();
    this.askedAt = Number.NEGATIVE_INFINITY;
    if (fresh) {
      this.inflater.fresh();
      this.blind = false;
    }
    if (this.blind) {
      this.last = frame.seq;
      return;
    }
    const raw = frame.flags & Flag.deflated ? this.inflater.frame(frame.payload) : frame.payload;
    const entries = readEntries(raw, frame.time);
    this.last = frame.seq;
    this.take(entries, { epoch: frame.epoch, seq: frame.seq, time: frame.time });
  }

  /** There are no frames before this one any more. */
  gone(epoch: number, from: number): void {
    if (epoch > this.epoch) this.begin(epoch);
    if (epoch === this.epoch) this.last = Math.max(this.last, from - 1);
  }

  /** A frame could not be read, and neither can those that follow, up to one that stands alone. */
  broken(frame: Frame): void {
    if (frame.seq !== this.last + 1) return;
    this.last = frame.seq;
    this.blind = true;
  }

  private begin(epoch: number): void {
    this.epoch = epoch;
    this.last = 0;
    this.blind = false;
    this.askedAt = Number.NEGATIVE_INFINITY;
  }

  private missing(): void {
    if (this.now() - this.askedAt < PATIENCE) return;
    this.askedAt = this.now();
    this.ask(this.epoch, this.last + 1);
  }
}
