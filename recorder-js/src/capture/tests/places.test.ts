// Strict mode tells nothing of any place where text can sit; of standard mode it is known what it tells.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { Bench } from './bench.ts';
import { leaks } from './canaries.ts';
import { places } from './places.ts';
import { told } from './told.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.open();
});
afterAll(() => bench.close());

const numberOf = (line: string) => Number.parseInt(line, 10);

test(`strict mode: nothing of ${Object.keys(places).length} places`, async () => {
  expect(await leaks(bench, places, 'strict')).toEqual([]);
});

test('standard mode tells what the documents say, nothing more and nothing less', async () => {
  expect((await leaks(bench, places, 'standard')).map(numberOf)).toEqual(told);
});

for (const [guard, mode, seen] of [
  ['text', 'strict', [29, 32, 84]],
  ['value', 'strict', [1, 2, 4, 11]],
  ['word', 'strict', [54, 55, 100, 132, 136]],
  ['inside', 'standard', [62, 64, 65, 125, 128]],
] as const)
  test(`without ${guard} it is noticed: the search finds what is there`, async () => {
    // Some of all, with those among them where the guard stands.
    const some = Object.entries(places).filter(([name], i) => i % 4 === 0 || seen.some((n) => n === numberOf(name)));
    const found = (await leaks(bench, Object.fromEntries(some), mode, false, guard)).map(numberOf);
    expect(found).toEqual(expect.arrayContaining([...seen]));
  });
