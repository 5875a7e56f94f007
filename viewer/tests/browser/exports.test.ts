// What is handed over: one file that plays with the network off, rrweb events that the published rrweb-player shows, links that end.

import { readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { wrongFor } from './axe.ts';
import { ME } from './cast.ts';
import { RECORDING, shopping } from './recording.ts';
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

const at = `/api/recordings/${RECORDING}`;

async function opened(path = '', look = {}): Promise<AppPage> {
  const built = shopping();
  const app = await AppPage.open(browser, site.origin, look);
  app
    .on('GET /api/me', { body: ME })
    .on(`GET ${at}`, { body: built.detail })
    .on(`GET ${at}/shares`, { body: { shares: [] } });
  for (const [n, bytes] of built.chunks) app.on(`GET ${at}/chunks/${n}`, { body: bytes });
  await app.go(`/recordings/${RECORDING}?e2e${path}`);
  await app.page.locator('[data-testid=player][data-opened=true]').waitFor();
  return app;
}

async function saved(app: AppPage, kind: string): Promise<string> {
  await app.page.keyboard.press('h');
  const [download] = await Promise.all([
    app.page.waitForEvent('download'),
    app.page.getByTestId(`file-${kind}`).click(),
  ]);
  const path = join(tmpdir(), `ridealong-${process.pid}-${download.suggestedFilename()}`);
  await download.saveAs(path);
  return path;
}

describe('one HTML file', () => {
  test('plays with the network off, asks for nothing, and shows what the page was', async () => {
    const app = await opened('&t=50.2');
    const path = await saved(app, 'html');
    const context = await browser.newContext();
    await context.setOffline(true);
    const page = await context.newPage();
    const asked: string[] = [];
    const faults: string[] = [];
    page.on('request', (request) => /^(?:https?|ws)/.test(request.url()) && asked.push(request.url()));
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (line) => line.type() === 'error' && faults.push(line.text()));
    await page.goto(pathToFileURL(path).href);
    await page.locator('body[data-opened=true]').waitFor();
    const shown = () => page.frameLocator('[data-shown] iframe').last().locator('#n').textContent();
    await expect.poll(shown).toBe('Checkout 10.0 s');
    await page.getByRole('button', { name: /Cart failed to load/ }).click();
    await expect.poll(shown).toBe('Cart 5.5 s');
    await page.locator('#speed').selectOption('16');
    await page.locator('#play').click();
    await expect.poll(shown, { timeout: 15_000 }).toMatch(/^(?:Checkout|Help)/);
    expect(asked).toEqual([]);
    expect(faults).toEqual([]);
    await context.close();
    await rm(path);
    await app.close();
  });
});

interface Plain {
  tag?: string;
  text?: string;
  attributes?: Record<string, string>;
  children?: Plain[];
}

describe('rrweb events', () => {
  test('the published rrweb-player shows them, and they end in the stage’s document', async () => {
    const app = await opened('&t=39');
    const path = await saved(app, 'rrweb.json');
    const events = JSON.parse(await readFile(path, 'utf8')) as { type: number; timestamp: number }[];
    expect(events.filter(({ type }) => type === 2).length).toBe(2);
    await app.page.keyboard.press('Escape');
    await app.page.evaluate(() => window.__ridealongPlayer?.seek(120_020));
    await app.page.getByTestId('tab').first().click();
    await expect.poll(() => app.page.getByTestId('tab').first().getAttribute('aria-current')).toBe('true');
    const wanted = JSON.parse((await app.page.evaluate(() => window.__ridealongPlayer?.serialize())) ?? 'null');

    const page = await app.context.newPage();
    await page.setContent('<!doctype html><div id="p"></div>');
    const require = createRequire(import.meta.url);
    const umd = require.resolve('rrweb-player').replace(/[^/]+$/, 'rrweb-player.umd.cjs');
    await page.evaluate(await readFile(umd, 'utf8'));
    await page.evaluate((all) => {
      const { rrwebPlayer } = window as unknown as { rrwebPlayer: { default?: unknown } };
      const Player = (rrwebPlayer.default ?? rrwebPlayer) as new (
        of: object,
      ) => { goto(ms: number, play: boolean): void };
      const player = new Player({ target: document.querySelector('#p'), props: { events: all, autoPlay: false } });
      player.goto((all[all.length - 1]?.timestamp ?? 0) - (all[0]?.timestamp ?? 0), false);
    }, events);
    const frame = page.frameLocator('#p iframe');
    await expect.poll(() => frame.locator('#n').textContent()).toBe('Checkout 80.0 s');
    const got = await frame.locator('html').evaluate((html) => {
      const plain = (node: Node): Plain[] => {
        if (node instanceof Text || node.nodeType === 3) return [{ text: node.textContent ?? '' }];
        if (node.nodeType !== 1) return [];
        const element = node as Element;
        const attributes = Object.fromEntries([...element.attributes].map(({ name, value }) => [name, value]));
        return [{ tag: element.tagName.toLowerCase(), attributes, children: [...element.childNodes].flatMap(plain) }];
      };
      // What the player puts before the page and into its head is its own.
      html.querySelector('head')?.replaceChildren();
      html.querySelector(':scope > style')?.remove();
      return plain(html)[0];
    });
    expect(normal(got)).toEqual(normal(wanted.nodes.find(({ tag }: Plain) => tag === 'html')));
    await rm(path);
    await app.close();
  });
});

function normal(node: Plain | undefined): unknown {
  if (!node) return null;
  if (node.tag === undefined) return node.text;
  const { class: _, ...attributes } = node.attributes ?? {};
  return [node.tag, attributes, (node.children ?? []).map(normal)];
}

describe('a link to a moment', () => {
  test('is made with its end, shown once, and can be revoked', async () => {
    const app = await opened('&t=45.5');
    const share = {
      id: 's1',
      at: 45_500,
      createdAt: Date.now(),
      expiresAt: Date.now() + 86_400_000,
      author: 'Ana Silva',
    };
    app.on(`POST ${at}/shares`, { body: { ...share, url: 'https://ride.example/m#secretsecret' } });
    app.on(`DELETE ${at}/shares/s1`, { status: 204 });
    await app.page.keyboard.press('h');
    app.on(`GET ${at}/shares`, { body: { shares: [share] } });
    await app.page.getByTestId('share-days').selectOption('1');
    await app.page.getByTestId('share-make').click();
    expect(await app.page.getByTestId('share-link').inputValue()).toBe('https://ride.example/m#secretsecret');
    expect(app.asked.find(({ method }) => method === 'POST')?.body).toEqual({ at: 45_500, days: 1 });
    expect(await wrongFor(app.page)).toEqual([]);
    await app.page.getByTestId('share').getByRole('button', { name: 'Revoke this link' }).click();
    await expect.poll(() => app.page.getByTestId('share').count()).toBe(0);
    await app.close();
  });

  test('leads to its second; one that is over says so', async () => {
    const app = await opened();
    app.on('GET /api/shares/secretsecret', { body: { recording: RECORDING, at: 45_500 } });
    app.on('GET /api/shares/secretgone', { status: 404, body: { title: 'gone' } });
    await app.go('/m#secretsecret');
    await expect.poll(() => app.page.getByTestId('clock').textContent()).toMatch(/^0:45\.5/);
    await app.go('/m#secretgone');
    await app.page.getByTestId('moment-over').waitFor();
    expect(new URL(app.page.url()).hash).toBe('');
    await app.close();
  });
});
