// Frames and pieces (PROTOCOL.md §3).

import { DecodeError, HeadReader, Writer } from './bytes.ts';
import { Limits } from './limits.gen.ts';

export const Lane = { control: 0, dom: 1, telemetry: 2, blob: 3, pointer: 4 } as const;
export type Lane = (typeof Lane)[keyof typeof Lane];
export const LANES = ['control', 'dom', 'telemetry', 'blob', 'pointer'] as const;

export const Kind = { keyframe: 1, ops: 2, entries: 3, pointer: 4, control: 5, asset: 6, blob: 7, refused: 8 } as const;
export const Flag = { deflated: 1, fresh: 2 } as const;
export const PieceFlag = { first: 1, last: 2 } as const;

/** The first byte of a frame. */
const KIND_MASK = 0x1f;
const FLAG_SHIFT = 5;
const BRIEF = 0x80;

export interface Frame {
  kind: number;
  flags: number;
  epoch: number;
  seq: number;
  /** ms since the epoch began. */
  time: number;
  /** ms since the frame before it: all that a brief head says of the time. Of such a one the epoch is not known, and 14 bits of seq. */
  step?: number | undefined;
  payload: Uint8Array;
}

/** With a brief head when there is a step. */
export function encodeFrame({ kind, flags, epoch, seq, time, step, payload }: Frame): Uint8Array<ArrayBuffer> {
  const w = new Writer(payload.length + 20);
  if (step === undefined) {
    w.u8(kind | (flags << FLAG_SHIFT));
    if (kind === Kind.pointer) w.u8(seq);
    else {
      w.varint(epoch);
      if (kind <= Kind.entries) w.varint(seq);
      w.varint(time);
    }
  } else {
    w.u8(BRIEF | (flags << 6) | ((seq >> 8) & 63));
    w.u8(seq);
    w.varint(step);
  }
  w.bytes(payload);
  return w.take();
}

/** The payload shares the input's bytes. */
export function decodeFrame(bytes: Uint8Array): Frame {
  if (bytes.length > Limits.MaxFrame) throw new DecodeError(`frame of ${bytes.length} bytes`);
  const r = new HeadReader(bytes);
  const head = r.u8();
  if (head & BRIEF) {
    const seq = ((head & 63) << 8) | r.u8();
    return { kind: Kind.ops, flags: (head >> 6) & 1, epoch: 0, seq, time: 0, step: r.varint(), payload: r.rest() };
  }
  const kind = head & KIND_MASK;
  if (kind === Kind.pointer)
    return { kind, flags: head >> FLAG_SHIFT, epoch: 0, seq: r.u8(), time: 0, payload: r.rest() };
  const epoch = r.varint();
  const seq = kind <= Kind.entries ? r.varint() : 0;
  return { kind, flags: head >> FLAG_SHIFT, epoch, seq, time: r.varint(), payload: r.rest() };
}

/** Where a logged frame stands. */
export type Place = Pick<Frame, 'epoch' | 'seq'>;

/** Finds the place of a frame with a brief head by the newest one that came over its link; false when there is none to go by. */
export function place(frame: Frame, newest: Place | undefined): boolean {
  if (frame.step === undefined) return true;
  if (!newest) return false;
  frame.epoch = newest.epoch;
  frame.seq = newest.seq + (((frame.seq - newest.seq) << 18) >> 18);
  return frame.seq > 0;
}

/** Cuts a frame into pieces of at most MaxPiece bytes. */
export function* pieces(frame: Uint8Array, max: number = Limits.MaxPiece): Generator<Uint8Array<ArrayBuffer>> {
  const step = max - 1;
  for (let at = 0; at === 0 || at < frame.length; at += step) {
    const end = Math.min(frame.length, at + step);
    const piece = new Uint8Array(end - at + 1);
    piece[0] = (at === 0 ? PieceFlag.first : 0) | (end === frame.length ? PieceFlag.last : 0);
    piece.set(frame.subarray(at, end), 1);
    yield piece;
  }
}

/** Joins the pieces of one lane. After an error the next FIRST piece starts anew. */
export class Joiner {
  private parts: Uint8Array[] = [];
  private size = 0;
  private open = false;

  /** The whole frame when this piece was its last, else undefined. Throws DecodeError. */
  push(piece: Uint8Array): Uint8Array | undefined {
    if (piece.length === 0 || piece.length > Limits.MaxPiece) return this.fail(`piece of ${piece.length} bytes`);
    const flags = piece[0] as number;
    const first = (flags & PieceFlag.first) !== 0;
    const last = (flags & PieceFlag.last) !== 0;
    if (first === this.open) return this.fail(first ? 'first piece inside a frame' : 'piece without a first');
    const body = piece.subarray(1);
    if (first && last) return body;
    this.open = true;
    this.parts.push(body);
    this.size += body.length;
    if (this.size > Limits.MaxFrame) return this.fail(`frame over ${Limits.MaxFrame} bytes`);
    if (!last) return undefined;
    const out = new Uint8Array(this.size);
    let at = 0;
    for (const p of this.parts) {
      out.set(p, at);
      at += p.length;
    }
    this.reset();
    return out;
  }

  reset(): void {
    this.parts = [];
    this.size = 0;
    this.open = false;
  }

  private fail(what: string): never {
    this.reset();
    throw new DecodeError(what);
  }
}
