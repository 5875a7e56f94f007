// The rung that is there at once: sealed pieces by way of the server (PROTOCOL.md §5.2, §6).
//
// Guarantees: pieces go and arrive in the order in which they were given; at most AHEAD bytes wait in this browser and at most WINDOW
// bytes of the page are under way without a sign that they arrived, so that the server's queue for a slow receiver never overflows.

import { Lane } from '../frame.ts';
import type { Way } from './outbox.ts';
import type { Opener, Sealer } from './seal.ts';
import type { Bytes } from './secret.ts';
import type { Signal } from './signal.ts';

const AHEAD = 256 * 1024;
const WINDOW = 2 * 1024 * 1024;
/** So much more is tried when nothing was acknowledged for PATIENCE ms: what was lost is never acknowledged. */
const PROBE = 256 * 1024;
const PATIENCE = 3000;
/** The socket does not say when it has room again. */
const POLL = 10;

export class Fallback implements Way {
  private sealing: Promise<unknown> = Promise.resolve();
  private queued = 0; // bytes being sealed
  private credit = WINDOW;
  private acked = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly signal: Signal,
    private readonly leg: number,
    private readonly sealer: Sealer,
    private readonly opener: Opener,
    /** There is room again. */
    private readonly more: () => void,
    private readonly fault: (error: unknown) => void,
  ) {}

  get refused(): number {
    return this.opener.refused;
  }

  /** Bytes that were given and are not on the network. */
  get backlog(): number {
    return this.queued + this.signal.backlog;
  }

  room(lane: Lane): boolean {
    if (lane === Lane.control) return this.signal.open;
    if (lane === Lane.pointer) return this.signal.open && this.backlog === 0;
    if (this.timer || !this.signal.open) return false;
    const full = this.backlog >= AHEAD;
    if (full || this.credit <= 0) this.wait(full ? POLL : PATIENCE);
    return !this.timer;
  }

  put(lane: Lane, piece: Bytes): boolean {
    if (!this.signal.open) return false;
    const { length } = piece;
    this.queued += length;
    if (lane !== Lane.control) this.credit -= length - 1;
    this.sealing = Promise.all([this.sealer.seal(lane, piece), this.sealing])
      .then(([sealed]) => this.signal.sendFallback(this.leg, sealed))
      .catch(this.fault)
      .then(() => {
        this.queued -= length;
        if (this.timer ? this.credit > 0 && this.backlog < AHEAD / 2 : this.queued === 0) this.go();
      });
    return true;
  }

  arrived(sealed: Bytes, take: (lane: number, piece: Bytes) => void): void {
    this.opener.open(sealed, take).catch(this.fault);
  }

  /** The other side has so many bytes of this link. */
  received(bytes: number): void {
    if (bytes <= this.acked) return;
    this.credit = Math.min(WINDOW, this.credit + bytes - this.acked);
    this.acked = bytes;
    if (this.backlog < AHEAD) this.go();
  }

  /** What was under way is lost, or does not count any more. */
  reset(): void {
    this.close();
    this.credit = WINDOW;
  }

  close(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private wait(ms: number): void {
    this.timer = setTimeout(() => {
      if (this.credit <= 0) this.credit = PROBE;
      this.go();
    }, ms);
  }

  private go(): void {
    this.close();
    this.more();
  }
}
