// Strict mode tells nothing of any place where text can sit; of standard mode it is known what it tells.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { Bench } from './bench.ts';
import { leaks } from './canaries.ts';
import { places } from './places.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.open();
});
afterAll(() => bench.close());

test(`strict mode: nothing of ${Object.keys(places).length} places`, async () => {
  expect(await leaks(bench, places, 'strict')).toEqual([]);
});

/**
 * What standard mode tells, as docs/privacy.md says it: static text, the words and plain values of attributes, names, style sheets,
 * pictures, and the names of values in addresses.
 */
const told = [
  ...[7, 8, 9, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 31, 32, 33, 35, 37, 39, 44, 45, 46, 47, 48, 49],
  ...[54, 55, 56, 59, 60, 61, 68, 72, 73, 74, 75, 76, 78, 84, 96, 97, 98, 99, 100, 101, 108, 109, 116, 120, 121, 122, 123, 126, 127],
  ...[131, 132, 133, 134, 135, 136, 137, 138, 139, 140, 143, 144, 145, 146, 147, 148, 149, 150, 151, 153, 154, 155, 156, 157],
  ...[158, 159, 160, 161, 162, 163, 164, 165, 166, 167, 168, 170, 172, 173, 174],
]; // biome-ignore format: a list

test('standard mode tells what the documents say, nothing more and nothing less', async () => {
  expect((await leaks(bench, places, 'standard')).map((line) => Number.parseInt(line, 10))).toEqual(told);
});

for (const [guard, mode, seen] of [
  ['text', 'strict', [29, 32, 84]],
  ['value', 'strict', [1, 2, 4, 11]],
  ['word', 'strict', [54, 55, 100, 132, 136]],
  ['inside', 'standard', [62, 64, 65, 125, 128]],
] as const)
  test(`without ${guard} it is noticed: the search finds what is there`, async () => {
    const found = (await leaks(bench, places, mode, false, guard)).map((line) => Number.parseInt(line, 10));
    expect(found).toEqual(expect.arrayContaining([...seen]));
  });
