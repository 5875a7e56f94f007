// What comes as contents and what the customer does, on the stage in real browsers.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startChromium, startFirefox, type Tab, type TestBrowser } from './browsers.ts';
import { Forge, type Tree } from './forge.ts';
import type { Call } from './harness.ts';
import { type Server, serve } from './server.ts';

let server: Server;
beforeAll(async () => {
  server = await serve();
});
afterAll(() => server.close());

const soon = { timeout: 15_000 };

describe.each([
  ['chromium', startChromium],
  ['firefox', startFirefox],
] as const)('%s', (_, start) => {
  let browser: TestBrowser;
  let tab: Tab;
  let forge: Forge;

  beforeAll(async () => {
    browser = await start();
    tab = await browser.tab();
    await tab.open(server.origin);
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    forge = new Forge();
    await tab.run('harness.open()');
  });

  const send = (calls: Call[]) => tab.run<void>(`harness.send(${JSON.stringify(calls)}, 1)`);
  const page = (...body: Tree[]) => send(forge.page(body));
  /** In the stage, not in frames within it. */
  const seen = async <T>(expression: string): Promise<T | undefined> => (await tab.inFrames<T>(expression))[0];
  const troubles = () => tab.run<unknown[]>("harness.events.filter((event) => event[0] === 'trouble')");
  const asset = (n: number, hash: string) => tab.run(`harness.view().asset(1, ${n}, '${hash}', 100, 'image/png')`);
  const blob = (hash: string, color: string) => tab.run(`harness.paint('${hash}', '${color}')`);

  const middle = `(() => {
    const canvas = document.querySelector('canvas');
    const { width, height } = canvas;
    return [...canvas.getContext('2d').getImageData(width >> 1, height >> 1, 1, 1).data].join();
  })()`;

  test('a canvas shows the newest content of its number, and keeps the one before until that is here', async () => {
    await page(['canvas', { '@': 'c', width: 40, height: 20, src: 'asset:3' }]);
    await asset(3, 'one');
    await blob('one', 'red');
    await expect.poll(() => seen(middle), soon).toBe('255,0,0,255');
    await asset(3, 'two');
    expect(await tab.run("harness.view().wanted(['one', 'two'])")).toEqual(['one', 'two']);
    // A browser clears a canvas that gets a size; what it showed is shown again.
    await send([['attributes', forge.of('c'), ['width', '60']]]);
    await expect.poll(() => seen(middle), soon).toBe('255,0,0,255');
    await blob('two', 'blue');
    await expect.poll(() => seen(middle), soon).toBe('0,0,255,255');
    expect(await seen("document.querySelector('canvas').hasAttribute('src')")).toBe(false);
    expect(await troubles()).toEqual([]);
  });

  test('one that cannot be read is hatched, until it can', async () => {
    await page(['canvas', { width: 200, height: 100, src: 'asset:1' }]);
    await tab.run('harness.view().refused(1, 1, 1)');
    await expect.poll(async () => (await seen<string>(middle))?.endsWith(',255'), soon).toBe(true);
    await asset(1, 'one');
    await blob('one', 'red');
    await expect.poll(() => seen(middle), soon).toBe('255,0,0,255');
  });

  test('a content that is no picture shows nothing and breaks nothing', async () => {
    await page(['canvas', { width: 40, height: 20, src: 'asset:1' }], ['canvas', { src: 'http://x.test/' }]);
    await asset(1, 'bad');
    await tab.run("harness.view().blob('bad', harness.blobOf('text'))");
    await send([['page', 'https://x.test/', 'on']]);
    expect(await troubles()).toEqual([]);
  });

  test('a video has the size it is told, and shows its newest picture', async () => {
    await page(['video', { width: 320, height: 180, poster: 'asset:2', src: 'http://x.test/v' }]);
    await asset(2, 'one');
    await blob('one', 'red');
    const poster = "document.querySelector('video').poster";
    await expect.poll(() => seen(poster), soon).toMatch(/^blob:/);
    const before = await seen(poster);
    await asset(2, 'two');
    await blob('two', 'blue');
    await expect.poll(async () => (await seen(poster)) !== before, soon).toBe(true);
    expect(await seen('document.querySelector("video").getBoundingClientRect().height')).toBe(180);
    expect(await seen('document.querySelector("video").src')).toBe('');
  });

  /** Style of an element, by its id. */
  const styleOf = (id: string, name: string) =>
    seen<string>(
      `(() => {
        const element = document.getElementById('${id}');
        return element ? getComputedStyle(element).getPropertyValue('${name}') : '';
      })()`,
    );

  test('what the pointer is over looks as the page has it: the element, those around it, the field of a label', async () => {
    await page(
      ['style', { '@': 's' }],
      [
        'nav',
        { id: 'nav', '@': 'nav' },
        ['a', { id: 'a', '@': 'a', href: '/' }, 'x', ['b', { '@': 'b' }, 'y']],
        ['label', { '@': 'l', for: 'i' }, 'l'],
        ['input', { id: 'i' }],
      ],
      ['div', { id: 'host' }, ['#shadow', {}, ['i', { '@': 'deep' }, 'z']]],
    );
    const rules = ['a:hover', 'nav:hover > a:not(:hover)', 'input:hover', '#host:hover'];
    await send([
      ['sheet', forge.of('s'), 0, '', rules.map((one, n) => `${one} { color: rgb(${n + 1}, 0, 0); }`)],
      ['hover', forge.of('b')],
    ]);
    expect(await styleOf('a', 'color')).toBe('rgb(1, 0, 0)');
    await send([['hover', forge.of('l')]]);
    expect([await styleOf('a', 'color'), await styleOf('i', 'color')]).toEqual(['rgb(2, 0, 0)', 'rgb(3, 0, 0)']);
    await send([['hover', forge.of('deep')]]);
    expect(await styleOf('host', 'color')).toBe('rgb(4, 0, 0)');
    // What is compared with the page is as the page has it.
    const { nodes } = await tab.run<{ nodes: unknown }>('harness.form()');
    expect(JSON.stringify(nodes)).toContain('nav:hover > a:not(:hover)');
    expect(JSON.stringify(nodes)).not.toContain('ra-');
    await send([['hover', 0]]);
    expect(await styleOf('host', 'color')).not.toBe('rgb(4, 0, 0)');
    expect(await seen('document.querySelectorAll("[ra-hover]").length')).toBe(0);
    expect(await troubles()).toEqual([]);
  });

  test('what has the focus looks so, with a ring where the browser shows one, and in a frame too', async () => {
    const field: Tree = ['input', { id: 'i', '@': 'i' }];
    await page(
      ['style', { '@': 's' }],
      ['form', { id: 'f' }, field],
      ['iframe', {}, ['#document', {}, ['html', {}, ['body', {}, ['input', { id: 'in', '@': 'in' }]]]]],
    );
    await send([
      [
        'sheet',
        forge.of('s'),
        0,
        '',
        ['input:focus { color: rgb(1, 0, 0); }', 'form:focus-within { color: rgb(2, 0, 0); }'],
      ],
      ['focus', forge.of('i'), 1],
    ]);
    expect([await styleOf('i', 'color'), await styleOf('f', 'color')]).toEqual(['rgb(1, 0, 0)', 'rgb(2, 0, 0)']);
    expect(await styleOf('i', 'outline-style')).toBe('auto');
    await send([['focus', forge.of('i'), 0]]);
    expect(await styleOf('i', 'outline-style')).not.toBe('auto');
    await send([['focus', forge.of('in'), 1]]);
    await expect
      .poll(async () => (await tab.inFrames<number>('document.querySelectorAll("input[ra-ring]").length')).join(), soon)
      .toBe('0,1');
    await send([['focus', forge.of('i'), 1]]);
    await expect
      .poll(async () => (await tab.inFrames<number>('document.querySelectorAll("input[ra-ring]").length')).join(), soon)
      .toBe('1,0');
    expect(await tab.run('document.activeElement === document.body')).toBe(true);
    expect(await troubles()).toEqual([]);
  });

  test('what fills the screen lies above all and is as large as it, and goes back', async () => {
    await page(
      ['div', { style: 'transform: scale(.5)' }, ['div', { id: 'd', '@': 'd', style: 'width: 50px' }, 'x']],
      ['dialog', { '@': 'm' }, 'modal'],
    );
    const width = () => seen<number>("document.getElementById('d').getBoundingClientRect().width");
    const before = await width();
    await send([
      ['state', forge.of('m'), 2],
      ['state', forge.of('d'), 8],
    ]);
    expect(await width()).toBe(await seen('innerWidth'));
    expect(JSON.stringify(await tab.run('harness.form()'))).not.toContain('popover');
    await send([['state', forge.of('d'), 0]]);
    expect(await width()).toBe(before);
  });

  test('what is selected is marked, a caret stands where it is in fields and texts, and a video says that it plays', async () => {
    await page(
      ['p', { '@': 'p' }, 'some words'],
      ['div', { contenteditable: '', '@': 'e' }, 'editable'],
      ['input', { '@': 'i', style: 'width: 200px' }],
      ['video', { '@': 'v', width: 100, height: 50 }],
    );
    const words = forge.of('p') + 1;
    await send([['selection', words, 7, words, 5]]);
    expect(await seen('[...CSS.highlights.get("ra-selection")].map(String).join()')).toBe('wo');
    await send([['selection', forge.of('e') + 1, 3, forge.of('e') + 1, 3]]);
    expect(await seen('CSS.highlights.has("ra-selection")')).toBe(false);
    const layer = "document.querySelectorAll('ra-marks').length";
    expect(await seen(layer)).toBe(1);
    await send([
      ['value', forge.of('i'), '••••'],
      ['focus', forge.of('i'), 1],
      ['selection', forge.of('i'), 2, forge.of('i'), 4],
      ['media', forge.of('v'), 1, 0, 0, 1000, 1000],
    ]);
    expect(await seen(layer)).toBe(1);
    expect(JSON.stringify(await tab.run('harness.form()'))).not.toContain('ra-');
    expect(await troubles()).toEqual([]);
  });

  test('what cannot be read has a place of its own size that is seen, in pictures and in style sheets', async () => {
    await page(
      ['img', { src: 'asset:1' }],
      ['img', { src: 'asset:2' }],
      ['b', { id: 'b', style: 'background: url(asset:1)' }],
    );
    await tab.run('harness.view().refused(1, 1, 1, 120, 40); harness.view().refused(1, 2, 3)');
    const widths = 'document.querySelectorAll("img")[0].getBoundingClientRect().width';
    await expect.poll(() => seen(widths), soon).toBe(120);
    expect(await seen('document.querySelectorAll("img")[1].src')).toMatch(/^data:image\/svg/);
    expect(await styleOf('b', 'background-image')).toMatch(/^url\("data:image\/svg/);
    expect(await troubles()).toEqual([]);
  });

  test('what the page shows nothing of either is broken here too, and nothing in style sheets', async () => {
    await page(
      ['img', { src: 'asset:1', alt: 'a picture' }],
      ['b', { id: 'b', style: 'background: url(asset:1)' }],
      ['img', { alt: 'a picture' }],
    );
    await tab.run('harness.view().refused(1, 1, 4)');
    const image = 'document.querySelector("img")';
    await expect.poll(() => seen(`${image}.src`), soon).toBe('data:,');
    await expect.poll(() => seen(`${image}.complete && ${image}.naturalWidth`), soon).toBe(0);
    expect(await styleOf('b', 'background-image')).not.toContain('data:');
    expect(await troubles()).toEqual([]);
  });

  test('a picture chosen for a dense screen has the size that the page gave it', async () => {
    await page(['img', { '@': 'i', src: 'asset:1 2' }], ['img', { src: 'asset:1' }]);
    await asset(1, 'one');
    await blob('one', 'red');
    const width = (i: number) => `document.querySelectorAll("img")[${i}].getBoundingClientRect().width`;
    await expect.poll(() => seen(width(1)), soon).toBeGreaterThan(2);
    await expect.poll(() => seen(width(0)), soon).toBe(2);
    await send([['attributes', forge.of('i'), ['src', 'asset:1']]]);
    await expect.poll(() => seen(`${width(0)} === ${width(1)}`), soon).toBe(true);
    expect(await troubles()).toEqual([]);
  });

  test('fonts of scripts are loaded, and are no sheet of the page', async () => {
    await page(['p', {}, 'x']);
    await asset(4, 'font');
    await tab.run("harness.view().blob('font', harness.blobOf('text'))");
    await send([['fonts', 1, ['@font-face { font-family: "One"; src: url("asset:4"); }']]]);
    expect(await seen('[...document.fonts].map((face) => face.family.replace(/"/g, "")).join()')).toBe('One');
    expect(await tab.run('harness.form().then((form) => form.adopted)')).toEqual([]);
    await send([['fonts', 1, []]]);
    expect(await seen('document.fonts.size')).toBe(0);
    expect(await troubles()).toEqual([]);
  });

  test('a frame that cannot be looked into says whose it is, and asks nobody for it', async () => {
    await page(['iframe', { id: 'f', src: 'https://pay.test"><script>', style: 'border: 1px solid', width: 300 }]);
    const background = await styleOf('f', 'background-image');
    expect(decodeURIComponent(background ?? '')).toContain('https://pay.test&#34;&#62;&#60;script&#62;');
    expect(await seen("document.querySelector('iframe')?.hasAttribute('src')")).toBe(false);
    expect(await troubles()).toEqual([]);
  });

  test('a part of a drawing’s file is used where the page uses it, by the allow-list, in shadow roots too', async () => {
    const use: Tree = ['svg:svg', { width: 40, height: 40 }, ['svg:use', { href: 'asset:6#icon' }]];
    await page(use, ['div', {}, ['#shadow', {}, use]]);
    await tab.run("harness.view().asset(1, 6, 'icons', 100, 'image/svg+xml')");
    const file = `<svg xmlns="http://www.w3.org/2000/svg"><symbol id="icon" viewBox="0 0 4 4"><script>1</script><rect onclick="x" width="4" height="3" fill="currentColor"/><image href="http://x.test/"/></symbol></svg>`;
    await tab.run(`harness.view().blob('icons', new TextEncoder().encode(${JSON.stringify(file)}))`);
    const uses = `[document, document.querySelector('div').shadowRoot].map((root) => {
      const { height } = root.querySelector('use').getBBox();
      const made = root.querySelector('symbol');
      return [root.querySelector('use').getAttribute('href'), height > 0, made && made.innerHTML.replace(/ xmlns="[^"]*"/g, '')].join(' ');
    })`;
    const made = '#ra-sprite-6-icon true <rect width="4" height="3" fill="currentColor"></rect><image></image>';
    await expect.poll(() => seen(uses), soon).toEqual([made, made]);
    expect(JSON.stringify(await tab.run('harness.form()'))).not.toContain('ra-');
    expect(await troubles()).toEqual([]);
  });
});
