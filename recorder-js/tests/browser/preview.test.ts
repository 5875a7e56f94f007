// The preview as sites get it: it shows what an agent would see, says by which rule, and leaves the page as it was.

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundle } from '../../bundle.mjs';
import { launch, type Site, serve } from './site.ts';

let browser: Browser;
let site: Site;

const SHOP = `<!doctype html><html><head><meta charset=utf-8><title>Shop</title><style>.card { color: rgb(1, 2, 3) }</style></head><body>
  <h1 class=card>Harbour pannier</h1><p id=card>Paid with 4111 1111 1111 1111</p><p class=invoice>Ada Byron</p>
  <input id=q value=typed><input type=password value=hunter2><div data-ridealong-block>Notes</div>
  <div id=host><template shadowrootmode=open><p>In a shadow root</p></template></div>
  <iframe srcdoc="<p>In a frame</p>"></iframe>
  <script data-mask=".invoice" src="/r/loader.js"></script></body></html>`;

const STRICT =
  "default-src 'self'; style-src 'self'; script-src 'self'; frame-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

beforeAll(async () => {
  const preview = await bundle('src/preview/main.ts', 'es', {});
  browser = await launch();
  site = await serve((path, _, response) => {
    response.setHeader('content-type', path.endsWith('.js') ? 'text/javascript' : 'text/html');
    if (path === '/policy') response.setHeader('content-security-policy', STRICT);
    response.end(path === '/r/preview.js' ? preview : path.endsWith('.js') ? '' : SHOP);
  });
});
afterAll(async () => {
  await browser.close();
  await site.close();
});

async function open(path = '/', rules: object = {}): Promise<{ page: Page; faults: string[] }> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  // The closed root, for the test.
  await page.addInitScript(() => {
    const { attachShadow } = Element.prototype;
    Element.prototype.attachShadow = function (init) {
      const root = attachShadow.call(this, init);
      if (this.localName === 'ridealong-preview') Reflect.set(window, 'previewRoot', root);
      return root;
    };
  });
  await page.goto(site.origin + path);
  await page.evaluate(() => Reflect.set(window, 'was', document.documentElement.outerHTML));
  // As from the browser's console.
  await page.evaluate(`import('/r/preview.js').then((part) => void part.preview(${JSON.stringify(rules)}))`);
  await page.waitForFunction(() => {
    const root = Reflect.get(window, 'previewRoot') as ShadowRoot;
    return root.querySelector('iframe')?.contentDocument?.body && root.querySelector('li');
  });
  return { page, faults };
}

/** What the frame shows, and the rows of the list. */
const seen = (page: Page) =>
  page.evaluate(() => {
    const root = Reflect.get(window, 'previewRoot') as ShadowRoot;
    const inner = (root.querySelector('iframe') as HTMLIFrameElement).contentDocument as Document;
    const field = inner.querySelector('#q') as HTMLInputElement;
    return {
      text: (inner.body.textContent ?? '').replace(/\s+/g, ' '),
      shadow: inner.querySelector('#host')?.shadowRoot?.textContent?.trim(),
      frame: inner.querySelector('iframe')?.contentDocument?.body.textContent,
      typed: field?.value,
      colour: inner.defaultView?.getComputedStyle(inner.querySelector('h1') as Element).color,
      rows: [...root.querySelectorAll('li')].map((row) => row.textContent),
    };
  });

const press = (page: Page, text: string) =>
  page.evaluate((text) => {
    const root = Reflect.get(window, 'previewRoot') as ShadowRoot;
    [...root.querySelectorAll('button')].find((one) => one.textContent?.includes(text))?.click();
  }, text);

test.each(['/', '/policy'])('shows what an agent would see, and why, also under a strict policy: %s', async (path) => {
  const { page, faults } = await open(path);
  const { text, shadow, typed, rows } = await seen(page);
  expect(text).toContain('Harbour pannierPaid with •••• •••• •••• ••••••• •••••');
  expect(text).not.toMatch(/Ada|4111|Notes/);
  expect([shadow, typed]).toEqual(['In a shadow root', '•••••']);
  expect(rows).toEqual(
    expect.arrayContaining([
      'data-ridealong-block: part1',
      'mask .invoice: text1',
      'looks like a secret: text1',
      'what a person types: field1',
      'never leaves: password, card, code, hidden or file: field1',
    ]),
  );
  expect(faults).toEqual([]);
  await page.close();
});

test('frames, styles, and changes while it is open are shown', async () => {
  const { page } = await open();
  expect(await seen(page)).toMatchObject({ frame: 'In a frame', colour: 'rgb(1, 2, 3)' });
  await page.evaluate(() => {
    (document.querySelector('#card') as Element).textContent = 'Thank you';
  });
  await expect.poll(async () => (await seen(page)).text).toContain('Thank you');
  await page.close();
});

test('strict mode is one press away, and a page that says strict cannot be seen otherwise', async () => {
  const { page } = await open();
  await press(page, 'Strict');
  await expect.poll(async () => (await seen(page)).text).toContain('••••••• ••••••••');
  expect((await seen(page)).text).not.toContain('pannier');
  // With that of the frame, which comes a moment later.
  await expect.poll(async () => (await seen(page)).rows).toContain('strict mode: text4');
  await press(page, 'Standard');
  await expect.poll(async () => (await seen(page)).text).toContain('pannier');
  await page.close();
  const other = await open('/', { mode: 'strict' });
  await press(other.page, 'Standard');
  expect((await seen(other.page)).text).not.toContain('pannier');
  await other.page.close();
});

test('a rule that is chosen is marked where it holds', async () => {
  const { page } = await open();
  await press(page, 'mask .invoice');
  const marks = await page.evaluate(() => {
    const root = Reflect.get(window, 'previewRoot') as ShadowRoot;
    const box = root.querySelector('.inside div')?.getBoundingClientRect();
    const inner = (root.querySelector('iframe') as HTMLIFrameElement).getBoundingClientRect();
    const frame = root.querySelector('iframe') as HTMLIFrameElement;
    const there = frame.contentDocument?.querySelector('.invoice')?.getBoundingClientRect() as DOMRect;
    const scale = inner.width / innerWidth;
    return [(box?.top ?? 0) - (inner.top + there.top * scale), (box?.width ?? 0) - there.width * scale];
  });
  for (const off of marks) expect(Math.abs(off)).toBeLessThan(2);
  await page.close();
});

test('Escape closes it, the page is as it was, and nothing was sent', async () => {
  const { page, faults } = await open();
  await page.evaluate(() => {
    const keys: string[] = [];
    Reflect.set(window, 'keys', keys);
    document.addEventListener('keydown', (event) => keys.push(event.key));
  });
  await page.keyboard.press('Tab');
  const asked = site.asked.length;
  await page.keyboard.press('Escape');
  expect(await page.evaluate(() => Reflect.get(window, 'was') === document.documentElement.outerHTML)).toBe(true);
  expect(await page.evaluate(() => Reflect.get(window, 'keys'))).toEqual([]);
  expect(site.asked.length).toBe(asked);
  expect(site.asked.filter((path) => path.startsWith('/ws'))).toEqual([]);
  expect(faults).toEqual([]);
  await page.close();
});
