// Whatever a page does, in whatever order: the receiver has what the page has.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { Bench } from './bench.ts';

/** `make test-long` tries more. */
const SEEDS = Number(process.env.STORMS ?? 40);
const STEPS = 50;
const AT_ONCE = 2;

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.open();
});
afterAll(() => bench.close());

const BODY = `<main id="top"><ul><li>one<li>two</ul><p class="a">text <b>bold</b></p><style>.a { color: red; }</style>
  <input name="q"><input type="checkbox"><select><option>1<option>2</select><details><summary>more</summary>body</details></main>`;

test(`${SEEDS} storms of ${STEPS} steps leave no difference and break no rule of the ops`, {
  timeout: 1500 * SEEDS,
}, async () => {
  const only = process.env.SEED ? [Number(process.env.SEED)] : Array.from({ length: SEEDS }, (_, i) => i + 1);
  const failures: string[] = [];
  const run = async () => {
    const page = await bench.page(BODY);
    for (let seed = only.shift(); seed !== undefined && failures.length < 3; seed = only.shift()) {
      const difference = await page.evaluate(
        async ([seed, steps]) => {
          // Every other page is written a few nodes at a time, while it goes on changing.
          window.rig.start('standard', true, seed % 2 === 0 ? 0 : 10);
          return window.rig.storm(seed, steps);
        },
        [seed, STEPS] as const,
      );
      if (difference) failures.push(difference);
      await page.reload({ waitUntil: 'domcontentloaded' });
    }
    await page.close();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, run));
  expect(failures).toEqual([]);
});

test('rows that wait to be moved get their places, also in a page that changes before there was time to look at all of them', async () => {
  const page = await bench.page(BODY);
  const left = await page.evaluate(() => {
    const { rig } = window;
    const list = document.querySelector('ul') as Element;
    for (let i = 0; i < 600; i++) list.append(document.createElement('li'));
    rig.start('standard', true, 0);
    rig.flush();
    list.append(...[...list.children].reverse());
    for (let groups = 0; groups < 1000; groups++) {
      list.after(document.createElement('hr'));
      if (!rig.step()) return rig.compare() || groups;
    }
    return 'never';
  });
  expect(left).toBeGreaterThan(40);
  await page.close();
});

test('a receiver that misses one call is seen to differ', async () => {
  const page = await bench.page(BODY);
  const difference = await page.evaluate(() => {
    const { rig } = window;
    rig.start();
    const { ops } = rig.receiver();
    Object.assign(ops, { setText: () => undefined });
    const text = document.querySelector('li')?.firstChild as Text;
    text.data = 'changed';
    return rig.compare();
  });
  expect(difference).toContain('changed');
  await page.close();
});
