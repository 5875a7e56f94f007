// Streaming raw deflate (RFC 1951) in frames that end with the code of their last byte, with a window that can be begun anew. Our own
// because the platform's cannot flush (docs/adr/0006). Cheap for small frames: nothing is cleared or allocated by size of the window.

import { Writer } from './bytes.ts';

const WINDOW = 32_768;
const MASK = WINDOW - 1;
const HASH_BITS = 14;
const MIN = 3;
const MAX = 258;
const CHAIN = 64; // candidates looked at for one match: 24 make prose 8 percent longer, 128 shorten it by 2 and cost time
const ENOUGH = 128; // a match that nothing better is looked for
const FAR = 4096; // three bytes from further away are cheaper as they are
const BLOCK = 16_384; // tokens in a block
const LAST = 2 ** 30;
const SHORT = 38; // tokens, of 31 bits at most, that take less than 1200

const CODE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** Bits that follow the symbols of the three codes. */
type Extra = (symbol: number) => number;
const lengthExtra: Extra = (s) => (s < 265 || s === 285 ? 0 : (s - 261) >> 2);
const distanceExtra: Extra = (s) => (s < 4 ? 0 : (s >> 1) - 1);
const runExtra: Extra = (s) => (s === 16 ? 2 : s === 17 ? 3 : s === 18 ? 7 : 0);

/** Where the range of each symbol begins, from the first one's beginning. */
function bases(extra: Extra, first: number, end: number, at: number): number[] {
  const out: number[] = [];
  for (let s = first; s < end; s++) {
    out[s] = at;
    at += 1 << extra(s);
  }
  return out;
}

const LENGTH_BASE = bases(lengthExtra, 257, 285, MIN);
LENGTH_BASE[285] = MAX; // 284 could say it too
const DISTANCE_BASE = bases(distanceExtra, 0, 30, 1);

/** Symbol of each match length. */
const lengthSymbol = new Uint16Array(MAX + 1);
for (let s = 257; s <= 285; s++) lengthSymbol.fill(s, LENGTH_BASE[s]);

function distanceSymbol(distance: number): number {
  const d = distance - 1;
  if (d < 4) return d;
  const top = 31 - Math.clz32(d);
  return top * 2 + ((d >> (top - 1)) & 1);
}

/** Huffman's code lengths; where one is over `limit` bits, those of weights that differ less. The code is always full. */
export function codeLengths(counts: Uint32Array, limit: number): Uint8Array {
  const lengths = new Uint8Array(counts.length);
  const used: number[] = [];
  for (let s = 0; s < counts.length; s++) if (counts[s]) used.push(s);
  // A code needs two members to be full; symbols that never occur stand in.
  for (let s = 0; used.length < 2; s++) if (!counts[s]) used.push(s);
  used.sort((a, b) => (counts[a] as number) - (counts[b] as number));
  const n = used.length;
  const weight = new Float64Array(2 * n);
  const parent = new Uint16Array(2 * n);
  const depth = new Uint8Array(2 * n);
  for (let flat = 0; flat === 0 || (depth[0] as number) > limit; flat++) {
    for (let i = 0; i < n; i++) weight[i] = Math.max(1, (counts[used[i] as number] as number) >> flat);
    // Leaves and inner nodes are both in order of weight, so the two smallest are at one of two fronts.
    for (let leaf = 0, inner = n, next = n; next < 2 * n - 1; next++) {
      weight[next] = 0;
      for (let k = 0; k < 2; k++) {
        const takeLeaf = leaf < n && (inner >= next || (weight[leaf] as number) <= (weight[inner] as number));
        const taken = takeLeaf ? leaf++ : inner++;
        weight[next] = (weight[next] as number) + (weight[taken] as number);
        parent[taken] = next;
      }
    }
    // The first leaf is as deep as any.
    for (let i = 2 * n - 3; i >= 0; i--) depth[i] = (depth[parent[i] as number] as number) + 1;
  }
  for (let i = 0; i < n; i++) lengths[used[i] as number] = depth[i] as number;
  return lengths;
}

/** The bits of each symbol's code, reversed as deflate writes them. */
function codes(lengths: Uint8Array): Uint16Array {
  const next = new Uint16Array(17);
  for (const n of lengths) if (n > 0) next[n + 1] = (next[n + 1] as number) + 1;
  for (let i = 1, code = 0; i < 17; i++) {
    code = (code + (next[i] as number)) << 1;
    next[i] = code;
  }
  const out = new Uint16Array(lengths.length);
  for (let s = 0; s < lengths.length; s++) {
    const n = lengths[s] as number;
    if (n === 0) continue;
    let code = next[n] as number;
    next[n] = code + 1;
    let reversed = 0;
    for (let i = 0; i < n; i++, code >>= 1) reversed = (reversed << 1) | (code & 1);
    out[s] = reversed;
  }
  return out;
}

/** The lengths of a dynamic block's two codes as it describes them: symbol, and what its extra bits say. */
function runLengths(lengths: readonly number[]): [symbol: number, more: number][] {
  const out: [number, number][] = [];
  for (let i = 0; i < lengths.length; ) {
    const value = lengths[i] as number;
    let n = 1;
    while (n < (value ? 7 : 138) && lengths[i + n] === value) n++;
    i += n;
    if (value === 0 && n >= 3) out.push(n > 10 ? [18, n - 11] : [17, n - 3]);
    else {
      out.push([value, 0]);
      if (n > 3) out.push([16, n - 4]);
      else while (--n > 0) out.push([value, 0]);
    }
  }
  return out;
}

/** A code: how long each symbol's bits are, and which. */
type Code = readonly [lengths: Uint8Array, bits: Uint16Array];
const codeOf = (lengths: Uint8Array): Code => [lengths, codes(lengths)];

const FIXED = [
  codeOf(new Uint8Array(288).fill(8, 0, 144).fill(9, 144, 256).fill(7, 256, 280).fill(8, 280)),
  codeOf(new Uint8Array(30).fill(5)),
] as const;

/** What symbols that occur so often cost, in bits. */
function cost(counts: Uint32Array, [lengths]: Code, extra: Extra): number {
  let bits = 0;
  for (let s = 0; s < counts.length; s++) {
    const n = counts[s] as number;
    if (n > 0) bits += n * ((lengths[s] as number) + extra(s));
  }
  return bits;
}

const used = (counts: Uint32Array, least: number): number => {
  let n = counts.length;
  while (n > least && counts[n - 1] === 0) n--;
  return n;
};

/** Deflates the frames of one lane, in order. */
export class Deflater {
  private readonly buf = new Uint8Array(WINDOW * 4);
  private readonly head = new Int32Array(1 << HASH_BITS).fill(-1);
  private readonly previous = new Int32Array(WINDOW).fill(-1);
  // Positions count from the first byte of all.
  private start = 0; // of the bytes in buf
  private end = 0;
  private base = 0; // nothing before it may be referred to
  private readonly tokens = new Uint32Array(BLOCK); // literal, or length << 16 | distance, which is ≥ 3 << 16
  private count = 0;
  private readonly literalCounts = new Uint32Array(286);
  private readonly distanceCounts = new Uint32Array(30);
  private out = new Writer(1024);
  private bits = 0;
  private bitCount = 0;
  /** Of the block that was not ended. */
  private unended: Code | undefined;

  /** The next frame can be read with an empty window. */
  fresh(): void {
    this.base = this.end;
  }

  /** `varint raw length · deflate`: whoever knows the length needs no end of the last block. */
  frame(raw: Uint8Array): Uint8Array<ArrayBuffer> {
    this.out.varint(raw.length);
    for (let at = 0; at < raw.length; ) {
      const n = Math.min(raw.length - at, WINDOW);
      this.chunk(raw.subarray(at, at + n));
      at += n;
    }
    this.unended = undefined;
    this.put(0, -this.bitCount & 7);
    return this.out.take();
  }

  /** Adds at most WINDOW bytes to the window and writes them as blocks. */
  private chunk(raw: Uint8Array): void {
    if (this.end - this.start + raw.length > this.buf.length) this.slide();
    const from = this.end;
    this.buf.set(raw, from - this.start);
    this.end += raw.length;
    this.match(from);
    this.block();
  }

  /** Keeps the newest WINDOW bytes. */
  private slide(): void {
    this.buf.copyWithin(0, this.end - this.start - WINDOW, this.end - this.start);
    this.start = this.end - WINDOW;
    if (this.end < LAST) return;
    // Positions begin anew, and what was before is not referred to.
    this.start = 0;
    this.end = WINDOW;
    this.base = WINDOW;
    this.head.fill(-1);
    this.previous.fill(-1);
  }

  private hash(at: number): number {
    const { buf } = this;
    const i = at - this.start;
    const v = (buf[i] as number) | ((buf[i + 1] as number) << 8) | ((buf[i + 2] as number) << 16);
    return Math.imul(v, 0x9e3779b1) >>> (32 - HASH_BITS);
  }

  private insert(at: number): void {
    const h = this.hash(at);
    this.previous[at & MASK] = this.head[h] as number;
    this.head[h] = at;
  }

  /** The longest match for `at` as length << 16 | distance, 0 for none. */
  private longest(at: number): number {
    const { buf, previous, start } = this;
    const limit = Math.min(MAX, this.end - at);
    const here = at - start;
    const least = Math.max(this.base, at - WINDOW);
    let best = MIN - 1;
    let found = 0;
    let candidate = this.head[this.hash(at)] as number;
    for (let chain = CHAIN; chain > 0 && candidate >= least; chain--) {
      const there = candidate - start;
      if (buf[there + best] === buf[here + best]) {
        let n = 0;
        while (n < limit && buf[there + n] === buf[here + n]) n++;
        if (n > best) {
          best = n;
          found = (n << 16) | (at - candidate);
          if (n === limit || n >= ENOUGH) break;
        }
      }
      const next = previous[candidate & MASK] as number;
      if (next >= candidate) break;
      candidate = next;
    }
    return best === MIN && (found & 0xffff) > FAR ? 0 : found;
  }

  private match(from: number): void {
    const stop = this.end - MIN;
    for (let at = from; at < this.end; ) {
      if (this.count === BLOCK) this.block();
      if (at > stop) {
        this.token(this.buf[at++ - this.start] as number);
        continue;
      }
      let found = this.longest(at);
      this.insert(at);
      if (found !== 0 && found >>> 16 < 32 && at < stop) {
        // One byte later may match longer; then this byte goes out as it is.
        const later = this.longest(at + 1);
        if (later >>> 16 > found >>> 16) found = 0;
      }
      if (found === 0) {
        this.token(this.buf[at++ - this.start] as number);
        continue;
      }
      this.token(found);
      const next = at + (found >>> 16);
      for (at++; at < next; at++) if (at <= stop) this.insert(at);
    }
  }

  private token(token: number): void {
    this.tokens[this.count++] = token;
    if (token < 256) {
      this.literalCounts[token] = (this.literalCounts[token] as number) + 1;
      return;
    }
    const s = lengthSymbol[token >>> 16] as number;
    this.literalCounts[s] = (this.literalCounts[s] as number) + 1;
    const d = distanceSymbol(token & 0xffff);
    this.distanceCounts[d] = (this.distanceCounts[d] as number) + 1;
  }

  private put(value: number, n: number): void {
    this.bits |= value << this.bitCount;
    this.bitCount += n;
    while (this.bitCount >= 8) {
      this.out.u8(this.bits & 255);
      this.bits >>>= 8;
      this.bitCount -= 8;
    }
  }

  private symbol(s: number, [lengths, bits]: Code): void {
    this.put(bits[s] as number, lengths[s] as number);
  }

  /** Writes the tokens so far as the cheaper kind of block. */
  private block(): void {
    if (this.count === 0) return;
    if (this.unended) this.symbol(256, this.unended);
    this.literalCounts[256] = 1;
    // A dynamic block spends some 60 bytes on describing its codes: so few tokens are done before.
    const most = this.count < SHORT ? 0 : this.bodyCost(FIXED);
    if (most < 1200 || !this.dynamic(most)) {
      this.put(2, 3);
      this.body(FIXED);
    }
    this.count = 0;
    this.literalCounts.fill(0);
    this.distanceCounts.fill(0);
  }

  private bodyCost([literals, distances]: readonly [Code, Code]): number {
    return cost(this.literalCounts, literals, lengthExtra) + cost(this.distanceCounts, distances, distanceExtra);
  }

  /** Writes a dynamic block unless it costs more than `most` bits; says whether it did. */
  private dynamic(most: number): boolean {
    const nl = used(this.literalCounts, 257);
    const nd = used(this.distanceCounts, 1);
    const literals = codeLengths(this.literalCounts.subarray(0, nl), 15);
    const distances = nd === 1 ? Uint8Array.of(1) : codeLengths(this.distanceCounts.subarray(0, nd), 15);
    const body = [codeOf(literals), codeOf(distances)] as const;
    const runs = runLengths([...literals, ...distances]);
    const counts = new Uint32Array(19);
    for (const [s] of runs) counts[s] = (counts[s] as number) + 1;
    const described = codeOf(codeLengths(counts, 7));
    const [lengths] = described;
    let n = 19;
    while (n > 4 && lengths[CODE_ORDER[n - 1] as number] === 0) n--;
    if (14 + n * 3 + cost(counts, described, runExtra) + this.bodyCost(body) >= most) return false;
    this.put(4, 3);
    this.put(nl - 257, 5);
    this.put(nd - 1, 5);
    this.put(n - 4, 4);
    for (let i = 0; i < n; i++) this.put(lengths[CODE_ORDER[i] as number] as number, 3);
    for (const [s, more] of runs) {
      this.symbol(s, described);
      this.put(more, runExtra(s));
    }
    this.body(body);
    return true;
  }

  private body([literals, distances]: readonly [Code, Code]): void {
    for (const token of this.tokens.subarray(0, this.count)) {
      if (token < 256) {
        this.symbol(token, literals);
        continue;
      }
      const length = token >>> 16;
      const s = lengthSymbol[length] as number;
      this.symbol(s, literals);
      this.put(length - (LENGTH_BASE[s] as number), lengthExtra(s));
      const distance = token & 0xffff;
      const d = distanceSymbol(distance);
      this.symbol(d, distances);
      this.put(distance - (DISTANCE_BASE[d] as number), distanceExtra(d));
    }
    this.unended = literals;
  }
}
