// The live pointer: where it is, so often that it seems to move. Lossy, outside the log, which has the way that it took.

import { encodeFrame, Kind, Writer } from '@ridealong/wire';

/** Between two frames, ms. */
const STEP = 33;

export class PointerLane {
  private n = 0;
  private x = 0;
  private y = 0;
  private told = '';
  private sentAt = Number.NEGATIVE_INFINITY;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly send: (frame: Uint8Array) => void) {}

  /** CSS px in the viewport. */
  move(x: number, y: number): void {
    this.x = x;
    this.y = y;
    if (performance.now() - this.sentAt >= STEP) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), STEP);
  }

  /** Forgets what was not sent. */
  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private flush(): void {
    this.stop();
    const place = `${this.x} ${this.y}`;
    if (place === this.told) return;
    this.told = place;
    this.sentAt = performance.now();
    const w = new Writer(8);
    w.zigzag(this.x);
    w.zigzag(this.y);
    this.send(encodeFrame({ kind: Kind.pointer, flags: 0, epoch: 0, seq: ++this.n, time: 0, payload: w.take() }));
  }
}
