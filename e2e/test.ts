// What every test has: a house of its own. Its windows close with it, so that no test pays for the pages of the one before.
import { test as base, expect } from '@playwright/test';
import { chromiumArgs, chromiumPath } from './browser.ts';
import { House } from './house.ts';

export { expect };

export const test = base.extend<{ house: House }>({
  house: async ({ browser }, use) => {
    const house = await House.start();
    await use(house);
    await Promise.all(browser.contexts().map((context) => context.close()));
    await house.stop();
  },
});

/** `test.use(windows)`: in the browser that people have, whole, and not only its engine. */
export const windows = { launchOptions: { executablePath: chromiumPath(), args: chromiumArgs } };

/** For expect.poll where the time counts. */
export const often = { intervals: [20] };

/** What a promise gives a number for; the time it took stands in the report. */
export async function within(ms: number, what: () => Promise<unknown>): Promise<void> {
  const began = performance.now();
  await what();
  const took = Math.round(performance.now() - began);
  test.info().annotations.push({ type: 'took', description: `${took} ms of ${ms}` });
  expect(took, `ms, of ${ms} at most`).toBeLessThanOrEqual(ms);
}
