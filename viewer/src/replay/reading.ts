// One document read from a keyframe on: frames of the log become ops for a stage, by the decoders that the live view has.
//
// Guarantees: ops come in order and each once; where some are missing or cannot be read, it goes on at the next keyframe and says so.

import { decodeFrame, Flag, Kind } from '@ridealong/wire';
import { base64url } from '@ridealong/wire/link';
import { Inflater, Reader } from '@ridealong/wire/read';
import type { FrameMeta, Sink } from '../live/parts.ts';
import type { Archive } from './archive.ts';
import type { DocumentLog } from './log.ts';
import type { Stored } from './records.ts';

export type Feed = Pick<Sink, 'ops' | 'asset' | 'refused'>;

export class Reading {
  /** Of the last frame that was given to the stage. */
  seq = -1;
  time = Number.NEGATIVE_INFINITY;
  /** Frames were missing before what is shown. */
  broken = false;
  private inflater = new Inflater();
  /** Index of the ops that come next. */
  private next = 0;
  private readonly told = new Map<number, Stored>();
  private assetsSeen = 0;
  /** The index of the first that was not told. */
  private assetsAt = 0;
  private assetsUntil = Number.NEGATIVE_INFINITY;

  constructor(
    readonly log: DocumentLog,
    private readonly archive: Archive,
    private readonly feed: Feed,
  ) {}

  get epoch(): number {
    return this.log.epoch;
  }

  /** Begins with a whole document; false when it cannot be read. */
  begin(keyframe: Stored, until: number): boolean {
    const raw = this.raw(keyframe, new Inflater());
    if (!raw) return false;
    this.tellAssets(Math.max(until, keyframe.time));
    this.seq = keyframe.seq;
    this.time = keyframe.time;
    this.next = this.log.from(keyframe.seq + 1);
    this.feed.ops(raw, metaOf(keyframe, true));
    return true;
  }

  /** Gives what follows, up to a time of the document; false when a chunk has to come first. */
  to(until: number): boolean {
    this.tellAssets(until);
    for (;;) {
      const { ops } = this.log;
      // Something may have come in before it meanwhile.
      if ((ops[this.next - 1]?.seq ?? -1) > this.seq || (ops[this.next]?.seq ?? Infinity) <= this.seq)
        this.next = this.log.from(this.seq + 1);
      const frame = ops[this.next];
      if (!frame || frame.time > until) return this.mended(until, frame);
      if (!this.archive.bytes(frame)) return false;
      if (frame.seq !== this.seq + 1) {
        if (!this.mend(until)) return true;
        continue;
      }
      if (frame.flags & Flag.fresh) this.inflater.fresh();
      const raw = this.raw(frame, this.inflater);
      if (!raw) {
        if (!this.mend(until)) return true;
        continue;
      }
      this.seq = frame.seq;
      this.time = Math.max(this.time, frame.time);
      this.next++;
      this.feed.ops(raw, metaOf(frame, false));
    }
  }

  /** The next frame's time, as far as it is known. */
  get nextTime(): number | undefined {
    return this.log.ops[this.log.from(this.seq + 1)]?.time;
  }

  /** Nothing follows, but a keyframe further on may: what lay between is not there. */
  private mended(until: number, frame: Stored | undefined): boolean {
    if (!frame && this.log.keyframes.some(({ seq, time }) => seq > this.seq && time <= until)) this.mend(until);
    return true;
  }

  private mend(until: number): boolean {
    this.broken = true;
    const keyframe = this.log.keyframes.find((one) => one.seq > this.seq && one.time <= until);
    if (!keyframe) return false;
    if (this.begin(keyframe, until)) return true;
    this.seq = keyframe.seq; // nor this one
    return this.mend(until);
  }

  private raw(frame: Stored, inflater: Inflater): Uint8Array | undefined {
    const bytes = this.archive.bytes(frame);
    if (!bytes) return undefined;
    try {
      const { payload, flags } = decodeFrame(bytes);
      return flags & Flag.deflated ? inflater.frame(payload) : payload;
    } catch {
      return undefined;
    }
  }

  /** What the numbers stand for at this time; some become known only after the picture. */
  private tellAssets(until: number): void {
    const { assets } = this.log;
    if (assets.length === this.assetsSeen && until <= this.assetsUntil) return;
    if (assets.length !== this.assetsSeen) this.assetsAt = 0;
    const now = new Map<number, { of: Stored; tell: () => void }>();
    for (; this.assetsAt < assets.length; this.assetsAt++) {
      const frame = assets[this.assetsAt] as Stored;
      if (frame.time > until) break;
      const one = this.asset(frame);
      if (one) now.set(one.n, { of: frame, tell: one.tell });
    }
    for (const [n, { of, tell }] of now) {
      if (this.told.get(n) === of) continue;
      this.told.set(n, of);
      tell();
    }
    this.assetsSeen = assets.length;
    this.assetsUntil = until;
  }

  private asset(frame: Stored): { n: number; tell: () => void } | undefined {
    const bytes = this.archive.bytes(frame) ?? frame.kept;
    if (!bytes) return undefined;
    try {
      const { payload, kind, epoch } = decodeFrame(bytes);
      const r = new Reader(payload);
      const n = r.varint();
      if (kind === Kind.asset) {
        const hash = base64url(r.bytes(16));
        const size = r.varint();
        const mime = r.text(100);
        return { n, tell: () => this.feed.asset(epoch, n, hash, size, mime) };
      }
      const [reason, width, height] = [r.u8(), r.varint(), r.varint()];
      return { n, tell: () => this.feed.refused(epoch, n, reason, width, height) };
    } catch {
      return undefined;
    }
  }
}

function metaOf({ epoch, seq, time, flags }: Stored, keyframe: boolean): FrameMeta {
  return { epoch, seq, time, keyframe, fresh: keyframe || (flags & Flag.fresh) !== 0 };
}
