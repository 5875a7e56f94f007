// The bar in a real browser, on pages that are strict, hostile or in its way.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launch, plain, type Site, serve } from './site.ts';

const STRICT = "default-src 'none'; script-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'";

let browser: Browser;
let site: Site;

beforeAll(async () => {
  const script = await plain('tests/browser/bar-page.ts');
  browser = await launch();
  site = await serve((path, _, response) => {
    if (path === '/bar.js') return response.setHeader('content-type', 'text/javascript').end(script);
    response.setHeader('content-type', 'text/html');
    response.setHeader('content-security-policy', path === '/free' ? '' : STRICT);
    response.end(
      `<!doctype html><html lang=en><title>Shop</title><meta name=viewport content="width=device-width"><body><main><h1>Shop</h1>
      <button id=own>Own</button><dialog><p>Modal</p><button id=in>In</button></dialog></main><script src=/bar.js></script>`,
    );
  });
});
afterAll(async () => {
  await browser.close();
  await site.close();
});

interface Look {
  width?: number;
  height?: number;
  dark?: boolean;
  /** Opens the shadow root for the test's tools. */
  open?: boolean;
  path?: string;
}

async function open(look: Look = {}): Promise<{ page: Page; faults: string[] }> {
  const context = await browser.newContext({
    viewport: { width: look.width ?? 1280, height: look.height ?? 800 },
    colorScheme: look.dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (line) => line.type() === 'error' && faults.push(line.text()));
  await page.addInitScript((opened) => {
    window.roots = [];
    const { attachShadow } = Element.prototype;
    Element.prototype.attachShadow = function (init) {
      const root = attachShadow.call(this, opened ? { ...init, mode: 'open' } : init);
      window.roots.push(root);
      return root;
    };
  }, look.open ?? false);
  await page.goto(`${site.origin}${look.path ?? '/'}`);
  return { page, faults };
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What an accessibility checker finds in the bar. */
async function wrongFor(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    type Found = { violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] };
    const { axe } = window as unknown as { axe: { run(what: object): Promise<Found> } };
    const { violations } = await axe.run({ include: ['ridealong-bar'] });
    return violations.flatMap((v) => v.nodes.map((node) => `${v.id}: ${node.html} ${node.failureSummary}`));
  });
}

const live = (page: Page, names = ['Ana Lima']) =>
  page.evaluate((all) => {
    window.bar.state('live');
    window.bar.watchers(all);
  }, names);

const did = (page: Page) => page.evaluate(() => window.did);
const text = (page: Page) => page.evaluate(() => window.roots[0]?.querySelector('.words')?.textContent);

/** Where a button of the closed root is. */
const spot = (page: Page, selector: string) =>
  page.evaluate((s) => {
    const box = window.roots[0]?.querySelector(s)?.getBoundingClientRect();
    return { x: (box?.x ?? 0) + (box?.width ?? 0) / 2, y: (box?.y ?? 0) + (box?.height ?? 0) / 2 };
  }, selector);

async function press(page: Page, selector: string): Promise<void> {
  const { x, y } = await spot(page, selector);
  await page.mouse.click(x, y);
}

describe('the bar', () => {
  test('says who sees the page, and holds under the strictest policy', async () => {
    const { page, faults } = await open();
    await live(page, ['Ana Lima', 'Ben Roth', 'Cy']);
    expect(await text(page)).toContain('Ana Lima and 2 others can see this page');
    expect(await page.evaluate(() => document.querySelector('ridealong-bar')?.shadowRoot)).toBeNull();
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test('stops and pauses by mouse and by keyboard', async () => {
    const { page } = await open();
    await live(page);
    await press(page, '.act');
    await press(page, '.act');
    await page.locator('#own').focus();
    await page.keyboard.press('Tab'); // the grip
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await did(page)).toEqual(['pause', 'resume', 'pause', 'stop']);
    expect(await text(page)).toContain('Sharing has ended');
    await page.context().close();
  });

  test("is not pressed by the page's scripts, and its events are not the page's", async () => {
    const { page } = await open();
    await live(page);
    await page.evaluate(() => {
      document.addEventListener('click', () => window.did.push('page'));
      document.addEventListener('keydown', () => window.did.push('page'));
      for (const button of window.roots[0]?.querySelectorAll('button') ?? []) button.click();
    });
    expect(await did(page)).toEqual([]);
    await press(page, '.act');
    await page.keyboard.press('x');
    expect(await did(page)).toEqual(['pause']);
    await page.context().close();
  });

  test('says that the page is recorded, and has it deleted by two presses, not by one', async () => {
    const { page } = await open();
    await page.evaluate(() => {
      window.bar.state('live');
      window.bar.watchers([], true);
    });
    expect(await text(page)).toContain('This page is recorded');
    await page.evaluate(() => window.bar.watchers(['Ana'], true));
    expect(await text(page)).toContain('It is recorded, as you allowed.');
    const shown = () => page.evaluate(() => window.roots[0]?.querySelector('.link')?.textContent);
    expect(await shown()).toBe('Delete the recording');
    await press(page, '.link');
    expect(await did(page)).toEqual([]);
    expect(await shown()).toBe('Delete it for good? Press again');
    expect(await wrongFor(page)).toEqual([]);
    await press(page, '.link');
    expect(await did(page)).toEqual(['unrecord']);
    expect(await text(page)).not.toContain('is recorded');
    await page.context().close();
  });

  test('stays in sight whatever the site styles', async () => {
    const { page } = await open({ path: '/free' });
    await live(page);
    const before = await spot(page, '.stop');
    await page.addStyleTag({
      content: `html > :not(body) { display: none !important; opacity: 0 !important; transform: scale(0) !important; position: static !important; pointer-events: none !important; margin: 99px !important }
        ridealong-bar { visibility: hidden !important; clip-path: inset(50%) !important }`,
    });
    expect(await spot(page, '.stop')).toEqual(before);
    await press(page, '.stop');
    expect(await did(page)).toEqual(['stop']);
    await page.context().close();
  });

  test('can be pressed while a modal dialog is open, and after', async () => {
    const { page } = await open();
    await live(page);
    await page.evaluate(() => document.querySelector('dialog')?.showModal());
    await page.waitForTimeout(1200);
    await press(page, '.act');
    expect(await did(page)).toEqual(['pause']);
    await page.evaluate(() => document.querySelector('dialog')?.close());
    await page.waitForTimeout(1200);
    await press(page, '.act');
    expect(await did(page)).toEqual(['pause', 'resume']);
    expect(await page.evaluate(() => document.querySelector('ridealong-bar')?.parentElement?.localName)).toBe('html');
    await page.context().close();
  });

  test('comes back when the page replaces its content', async () => {
    const { page } = await open();
    await live(page);
    await page.evaluate(() => document.querySelector('ridealong-bar')?.remove());
    await page.waitForTimeout(1300);
    await press(page, '.stop');
    expect(await did(page)).toEqual(['stop']);
    await page.context().close();
  });

  test('moves by mouse and keyboard, and stays within the window', async () => {
    const { page } = await open();
    await live(page);
    const from = await spot(page, '.grip');
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(5000, -500, { steps: 4 });
    await page.mouse.up();
    const box = () =>
      page.evaluate(() => {
        const bar = window.roots[0]?.querySelector('.bar') as Element;
        const { top, right } = bar.getBoundingClientRect();
        return { top, right };
      });
    const there = await box();
    expect([there.top, Math.round(there.right)]).toEqual([8, 1272]);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowLeft');
    expect([(await box()).top, Math.round((await box()).right)]).toEqual([32, 1248]);
    await page.setViewportSize({ width: 700, height: 300 });
    await page.waitForTimeout(100);
    expect((await box()).right).toBeLessThanOrEqual(692);
    await page.context().close();
  });

  test('asks for the number; taken back or at the end of the session nobody answered', async () => {
    const { page } = await open();
    const ask = (digits: string) =>
      page.evaluate((d) => {
        window.bar.state('waiting');
        window.withdraw = new AbortController();
        void window.bar.compare(d, window.withdraw.signal).then((same) => window.did.push(String(same)));
      }, digits);
    await ask('482913');
    expect(await text(page)).toContain('482 913');
    await press(page, '.same'); // too early: it was not there long enough to be meant
    expect(await did(page)).toEqual([]);
    await page.waitForTimeout(600);
    await press(page, '.same');
    expect(await did(page)).toEqual(['true']);
    await ask('000001');
    await press(page, '.act:not(.same)');
    await ask('000002');
    await page.evaluate(() => window.bar.state('ended', 'agent'));
    await ask('000003');
    await page.evaluate(() => window.withdraw.abort());
    expect(await did(page)).toEqual(['true', 'false', 'undefined', 'undefined']);
    await page.context().close();
  });

  test.each([
    ['wide', 1280, 800],
    ['narrow', 390, 844],
  ])('has nothing that an accessibility check finds, and fits: %s', async (_, width, height) => {
    for (const dark of [false, true]) {
      const { page } = await open({ width, height, dark, open: true });
      const shots = process.env.SHOTS;
      const states: [string, () => Promise<unknown>][] = [
        ['live', () => live(page)],
        ['waiting', () => page.evaluate(() => window.bar.watchers([]))],
        ['paused', () => page.evaluate(() => window.bar.state('paused'))],
        ['compare', () => page.evaluate(() => void window.bar.compare('482913'))],
        ['ended', () => page.evaluate(() => window.bar.state('fault'))],
      ];
      for (const [name, set] of states) {
        await set();
        await page.waitForTimeout(name === 'compare' ? 600 : 50);
        const box = await page.evaluate(() => window.roots[0]?.querySelector('.bar')?.getBoundingClientRect().toJSON());
        expect(box.left).toBeGreaterThanOrEqual(8);
        expect(box.right).toBeLessThanOrEqual(width - 8);
        expect(box.bottom).toBeLessThanOrEqual(height);
        expect(await wrongFor(page)).toEqual([]);
        if (shots) await page.screenshot({ path: `${shots}/bar-${name}-${width}-${dark ? 'dark' : 'light'}.png` });
      }
      await page.context().close();
    }
  });
});
