// The receiving end of a customer's log: order, gaps, keyframes, acknowledgements (PROTOCOL.md §3, §7).
//
// Guarantees: the sink gets the ops of one epoch in order and each once, or a keyframe and what follows it, whichever rungs and links
// they come by and however often; what does not come is asked for again after 200 ms; at most MaxHeld bytes wait.

import { DecodeError } from '../bytes.ts';
import type { Entries } from '../entry-reader.ts';
import { decodeFrame, encodeFrame, Flag, type Frame, Kind, Lane, type Place, place } from '../frame.ts';
import { Inflater } from '../inflate.ts';
import { Limits } from '../limits.gen.ts';
import { Reader } from '../reader.ts';
import { EntryLane, type EntryMeta } from './entry-lane.ts';
import { Held } from './held.ts';
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
  /** Of the telemetry, in order; what is missing among their numbers got lost. */
  entries(entries: Entries, meta: EntryMeta): void;
  /** CSS px in the viewport. */
  pointer(x: number, y: number): void;
  asset(epoch: number, n: number, hash: string, size: number, mime: string): void;
  blob(hash: string, bytes: Uint8Array): void;
  refused(epoch: number, n: number, reason: number, width: number, height: number): void;
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
const TICK = 1000;
const GAP_TIME = 200;
/** After so many times without progress the whole document is asked for. */
const MAX_ASKED = 3;
/** A question for the whole document that got no answer is asked again. */
const KEYFRAME_TIME = 2000;
/** Numbers of the pointer's frames begin anew: after this time none is late. */
const POINTER_TIME = 1000;
const MAX_WANTED = 4096;

export class Follower {
  /** What was received, for people who look. */
  readonly counts = { bytes: 0, frames: 0, keyframes: 0, duplicates: 0, resends: 0 };
  /** ms there and back, by ping on the control lane. */
  roundTrip: number | null = null;
  private link: Link | undefined;
  private epoch = 0;
  private last = 0;
  /** Of the frame that was applied last, ms. */
  private time = 0;
  /** Of what came over the link. */
  private newest: Place | undefined;
  private newestPointer = 0;
  private pointerAt = Number.NEGATIVE_INFINITY;
  /** Nothing but a keyframe is of use. */
  private lost = true;
  private lostAt = performance.now();
  private inflater = new Inflater();
  private readonly held = new Held();
  private gap: ReturnType<typeof setTimeout> | undefined;
  private asked = 0;
  private askedAfter = 0;
  private unacked = 0;
  private linkBytes = 0;
  /** Bytes of frames that are not whole yet, by lane; they are counted already. */
  private readonly partial = new Map<Lane, number>();
  private readonly wanted = new Set<string>();
  private readonly ticking: ReturnType<typeof setInterval>;
  private ticks = 0;
  private stops: (() => void)[] = [];
  private unwatchedAt = 0;
  private readonly telemetry: EntryLane;

  constructor(
    private readonly sink: FollowerSink,
    position?: Position,
    /** Whether the page is asked for; without it the link is only kept. */
    private following = true,
  ) {
    if (position) {
      this.epoch = position.epoch;
      this.last = position.dom;
      this.lost = false;
    }
    this.telemetry = new EntryLane(
      (entries, meta) => sink.entries(entries, meta),
      (epoch, from) => this.tell({ type: 'resend', epoch, lane: Lane.telemetry, from }),
    );
    this.ticking = setInterval(() => this.tick(), TICK);
  }

  get position(): Position {
    return { epoch: this.epoch, dom: this.last };
  }

  /** Goes on over this link, from where it is. */
  attach(link: Link): void {
    for (const stop of this.stops.splice(0)) stop();
    this.link = link;
    this.linkBytes = 0;
    this.newest = undefined;
    this.pointerAt = Number.NEGATIVE_INFINITY;
    this.partial.clear();
    this.stops = [
      link.on('frame', (lane, bytes) => this.frame(lane, bytes)),
      link.on('partial', (lane, bytes) => {
        this.partial.set(lane, (this.partial.get(lane) ?? 0) + bytes);
        this.received(bytes);
      }),
      link.on('state', (state) => state === 'ready' && this.watch()),
      // The customer goes back to the last acknowledged position when its rung broke; ours may have, with it not knowing.
      link.on('rung', (_, broke) => broke && this.again()),
    ];
    if (link.state === 'ready') this.watch();
  }

  /** Without it nothing of the page is taken; with it again it goes on from where it was. */
  follow(following: boolean): void {
    if (following === this.following) return;
    this.following = following;
    if (!following) {
      this.settled();
      this.held.clear();
      this.unwatch();
    } else if (this.link?.state === 'ready') this.watch();
  }

  private unwatch(): void {
    this.unwatchedAt = performance.now();
    this.tell({ type: 'unwatch' });
  }

  /** Asks for the whole document. */
  requestKeyframe(reason: 'join' | 'gap' | 'hash' | 'decode'): void {
    if (this.following) this.ack(); // or it is taken for one that asks again for what is under way
    if (reason !== 'hash') this.lost = true;
    this.lostAt = performance.now();
    this.tell({ type: 'keyframe', reason });
  }

  /** Asks for contents by base64url hash, until they have come. */
  want(hashes: readonly string[]): void {
    for (const hash of hashes) if (this.wanted.size < MAX_WANTED) this.wanted.add(hash);
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

  private watch(): void {
    if (!this.following) return;
    this.lostAt = performance.now();
    const { epoch, telemetry } = this;
    const position = this.lost ? {} : { dom: this.last };
    this.tell({ type: 'watch', ...(epoch > 0 && { epoch, ...position, telemetry: telemetry.in(epoch) }) });
    this.want([...this.wanted]);
  }

  /** What was under way may be lost. */
  private again(): void {
    if (!this.following) return;
    this.ack();
    this.want([...this.wanted]);
  }

  private tick(): void {
    if (this.ticks++ % 2 === 0) this.tell({ type: 'ping', t: performance.now() });
    if (!this.following) return;
    if (this.unacked > 0) this.ack();
    if (this.lost && this.linkBytes > 0 && performance.now() - this.lostAt > KEYFRAME_TIME && this.partial.size === 0)
      this.requestKeyframe(this.epoch === 0 ? 'join' : 'gap');
  }

  private ack(): void {
    this.unacked = 0;
    const { epoch, telemetry } = this;
    const dom = this.lost ? 0 : this.last;
    this.tell({ type: 'ack', epoch, dom, telemetry: telemetry.in(epoch), bytes: this.linkBytes });
  }

  private received(bytes: number): void {
    this.counts.bytes += bytes;
    this.linkBytes += bytes;
    this.unacked += bytes;
    if (this.following && this.unacked > ACK_BYTES) this.ack();
  }

  private frame(lane: Lane, bytes: Uint8Array): void {
    const counted = this.partial.get(lane) ?? 0;
    this.partial.delete(lane);
    this.counts.frames++;
    let frame: Frame | undefined;
    try {
      frame = decodeFrame(bytes);
      if (!this.following && lane !== Lane.control) this.unasked(lane);
      else if (lane === Lane.dom) this.dom(frame);
      else if (lane === Lane.control) this.control(frame);
      else if (lane === Lane.blob) this.blob(frame);
      else if (lane === Lane.pointer) this.pointer(frame);
      else if (lane === Lane.telemetry) this.telemetry.frame(frame);
    } catch (error) {
      this.sink.trouble(error instanceof Error ? error.message : 'frame');
      if (lane === Lane.dom) this.requestKeyframe('decode');
      if (lane === Lane.telemetry && frame) this.telemetry.broken(frame);
    }
    this.received(Math.max(0, bytes.length - counted));
  }

  /** What was under way when we turned away; when it goes on, the word was lost. */
  private unasked(lane: Lane): void {
    if (lane === Lane.dom && performance.now() - this.unwatchedAt > TICK) this.unwatch();
  }

  // The log.

  private dom(frame: Frame): void {
    if (!place(frame, this.newest)) return; // what it follows comes by another rung, and is asked for when it does not
    this.note(frame);
    if (frame.epoch < this.epoch) return;
    if (frame.kind === Kind.keyframe) return this.keyframe(frame);
    if (frame.kind !== Kind.ops) return;
    const later = frame.epoch > this.epoch;
    if (!later && frame.seq <= this.last) {
      this.counts.duplicates++;
      return;
    }
    if (later || this.lost || frame.seq > this.last + 1) return this.hold(frame);
    this.apply(frame);
    this.catchUp();
  }

  private note({ epoch, seq }: Place): void {
    const { newest } = this;
    if (!newest || epoch > newest.epoch || (epoch === newest.epoch && seq > newest.seq)) this.newest = { epoch, seq };
  }

  private keyframe(frame: Frame): void {
    // While lost, `last` says what was applied: an older picture would go back in time.
    if (frame.epoch === this.epoch && frame.seq < this.last) return;
    const raw = frame.flags & Flag.deflated ? new Inflater().frame(frame.payload) : frame.payload;
    this.counts.keyframes++;
    this.epoch = frame.epoch;
    this.last = frame.seq;
    this.time = frame.time;
    this.lost = false;
    this.settled();
    this.held.forget(this.epoch, this.last);
    this.sink.ops(raw, { epoch: frame.epoch, seq: frame.seq, time: frame.time, keyframe: true, fresh: true });
    this.ack();
    this.catchUp();
  }

  private apply(frame: Frame): void {
    const fresh = (frame.flags & Flag.fresh) !== 0;
    if (fresh) this.inflater.fresh();
    const raw = frame.flags & Flag.deflated ? this.inflater.frame(frame.payload) : frame.payload;
    this.last = frame.seq;
    this.time = frame.step === undefined ? frame.time : this.time + frame.step;
    this.sink.ops(raw, { epoch: frame.epoch, seq: frame.seq, time: this.time, keyframe: false, fresh });
  }

  private catchUp(): void {
    for (let next = this.next(); next; next = this.next()) this.apply(next);
    if (this.held.in(this.epoch) > 0) this.waitForGap();
    else this.settled();
  }

  private next(): Frame | undefined {
    return this.held.take(this.epoch, this.last + 1);
  }

  private hold(frame: Frame): void {
    if (!this.held.add(frame)) {
      this.held.clear();
      return this.requestKeyframe('gap');
    }
    if (!this.lost && frame.epoch === this.epoch) this.waitForGap();
  }

  private settled(): void {
    clearTimeout(this.gap);
    this.gap = undefined;
    this.asked = 0;
  }

  /** Frames on two rungs may pass each other; what is still missing after a moment was lost. The answer needs its time too. */
  private waitForGap(): void {
    if (this.gap) return;
    if (this.last !== this.askedAfter) this.asked = 0;
    const wait = this.asked === 0 ? GAP_TIME : GAP_TIME * 2 ** this.asked + 2 * (this.roundTrip ?? 0);
    this.gap = setTimeout(() => this.ask(), wait);
  }

  private ask(): void {
    this.gap = undefined;
    if (this.lost || this.held.in(this.epoch) === 0) return;
    if (this.last !== this.askedAfter) this.asked = 0;
    this.askedAfter = this.last;
    if (++this.asked > MAX_ASKED) return this.requestKeyframe('gap');
    this.counts.resends++;
    this.tell({ type: 'resend', epoch: this.epoch, lane: Lane.dom, from: this.last + 1 });
    this.waitForGap();
  }

  // The other lanes.

  private control(frame: Frame): void {
    if (frame.kind !== Kind.control || frame.payload.length > Limits.MaxControl) return;
    const message: unknown = JSON.parse(new TextDecoder().decode(frame.payload));
    if (typeof message !== 'object' || message === null || !('type' in message) || typeof message.type !== 'string')
      return;
    const typed = message as { type: string } & Record<string, unknown>;
    if (typed.type === 'ping') this.tell({ type: 'pong', t: typed.t });
    else if (typed.type === 'pong') this.pong(typed.t);
    else if (typed.type === 'gone') this.gone(typed);
    else this.sink.control(typed);
  }

  private gone({ epoch, lane, from }: Record<string, unknown>): void {
    if (lane === Lane.telemetry && Number.isSafeInteger(epoch) && Number.isSafeInteger(from))
      this.telemetry.gone(epoch as number, from as number);
  }

  private pong(t: unknown): void {
    if (typeof t !== 'number') return;
    this.roundTrip = Math.max(0, performance.now() - t);
    if (this.link) this.link.fallbackRoundTrip = this.roundTrip;
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
      if (r.left > Limits.MaxBlob) throw new DecodeError('blob over its limit');
      this.wanted.delete(hash);
      this.sink.blob(hash, r.rest());
    } else if (frame.kind === Kind.refused) this.sink.refused(frame.epoch, r.varint(), r.u8(), r.varint(), r.varint());
  }

  private pointer(frame: Frame): void {
    if (frame.kind !== Kind.pointer || this.lost) return;
    const r = new Reader(frame.payload);
    const [x, y] = [r.zigzag(), r.zigzag()];
    // They may pass each other on the way.
    const ahead = (frame.seq - this.newestPointer) & 255;
    const now = performance.now();
    if (now - this.pointerAt < POINTER_TIME && (ahead === 0 || ahead > 127)) return;
    this.newestPointer = frame.seq;
    this.pointerAt = now;
    this.sink.pointer(x, y);
  }
}
