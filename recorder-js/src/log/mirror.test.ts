// A keyframe gives what all ops gave, whatever they were.

import { type Ops, OpWriter } from '@ridealong/wire';
import { readOps, StringTable } from '@ridealong/wire/read';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { RandomPage } from '../../tests/random.ts';
import { Mirror } from './mirror.ts';

/** All that a mirror has, as bytes. */
function bytesOf(mirror: Mirror): Buffer {
  const writer = new OpWriter();
  mirror.keyframe(writer);
  return Buffer.from(writer.take());
}

/** Over the wire and back. */
function copyOf(mirror: Mirror): Mirror {
  const copy = new Mirror();
  readOps(bytesOf(mirror), new StringTable(), copy);
  return copy;
}

function same(a: Mirror, b: Mirror): void {
  expect(bytesOf(b).equals(bytesOf(a))).toBe(true);
  expect([b.count, b.treeHash().count, b.treeHash().value]).toEqual([a.count, a.treeHash().count, a.treeHash().value]);
}

// The age of what happened goes on with the clock.
beforeEach(() => {
  vi.spyOn(performance, 'now').mockReturnValue(0);
});
afterEach(() => vi.restoreAllMocks());

describe('a keyframe', () => {
  test('is the document after any ops, and goes on as the document does', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 6 }),
        (seed, rounds) => {
          const page = new RandomPage(seed);
          const a = new Mirror();
          page.reset(a);
          const copies: Mirror[] = [];
          for (const length of rounds) {
            for (let i = 0; i < length; i++) {
              const ops = page.change();
              for (const mirror of [a, ...copies]) ops(mirror);
            }
            for (const copy of copies) same(a, copy);
            copies.push(copyOf(a));
            for (const copy of copies) same(a, copy);
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  test('keeps what was opened last on top', () => {
    const m = new Mirror();
    m.reset(0);
    m.insert(1, 0);
    for (const id of [2, 3]) {
      m.element(id, 0, 'dialog', []);
      m.end();
    }
    m.end();
    m.state(2, 2);
    m.state(3, 2);
    m.state(2, 0);
    m.state(2, 2);
    const order: number[] = [];
    m.keyframe({ ...ignoring(), state: (id: number) => order.push(id) } as unknown as Ops);
    expect(order).toEqual([3, 2]);
  });

  test('puts a first child behind the shadow root', () => {
    const m = new Mirror();
    m.reset(0);
    m.insert(1, 0);
    m.element(2, 0, 'div', []);
    m.shadow(3, 0);
    m.end();
    m.end();
    m.end();
    m.insert(2, 0);
    m.text(4, 'light');
    m.end();
    expect(() => same(m, copyOf(m))).not.toThrow();
    const order: string[] = [];
    m.keyframe({
      ...ignoring(),
      shadow: () => order.push('shadow'),
      text: () => order.push('text'),
    } as unknown as Ops);
    expect(order).toEqual(['shadow', 'text']);
  });
});

describe('what comes and goes', () => {
  test('leaves nothing behind', () => {
    const m = new Mirror();
    m.reset(0);
    for (let id = 2; id < 300_000; id += 2) {
      m.insert(1, 0);
      m.element(id, 0, 'p', ['class', 'x']);
      m.text(id + 1, 'text');
      m.end();
      m.end();
      m.scroll(id, 1, 1);
      m.remove([id]);
    }
    expect(m.count).toBe(1);
    expect((m as unknown as { kind: Uint8Array }).kind.length).toBe(1024);
    const { maps, pages } = m as unknown as { maps: readonly Map<number, unknown>[]; pages: readonly unknown[] };
    expect(pages.filter(Boolean).length).toBe(1); // the document's
    expect(maps.map((map) => map.size)).toEqual(maps.map(() => 0));
  });

  test('a constructed sheet is there as long as a root has it', () => {
    const m = new Mirror();
    m.reset(0);
    m.sheet(9, 0, '', ['a{}']);
    m.adopt(1, [9]);
    m.insert(1, 0);
    m.element(2, 0, 'div', []);
    m.shadow(3, 0);
    m.end();
    m.end();
    m.end();
    m.adopt(3, [9]);
    m.adopt(1, []);
    expect(m.alive(9)).toBe(true);
    m.remove([2]);
    expect(m.alive(9)).toBe(false);
  });
});

describe('ops that no reader could apply are refused', () => {
  const cases: Record<string, (m: Mirror) => void> = {
    'a parent that is not there': (m) => m.insert(7, 0),
    'a parent without children': (m) => m.insert(3, 0),
    'a previous sibling elsewhere': (m) => m.insert(4, 3),
    'a node twice': (m) => {
      m.insert(1, 0);
      m.text(2, '');
    },
    'a node into itself': (m) => {
      m.insert(4, 0);
      m.moved(2);
    },
    'a removal of what is gone': (m) => m.remove([3, 3]),
    'a removal of the document': (m) => m.remove([1]),
    'a splice behind the end': (m) => m.splice(3, 2, 5, ''),
    'a splice of no text': (m) => m.splice(2, 0, 0, 'x'),
    'attributes of nobody': (m) => m.attributes(99, ['a', 'b']),
    'a rule of no sheet': (m) => m.rule(2, [0], 1, 'a{}'),
    'a shadow root behind children': (m) => {
      m.insert(2, 3);
      m.shadow(50, 0);
    },
    'an end too many': (m) => m.end(),
  };
  test.each(Object.entries(cases))('%s', (_, act) => {
    const m = new Mirror();
    m.reset(0);
    m.insert(1, 0);
    m.element(2, 0, 'div', []);
    m.text(3, 'text');
    m.element(4, 0, 'p', []);
    m.end();
    m.end();
    m.end();
    expect(() => act(m)).toThrow(/^mirror: /);
    m.reset(0); // and a reset mends it
    expect(m.count).toBe(1);
  });
});

function ignoring(): Record<string, () => void> {
  const names =
    'reset insert element text shadow document blocked doctype end viewport page environment focus scroll state';
  return Object.fromEntries(names.split(' ').map((name) => [name, () => undefined]));
}
