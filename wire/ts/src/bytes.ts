// Bytes in and out: growing writer, bounded reader, varints and WTF-8 text (PROTOCOL.md, preamble).

/** Thrown by every decoder for input it refuses; the message says what and where. */
export class DecodeError extends Error {
  override name = 'DecodeError';
}

const encoder = new TextEncoder();
/** What the platform's encoder would not write as we do. */
const odd = /[\0\ud800-\udfff]/;
// Below this length a loop over char codes beats the call into the platform's encoder.
const LOOP = 48;

/** Writes a text that may have lone surrogates and NULs into `out`, which has room for it; returns how many bytes it took. */
function wtf8(s: string, out: Uint8Array, from: number): number {
  let p = from;
  for (let i = 0; i < s.length; i++) {
    const c = s.codePointAt(i) as number;
    if (c > 0 && c < 0x80) out[p++] = c;
    else {
      if (c < 0x800) out[p++] = 0xc0 | (c >> 6);
      else {
        if (c < 0x10000) out[p++] = 0xe0 | (c >> 12);
        else {
          i++; // both halves of a pair
          out[p++] = 0xf0 | (c >> 18);
          out[p++] = 0x80 | ((c >> 12) & 63);
        }
        out[p++] = 0x80 | ((c >> 6) & 63);
      }
      out[p++] = 0x80 | (c & 63);
    }
  }
  return p - from;
}

/** Appends to a buffer that doubles when full. The bytes of `take` are the caller's. */
export class Writer {
  private buf: Uint8Array<ArrayBuffer>;
  private at = 0;

  constructor(capacity = 1024) {
    this.buf = new Uint8Array(capacity);
  }

  get length(): number {
    return this.at;
  }

  /** Room for n more bytes; returns the buffer, which may be a new one. */
  private room(n: number): Uint8Array<ArrayBuffer> {
    if (this.at + n > this.buf.length) {
      const next = new Uint8Array(Math.max(this.buf.length * 2, this.at + n));
      next.set(this.buf.subarray(0, this.at));
      this.buf = next;
    }
    return this.buf;
  }

  u8(v: number): void {
    this.room(1)[this.at++] = v;
  }

  u32(v: number): void {
    const b = this.room(4);
    b[this.at++] = v >>> 24;
    b[this.at++] = v >>> 16;
    b[this.at++] = v >>> 8;
    b[this.at++] = v;
  }

  varint(v: number): void {
    const b = this.room(5);
    let n = v >>> 0;
    while (n > 127) {
      b[this.at++] = (n & 127) | 128;
      n >>>= 7;
    }
    b[this.at++] = n;
  }

  zigzag(v: number): void {
    const n = v | 0;
    this.varint((n << 1) ^ (n >> 31));
  }

  bytes(v: Uint8Array): void {
    this.room(v.length).set(v, this.at);
    this.at += v.length;
  }

  /** WTF-8 and a zero byte. */
  text(s: string): void {
    const n = s.length;
    if (n > LOOP || !this.ascii(s, n)) {
      const b = this.room(n * 3); // at most 3 bytes a unit
      this.at += odd.test(s) ? wtf8(s, b, this.at) : encoder.encodeInto(s, b.subarray(this.at)).written;
    }
    this.u8(0);
  }

  /** Writes s when all of it is ASCII without a NUL; otherwise writes nothing and says false. */
  private ascii(s: string, n: number): boolean {
    const b = this.room(n);
    let p = this.at;
    for (let i = 0; i < n; i++) {
      const c = s.charCodeAt(i);
      if (c > 127 || c === 0) return false;
      b[p++] = c;
    }
    this.at = p;
    return true;
  }

  /** Takes the last bytes back. */
  back(n: number): void {
    this.at -= n;
  }

  /** The bytes so far, shared with the writer: valid until the next write. */
  view(): Uint8Array<ArrayBuffer> {
    return this.buf.subarray(0, this.at);
  }

  /** A copy of the bytes so far; the writer is empty afterwards and keeps its buffer. */
  take(): Uint8Array<ArrayBuffer> {
    const out = this.buf.slice(0, this.at);
    this.at = 0;
    return out;
  }

  clear(): void {
    this.at = 0;
  }
}

/** Reads bytes and varints within its bounds and throws DecodeError beyond them: all that a frame's head needs. */
export class HeadReader {
  constructor(
    protected readonly buf: Uint8Array,
    protected at = 0,
    private readonly end = buf.length,
  ) {}

  get left(): number {
    return this.end - this.at;
  }

  fail(what: string): never {
    throw new DecodeError(`${what} at byte ${this.at} of ${this.end}`);
  }

  u8(): number {
    if (this.at >= this.end) this.fail('truncated u8');
    return this.buf[this.at++] as number;
  }

  varint(): number {
    let v = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const b = this.u8();
      if (shift === 28 && b > 15) this.fail('varint over 32 bits');
      v |= (b & 127) << shift;
      if (b < 128) {
        if (b === 0 && shift > 0) this.fail('varint not in its shortest form');
        return v >>> 0;
      }
    }
    return this.fail('varint over 32 bits');
  }

  /** n bytes, shared with the input. */
  bytes(n: number): Uint8Array {
    if (n > this.left) this.fail(`truncated: ${n} bytes wanted`);
    const out = this.buf.subarray(this.at, this.at + n);
    this.at += n;
    return out;
  }

  rest(): Uint8Array {
    return this.bytes(this.left);
  }
}
