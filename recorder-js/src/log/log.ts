// The log: ops become frames, each encoded once; the newest are kept for those who come back (PROTOCOL.md §3).

import { Deflater, encodeFrame, Flag, Kind, Limits, Op, type Ops, OpWriter } from '@ridealong/wire';
import { Mirror } from './mirror.ts';

interface Kept {
  seq: number;
  at: number;
  frame: Uint8Array;
}

const NODES = ['element', 'text', 'shadow', 'document', 'blocked', 'doctype', 'moved', 'end'];

/** Every call goes to both, in order. */
function tee(a: Ops, b: Ops): Ops {
  type Call = (...args: unknown[]) => void;
  const both: Record<string, Call> = {};
  for (const name of [...Object.keys(Op), ...NODES]) {
    const [one, two] = [a, b].map((ops) => (ops as unknown as Record<string, Call>)[name] as Call);
    both[name] = (p, q, r, s) => {
      one?.call(a, p, q, r, s);
      two?.call(b, p, q, r, s);
    };
  }
  return both as unknown as Ops;
}

export class FrameLog {
  readonly mirror = new Mirror();
  private readonly writer = new OpWriter();
  readonly ops: Ops = tee(this.mirror, this.writer);
  /** Of the newest frame. */
  seq = 0;
  private readonly deflater = new Deflater();
  private ring: Kept[] = [];
  private ringBytes = 0;
  private fresh = true;
  private whole: { seq: number; frame: Uint8Array } | undefined;
  private readonly cursors = new Set<() => void>();
  private readonly start = performance.now();

  constructor(readonly epoch: number) {}

  /** Calls wake whenever there is a frame more. Returns what ends it. */
  watch(wake: () => void): () => void {
    this.cursors.add(wake);
    return () => this.cursors.delete(wake);
  }

  /** Tenths of a millisecond since the epoch began, by the monotonic clock. */
  time(): number {
    return Math.round((performance.now() - this.start) * 10);
  }

  /** The ops since the last call become a frame. */
  flush(): void {
    if (this.writer.length === 0) return;
    this.append();
    for (const wake of this.cursors) wake();
  }

  private append(): void {
    const payload = this.deflater.frame(this.writer.take());
    const flags = Flag.deflated | (this.fresh ? Flag.fresh : 0);
    const frame = encodeFrame({
      kind: Kind.ops,
      flags,
      epoch: this.epoch,
      seq: ++this.seq,
      time: this.time(),
      payload,
    });
    this.fresh = false;
    this.keep(frame);
    if (this.writer.full) this.begin();
  }

  /** The next frame can be read from nothing but a keyframe before it. */
  private begin(): void {
    this.fresh = true;
    this.writer.fresh();
    this.deflater.fresh();
  }

  private keep(frame: Uint8Array): void {
    const at = performance.now();
    this.ring.push({ seq: this.seq, at, frame });
    this.ringBytes += frame.length;
    let drop = 0;
    for (const kept of this.ring) {
      if (this.ringBytes <= Limits.RingBytes && at - kept.at <= Limits.RingAge) break;
      this.ringBytes -= kept.frame.length;
      drop++;
    }
    if (drop > 0) this.ring.splice(0, drop);
  }

  /** The frames after seq, oldest first; undefined when they are not all there any more. */
  since(seq: number): Uint8Array[] | undefined {
    if (seq === this.seq) return [];
    const first = this.ring[0];
    if (!first || seq < first.seq - 1 || seq > this.seq) return undefined;
    return this.ring.slice(seq + 1 - first.seq).map((kept) => kept.frame);
  }

  /** The whole document as it is now. What follows it is readable from nothing. */
  keyframe(): Uint8Array {
    this.flush();
    if (this.whole?.seq === this.seq) return this.whole.frame;
    const writer = new OpWriter();
    this.mirror.keyframe(writer);
    const payload = new Deflater().frame(writer.take());
    const frame = encodeFrame({
      kind: Kind.keyframe,
      flags: Flag.deflated,
      epoch: this.epoch,
      seq: this.seq,
      time: this.time(),
      payload,
    });
    this.whole = { seq: this.seq, frame };
    this.begin();
    return frame;
  }

  /** The tree's hash, as an op of its own. */
  check(): void {
    this.flush();
    const h = this.mirror.treeHash();
    this.ops.hash(h.count, h.value);
    this.flush();
  }
}
