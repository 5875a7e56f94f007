// What every test has: a house of its own. Its windows close with it, so that no test pays for the pages of the one before.
import { test as base } from '@playwright/test';
import { House } from './house.ts';

export { expect } from '@playwright/test';

export const test = base.extend<{ house: House }>({
  house: async ({ browser }, use) => {
    const house = await House.start();
    await use(house);
    await Promise.all(browser.contexts().map((context) => context.close()));
    await house.stop();
  },
});
