// Polling: one question at a time, none while nobody looks, none after the stop.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Problem } from '../api/problem.ts';
import { Poll } from './poll.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('asks at once and then every time', async () => {
  const answers: unknown[] = [];
  let n = 0;
  const poll = new Poll(
    async () => ++n,
    100,
    (value) => answers.push(value),
    () => true,
  );
  await poll.now();
  await vi.advanceTimersByTimeAsync(250);
  expect(answers).toEqual([1, 2, 3]);
  poll.stop();
  await vi.advanceTimersByTimeAsync(1000);
  expect(n).toBe(3);
});

test('does not ask while nobody looks, and at once when somebody does again', async () => {
  let visible = true;
  let n = 0;
  const poll = new Poll(
    async () => ++n,
    100,
    () => undefined,
    () => visible,
  );
  await poll.now();
  visible = false;
  await vi.advanceTimersByTimeAsync(1000);
  expect(n).toBe(1);
  visible = true;
  await poll.now();
  expect(n).toBe(2);
  poll.stop();
});

test('a slow answer is not overtaken, and one after the stop is not told', async () => {
  let asked = 0;
  let answer: (value: number) => void = () => undefined;
  const told = vi.fn();
  const ask = () => {
    asked++;
    return new Promise<number>((resolve) => {
      answer = resolve;
    });
  };
  const poll = new Poll(ask, 100, told, () => true);
  const first = poll.now();
  await poll.now();
  expect(asked).toBe(1);
  poll.stop();
  answer(1);
  await first;
  expect(told).not.toHaveBeenCalled();
});

test('waits as long as the server asks', async () => {
  let n = 0;
  const poll = new Poll(
    async () => {
      n++;
      throw new Problem('too-many', 'Wait.', 429, 3);
    },
    100,
    () => undefined,
    () => true,
  );
  await poll.now();
  await vi.advanceTimersByTimeAsync(2900);
  expect(n).toBe(1);
  await vi.advanceTimersByTimeAsync(200);
  expect(n).toBe(2);
  poll.stop();
});
