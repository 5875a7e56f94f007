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

export interface Frame {
  kind: number;
  flags: number;
  epoch: number;
  seq: number;
  /** Tenths of a millisecond since the epoch began. */
  time: number;
  payload: Uint8Array;
}

export function encodeFrame(f: Frame): Uint8Array<ArrayBuffer> {
  const w = new Writer(f.payload.length + 20);
  w.u8(f.kind | (f.flags << FLAG_SHIFT));
  w.varint(f.epoch);
  if (f.kind <= Kind.entries) w.varint(f.seq);
  w.varint(f.time);
  w.bytes(f.payload);
  return w.take();
}

/** The payload shares the input's bytes. */
export function decodeFrame(bytes: Uint8Array): Frame {
  if (bytes.length > Limits.MaxFrame) throw new DecodeError(`frame of ${bytes.length} bytes`);
  const r = new HeadReader(bytes);
  const head = r.u8();
  const kind = head & KIND_MASK;
  const epoch = r.varint();
  const seq = kind <= Kind.entries ? r.varint() : 0;
  return { kind, flags: head >> FLAG_SHIFT, epoch, seq, time: r.varint(), payload: r.rest() };
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
