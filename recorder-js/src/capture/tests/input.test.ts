// What people do with mouse, keyboard and window, by real input.

import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { Bench } from './bench.ts';

let bench: Bench;
let page: Page;
beforeAll(async () => {
  bench = await Bench.open();
});
afterEach(() => page?.close());
afterAll(() => bench.close());

async function started(body: string, query = ''): Promise<void> {
  page = await bench.page(body, { query });
  await page.evaluate(() => window.rig.start());
}
const settled = () => page.evaluate(() => window.rig.settled());

test('typing, checking, choosing', async () => {
  await started(
    '<input id="i"><textarea id="t"></textarea><input type="checkbox" id="c"><input type="radio" name="r" id="r1" checked><input type="radio" name="r" id="r2"><select id="s"><option>a<option>b</select><p contenteditable id="e">x</p>',
  );
  await page.type('#i', 'Grüße 12');
  await page.type('#t', 'two\nlines');
  await page.check('#c');
  await page.check('#r2');
  await page.selectOption('#s', 'b');
  await page.click('#e');
  await page.keyboard.type('typed');
  expect(await settled()).toBe('');
});

test('a form’s reset button, a label’s click, Escape in a dialog, a summary by the keyboard', async () => {
  await started(
    '<form><input id="i" value="a"><label for="c" id="l">x</label><input type="checkbox" id="c"><button type="reset" id="b">r</button></form><dialog id="d"><button>in</button></dialog><details><summary id="s">s</summary>x</details>',
  );
  await page.fill('#i', 'changed');
  await page.click('#l');
  expect(await settled()).toBe('');
  await page.click('#b');
  expect(await settled()).toBe('');
  await page.evaluate(() => document.querySelector('dialog')?.showModal());
  expect(await settled()).toBe('');
  await page.keyboard.press('Escape');
  expect(await settled()).toBe('');
  await page.focus('#s');
  await page.keyboard.press('Enter');
  expect(await settled()).toBe('');
});

test('clicks name the node and the place, also in a frame and by the keyboard', async () => {
  await started(
    '<button id="b" style="position: absolute; left: 100px; top: 50px; width: 40px; height: 20px">x</button><iframe style="position: absolute; left: 200px; top: 100px; border: 5px solid" srcdoc="<body style=\'margin: 0\'><button id=q style=\'width: 50px; height: 30px\'>y</button>"></iframe>',
  );
  await page.waitForTimeout(100);
  await page.mouse.click(110, 60);
  await page.mouse.click(215, 115);
  await page.focus('#b');
  await page.keyboard.press('Enter');
  await page.evaluate(() => (document.querySelector('#b') as HTMLElement).click());
  await settled();
  const clicks = await page.evaluate(() => {
    const { near } = window.rig.receiver();
    const found: unknown[] = [];
    for (let i = 0; i < near.clicks.length; i += 4) {
      const [id = 0, x, y] = near.clicks.slice(i, i + 3);
      found.push([near.nodes.get(id)?.attributes.get('id'), x, y]);
    }
    return found;
  });
  expect(clicks).toEqual([
    ['b', 110, 60],
    ['q', 215, 115],
    ['b', 120, 60],
  ]);
});

test('every pointer movement is offered, a sampled path is kept', async () => {
  await started('<p>x</p>');
  for (let i = 0; i < 60; i++) {
    await page.mouse.move(10 + i, 20);
    await page.waitForTimeout(15);
  }
  await page.waitForTimeout(1100);
  const [moves = 0, kept = 0] = await page.evaluate(() => [
    window.rig.pointer.length / 2,
    window.rig.receiver().near.paths,
  ]);
  expect(moves).toBeGreaterThan(kept);
  expect(kept).toBeGreaterThan(5);
});

test('the focus, through shadow roots and frames', async () => {
  await started('<input id="a"><div id="h"></div><iframe srcdoc="<input id=f>"></iframe>');
  await page.evaluate(() => {
    const input = Object.assign(document.createElement('input'), { id: 'deep' });
    document.querySelector('#h')?.attachShadow({ mode: 'open' }).append(input);
  });
  await page.waitForTimeout(100);
  const focus = async (f: () => unknown) => {
    await page.evaluate(f);
    await settled();
    return page.evaluate(() => window.rig.receiver().near.focusName());
  };
  expect(await focus(() => (document.querySelector('#a') as HTMLElement).focus())).toBe('input#a');
  expect(await focus(() => document.querySelector('#h')?.shadowRoot?.querySelector('input')?.focus())).toBe(
    'input#deep',
  );
  expect(await focus(() => document.querySelector('iframe')?.contentDocument?.querySelector('input')?.focus())).toBe(
    'input#f',
  );
  expect(await focus(() => (document.activeElement as HTMLElement).blur())).toBe('');
});

test('the window’s size, the page’s address and title', async () => {
  await started('<p>x</p>', '?token=secret#frag');
  const told = () =>
    page.evaluate(() => {
      const { view, url, title, env } = window.rig.receiver().near;
      return { view, url: new URL(url).pathname + new URL(url).search, title, time: JSON.parse(env).timeZone };
    });
  expect(await told()).toMatchObject({
    view: [800, 600, 1000, 1000],
    url: expect.stringMatching(/^\/page\/\d+\?token=$/),
    title: 'Test',
  });
  await page.setViewportSize({ width: 500, height: 400 });
  await page.evaluate(() => {
    history.pushState(null, '', '/users/123456/edit?x=1');
    document.title = 'Next';
  });
  await settled();
  await page.waitForTimeout(50);
  expect(await told()).toMatchObject({ view: [500, 400, 1000, 1000], url: '/users/:id/edit?x=', title: 'Next' });
  expect((await told()).time).not.toBe('');
});

test('scrolling by the wheel, of the page and of an element', async () => {
  await started(
    '<div id="s" style="height: 100px; overflow: auto"><p style="height: 900px">x</p></div><p style="height: 4000px">tall</p>',
  );
  await page.mouse.move(50, 50);
  await page.mouse.wheel(0, 120);
  await page.mouse.move(50, 300);
  await page.mouse.wheel(0, 300);
  await page.waitForTimeout(400);
  expect(await settled()).toBe('');
});

test('full screen, entered and left', async () => {
  await started('<div id="d" style="width: 10px; height: 10px">x</div>');
  await page.evaluate(() =>
    document.addEventListener('click', () => document.querySelector('#d')?.requestFullscreen(), { once: true }),
  );
  await page.mouse.click(300, 300);
  await page.waitForFunction(() => document.fullscreenElement !== null);
  await page.waitForTimeout(300);
  const states = () => page.evaluate(() => window.rig.receiver().near.calls.state);
  expect(await states()).toBe(1);
  expect(await settled()).toBe('');
  await page.evaluate(() => document.exitFullscreen().catch(() => undefined));
  await page.waitForTimeout(300);
  expect(await settled()).toBe('');
  expect(await states()).toBe(2);
});

test('a change alone goes out in its own task, a flood once a frame', async () => {
  await started('<p id="p">x</p>');
  const result = await page.evaluate(async () => {
    const { rig } = window;
    const p = document.querySelector('#p') as HTMLElement;
    await new Promise((resolve) => setTimeout(resolve, 50));
    const start = rig.receiver().frames;
    p.append('one');
    await null;
    await null;
    const alone = rig.receiver().frames - start;
    await new Promise(requestAnimationFrame);
    const before = rig.receiver().frames;
    for (let i = 0; i < 200; i++) {
      p.setAttribute('data-i', `${i}`);
      await null;
    }
    await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    return [alone, rig.receiver().frames - before];
  });
  expect(result[0]).toBe(1);
  expect(result[1]).toBeLessThan(6);
});
