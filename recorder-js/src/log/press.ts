// Who deflates what the log writes, and who keeps the mirror: this thread, or where a worker was hired that worker. Then what is large is
// deflated there, with what stands behind it, and all ops go there for the mirror, those of small frames in lumps.
//
// Guarantees: what is done comes in the order in which it was asked for, and all of it is one stream; a worker that fails or keeps silent
// is let go, and what it had to deflate is done here. Whichever begins anew refers to nothing before, so the two need not know of each other.

import { Deflater } from '@ridealong/wire';

/** Less than this is sooner done than sent, bytes. */
const LARGE = 1024;
/** A lump for the mirror, bytes. */
const LUMP = 32 * 1024;
const PATIENCE = 5000;

/** What is wanted of the worker: nothing; the last ops of the lump deflated, in the stream or alone; the mirror's keyframe; the tree's hash. */
export const Act = { none: 0, stream: 1, alone: 2, keyframe: 3, hash: 4 } as const;

/** The ops of a frame, whether they begin a table of strings, and when they were written. */
export type Raw = readonly [ops: Uint8Array, fresh: boolean, at: number];

/**
 * What the worker is asked: tuples, because the worker is built by itself and names of ours are other ones there. `fresh`: the window
 * before is not there. `now` is by the clock of what the lump holds: a worker has another one.
 */
export type Job = [lump: Raw[], act: number, fresh: boolean, now: number];

/** Deflated where that was asked; undefined when there is no mirror any more. */
type Done = (payload: Uint8Array | undefined) => void;

const NOTHING = new Uint8Array();

export class Press {
  private readonly near = new Deflater();
  private nearStale = false;
  private far: Worker | undefined;
  private farStale = true;
  private readonly queue: { job: Job; done: Done }[] = [];
  private lump: Raw[] = [];
  private lumpBytes = 0;
  private silence = 0;
  /** Bytes that are with the worker. */
  waiting = 0;

  /** What is large goes to this worker from now on. `gone` hears when it failed, `fault` of what its mirror refuses. */
  hire(worker: Worker, gone: () => void = () => undefined, fault: (error: unknown) => void = () => undefined): void {
    this.far = worker;
    const leave = () => {
      if (this.far !== worker) return;
      this.dismiss();
      gone();
    };
    worker.onmessage = ({ data }: MessageEvent<Uint8Array | string | undefined>) => {
      if (typeof data === 'string') return fault(new Error(data));
      const next = this.queue.shift();
      if (!next) return leave();
      this.waiting -= sizeOf(next.job);
      this.listen(leave);
      next.done(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      leave();
    };
    worker.onmessageerror = leave;
    this.leave = leave;
  }

  private leave = (): void => undefined;

  /** The payload of a frame, at once or later. */
  deflate(raw: Raw, alone: boolean, done: (payload: Uint8Array) => void): void {
    const act = alone ? Act.alone : Act.stream;
    if (this.far && (this.busy || raw[0].length >= LARGE)) this.send(act, raw, done as Done);
    else {
      this.keep(raw);
      done(this.here(raw[0], alone));
    }
  }

  /** Something is under way: nothing may overtake it. */
  get busy(): boolean {
    return this.queue.length > 0;
  }

  /** Ops whose frame is done: the worker's mirror gets them in time. */
  keep(raw: Raw): void {
    if (!this.far) return;
    this.lump.push(raw);
    this.lumpBytes += raw[0].length;
    if (this.lumpBytes < LUMP) return;
    this.far.postMessage(this.job(Act.none));
  }

  /** The whole document as the worker's mirror has it, deflated alone. */
  keyframe(done: Done): void {
    this.send(Act.keyframe, undefined, done);
  }

  /** An op that tells the hash of the worker's tree. `fresh`: whether its frame begins a table of strings. */
  hash(fresh: boolean, done: (op: Uint8Array) => void): void {
    this.send(Act.hash, [NOTHING, fresh, 0], (op = NOTHING) => done(op));
  }

  /** What follows refers to nothing before it. */
  fresh(): void {
    this.nearStale = true;
    this.farStale = true;
  }

  /** Does without the worker; what it had to deflate is done here. */
  dismiss(): void {
    clearTimeout(this.silence);
    this.far?.terminate();
    this.far = undefined;
    this.waiting = 0;
    this.job(Act.none);
    for (const { job, done } of this.queue.splice(0)) {
      const [lump, act, fresh] = job;
      if (fresh) this.nearStale = true;
      const raw = lump[lump.length - 1]?.[0] ?? NOTHING;
      done(act === Act.stream || act === Act.alone ? this.here(raw, act === Act.alone) : undefined);
    }
  }

  /** Takes the lump. */
  private job(act: number, raw?: Raw): Job {
    const { lump } = this;
    if (raw) lump.push(raw);
    this.lump = [];
    this.lumpBytes = 0;
    return [lump, act, this.farStale, performance.now()];
  }

  private send(act: number, raw: Raw | undefined, done: Done): void {
    const job = this.job(act, raw);
    if (act === Act.stream) {
      this.farStale = false;
      this.nearStale = true;
    }
    this.queue.push({ job, done });
    this.waiting += sizeOf(job);
    this.far?.postMessage(job);
    if (this.queue.length === 1) this.listen(this.leave);
  }

  /** Somebody who has work and says nothing is not there. */
  private listen(leave: () => void): void {
    clearTimeout(this.silence);
    if (this.busy) this.silence = Number(setTimeout(leave, PATIENCE));
  }

  private here(raw: Uint8Array, alone: boolean): Uint8Array {
    if (alone) return new Deflater().frame(raw);
    if (this.nearStale) this.near.fresh();
    this.nearStale = false;
    this.farStale = true;
    return this.near.frame(raw);
  }
}

/** Bytes of what is to be deflated. */
function sizeOf([lump, act]: Job): number {
  return act === Act.stream || act === Act.alone ? (lump[lump.length - 1]?.[0].length ?? 0) : 0;
}
