// The sessions list and the New session dialog, in the built app.

import { createHash } from 'node:crypto';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { wrongFor } from './axe.ts';
import { CODE, HELP, ID, LIST, ME, SHOP, session } from './cast.ts';
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
    .on('GET /api/projects', { body: { projects: [SHOP, HELP] } })
    .on('GET /api/sessions', { body: { sessions: LIST } })
    .on('POST /api/sessions', { body: session() })
    .on(`GET /api/sessions/${ID}`, { body: session() })
    .on(`POST /api/sessions/${ID}/code`, { body: CODE });
}

describe('the list', () => {
  test('shows live first, then waiting, then ended, each with what it is', async () => {
    await app.go('/');
    await app.page.getByTestId('sessions').waitFor();
    expect(await app.page.locator('.group h2').allTextContents()).toEqual([
      'Live 2',
      'Waiting for the customer 2',
      'Ended 3',
    ]);
    const first = app.page.getByTestId('session-row').first();
    expect(await first.textContent()).toContain('Ticket 4711, Mrs Okafor');
    expect(await first.textContent()).toContain('Checkout – Acme shop');
    expect(await first.textContent()).toContain('12 min. ago');
    expect(await app.page.title()).toBe('Sessions (2 live) · Ridealong');
  });

  test('asks again by itself, not while nobody looks', async () => {
    await app.page.clock.install();
    await app.go('/');
    await app.page.getByTestId('sessions').waitFor();
    app.on('GET /api/sessions', { body: { sessions: [LIST[0]] } });
    await app.page.clock.runFor(6000);
    await app.page.waitForFunction(() => document.querySelectorAll('[data-testid=session-row]').length === 1);
    await app.page.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
    });
    const asked = app.asked.length;
    await app.page.clock.runFor(30_000);
    expect(app.asked.length).toBe(asked);
    await app.page.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { value: 'visible', configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await app.page.waitForTimeout(100);
    expect(app.asked.length).toBe(asked + 1);
  });

  test('an empty one says what to do', async () => {
    app.on('GET /api/sessions', { body: { sessions: [] } });
    await app.go('/');
    await app.page.getByTestId('empty').getByRole('button', { name: 'New session' }).click();
    await app.page.getByTestId('new-session-dialog').waitFor();
  });

  test('one that cannot be loaded says why, and tries again', async () => {
    app.on('GET /api/sessions', { status: 500, body: { detail: 'the database is locked' } });
    await app.go('/');
    await app.page.getByTestId('list-error').filter({ hasText: 'The database is locked.' }).waitFor();
    app.on('GET /api/sessions', { body: { sessions: LIST } });
    await app.page.getByRole('button', { name: 'Try again' }).click();
    await app.page.getByTestId('sessions').waitFor();
  });

  test('one that gets old stays and says so', async () => {
    await app.page.clock.install();
    await app.go('/');
    await app.page.getByTestId('sessions').waitFor();
    app.on('GET /api/sessions', { status: 503, body: {} });
    await app.page.clock.runFor(6000);
    await app.page.getByTestId('list-stale').waitFor();
    expect(await app.page.getByTestId('session-row').count()).toBe(LIST.length);
  });

  test('while loading there is a skeleton that says so', async () => {
    app.on('GET /api/sessions', async () => {
      await new Promise((resolve) => setTimeout(resolve, 400));
      return { body: { sessions: [] } };
    });
    await app.go('/');
    await app.page.getByTestId('skeleton').waitFor();
    expect(await app.page.getByTestId('skeleton').textContent()).toContain('Loading sessions…');
    await app.page.getByTestId('empty').waitFor();
  });

  test('a sign-out elsewhere leads to the sign-in page', async () => {
    await app.page.clock.install();
    await app.go('/');
    await app.page.getByTestId('sessions').waitFor();
    app.on('GET /api/sessions', { status: 401, body: {} });
    await app.page.clock.runFor(6000);
    await app.page.getByLabel('Password').waitFor();
  });

  test('older sessions come on request', async () => {
    const page = Array.from({ length: 50 }, (_, n) => session({ id: `01N${n}`, state: 'ended', endReason: 'agent' }));
    app.on('GET /api/sessions', ({ url }) =>
      url.searchParams.get('before') === '01N49'
        ? { body: { sessions: [session({ id: '01OLD', state: 'expired', reference: 'The oldest' })] } }
        : { body: { sessions: page } },
    );
    await app.go('/');
    await app.page.getByRole('button', { name: 'Show older sessions' }).click();
    await app.page.getByText('The oldest').waitFor();
    expect(await app.page.getByRole('button', { name: 'Show older sessions' }).count()).toBe(0);
  });
});

describe('a new session', () => {
  test('by keyboard alone: from the list to the copied link', async () => {
    const { page } = app;
    await app.go('/');
    await page.getByTestId('sessions').waitFor();
    await page.keyboard.press('Tab'); // skip link
    await page.keyboard.press('Tab'); // mark
    await page.keyboard.press('Tab'); // sessions
    await page.keyboard.press('Tab'); // recordings
    await page.keyboard.press('Tab'); // account
    await page.keyboard.press('Tab'); // New session
    await page.keyboard.press('Enter');
    await page.getByLabel('Project').waitFor();
    expect(await wrongFor(page)).toEqual([]);
    await tabTo('project');
    await page.keyboard.press('ArrowDown');
    expect(await page.getByLabel('Page to open').inputValue()).toBe(HELP.page);
    await page.keyboard.press('ArrowUp');
    expect(await page.getByLabel('Page to open').inputValue()).toBe(SHOP.page);
    await tabTo('reference');
    await page.keyboard.type('Ticket 4711');
    await page.keyboard.press('Enter');
    await page.getByTestId('screen-waiting').waitFor();
    expect(new URL(page.url()).pathname).toBe(`/s/${ID}`);
    await page.waitForFunction(() => document.activeElement?.getAttribute('data-testid') === 'copy-link');
    await page.keyboard.press('Enter');
    await page.getByText('Link copied').waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
      await page.getByTestId('customer-link').inputValue(),
    );
  });

  async function tabTo(name: string): Promise<void> {
    for (let n = 0; n < 12; n++) {
      const at = await app.page.evaluate(() => document.activeElement?.getAttribute('name'));
      if (at === name) return;
      await app.page.keyboard.press('Tab');
    }
    throw new Error(`Tab never reached ${name}`);
  }

  test('the server gets a hash of what opens the link, and the secret in no request', async () => {
    const sent: string[] = [];
    app.page.on('request', (request) => sent.push(request.url() + (request.postData() ?? '')));
    await app.go('/');
    await app.page.getByTestId('sessions').waitFor();
    await app.page.keyboard.press('n');
    await app.page.getByTestId('create-session').click();
    const link = await app.page.getByTestId('customer-link').inputValue();
    const [, secret] = /^http:\/\/localhost:\d+\/j#1\.([\w-]{43})$/.exec(link) ?? [];
    if (!secret) throw new Error(`not a link: ${link}`);
    const auth = Buffer.from(await hkdf(secret)).subarray(0, 16);
    const body = app.asked.find((one) => one.method === 'POST' && one.path === '/api/sessions')?.body;
    expect(body).toEqual({
      project: 'shop',
      page: SHOP.page,
      authHash: createHash('sha256').update(auth).digest('base64url'),
    });
    await app.page.reload();
    await app.page.getByTestId('screen-waiting').waitFor();
    expect(await app.page.getByTestId('customer-link').inputValue()).toBe(link);
    for (const line of sent) expect(line.includes(secret) || line.includes(auth.toString('base64url'))).toBe(false);
  });

  test('a page outside of the project is refused before anything is sent', async () => {
    await app.go('/');
    await app.page.getByTestId('new-session').click();
    await app.page.getByLabel('Page to open').fill('https://evil.example/');
    await app.page.getByTestId('create-session').click();
    await app.page.getByText('evil.example is not one of the sites of Acme shop.').waitFor();
    expect(await app.page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('page');
    expect(app.asked.some((one) => one.method === 'POST')).toBe(false);
    expect(await wrongFor(app.page)).toEqual([]);
  });

  test('what the server refuses is said, and what was typed stays', async () => {
    app.on('POST /api/sessions', { status: 429, body: {}, headers: { 'Retry-After': '30' } });
    await app.go('/');
    await app.page.getByTestId('new-session').click();
    await app.page.getByLabel('Reference').fill('Ticket 1');
    await app.page.getByTestId('create-session').click();
    await app.page.getByText('Too many tries. Try again in 30 seconds.').waitFor();
    expect(await app.page.getByLabel('Reference').inputValue()).toBe('Ticket 1');
  });

  test('without a project it says what to do', async () => {
    app.on('GET /api/projects', { body: { projects: [] } });
    await app.go('/');
    await app.page.getByTestId('new-session').click();
    await app.page.getByText('No project yet').waitFor();
  });

  test('without a join code the link still works', async () => {
    app.on(`POST /api/sessions/${ID}/code`, { status: 500, body: {} });
    await app.go('/');
    await app.page.getByTestId('new-session').click();
    await app.page.getByTestId('create-session').click();
    await app.page.getByTestId('customer-link').waitFor();
    app.on(`POST /api/sessions/${ID}/code`, { body: CODE });
    await app.page.getByTestId('get-code').click();
    expect(await app.page.getByTestId('code').textContent()).toBe(CODE.code);
  });
});

/** `auth` of PROTOCOL.md §1, by another implementation than the app's. */
async function hkdf(secret: string): Promise<ArrayBuffer> {
  const { subtle } = globalThis.crypto;
  const key = await subtle.importKey('raw', Buffer.from(secret, 'base64url'), 'HKDF', false, ['deriveBits']);
  const info = new TextEncoder().encode('ridealong link v1');
  return subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info }, key, 128);
}

describe('looks', () => {
  test.each([
    ['1280 light', { width: 1280, height: 800 }],
    ['390 dark', { width: 390, height: 844, dark: true }],
  ])('the list at %s passes the checker and does not scroll sideways', async (_, look) => {
    const other = prepare(await AppPage.open(browser, site.origin, look));
    await other.go('/');
    await other.page.getByTestId('sessions').waitFor();
    expect(await wrongFor(other.page)).toEqual([]);
    expect(await other.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    expect(other.faults).toEqual([]);
    await other.close();
  });
});
