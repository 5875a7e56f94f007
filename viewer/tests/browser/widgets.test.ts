// Each widget of the library on Preact and under the page's policy: opens, holds the focus, closes, gives it back.

import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { wrongFor } from './axe.ts';
import { HELP, LIST, ME, SHOP } from './cast.ts';
import { AppPage, launch, type Site, serveApp } from './site.ts';

let site: Site;
let browser: Browser;
let app: AppPage;

beforeAll(async () => {
  [site, browser] = await Promise.all([serveApp(), launch()]);
});
afterAll(async () => {
  await browser.close();
  await site.close();
});
beforeEach(async () => {
  app = await AppPage.open(browser, site.origin, { still: false });
  app
    .on('GET /api/me', { body: ME })
    .on('GET /api/projects', { body: { projects: [SHOP, HELP] } })
    .on('GET /api/sessions', { body: { sessions: LIST } });
  await app.go('/');
  await app.page.getByTestId('sessions').waitFor();
});
afterEach(async () => {
  expect(app.faults).toEqual([]);
  await app.close();
});

const focused = () =>
  app.page.evaluate(
    () => document.activeElement?.getAttribute('data-testid') ?? document.activeElement?.getAttribute('name'),
  );

test('Dialog: focus goes in, stays in, and comes back', async () => {
  const { page } = app;
  await page.getByTestId('new-session').focus();
  await page.keyboard.press('Enter');
  await page.getByLabel('Reference').waitFor();
  expect(await focused()).toBe('project');
  for (let n = 0; n < 20; n++) {
    await page.keyboard.press('Tab');
    // A guard at either end passes the focus on a moment later.
    await page.waitForFunction(() => document.activeElement?.closest('[role=dialog]'), null, { timeout: 1000 });
  }
  await page.keyboard.press('Escape');
  await page.getByTestId('new-session-dialog').waitFor({ state: 'detached' });
  expect(await focused()).toBe('new-session');
});

test('Dialog: a press outside closes it, the cross too', async () => {
  const { page } = app;
  await page.getByTestId('new-session').click();
  await page.getByLabel('Reference').waitFor();
  await page.mouse.click(20, 400);
  await page.getByTestId('new-session-dialog').waitFor({ state: 'detached' });
  await page.getByTestId('new-session').click();
  await page.getByRole('button', { name: 'Close' }).click();
  await page.getByTestId('new-session-dialog').waitFor({ state: 'detached' });
});

test('Menu: by keyboard; the chosen theme holds over a reload', async () => {
  const { page } = app;
  await page.getByTestId('account').focus();
  await page.keyboard.press('Enter');
  await page.getByRole('menu').waitFor();
  expect(await wrongFor(page)).toEqual([]);
  const dark = page.getByRole('menuitemradio', { name: 'Dark' });
  for (let n = 0; n < 6; n++) {
    if ((await dark.getAttribute('data-highlighted')) !== null) break;
    await page.keyboard.press('ArrowDown');
  }
  await page.keyboard.press('Enter');
  expect(await dark.getAttribute('aria-checked')).toBe('true');
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  expect(await ground()).toBe('rgb(17, 22, 21)');
  expect(await wrongFor(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.getByRole('menu').waitFor({ state: 'detached' });
  expect(await focused()).toBe('account');
  await page.reload();
  await page.getByTestId('sessions').waitFor();
  expect(await ground()).toBe('rgb(17, 22, 21)');
});

test('the skip link leads past the header', async () => {
  await app.page.keyboard.press('Tab');
  await app.page.keyboard.press('Enter');
  expect(await app.page.evaluate(() => document.activeElement?.id)).toBe('main');
});
