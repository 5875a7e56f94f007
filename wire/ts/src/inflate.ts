// Streaming raw inflate (RFC 1951) for frames that end with the code of their last byte: synchronous, and never more bytes than were
// declared. What stands behind the last of them is not looked at.

import { DecodeError } from './bytes.ts';
import { Limits } from './limits.gen.ts';
import { Reader } from './reader.ts';

const WINDOW = 32_768;
const LENGTH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
];
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BASE = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
  8193, 12_289, 16_385, 24_577,
];
const CODE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** A canonical Huffman code: symbols in order of their code, and how many codes each length has. */
interface Code {
  counts: Uint16Array;
  symbols: Uint16Array;
}

function makeCode(lengths: Uint8Array): Code {
  const counts = new Uint16Array(16);
  for (const n of lengths) counts[n] = (counts[n] as number) + 1;
  counts[0] = 0;
  let left = 1;
  for (let i = 1; i < 16; i++) {
    left = left * 2 - (counts[i] as number);
    if (left < 0) throw new DecodeError('deflate: over-subscribed code');
  }
  const offsets = new Uint16Array(16);
  for (let i = 1; i < 15; i++) offsets[i + 1] = (offsets[i] as number) + (counts[i] as number);
  const symbols = new Uint16Array(lengths.length);
  for (let s = 0; s < lengths.length; s++) {
    const n = lengths[s] as number;
    if (n > 0) {
      const at = offsets[n] as number;
      symbols[at] = s;
      offsets[n] = at + 1;
    }
  }
  return { counts, symbols };
}

function fixedCodes(): [Code, Code] {
  const lengths = new Uint8Array(288).fill(8, 0, 144).fill(9, 144, 256).fill(7, 256, 280).fill(8, 280, 288);
  return [makeCode(lengths), makeCode(new Uint8Array(30).fill(5))];
}

let fixed: [Code, Code] | undefined;

/** Inflates the payloads of one lane, in order. After a DecodeError it is useless until `fresh`. */
export class Inflater {
  private window = new Uint8Array(WINDOW);
  private filled = 0;
  private out: Uint8Array = this.window;
  private at = 0;
  private input: Uint8Array = this.window;
  private pos = 0;
  private bits = 0;
  private bitCount = 0;

  /** Forgets the window: the next payload stands alone. */
  fresh(): void {
    this.filled = 0;
  }

  /** The raw bytes of one payload: `varint raw length · deflate`. Throws DecodeError. */
  frame(payload: Uint8Array): Uint8Array {
    const r = new Reader(payload);
    const length = r.varint();
    if (length > Limits.MaxRaw || length > r.left * Limits.MaxInflateRatio)
      throw new DecodeError(`deflate: ${length} bytes declared for ${r.left}`);
    this.input = r.rest();
    this.pos = 0;
    this.bits = 0;
    this.bitCount = 0;
    // The window stands before the output, so that a distance reaches back without a case of its own.
    const joined = new Uint8Array(this.filled + length);
    joined.set(this.window.subarray(WINDOW - this.filled));
    this.out = joined;
    this.at = this.filled;
    while (this.at < joined.length) this.block();
    const raw = joined.subarray(this.filled);
    this.keep(joined);
    this.out = this.window;
    return raw;
  }

  private keep(joined: Uint8Array): void {
    const n = Math.min(WINDOW, joined.length);
    this.window.set(joined.subarray(joined.length - n), WINDOW - n);
    this.filled = n;
  }

  private need(n: number): number {
    while (this.bitCount < n) {
      const b = this.input[this.pos++];
      if (b === undefined) throw new DecodeError('deflate: truncated');
      this.bits |= b << this.bitCount;
      this.bitCount += 8;
    }
    const v = this.bits & ((1 << n) - 1);
    this.bits >>>= n;
    this.bitCount -= n;
    return v;
  }

  private symbol(code: Code): number {
    let value = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length < 16; length++) {
      value |= this.need(1);
      const count = code.counts[length] as number;
      if (value - count < first) return code.symbols[index + (value - first)] as number;
      index += count;
      first = (first + count) << 1;
      value <<= 1;
    }
    throw new DecodeError('deflate: no such code');
  }

  private block(): void {
    const final = this.need(1) === 1;
    const type = this.need(2);
    if (type === 0) this.stored();
    else if (type === 1) {
      fixed ??= fixedCodes();
      this.compressed(fixed[0], fixed[1]);
    } else if (type === 2) this.compressed(...this.dynamicCodes());
    else throw new DecodeError('deflate: block type 3');
    if (final && this.at < this.out.length)
      throw new DecodeError(`deflate: ${this.out.length - this.at} bytes missing`);
  }

  private stored(): void {
    this.bits = 0;
    this.bitCount = 0;
    const n = this.need(16);
    if (this.need(16) !== (~n & 0xffff)) throw new DecodeError('deflate: stored length');
    const taken = Math.min(n, this.out.length - this.at);
    if (this.pos + taken > this.input.length) throw new DecodeError('deflate: truncated');
    this.out.set(this.input.subarray(this.pos, this.pos + taken), this.at);
    this.pos += taken;
    this.at += taken;
  }

  private dynamicCodes(): [Code, Code] {
    const literals = this.need(5) + 257;
    const distances = this.need(5) + 1;
    const n = this.need(4) + 4;
    if (literals > 286 || distances > 30) throw new DecodeError('deflate: too many codes');
    const lengths = new Uint8Array(19);
    for (let i = 0; i < n; i++) lengths[CODE_ORDER[i] as number] = this.need(3);
    const code = makeCode(lengths);
    const all = new Uint8Array(literals + distances);
    for (let i = 0; i < all.length; ) {
      const s = this.symbol(code);
      if (s < 16) {
        all[i++] = s;
        continue;
      }
      if (s === 16 && i === 0) throw new DecodeError('deflate: repeat of nothing');
      const value = s === 16 ? (all[i - 1] as number) : 0;
      const times = s === 16 ? 3 + this.need(2) : s === 17 ? 3 + this.need(3) : 11 + this.need(7);
      if (i + times > all.length) throw new DecodeError('deflate: too many lengths');
      all.fill(value, i, i + times);
      i += times;
    }
    if (all[256] === 0) throw new DecodeError('deflate: no end of block');
    return [makeCode(all.subarray(0, literals)), makeCode(all.subarray(literals))];
  }

  private compressed(literals: Code, distances: Code): void {
    while (this.at < this.out.length) {
      const s = this.symbol(literals);
      if (s === 256) return;
      if (s < 256) {
        this.out[this.at++] = s;
        continue;
      }
      const base = LENGTH_BASE[s - 257];
      if (base === undefined) throw new DecodeError('deflate: no such length');
      const length = base + this.need(LENGTH_EXTRA[s - 257] as number);
      const d = this.symbol(distances);
      const distanceBase = DISTANCE_BASE[d];
      if (distanceBase === undefined) throw new DecodeError('deflate: no such distance');
      const distance = distanceBase + this.need(d < 2 ? 0 : (d >> 1) - 1);
      if (distance > this.at) throw new DecodeError('deflate: reaches before the window');
      this.copy(distance, Math.min(length, this.out.length - this.at));
    }
  }

  private copy(distance: number, length: number): void {
    let at = this.at;
    const { out } = this;
    for (const end = at + length; at < end; at++) out[at] = out[at - distance] as number;
    this.at = at;
  }
}
