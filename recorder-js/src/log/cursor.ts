// One watcher's place in the log. It never keeps frames of its own: what cannot be sent now is in the ring, and what has left the
// ring is replaced by a keyframe.

import { decodeFrame, encodeFrame, Kind, Lane, Limits } from '@ridealong/wire';
import type { Link } from '@ridealong/wire/link';
import type { Assets } from './assets.ts';
import type { FrameLog } from './log.ts';

/** Bytes on the way at most; more would be a backlog that nobody can take back. */
const HIGH = 256 * 1024;
const UNACKED = 1024 * 1024;
const LOW_BLOB = 64 * 1024;

export type Control = { type: string } & Record<string, unknown>;

const text = new TextEncoder();

/** A control message as a frame. */
export function controlFrame(message: Control): Uint8Array {
  return encodeFrame({
    kind: Kind.control,
    flags: 0,
    epoch: 0,
    seq: 0,
    time: 0,
    payload: text.encode(JSON.stringify(message)),
  });
}

const count = (value: unknown): number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : -1;

export class Cursor {
  /** Somebody watches here. */
  watching = false;
  private sent = 0;
  private acked = 0;
  private needsKeyframe = false;
  private paused = false;
  private bytes = 0;
  private ackedBytes = 0;
  private blobs: Uint8Array[] = [];
  private readonly stops: (() => void)[];

  constructor(
    private readonly log: FrameLog,
    private readonly link: Link,
    private readonly assets: Assets,
    private readonly onWatch: () => void,
  ) {
    this.stops = [
      link.on('frame', (lane, frame) => lane === Lane.control && this.control(frame)),
      link.on('drain', () => this.pump()),
      link.on('rung', (_, broke) => broke && this.rewind()),
      link.on('close', () => this.stop()),
      log.watch(() => this.pump()),
      assets.watch((frame) => this.blob(frame)),
    ];
  }

  stop(): void {
    this.watching = false;
    for (const stop of this.stops.splice(0)) stop();
  }

  /** Sends outside the log. */
  send(lane: Lane, frame: Uint8Array): void {
    this.link.send(lane, frame);
  }

  /** While paused nothing of the log is sent; the end is a keyframe. */
  pause(paused: boolean): void {
    this.paused = paused;
    if (paused) return;
    this.needsKeyframe = true;
    this.pump();
  }

  private control(bytes: Uint8Array): void {
    if (bytes.length > Limits.MaxControl) return;
    let message: Control;
    try {
      message = JSON.parse(new TextDecoder().decode(decodeFrame(bytes).payload));
    } catch {
      return;
    }
    if (typeof message !== 'object' || message === null) return;
    switch (message.type) {
      case 'watch':
        return this.watch(message);
      case 'ack':
        return this.ack(message);
      case 'resend':
        if (message.epoch === this.log.epoch) this.back(count(message.from) - 1);
        return;
      case 'keyframe':
        this.needsKeyframe = true;
        return this.pump();
      case 'want':
        return this.want(message.hashes);
      case 'ping':
        return this.link.send(Lane.control, controlFrame({ type: 'pong', t: message.t }));
    }
  }

  private watch(message: Control): void {
    this.watching = true;
    this.onWatch();
    this.blobs = this.assets.known();
    const dom = count(message.dom);
    if (message.epoch === this.log.epoch && dom > 0) this.back(dom);
    else {
      this.needsKeyframe = true;
      this.pump();
    }
  }

  private ack(message: Control): void {
    const bytes = count(message.bytes);
    if (bytes > this.ackedBytes) this.ackedBytes = Math.min(bytes, this.bytes);
    const dom = count(message.dom);
    if (message.epoch === this.log.epoch && dom > this.acked) this.acked = Math.min(dom, this.log.seq);
    this.pump();
  }

  /** Goes on after seq. */
  private back(seq: number): void {
    if (seq < 0 || seq > this.log.seq || this.log.since(seq) === undefined) this.needsKeyframe = true;
    else this.sent = seq;
    this.pump();
  }

  /** What was under way may be lost: on from what was acknowledged. */
  private rewind(): void {
    this.bytes = this.ackedBytes;
    if (!this.watching) return;
    if (this.acked === 0) this.needsKeyframe = true;
    else if (this.acked < this.sent) this.sent = this.acked;
    this.back(this.sent);
  }

  private room(): boolean {
    const { link } = this;
    if (link.backlog(Lane.dom) > HIGH) return false;
    return link.rung !== 'fallback' || this.bytes - this.ackedBytes < UNACKED;
  }

  private pump(): void {
    if (!this.watching || this.paused || this.link.state !== 'ready' || !this.room()) return;
    if (!this.needsKeyframe) {
      const frames = this.log.since(this.sent);
      if (frames === undefined) this.needsKeyframe = true;
      else {
        for (const frame of frames) {
          if (!this.room()) return;
          this.put(Lane.dom, frame);
          this.sent++;
        }
      }
    }
    if (this.needsKeyframe) {
      this.needsKeyframe = false;
      const frame = this.log.keyframe();
      this.sent = this.log.seq;
      this.put(Lane.dom, frame);
    }
    this.pumpBlobs();
  }

  private put(lane: Lane, frame: Uint8Array): void {
    this.bytes += frame.length;
    this.link.send(lane, frame);
  }

  // Contents go when the page itself has gone.

  private blob(frame: Uint8Array): void {
    if (!this.watching) return;
    this.blobs.push(frame);
    this.pumpBlobs();
  }

  private want(hashes: unknown): void {
    if (!Array.isArray(hashes)) return;
    for (const hash of hashes.slice(0, 256)) {
      const frame = typeof hash === 'string' ? this.assets.content(hash) : undefined;
      if (frame) this.blobs.push(frame);
    }
    this.pumpBlobs();
  }

  private pumpBlobs(): void {
    while (this.blobs.length > 0 && !this.paused && this.room() && this.link.backlog(Lane.blob) < LOW_BLOB) {
      this.put(Lane.blob, this.blobs.shift() as Uint8Array);
    }
  }
}
