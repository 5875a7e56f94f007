// The rows that entries come to: joined, counted once, bounded, whatever comes.

import { ConsoleMethod, HappeningKind, LeftOut, Outcome } from '@ridealong/wire/entries';
import type { Entry } from '@ridealong/wire/read';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { batch, entry } from './entries-of-tests.ts';
import { type Batch, Telemetry } from './model.ts';
import { wallOf } from './rows.ts';

const now = (run: () => void) => run();
const fresh = (max?: number) => new Telemetry(now, max);
const line = (at: number, text: string, method: number = ConsoleMethod.log) =>
  entry('console', at, { method, values: [[5, text, 0]] });

test('the steps of a request are one row', () => {
  const t = fresh();
  t.take(batch(1, [entry('request', 100, { id: 7, method: 'GET', url: 'https://a/x' })]));
  t.take(batch(2, [entry('response', 300, { id: 7, status: 200 }), entry('done', 500, { id: 7 })]));
  expect(t.network.length).toBe(1);
  expect(t.network.first).toMatchObject({ type: 'request', at: 100, responseAt: 300, cut: false, done: { at: 500 } });
  expect(t.errors.length).toBe(0);
});

test('a step without its beginning is a row all the same', () => {
  const t = fresh();
  t.take(batch(1, [entry('done', 500, { id: 9, outcome: Outcome.failed })]));
  expect(t.network.first).toMatchObject({ type: 'request', request: null, done: { outcome: Outcome.failed } });
  expect(t.errors.length).toBe(1);
});

test('a request that fails by status and by outcome is one error', () => {
  const t = fresh();
  const begin = (id: number) => entry('request', 1, { id, method: 'GET', url: 'https://a/x?a=1' });
  t.take(batch(1, [begin(1), entry('response', 2, { id: 1, status: 500 }), entry('done', 3, { id: 1, outcome: 1 })]));
  expect(t.errors.length).toBe(1);
  expect(t.errorCount).toBe(1);
  t.take(batch(4, [begin(2), entry('response', 2, { id: 2, status: 500 })]));
  expect(t.errors.first).toMatchObject({ count: 2 });
});

test('what came before counts once', () => {
  const t = fresh();
  t.take(batch(1, [line(1, 'a'), line(2, 'b')]));
  t.take(batch(2, [line(2, 'b'), line(3, 'c')]));
  t.take(batch(1, [line(1, 'a')]));
  expect(t.console.length).toBe(3);
});

test('missing entries are a row that says how many, in three panels', () => {
  const t = fresh();
  t.take(batch(1, [line(1, 'a')]));
  t.take(batch(12, [line(9, 'b')]));
  for (const log of [t.console, t.network, t.events])
    expect(log.slice().filter((row) => row.type === 'gap')).toMatchObject([{ count: 10, at: 9 }]);
});

test('entries whose code is not known are no gap', () => {
  const t = fresh();
  t.take({ ...batch(1, []), count: 5 });
  t.take(batch(6, [line(1, 'a')]));
  expect(t.console.length).toBe(1);
});

test('with its document a request is over, and what did not come is counted', () => {
  const t = fresh();
  t.take(batch(1, [entry('request', 1, { id: 1 }), entry('request', 2, { id: 2 }), entry('done', 3, { id: 2 })]));
  t.left({ tab: 1, epoch: 1, entries: 5 });
  expect(t.network.slice()).toMatchObject([{ cut: true }, { cut: false }, { type: 'gap', count: 2 }]);
  // Its end was on the way still.
  t.take(batch(6, [entry('done', 9, { id: 1 })]));
  expect(t.network.first).toMatchObject({ cut: false });
});

test('a newer document of the same tab ends the older, not that of another tab', () => {
  const t = fresh();
  for (const tab of [1, 2]) t.take(batch(1, [entry('request', 1, { id: 1 })], { tab }));
  t.take(batch(1, [line(1, 'a')], { epoch: 2 }));
  expect(t.network.slice()).toMatchObject([{ cut: true }, { cut: false }]);
});

test('repeats count at the first, in the console and among the errors', () => {
  const t = fresh();
  const fault = entry('failure', 3, { name: 'TypeError', message: 'x is undefined', where: 'https://a/x.js:1:2' });
  t.take(batch(1, [line(1, 'a'), line(2, 'no', ConsoleMethod.error), fault]));
  t.take(
    batch(
      4,
      [1, 2, 3].map((of) => entry('repeat', 9, { of, count: of * 10 })),
    ),
  );
  t.take(batch(7, [entry('repeat', 9, { of: 3, count: 2 }), entry('repeat', 9, { of: 99, count: 5 })]));
  expect(t.console.slice()).toMatchObject([{ count: 10 }, { count: 20 }]);
  expect(t.errors.slice()).toMatchObject([{ count: 20 }, { count: 30, lastAt: 9 }]);
  expect(t.errorCount).toBe(50);
});

test('the same error on the next page is counted where it was first', () => {
  const t = fresh();
  const fault = entry('failure', 3, { message: 'x is undefined', where: 'https://a/x.js:1:2' });
  t.take(batch(1, [fault]));
  t.take(batch(1, [fault], { epoch: 2 }));
  expect(t.errors.slice()).toMatchObject([{ count: 2 }]);
});

test('what was left out stands where it belongs', () => {
  const t = fresh();
  const out = (kind: number, id = 0) => entry('leftOut', 1, { kind, id, count: 3 });
  const socket = entry('request', 1, { id: 4, kind: 3 });
  t.take(batch(1, [socket, ...Object.values(LeftOut).map((kind) => out(kind)), out(LeftOut.messages, 4)]));
  expect([t.console, t.network, t.errors, t.events].map((log) => log.length)).toEqual([1, 3, 1, 2]);
  expect(t.network.first).toMatchObject({ talk: { rows: [{ type: 'leftOut' }] } });
});

test('the clock of a document is the earliest that its frames allow', () => {
  const t = fresh();
  t.take(batch(1, [line(2000, 'a')], { time: 200, at: 5400 }));
  expect(wallOf(t.console.first ?? never())).toBe(5400);
  t.take(batch(2, [line(4000, 'b')], { time: 400, at: 5500 }));
  expect(wallOf(t.console.first ?? never())).toBe(5300);
  expect(t.zero).toBe(5300);
});

test('the oldest go, and are counted', () => {
  const t = fresh(100);
  for (let n = 0; n < 500; n++) t.take(batch(n * 2 + 1, [line(n, `${n}`), entry('gauge', n, { frames: 600 })]));
  expect(t.rows).toBe(100);
  expect(t.gone).toBe(900);
  expect(t.console.gone).toBe(450);
  expect(t.console.last).toMatchObject({ at: 499 });
});

test('a navigation is a row of the console too', () => {
  const t = fresh();
  t.take(batch(1, [entry('happening', 1, { kind: HappeningKind.navigation, url: 'https://a/b' })]));
  expect(t.console.first).toMatchObject({ type: 'page', url: 'https://a/b' });
});

test('panels are told once per frame of the screen', () => {
  const queue: (() => void)[] = [];
  const t = new Telemetry((run) => queue.push(run));
  for (let n = 1; n < 50; n++) t.take(batch(n, [line(n, 'a')]));
  expect(queue.length).toBe(1);
  queue[0]?.();
  expect(t.version.value).toBe(1);
});

test('anything in any order neither throws nor grows beyond the bound', () => {
  const number = fc.oneof(fc.nat(8), fc.constantFrom(2 ** 31, 2 ** 32 - 1));
  const text = fc.string({ maxLength: 12, unit: 'binary' });
  const pairs = fc.array(fc.tuple(text, text), { maxLength: 3 });
  const value = fc.tuple(
    fc.nat(40),
    text,
    number,
    fc.array(fc.tuple(text, fc.tuple(number, text, number)), { maxLength: 2 }),
  );
  const any = <K extends Entry['type']>(type: K, fields: Record<string, fc.Arbitrary<unknown>>) =>
    fc
      .tuple(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), fc.record(fields))
      .map(([at, of]) => entry(type, at, of as never));
  const one = fc.oneof(
    any('console', { method: fc.nat(255), values: fc.array(value, { maxLength: 3 }), stack: text, where: text }),
    any('repeat', { of: number, count: number }),
    any('leftOut', { kind: fc.nat(255), id: number, count: number, texts: pairs }),
    any('request', { id: number, kind: fc.nat(255), method: text, url: text, headers: pairs }),
    any('response', { id: number, status: number, url: text }),
    any('done', { id: number, outcome: fc.nat(255) }),
    any('message', { id: number, text }),
    any('resource', { kind: fc.constantFrom('navigation', 'img', ''), status: number, url: text }),
    any('failure', { kind: fc.nat(255), message: text, details: pairs }),
    any('environment', { values: pairs }),
    any('vital', { name: text, value: number }),
    any('task', { duration: number }),
    any('gauge', { frames: number }),
    any('happening', { kind: fc.nat(255), url: text }),
  );
  const some = fc.record({
    tab: fc.nat(3),
    epoch: number,
    time: number,
    at: fc.nat(2 ** 40),
    first: number,
    count: number,
    entries: fc.array(one, { maxLength: 12 }),
    left: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(some, { maxLength: 20 }), (batches) => {
      const t = fresh(60);
      for (const { left, ...of } of batches) {
        t.take(batch(of.first, of.entries, of as Partial<Batch>));
        if (left) t.left({ tab: of.tab, epoch: of.epoch, entries: of.count });
        expect(t.rows).toBeLessThanOrEqual(60);
        expect(Number.isFinite(t.zero)).toBe(true);
      }
      const moment = { tab: 0, epoch: 0, at: 0 };
      for (const row of t.console.slice()) expect(typeof t.near(row, moment)).toBe('boolean');
      t.clear();
      expect(t.rows + t.gone + t.errorCount).toBe(0);
    }),
    { numRuns: 300 },
  );
});

function never(): never {
  throw new Error('no such row');
}
