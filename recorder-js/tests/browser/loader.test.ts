// The loader in a real browser: dormant without a reason, gone from the address with one.

import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { bundle } from '../../bundle.mjs';
import { launch, type Site, serve } from './site.ts';

let browser: Browser;
let context: BrowserContext;
let relay: Site;
let shop: Site;
let policy = '';

const FAKE =
  'export const start = (tab, base, data) => { window.started = { tab, base, data: { ...data }, hash: location.href.split("#")[1] } }';

beforeAll(async () => {
  const loader = await bundle('src/loader/loader.ts', 'iife', { RECORDER: JSON.stringify('recorder.abc.js') });
  browser = await launch();
  relay = await serve((path, _, response) => {
    response.setHeader('content-type', 'text/javascript');
    response.setHeader('access-control-allow-origin', '*');
    response.end(path === '/r/loader.js' ? loader : FAKE);
  });
  shop = await serve((_, __, response) => {
    response.setHeader('content-type', 'text/html');
    if (policy) response.setHeader('content-security-policy', policy.replaceAll('RELAY', relay.origin));
    // The site's router looks at the address when the loader has run.
    response.end(`<!doctype html><title>Shop</title>
      <script nonce=n>window.spy = []; for (const p of [EventTarget.prototype]) { const { addEventListener } = p;
        p.addEventListener = function (...a) { spy.push(a[0]); return addEventListener.apply(this, a) } }
        window.before = Object.getOwnPropertyNames(window).length</script>
      <script nonce=n src="${relay.origin}/r/loader.js" data-mode=strict data-mask=".a, .b"></script>
      <script nonce=n>window.router = location.href.split('#')[1] ?? ''; window.after = Object.getOwnPropertyNames(window).length</script>`);
  });
});
afterAll(async () => {
  await browser.close();
  await relay.close();
  await shop.close();
});
beforeEach(async () => {
  policy = '';
  relay.asked.length = 0;
  context = await browser.newContext();
});
afterEach(() => context.close());

interface Started {
  tab: { handoff?: string; key?: string; resume?: string };
  base: string;
  data: Record<string, string>;
  hash: string;
}

async function open(path: string, before?: () => void): Promise<{ page: Page; faults: string[] }> {
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (line) => line.type() === 'error' && !line.text().includes('favicon') && faults.push(line.text()));
  if (before) await page.addInitScript(before);
  await page.goto(shop.origin + path);
  return { page, faults };
}

/** What the recorder was begun with, once it was. */
const started = async (page: Page): Promise<Started | undefined> => {
  await page.waitForFunction(() => 'started' in window);
  return page.evaluate(() => (window as unknown as { started?: Started }).started);
};
/** Nothing begins, in what is time enough where something does. */
const dormant = async (page: Page): Promise<void> => {
  await page.waitForTimeout(250);
  expect(await page.evaluate(() => 'started' in window)).toBe(false);
};
const router = (page: Page) => page.evaluate(() => (window as unknown as { router: string }).router);

describe('without a session', () => {
  test.each(['/', '/#', '/#/cart?x=1', '/#ridealong', '/#ridealong=2.a.b', '/?ridealong=1.a.b', '/#xridealong=1.a.b'])(
    'nothing happens: %s',
    async (path) => {
      const { page, faults } = await open(path);
      await dormant(page);
      expect(relay.asked).toEqual(['/r/loader.js']);
      const seen = await page.evaluate(() => {
        const w = window as unknown as { spy: string[]; before: number; after: number };
        // The page's own script adds `before` and `router`.
        return {
          listeners: w.spy,
          globals: w.after - w.before - 2,
          stored: sessionStorage.length,
          href: location.href,
        };
      });
      expect(seen).toEqual({ listeners: [], globals: 0, stored: 0, href: shop.origin + path });
      expect(faults).toEqual([]);
    },
  );
});

describe('with a hand-off', () => {
  test.each([
    ['/#ridealong=1.hand-off_1.KEY', ''],
    ['/#ridealong=1.hand-off_1.KEY&tab=2', 'tab=2'],
    ['/#/cart&ridealong=1.hand-off_1.KEY', '/cart'],
    ['/#/cart?a=b&ridealong=1.hand-off_1.KEY&c=d', '/cart?a=b&c=d'],
    ['//evil.test/#ridealong=1.hand-off_1.KEY', ''],
    ['/search?q=%23&x#ridealong=1.hand-off_1.KEY', ''],
  ])('it is gone from the address before the router looks: %s', async (path, rest) => {
    const { page, faults } = await open(path);
    expect(await started(page)).toEqual({
      tab: { handoff: 'hand-off_1', key: 'KEY' },
      base: `${relay.origin}/r/loader.js`,
      data: { mode: 'strict', mask: '.a, .b' },
      hash: rest || undefined,
    });
    expect(await router(page)).toBe(rest);
    expect(page.url()).toBe(shop.origin + path.split('#')[0] + (rest ? `#${rest}` : ''));
    expect(relay.asked).toEqual(['/r/loader.js', '/r/recorder.abc.js']);
    expect(faults).toEqual([]);
  });

  test('the key may be missing', async () => {
    const { page } = await open('/#ridealong=1.hand.');
    expect((await started(page))?.tab).toEqual({ handoff: 'hand', key: '' });
  });

  test('takes the place of a session before it, and the state of the history stays', async () => {
    const { page } = await open('/');
    await page.evaluate(() => {
      sessionStorage.setItem('ridealong', '{"resume":"old"}');
      history.replaceState({ mine: 1 }, '');
      location.hash = 'ridealong=1.new.K';
      history.replaceState({ mine: 1 }, '');
    });
    await page.reload();
    expect((await started(page))?.tab).toEqual({ handoff: 'new', key: 'K' });
    expect(await page.evaluate(() => history.state)).toEqual({ mine: 1 });
  });
});

describe('with a session in the tab', () => {
  test('the next page goes on with it', async () => {
    const { page } = await open('/#ridealong=1.hand.K');
    await started(page);
    await page.goto(`${shop.origin}/cart`);
    expect((await started(page))?.tab).toEqual({ handoff: 'hand', key: 'K' });
  });

  test('what is no session is left alone', async () => {
    const { page, faults } = await open('/', () => sessionStorage.setItem('ridealong', '{broken'));
    await dormant(page);
    expect(faults).toEqual([]);
  });
});

describe('on a page that', () => {
  test('forbids storage, the session begins', async () => {
    const { page, faults } = await open('/#ridealong=1.hand.K', () => {
      Object.defineProperty(window, 'sessionStorage', {
        get: () => {
          throw new DOMException('no', 'SecurityError');
        },
      });
    });
    expect((await started(page))?.tab.handoff).toBe('hand');
    expect(faults).toEqual([]);
  });

  test.each([
    ["script-src 'nonce-n' 'strict-dynamic'; require-trusted-types-for 'script'; trusted-types 'none'"],
    ["default-src 'self'; script-src 'nonce-n' RELAY; require-trusted-types-for 'script'"],
  ])('has the policy %s, it runs', async (strict) => {
    policy = strict;
    const { page, faults } = await open('/#ridealong=1.hand.K');
    expect((await started(page))?.tab.handoff).toBe('hand');
    expect(faults).toEqual([]);
  });

  test('is prerendered, it waits until somebody looks', async () => {
    const { page } = await open('/#ridealong=1.hand.K', () => {
      Object.defineProperty(document, 'prerendering', { value: true, configurable: true });
    });
    await dormant(page);
    expect(await router(page)).toContain('ridealong');
    await page.evaluate(() => document.dispatchEvent(new Event('prerenderingchange')));
    expect((await started(page))?.tab.handoff).toBe('hand');
  });
});

test('a recorder that cannot be loaded disturbs nobody', async () => {
  await context.route('**/recorder.*.js', (route) => route.abort());
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  await page.goto(`${shop.origin}/#ridealong=1.hand.K`);
  await page.waitForTimeout(300);
  expect(faults).toEqual([]);
});
