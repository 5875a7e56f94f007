// One watcher's place in the log.
//
// Guarantees: it keeps no frames of its own: what cannot be sent now is in the log's ring, and what has left the ring is replaced by a
// keyframe, so a slow watcher costs bounded memory and converges. Control messages never wait. Contents go when the page itself has
// gone, all of it. While paused nothing of the page is sent, and nothing that happened meanwhile is sent later.

import { decodeFrame, encodeFrame, type Frame, Kind, Lane, Limits } from '@ridealong/wire';
import type { Link } from '@ridealong/wire/link';
import type { Assets } from './assets.ts';
import type { FrameLog } from './log.ts';

/** Bytes of a lane on the way at most; more would be a backlog that nobody can take back. */
const HIGH = 256 * 1024;
const LOW = 64 * 1024;
/** On the fallback nobody sees what the server holds: bytes that were not acknowledged count. */
const UNACKED = 1024 * 1024;
/** A watcher may ask for the whole document so often, ms. */
const KEYFRAME_EVERY = 1000;
/** Without a sign of what was sent for so long, it is sent again, ms; then for twice as long. */
const SILENCE = 3000;
const MAX_SILENCE = 48_000;
const MAX_WANTED = 4096;

export type Control = { type: string } & Record<string, unknown>;

/** What a cursor needs of a link. */
export type CursorLink = Pick<Link, 'on' | 'send' | 'backlog' | 'rung' | 'state'>;

/** The log of the other lane: frames after seq, or from the oldest that can be read from nothing. */
export interface EntryTail {
  readonly seq: number;
  keepAfter: number;
  since(seq: number): readonly Frame[];
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A control message as a frame. */
export function controlFrame(message: Control): Uint8Array {
  const payload = encoder.encode(JSON.stringify(message));
  return encodeFrame({ kind: Kind.control, flags: 0, epoch: 0, seq: 0, time: 0, payload });
}

/** A control message from the other side; undefined for what is none. */
function readControl(frame: Uint8Array): Control | undefined {
  if (frame.length > Limits.MaxControl) return undefined;
  try {
    const { kind, payload } = decodeFrame(frame);
    const message: unknown = kind === Kind.control ? JSON.parse(decoder.decode(payload)) : undefined;
    return typeof message === 'object' && message !== null && 'type' in message ? (message as Control) : undefined;
  } catch {
    return undefined;
  }
}

/** A number of the other side's, -1 for what is none. */
const count = (value: unknown): number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : -1;

export class Cursor {
  /** Somebody watches here. */
  watching = false;
  /** Position of the last frame given to the link, and of the last one that arrived; -1 when none has since the keyframe. */
  private sent = 0;
  private acked = -1;
  private needsKeyframe = false;
  /** What it is sent next stands behind what it was sent before, by the same way, on which nothing gets lost. */
  private follows = false;
  /** It was begun without being asked: the question is still to come. */
  private ahead = false;
  private keyframeAt = Number.NEGATIVE_INFINITY;
  private paused = false;
  /** Bytes given to the link, and received by the other side as far as it said. */
  private bytes = 0;
  private ackedBytes = 0;
  /** The same when it had been given the newest keyframe; 0: what became of that is not known. */
  private wholeBytes = 0;
  private progressAt = 0;
  private silence = SILENCE;
  private entries: EntryTail | undefined;
  /** Of the last frame of entries given to the link, and of the last one that arrived. */
  private entriesSent = 0;
  private entriesAcked = 0;
  /** When one was sent or arrived. */
  private entriesAt = 0;
  private announced = 0;
  private wanted: string[] = [];
  private reading = false;
  private readonly stops: (() => void)[];

  constructor(
    private readonly log: FrameLog,
    private readonly link: CursorLink,
    private readonly assets: Assets,
    /** Called before the first frame goes. */
    private readonly onWatch: () => void,
    private readonly now: () => number = () => performance.now(),
    /**
     * The other side is an archiver: it is sent every frame, with a full head, and what it has not acknowledged is kept for it. Hears of
     * every acknowledgement.
     */
    private readonly archive?: (epoch: number, dom: number, telemetry: number) => void,
  ) {
    this.stops = [
      link.on('frame', (lane, frame) => lane === Lane.control && this.control(frame)),
      link.on('drain', () => this.pump()),
      link.on('rung', (_, broke) => {
        this.follows = false;
        if (broke) this.rewind();
        else this.pump();
      }),
      link.on('close', () => this.stop()),
      log.watch(() => this.pump()),
      assets.watch(() => this.pump()),
    ];
  }

  /** The other side can have nothing of this document yet: it is sent the whole before it asks, which saves a way there and back. */
  begin(): void {
    if (this.watching) return;
    this.watch({ type: 'watch' });
    this.ahead = true;
  }

  /** There are entries, too. */
  tail(entries: EntryTail): void {
    this.entries = entries;
    this.keep();
    this.pump();
  }

  /** There is more of them. */
  more(): void {
    this.pump();
  }

  /** What of the telemetry there is goes at once, whatever else waits: the page is about to end. */
  last(): void {
    this.pump();
    if (this.ready() && this.room()) this.pumpEntries();
  }

  /** Whether it was given all that there is. */
  get current(): boolean {
    return !this.needsKeyframe && this.sent === this.log.seq;
  }

  /** Nothing is sent after this. */
  stop(): void {
    this.watching = false;
    this.wanted = [];
    for (const stop of this.stops.splice(0)) stop();
  }

  /** Sends outside the log, at once. */
  send(lane: Lane, frame: Uint8Array): void {
    this.bytes += frame.length;
    this.link.send(lane, frame);
  }

  /** While paused nothing is sent; the end is a keyframe. */
  pause(paused: boolean): void {
    this.paused = paused;
    if (paused) return;
    this.keyframeAt = Number.NEGATIVE_INFINITY;
    this.whole();
  }

  /** Now and then: what got lost at the end of a burst is noticed by nobody else. */
  tick(): void {
    const { link } = this;
    const lost = this.entriesSent > this.entriesAcked && this.now() - this.entriesAt > SILENCE;
    if (lost && link.backlog(Lane.telemetry) === 0) this.entriesSent = this.entriesAcked;
    const underWay = this.sent > this.acked || this.full();
    const idle = this.now() - this.progressAt > this.silence;
    if (this.watching && underWay && idle && link.backlog(Lane.dom) + link.backlog(Lane.blob) === 0) {
      this.silence = Math.min(MAX_SILENCE, this.silence * 2);
      this.rewind();
    } else this.pump();
  }

  private control(frame: Uint8Array): void {
    const message = readControl(frame);
    switch (message?.type) {
      case 'watch':
        return this.watch(message);
      case 'unwatch':
        this.watching = this.ahead = false;
        return;
      case 'ack':
        return this.ack(message);
      case 'resend':
        return this.resend(message);
      case 'keyframe':
        return this.coming ? undefined : this.whole();
      case 'want':
        return this.want(message.hashes);
      case 'ping':
        return this.send(Lane.control, controlFrame({ type: 'pong', t: count(Math.floor(Number(message.t))) }));
    }
  }

  private watch(message: Control): void {
    const dom = message.epoch === this.log.epoch ? count(message.dom) : -1;
    const answered = this.ahead && dom < 1;
    this.ahead = false;
    if (answered) return;
    this.watching = true;
    this.announced = 0;
    this.progress();
    this.onWatch();
    this.entriesAcked = this.entriesSent = message.epoch === this.log.epoch ? Math.max(0, count(message.telemetry)) : 0;
    if (dom < 0) return this.whole();
    this.acked = Math.min(dom, this.log.seq);
    this.back(dom);
  }

  private resend({ epoch, lane, from }: Control): void {
    const seq = count(from) - 1;
    if (epoch !== this.log.epoch) return;
    if (lane === Lane.dom) return this.back(seq);
    if (lane !== Lane.telemetry || seq < 0) return;
    this.entriesSent = seq;
    this.pump();
  }

  private progress(): void {
    this.progressAt = this.now();
    this.silence = SILENCE;
  }

  private ack(message: Control): void {
    this.archive?.(count(message.epoch), count(message.dom), count(message.telemetry));
    if (!this.watching) return this.watch(message); // its `watch` was lost
    const bytes = Math.min(count(message.bytes), this.bytes);
    const dom = message.epoch === this.log.epoch ? Math.min(count(message.dom), this.sent) : -1;
    const entries = message.epoch === this.log.epoch ? Math.min(count(message.telemetry), this.entriesSent) : 0;
    const more = bytes > this.ackedBytes;
    this.ackedBytes = Math.max(this.ackedBytes, bytes);
    // A watcher that lost its place says 0; only before the first frame that is one.
    const nowhere = dom === 0 && this.sent > 0;
    if (nowhere && this.acked > 0) return this.whole();
    // Bytes alone say little: answers to pings arrive while a lost frame does not.
    if (!nowhere && (dom > this.acked || (dom === this.sent && more))) this.progress();
    else if (more && this.coming) this.progress();
    if (entries > this.entriesAcked) {
      this.entriesAcked = entries;
      this.entriesAt = this.now();
    }
    if (!nowhere) this.acked = Math.max(this.acked, dom);
    this.keep();
    this.pump();
  }

  /** What an archiver has is on its disk. */
  private keep(): void {
    if (!this.archive) return;
    this.log.keepAfter = Math.max(0, this.acked);
    if (this.entries) this.entries.keepAfter = this.entriesAcked;
  }

  /** What an archiver has not said to have, oldest first: of the picture, and of the telemetry. */
  unkept(): { whole: Uint8Array | undefined; frames: [Lane, Frame][] } {
    const { log, acked, entries, entriesAcked } = this;
    const of = (lane: Lane, frames: readonly Frame[] = []) => frames.map((frame): [Lane, Frame] => [lane, frame]);
    const whole = acked < 0 ? log.keyframe() : undefined;
    const frames = [
      ...of(Lane.dom, acked < 0 ? undefined : log.since(acked)),
      ...of(Lane.telemetry, entries?.since(entriesAcked)),
    ];
    return { whole, frames };
  }

  /** A keyframe is on its way: on a slow line it takes longer than whoever waits for it asks again. */
  private get coming(): boolean {
    return this.ackedBytes < this.wholeBytes && this.now() - this.keyframeAt < MAX_SILENCE;
  }

  /** The whole document next, and on from there. */
  private whole(): void {
    this.needsKeyframe = true;
    this.pump();
  }

  /** Goes on after seq. */
  private back(seq: number): void {
    if (seq < 0 || this.log.since(seq) === undefined) return this.whole();
    this.sent = seq;
    this.follows = false;
    this.pump();
  }

  /** What was under way may be lost: on from what was acknowledged. */
  private rewind(): void {
    this.bytes = this.ackedBytes;
    this.wholeBytes = 0;
    this.progressAt = this.now();
    this.announced = 0;
    this.entriesSent = Math.min(this.entriesSent, this.entriesAcked);
    if (!this.watching) return;
    if (this.acked < 0) this.whole();
    else this.back(Math.min(this.acked, this.sent));
  }

  private room(): boolean {
    return this.link.backlog(Lane.dom) <= HIGH && !this.full();
  }

  private full(): boolean {
    return this.link.rung === 'fallback' && this.bytes - this.ackedBytes >= UNACKED;
  }

  private ready(): boolean {
    return this.watching && !this.paused && this.link.state === 'ready';
  }

  /** Sends what there is and fits. */
  private pump(): void {
    if (!this.ready() || !this.room()) return;
    const frames = this.needsKeyframe ? undefined : this.log.since(this.sent);
    if (!frames || (!this.archive && this.worse(frames))) this.sendWhole();
    else
      for (const frame of frames) {
        if (!this.room()) return;
        this.sent++;
        this.send(Lane.dom, encodeFrame(this.follows ? frame : { ...frame, step: undefined }));
        this.follows = !this.archive && this.link.rung !== 'fallback';
      }
    if (!this.log.partial && this.current) this.pumpEntries();
    this.pumpBlobs();
  }

  /** Behind the page itself, and before contents. */
  private pumpEntries(): void {
    const { link, entries } = this;
    if (!entries || this.entriesSent >= entries.seq || link.backlog(Lane.dom) > LOW) return;
    const frames = entries.since(this.entriesSent);
    const from = frames[0]?.seq ?? entries.seq + 1;
    if (from > this.entriesSent + 1) {
      this.entriesSent = from - 1;
      this.send(Lane.control, controlFrame({ type: 'gone', epoch: this.log.epoch, lane: Lane.telemetry, from }));
    }
    for (const frame of frames) {
      if (link.backlog(Lane.telemetry) > LOW || !this.room()) return;
      this.entriesSent = frame.seq;
      this.entriesAt = this.now();
      this.send(Lane.telemetry, encodeFrame(frame));
    }
  }

  /** Whether the frames that wait are more than the whole document. */
  private worse(frames: readonly Frame[]): boolean {
    let size = 0;
    for (const { payload } of frames) size += payload.length;
    return size > HIGH && size > this.log.keyframeSize;
  }

  private sendWhole(): void {
    this.needsKeyframe = true;
    if (this.now() - this.keyframeAt < KEYFRAME_EVERY) return; // tick comes back to it
    const frame = this.log.keyframe();
    if (!frame) return;
    this.needsKeyframe = false;
    this.keyframeAt = this.now();
    this.sent = this.log.seq;
    this.acked = -1;
    this.send(Lane.dom, frame);
    this.wholeBytes = this.bytes;
  }

  // Pictures and fonts.

  private want(hashes: unknown): void {
    if (!Array.isArray(hashes)) return;
    for (const hash of hashes) {
      const known = typeof hash === 'string' && this.assets.has(hash) && !this.wanted.includes(hash);
      if (known && this.wanted.length < MAX_WANTED) this.wanted.push(hash);
    }
    this.pumpBlobs();
  }

  private blobRoom(): boolean {
    const { link, log } = this;
    const drained = !log.partial && this.current && link.backlog(Lane.dom) < LOW;
    return this.ready() && drained && this.room() && link.backlog(Lane.blob) < LOW;
  }

  private pumpBlobs(): void {
    for (let frame = this.assets.announced(this.announced); frame && this.blobRoom(); ) {
      if (frame.length > 0) this.send(Lane.blob, frame);
      frame = this.assets.announced(++this.announced);
    }
    if (!this.reading && this.wanted.length > 0 && this.blobRoom()) void this.sendBlob(this.wanted[0] as string);
  }

  /** One content at a time, made when it can go. */
  private async sendBlob(hash: string): Promise<void> {
    this.reading = true;
    const frame = await this.assets.content(hash).catch(() => undefined);
    this.reading = false;
    if (this.wanted[0] !== hash) return;
    if (frame && !this.blobRoom()) return; // it stays wanted
    this.wanted.shift();
    if (frame) this.send(Lane.blob, frame);
    this.pumpBlobs();
  }
}
