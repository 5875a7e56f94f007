// What the customer does without changing the page: what the pointer is over, what is selected, where the caret stands.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chromiumPath } from '../../../../e2e/browser.ts';
import { Bench } from './bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.open(chromiumPath()); // a pointer is over something where there is a window;
});
afterAll(() => bench.close());

const soon = { timeout: 15_000 };

/** The id attribute, or the kind, of what the receiver thinks the pointer is over. */
const under = (page: Page) =>
  page.evaluate(() => {
    const { far } = window.rig.receiver();
    const node = far.nodes.get(far.hovered);
    return node && (node.attributes.get('id') ?? node.kind);
  });

/** Ends of the selection, by their texts or ids. */
const selected = (page: Page) =>
  page.evaluate(() => {
    window.rig.flush();
    const { far } = window.rig.receiver();
    const [anchor = 0, at, focus = 0, to] = far.selected;
    const name = (id: number) => {
      const node = far.nodes.get(id);
      return node && (node.attributes.get('id') ?? node.text);
    };
    return [name(anchor), at, name(focus), to];
  });

test('what the pointer is over is told, in frames and shadow roots too, and of what is blocked no more than its box', async () => {
  const box = 'style="width: 100px; height: 30px"';
  const page = await bench.page(`<style>* { margin: 0 }</style><p id=a ${box}>a</p>
    <div id=b data-ridealong-block ${box}><i id=secret style="display: block; height: 30px">x</i></div>
    <div ${box}><template shadowrootmode=open><b id=deep style="display: block; height: 30px">x</b></template></div>
    <iframe style="border: 0; display: block" srcdoc="<body style='margin: 0'><u id=framed style='display: block; height: 30px'>x</u>"></iframe>`);
  await page.evaluate(() => window.rig.start());
  for (const [y, id] of [
    [10, 'a'],
    [40, 'blocked'],
    [70, 'deep'],
    [100, 'framed'],
  ] as const) {
    await page.mouse.move(20, y);
    await expect.poll(() => under(page), soon).toBe(id);
  }
  expect(await page.evaluate(() => window.rig.errors)).toEqual([]);
  await page.close();
});

test('a selection is told by its ends, a caret where something can be written', async () => {
  const page = await bench.page(
    '<p id=p>some<!-- c --><b>bold</b>words</p><div id=e contenteditable>editable</div><input id=i value=abcdef>',
  );
  await page.evaluate(() => window.rig.start());
  const set = (code: string) =>
    page.evaluate(async (code) => {
      new Function(code)();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }, code);
  await set('getSelection().setBaseAndExtent(p.lastChild, 3, p.firstChild, 1)');
  expect(await selected(page)).toEqual(['words', 3, 'some', 1]);
  // A comment is no child for the receiving side.
  await set('getSelection().setBaseAndExtent(p, 2, p, 4)');
  expect(await selected(page)).toEqual(['p', 1, 'p', 3]);
  await set('getSelection().collapse(p.firstChild, 2)');
  expect(await selected(page)).toEqual([undefined, 0, undefined, 0]);
  await set('e.focus(); getSelection().collapse(e.firstChild, 2)');
  expect(await selected(page)).toEqual(['••••••••', 2, '••••••••', 2]);
  await set('i.focus(); i.setSelectionRange(1, 3, "backward")');
  expect(await selected(page)).toEqual(['i', 3, 'i', 1]);
  await page.close();
});

test('of a field whose mask hides its length, and of what is blocked, no selection is told', async () => {
  const page = await bench.page('<input id=i type=password value=abcdef><p data-ridealong-block id=b>secret words</p>');
  await page.evaluate(() => {
    window.rig.start();
    const field = document.querySelector('#i') as HTMLInputElement;
    field.focus();
    field.setSelectionRange(2, 4);
  });
  await page.waitForTimeout(100);
  expect(await selected(page)).toEqual([undefined, 0, undefined, 0]);
  await page.evaluate(() => {
    const text = document.querySelector('#b')?.firstChild as Text;
    (document.activeElement as HTMLElement).blur();
    getSelection()?.setBaseAndExtent(text, 2, text, 5);
  });
  await page.waitForTimeout(100);
  expect(await selected(page)).toEqual([undefined, 0, undefined, 0]);
  await page.close();
});

test('what is selected is asked for where the page renders, however often the page changes in between', async () => {
  const page = await bench.page('<p id=p>some words</p><div id=grow></div>');
  const asked = await page.evaluate(async () => {
    window.rig.start();
    const own = document.getSelection.bind(document);
    const turn = new MessageChannel();
    const start = performance.now();
    let frames = 0;
    let times = 0;
    document.getSelection = () => {
      times++;
      return own();
    };
    const frame = () => {
      frames++;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    const text = document.querySelector('#p')?.firstChild as Text;
    for (let i = 0; i < 300; i++) {
      own()?.setBaseAndExtent(text, i % 4, text, 5);
      document.dispatchEvent(new Event('selectionchange'));
      document.querySelector('#grow')?.append(`${i}`);
      await new Promise((resolve) => {
        turn.port1.onmessage = resolve;
        turn.port2.postMessage(0);
      });
      const until = performance.now() + 1;
      while (performance.now() < until);
    }
    // A frame that does not come is made up for after 100 ms.
    return { frames: frames + (performance.now() - start) / 100, times };
  });
  expect(asked.times).toBeGreaterThan(0);
  expect(asked.times).toBeLessThanOrEqual(asked.frames + 2);
  expect(await selected(page)).toEqual(['some words', 3, 'some words', 5]);
  await page.close();
});

test('a value that a script sets in a field without the focus asks nobody what is selected', async () => {
  const page = await bench.page('<p id=p>some words</p><input id=i>');
  const asked = await page.evaluate(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const text = document.querySelector('#p')?.firstChild as Text;
    getSelection()?.setBaseAndExtent(text, 1, text, 5);
    await frame();
    window.rig.start();
    await frame();
    await frame();
    const own = document.getSelection.bind(document);
    let times = 0;
    document.getSelection = () => {
      times++;
      return own();
    };
    let heard = 0;
    document.addEventListener('selectionchange', () => heard++);
    const field = document.querySelector('#i') as HTMLInputElement;
    for (let i = 0; i < 10; i++) {
      field.value += 'x';
      await frame();
    }
    await frame();
    return { heard, times };
  });
  expect(asked.heard).toBeGreaterThan(0);
  expect(asked.times).toBeLessThan(4); // what was to be told of the beginning
  expect(await selected(page)).toEqual(['some words', 1, 'some words', 5]);
  await page.close();
});
