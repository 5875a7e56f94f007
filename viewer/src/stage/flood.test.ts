// A flood on a slow page is shown at its end; everything else at once.

import { expect, test } from 'vitest';
import { Flood, MOST } from './flood.ts';

const KIB = 1024;

/** Bytes that come every `every` ms, so often; gives the times at which they are handed over, when each picture takes `picture` ms. */
function run(bytes: number, every: number, times: number, picture: number): number[] {
  const flood = new Flood();
  const handed: number[] = [];
  let behind = 0;
  let free = 0;
  for (let now = 0; now < every * times + 10_000; now++) {
    if (now % every === 0 && now < every * times) {
      flood.came(bytes, now);
      behind += bytes;
    }
    if (behind === 0 || now < free || flood.wait(now) > 0) continue;
    handed.push(now);
    flood.handed(behind);
    behind = 0;
    free = now + picture;
    flood.rendered(picture);
  }
  return handed;
}

test('what is small goes at once, however slow the pictures are', () => {
  expect(run(100, 200, 5, 150)).toEqual([0, 200, 400, 600, 800]);
});

test('where pictures are quick a flood goes as it comes', () => {
  expect(run(40 * KIB, 20, 10, 2).length).toBe(10);
});

test('where they are slow it goes at its end', () => {
  // The first begins it; 1.2 s of the rest are over before three pictures are.
  expect(run(40 * KIB, 20, 60, 500)).toEqual([0, 1330]);
});

test('nobody waits longer than for three pictures, nor for more than is handed over together', () => {
  const handed = run(40 * KIB, 20, 500, 300);
  const gaps = handed.slice(1).map((at, i) => at - (handed[i] as number));
  expect(Math.max(...gaps)).toBeLessThanOrEqual(300 + 3 * 300);
  const heavy = run(MOST / 2, 20, 10, 3000);
  expect(heavy.slice(0, 2)).toEqual([0, 3000]);
});

test('a picture that was never timed, or by somebody who lies, holds up nothing for long', () => {
  const flood = new Flood();
  for (const ms of [Number.NaN, -5, 1e12]) {
    flood.rendered(ms);
    flood.came(FLOOD_BYTES, 0);
    expect(flood.wait(151)).toBe(0);
  }
});

const FLOOD_BYTES = 64 * KIB;
