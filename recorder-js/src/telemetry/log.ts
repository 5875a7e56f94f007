// The log of the telemetry lane: entries become frames, each encoded once, and the newest are kept (PROTOCOL.md §3, §4.4).
//
// Guarantees: entries are numbered without gaps; what is kept begins with a frame that can be read from nothing, and takes at most
// RingBytes, and what an archiver has not acknowledged up to KeepBytes; whoever watches is told after a frame is whole.

import { Deflater, Flag, type Frame, Kind, Limits } from '@ridealong/wire';
import { type EntryArgs, EntryWriter } from '@ridealong/wire/entries';

/** Raw bytes from one frame that stands alone to the next. */
const RUN = 64 * 1024;
/** What is shorter becomes longer when it is deflated, bytes. */
const TINY = 24;

export class EntryLog {
  private readonly writer = new EntryWriter();
  private readonly deflater = new Deflater();
  /** Oldest first. */
  private ring: Frame[] = [];
  private bytes = 0;
  private run = Number.POSITIVE_INFINITY;
  /** Of the newest frame. */
  seq = 0;
  /** Frames after this one are kept until an archiver has them, as far as KeepBytes go. */
  keepAfter = Number.POSITIVE_INFINITY;
  /** Of the frame that is being made, ms. */
  private time = 0;
  /** Called when there is a frame more. */
  wake: () => void = () => undefined;

  constructor(
    readonly epoch: number,
    /** When the epoch began, by performance.now(). */
    private readonly start: number,
  ) {}

  /** How many entries there were. */
  get count(): number {
    return this.writer.n;
  }

  tell<C extends keyof EntryArgs>(code: C, fields: EntryArgs[C], at = performance.now()): number {
    if (this.writer.length === 0) this.time = Math.round(performance.now() - this.start);
    return this.writer.write(code, (at - this.start) * 10, this.time, fields);
  }

  /** The entries since the last call become a frame. */
  flush(): void {
    const { writer, deflater, epoch, time } = this;
    if (writer.length === 0) return;
    const raw = writer.take();
    const fresh = this.run >= RUN;
    if (fresh) {
      deflater.fresh();
      this.run = 0;
    }
    this.run += raw.length;
    const small = raw.length < TINY;
    const payload = small ? raw : deflater.frame(raw);
    const flags = (fresh ? Flag.fresh : 0) | (small ? 0 : Flag.deflated);
    this.ring.push({ kind: Kind.entries, flags, epoch, seq: ++this.seq, time, payload });
    this.bytes += payload.length;
    this.shrink();
    this.wake();
  }

  /** Frames go in runs: what is left begins with one that stands alone. */
  private shrink(): void {
    while (this.bytes > Limits.RingBytes) {
      const next = this.ring.findIndex(({ flags }, i) => i > 0 && flags & Flag.fresh);
      const last = this.ring[next - 1]?.seq ?? 0;
      if (next < 0 || (last > this.keepAfter && this.bytes <= Limits.KeepBytes)) return;
      for (const { payload } of this.ring.splice(0, next)) this.bytes -= payload.length;
    }
  }

  /** Forgets the frames so far; the entries keep their numbers. */
  forget(): void {
    this.flush();
    this.ring = [];
    this.bytes = 0;
    this.run = Number.POSITIVE_INFINITY;
  }

  /** The frames after seq, oldest first, or from the oldest that there is. */
  since(seq: number): Frame[] {
    const missing = this.seq - seq;
    return missing <= 0 ? [] : this.ring.slice(Math.max(0, this.ring.length - missing));
  }
}
