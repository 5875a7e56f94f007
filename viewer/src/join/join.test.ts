// The customer's page as it is built, in Chromium under the policy that the server sends.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { derive, fromBase64url } from '@ridealong/wire/link';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { wrongFor } from '../../tests/browser/axe.ts';
import { launch } from '../../tests/browser/site.ts';

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; " +
  "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'";
const SECRET = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8';
const SHOP = 'http://shop.localhost:9/cart?step=2';
const INVITATION = {
  organisation: 'Nordlicht Outdoor',
  agent: 'Ana Lima',
  page: SHOP,
  origin: 'http://shop.localhost:9',
  expiresAt: new Date(Date.now() + 600_000).toISOString(),
  textVersion: '2026-12-01',
  keepDays: 30,
};

let browser: Browser;
let origin: string;
let close: () => void;

beforeAll(async () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const built = await build({
    configFile: false,
    root,
    logLevel: 'error',
    build: {
      write: false,
      target: 'es2022',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: `${root}/join.html` },
    },
  });
  const [output] = [built].flat();
  if (!output || !('output' in output)) throw new Error('nothing was built');
  const files = new Map(output.output.map((f) => [f.fileName, f.type === 'chunk' ? f.code : f.source]));
  const types: Record<string, string> = { js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml' };
  const server = createServer((request, response) => {
    const path = (request.url ?? '').slice(1).split('?')[0] ?? '';
    const name = path === 'j' ? 'join.html' : path;
    if (path === 'frame') return response.setHeader('content-type', 'text/html').end('<iframe src=/j></iframe>');
    const type = types[name.split('.').at(-1) ?? ''] ?? 'text/html';
    response.writeHead(files.has(name) ? 200 : 404, { 'content-type': type, 'content-security-policy': POLICY });
    response.end(files.get(name));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  browser = await launch();
  close = () => {
    server.closeAllConnections();
    server.close();
  };
});
afterAll(async () => {
  await browser.close();
  close();
});

interface Answer {
  status?: number;
  body?: unknown;
  headers?: Record<string, string>;
  lost?: boolean;
}

interface Visit {
  page: Page;
  asked: { path: string; body: Record<string, unknown> }[];
  faults: string[];
  /** Everything that went to any server. */
  wire: string[];
}

async function open(
  hash: string,
  answers: { peek?: Answer; claim?: Answer } = {},
  look: { width?: number; height?: number; dark?: boolean; path?: string } = {},
): Promise<Visit> {
  const context = await browser.newContext({
    viewport: { width: look.width ?? 1280, height: look.height ?? 800 },
    colorScheme: look.dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const visit: Visit = { page, asked: [], faults: [], wire: [] };
  page.on('pageerror', (error) => visit.faults.push(error.message));
  page.on('console', (line) => {
    if (line.type() === 'error' && !line.text().startsWith('Failed to load')) visit.faults.push(line.text());
  });
  page.on('request', (request) =>
    visit.wire.push(request.url(), request.postData() ?? '', JSON.stringify(request.headers())),
  );
  await page.route('**/api/join/*', (route) => {
    const path = new URL(route.request().url()).pathname;
    visit.asked.push({ path, body: route.request().postDataJSON() });
    const answer = path.endsWith('peek') ? (answers.peek ?? { body: INVITATION }) : (answers.claim ?? {});
    if (answer.lost) return route.abort();
    const body = answer.body ?? { handoff: 'HAND-off_1', page: SHOP };
    return route.fulfill({ status: answer.status ?? 200, headers: answer.headers ?? {}, json: body });
  });
  await page.route('http://shop.localhost:9/**', (route) =>
    route.fulfill({ contentType: 'text/html', body: '<title>Shop</title>' }),
  );
  await page.goto(`${origin}${look.path ?? '/j'}${hash}`);
  return visit;
}

const allow = (page: Page) => page.getByRole('button', { name: 'Allow and open the site' });
const heading = (page: Page) => page.getByRole('heading', { level: 1 });
const problem = (status: number, code: string) => ({ status, body: { code, status } });

describe('a link', () => {
  test('says who asks for what, and looking changes nothing', async () => {
    const { page, asked, faults } = await open(`#1.${SECRET}`);
    expect(await heading(page).textContent()).toBe('Ana Lima asks to see your page');
    expect(await page.textContent('dl')).toContain('Nordlicht Outdoor');
    expect(await page.textContent('dl')).toContain('shop.localhost:9');
    expect(await page.evaluate(() => location.href)).toBe(`${origin}/j`);
    expect(asked.map((one) => one.path)).toEqual(['/api/join/peek']);
    expect(await page.evaluate(() => document.activeElement?.localName)).toBe('h1');
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test('leads to the site with hand-off and key, which no server saw', async () => {
    const { page, asked, wire } = await open(`#1.${SECRET}`);
    await allow(page).click();
    await page.waitForURL(/shop\.localhost/);
    const { auth, key } = await derive(fromBase64url(SECRET) ?? new Uint8Array(32));
    const [authText, keyText] = [auth, key].map((bytes) => Buffer.from(bytes).toString('base64url'));
    expect(page.url()).toBe(`${SHOP}#ridealong=1.HAND-off_1.${keyText}`);
    expect(asked[1]?.body).toEqual({
      auth: authText,
      consent: { view: true, control: false, record: false, textVersion: '2026-12-01' },
    });
    for (const text of wire) for (const secret of [SECRET, keyText ?? '']) expect(text.includes(secret)).toBe(false);
    expect(await page.evaluate(() => history.length)).toBeLessThanOrEqual(2);
    await page.context().close();
  });

  test('keeps the fragment of the page that it opens', async () => {
    const { page } = await open(`#1.${SECRET}`, { claim: { body: { handoff: 'h', page: `${SHOP}#/cart` } } });
    await allow(page).click();
    await page.waitForURL(/shop\.localhost/);
    expect(page.url()).toContain('#/cart&ridealong=1.h.');
    await page.context().close();
  });

  test('tells each choice of its own', async () => {
    const { page, asked } = await open(`#1.${SECRET}`);
    const [see, help, keep] = [/See the page/, /Help in the page/, /Keep a recording/].map((name) =>
      page.getByRole('checkbox', { name }),
    );
    expect([await see?.isChecked(), await see?.isDisabled()]).toEqual([true, true]);
    expect([await help?.isChecked(), await keep?.isChecked()]).toEqual([false, false]);
    await keep?.check();
    await allow(page).click();
    await page.waitForURL(/shop\.localhost/);
    expect(asked[1]?.body.consent).toMatchObject({ view: true, control: false, record: true });
    // The recorder records for this word alone.
    expect(page.url()).toMatch(/#ridealong=1\.HAND-off_1\.[\w-]+\.r$/);
    await page.context().close();
  });

  test('says who keeps a recording and for how long, and does not ask where none is kept', async () => {
    const { page } = await open(`#1.${SECRET}`);
    await expect.poll(() => page.textContent('body')).toContain(`${INVITATION.organisation} keeps what they see here`);
    expect(await page.textContent('body')).toContain('deletes it after 30 days');
    await page.context().close();
    const { keepDays: _, ...none } = INVITATION;
    const { page: other, asked } = await open(`#1.${SECRET}`, { peek: { body: none } });
    await allow(other).click();
    await other.waitForURL(/shop\.localhost/);
    expect(asked[1]?.body.consent).toMatchObject({ record: false });
    expect(other.url()).not.toMatch(/\.r$/);
    await other.context().close();
  });

  test('is not allowed by a script, nor by a click that was meant for what was there before', async () => {
    const { page, asked } = await open(`#1.${SECRET}`);
    await heading(page).waitFor();
    const [early, after] = await page.evaluate(async () => {
      const button = document.querySelector<HTMLButtonElement>('button.go');
      const before = button?.disabled;
      button?.click();
      await new Promise((resolve) => setTimeout(resolve, 900));
      button?.click();
      button?.dispatchEvent(new MouseEvent('click', { bubbles: true }));
      return [before, button?.disabled];
    });
    expect([early, after]).toEqual([true, false]);
    expect(asked.length).toBe(1);
    await page.context().close();
  });

  test('can be declined, and reconsidered', async () => {
    const { page, asked } = await open(`#1.${SECRET}`);
    await page.getByRole('button', { name: 'Not now' }).click();
    expect(await heading(page).textContent()).toBe('Nothing is shared');
    await page.getByRole('button', { name: 'Back' }).click();
    expect(await heading(page).textContent()).toBe('Ana Lima asks to see your page');
    expect(asked.length).toBe(1);
    await page.context().close();
  });
});

describe('what goes wrong is said', () => {
  const states: [string, Answer, string][] = [
    ['unknown, expired or used', problem(404, 'gone'), 'This link is not valid any more'],
    ['claimed by somebody else', problem(409, 'claimed'), 'Somebody else has opened this link'],
    ['too many tries', { ...problem(429, 'too-many'), headers: { 'retry-after': '30' } }, 'Too many tries'],
    ['the words have changed', problem(409, 'old-text'), 'This page is out of date'],
    ['a fault of the server', problem(500, 'internal'), 'Something went wrong'],
    ['no connection', { lost: true }, 'The server cannot be reached'],
  ];
  test.each(states)('%s: at once', async (_, peek, title) => {
    const { page, faults } = await open(`#1.${SECRET}`, { peek });
    await expect.poll(() => heading(page).textContent()).toBe(title);
    expect(await page.evaluate(() => document.activeElement?.localName)).toBe('h1');
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test.each(states)('%s: after the click', async (_, claim, title) => {
    const { page } = await open(`#1.${SECRET}`, { claim });
    await allow(page).click();
    await expect.poll(() => heading(page).textContent()).toBe(title);
    await page.context().close();
  });

  test('the wait that the server asks for', async () => {
    const { page } = await open(`#1.${SECRET}`, {
      peek: { ...problem(429, 'too-many'), headers: { 'retry-after': '30' } },
    });
    await expect.poll(() => page.textContent('main p')).toBe('Wait 30 seconds and try again.');
    await page.context().close();
  });

  test('words that are newer on the server', async () => {
    const { page } = await open(`#1.${SECRET}`, { peek: { body: { ...INVITATION, textVersion: '2027-01' } } });
    await expect.poll(() => heading(page).textContent()).toBe('This page is out of date');
    await page.context().close();
  });

  test.each(['#1.short', '#2.AAAA', `#1.${SECRET}x`, '#%', `#1.${SECRET.slice(0, 42)}*`])(
    'an incomplete link %s',
    async (hash) => {
      const { page, asked } = await open(hash);
      expect(await heading(page).textContent()).toBe('This link is not valid any more');
      expect(asked).toEqual([]);
      expect(await page.evaluate(() => location.hash)).toBe('');
      await page.context().close();
    },
  );

  test('an address that no page has is not opened', async () => {
    const { page } = await open(`#1.${SECRET}`, { claim: { body: { handoff: 'h', page: 'javascript:alert(1)' } } });
    await allow(page).click();
    await expect.poll(() => heading(page).textContent()).toBe('Something went wrong');
    await page.context().close();
  });

  test('inside another page nothing is asked', async () => {
    const { page, asked } = await open('', {}, { path: '/frame' });
    const frame = page.frameLocator('iframe');
    expect(await frame.getByRole('heading').textContent()).toBe('Open this in a tab of its own');
    expect(asked).toEqual([]);
    await page.context().close();
  });
});

describe('a code', () => {
  test('is typed as it is read, and comes without a key', async () => {
    const { page, asked } = await open('');
    await page.getByLabel(/Code that/).fill('k7qd-m2xp');
    await page.keyboard.press('Enter');
    await allow(page).click();
    await page.waitForURL(/shop\.localhost/);
    expect(asked.map((one) => one.body.code)).toEqual(['K7QDM2XP', 'K7QDM2XP']);
    expect(page.url()).toBe(`${SHOP}#ridealong=1.HAND-off_1.`);
    await page.context().close();
  });

  test('that is too short is not sent', async () => {
    const { page, asked } = await open('');
    await page.getByLabel(/Code that/).fill('k7qd');
    await page.keyboard.press('Enter');
    expect(await page.textContent('[role=alert]')).toBe('A code has eight letters and digits.');
    expect(asked).toEqual([]);
    await page.context().close();
  });

  test('that is wrong can be typed again', async () => {
    const { page } = await open('', { peek: problem(404, 'gone') });
    await page.getByLabel(/Code that/).fill('K7QDM2XX');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.textContent('[role=alert]')).toContain('This code is not valid');
    expect(await page.inputValue('input')).toBe('K7QDM2XX');
    await page.context().close();
  });
});

test('a second link in the same tab is read', async () => {
  const { page, asked } = await open('');
  await page.evaluate((secret) => {
    location.hash = `#1.${secret}`;
  }, SECRET);
  await expect.poll(() => heading(page).textContent()).toBe('Ana Lima asks to see your page');
  expect(asked.length).toBe(1);
  await page.context().close();
});

test('without JavaScript it says so', async () => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${origin}/j`);
  expect(await page.textContent('h1')).toBe('This page needs JavaScript');
  await context.close();
});

test.each([
  ['wide', 1280, 800],
  ['narrow', 390, 844],
])('fits, and an accessibility check finds nothing: %s', async (name, width, height) => {
  for (const dark of [false, true]) {
    const views: [string, Visit][] = [
      ['ask', await open(`#1.${SECRET}`, {}, { width, height, dark })],
      ['code', await open('', {}, { width, height, dark })],
      ['gone', await open(`#1.${SECRET}`, { peek: problem(404, 'gone') }, { width, height, dark })],
    ];
    for (const [view, { page }] of views) {
      await heading(page).waitFor();
      await page.waitForTimeout(view === 'ask' ? 800 : 100);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      expect(await wrongFor(page)).toEqual([]);
      const shots = process.env.SHOTS;
      if (shots)
        await page.screenshot({ path: `${shots}/join-${view}-${name}-${dark ? 'dark' : 'light'}.png`, fullPage: true });
      await page.context().close();
    }
  }
});
