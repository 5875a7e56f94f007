// What came of one tab's picture, kept so that the page can be shown as it was at an earlier moment.
//
// Guarantees: a moment is shown from the whole document before it and all that followed, or not at all; what is kept takes about MAX_BYTES
// at most: the oldest documents and keyframes go first, and a run of changes that alone is too long asks for a new beginning.

import type { FrameMeta, Sink } from './parts.ts';

const MAX_BYTES = 48 * 1024 * 1024;
/** Contents are kept besides, the newest. */
const MAX_BLOBS = 48 * 1024 * 1024;
/** Between two questions for a new beginning, ms. */
const ASK_EVERY = 60_000;

type Feed = Pick<Sink, 'ops' | 'asset' | 'refused'>;

/** From one whole document to the next. */
interface Run {
  readonly epoch: number;
  readonly frames: { raw: Uint8Array; meta: FrameMeta }[];
  bytes: number;
}

/** What a stage is given of a moment. */
export interface Past {
  epoch: number;
  /** ms since the epoch began: of the last change that is shown. */
  time: number;
  feed(stage: Feed): void;
}

export class History {
  private runs: Run[] = [];
  private bytes = 0;
  /** Addresses of contents, and those that cannot be shown, by epoch and number: the last word. */
  private readonly assets = new Map<string, (stage: Feed) => void>();
  private readonly contents = new Map<string, Uint8Array>();
  private contentBytes = 0;
  private askedAt = Number.NEGATIVE_INFINITY;

  constructor(
    /** A whole document would be welcome. */
    private readonly ask: () => void,
    private readonly now: () => number,
    private readonly max = MAX_BYTES,
  ) {}

  ops(raw: Uint8Array, meta: FrameMeta): void {
    let run = this.runs[this.runs.length - 1];
    if (meta.keyframe || !run) {
      if (!meta.keyframe) return;
      run = { epoch: meta.epoch, frames: [], bytes: 0 };
      this.runs.push(run);
    }
    run.frames.push({ raw, meta });
    run.bytes += raw.length;
    this.bytes += raw.length;
    this.shrink(run);
  }

  private shrink(newest: Run): void {
    while (this.bytes > this.max && this.runs.length > 1) this.bytes -= this.runs.shift()?.bytes ?? 0;
    const oldest = this.runs[0]?.epoch ?? 0;
    for (const key of this.assets.keys()) if (Number(key.split('.')[0]) < oldest) this.assets.delete(key);
    if (newest.bytes <= this.max || this.now() - this.askedAt < ASK_EVERY) return;
    this.askedAt = this.now();
    this.ask();
  }

  asset(epoch: number, n: number, hash: string, size: number, mime: string): void {
    this.assets.set(`${epoch}.${n}`, (stage) => stage.asset(epoch, n, hash, size, mime));
  }

  refused(epoch: number, n: number, reason: number, width: number, height: number): void {
    this.assets.set(`${epoch}.${n}`, (stage) => stage.refused(epoch, n, reason, width, height));
  }

  blob(hash: string, bytes: Uint8Array): void {
    if (this.contents.has(hash)) return;
    this.contents.set(hash, bytes);
    this.contentBytes += bytes.length;
    for (const [old, { length }] of this.contents) {
      if (this.contentBytes <= MAX_BLOBS) break;
      this.contents.delete(old);
      this.contentBytes -= length;
    }
  }

  content(hash: string): Uint8Array | undefined {
    return this.contents.get(hash);
  }

  clear(): void {
    this.runs = [];
    this.bytes = 0;
    this.assets.clear();
    this.contents.clear();
    this.contentBytes = 0;
  }

  /** The page `time` ms after its epoch began, or as it was first told of; undefined when it is not kept. */
  at(epoch: number, time: number): Past | undefined {
    const runs = this.runs.filter((run) => run.epoch === epoch);
    const run = runs.findLast(({ frames }) => (frames[0]?.meta.time ?? 0) <= time) ?? runs[0];
    const [first] = run?.frames ?? [];
    if (!run || !first) return undefined;
    const frames = run.frames.filter(({ meta }, i) => i === 0 || meta.time <= time);
    const last = frames[frames.length - 1] ?? first;
    return {
      epoch,
      time: last.meta.time,
      feed: (stage) => {
        for (const [key, tell] of this.assets) if (key.startsWith(`${epoch}.`)) tell(stage);
        for (const { raw, meta } of frames) stage.ops(raw, meta);
      },
    };
  }
}
