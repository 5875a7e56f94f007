// The panels under the picture, in the built app: what they show of a visit, by hand and by keyboard, and that nothing of the page's becomes
// more than text.

import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { LiveEvent } from '../../src/live/facts.ts';
import { batch, entry } from '../../src/telemetry/entries-of-tests.ts';
import type { Batch } from '../../src/telemetry/model.ts';
import type { Moment } from '../../src/telemetry/rows.ts';
import { wrongFor } from './axe.ts';
import { agent, ago, customer, ENVIRONMENT, ID, ME, SECRET, session } from './cast.ts';
import { AppPage, launch, type Site, serveApp } from './site.ts';
import { hostile, visit } from './telemetry-fixture.ts';

let site: Site;
let browser: Browser;
let app: AppPage;

declare global {
  interface Window {
    jumped?: Moment[];
    hurt?: number;
  }
}

beforeAll(async () => {
  const marked = serveApp(undefined, '<meta name="ridealong-e2e" content="1">');
  [site, browser] = await Promise.all([marked, launch()]);
});
afterAll(async () => {
  await browser.close();
  await site.close();
});
beforeEach(async () => {
  app = await start();
});
afterEach(async () => {
  expect(app.faults).toEqual([]);
  await app.close();
});

const PICTURE: LiveEvent[] = [
  { type: 'presence', participants: [agent, customer] },
  { type: 'link', state: 'ready', at: 1 },
  { type: 'rung', rung: 'direct' },
  { type: 'page', url: 'https://shop.acme.example/checkout', title: 'Checkout – Acme shop' },
  { type: 'viewport', viewport: { width: 1366, height: 768 } },
  { type: 'environment', environment: ENVIRONMENT },
  { type: 'picture', epoch: 1 },
];

async function start(look: { width?: number; height?: number; dark?: boolean } = {}): Promise<AppPage> {
  const page = await AppPage.open(browser, site.origin, look);
  return page
    .on('GET /api/me', { body: ME })
    .on('GET /api/sessions', { body: { sessions: [] } })
    .on(`GET /api/sessions/${ID}`, {
      body: session({ state: 'live', createdAt: ago(7), participants: [agent, customer] }),
    });
}

async function open(panel: string, batches: Batch[] = visit(Date.now()), of = app): Promise<void> {
  await of.go(`/s/${ID}?e2e&panel=${panel}#k=${SECRET}`);
  await of.tell(...PICTURE);
  await take(batches, of);
}

async function take(batches: Batch[], of = app): Promise<void> {
  await of.page.waitForFunction(() => window.__ridealong !== undefined);
  await of.page.evaluate((all) => {
    for (const one of all as never[]) window.__ridealong?.telemetry.take(one);
  }, batches as unknown[]);
}

const rows = (name: string) => app.page.getByTestId(name).locator('[role=row][data-index]');
const row = (name: string, text: string | RegExp) => rows(name).filter({ hasText: text }).first();
const focused = () => app.page.evaluate(() => document.activeElement?.textContent ?? '');

describe('the dock', () => {
  test('is closed at first, and its tabs count', async () => {
    await app.go(`/s/${ID}?e2e#k=${SECRET}`);
    await app.tell(...PICTURE);
    await take(visit(Date.now()));
    await app.page.getByTestId('panel-errors').filter({ hasText: '10' }).waitFor();
    expect(await app.page.getByRole('tabpanel').count()).toBe(0);
    expect(await wrongFor(app.page)).toEqual([]);
  });

  test('shortcuts open its panels, the address says which, and Escape closes it', async () => {
    await app.go(`/s/${ID}?e2e#k=${SECRET}`);
    await app.tell(...PICTURE);
    const panels = { C: 'console', N: 'network', X: 'errors', D: 'environment', P: 'performance', E: 'events' };
    for (const [key, panel] of Object.entries(panels)) {
      await app.page.keyboard.press(`Shift+${key}`);
      await app.page.locator(`[data-testid=panel-${panel}][aria-selected=true]`).waitFor();
      expect(new URL(app.page.url()).searchParams.get('panel')).toBe(panel);
    }
    expect(await app.page.getByRole('alertdialog').count()).toBe(0); // Shift+E is not E
    await app.page.keyboard.press('Escape');
    await app.page.getByRole('tabpanel').waitFor({ state: 'detached' });
    expect(new URL(app.page.url()).searchParams.get('panel')).toBeNull();
  });

  test('its height is the agent’s, by keyboard and by pointer, and stays', async () => {
    await open('console');
    const height = async () => (await app.page.getByTestId('dock').boundingBox())?.height ?? 0;
    const before = await height();
    await app.page.getByTestId('dock-handle').focus();
    await app.page.keyboard.press('ArrowUp');
    await app.page.keyboard.press('ArrowUp');
    await expect.poll(height).toBe(before + 48);
    const handle = await app.page.getByTestId('dock-handle').boundingBox();
    const x = (handle?.x ?? 0) + 200;
    const y = (handle?.y ?? 0) + 4;
    await app.page.mouse.move(x, y);
    await app.page.mouse.down();
    await app.page.mouse.move(x, y - 50);
    await app.page.mouse.up();
    await expect.poll(height).toBe(before + 98);
    await app.page.reload();
    await app.tell(...PICTURE);
    await expect.poll(height).toBe(before + 98);
  });

  test('a slash goes to the filter, which is in the address and survives a reload', async () => {
    await open('network');
    await row('network-rows', 'voucher').waitFor();
    await app.page.keyboard.press('/');
    await app.page.keyboard.type('status:none');
    await app.page.getByTestId('panel-empty').filter({ hasText: 'Nothing passes the filter' }).waitFor();
    await app.page.getByTestId('panel-filter').fill('/voucher|intents/');
    await expect.poll(() => rows('network-rows').count()).toBe(2);
    await app.page.reload();
    await app.tell(...PICTURE);
    await take(visit(Date.now()));
    await expect.poll(() => rows('network-rows').count()).toBe(2);
    await app.page.getByTestId('panel-filter').fill('/[/');
    await app.page.getByText('This regular expression is not whole.').waitFor();
  });

  test('new errors are spoken', async () => {
    await open('network', []);
    await take([batch(1, [entry('failure', 5, { name: 'RangeError', message: 'too far' })], { tab: 2 })]);
    await app.page.getByTestId('new-errors').filter({ hasText: 'New error: RangeError: too far' }).waitFor();
  });

  test.each([
    ['console', 'No console output yet'],
    ['network', 'No requests yet'],
    ['errors', 'No errors'],
    ['events', 'No events yet'],
  ])('%s without anything says what would be there', async (panel, words) => {
    await open(panel, []);
    await app.page.getByTestId('panel-empty').filter({ hasText: words }).waitFor();
    expect(await wrongFor(app.page)).toEqual([]);
  });
});

describe('the console', () => {
  test('shows levels, repeats, groups, tables and places', async () => {
    await open('console');
    await row('console-rows', 'heartbeat').filter({ hasText: '88' }).waitFor();
    await app.page.getByTestId('console-rows').evaluate((box) => {
      box.scrollTop = 0;
    });
    await row('console-rows', 'Feature flags').waitFor();
    expect(await rows('console-rows').filter({ hasText: 'giftWrap' }).count()).toBe(0);
    await row('console-rows', 'Feature flags').getByRole('button', { name: 'Group' }).click();
    await row('console-rows', 'giftWrap').waitFor();
    expect(await row('console-rows', 'TENT-2P').locator('table td').first().textContent()).toBe("'TENT-2P'");
    await row('console-rows', 'prices:').getByRole('button', { name: 'Stack' }).click();
    await row('console-rows', 'prices:').locator('.t-stack', { hasText: 'applyVoucher' }).waitFor();
    expect(await row('console-rows', 'prices:').locator('.c-where').textContent()).toBe('app-4f2c91d0.js:1');
    expect(await wrongFor(app.page)).toEqual([]);
  });

  test('values open, masked ones stay dots and say so', async () => {
    await open('console');
    await app.page.getByTestId('panel-filter').fill('restored');
    const line = row('console-rows', 'restored');
    await line.locator('.v-toggle').first().click();
    await line.locator('.v-toggle', { hasText: 'customer' }).click();
    const dots = line.locator('.v-masked').first();
    await dots.filter({ hasText: '••••••' }).waitFor();
    expect(await dots.getAttribute('title')).toBe('Masked in the customer’s browser: 11 characters');
    await line.locator('.v-toggle').first().click();
    await dots.waitFor({ state: 'detached' });
  });

  test('of %c only plain styles are taken', async () => {
    await open('console');
    await app.page.getByTestId('panel-filter').fill('build');
    const style = await row('console-rows', 'Acme shop').locator('[style*=background]').getAttribute('style');
    expect(style).toContain('font-weight: bold');
    expect(style).not.toMatch(/padding|url/);
  });

  test('levels can be put away', async () => {
    await open('console');
    await row('console-rows', 'heartbeat').waitFor();
    await app.page.getByRole('button', { name: /^Info/ }).click();
    await row('console-rows', 'heartbeat').waitFor({ state: 'detached' });
    await row('console-rows', 'voucher:').waitFor();
  });

  test('stays at the newest until one scrolls up, and comes back by a button', async () => {
    const lines = (from: number) =>
      batch(
        from,
        Array.from({ length: 200 }, (_, i) => entry('console', from + i, { values: [[5, `line ${from + i}.`, 0]] })),
        { tab: 2 },
      );
    await open('console', [lines(1)]);
    await row('console-rows', 'line 200.').waitFor();
    await take([lines(201)]);
    await row('console-rows', 'line 400.').waitFor();
    await app.page.getByTestId('console-rows').hover();
    await app.page.mouse.wheel(0, -600);
    await app.page.getByTestId('newest').waitFor();
    await take([lines(401)]);
    await expect.poll(() => app.page.evaluate(() => window.__ridealong?.telemetry.console.length)).toBe(600);
    expect(await row('console-rows', 'line 600.').count()).toBe(0);
    await app.page.getByTestId('newest').click();
    await row('console-rows', 'line 600.').waitFor();
  });

  test('clearing hides what is older, and only that', async () => {
    await open('console');
    await row('console-rows', 'heartbeat').waitFor();
    await app.page.getByRole('button', { name: /^Clear/ }).click();
    await app.page.getByTestId('panel-empty').waitFor();
    await take([batch(99, [entry('console', 9000, { values: [[5, 'after', 0]] })], { tab: 2, epoch: 2 })]);
    await row('console-rows', 'after').waitFor();
  });
});

describe('the network', () => {
  test('says in words how each stands', async () => {
    await open('network');
    await app.page.getByTestId('dock-handle').focus();
    await app.page.keyboard.press('End');
    const status = (name: string) => row('network-rows', name).locator('.n-status').textContent();
    await row('network-rows', 'voucher').waitFor();
    expect(await status('voucher')).toBe('422');
    expect(await status('intents')).toBe('failed: network, or CORS');
    expect(await status('recommendations')).toBe('aborted by the page');
    expect(await status('summary')).toBe('cut off by navigation');
    expect(await status('t.js')).toBe('not told');
    await row('network-rows', '12 entries did not arrive').waitFor();
    expect(await row('network-rows', 'voucher').getAttribute('class')).toContain('failed');
    expect(await wrongFor(app.page)).toEqual([]);
  });

  test('by keyboard: arrows, Enter for the detail, its tabs, Escape', async () => {
    await open('network');
    await row('network-rows', 'checkout').waitFor();
    await app.page.getByRole('tabpanel').focus();
    await app.page.keyboard.press('ArrowDown');
    expect(await focused()).toContain('checkout');
    await app.page.keyboard.press('ArrowDown');
    await expect.poll(focused).toContain('app-4f2c91d0.js');
    await app.page.keyboard.press('End');
    await expect.poll(focused).toContain('did not arrive');
    await app.page.keyboard.press('Home');
    await expect.poll(focused).toContain('checkout');
    await app.page.keyboard.press('Enter');
    const detail = app.page.getByTestId('network-detail');
    await detail.filter({ hasText: 'https://shop.acme.example/checkout' }).waitFor();
    await detail.getByRole('tab', { name: 'Headers' }).focus();
    await app.page.keyboard.press('ArrowRight');
    await detail.filter({ hasText: 'Waiting for the answer' }).waitFor();
    expect(await wrongFor(app.page)).toEqual([]);
    await app.page.keyboard.press('Escape');
    await detail.waitFor({ state: 'detached' });
    await app.page.getByRole('tabpanel').waitFor();
  });

  test('the detail has what was sent, what came, and what was masked', async () => {
    await open('network');
    await row('network-rows', 'voucher').getByRole('button', { name: 'voucher' }).click();
    const detail = app.page.getByTestId('network-detail');
    await detail.locator('dt', { hasText: 'authorization' }).waitFor();
    expect(
      await detail
        .locator('div', { has: app.page.locator('dt', { hasText: 'set-cookie' }) })
        .locator('.v-masked')
        .count(),
    ).toBeGreaterThan(0);
    await detail.getByRole('tab', { name: 'Payload' }).click();
    await detail.locator('pre', { hasText: '"cart": "crt_8812"' }).waitFor();
    await detail.getByRole('tab', { name: 'Response' }).click();
    await detail.locator('pre', { hasText: 'voucher_refused' }).waitFor();
    await detail.getByRole('tab', { name: 'Headers' }).click();
    await detail.getByRole('button', { name: 'cURL' }).click();
    await expect
      .poll(() => app.page.evaluate(() => navigator.clipboard.readText()))
      .toContain("curl --globoff --url 'https://shop.acme.example/api/cart/crt_8812/voucher'");
  });

  test('a socket has its messages', async () => {
    await open('network');
    await row('network-rows', 'stock').getByRole('button', { name: 'stock' }).click();
    const detail = app.page.getByTestId('network-detail');
    await detail.getByRole('tab', { name: 'Messages' }).click();
    expect(await detail.locator('.t-talk li').count()).toBe(4);
    await detail.getByText('1,840 messages were left out within 1.00 s').waitFor();
    await detail.getByText('Binary: not a text').waitFor();
  });

  test('types, status and columns choose and order', async () => {
    await open('network');
    await row('network-rows', 'checkout').waitFor();
    await app.page.getByRole('button', { name: 'WS', exact: true }).click();
    await expect.poll(() => rows('network-rows').count()).toBe(1);
    await app.page.getByRole('button', { name: 'All', exact: true }).click();
    await app.page.getByLabel('Status').selectOption('failed');
    await expect.poll(() => rows('network-rows').count()).toBe(5);
    await app.page.getByLabel('Status').selectOption('all');
    await app.page.getByRole('button', { name: 'Size', exact: true }).click();
    await app.page.getByRole('button', { name: 'Size', exact: true }).click();
    await app.page.locator('[role=columnheader][aria-sort=descending]', { hasText: 'Size' }).waitFor();
    await expect.poll(() => rows('network-rows').first().textContent()).toContain('app-4f2c91d0.js');
  });

  test('what the filter shows is saved as an archive', async () => {
    await open('network');
    await app.page.getByTestId('panel-filter').fill('voucher');
    await expect.poll(() => rows('network-rows').count()).toBe(1);
    const [download] = await Promise.all([app.page.waitForEvent('download'), app.page.getByTestId('har').click()]);
    const stream = await download.createReadStream();
    const parts: Buffer[] = [];
    for await (const part of stream) parts.push(part as Buffer);
    const { log } = JSON.parse(Buffer.concat(parts).toString());
    expect(log.entries).toHaveLength(1);
    expect(log.entries[0].response.status).toBe(422);
  });
});

describe('several tabs', () => {
  test('all of them are shown, or the one in the picture', async () => {
    const said = (tab: number) => batch(1, [entry('console', 5, { values: [[5, `said in ${tab}`, 0]] })], { tab });
    await open('console', [said(2), said(5)]);
    expect(await app.page.getByTestId('one-tab').count()).toBe(0);
    await app.tell(
      { type: 'presence', participants: [agent, customer, { ...customer, id: 'p5', leg: 5 }] },
      { type: 'card', tab: 2, visible: true, lookedAt: 2, card: null },
      { type: 'card', tab: 5, visible: false, lookedAt: 1, card: null },
      { type: 'show', tab: 5, pinned: true },
    );
    await expect.poll(() => rows('console-rows').count()).toBe(2);
    await app.page.getByTestId('one-tab').click();
    await expect.poll(() => rows('console-rows').count()).toBe(1);
    await row('console-rows', 'said in 5').waitFor();
    expect(await wrongFor(app.page)).toEqual([]);
  });
});

describe('the other panels', () => {
  test('errors are listed once, with count, stack and cause', async () => {
    await open('errors');
    await row('error-rows', 'TypeError').filter({ hasText: '× 4' }).waitFor();
    expect(await rows('error-rows').count()).toBe(7);
    await row('error-rows', 'TypeError').getByRole('button').first().click();
    const detail = app.page.getByTestId('error-detail');
    await detail.locator('.t-stack li', { hasText: 'HTMLFormElement.onSubmit' }).waitFor();
    await detail.getByText('Caused by').waitFor();
    await detail.getByText('VoucherError: the server answered 422').waitFor();
    expect(await wrongFor(app.page)).toEqual([]);
  });

  test('stacks are shown as in the sources where these are known', async () => {
    await open('errors');
    await app.page.evaluate(() => {
      const { telemetry } = window.__ridealong ?? {};
      if (telemetry)
        telemetry.resolver.value = async (frame) =>
          frame.column === 48213
            ? {
                fn: 'applyVoucher',
                url: 'src/cart/voucher.ts',
                line: 42,
                column: 9,
                context: ['a', 'return cart.discount;', 'b'],
              }
            : null;
    });
    await row('error-rows', 'TypeError').getByRole('button').first().click();
    const detail = app.page.getByTestId('error-detail');
    await detail.locator('.t-stack li', { hasText: 'voucher.ts:42:9' }).waitFor();
    expect(await detail.locator('.t-context .here').textContent()).toContain('42return cart.discount;');
  });

  test('the environment has groups, and its changes with their times', async () => {
    await open('environment');
    const panel = app.page.getByTestId('environment');
    await panel.locator('section', { hasText: 'Colour scheme' }).waitFor();
    await panel.getByTestId('environment-changes').filter({ hasText: 'Online: No' }).waitFor();
    const connection = panel.locator('.t-facts > div', { hasText: 'Connection' }).locator('dd');
    expect(await connection.textContent()).toBe('4g, 3.1 Mbit/s');
    expect(await wrongFor(app.page)).toEqual([]);
  });

  test('performance has vitals, charts and long tasks', async () => {
    await open('performance');
    const panel = app.page.getByTestId('performance');
    await panel
      .locator('.f-vital', { hasText: 'INP' })
      .filter({ hasText: '612 ms' })
      .filter({ hasText: 'Poor' })
      .waitFor();
    await panel
      .getByRole('img', { name: /^Frames per second: now \d+, lowest \d+, highest \d+$/ })
      .locator('canvas')
      .waitFor();
    await row('task-rows', '572 ms').filter({ hasText: 'app-4f2c91d0.js:1 410 ms' }).waitFor();
    expect(await wrongFor(app.page)).toEqual([]);
  });

  test('events say what happened to what', async () => {
    await open('events');
    await row('event-rows', 'Rage clicks')
      .filter({ hasText: '× 6' })
      .filter({ hasText: 'Continue to payment' })
      .waitFor();
    await row('event-rows', 'checkout_blocked').filter({ hasText: 'step: payment, items: 3' }).waitFor();
    expect(await wrongFor(app.page)).toEqual([]);
  });
});

describe('one timeline', () => {
  test('a row’s moment marks what was near it in the other panels', async () => {
    await open('errors');
    await row('error-rows', 'TypeError').click();
    await app.page.getByTestId('panel-network').click();
    await expect.poll(async () => (await row('network-rows', 'voucher').getAttribute('class')) ?? '').toContain('near');
    expect(await row('network-rows', 'session').getAttribute('class')).not.toContain('near');
    await app.page.getByTestId('panel-console').click();
    await expect
      .poll(async () => (await row('console-rows', 'VoucherError').getAttribute('class')) ?? '')
      .toContain('near');
  });

  test('J shows the page at the moment, where that can be done', async () => {
    await open('events');
    await row('event-rows', 'Clicked').waitFor();
    await app.page.evaluate(() => {
      const { telemetry } = window.__ridealong ?? {};
      if (telemetry) telemetry.jump.value = null;
    });
    await expect.poll(() => app.page.locator('.t-jump').count()).toBe(0);
    await app.page.evaluate(() => {
      const { telemetry } = window.__ridealong ?? {};
      window.jumped = [];
      if (telemetry) telemetry.jump.value = (moment) => window.jumped?.push(moment);
    });
    await row('event-rows', 'Clicked').click();
    await row('event-rows', 'Clicked').focus();
    await app.page.keyboard.press('j');
    await row('event-rows', 'Sent a form').hover();
    await row('event-rows', 'Sent a form').getByRole('button', { name: 'Show the page at this moment' }).click();
    expect(await app.page.evaluate(() => window.jumped)).toEqual([
      { tab: 2, epoch: 1, at: 38_100 },
      { tab: 2, epoch: 1, at: 38_150 },
    ]);
  });
});

describe('what a hostile page tells', () => {
  test.each(['console', 'network', 'errors', 'environment', 'performance', 'events'])(
    'is text in %s',
    async (panel) => {
      await open(panel, [hostile(), ...visit(Date.now())]);
      await app.tell({ type: 'show', tab: 7, pinned: true });
      await app.page.getByRole('tabpanel').locator('[role=grid], section').first().waitFor();
      for (const one of await app.page.locator('.e-title, .n-open').all()) {
        await one.click({ timeout: 2000 }).catch(() => undefined);
        break;
      }
      const grid = app.page.getByRole('tabpanel');
      expect(await grid.locator('img:not([role]), script, iframe').count()).toBe(0);
      expect(await grid.locator('a[href^="javascript"]').count()).toBe(0);
      expect(await app.page.evaluate(() => window.hurt)).toBeUndefined();
      expect(await app.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    },
  );
});

describe('100,000 rows', () => {
  test('keep fewer than 200 in the document while one scrolls', async () => {
    await open('console', []);
    await app.page.evaluate(() => {
      const all = Array.from({ length: 100_000 }, (_, i) => ({
        type: 'console' as const,
        n: i + 1,
        at: i * 10,
        method: i % 50 === 0 ? 3 : 0,
        depth: 0,
        values: [[5, `line ${i}: ${'words '.repeat(i % 7)}`, 0] as const],
        stack: '',
        where: 'https://shop.acme.example/assets/app.js:1:2',
      }));
      window.__ridealong?.telemetry.take({
        tab: 2,
        epoch: 1,
        time: 0,
        at: Date.now(),
        first: 1,
        count: all.length,
        entries: all,
      });
    });
    await row('console-rows', 'line 99999').waitFor();
    const protocol = await app.context.newCDPSession(app.page);
    await protocol.send('Performance.enable');
    const spent = async () => {
      const { metrics } = await protocol.send('Performance.getMetrics');
      return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
    };
    const before = await spent();
    const most = await app.page.getByTestId('console-rows').evaluate(async (box) => {
      let most = 0;
      for (let i = 0; i < 60; i++) {
        box.scrollTop = i % 2 === 0 ? Math.random() * box.scrollHeight : box.scrollTop + 700;
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
        most = Math.max(most, box.querySelectorAll('[role=row]').length);
      }
      return most;
    });
    const after = await spent();
    const perFrame = (name: string) => ((((after[name] ?? 0) - (before[name] ?? 0)) * 1000) / 60).toFixed(2);
    const figures = ['ScriptDuration', 'LayoutDuration', 'RecalcStyleDuration', 'TaskDuration'];
    console.log(
      `100,000 rows, ms per frame: ${figures.map((name) => `${name} ${perFrame(name)}`).join(', ')}; rows ${most}`,
    );
    expect(most).toBeGreaterThan(10);
    expect(most).toBeLessThan(200);
    expect(await app.page.getByTestId('console-rows').getAttribute('aria-rowcount')).toBe('100000');
    await app.page.getByTestId('panel-filter').fill('line 77777');
    await expect.poll(() => rows('console-rows').count()).toBe(1);
  });
});

describe('small and dark', () => {
  test.each(['console', 'network', 'errors', 'environment', 'performance', 'events'])('%s at 390 px', async (panel) => {
    const small = await start({ width: 390, height: 844, dark: true });
    await open(panel, visit(Date.now()), small);
    await small.page.getByRole('tabpanel').locator('[role=grid], section').first().waitFor();
    expect(await wrongFor(small.page)).toEqual([]);
    expect(await small.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    expect(small.faults).toEqual([]);
    await small.close();
  });
});
