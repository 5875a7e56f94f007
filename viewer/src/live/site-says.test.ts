// What the site says comes from the customer's page: known kinds are shown as text, everything else is left out.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NOTHING, reduce } from './facts.ts';
import { eventLine, identityRows, metadataRows } from './site-says.ts';

test('who the customer is, and what the site says besides', () => {
  const about = { identity: { email: 'a@b.c', name: 'Ada', age: 7 }, metadata: { plan: 'gold', seats: 3, list: [1] } };
  expect(identityRows(about)).toEqual([
    ['Name', 'Ada'],
    ['E-mail', 'a@b.c'],
  ]);
  expect(metadataRows(about)).toEqual([
    ['plan', 'gold'],
    ['seats', '3'],
  ]);
});

test('an event is one line', () => {
  expect(eventLine({ data: '{"items":2,"code":"A","deep":{"x":1}}' })).toBe('items: 2, code: A, deep: {"x":1}');
  for (const data of ['', '{']) expect(eventLine({ data })).toBe('');
});

test('an event that a keyframe tells again is there once, and 100 are kept', () => {
  let facts = NOTHING;
  for (let i = 0; i < 300; i++) {
    const event = { epoch: 1, n: (i % 150) + 1, at: i, name: 'x', data: '' };
    facts = reduce(facts, { type: 'event', event });
  }
  expect(facts.events.length).toBe(100);
  expect(new Set(facts.events.map(({ n }) => n)).size).toBe(100);
});

test('any JSON gives few short texts and no fault', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.jsonValue(), fc.string(), (identity, metadata, data) => {
      for (const rows of [identityRows({ identity }), metadataRows({ metadata })]) {
        expect(rows.length).toBeLessThanOrEqual(32);
        for (const [name, value] of rows) expect(name.length + value.length).toBeLessThanOrEqual(400);
      }
      expect(eventLine({ data }).length).toBeLessThanOrEqual(300);
      expect(eventLine({ data: JSON.stringify(identity) }).length).toBeLessThanOrEqual(300);
    }),
  );
});
