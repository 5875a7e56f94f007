// The live pointer: the samples of a moment go out together, the first at once. Lossy, outside the log.

import { encodeFrame, Kind, Writer, writeSamples } from '@ridealong/wire';
import type { FrameLog } from './log/log.ts';

/** Between two frames, ms: two samples share a frame's head. */
const STEP = 33;

export class PointerLane {
  private samples: { x: number; y: number; at: number }[] = [];
  private sentAt = Number.NEGATIVE_INFINITY;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly log: FrameLog,
    private readonly send: (frame: Uint8Array) => void,
  ) {}

  /** CSS px in the viewport. */
  move(x: number, y: number): void {
    const at = performance.now();
    this.samples.push({ x, y, at });
    if (at - this.sentAt >= STEP) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), STEP);
  }

  /** Forgets what was not sent. */
  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.samples = [];
  }

  private flush(): void {
    const now = performance.now();
    const w = new Writer(32);
    writeSamples(
      w,
      this.samples.flatMap(({ x, y, at }) => [x, y, Math.round(now - at)]),
    );
    this.stop();
    this.sentAt = now;
    const { epoch } = this.log;
    this.send(encodeFrame({ kind: Kind.pointer, flags: 0, epoch, seq: 0, time: this.log.time(), payload: w.take() }));
  }
}
