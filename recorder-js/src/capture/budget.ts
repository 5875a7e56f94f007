// How long a group may write before the page gets its turn.

/** Between two looks at the clock. */
const EVERY = 16;

export class Budget {
  private left = EVERY;
  private spent = false;
  private until = 0;

  /** `ms` from the first look at the clock on: most groups are written before. */
  constructor(private readonly ms: number) {}

  /** Whether the time is over. The first few times it never is: whoever asks after each piece of work gets on. */
  over(): boolean {
    if (this.spent || --this.left > 0) return this.spent;
    return this.now();
  }

  /** The same after a piece of work that is worth a look at the clock by itself. */
  now(): boolean {
    this.left = EVERY;
    const time = performance.now();
    this.until ||= time + this.ms;
    this.spent ||= time >= this.until;
    return this.spent;
  }
}
