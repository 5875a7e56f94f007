import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeLengths, DecodeError, Deflater, Writer } from './index.ts';
import { Inflater, Reader } from './read.ts';

/** The deflate bytes of a payload, without the length before them. */
function deflated(payload: Uint8Array): Uint8Array {
  const r = new Reader(payload);
  r.varint();
  return r.rest();
}

const frames = fc.array(
  fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.string({ maxLength: 400 }).map((s) => new TextEncoder().encode(s.repeat(3))),
    fc.nat(90_000).map((n) => new Uint8Array(n).map((_, i) => (i * i) >> 7)),
    fc.nat(70_000).map((n) => new Uint8Array(n)),
  ),
  { maxLength: 12 },
);

describe('deflate', () => {
  it('gives every frame back when it has arrived, over any number of frames', () => {
    fc.assert(
      fc.property(frames, fc.nat(11), (list, freshAt) => {
        const [deflater, inflater] = [new Deflater(), new Inflater()];
        list.forEach((raw, i) => {
          if (i === freshAt) {
            deflater.fresh();
            inflater.fresh();
          }
          expect(inflater.frame(deflater.frame(raw))).toEqual(raw);
        });
      }),
      { numRuns: 25 },
    );
  }, 60_000);

  it('is a stream that zlib reads', () => {
    fc.assert(
      fc.property(frames, (list) => {
        const deflater = new Deflater();
        let before = Buffer.alloc(0);
        for (const raw of list) {
          const options = { finishFlush: constants.Z_SYNC_FLUSH, ...(before.length > 0 && { dictionary: before }) };
          const stream = deflated(deflater.frame(raw));
          // The bits up to the last byte's border may be another code.
          const plain = stream.length > 0 ? inflateRawSync(stream, options).subarray(0, raw.length) : stream;
          expect(Buffer.compare(plain, raw)).toBe(0);
          before = Buffer.concat([before, raw]).subarray(-32_768);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('goes on where its positions begin anew', () => {
    const deflater = new Deflater();
    const at = 2 ** 30 - 200_000;
    for (const name of ['start', 'end', 'base']) Reflect.set(deflater, name, at);
    const inflater = new Inflater();
    for (let i = 0; i < 40; i++) {
      const raw = Uint8Array.from({ length: 20_000 }, (_, n) => 97 + ((n * (i % 5)) % 19));
      expect(Buffer.compare(inflater.frame(deflater.frame(raw)), raw)).toBe(0);
    }
    expect(Reflect.get(deflater, 'end')).toBeLessThan(at);
  });

  it('has full codes within the limit for any counts, also where Huffman’s would be longer', () => {
    const steep = fc.nat(285).map((n) => Uint32Array.from({ length: n + 1 }, (_, i) => Math.floor(1.618 ** (i % 20))));
    const any = fc.array(fc.nat(16_384), { minLength: 2, maxLength: 286 }).map((list) => Uint32Array.from(list));
    fc.assert(
      fc.property(fc.oneof(steep, any), (counts) => {
        fc.pre(counts.length > 1);
        const limit = counts.length > 19 ? 15 : 7;
        const lengths = codeLengths(counts, limit);
        expect(Math.max(...lengths)).toBeLessThanOrEqual(limit);
        expect(lengths.reduce((sum, n) => sum + (n && 2 ** (limit - n)), 0)).toBe(2 ** limit);
        counts.forEach((n, s) => {
          if (n > 0) expect(lengths[s]).toBeGreaterThan(0);
        });
      }),
    );
  });

  it('can be read from a fresh point with nothing before it', () => {
    const deflater = new Deflater();
    const text = new TextEncoder().encode('the same words again and again '.repeat(40));
    deflater.frame(text);
    deflater.fresh();
    expect(new Inflater().frame(deflater.frame(text))).toEqual(text);
  });

  it('is within a twentieth of zlib on a page', () => {
    const page = new TextEncoder().encode(
      Array.from(
        { length: 2000 },
        (_, i) => `<tr class="row r${i % 7}"><td>${i}</td><td>name ${i * 7919}</td></tr>`,
      ).join(''),
    );
    expect(new Deflater().frame(page).length).toBeLessThan(deflateRawSync(page).length * 1.05);
  });
});

describe('inflate', () => {
  const payload = (length: number, bytes: Uint8Array) => {
    const w = new Writer();
    w.varint(length);
    w.bytes(bytes);
    return w.take();
  };

  it('reads what zlib wrote', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), fc.integer({ min: 0, max: 9 }), (raw, level) => {
        expect(new Inflater().frame(payload(raw.length, deflateRawSync(raw, { level })))).toEqual(raw);
      }),
    );
  });

  it('refuses a length that is not there, and one that cannot be', () => {
    const bytes = deflateRawSync(new Uint8Array(1000));
    expect(new Inflater().frame(payload(999, bytes))).toHaveLength(999);
    expect(() => new Inflater().frame(payload(1001, bytes))).toThrow(DecodeError);
    expect(() => new Inflater().frame(payload(60_000_000, bytes))).toThrow(DecodeError);
    expect(() => new Inflater().frame(payload(0xffffffff, bytes))).toThrow(DecodeError);
  });

  it('throws DecodeError and nothing else for anything', () => {
    fc.assert(
      fc.property(fc.nat(5000), fc.uint8Array({ maxLength: 400 }), (length, bytes) => {
        try {
          expect(new Inflater().frame(payload(length, bytes)).length).toBe(length);
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('never reaches before its window', () => {
    const deflater = new Deflater();
    const text = new TextEncoder().encode('words that come again, words that come again');
    deflater.frame(text);
    const second = deflater.frame(text);
    expect(() => new Inflater().frame(second)).toThrow(DecodeError);
  });
});
