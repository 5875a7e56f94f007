// The list of recordings and the search, in Chromium, with the API answered by the test and thumbnails made from frames.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FoundMoment, RecordingSummary } from '../../src/api/recordings.ts';
import { wrongFor } from './axe.ts';
import { ME } from './cast.ts';
import { RECORDING, shopping } from './recording.ts';
import { AppPage, launch, type Site, serveApp } from './site.ts';

/** A stage for each row, one after the other. */
const SLOW = { timeout: 15_000 };

let site: Site;
let browser: Browser;

beforeAll(async () => {
  [site, browser] = await Promise.all([serveApp(), launch()]);
});

afterAll(async () => {
  await browser?.close();
  await site?.close();
});

const built = shopping();
const { documents: _d, chunks: _c, markers: _m, notes: _n, ...first } = built.detail;

const LIST: RecordingSummary[] = [
  { ...first, id: '01LIVE', state: 'live', reference: 'Callback 88', tags: [], errors: 0, failedRequests: 0 },
  first,
  {
    ...first,
    id: '01PART',
    state: 'partial',
    why: 'The disk was full from 09:14 on.',
    reference: '',
    tags: ['voucher', 'till'],
  },
  { ...first, id: '01GONE', state: 'erased', reference: 'Ticket 4600', tags: [], hold: true },
];

const MOMENT: FoundMoment = {
  recording: RECORDING,
  tab: 2,
  epoch: 2,
  at: 45_520,
  kind: 'failed-request',
  title: 'POST /api/pay 402',
  detail: 'https://shop.acme.example/checkout',
  startedAt: first.startedAt,
  reference: first.reference,
  owner: first.owner,
};

async function open(path = '', look = {}): Promise<AppPage> {
  const app = await AppPage.open(browser, site.origin, look);
  app
    .on('GET /api/me', { body: ME })
    .on('GET /api/recordings', { body: { recordings: LIST } })
    .on('GET /api/search', { body: { moments: [MOMENT] } })
    .on('GET /api/search/complete', ({ url }) => {
      const q = url.searchParams.get('q') ?? '';
      const options = [
        { text: 'status:', hint: 'of a request, such as >=400' },
        { text: 'state:', hint: 'of a recording' },
      ].filter(({ text }) => q !== '' && text.startsWith(q));
      return { body: { from: 0, to: q.length, options } };
    });
  for (const { id } of LIST) {
    app.on(`GET /api/recordings/${id}`, { body: { ...built.detail, id } });
    for (const [n, bytes] of built.chunks) app.on(`GET /api/recordings/${id}/chunks/${n}`, { body: bytes });
  }
  await app.go(`/recordings${path}`);
  return app;
}

describe('the list', () => {
  test('says of each recording what one looks for, with a picture from its own frames', async () => {
    const app = await open();
    const rows = app.page.getByTestId('recording-row');
    await expect.poll(() => rows.count()).toBe(4);
    const row = rows.nth(1);
    for (const words of [
      'Ticket 4711',
      'Checkout – Acme shop',
      'Firefox 144 on Windows',
      '2:00',
      'payment',
      'Ana Silva',
    ])
      await expect.poll(() => row.textContent()).toContain(words);
    await expect.poll(() => row.getByTestId('thumbnail').getAttribute('data-state'), SLOW).toBe('shown');
    const frame = row.frameLocator('iframe').first();
    expect(await frame.locator('h1').textContent()).toBe('Cart');
    expect(await rows.nth(2).textContent()).toContain('Partial');
    expect(app.faults).toEqual([]);
    await app.close();
  });

  test('a recording is deleted after one was told what is lost', async () => {
    const app = await open();
    app.on(`DELETE /api/recordings/${RECORDING}`, { status: 204 });
    await app.page.getByTestId('recording-row').nth(1).getByTestId('delete').click();
    const dialog = app.page.getByTestId('delete-confirm');
    await expect.poll(() => dialog.textContent()).toMatch(/2 min with 3 pages.*lost for everybody.*no back-up/);
    expect(app.asked.some(({ method }) => method === 'DELETE')).toBe(false);
    await app.page.getByTestId('delete-confirm-yes').click();
    await expect.poll(() => app.page.getByTestId('recording-row').count()).toBe(3);
    await app.close();
  });

  test('empty, failing and loading are said', async () => {
    const app = await open();
    app.on('GET /api/recordings', { body: { recordings: [] } });
    await app.page.reload();
    await app.page.getByTestId('empty').getByText('Nothing was recorded yet').waitFor();
    app.on('GET /api/recordings', { status: 500, body: { title: 'no' } });
    await app.page.reload();
    await app.page.getByTestId('list-error').waitFor();
    app.on('GET /api/recordings', { body: { recordings: LIST } });
    await app.page.getByRole('button', { name: 'Try again' }).click();
    await app.page.getByTestId('recording-row').first().waitFor();
    await app.close();
  });

  test('arrow keys go from row to row', async () => {
    const app = await open();
    await app.page.getByTestId('recording-row').first().waitFor();
    await app.page.locator('.rec-link').first().focus();
    await app.page.keyboard.press('ArrowDown');
    expect(await app.page.evaluate(() => document.activeElement?.getAttribute('href'))).toBe(
      `/recordings/${RECORDING}`,
    );
    await app.close();
  });
});

describe('the search', () => {
  test('completes what is typed by the keyboard alone', async () => {
    const app = await open();
    await app.page.getByTestId('recording-row').first().waitFor();
    await app.page.keyboard.press('/');
    await app.page.keyboard.type('sta');
    await app.page.getByRole('option', { name: /status:/ }).waitFor();
    await app.page.keyboard.press('ArrowDown');
    await app.page.keyboard.press('Enter');
    expect(await app.page.getByTestId('search').inputValue()).toBe('status:');
    await app.page.keyboard.type('>=400');
    await app.page.keyboard.press('Enter');
    await app.page.getByTestId('moment-row').waitFor();
    expect(new URL(app.page.url()).searchParams.get('q')).toBe('status:>=400');
    await app.close();
  });

  test('a query of moments finds moments, and one opens the player at its second', async () => {
    const app = await open('?q=url:/api/pay+status:>=400');
    const row = app.page.getByTestId('moment-row');
    await row.waitFor();
    expect(await row.locator('a').getAttribute('href')).toBe(`/recordings/${RECORDING}?t=45.5`);
    await row.locator('a').click();
    await app.page.locator('[data-testid=player][data-opened=true]').waitFor();
    await expect.poll(() => app.page.getByTestId('clock').textContent()).toMatch(/^0:45\.5/);
    await app.page.goBack();
    await row.waitFor();
    await app.close();
  });

  test('a query of recordings finds recordings; one may have it the other way; a tag is a term', async () => {
    const app = await open('?q=customer:acme');
    await app.page.getByTestId('recording-row').first().waitFor();
    await app.page.getByTestId('as-moments').click();
    await app.page.getByTestId('moment-row').waitFor();
    await app.page.getByTestId('as-recordings').click();
    await app.page.getByRole('button', { name: 'payment' }).first().click();
    await expect.poll(() => new URL(app.page.url()).searchParams.get('q')).toBe('customer:acme tag:payment');
    await app.close();
  });

  test('a query that cannot be read is said in the server’s words', async () => {
    const app = await open();
    app.on('GET /api/search', { status: 400, body: { title: 'Bad', detail: 'status: takes a number at 8' } });
    await app.page.getByTestId('search').fill('status:abc');
    await app.page.keyboard.press('Enter');
    await app.page.getByTestId('list-error').waitFor();
    await app.close();
  });
});

test('the list has no fault that axe finds, in light and dark', async () => {
  for (const dark of [false, true]) {
    const app = await open('', { dark });
    await app.page.getByTestId('recording-row').first().waitFor();
    expect(await wrongFor(app.page)).toEqual([]);
    await app.close();
  }
});
