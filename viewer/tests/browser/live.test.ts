// The live view in the built app: every screen, the bar, the panels, the shortcuts. The transport is the tests' own.

import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Participant } from '../../src/api/types.ts';
import type { LiveEvent } from '../../src/live/facts.ts';
import { wrongFor } from './axe.ts';
import { agent, ago, bo, CODE, customer, ENVIRONMENT, ID, ME, SECRET, session } from './cast.ts';
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
  app = prepare(await AppPage.open(browser, site.origin));
});
afterEach(async () => {
  expect(app.faults).toEqual([]);
  await app.close();
});

function prepare(page: AppPage): AppPage {
  return page
    .on('GET /api/me', { body: ME })
    .on('GET /api/sessions', { body: { sessions: [] } })
    .on(`GET /api/sessions/${ID}`, {
      body: session({ state: 'live', createdAt: ago(7), participants: [agent, customer] }),
    })
    .on(`POST /api/sessions/${ID}/code`, { body: CODE })
    .on(`POST /api/sessions/${ID}/end`, {});
}

const PICTURE: LiveEvent[] = [
  { type: 'presence', participants: [agent, customer, bo] },
  { type: 'link', state: 'ready', at: 1 },
  { type: 'rung', rung: 'fallback' },
  { type: 'page', url: 'https://shop.acme.example/checkout', title: 'Checkout – Acme shop' },
  { type: 'viewport', viewport: { width: 1366, height: 768 } },
  { type: 'environment', environment: ENVIRONMENT },
  { type: 'picture', epoch: 1 },
];

async function open(...events: LiveEvent[]): Promise<void> {
  await app.go(`/s/${ID}#k=${SECRET}`);
  await app.tell(...events);
}

async function screen(kind: string): Promise<void> {
  await app.page.locator(`[data-testid=live][data-screen=${kind}]`).waitFor();
}

const standing = () => app.page.getByTestId('stage').getAttribute('data-standing');

describe('every screen', () => {
  const pending = session();
  const TABLE: [string, LiveEvent[], string | null, string][] = [
    ['linking', [{ type: 'link', state: 'proving', at: 1 }], 'Connecting to the customer…', 'hidden'],
    ['compare', [{ type: 'digits', digits: '480219' }], 'Read this number to the customer', 'hidden'],
    ['live', PICTURE, null, 'shown'],
    [
      'navigating',
      [...PICTURE, { type: 'leaving', reason: 'navigate', at: Date.now() }],
      'opening the next page…',
      'dimmed',
    ],
    [
      'lost',
      [...PICTURE, { type: 'link', state: 'closed', at: Date.now() - 9000 }],
      'Lost contact with the customer',
      'dimmed',
    ],
    ['paused', [...PICTURE, { type: 'leaving', reason: 'pause', at: 1 }], 'Paused by the customer', 'hidden'],
    ['left', [...PICTURE, { type: 'leaving', reason: 'stop', at: 1 }], 'The customer stopped sharing', 'hidden'],
    ['ended', [...PICTURE, { type: 'ended', reason: 'customer', at: Date.now() }], 'The customer stopped it', 'hidden'],
    [
      'tampered',
      [...PICTURE, { type: 'ended', reason: 'tampered', at: 1 }],
      'somebody tampered with the connection',
      'hidden',
    ],
    ['superseded', [...PICTURE, { type: 'refused', name: 'superseded', message: '' }], 'somewhere else', 'hidden'],
    [
      'refused',
      [...PICTURE, { type: 'refused', name: 'bad-version', message: 'This page is out of date. Reload it.' }],
      'This page is out of date.',
      'hidden',
    ],
  ];
  test.each(TABLE)('%s', async (kind, events, says, stage) => {
    await open(...events);
    await screen(kind);
    if (says) await app.page.getByTestId(`screen-${kind}`).filter({ hasText: says }).waitFor();
    expect(await standing()).toBe(stage);
    expect(await wrongFor(app.page)).toEqual([]);
  });

  test('waiting, with the link, the QR code and the steps', async () => {
    app.on(`GET /api/sessions/${ID}`, { body: pending });
    await open();
    await screen('waiting');
    expect(await app.page.getByTestId('customer-link').inputValue()).toBe(`${site.origin}/j#1.${SECRET}`);
    expect(await app.page.getByTestId('qr').locator('path').getAttribute('d')).toMatch(/^M3 3h7v1H3z/);
    await app.page.getByTestId('get-code').click();
    expect(await app.page.getByTestId('code').textContent()).toBe(CODE.code);
    const mail = await app.page.getByTestId('mail-link').getAttribute('href');
    expect(decodeURIComponent(mail ?? '')).toContain(`/j#1.${SECRET}`);
    expect(await wrongFor(app.page)).toEqual([]);
    app.on(`GET /api/sessions/${ID}`, { body: session({ state: 'claimed' }) });
    await screen('opening'); // by asking again, also without a word on the socket
    expect(await wrongFor(app.page)).toEqual([]);
  });

  test('no key: the digits are a way on, and the transport gets no secret', async () => {
    app.on(`GET /api/sessions/${ID}`, { body: pending });
    await app.go(`/s/${ID}`);
    await screen('no-key');
    expect(await wrongFor(app.page)).toEqual([]);
    expect(await app.page.evaluate(() => window.fake)).toBeUndefined();
    await app.page.getByTestId('go-on').click();
    await screen('waiting');
    expect(await app.page.evaluate(() => window.fake?.opened)).toEqual([{ session: ID, secret: null }]);
    expect(await app.page.getByTestId('customer-link').count()).toBe(0);
  });

  test('missing', async () => {
    app.on(`GET /api/sessions/${ID}`, { status: 404, body: {} });
    await app.go(`/s/${ID}`);
    await screen('missing');
    expect(await wrongFor(app.page)).toEqual([]);
  });

  test('a problem, and trying again', async () => {
    app.on(`GET /api/sessions/${ID}`, { status: 500, body: {} });
    await app.go(`/s/${ID}#k=${SECRET}`);
    await screen('problem');
    expect(await wrongFor(app.page)).toEqual([]);
    app.on(`GET /api/sessions/${ID}`, { body: pending });
    await app.page.getByRole('button', { name: 'Try again' }).click();
    await screen('waiting');
  });

  test('signed out in the middle: sign in and come back', async () => {
    await open(...PICTURE);
    app.on('POST /api/login', { body: { account: ME.account } });
    await app.page.evaluate(() =>
      window.fake?.dispatch({
        type: 'problem',
        problem: { code: 'signed-out', status: 401, message: '', retryAfter: 0, name: '' },
      }),
    );
    await screen('signed-out');
    expect(await app.page.evaluate(() => window.fake?.closed)).toBe(1);
    await app.page.getByRole('button', { name: 'Sign in and come back' }).click();
    await app.page.getByLabel('E-mail').fill('a@b.example');
    await app.page.getByLabel('Password').fill('x');
    await app.page.keyboard.press('Enter');
    await app.page.waitForFunction(() => window.fake?.opened.length === 2);
    await app.tell(...PICTURE);
    await screen('live');
  });

  test('a session that ended before is not opened', async () => {
    app.on(`GET /api/sessions/${ID}`, { body: session({ state: 'ended', endReason: 'agent', endedAt: ago(1) }) });
    await app.go(`/s/${ID}#k=${SECRET}`);
    await screen('ended');
    expect(await app.page.evaluate(() => window.fake)).toBeUndefined();
  });
});

describe('the bar', () => {
  test('says where, how, who and for how long', async () => {
    await open(...PICTURE);
    const { page } = app;
    await page.evaluate(() => {
      if (window.fake) window.fake.stats = { ...window.fake.stats, roundTrip: 41.6, mismatches: 2, bytes: 84_213 };
    });
    expect(await page.getByTestId('page-title').textContent()).toBe('Checkout – Acme shop');
    expect(await page.getByTestId('page-url').textContent()).toBe('shop.acme.example/checkout');
    expect(await page.getByTestId('viewport').textContent()).toBe('1366 × 768');
    expect(await page.getByTestId('elapsed').textContent()).toMatch(/7:\d\d$/);
    expect(await page.title()).toBe('● Checkout – Acme shop · Ridealong');
    await page.getByTestId('rung').filter({ hasText: 'Through server' }).filter({ hasText: '42 ms' }).waitFor();
    await app.tell({ type: 'rung', rung: 'direct' });
    await page.getByTestId('rung').filter({ hasText: 'Direct' }).waitFor();
    await page.getByTestId('people').click();
    expect(await page.getByTestId('people-list').locator('li').allTextContents()).toEqual([
      expect.stringContaining('Ana Silva'),
      expect.stringContaining('Customer'),
      expect.stringContaining('Bo Lindqvist'),
    ]);
    await page.keyboard.press('Escape');
    await page.getByTestId('stats-button').click();
    const stats = await page.getByTestId('stats').textContent();
    expect(stats).toContain('82.2 KiB');
    expect(stats).toContain('Hash mismatches2');
    expect(await wrongFor(page)).toEqual([]);
  });

  test('the rung explains itself on focus', async () => {
    await open(...PICTURE);
    await app.page.keyboard.press('Tab');
    await app.page.getByTestId('rung').focus();
    await app.page.locator('.tip').filter({ hasText: 'The server cannot read it.' }).waitFor();
    await app.page.keyboard.press('Escape');
    await app.page.locator('.tip').waitFor({ state: 'detached' });
  });

  test('End asks first, tells the server, and says that it is over', async () => {
    await open(...PICTURE);
    await app.page.getByTestId('end').click();
    await app.page.getByRole('alertdialog').waitFor();
    expect(await app.page.evaluate(() => document.activeElement?.textContent)).toBe('Cancel');
    expect(await wrongFor(app.page)).toEqual([]);
    await app.page.keyboard.press('Escape');
    await app.page.getByRole('alertdialog').waitFor({ state: 'detached' });
    expect(app.asked.some((one) => one.path.endsWith('/end'))).toBe(false);
    await app.page.keyboard.press('e');
    await app.page.getByTestId('end-confirm-yes').click();
    await screen('ended');
    expect(app.asked.filter((one) => one.path.endsWith('/end'))).toHaveLength(1);
    expect(await app.page.evaluate(() => window.fake?.closed)).toBe(1);
    expect(await app.page.evaluate((id) => sessionStorage.getItem(`ridealong.secret.${id}`), ID)).toBeNull();
  });

  test('an End that fails says so and leaves everything on', async () => {
    app.on(`POST /api/sessions/${ID}/end`, { status: 500, body: {} });
    await open(...PICTURE);
    await app.page.keyboard.press('e');
    await app.page.getByTestId('end-confirm-yes').click();
    await app.page.getByText('The server met an error.').waitFor();
    await screen('live');
  });

  test('a colleague who may not end it leaves', async () => {
    app.on('GET /api/me', { body: { ...ME, account: { ...ME.account, id: 'a9', role: 'agent' } } });
    await open(...PICTURE);
    expect(await app.page.getByTestId('end').textContent()).toBe('Leave');
    await app.page.getByTestId('end').click();
    await app.page.getByTestId('empty').waitFor();
    expect(app.asked.some((one) => one.path.endsWith('/end'))).toBe(false);
    expect(await app.page.evaluate(() => window.fake?.closed)).toBe(1);
  });
});

describe('the stage', () => {
  test('is fitted without distortion, and Z shows the actual size', async () => {
    await open(...PICTURE);
    const fitted = await app.page.getByTestId('stage').boundingBox();
    expect(fitted?.width).toBeLessThan(1280);
    expect((fitted?.width ?? 0) / (fitted?.height ?? 1)).toBeCloseTo(1366 / 768, 1);
    await app.page.keyboard.press('z');
    await app.page.waitForFunction(
      () => document.querySelector('[data-testid=stage]')?.getBoundingClientRect().width === 1366,
    );
    expect(await wrongFor(app.page)).toEqual([]);
  });

  test('is built once: screens come and go around it', async () => {
    await open(...PICTURE);
    await app.tell({ type: 'leaving', reason: 'navigate', at: 1 }, { type: 'picture', epoch: 2 });
    await app.tell({ type: 'link', state: 'closed', at: 1 }, { type: 'link', state: 'ready', at: 2 });
    await screen('live');
    expect(await app.page.evaluate(() => window.fake?.opened.length)).toBe(1);
    expect(await app.page.locator('.stage-host svg').count()).toBe(1);
  });
});

describe('several tabs of the customer', () => {
  const second: Participant = { ...customer, id: 'p5', leg: 5 };
  const third: Participant = { ...customer, id: 'p6', leg: 6, here: false };
  const card = (tab: number, visible: boolean, lookedAt: number, url: string, title: string): LiveEvent => ({
    type: 'card',
    tab,
    visible,
    lookedAt,
    card: { url, title },
  });
  const TABS: LiveEvent[] = [
    { type: 'presence', participants: [agent, customer, bo, second, third] },
    card(2, false, 1, 'https://shop.acme.example/checkout', 'Checkout – Acme shop'),
    card(5, true, 2, 'https://shop.acme.example/orders/4711', 'Your order 4711, and how to send it back – Acme shop'),
    card(6, false, 0, 'https://shop.acme.example/', ''),
    { type: 'show', tab: 5, pinned: false },
    ...PICTURE.slice(1).map((event) => ({ ...event, tab: 5 }) as LiveEvent),
  ];
  const strip = () =>
    app.page
      .getByTestId('tab')
      .evaluateAll((tabs) =>
        tabs.map((tab) => [tab.textContent, tab.getAttribute('data-state'), tab.getAttribute('aria-current')]),
      );

  test('one tab has no strip', async () => {
    await open(...PICTURE);
    expect(await app.page.getByTestId('tabs').count()).toBe(0);
  });

  test('the strip says what each is, and turns to one; the customer is one person', async () => {
    await open(...TABS);
    await screen('live');
    expect(await strip()).toEqual([
      ['Checkout – Acme shop, In the background', 'open', null],
      ['Your order 4711, and how to send it back – Acme shop, The customer is here', 'here', 'true'],
      ['shop.acme.example, Closed, or opening a page', 'away', null],
    ]);
    expect(await app.page.getByTestId('people').textContent()).toBe('3');
    expect(await wrongFor(app.page)).toEqual([]);
    await app.page.getByTestId('tab').first().click();
    expect(await app.page.evaluate(() => window.fake?.turned)).toEqual([2]);
    await app.tell({ type: 'show', tab: 2, pinned: true });
    expect((await strip()).map(([, , current]) => current)).toEqual(['true', null, null]);
    await app.page
      .getByTestId('follow')
      .filter({ hasText: /^Follow$/ })
      .click();
    expect(await app.page.evaluate(() => window.fake?.turned)).toEqual([2, null]);
    expect(await wrongFor(app.page)).toEqual([]);
  });

  test('keys: T turns to the next, W follows again', async () => {
    await open(...TABS);
    await app.page.keyboard.press('t');
    await app.page.keyboard.press('w');
    expect(await app.page.evaluate(() => window.fake?.turned)).toEqual([6, null]);
  });

  test('titles of the customer’s are text', async () => {
    await open(...TABS, card(2, false, 1, 'https://x/', '<img src=x onerror=alert(1)>'));
    expect((await strip())[0]?.[0]).toContain('<img src=x');
    expect(await app.page.getByTestId('tabs').locator('img').count()).toBe(0);
  });

  test('closed ones go, and with the last but one the strip', async () => {
    await open(...TABS, { type: 'tab-closed', tab: 6 });
    expect((await strip()).length).toBe(2);
    await app.tell({ type: 'tab-closed', tab: 2 });
    await app.page.getByTestId('tabs').waitFor({ state: 'detached' });
    await screen('live');
  });

  test.each([
    [1280, 800, false],
    [1280, 800, true],
    [390, 844, false],
    [390, 844, true],
  ])('fits %d × %d, dark: %s', async (width, height, dark) => {
    const small = prepare(await AppPage.open(browser, site.origin, { width, height, dark }));
    await small.go(`/s/${ID}#k=${SECRET}`);
    await small.tell(...TABS);
    await small.page.getByTestId('tabs').waitFor();
    expect(await wrongFor(small.page)).toEqual([]);
    expect(await small.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    expect(
      await small.page
        .getByTestId('tab')
        .nth(1)
        .evaluate((tab) => tab.getBoundingClientRect().left >= 0),
    ).toBe(true);
    if (process.env.SHOTS)
      await small.page.screenshot({ path: `${process.env.SHOTS}/tabs-${width}-${dark ? 'dark' : 'light'}.png` });
    expect(small.faults).toEqual([]);
    await small.close();
  });
});

describe('sharing', () => {
  test('the invite link carries the key to a colleague in the fragment', async () => {
    await open(...PICTURE);
    await app.page.keyboard.press('i');
    const invite = await app.page.getByTestId('invite-link').inputValue();
    expect(invite).toBe(`${site.origin}/s/${ID}#k=${SECRET}`);
    expect(await wrongFor(app.page)).toEqual([]);
    await app.page.getByTestId('copy-invite').click();
    expect(await app.page.evaluate(() => navigator.clipboard.readText())).toBe(invite);
    const colleague = prepare(await AppPage.open(browser, site.origin));
    await colleague.page.goto(invite);
    await colleague.tell(...PICTURE);
    expect(await colleague.page.evaluate(() => window.fake?.opened)).toEqual([{ session: ID, secret: 32 }]);
    expect(colleague.page.url()).toBe(`${site.origin}/s/${ID}`);
    await colleague.close();
  });

  test('a reload keeps the key', async () => {
    await open(...PICTURE);
    await app.page.reload();
    await app.tell(...PICTURE);
    await screen('live');
  });

  test('C says honestly that a used link opens nothing', async () => {
    await open(...PICTURE);
    await app.page.keyboard.press('c');
    await app.page.getByText('The customer’s link was used; it opens nothing more.').waitFor();
  });
});

describe('panels and notices', () => {
  test('the environment opens with D, closes with Escape, and shows markup as text', async () => {
    await open(...PICTURE, {
      type: 'environment',
      environment: { ...ENVIRONMENT, timeZone: '<img src=x onerror=alert(1)>' },
    });
    await app.page.keyboard.press('d');
    const panel = app.page.getByTestId('environment');
    await panel.filter({ hasText: 'Chrome 141' }).filter({ hasText: '<img src=x onerror=alert(1)>' }).waitFor();
    expect(await panel.locator('img').count()).toBe(0);
    expect(await wrongFor(app.page)).toEqual([]);
    await app.page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
  });

  test('the environment shows what the site says of its customer, and each event once, the newest first', async () => {
    const event = (n: number, name: string, data: string): LiveEvent => ({
      type: 'event',
      event: { epoch: 1, n, at: Date.now(), name, data },
    });
    await open(
      ...PICTURE,
      {
        type: 'about',
        about: {
          identity: { name: 'Ada <b>Byron</b>', reference: 'aB3dE5fG7hJ9' },
          metadata: { plan: 'gold', seats: 3, trial: false, nested: {} },
        },
      },
      event(1, 'cart', '{"items":2}'),
      event(2, 'checkout', ''),
      event(1, 'cart', '{"items":2}'),
    );
    await app.page.keyboard.press('d');
    const panel = app.page.getByTestId('environment');
    for (const text of ['Ada <b>Byron</b>', 'aB3dE5fG7hJ9', 'gold', '3', 'false', 'Chrome 141'])
      await panel.locator('dd', { hasText: text }).first().waitFor();
    expect(await panel.getByText('nested').count()).toBe(0);
    const lines = await panel.getByTestId('site-events').locator('li').allTextContents();
    expect(lines.map((line) => line.replace(/^.*?(?=cart|checkout)/, '').trim())).toEqual([
      'checkout',
      'cart items: 2',
    ]);
    expect(await wrongFor(app.page)).toEqual([]);
  });

  test('the environment before it came says so', async () => {
    await open({ type: 'link', state: 'proving', at: 1 });
    await app.page.getByTestId('environment-button').click();
    await app.page.getByText('It has not come yet.').waitFor();
  });

  test('a second claim is told at once, offers the end, and can be dismissed', async () => {
    await open(...PICTURE, { type: 'second-claim', at: Date.now() });
    const notice = app.page.getByTestId('notice-second-claim');
    await notice.filter({ hasText: 'Somebody else tried this link' }).waitFor();
    expect(await notice.getAttribute('role')).toBe('alert');
    expect(await wrongFor(app.page)).toEqual([]);
    await notice.getByRole('button', { name: 'Dismiss' }).click();
    await notice.waitFor({ state: 'detached' });
  });

  test('the server may go while the picture stays', async () => {
    await open(...PICTURE, { type: 'socket', state: 'waiting', at: Date.now() });
    await app.page.getByTestId('notice-server-away').waitFor();
    await screen('live');
    await app.tell({ type: 'socket', state: 'open', at: Date.now() });
    await app.page.getByTestId('notice-server-away').waitFor({ state: 'detached' });
  });

  test('? lists the shortcuts; they sleep while it is open and while somebody types', async () => {
    await open(...PICTURE);
    await app.page.keyboard.press('?');
    const help = app.page.getByTestId('help');
    const panels = ['C', 'N', 'X', 'D', 'P', 'E'].map((key) => `⇧${key}`);
    const keys = await help.locator('dt').allTextContents();
    expect(keys).toEqual(['F', 'Z', 'C', 'I', 'D', ...panels, '/', 'S', 'T', 'W', 'L', 'E', '?']);
    expect(await wrongFor(app.page)).toEqual([]);
    await app.page.keyboard.press('e');
    expect(await app.page.getByRole('alertdialog').count()).toBe(0);
    await app.page.keyboard.press('Escape');
    await help.waitFor({ state: 'detached' });
    await app.page.keyboard.press('e');
    await app.page.getByRole('alertdialog').waitFor();
  });

  test('what changes is spoken', async () => {
    await open(...PICTURE);
    const spoken = app.page.locator('.live > [role=status]');
    await spoken.filter({ hasText: 'Live. The customer’s page is shown.' }).waitFor();
    await app.tell({ type: 'leaving', reason: 'pause', at: 1 });
    await spoken.filter({ hasText: 'Paused by the customer.' }).waitFor();
  });
});

describe('the look for tests', () => {
  const e2e = '<meta name="ridealong-e2e" content="1">';
  test.each([
    ['is not there without the mark', '', '?e2e', false],
    ['is not there without the question', e2e, '', false],
    ['is there with both', e2e, '?e2e', true],
  ])('%s', async (_, head, query, there) => {
    const marked = await serveApp(undefined, head);
    const other = prepare(await AppPage.open(browser, marked.origin));
    await other.go(`/s/${ID}${query}#k=${SECRET}`);
    await other.tell(...PICTURE);
    const seen = await other.page.evaluate(async () =>
      window.__ridealong ? [await window.__ridealong.serialize(), window.__ridealong.rung()] : null,
    );
    expect(seen).toEqual(there ? ['fake', 'fallback'] : null);
    await other.close();
    await marked.close();
  });
});

describe('small and dark', () => {
  test.each([
    ['waiting', [{ type: 'presence', participants: [] }] as LiveEvent[]],
    ['live', PICTURE],
    ['lost', [...PICTURE, { type: 'link', state: 'closed', at: 1 }] as LiveEvent[]],
    ['tampered', [{ type: 'ended', reason: 'tampered', at: 1 }] as LiveEvent[]],
  ])('%s at 390 px', async (kind, events) => {
    const small = prepare(await AppPage.open(browser, site.origin, { width: 390, height: 844, dark: true }));
    if (kind === 'waiting') small.on(`GET /api/sessions/${ID}`, { body: session() });
    await small.go(`/s/${ID}#k=${SECRET}`);
    await small.tell(...events);
    await small.page.locator(`[data-screen=${kind}]`).waitFor();
    expect(await wrongFor(small.page)).toEqual([]);
    expect(await small.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    expect(small.faults).toEqual([]);
    await small.close();
  });
});
