// Payloads in: numbers and WTF-8 text (PROTOCOL.md, preamble). Apart from HeadReader because the recorder reads no payloads.

import { HeadReader } from './bytes.ts';

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Below this length a loop over bytes beats the call into the platform's decoder. */
const LOOP = 48;

/** Reads everything that payloads are made of, as strictly. */
export class Reader extends HeadReader {
  get offset(): number {
    return this.at;
  }

  u32(): number {
    if (this.left < 4) this.fail('truncated u32');
    return ((this.u8() << 24) | (this.u8() << 16) | (this.u8() << 8) | this.u8()) >>> 0;
  }

  zigzag(): number {
    const n = this.varint();
    return (n >>> 1) ^ -(n & 1);
  }

  /** text of at most `max` bytes. */
  text(max: number): string {
    const from = this.at;
    const n = this.buf.indexOf(0, from) - from;
    if (n < 0 || n >= this.left) this.fail('text without an end');
    if (n > max) this.fail(`text of ${n} bytes, over ${max}`);
    const s = this.decoded(from, n);
    this.at++;
    return s;
  }

  private decoded(from: number, n: number): string {
    if (n < LOOP) {
      let s = '';
      let i = from;
      for (; i < from + n; i++) {
        const c = this.buf[i] as number;
        if (c > 127) break;
        s += String.fromCharCode(c);
      }
      if (i === from + n) {
        this.at = i;
        return s;
      }
    }
    const raw = this.bytes(n);
    try {
      return strict.decode(raw);
    } catch {
      return this.wtf8(raw);
    }
  }

  /** Decodes WTF-8 strictly: shortest forms only but for NUL, which has two bytes, no surrogate pair in three-byte form. */
  private wtf8(raw: Uint8Array): string {
    let out = '';
    let high = false;
    for (let i = 0; i < raw.length; ) {
      const b = raw[i] as number;
      const zero = b === 0xc0 && raw[i + 1] === 0x80;
      const n =
        b < 0x80 ? 1 : zero || (b >= 0xc2 && b < 0xe0) ? 2 : b >= 0xe0 && b < 0xf0 ? 3 : b >= 0xf0 && b < 0xf5 ? 4 : 0;
      if (n === 0 || i + n > raw.length) this.fail('text is not WTF-8');
      let c = n === 1 ? b : b & (0xff >> (n + 1));
      for (let k = 1; k < n; k++) {
        const d = raw[i + k] as number;
        if ((d & 0xc0) !== 0x80) this.fail('text is not WTF-8');
        c = (c << 6) | (d & 63);
      }
      if ((n === 3 && c < 0x800) || (n === 4 && (c < 0x10000 || c > 0x10ffff))) this.fail('text is not WTF-8');
      const low = c >= 0xdc00 && c < 0xe000;
      if (low && high) this.fail('surrogate pair in three-byte form');
      high = c >= 0xd800 && c < 0xdc00;
      out += String.fromCodePoint(c);
      i += n;
    }
    return out;
  }
}
