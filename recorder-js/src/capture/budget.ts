// How long a group may write before the page gets its turn.

/** Between two looks at the clock. */
const EVERY = 16;

export class Budget {
  private left = EVERY;
  private spent = false;
  private readonly until: number;

  /** `ms` from now on. */
  constructor(ms: number) {
    this.until = performance.now() + ms;
  }

  /** Whether the time is over. The first few times it never is: whoever asks after each piece of work gets on. */
  over(): boolean {
    if (this.spent || --this.left > 0) return this.spent;
    this.left = EVERY;
    this.spent = performance.now() >= this.until;
    return this.spent;
  }
}
