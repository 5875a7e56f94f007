// The package in a page: it loads what the script element would, hands the rules and the calls over, and is dormant without a session.

import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundle } from '../../../recorder-js/bundle.mjs';
import { launch, type Site, serve } from '../../../recorder-js/tests/browser/site.ts';

let browser: Browser;
let relay: Site;
let shop: Site;

/** A recorder that only notes how it was begun. */
const FAKE = `export const start = (tab, base, data) => {
  window.started = { tab, base, data: { ...data }, calls: [...window.ridealong], hash: location.hash };
}`;

beforeAll(async () => {
  const loader = await bundle('src/loader/loader.ts', 'iife', { RECORDER: JSON.stringify('recorder.abc.js') });
  const index = await readFile(new URL('../dist/index.js', import.meta.url), 'utf8');
  browser = await launch();
  relay = await serve((path, _, response) => {
    response.setHeader('content-type', 'text/javascript');
    response.setHeader('access-control-allow-origin', '*');
    response.end(path === '/r/loader.js' ? loader : FAKE);
  });
  shop = await serve((path, _, response) => {
    if (path === '/index.js') {
      response.setHeader('content-type', 'text/javascript');
      return void response.end(index);
    }
    response.setHeader('content-type', 'text/html');
    const policy = `script-src 'self' 'nonce-n' ${relay.origin}; require-trusted-types-for 'script'; trusted-types 'none'`;
    response.setHeader('content-security-policy', policy);
    response.end(`<!doctype html><title>Shop</title><script type=module nonce=n>
      import * as r from '/index.js';
      r.identify({ id: 1 });
      r.on('state', () => undefined);
      for (let i = 0; i < 500; i++) r.event('e', { i });
      r.stop();
      r.start({ server: '${relay.origin}', mode: 'strict', mask: '.a', block: undefined });
      r.start({ server: '${relay.origin}' });
      window.router = location.hash;
      window.r = r;
    </script>`);
  });
});
afterAll(async () => {
  await browser.close();
  await relay.close();
  await shop.close();
});

interface Started {
  tab: unknown;
  base: string;
  data: unknown;
  calls: [string, ...unknown[]][];
  hash: string;
}
const w = <T>(page: Page, what: string) => page.evaluate((what) => Reflect.get(window, what) as T, what);

test('with a hand-off it begins once, under a strict policy, and the calls so far are handed over', async () => {
  const page = await browser.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  await page.goto(`${shop.origin}/#ridealong=1.hand.KEY&tab=2`);
  await page.waitForFunction(() => 'started' in window);
  const { calls, ...started } = await w<Started>(page, 'started');
  expect(started).toEqual({
    tab: { handoff: 'hand', key: 'KEY' },
    base: `${relay.origin}/r/loader.js`,
    data: { mode: 'strict', mask: '.a' },
    hash: '#tab=2',
  });
  expect(await w(page, 'router')).toBe('#tab=2'); // gone before the router looks
  // Bounded, and what is of the person stays; a stop before there is anything to stop is none.
  expect(calls.length).toBe(200);
  expect(calls.slice(0, 2).map(([name]) => name)).toEqual(['identify', 'on']);
  expect(calls.at(-1)).toEqual(['event', 'e', { i: 499 }]);
  expect(faults).toEqual([]);
  await page.close();
});

test('without a session nothing is loaded', async () => {
  relay.asked.length = 0;
  const page = await browser.newPage();
  await page.goto(shop.origin);
  await page.waitForFunction(() => 'router' in window);
  await page.waitForTimeout(200);
  expect(relay.asked).toEqual([]);
  expect(await page.evaluate(() => (Reflect.get(window, 'r') as { state(): unknown }).state())).toBeUndefined();
  await page.close();
});
