// Frames of the log that came before those they follow: at most MaxHeld bytes, by epoch and seq.

import type { Frame } from '../frame.ts';
import { Limits } from '../limits.gen.ts';

/** What a small frame costs beside its bytes. */
const OVERHEAD = 64;

const cost = (frame: Frame): number => frame.payload.length + OVERHEAD;

export class Held {
  private readonly epochs = new Map<number, Map<number, Frame>>();
  private bytes = 0;

  /** How many frames of an epoch wait. */
  in(epoch: number): number {
    return this.epochs.get(epoch)?.size ?? 0;
  }

  /** False when there is no room. */
  add(frame: Frame): boolean {
    const frames = this.epochs.get(frame.epoch) ?? new Map<number, Frame>();
    if (frames.has(frame.seq)) return true;
    if (this.bytes + cost(frame) > Limits.MaxHeld) return false;
    this.epochs.set(frame.epoch, frames);
    frames.set(frame.seq, frame);
    this.bytes += cost(frame);
    return true;
  }

  take(epoch: number, seq: number): Frame | undefined {
    const frame = this.epochs.get(epoch)?.get(seq);
    if (frame) this.remove(frame);
    return frame;
  }

  /** Everything up to this position is of no use any more. */
  forget(epoch: number, seq: number): void {
    for (const frames of [...this.epochs.values()])
      for (const frame of [...frames.values()])
        if (frame.epoch < epoch || (frame.epoch === epoch && frame.seq <= seq)) this.remove(frame);
  }

  clear(): void {
    this.epochs.clear();
    this.bytes = 0;
  }

  private remove(frame: Frame): void {
    const frames = this.epochs.get(frame.epoch);
    frames?.delete(frame.seq);
    if (frames?.size === 0) this.epochs.delete(frame.epoch);
    this.bytes -= cost(frame);
  }
}
