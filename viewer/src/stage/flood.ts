// Whether what has come for a frame is handed over now, or with what follows it: to lay out a part of a flood can take a browser longer
// than to wait for its end. Where pictures are quick nothing waits; where they are slow, at most three times as long as the last one took.

/** Bytes of ops that are a flood, and the pause that ends one, ms. */
const FLOOD = 32 * 1024;
const PAUSE = 150;
/** Bytes that are handed over together at most. */
export const MOST = 4 << 20;
/** Its end is waited for as often as long as the last picture took, for the next one takes longer, and so many ms at most. */
const WORTH = 3;
const LONGEST = 3000;

export class Flood {
  /** Bytes of ops that wait, when the last came, and since when its end is waited for. */
  private behind = 0;
  private cameAt = 0;
  private since: number | undefined;
  private rendering = 0;

  came(bytes: number, now: number): void {
    this.behind += bytes;
    this.cameAt = now;
  }

  handed(bytes: number): void {
    this.behind -= bytes;
  }

  /** How long the browser took to show what was handed over last, ms. */
  rendered(ms: number): void {
    this.rendering = ms;
  }

  /** How long to wait before asking again, ms; 0 to hand over now. */
  wait(now: number): number {
    this.since ??= now;
    const patience = Math.min(this.rendering * WORTH, LONGEST) - (now - this.since);
    const pause = this.cameAt + PAUSE - now;
    if (this.behind >= FLOOD && this.behind < MOST && pause > 0 && patience > 0) return Math.min(pause, patience);
    this.since = undefined;
    return 0;
  }
}
