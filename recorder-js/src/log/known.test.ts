// What the page's thread knows without a mirror is what the mirror knows.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RandomPage } from '../../tests/random.ts';
import { Known } from './known.ts';
import type { FrameLog } from './log.ts';
import { Mirror } from './mirror.ts';

/** A table with every op: what it does not have it does not hear of. */
const table = (known: Known): FrameLog['ops'] =>
  new Proxy({} as FrameLog['ops'], {
    get:
      (_, name) =>
      (...args: unknown[]) =>
        (known as unknown as Record<PropertyKey, (...args: unknown[]) => void>)[name]?.(...args),
  });

test('who is there is who is there in the mirror, whatever happens', () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 8 }),
      (seed, rounds) => {
        const page = new RandomPage(seed);
        const mirror = new Mirror();
        const known = new Known();
        const ops = table(known);
        page.reset(mirror);
        mirror.keyframe(ops);
        let highest = 1;
        for (const length of rounds) {
          for (let i = 0; i < length; i++) {
            const change = page.change();
            change(mirror);
            change(ops);
          }
          while (mirror.alive(highest + 1) || highest < length * 40) highest++;
          // In an order of its own, for what is asked for is remembered.
          const other: number[] = [];
          for (let i = 1; i <= highest; i++) {
            const id = (((i * 7919 + seed) >>> 0) % highest) + 1;
            if (known.alive(id) !== mirror.alive(id)) other.push(id);
          }
          expect(other).toEqual([]);
        }
      },
    ),
    { numRuns: 150 },
  );
});

test('what was said of an attribute since is remembered, by its name', () => {
  const known = new Known();
  known.insert(1, 0);
  known.element(2);
  known.end();
  known.end();
  expect(known.told(2, 'id')).toBeUndefined();
  known.attributes(2, ['class', 'id', 'title', null]);
  known.attributes(2, ['title', 'new', 'lang', 'de']);
  expect(['class', 'id', 'title', 'lang'].map((name) => known.told(2, name))).toEqual(['id', undefined, 'new', 'de']);
});

test('what comes and goes leaves little behind', () => {
  const known = new Known();
  for (let id = 2; id < 400_000; id += 4) {
    known.insert(1, 0);
    known.element(id);
    known.element(id + 1);
    known.text(id + 2);
    known.end();
    known.end();
    known.end();
    known.attributes(id + 1, ['class', `${id}`]);
    known.remove([id]);
  }
  const { pages, changed } = known as unknown as { pages: Map<number, unknown>; changed: Map<number, unknown> };
  expect(pages.size * 256).toBeLessThan(40_000);
  expect(changed.size).toBeLessThanOrEqual(4096);
});

const refused: Record<string, (known: Known) => void> = {
  'a parent that is not there': (k) => k.insert(7, 0),
  'a previous sibling elsewhere': (k) => k.insert(4, 3),
  'a node twice': (k) => {
    k.insert(1, 0);
    k.text(2);
  },
  'a node into itself': (k) => {
    k.insert(4, 0);
    k.moved(2);
  },
  'a node outside of an insert': (k) => k.text(9),
  'a removal of what is gone': (k) => k.remove([3, 3]),
  'a removal of the document': (k) => k.remove([1]),
  'an end too many': (k) => k.end(),
};

test.each(Object.entries(refused))('refused: %s', (_, act) => {
  const known = new Known();
  known.insert(1, 0);
  known.element(2);
  known.text(3);
  known.element(4);
  known.end();
  known.end();
  known.end();
  expect(() => act(known)).toThrow(/^known: /);
  known.reset();
  expect(known.alive(2)).toBe(false);
  expect(known.alive(1)).toBe(true);
});
