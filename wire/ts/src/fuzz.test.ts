// Every decoder against anything: nothing but its own error, limits kept, and what was decoded is what its encoding decodes to.
// The bytes are the vectors', changed at random; a failure names the bytes. FUZZ=<runs> tries more, SEED=<n> others.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  DecodeError,
  decodeFrame,
  encodeFrame,
  Joiner,
  Kind,
  LANES,
  Lane,
  Limits,
  type Ops,
  OpWriter,
  pieces,
  Writer,
  writeSamples,
} from './index.ts';
import { Emitter } from './link/emitter.ts';
import { Follower, type FollowerSink } from './link/follower.ts';
import type { Link } from './link/link.ts';
import { checked, fingerprint, type Side, Tampered, type Terms } from './link/proof.ts';
import { Opener } from './link/seal.ts';
import { base64url, fromBase64url } from './link/secret.ts';
import { Inflater, Reader, readOps, readSamples, StringTable } from './read.ts';

const RUNS = Number(process.env.FUZZ ?? 4000);
const SEED = Number(process.env.SEED ?? 1);

const vectors = JSON.parse(
  readFileSync(fileURLToPath(new URL('../../testdata/vectors.json', import.meta.url)), 'utf8'),
);
const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
const hex = (b: Uint8Array) => Buffer.from(b).toString('hex');

/** mulberry32: numbers below n. */
function dice(seed: number): (n: number) => number {
  let a = seed;
  return (n) => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * n);
  };
}

/** Bytes and numbers at which decoders change their mind. */
const EDGES = [
  '00',
  '01',
  '7f',
  '80',
  'ff',
  '8000',
  'ffffffff0f',
  'ffffffff7f',
  'eda080',
  'edb080',
  'f4908080',
  'ffff',
];

/** One to six changes: bits, bytes, edges, cuts, repeats, pieces of another seed. */
function changed(roll: (n: number) => number, seeds: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let data: number[] = [...(seeds[roll(seeds.length)] ?? [])];
  for (let n = roll(6); n >= 0; n--) {
    const at = roll(data.length + 1);
    const many = roll(9);
    switch (roll(6)) {
      case 0:
        if (at < data.length) data[at] = (data[at] as number) ^ (1 << roll(8));
        break;
      case 1:
        data.splice(at, roll(2), roll(256));
        break;
      case 2:
        data.splice(at, roll(3), ...bytes(EDGES[roll(EDGES.length)] ?? ''));
        break;
      case 3:
        data.splice(at, many);
        break;
      case 4:
        data = [...data.slice(0, at), ...data.slice(Math.max(0, at - many)), ...data.slice(at + 8)];
        break;
      default: {
        const other = seeds[roll(seeds.length)] ?? new Uint8Array();
        const from = roll(other.length + 1);
        data.splice(at, many, ...other.subarray(from, from + roll(40)));
      }
    }
  }
  return Uint8Array.from(data);
}

/** Runs `one` on changed seeds; says which bytes it failed with. At least one in ten has to be refused and one in a hundred read. */
function fuzz(name: string, seeds: readonly Uint8Array[], one: (data: Uint8Array<ArrayBuffer>) => void): void {
  test(name, { timeout: 1000 + RUNS * 10 }, () => {
    const roll = dice(SEED);
    let refused = 0;
    for (let run = 0; run < RUNS; run++) {
      const data = run < seeds.length ? Uint8Array.from(seeds[run] ?? []) : changed(roll, seeds);
      try {
        one(data);
      } catch (error) {
        if (error instanceof DecodeError || error instanceof Tampered) refused++;
        else throw new Error(`${hex(data)}: ${error instanceof Error ? error.stack : error}`);
      }
    }
    expect(refused).toBeGreaterThan(RUNS / 10);
    expect(refused).toBeLessThan(RUNS * 0.99);
  });
}

const hexes = (list: { hex: string }[]): Uint8Array[] => list.map((one) => bytes(one.hex));
const payloads = (list: { payloads: { hex: string }[] }[]): Uint8Array[] => hexes(list.flatMap((one) => one.payloads));

describe('bytes', () => {
  fuzz('text', hexes(vectors.texts), (data) => {
    const r = new Reader(data);
    const w = new Writer();
    w.text(r.text(1000));
    expect(hex(w.take())).toBe(hex(data.subarray(0, r.offset)));
  });

  fuzz('varint', hexes(vectors.integers), (data) => {
    const r = new Reader(data);
    const w = new Writer();
    w.varint(r.varint());
    expect(hex(w.take())).toBe(hex(data.subarray(0, r.offset)));
  });
});

describe('frames', () => {
  fuzz('frame', hexes(vectors.frames), (data) => expect(hex(encodeFrame(decodeFrame(data)))).toBe(hex(data)));

  const cut = vectors.pieces.flatMap((one: { pieces: string[] }) => one.pieces.slice(0, 3).map(bytes));
  fuzz('pieces', cut, (data) => {
    const joiner = new Joiner();
    const step = 1 + ((data[0] ?? 0) % 7);
    for (let at = 1; at < data.length; at += step) {
      const frame = joiner.push(data.subarray(at, at + step));
      if (!frame) continue;
      const again = new Joiner();
      const whole = [...pieces(frame)].map((piece) => again.push(piece)).at(-1);
      expect(hex(whole ?? new Uint8Array(1))).toBe(hex(frame));
    }
  });

  fuzz('inflate', payloads(vectors.streams), (data) => {
    const inflater = new Inflater();
    const half = (data.length >> 1) * ((data[0] ?? 0) & 1);
    for (const payload of [data.subarray(half), data.subarray(0, half)]) {
      if (payload.length === 0) continue;
      expect(inflater.frame(payload).length).toBeLessThanOrEqual(payload.length * Limits.MaxInflateRatio);
    }
  });
});

/** Keeps the calls, or gives them to `next`. */
function calls(next?: OpWriter): { ops: Ops; list: unknown[][] } {
  const list: unknown[][] = [];
  const ops = new Proxy({} as Ops, {
    get:
      (_, name) =>
      (...args: unknown[]) => {
        list.push([name, ...args]);
        (next as unknown as Record<string | symbol, (...args: unknown[]) => void>)?.[name]?.(...args);
      },
  });
  return { ops, list };
}

describe('payloads', () => {
  fuzz('ops', payloads(vectors.ops), (data) => {
    const writer = new OpWriter();
    const first = calls(writer);
    readOps(data, new StringTable(), first.ops);
    const second = calls();
    readOps(writer.take(), new StringTable(), second.ops);
    expect(second.list).toEqual(first.list);
  });

  const samples = new Writer();
  writeSamples(samples, [10, 20, 80, -5, 3000, 0]);
  fuzz('samples', [samples.take()], (data) => {
    const r = new Reader(data);
    const w = new Writer();
    writeSamples(w, readSamples(r));
    expect(hex(w.take())).toBe(hex(data.subarray(0, r.offset)));
  });
});

describe('what a peer says of itself', () => {
  const line = `a=fingerprint:sha-256 ${Array.from({ length: 32 }, (_, i) => (i + 160).toString(16).toUpperCase()).join(':')}`;
  const sdp = (text: string) => new TextEncoder().encode(text);
  fuzz('fingerprint', [sdp(`v=0\r\n${line}\r\nm=x\r\n`), sdp(`v=0\n${line.toLowerCase()}\n`)], (data) => {
    const text = new TextDecoder().decode(data);
    const found = fingerprint(checked({ type: 'offer', sdp: text }));
    expect(found).toMatch(/^sha-256 (?:[\dA-F]{2}:){31}[\dA-F]{2}$/);
    expect(text.toUpperCase()).toContain(found.slice(8));
  });

  test('base64url', () => {
    const roll = dice(SEED);
    for (let run = 0; run < RUNS; run++) {
      const text = new TextDecoder().decode(changed(roll, [sdp('AAECAwQFBgcICQ'), sdp('-_-_')]));
      const read = fromBase64url(text);
      if (read) expect(read.length).toBe(Math.floor((text.length * 3) / 4));
    }
  });

  test('sealed: what was changed does not open', { timeout: 60_000 }, async () => {
    const [seal] = vectors.seals as { terms: Record<keyof Terms, string>; from: Side; sealed: string[] }[];
    if (!seal) throw new Error('no vectors');
    const base = (name: keyof Terms) => base64url(bytes(seal.terms[name]));
    const terms = {
      ...seal.terms,
      key: bytes(seal.terms.key),
      link: base('link'),
      nonceC: base('nonceC'),
      nonceA: base('nonceA'),
    };
    const roll = dice(SEED);
    const opener = await Opener.of(terms, seal.from);
    const originals = new Set(seal.sealed);
    const opened: string[] = [];
    let given = 0;
    for (let run = 0; run < RUNS / 10; run++) {
      const data = changed(roll, seal.sealed.map(bytes));
      if (originals.has(hex(data))) continue;
      given++;
      await opener.open(data, (_, piece) => opened.push(hex(piece)));
    }
    expect(opened).toEqual([]);
    expect(opener.refused).toBe(given);
  });
});

/** The lane that a kind of frame belongs to. */
const LANE_OF = [0, 1, 1, 2, 4, 0, 3, 3, 3] as Lane[];

class FakeLink extends Emitter<{ frame: [Lane, Uint8Array]; partial: [Lane, number]; state: [string]; rung: [] }> {
  state = 'ready';
  sent = 0;
  send(): void {
    this.sent++;
  }
  gives(lane: Lane, frame: Uint8Array): void {
    this.emit('frame', lane, frame);
  }
}

describe('the whole of what an agent takes', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const controls = [
    '{"type":"ping","t":1}',
    '{"type":"pong","t":5}',
    '{"type":"leaving","reason":"stop"}',
    '{"type":null}',
    '[]',
    '"x"',
  ].map((text) =>
    encodeFrame({ kind: Kind.control, flags: 0, epoch: 0, seq: 0, time: 0, payload: new TextEncoder().encode(text) }),
  );
  const lanes = vectors.blobs.map((one: { kind: number; hex: string }) =>
    encodeFrame({ kind: one.kind, flags: 0, epoch: 1, seq: 0, time: 7, payload: bytes(one.hex) }),
  );
  const streams = vectors.streams.flatMap((one: { payloads: { hex: string }[] }) =>
    one.payloads.map((payload, i) =>
      encodeFrame({ kind: i === 0 ? 1 : 2, flags: 1, epoch: 1, seq: i, time: i, payload: bytes(payload.hex) }),
    ),
  );

  test('follower: nothing is thrown, each kind finds its place, and it says at most two things for each frame', () => {
    const roll = dice(SEED);
    const seen: Record<string, number> = {};
    const sink = new Proxy({} as FollowerSink, {
      get: (_, name) => () => {
        seen[String(name)] = (seen[String(name)] ?? 0) + 1;
      },
    });
    const seeds = [...controls, ...lanes, ...streams, ...hexes(vectors.frames)];
    const faults: unknown[] = [];
    let sent = 0;
    for (let run = 0; run < RUNS; ) {
      // A frame of a far epoch makes all others old: each follower sees a few.
      const [follower, link] = [new Follower(sink), new FakeLink()];
      link.fault = (error) => faults.push(error);
      follower.attach(link as unknown as Link);
      for (const end = run + 100; run < end; run++) {
        const data = run < seeds.length ? (seeds[run] as Uint8Array) : changed(roll, seeds);
        const lane = roll(5) === 0 ? (roll(LANES.length) as Lane) : (LANE_OF[data[0] ?? 0] ?? Lane.dom);
        link.gives(lane, data);
        if (run % 25 === 0) vi.advanceTimersByTime(500);
        expect(faults.map(String), hex(data)).toEqual([]);
      }
      sent += link.sent;
      follower.close();
    }
    for (const name of ['ops', 'pointer', 'asset', 'blob', 'refused', 'control', 'trouble']) {
      expect(seen[name], name).toBeGreaterThan(0);
    }
    expect(sent).toBeLessThan(RUNS * 2);
  });
});
