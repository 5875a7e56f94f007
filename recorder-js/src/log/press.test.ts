// Deflating here and in a worker: one stream, in order, whatever is done where, and whatever becomes of the worker.

import { Inflater } from '@ridealong/wire/read';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { nearWorker as worker } from '../../tests/worker.ts';
import { Press, type Raw } from './press.ts';

/** No ops: the worker's mirror refuses it, which does not keep it from deflating. */
const text = (n: number, seed: number) =>
  Uint8Array.from({ length: n }, (_, i) => 97 + ((i * (seed + 3) + ((i >> 3) % 11)) % 23));

const raw = (ops: Uint8Array): Raw => [ops, false, 0];

test('what is done comes in order and is one stream, whoever did it', () => {
  const act = fc.oneof(
    { weight: 6, arbitrary: fc.record({ n: fc.constantFrom(5, 300, 40_000), seed: fc.nat(9), alone: fc.boolean() }) },
    { weight: 3, arbitrary: fc.constant('step' as const) },
    { weight: 1, arbitrary: fc.constantFrom('fresh' as const, 'fail' as const) },
  );
  fc.assert(
    fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
      const press = new Press();
      const far = worker();
      press.hire(far.worker);
      const inflater = new Inflater();
      const asked: number[] = [];
      const got: number[] = [];
      acts.forEach((one, i) => {
        if (one === 'step') far.step();
        else if (one === 'fresh') press.fresh();
        else if (one === 'fail') far.fail();
        else {
          const ops = text(one.n, one.seed);
          asked.push(i);
          press.deflate(raw(ops), one.alone, (payload) => {
            got.push(i);
            expect(Buffer.compare((one.alone ? new Inflater() : inflater).frame(payload), ops)).toBe(0);
          });
        }
      });
      while (far.step());
      expect(got).toEqual(asked);
      expect(press.waiting).toBe(0);
    }),
    { numRuns: 150 },
  );
});

test('after `fresh` a reader needs nothing of what was before', () => {
  for (const sizes of [
    [300, 300],
    [40_000, 300],
    [300, 40_000],
    [40_000, 40_000],
  ] as const) {
    const press = new Press();
    const far = worker();
    press.hire(far.worker);
    press.deflate(raw(text(sizes[0], 1)), false, () => undefined);
    while (far.step());
    press.fresh();
    let payload = new Uint8Array();
    press.deflate(raw(text(sizes[1], 1)), false, (p) => {
      payload = Uint8Array.from(p);
    });
    while (far.step());
    expect(new Inflater().frame(payload)).toEqual(text(sizes[1], 1));
  }
});

test('a worker that says nothing is let go, and what it had is done here', () => {
  vi.useFakeTimers();
  const press = new Press();
  const far = worker();
  const gone = vi.fn();
  press.hire(far.worker, gone);
  const done = vi.fn();
  press.deflate(raw(text(40_000, 1)), false, done);
  press.deflate(raw(text(5, 1)), false, done);
  expect(done).not.toHaveBeenCalled();
  vi.advanceTimersByTime(5000);
  expect(done).toHaveBeenCalledTimes(2);
  expect(gone).toHaveBeenCalledOnce();
  expect(far.ended()).toBe(true);
  press.deflate(raw(text(40_000, 1)), false, done);
  expect(done).toHaveBeenCalledTimes(3);
  vi.useRealTimers();
});

test('what is small and has nothing before it does not wait', () => {
  const press = new Press();
  press.hire(worker().worker);
  const done = vi.fn();
  press.deflate(raw(text(100, 1)), false, done);
  expect(done).toHaveBeenCalledOnce();
});
