// Signing in, first set-up, and the way back to where one was.

import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { wrongFor } from './axe.ts';
import { ANA, ID, ME, SECRET, session } from './cast.ts';
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
  app = await AppPage.open(browser, site.origin);
  let signedIn = false;
  app.on('GET /api/me', () => (signedIn ? { body: ME } : { status: 401, body: {} }));
  app.on('GET /api/sessions', () => (signedIn ? { body: { sessions: [] } } : { status: 401, body: {} }));
  app.on(`GET /api/sessions/${ID}`, { body: session() });
  app.on('POST /api/login', ({ body }) => {
    const by = body as { password?: string; token?: string };
    if (by.password !== 'correct horse' && by.token !== 'once') return { status: 401, body: { title: 'unauthorized' } };
    signedIn = true;
    return { body: { account: ANA } };
  });
  app.on('POST /api/logout', () => {
    signedIn = false;
    return {};
  });
  app.on('POST /api/setup', ({ body }) => {
    if ((body as { token: string }).token !== 'first') return { status: 404, body: {} };
    signedIn = true;
    return {};
  });
});
afterEach(async () => {
  expect(app.faults).toEqual([]);
  await app.close();
});

async function signIn(password: string): Promise<void> {
  await app.page.getByLabel('E-mail').fill(' ana@acme.example ');
  await app.page.getByLabel('Password').fill(password);
  await app.page.keyboard.press('Enter');
}

test('a wrong password is said, the right one opens the sessions', async () => {
  await app.go('/login');
  expect(await wrongFor(app.page)).toEqual([]);
  await signIn('wrong');
  await app.page.getByTestId('login-problem').filter({ hasText: 'do not match an account' }).waitFor();
  expect(await wrongFor(app.page)).toEqual([]);
  await signIn('correct horse');
  await app.page.getByTestId('empty').waitFor();
  expect(new URL(app.page.url()).pathname).toBe('/');
  expect(app.asked.filter((one) => one.path === '/api/login').at(-1)?.body).toEqual({
    email: 'ana@acme.example',
    password: 'correct horse',
  });
});

test('a one-time link signs in and leaves no token in the address', async () => {
  await app.go('/login#token=once');
  await app.page.getByTestId('empty').waitFor();
  expect(app.page.url()).not.toContain('once');
  expect(app.asked.filter((one) => one.path === '/api/login')).toEqual([
    { method: 'POST', path: '/api/login', body: { token: 'once' } },
  ]);
});

test('a used one-time link says what to do', async () => {
  await app.go('/login#token=used');
  await app.page.getByTestId('login-problem').filter({ hasText: 'used already or has expired' }).waitFor();
  expect(app.page.url()).not.toContain('used');
});

test('who is signed out comes back to where they were, with the key that the invite link brought', async () => {
  await app.go(`/s/${ID}#k=${SECRET}`);
  await app.page.getByLabel('E-mail').waitFor();
  expect(app.page.url()).toContain(`/login?next=${encodeURIComponent(`/s/${ID}`)}`);
  expect(app.page.url()).not.toContain(SECRET.slice(0, 12));
  await signIn('correct horse');
  await app.page.getByTestId('screen-waiting').waitFor();
  await app.page.waitForFunction(() => window.fake?.opened[0]?.secret === 32);
});

test('signing out leads to the sign-in page', async () => {
  await app.go('/login');
  await signIn('correct horse');
  await app.page.getByTestId('account').click();
  await app.page.getByTestId('sign-out').click();
  await app.page.getByLabel('Password').waitFor();
  expect(app.asked.some((one) => one.path === '/api/logout')).toBe(true);
});

test('a server that does not answer is said, and trying again works', async () => {
  await app.go('/login');
  await signIn('correct horse');
  await app.page.getByTestId('empty').waitFor();
  app.on('GET /api/me', { status: 503, body: {} });
  await app.page.reload();
  await app.page.getByText('The console did not open').waitFor();
  expect(await wrongFor(app.page)).toEqual([]);
  app.on('GET /api/me', { body: ME });
  await app.page.getByRole('button', { name: 'Try again' }).click();
  await app.page.getByTestId('empty').waitFor();
});

test('set-up makes the first administrator with the token of the link', async () => {
  await app.go('/setup#first');
  await app.page.getByLabel('Your name').fill('Ana Silva');
  await app.page.getByLabel('E-mail').fill('ana@acme.example');
  await app.page.getByLabel('Password').fill('short');
  await app.page.getByTestId('set-up').click();
  await app.page.getByText('At least 12 characters.').waitFor();
  expect(app.asked.some((one) => one.path === '/api/setup')).toBe(false);
  expect(await wrongFor(app.page)).toEqual([]);
  await app.page.getByLabel('Password').fill('correct horse battery');
  await app.page.keyboard.press('Enter');
  await app.page.getByTestId('empty').waitFor();
  expect(app.page.url()).not.toContain('first');
});

test('set-up without or with a used token says so', async () => {
  await app.go('/setup');
  await app.page.getByText('Set-up needs the link').waitFor();
  expect(await wrongFor(app.page)).toEqual([]);
  await app.go('/setup#used');
  await app.page.reload(); // the fragment alone would not load the page again
  await app.go('/setup?again#used');
  await app.page.getByLabel('Your name').fill('A');
  await app.page.getByLabel('E-mail').fill('a@b.example');
  await app.page.getByLabel('Password').fill('correct horse battery');
  await app.page.keyboard.press('Enter');
  await app.page.getByTestId('setup-problem').filter({ hasText: 'used already' }).waitFor();
});

test('an address that is no page says so', async () => {
  await app.go('/nothing');
  await app.page.getByText('There is no such page').waitFor();
  expect(await wrongFor(app.page)).toEqual([]);
});
