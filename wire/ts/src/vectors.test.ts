// The golden vectors that Go wrote and reads too: both languages take and refuse the same.

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { EntryCode, EntryNames, EntryWriter, TransferNames } from './entries.ts';
import {
  DecodeError,
  Deflater,
  decodeFrame,
  encodeFrame,
  Joiner,
  Kind,
  type Ops,
  OpWriter,
  pieces,
  TreeHash,
  Writer,
} from './index.ts';
import { prove, type Side, type Terms } from './link/proof.ts';
import { Opener, Sealer } from './link/seal.ts';
import { base64url, fromBase64url } from './link/secret.ts';
import { type Entry, Inflater, Reader, readEntries, readOps, StringTable } from './read.ts';

const file = (name: string) => fileURLToPath(new URL(`../../testdata/${name}`, import.meta.url));
const vectors = JSON.parse(readFileSync(file('vectors.json'), 'utf8'));
const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
const hex = (b: Uint8Array) => Buffer.from(b).toString('hex');

interface Named {
  name: string;
  error?: boolean;
}

const cases = <T extends Named>(list: T[]): [string, T][] => list.map((one) => [one.name, one]);

/** What Go wrote of a string: one with lone surrogates is its units. */
function text(value: unknown): string {
  if (typeof value === 'string') return value;
  return String.fromCharCode(...(value as { units: number[] }).units);
}

/** The same with every string as it is. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  return typeof value === 'object' && value !== null ? text(value) : value;
}

describe('text', () => {
  test.each(cases<Named & { hex: string; limit: number; text: unknown }>(vectors.texts))('%s', (_, one) => {
    const read = () => new Reader(bytes(one.hex)).text(one.limit);
    if (one.error) return expect(read).toThrow(DecodeError);
    expect(read()).toBe(text(one.text));
    const w = new Writer();
    w.text(text(one.text));
    expect(hex(w.take())).toBe(one.hex);
  });
});

describe('integers', () => {
  test.each(cases<Named & { kind: 'varint' | 'zigzag'; hex: string; value: number }>(vectors.integers))(
    '%s',
    (_, one) => {
      const read = () => new Reader(bytes(one.hex))[one.kind]();
      if (one.error) return expect(read).toThrow(DecodeError);
      expect(read()).toBe(one.value);
      const w = new Writer();
      w[one.kind](one.value);
      expect(hex(w.take())).toBe(one.hex);
    },
  );
});

describe('frames', () => {
  test.each(cases<Named & { hex: string; header: number[]; brief?: boolean; payload: string }>(vectors.frames))(
    '%s',
    (_, one) => {
      if (one.error) return expect(() => decodeFrame(bytes(one.hex))).toThrow(DecodeError);
      const frame = decodeFrame(bytes(one.hex));
      expect([frame.kind, frame.flags, frame.epoch, frame.seq, frame.step ?? frame.time]).toEqual(one.header);
      expect(frame.step !== undefined).toBe(one.brief ?? false);
      expect(hex(frame.payload)).toBe(one.payload);
      expect(hex(encodeFrame(frame))).toBe(one.hex);
    },
  );
});

describe('pieces', () => {
  test.each(cases<Named & { pieces: string[]; gives: string[] }>(vectors.pieces))('%s', (_, one) => {
    const joiner = new Joiner();
    const gives = one.pieces.map((piece) => {
      try {
        const frame = joiner.push(bytes(piece));
        return frame ? `frame ${hex(frame)}` : '';
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeError);
        return 'error';
      }
    });
    expect(gives).toEqual(one.gives);
  });

  test('are cut alike', () => {
    const one = vectors.pieces.find((c: Named) => c.name === '17 KB');
    const frame = bytes(one.gives.at(-1).slice('frame '.length));
    expect([...pieces(frame)].map(hex)).toEqual(one.pieces);
  });
});

/** Keeps the calls as Go writes them. */
function recorder(): { ops: Ops; calls: unknown[][] } {
  const calls: unknown[][] = [];
  const ops = new Proxy({} as Ops, {
    get:
      (_, name) =>
      (...args: unknown[]) =>
        calls.push([name, ...args]),
  });
  return { ops, calls };
}

interface Payload {
  hex: string;
  fresh?: boolean;
  calls: unknown[][];
  error?: boolean;
  ours?: boolean;
}

describe('ops', () => {
  test.each(cases<Named & { payloads: Payload[] }>(vectors.ops))('%s', (_, { payloads }) => {
    const table = new StringTable();
    const writer = new OpWriter();
    for (const payload of payloads) {
      if (payload.fresh) {
        table.fresh();
        writer.fresh();
      }
      const { ops, calls } = recorder();
      const read = () => readOps(bytes(payload.hex), table, ops);
      if (payload.error) expect(read).toThrow(DecodeError);
      else read();
      expect(calls).toEqual(payload.calls.map(plain));
      if (!payload.ours) continue;
      for (const [name, ...args] of calls) {
        (writer as unknown as Record<string, (...args: unknown[]) => void>)[String(name)]?.(...args);
      }
      expect(hex(writer.take())).toBe(payload.hex);
    }
  });
});

/** As Go writes it: number, time, code and the fields in their order. */
function flat({ type, n, at, ...rest }: Entry): unknown[] {
  const fields = rest as unknown as Record<string, unknown>;
  const transfer = (one: unknown) => TransferNames.map((name) => (one as Record<string, unknown>)[name]);
  return [n, at, EntryCode[type], ...EntryNames[type].map((f) => (f === 'transfer' ? transfer(fields[f]) : fields[f]))];
}

describe('entries', () => {
  test.each(cases<Named & { time: number; hex: string; entries: unknown[][] | null; ours?: boolean }>(vectors.entries))(
    '%s',
    (_, one) => {
      const read = () => readEntries(bytes(one.hex), one.time);
      if (one.error) return expect(read).toThrow(DecodeError);
      const entries = (one.entries ?? []).map(plain) as unknown[][];
      expect(read().entries.map(flat)).toEqual(entries);
      if (!one.ours) return;
      const writer = new EntryWriter();
      writer.n = (entries[0]?.[0] as number) - 1;
      for (const [, at, code, ...fields] of entries) writer.write(code as 1, at as number, one.time, fields as never);
      expect(hex(writer.take())).toBe(one.hex);
    },
  );
});

interface Stream extends Named {
  payloads: { hex: string; fresh?: boolean; raw: string; error?: boolean }[];
}

describe('streams', () => {
  test.each(cases<Stream>(vectors.streams))('%s', (_, { payloads }) => {
    const inflater = new Inflater();
    for (const payload of payloads) {
      if (payload.fresh) inflater.fresh();
      const read = () => inflater.frame(bytes(payload.hex));
      if (payload.error) expect(read).toThrow(DecodeError);
      else expect(hex(read())).toBe(payload.raw);
    }
  });

  // Go reads this file. UPDATE=1 writes it anew.
  test('made here are those in the file', () => {
    const words = (n: number) => Buffer.from('different words, and the same words again. '.repeat(n));
    const deflater = new Deflater();
    const raws = [words(1), words(30), new Uint8Array(0), words(30), new Uint8Array(33_000), words(2), words(30)];
    const made = raws.map((raw, i) => {
      const fresh = i === 5;
      if (fresh) deflater.fresh();
      return { hex: hex(deflater.frame(Uint8Array.from(raw))), fresh, raw: hex(raw) };
    });
    const json = `${JSON.stringify(made, null, '\t')}\n`;
    if (process.env.UPDATE) writeFileSync(file('stream-ts.json'), json);
    expect(readFileSync(file('stream-ts.json'), 'utf8')).toBe(json);
  });
});

describe('the blob and pointer lanes', () => {
  test.each(cases<Named & { kind: number; hex: string; gives: unknown[] }>(vectors.blobs))('%s', (_, one) => {
    const read = (): unknown[] => {
      const r = new Reader(bytes(one.hex));
      if (one.kind === Kind.asset) return [r.varint(), hex(r.bytes(16)), r.varint(), r.text(100)];
      if (one.kind === Kind.blob) return [hex(r.bytes(16)), hex(r.rest())];
      return one.kind === Kind.refused ? [r.varint(), r.u8(), r.varint(), r.varint()] : [r.zigzag(), r.zigzag()];
    };
    if (one.error) expect(read).toThrow(DecodeError);
    else expect(read()).toEqual(one.gives);
  });
});

interface Seal extends Named {
  terms: Record<keyof Terms, string>;
  from: Side;
  proof: string;
  pieces: string[];
  sealed: string[];
}

describe('proofs and seals', () => {
  test.each(cases<Seal>(vectors.seals))('%s', async (_, one) => {
    const base = (s: string) => base64url(bytes(s));
    const { terms: t } = one;
    const terms: Terms = {
      ...t,
      key: bytes(t.key),
      link: base(t.link),
      nonceC: base(t.nonceC),
      nonceA: base(t.nonceA),
    };
    expect(hex(fromBase64url(await prove(terms, one.from)) ?? new Uint8Array())).toBe(one.proof);
    const [sealer, opener] = [await Sealer.of(terms, one.from), await Opener.of(terms, one.from)];
    const opened: string[] = [];
    for (const [i, piece] of one.pieces.entries()) {
      const raw = bytes(piece);
      expect(hex(await sealer.seal(raw[0] ?? 0, raw.subarray(1)))).toBe(one.sealed[i]);
      await opener.open(bytes(one.sealed[i] ?? ''), (lane, body) => opened.push(hex(Uint8Array.of(lane, ...body))));
    }
    await opener.open(bytes(one.sealed[0] ?? ''), () => opened.push('again'));
    expect(opened).toEqual(one.pieces);
    expect(opener.refused).toBe(1);
  });
});

describe('tree hashes', () => {
  test.each(cases<Named & { nodes: [string, ...number[]][] | null; count: number; value: number }>(vectors.trees))(
    '%s',
    (_, one) => {
      const h = new TreeHash();
      for (const [kind, ...args] of one.nodes ?? []) {
        (h as unknown as Record<string, (...args: number[]) => void>)[kind]?.(...args);
      }
      expect([h.count, h.value]).toEqual([one.count, one.value]);
    },
  );
});
