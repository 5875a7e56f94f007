import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DecodeError,
  decodeFrame,
  encodeFrame,
  Joiner,
  Kind,
  Op,
  type Ops,
  OpWriter,
  pieces,
  Writer,
} from './index.ts';
import { Reader, readOps, StringTable } from './read.ts';

/** Any JavaScript string, lone surrogates included. */
const anyText = fc.array(fc.nat(0xffff), { maxLength: 120 }).map((units) => String.fromCharCode(...units));
const words = fc.oneof(
  anyText,
  fc.constantFrom(
    'div',
    'class',
    'a\0b',
    '\0',
    'long \0 text '.repeat(9),
    'مرحبا',
    '你好',
    '👩‍👩‍👧',
    '\ud800',
    '\udc00x',
    '',
  ),
);

describe('text', () => {
  it('keeps every string, of any script, with lone surrogates', () => {
    fc.assert(
      fc.property(fc.array(words), (list) => {
        const w = new Writer(4);
        for (const s of list) w.text(s);
        const r = new Reader(w.take());
        for (const s of list) expect(r.text(1 << 20)).toBe(s);
        expect(r.left).toBe(0);
      }),
    );
  });

  it.each([
    ['a pair in three-byte form', [0xed, 0xa0, 0x80, 0xed, 0xb0, 0x80, 0]],
    ['an overlong form', [0xc0, 0x81, 0]],
    ['a lone continuation', [0x80, 0]],
    ['a cut sequence', [0xe2, 0x82, 0]],
    ['beyond U+10FFFF', [0xf4, 0x90, 0x80, 0x80, 0]],
    ['text without an end', [0x61]],
  ])('refuses %s', (_, bytes) => {
    expect(() => new Reader(Uint8Array.from(bytes)).text(100)).toThrow(DecodeError);
  });

  it('refuses text over its limit', () => {
    const text = new Uint8Array(102).fill(0x61, 0, 101);
    expect(() => new Reader(text).text(100)).toThrow(DecodeError);
    expect(new Reader(text).text(101)).toHaveLength(101);
  });
});

describe('integers', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.integer(), (n, i) => {
        const w = new Writer();
        w.varint(n);
        w.zigzag(i);
        w.u32(n);
        const r = new Reader(w.take());
        expect([r.varint(), r.zigzag(), r.u32()]).toEqual([n, i, n]);
      }),
    );
  });

  it.each([[[0x80, 0x00]], [[0xff, 0xff, 0xff, 0xff, 0x10]], [[0x80]], [[0x80, 0x80, 0x80, 0x80, 0x80, 0x01]]])(
    'refuses %j',
    (bytes) => {
      expect(() => new Reader(Uint8Array.from(bytes)).varint()).toThrow(DecodeError);
    },
  );
});

describe('frames and pieces', () => {
  it('come back whole, in pieces of any size', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 70_000 }),
        fc.nat(31),
        fc.nat(1_000_000),
        fc.integer({ min: 2, max: 16_384 }),
        (payload, kind, n, max) => {
          const all = { kind, flags: 3, epoch: n, seq: kind <= Kind.entries ? n + 1 : 0, time: n * 2, payload };
          const frame = kind === Kind.pointer ? { ...all, epoch: 0, seq: n & 255, time: 0 } : all;
          const joiner = new Joiner();
          let whole: Uint8Array | undefined;
          for (const piece of pieces(encodeFrame(frame), max)) {
            expect(whole).toBeUndefined();
            whole = joiner.push(piece);
          }
          expect(decodeFrame(whole ?? new Uint8Array())).toEqual(frame);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('a piece out of order is refused, and the next first piece begins anew', () => {
    const joiner = new Joiner();
    expect(() => joiner.push(Uint8Array.of(0, 1))).toThrow(DecodeError);
    expect(joiner.push(Uint8Array.of(1, 1))).toBeUndefined();
    expect(() => joiner.push(Uint8Array.of(1, 1))).toThrow(DecodeError);
    expect(() => joiner.push(new Uint8Array(20_000))).toThrow(DecodeError);
    expect(joiner.push(Uint8Array.of(3, 7))).toEqual(Uint8Array.of(7));
  });
});

/** An Ops that notes its calls. */
function notes(): { calls: unknown[][]; ops: Ops } {
  const calls: unknown[][] = [];
  const ops = new Proxy({} as Ops, {
    get:
      (_, name) =>
      (...args: unknown[]) => {
        calls.push([name, ...args]);
      },
  });
  return { calls, ops };
}

const id = fc.integer({ min: 1, max: 0xffffff });
const ids = fc.array(id, { maxLength: 6 });
const int = fc.integer();
const nat = fc.nat(0xffffff);
const byte = (max: number) => fc.nat(max);
const call = (name: string, ...args: fc.Arbitrary<unknown>[]) => fc.tuple(fc.constant(name), ...args);
const flat = words.chain((a) => words.map((b) => [a, b]));

const anyCall = fc.oneof(
  call('reset', byte(2)),
  call('remove', fc.uniqueArray(id, { maxLength: 6 })),
  call(
    'attributes',
    id,
    fc.array(fc.tuple(words, fc.option(words)), { maxLength: 5 }).map((list) => list.flat()),
  ),
  call('setText', id, words),
  call('splice', id, nat, nat, words),
  call('scroll', id, int, int),
  call('value', id, words),
  call('check', id, byte(3)),
  call('select', id, ids),
  call('viewport', nat, nat, nat, nat),
  call('focus', nat, byte(1)),
  call('click', id, int, int, byte(255)),
  call(
    'path',
    fc.array(fc.tuple(int, int, nat), { maxLength: 4 }).map((list) => list.flat()),
  ),
  call('sheet', id, byte(1), words, fc.array(words, { maxLength: 4 })),
  call('adopt', id, ids),
  call('rule', id, fc.array(nat, { minLength: 1, maxLength: 4 }), byte(2), words),
  call('rules', id, nat, fc.array(words, { maxLength: 4 })),
  call('disable', id, fc.boolean()),
  call('page', words, words),
  call('environment', words),
  call('hash', nat, fc.nat(0xffffffff)),
  call('state', id, byte(15)),
  call('media', id, byte(7), nat, nat, nat, nat),
  call('animate', id, nat, words, byte(3), int, int, words),
  call('names', id, fc.array(words, { maxLength: 4 })),
  call('selection', nat, nat, nat, nat),
  call('hover', nat),
  call('fonts', id, fc.array(words, { maxLength: 4 })),
  call('about', words),
  call('event', nat, nat, words, words),
);
const node = fc.oneof(
  call('text', id, words),
  call('blocked', id, words, nat, nat),
  call('doctype', id, words, words, words),
  call('moved', id),
  fc
    .tuple(id, byte(2), words, fc.array(flat, { maxLength: 3 }))
    .map(([i, ns, tag, list]) => [['element', i, ns, tag, list.flat()], ['end']]),
  fc.tuple(id, byte(1)).map(([i, mode]) => [['shadow', i, mode], ['end']]),
  fc.tuple(id, byte(2)).map(([i, compat]) => [['document', i, compat], ['end']]),
);
const insert = fc
  .tuple(id, nat, fc.array(node, { maxLength: 5 }))
  .map(([parent, previous, list]) => [
    ['insert', parent, previous],
    ...list.flatMap((n) => (Array.isArray(n[0]) ? (n as unknown[][]) : [n as unknown[]])),
    ['end'],
  ]);
const group = fc
  .array(
    fc.oneof(
      anyCall.map((c) => [c as unknown[]]),
      insert,
    ),
    { maxLength: 12 },
  )
  .map((list) => list.flat());

/** Calls as they are read: of a rule that is taken out the text is not told, removals in a row are one. */
function asRead(before: unknown[][], call: unknown[]): unknown[][] {
  const [name, first, path, act] = call;
  const last = before.at(-1);
  if (name === 'remove' && last?.[0] === 'remove')
    return [...before.slice(0, -1), ['remove', [...(last[1] as number[]), ...(first as number[])]]];
  return [...before, name === 'rule' && act === 0 ? ['rule', first, path, 0, ''] : call];
}

describe('ops', () => {
  it('read back as the calls that were written, frame after frame over one string table', () => {
    fc.assert(
      fc.property(fc.array(group, { maxLength: 4 }), (groups) => {
        const all = groups.map((calls) => calls.reduce(asRead, []));
        // What was removed is not removed again.
        fc.pre(
          all
            .flat()
            .every(([name, list]) => name !== 'remove' || new Set(list as number[]).size === (list as number[]).length),
        );
        const writer = new OpWriter();
        const table = new StringTable();
        for (const [i, calls] of groups.entries()) {
          for (const [name, ...args] of calls)
            (Reflect.get(writer, name as string) as (...a: unknown[]) => void).apply(writer, args);
          const { calls: read, ops } = notes();
          readOps(writer.take(), table, ops);
          expect(read).toEqual(all[i]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('throw DecodeError and nothing else for anything', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          readOps(bytes, new StringTable(), notes().ops);
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    ['an unknown op', [200]],
    ['an unknown node', [Op.insert, 1, 0, 99]],
    ['a string that the table lacks', [Op.setText, 1, 9]],
    ['more ids than bytes', [Op.remove, 255, 255, 3]],
    ['a list that does not end', [Op.insert, 1, 0]],
    ['an id of zero', [Op.insert, 1, 0, 2, 0, 0, 0]],
  ])('refuse %s', (_, bytes) => {
    expect(() => readOps(Uint8Array.from(bytes), new StringTable(), notes().ops)).toThrow(DecodeError);
  });

  it('refuse trees deeper than the limit', () => {
    const w = new OpWriter();
    w.insert(1, 0);
    for (let i = 2; i < 700; i++) w.element(i, 0, 'b', []);
    expect(() => readOps(w.take(), new StringTable(), notes().ops)).toThrow(/deeper/);
  });
});
