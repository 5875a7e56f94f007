// The log of one document: ops become frames, each encoded once; the newest are kept for those who come back (PROTOCOL.md §3).
//
// Guarantees: frames are numbered without gaps; a keyframe at N and the frames from N+1 on can be read from nothing; the ring holds at
// most RingBytes and RingAge, and what an archiver has not acknowledged up to KeepBytes; cursors are woken after a frame is complete, never in the middle of a group; what is large may be complete
// later, and nothing overtakes it. The mirror is here or, for a large page, with the worker that deflates (press.ts).

import { encodeFrame, Flag, type Frame, Kind, Limits, type Ops, OpWriter } from '@ridealong/wire';
import { Known } from './known.ts';
import { Mirror } from './mirror.ts';
import { Press, type Raw } from './press.ts';

/** What is shorter becomes longer when it is deflated, bytes. */
const TINY = 8;
/** Nodes of a document that has grown large. */
const GROWN = 4000;

interface Kept {
  at: number;
  frame: Frame;
}

/** Who hears of every op before it is written. */
export type Tree = Mirror | Known;

/** Every call goes to both, in order: what the tree refuses, the writer never gets. */
export function tee(tree: () => Tree, writer: OpWriter): Ops {
  type Calls = Record<string, ((...args: unknown[]) => void) | undefined>;
  const both: Calls = Object.create(null); // a page may have frozen what others come from
  // What a mirror and the writer have is what Ops names.
  for (const name of Object.getOwnPropertyNames(Mirror.prototype).filter((n) => n in OpWriter.prototype)) {
    both[name] = (p, q, r, s, t, u, v) => {
      (tree() as unknown as Calls)[name]?.(p, q, r, s, t, u, v);
      (writer as unknown as Calls)[name]?.(p, q, r, s, t, u, v);
    };
  }
  // A page is made of these: calls that are not looked up.
  return Object.assign(both as unknown as Ops, {
    element(id, ns, tag, attributes) {
      tree().element(id, ns, tag, attributes);
      writer.element(id, ns, tag, attributes);
    },
    text(id, data) {
      tree().text(id, data);
      writer.text(id, data);
    },
    end() {
      tree().end();
      writer.end();
    },
  } satisfies Partial<Ops>);
}

export class FrameLog {
  /** What the receiving side has: all of it, or where a worker keeps the mirror what is asked of it here. */
  tree: Tree = new Mirror();
  private readonly writer = new OpWriter();
  readonly ops: Ops = tee(() => this.tree, this.writer);
  /** Of the newest frame that is complete. */
  seq = 0;
  /** Of the newest one that was begun. */
  private made = 0;
  private madeAt = 0;
  /** Bytes of the newest keyframe and of what was added to it since: what a join costs, about. */
  keyframeSize = 0;
  /** What was written last is a part of something: more of it follows. */
  partial = false;
  private ring: Kept[] = [];
  /** Bytes of the frames that are kept. */
  ringBytes = 0;
  private begun = false;
  private fresh = true;
  /** Stands at `seq`. */
  private whole: Uint8Array | undefined;
  private wholeAsked = false;
  /** Frames after this one are kept until an archiver has them, as far as KeepBytes go. */
  keepAfter = Number.POSITIVE_INFINITY;
  private readonly cursors = new Set<() => void>();
  /** When the epoch began, by `now`. */
  readonly start: number;

  constructor(
    readonly epoch: number,
    private readonly now: () => number = () => performance.now(),
    private readonly press = new Press(),
  ) {
    this.start = now();
  }

  /** Calls wake whenever there is a frame more. Returns what ends it. */
  watch(wake: () => void): () => void {
    this.cursors.add(wake);
    return () => this.cursors.delete(wake);
  }

  /** ms since the epoch began, by the monotonic clock. */
  time(): number {
    return Math.round(this.now() - this.start);
  }

  /**
   * The ops since the last call become a frame. The first group of all is the keyframe at 0: the whole document, or its beginning.
   * `partial` when it is one of several that make the document. False when there were none.
   */
  flush(partial = this.partial): boolean {
    this.partial = partial;
    if (this.writer.length === 0) return false;
    if (this.begun) this.append(partial);
    else {
      this.begun = true;
      this.complete(this.writer.take());
      this.wake();
    }
    return true;
  }

  private wake(): void {
    for (const wake of this.cursors) wake();
  }

  /** Bytes that frames will be made of, about as they will be then. */
  get waiting(): number {
    return this.press.waiting / 4;
  }

  /** The mirror is here, and has become large. */
  get grown(): boolean {
    return this.tree instanceof Mirror && this.tree.count > GROWN;
  }

  /** Throws away the ops since the last frame; a RESET has to follow. */
  discard(): void {
    this.writer.take();
    this.begin();
  }

  private append(partial: boolean): void {
    const { fresh, press } = this;
    const complete = this.frame(partial);
    const raw: Raw = [this.writer.take(), fresh, performance.now()];
    if (raw[0].length < TINY && !press.busy) {
      press.keep(raw);
      complete(raw[0]);
    } else press.deflate(raw, false, (payload) => complete(payload, Flag.deflated));
    if (this.writer.full) this.begin();
  }

  /** The next frame: gives what completes it when its payload is there. */
  private frame(partial: boolean): (payload: Uint8Array, deflated?: number) => void {
    const seq = ++this.made;
    const time = this.time();
    const flags = this.fresh ? Flag.fresh : 0;
    const step = this.fresh ? undefined : time - this.madeAt;
    this.madeAt = time;
    this.fresh = false;
    const { epoch } = this;
    return (payload, deflated = 0) => {
      this.seq = seq;
      this.whole = undefined;
      this.keep({ kind: Kind.ops, flags: flags | deflated, epoch, seq, time, step, payload });
      if (partial) this.keyframeSize += payload.length;
      this.wake();
    };
  }

  /** The next frame can be read without the frames before it. */
  private begin(): void {
    this.fresh = true;
    this.writer.fresh();
    this.press.fresh();
  }

  private keep(frame: Frame): void {
    const at = this.now();
    this.ring.push({ at, frame });
    this.ringBytes += frame.payload.length;
    let drop = 0;
    for (const kept of this.ring) {
      if (this.ringBytes <= Limits.RingBytes && at - kept.at <= Limits.RingAge) break;
      if (this.ringBytes <= Limits.KeepBytes && kept.frame.seq > this.keepAfter) break;
      this.ringBytes -= kept.frame.payload.length;
      drop++;
    }
    if (drop > 0) this.ring.splice(0, drop);
  }

  /** Forgets the frames so far: whoever comes back gets a keyframe. */
  forget(): void {
    this.ring = [];
    this.ringBytes = 0;
  }

  /** The frames after seq, oldest first; undefined when they are not all there any more. With a step where it can be told instead. */
  since(seq: number): Frame[] | undefined {
    const missing = this.seq - seq;
    if (missing < 0 || missing > this.ring.length) return undefined;
    return this.ring.slice(this.ring.length - missing).map((kept) => kept.frame);
  }

  /**
   * The whole document, at `seq`; undefined as long as there is none: whoever waits is woken. What follows it is readable from nothing.
   */
  keyframe(): Uint8Array | undefined {
    this.flush();
    const { tree } = this;
    const nothing = !this.begun || (tree instanceof Mirror && tree.count === 0);
    if (nothing || this.whole || this.wholeAsked) return this.whole;
    if (tree instanceof Mirror) {
      const writer = new OpWriter();
      tree.keyframe(writer);
      this.complete(writer.take());
    } else this.complete();
    return this.whole;
  }

  /** Makes the newest keyframe, of these ops or of the worker's mirror. */
  private complete(ops?: Uint8Array): void {
    const seq = this.made;
    const time = this.time();
    let later = false;
    this.wholeAsked = true;
    this.begin();
    const done = (payload: Uint8Array | undefined) => {
      this.wholeAsked = false;
      if (!payload) return;
      const { epoch } = this;
      this.whole = encodeFrame({ kind: Kind.keyframe, flags: Flag.deflated, epoch, seq, time, payload });
      this.keyframeSize = this.whole.length;
      if (later) this.wake();
    };
    if (ops) this.press.deflate([ops, true, performance.now()], true, done);
    else this.press.keyframe(done);
    later = true;
  }

  /** The tree's hash, as a frame of its own. */
  check(): void {
    this.flush();
    const { tree, fresh } = this;
    if (tree instanceof Mirror) {
      const { count, value } = tree.treeHash();
      this.ops.hash(count, value);
      this.flush();
    } else this.press.hash(fresh, this.frame(false));
  }

  /**
   * From now on a worker has the mirror, and deflates what is large. `gone` hears when it failed: what it knew is lost, and nobody can join
   * before the document was taken anew. `fault` hears of what its mirror refused: that too is mended by a RESET alone.
   */
  hire(worker: Worker, gone: () => void, fault: (error: unknown) => void): void {
    this.flush();
    const { tree, press } = this;
    if (!(tree instanceof Mirror)) return;
    press.hire(
      worker,
      () => {
        this.tree = new Mirror();
        gone();
      },
      fault,
    );
    const known = new Known();
    if (tree.count > 0) {
      const writer = new OpWriter();
      tree.keyframe(tee(() => known, writer));
      press.keep([writer.take(), true, performance.now()]);
    }
    this.tree = known;
    this.begin();
  }
}
