// Who deflates what the log writes: this thread, and where a worker was hired that worker for what is large, and for what stands behind it.
//
// Guarantees: what is done comes in the order in which it was asked for, and all of it is one stream; a worker that fails or keeps silent
// is let go, and what it had is done here. Whichever begins anew refers to nothing before, so the two need not know of each other.

import { Deflater } from '@ridealong/wire';

/** Less than this is sooner done than sent, bytes. */
const LARGE = 1024;
const PATIENCE = 5000;

/**
 * What the worker is asked: whether the frame has a window of its own, as a keyframe has, and whether the window before is not there.
 * A tuple, because the worker is built by itself and names of ours are other ones there.
 */
export type Job = [raw: Uint8Array, alone: boolean, fresh: boolean];

type Done = (payload: Uint8Array) => void;

export class Press {
  private readonly near = new Deflater();
  private nearStale = false;
  private far: Worker | undefined;
  private farStale = true;
  private readonly queue: { job: Job; done: Done }[] = [];
  private silence = 0;
  /** A worker was looked for. */
  hired = false;
  /** Bytes that are with the worker. */
  waiting = 0;

  /** What is large goes to this worker from now on. `gone` hears when it failed. */
  hire(worker: Worker, gone: () => void = () => undefined): void {
    this.far = worker;
    const leave = () => {
      if (this.far !== worker) return;
      this.dismiss();
      gone();
    };
    worker.onmessage = ({ data }: MessageEvent<Uint8Array>) => {
      const next = this.queue.shift();
      if (!next || !(data instanceof Uint8Array)) return leave();
      this.waiting -= next.job[0].length;
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
  deflate(raw: Uint8Array, alone: boolean, done: Done): void {
    if (this.far && (this.queue.length > 0 || raw.length >= LARGE)) this.send([raw, alone, this.farStale], done);
    else done(this.here(raw, alone));
  }

  /** What follows refers to nothing before it. */
  fresh(): void {
    this.nearStale = true;
    this.farStale = true;
  }

  /** Does without the worker; what it had is done here. */
  dismiss(): void {
    clearTimeout(this.silence);
    this.far?.terminate();
    this.far = undefined;
    this.waiting = 0;
    for (const { job, done } of this.queue.splice(0)) {
      const [raw, alone, fresh] = job;
      if (fresh) this.nearStale = true;
      done(this.here(raw, alone));
    }
  }

  private send(job: Job, done: Done): void {
    if (!job[1]) {
      this.farStale = false;
      this.nearStale = true;
    }
    this.queue.push({ job, done });
    this.waiting += job[0].length;
    this.far?.postMessage(job);
    if (this.queue.length === 1) this.listen(this.leave);
  }

  /** Somebody who has work and says nothing is not there. */
  private listen(leave: () => void): void {
    clearTimeout(this.silence);
    if (this.queue.length > 0) this.silence = Number(setTimeout(leave, PATIENCE));
  }

  private here(raw: Uint8Array, alone: boolean): Uint8Array {
    if (alone) return new Deflater().frame(raw);
    if (this.nearStale) this.near.fresh();
    this.nearStale = false;
    this.farStale = true;
    return this.near.frame(raw);
  }
}

/** The worker's side: what comes back is the payload of each job, in order. */
export function serve(port: Pick<Worker, 'onmessage' | 'postMessage'>): void {
  const stream = new Deflater();
  port.onmessage = ({ data: [raw, alone, fresh] }: MessageEvent<Job>) => {
    if (fresh) stream.fresh();
    const payload = (alone ? new Deflater() : stream).frame(raw);
    port.postMessage(payload, [payload.buffer]);
  };
}
