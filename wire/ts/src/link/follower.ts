// The receiving end of a customer's log: order, gaps, keyframes, acknowledgements (PROTOCOL.md §3, §7).
//
// Guarantees: the sink gets the ops of one epoch in order and each once, or a keyframe and what follows it; what does not fit is
// asked for again within 200 ms; at most MaxHeld bytes wait.

import { Reader } from '../bytes.ts';
import { decodeFrame, encodeFrame, Flag, type Frame, Kind, Lane } from '../frame.ts';
import { Inflater } from '../inflate.ts';
import { Limits } from '../limits.gen.ts';
import { readSamples } from '../ops.ts';
import type { Link } from './link.ts';
import { base64url } from './secret.ts';

export interface OpsMeta {
  epoch: number;
  seq: number;
  time: number;
  keyframe: boolean;
  /** The string table has to be emptied first. */
  fresh: boolean;
}

export interface FollowerSink {
  ops(raw: Uint8Array, meta: OpsMeta): void;
  pointer(samples: readonly number[], time: number): void;
  asset(epoch: number, n: number, hash: string, size: number, mime: string): void;
  blob(hash: string, bytes: Uint8Array): void;
  refused(epoch: number, n: number, reason: number): void;
  /** Control messages that are not the follower's own. */
  control(message: { type: string } & Record<string, unknown>): void;
  /** Something was wrong; it is being mended. */
  trouble(reason: string): void;
}

export interface Position {
  epoch: number;
  dom: number;
}

const ACK_BYTES = 64 * 1024;
const GAP_TIME = 200;
const MAX_ASKED = 3;

export class Follower {
  /** What was received, for people who look. */
  readonly counts = { bytes: 0, frames: 0, keyframes: 0, duplicates: 0, resends: 0 };
  /** ms there and back, by ping on the control lane. */
  roundTrip: number | null = null;
  private link: Link | undefined;
  private epoch = 0;
  private last = 0;
  /** Nothing but a keyframe is of use. */
  private lost = true;
  private readonly inflater = new Inflater();
  private held = new Map<number, Frame>();
  private heldBytes = 0;
  private future: Frame[] = [];
  private gap: ReturnType<typeof setTimeout> | undefined;
  private asked = 0;
  private unacked = 0;
  private linkBytes = 0;
  private readonly ticking: ReturnType<typeof setInterval>;
  private ticks = 0;
  private stops: (() => void)[] = [];

  constructor(private readonly sink: FollowerSink) {
    this.ticking = setInterval(() => this.tick(), 1000);
  }

  get position(): Position {
    return { epoch: this.epoch, dom: this.last };
  }

  /** Goes on over this link, from where it is. */
  attach(link: Link): void {
    for (const stop of this.stops.splice(0)) stop();
    this.link = link;
    this.linkBytes = 0;
    const watch = () =>
      this.tell({ type: 'watch', ...(this.lost ? {} : { epoch: this.epoch, dom: this.last, telemetry: 0 }) });
    this.stops = [
      link.on('frame', (lane, bytes) => this.frame(lane, bytes)),
      link.on('state', (state) => state === 'ready' && watch()),
      // The customer goes back to the last acknowledged position when its rung broke; ours may have, with it not knowing.
      link.on('rung', (_, broke) => broke && this.ack()),
    ];
    if (link.state === 'ready') watch();
  }

  /** Asks for the whole document. */
  requestKeyframe(reason: 'join' | 'gap' | 'hash' | 'decode'): void {
    if (reason !== 'hash') this.lost = true;
    this.tell({ type: 'keyframe', reason });
  }

  /** Asks for contents by base64url hash. */
  want(hashes: readonly string[]): void {
    for (let i = 0; i < hashes.length; i += 256) this.tell({ type: 'want', hashes: hashes.slice(i, i + 256) });
  }

  close(): void {
    clearInterval(this.ticking);
    clearTimeout(this.gap);
    for (const stop of this.stops.splice(0)) stop();
    this.link = undefined;
  }

  private tell(message: { type: string } & Record<string, unknown>): void {
    const payload = new TextEncoder().encode(JSON.stringify(message));
    this.link?.send(Lane.control, encodeFrame({ kind: Kind.control, flags: 0, epoch: 0, seq: 0, time: 0, payload }));
  }

  private tick(): void {
    if (this.unacked > 0) this.ack();
    if (this.ticks++ % 2 === 0) this.tell({ type: 'ping', t: performance.now() });
  }

  private ack(): void {
    this.unacked = 0;
    this.tell({ type: 'ack', epoch: this.epoch, dom: this.lost ? 0 : this.last, telemetry: 0, bytes: this.linkBytes });
  }

  private frame(lane: Lane, bytes: Uint8Array): void {
    this.counts.bytes += bytes.length;
    this.counts.frames++;
    this.linkBytes += bytes.length;
    this.unacked += bytes.length;
    try {
      const frame = decodeFrame(bytes);
      if (lane === Lane.dom) this.dom(frame);
      else if (lane === Lane.control) this.control(frame);
      else if (lane === Lane.blob) this.blob(frame);
      else if (lane === Lane.pointer) this.pointer(frame);
    } catch (error) {
      this.sink.trouble(error instanceof Error ? error.message : 'frame');
      if (lane === Lane.dom) this.requestKeyframe('decode');
    }
    if (this.unacked > ACK_BYTES) this.ack();
  }

  // The log.

  private dom(frame: Frame): void {
    if (frame.epoch < this.epoch) return;
    if (frame.kind === Kind.keyframe) return this.keyframe(frame);
    if (frame.kind !== Kind.ops) return;
    if (frame.epoch > this.epoch) return this.hold(frame);
    if (this.lost) return;
    if (frame.seq <= this.last) {
      this.counts.duplicates++;
      return;
    }
    if (frame.seq > this.last + 1) {
      this.hold(frame);
      return this.waitForGap();
    }
    this.apply(frame);
    this.catchUp();
  }

  private keyframe(frame: Frame): void {
    if (frame.epoch === this.epoch && !this.lost && frame.seq < this.last) return;
    const raw = new Inflater().frame(frame.payload);
    this.counts.keyframes++;
    this.epoch = frame.epoch;
    this.last = frame.seq;
    this.lost = false;
    this.settled();
    this.sink.ops(raw, { epoch: frame.epoch, seq: frame.seq, time: frame.time, keyframe: true, fresh: true });
    this.ack();
    const future = this.future.splice(0).filter((f) => f.epoch >= this.epoch);
    for (const [seq] of this.held) if (seq <= this.last) this.unhold(seq);
    for (const f of future) this.dom(f);
    this.catchUp();
  }

  private apply(frame: Frame): void {
    const fresh = (frame.flags & Flag.fresh) !== 0;
    if (fresh) this.inflater.fresh();
    const raw = frame.flags & Flag.deflated ? this.inflater.frame(frame.payload) : frame.payload;
    this.last = frame.seq;
    this.sink.ops(raw, { epoch: frame.epoch, seq: frame.seq, time: frame.time, keyframe: false, fresh });
  }

  private catchUp(): void {
    for (;;) {
      const next = this.held.get(this.last + 1);
      if (!next) break;
      this.unhold(next.seq);
      this.apply(next);
    }
    if (this.held.size === 0) this.settled();
  }

  private hold(frame: Frame): void {
    if (this.heldBytes + frame.payload.length > Limits.MaxHeld) {
      this.held.clear();
      this.future = [];
      this.heldBytes = 0;
      return this.requestKeyframe('gap');
    }
    if (frame.epoch > this.epoch) {
      this.future.push(frame);
    } else if (!this.held.has(frame.seq)) {
      this.held.set(frame.seq, frame);
      this.heldBytes += frame.payload.length;
    }
  }

  private unhold(seq: number): void {
    this.heldBytes -= this.held.get(seq)?.payload.length ?? 0;
    this.held.delete(seq);
  }

  private settled(): void {
    clearTimeout(this.gap);
    this.gap = undefined;
    this.asked = 0;
  }

  /** Frames on two rungs may pass each other; what is still missing after a moment was lost. */
  private waitForGap(): void {
    this.gap ??= setTimeout(() => {
      this.gap = undefined;
      if (this.held.size === 0) return;
      if (++this.asked > MAX_ASKED) return this.requestKeyframe('gap');
      this.counts.resends++;
      this.tell({ type: 'resend', epoch: this.epoch, lane: Lane.dom, from: this.last + 1 });
      this.waitForGap();
    }, GAP_TIME);
  }

  // The other lanes.

  private control(frame: Frame): void {
    if (frame.payload.length > Limits.MaxControl) return;
    const message: unknown = JSON.parse(new TextDecoder().decode(frame.payload));
    if (typeof message !== 'object' || message === null || !('type' in message) || typeof message.type !== 'string')
      return;
    const typed = message as { type: string } & Record<string, unknown>;
    if (typed.type === 'ping') this.tell({ type: 'pong', t: typed.t });
    else if (typed.type === 'pong') {
      if (typeof typed.t === 'number') this.roundTrip = Math.max(0, performance.now() - typed.t);
    } else this.sink.control(typed);
  }

  private blob(frame: Frame): void {
    const r = new Reader(frame.payload);
    if (frame.kind === Kind.asset) {
      const n = r.varint();
      const hash = base64url(r.bytes(16));
      const size = r.varint();
      this.sink.asset(frame.epoch, n, hash, size, r.text(100));
    } else if (frame.kind === Kind.blob) {
      const hash = base64url(r.bytes(16));
      if (r.left > Limits.MaxBlob) throw new Error('blob over its limit');
      this.sink.blob(hash, r.rest());
    } else if (frame.kind === Kind.refused) this.sink.refused(frame.epoch, r.varint(), r.u8());
  }

  private pointer(frame: Frame): void {
    if (frame.kind === Kind.pointer && frame.epoch === this.epoch)
      this.sink.pointer(readSamples(new Reader(frame.payload)), frame.time);
  }
}
