// The player over a recording made with the wire's writers, on the real stage, in Chromium.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { wrongFor } from './axe.ts';
import { ME } from './cast.ts';
import { type Built, build, RECORDING, shopping } from './recording.ts';
import { AppPage, launch, type Site, serveApp } from './site.ts';

let site: Site;
let browser: Browser;

beforeAll(async () => {
  [site, browser] = await Promise.all([
    serveApp('../../.cache/fake', '<meta name="ridealong-e2e" content="1">'),
    launch(),
  ]);
});

afterAll(async () => {
  await browser?.close();
  await site?.close();
});

function serve(app: AppPage, built: Built): void {
  const at = `GET /api/recordings/${RECORDING}`;
  app.on('GET /api/me', { body: ME }).on(at, () => ({ body: built.detail }));
  for (const { n } of built.detail.chunks)
    app.on(`${at}/chunks/${n}`, () => {
      const bytes = built.chunks.get(n);
      return bytes ? { body: bytes } : { status: 500, body: { title: 'lost' } };
    });
}

async function opened(built: Built, path = '', look = {}): Promise<AppPage> {
  const app = await AppPage.open(browser, site.origin, look);
  serve(app, built);
  await app.go(`/recordings/${RECORDING}?e2e${path}`);
  await app.page.locator('[data-testid=player][data-opened=true]').waitFor();
  return app;
}

/** What stands in the page's `#n`, in the stage that is seen. */
async function shown(app: AppPage): Promise<string> {
  const frame = app.page.frameLocator('[data-testid=stage] [data-shown] iframe').last();
  return (await frame.locator('#n').textContent({ timeout: 5000 })) ?? '';
}

async function seek(app: AppPage, at: number): Promise<string> {
  await app.page.evaluate((ms) => window.__ridealongPlayer?.seek(ms), at);
  return shown(app);
}

describe('the picture', () => {
  test('a link to a moment opens at it, and every seek shows what the page was then, in both directions', async () => {
    const app = await opened(shopping(), '&t=50.2');
    await expect.poll(() => shown(app)).toBe('Checkout 10.0 s');
    // The picture fills its place: the customer's window was 1000 × 640.
    const wide = () =>
      app.page.locator('[data-testid=stage] > div').evaluate((host) => (host as HTMLElement).style.width);
    await expect.poll(wide).toBe('1000px');
    expect(await seek(app, 51_700)).toBe('Checkout 11.5 s');
    expect(await seek(app, 3100)).toBe('Cart 3.0 s');
    expect(await seek(app, 39_900)).toBe('Cart 39.5 s');
    expect(await seek(app, 20_000)).toBe('Cart 12.0 s');
    expect(await seek(app, 118_100)).toBe('Checkout 78.0 s');
    expect(app.faults).toEqual([]);
    await app.close();
  });

  test('while one seeks back and forth there is always a whole picture to see', async () => {
    const app = await opened(shopping(), '&t=45');
    await app.page.evaluate(async () => {
      const seen: number[] = [];
      let on = true;
      const look = () => {
        seen.push(document.querySelectorAll('[data-testid=stage] [data-shown] iframe').length);
        if (on) requestAnimationFrame(look);
      };
      look();
      for (const at of [5000, 110_000, 42_000, 8000, 60_000]) await window.__ridealongPlayer?.seek(at);
      on = false;
      if (seen.some((n) => n === 0)) throw new Error('a frame of the screen without a picture');
    });
    expect(await shown(app)).toBe('Checkout 20.0 s');
    await app.close();
  });

  test('it plays on from chunk to chunk and over a navigation, and skips what nothing happens in', async () => {
    const app = await opened(shopping(), '&t=10');
    await app.page.getByTestId('speed').click();
    await app.page.getByRole('menuitemradio', { name: '16×' }).click();
    await app.page.getByRole('menu').waitFor({ state: 'detached' });
    await app.page.keyboard.press('k');
    await expect.poll(() => shown(app), { timeout: 15_000 }).toMatch(/^Checkout/);
    await app.page.keyboard.press('k');
    await app.close();
  });

  test('frames that are missing are said, and the picture goes on at the next keyframe', async () => {
    const lossy = build([
      {
        tab: 2,
        epoch: 1,
        beganAt: 0,
        lasts: 30_000,
        url: 'https://a.example/',
        title: 'A',
        leaveOut: (seq) => seq === 6,
      },
    ]);
    const app = await opened(lossy, '&t=1');
    expect(await seek(app, 8000)).toBe('A 2.0 s');
    await app.page.getByTestId('trouble').waitFor();
    expect(await seek(app, 12_100)).toBe('A 12.0 s');
    expect(await app.page.getByTestId('trouble').count()).toBe(0);
    await app.close();
  });

  test('a part that cannot be loaded is said and left out; a record that is damaged too', async () => {
    const built = shopping();
    built.chunks.delete(3);
    const second = built.chunks.get(2) as Uint8Array;
    second[2] = 0xff; // the lane of its first record, or what stands for it
    const app = await opened(built);
    await app.page.getByTestId('lack').waitFor();
    await expect.poll(() => app.page.getByTestId('lack').textContent()).toMatch(/One part could not be loaded/);
    expect(await seek(app, 100_200)).toBe('Checkout 60.0 s');
    await app.close();
  });
});

describe('the panels', () => {
  test('stand in step: what has not happened yet is pale or hidden, and a row that is clicked is sought', async () => {
    const app = await opened(shopping(), '&t=3&panel=console');
    const failed = app.page.getByTestId('console-rows').getByRole('row', { name: /Cart failed to load/ });
    await failed.waitFor();
    expect(await failed.getAttribute('class')).toMatch(/later/);
    await failed.click();
    await expect.poll(() => shown(app)).toBe('Cart 5.5 s');
    await expect.poll(() => failed.getAttribute('class')).not.toMatch(/later/);
    await app.page.getByTestId('kinds').click();
    await app.page.getByTestId('hide-later').click();
    await expect.poll(() => app.page.getByTestId('console-rows').getByText('Checkout failed').count()).toBe(0);
    await app.close();
  });
});

describe('the time line', () => {
  test('shows what is at the place under the pointer, with a picture', async () => {
    const app = await opened(shopping(), '&t=3');
    const box = await app.page.getByTestId('timeline').boundingBox();
    if (!box) throw new Error('no time line');
    await app.page.mouse.move(box.x + (box.width * 45.5) / 120, box.y + 18);
    const hover = app.page.getByTestId('hover');
    await hover.getByText('POST /api/pay 402').waitFor();
    await expect.poll(() => app.page.getByTestId('preview').getAttribute('data-pictured')).toBe('true');
    const heading = app.page.getByTestId('preview').frameLocator('iframe').last().locator('h1');
    await expect.poll(() => heading.textContent()).toBe('Checkout');
    await app.page.mouse.click(box.x + (box.width * 45.5) / 120, box.y + 18);
    await expect.poll(() => shown(app)).toMatch(/^Checkout 5/);
    await app.close();
  });

  test('a kind of markers is switched off, and stepping passes it by', async () => {
    const app = await opened(shopping());
    const clicks = app.page.locator('[data-testid=marker][data-kind=click]');
    await expect.poll(() => clicks.count()).toBe(2);
    await app.page.getByTestId('kinds').click();
    await app.page.getByTestId('kind-click').click();
    await app.page.keyboard.press('Escape');
    await expect.poll(() => clicks.count()).toBe(0);
    await app.page.getByRole('menu').waitFor({ state: 'detached' });
    await app.page.keyboard.press('Shift+ArrowRight');
    await expect.poll(() => app.page.getByTestId('clock').textContent()).toMatch(/^0:05\.5/);
    await app.close();
  });
});

describe('a recording that still runs', () => {
  test('is followed: what comes is played on, and shown in the panels', async () => {
    const whole = shopping();
    const before = shopping({ state: 'live' });
    const half = before.detail.chunks.slice(0, 2).map((one) => ({ ...one, sealed: one.n === 1 }));
    before.detail = {
      ...before.detail,
      chunks: half,
      durationMs: 60_000,
      documents: before.detail.documents.slice(0, 2).map((one) => ({ ...one, endedAt: 0 })),
    };
    const app = await opened(before, '&t=58&panel=console');
    const at = `/api/recordings/${RECORDING}`;
    expect(await shown(app)).toMatch(/^Checkout 18/);
    const rows = app.page.getByTestId('console-rows');
    await rows.getByText('Cart failed to load').waitFor();
    for (const [n, bytes] of whole.chunks) app.on(`GET ${at}/chunks/${n}`, { body: bytes });
    app.on(`GET ${at}`, { body: { ...whole.detail, state: 'live' } });
    await expect.poll(() => rows.getByText('Help loaded').count(), { timeout: 15_000 }).toBe(1);
    expect(await seek(app, 62_100)).toBe('Checkout 22.0 s');
    await app.close();
  });
});

describe('the tabs', () => {
  test('the one that the customer saw is shown, until one stays at another', async () => {
    const app = await opened(shopping(), '&t=75');
    await expect.poll(() => shown(app)).toMatch(/^Help 5.0/);
    await app.page.getByTestId('tab').first().click();
    await expect.poll(() => shown(app)).toMatch(/^Checkout 35/);
    await app.page.getByTestId('follow').click();
    await expect.poll(() => shown(app)).toMatch(/^Help/);
    await app.close();
  });
});

describe('the keyboard', () => {
  test('steps from event to event, by seconds, by changes and by tenths, and opens the list of keys', async () => {
    const app = await opened(shopping());
    const { keyboard } = app.page;
    const clock = () => app.page.getByTestId('clock').textContent();
    await keyboard.press('Shift+ArrowRight');
    await expect.poll(clock).toMatch(/^0:03\.0/);
    await keyboard.press('Shift+ArrowRight');
    await expect.poll(clock).toMatch(/^0:05\.5/);
    await keyboard.press('Shift+ArrowLeft');
    await expect.poll(clock).toMatch(/^0:03\.0/);
    await keyboard.press('l');
    await expect.poll(clock).toMatch(/^0:08\.0/);
    await keyboard.press('.');
    await expect.poll(() => shown(app)).toBe('Cart 8.5 s');
    await keyboard.press('5');
    await expect.poll(clock).toMatch(/^1:00\.0/);
    await keyboard.press('?');
    await app.page.getByTestId('help').waitFor();
    await app.close();
  });
});

describe('notes', () => {
  test('M writes one at this moment, with its author, and the time line marks it', async () => {
    const app = await opened(shopping(), '&t=52');
    app.on(`POST /api/recordings/${RECORDING}/notes`, ({ body }) => ({
      status: 201,
      body: { id: 'n1', author: 'Ana Silva', createdAt: Date.now(), ...(body as object) },
    }));
    await app.page.keyboard.press('m');
    await app.page.getByTestId('note-text').fill('The bank declined, not we');
    await app.page.getByTestId('note-send').click();
    await app.page.getByTestId('note').getByText('Ana Silva').waitFor();
    const sent = app.asked.find(({ method }) => method === 'POST')?.body as { at: number; text: string };
    expect(sent.at).toBe(52_000);
    await expect.poll(() => app.page.locator('[data-testid=marker][data-kind=note]').count()).toBe(1);
    await app.close();
  });
});

describe('states', () => {
  test('erased, and not to be had', async () => {
    const app = await AppPage.open(browser, site.origin);
    serve(app, shopping({ state: 'erased', chunks: [] }));
    await app.go(`/recordings/${RECORDING}`);
    await app.page.getByTestId('nothing').getByText('was erased').waitFor();
    app.on(`GET /api/recordings/${RECORDING}`, { status: 404, body: { title: 'none' } });
    await app.page.reload();
    await app.page.getByTestId('player-error').waitFor();
    await app.close();
  });

  test('the player has no fault that axe finds, in light and dark', async () => {
    for (const dark of [false, true]) {
      const app = await opened(shopping(), '&t=45&panel=events', { dark });
      expect(await wrongFor(app.page)).toEqual([]);
      await app.close();
    }
  });
});
