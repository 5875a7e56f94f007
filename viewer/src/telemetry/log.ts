// Rows in the order in which they came: appended at the end, taken from the front, both in constant time on average.

const SLACK = 1024;

export class Log<T> {
  private all: T[] = [];
  private head = 0;
  /** How many went. */
  gone = 0;

  get length(): number {
    return this.all.length - this.head;
  }

  get first(): T | undefined {
    return this.all[this.head];
  }

  get last(): T | undefined {
    return this.length > 0 ? this.all[this.all.length - 1] : undefined;
  }

  /** `at` counts from the oldest that is here. */
  at(index: number): T | undefined {
    return index < 0 ? undefined : this.all[this.head + index];
  }

  push(row: T): void {
    this.all.push(row);
  }

  shift(): T | undefined {
    if (this.length === 0) return undefined;
    const row = this.all[this.head++];
    this.gone++;
    if (this.head > SLACK && this.head * 2 > this.all.length) {
      this.all = this.all.slice(this.head);
      this.head = 0;
    }
    return row;
  }

  clear(): void {
    this.all = [];
    this.head = 0;
    this.gone = 0;
  }

  /** Those from `index` on, oldest first. */
  slice(index = 0): T[] {
    return this.all.slice(this.head + Math.max(0, index));
  }
}
