// What canvases and videos show: read when it changed and may be told, and of what cannot be read it is known that it cannot.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Bench } from './bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.open();
});
afterAll(() => bench.close());

const soon = { timeout: 15_000 };

/** Pictures that were told of: what number, and the colour in the middle of each; '' where it could not be read. */
const shown = (page: Page) => page.evaluate(() => window.rig.shown);
const color = (page: Page, n = 1) =>
  expect.poll(() => page.evaluate((n) => window.rig.shown.filter((one) => one.n === n).at(-1)?.middle, n), soon);
const attributes = (page: Page, tag: string) =>
  page.evaluate((tag) => {
    const found = [...window.rig.receiver().far.nodes.values()].find((node) => node.tag === tag);
    return found && { kind: found.kind, ...Object.fromEntries(found.attributes) };
  }, tag);

const canvas = '<canvas id=c width=40 height=20></canvas>';
const paint = (page: Page, style: string) =>
  page.evaluate((style) => {
    const context = (document.querySelector('#c') as HTMLCanvasElement).getContext('2d') as CanvasRenderingContext2D;
    context.fillStyle = style;
    context.fillRect(0, 0, 40, 20);
  }, style);

test('a canvas is an element, and what is drawn on it is told as the newest content of one number', async () => {
  const page = await bench.page(canvas);
  await page.evaluate(() => window.rig.start());
  await paint(page, 'red');
  await color(page).toBe('255,0,0,255');
  await expect
    .poll(() => attributes(page, 'canvas'), soon)
    .toMatchObject({ kind: 'element', width: '40', src: 'asset:1' });
  await paint(page, 'rgb(0,0,255)');
  await color(page).toBe('0,0,255,255');
  await page.evaluate(() => {
    const c = document.querySelector('#c') as HTMLCanvasElement;
    c.getContext('2d')?.clearRect(0, 0, 40, 20);
  });
  await color(page).toBe('0,0,0,0');
  expect((await shown(page)).map((one) => one.n)).toEqual([1, 1, 1]);
  expect(await page.evaluate(() => window.rig.compare())).toBe('');
  await page.close();
});

test('what does not change is not told again, and one that nobody draws on gets no context', async () => {
  const page = await bench.page(`${canvas}<canvas id=d></canvas>`);
  await page.evaluate(() => window.rig.start());
  await paint(page, 'red');
  await color(page).toBe('255,0,0,255');
  await page.waitForTimeout(1500); // two looks and more
  expect(await shown(page)).toHaveLength(1);
  // A canvas that has a context gets no other: this one was free.
  expect(
    await page.evaluate(() => (document.querySelector('#d') as HTMLCanvasElement).getContext('webgl2') !== null),
  ).toBe(true);
  expect(await page.evaluate(() => window.rig.errors)).toEqual([]);
  await page.close();
});

test('a canvas of WebGL that keeps nothing is seen as it is drawn', async () => {
  const page = await bench.page(canvas);
  await page.evaluate(() => {
    const gl = (document.querySelector('#c') as HTMLCanvasElement).getContext('webgl') as WebGLRenderingContext;
    const draw = () => {
      gl.clearColor(0, 1, 0, 1);
      gl.clear(gl.COLOR_BUFFER_BIT);
      requestAnimationFrame(draw);
    };
    draw();
    window.rig.start();
  });
  await color(page).toBe('0,255,0,255');
  await page.close();
});

test('a canvas of WebGL that is drawn once, between two looks, is seen', async () => {
  const page = await bench.page(canvas);
  await page.evaluate(async () => {
    const gl = (document.querySelector('#c') as HTMLCanvasElement).getContext('webgl') as WebGLRenderingContext;
    window.rig.start();
    // Whoever listens is there once a first picture came.
    const paint = (green: number) => {
      gl.clearColor(0, green, 1, 1);
      gl.clear(gl.COLOR_BUFFER_BIT);
    };
    Object.assign(window, { paint, again: setInterval(() => paint(0), 50) });
  });
  await color(page).toBe('0,0,255,255');
  await page.evaluate(async () => {
    const { paint, again } = window as unknown as { paint: (green: number) => void; again: number };
    clearInterval(again);
    await new Promise((resolve) => setTimeout(resolve, 2500)); // longer than any pause between two copies
    paint(1);
  });
  await color(page).toBe('0,255,255,255');
  await page.close();
});

test('a canvas that holds a picture of another origin cannot be read, and is told so', async () => {
  const page = await bench.page(canvas);
  bench.serve('/other.svg', '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', {
    'content-type': 'image/svg+xml',
  });
  await page.evaluate(
    async (other) => {
      window.rig.start();
      const picture = new Image();
      picture.src = other;
      await picture.decode();
      (document.querySelector('#c') as HTMLCanvasElement).getContext('2d')?.drawImage(picture, 0, 0);
    },
    `${bench.origin.replace('127.0.0.1', 'localhost')}/other.svg`,
  );
  await color(page).toBe('');
  await expect.poll(() => attributes(page, 'canvas'), soon).toMatchObject({ src: 'asset:1' });
  expect(await page.evaluate(() => window.rig.errors)).toEqual([]);
  await page.close();
});

for (const [what, mode, around, after] of [
  ['in strict mode', 'strict', '', ''],
  ['that is masked', 'standard', 'data-ridealong-mask', ''],
  ['that is blocked', 'standard', 'data-ridealong-block', ''],
  ['that is masked in the task that draws on it', 'standard', '', 'data-ridealong-mask'],
] as const)
  test(`no picture is made of a canvas ${what}`, async () => {
    const page = await bench.page(`<div id=a ${around}>${canvas}</div><canvas id=e></canvas>`);
    await page.evaluate(
      ([mode, after]) => {
        window.rig.start(mode);
        if (after) document.querySelector('#a')?.setAttribute(after, '');
        for (const c of document.querySelectorAll('canvas')) c.getContext('2d')?.fillRect(0, 0, 300, 300);
        // Beside it stands one that is told, unless nothing is.
        const context = (document.querySelector('#e') as HTMLCanvasElement).getContext('2d');
        if (context) context.fillStyle = 'red';
        context?.fillRect(0, 0, 300, 300);
      },
      [mode, after] as const,
    );
    if (mode === 'strict') await page.waitForTimeout(1200);
    else await expect.poll(() => shown(page), soon).toMatchObject([{ middle: '255,0,0,255' }]);
    await page.waitForTimeout(400);
    expect(await shown(page)).toHaveLength(mode === 'strict' ? 0 : 1);
    const kinds = () =>
      page.evaluate(() => [...window.rig.receiver().far.nodes.values()].map((node) => `${node.kind} ${node.tag}`));
    await expect.poll(kinds, soon).toContain(around.endsWith('block') ? 'blocked div' : 'blocked canvas');
    await page.close();
  });

test('a picture that was told is dropped when its canvas is hidden or goes', async () => {
  const page = await bench.page(`<div id=a>${canvas}</div>`);
  await page.evaluate(() => window.rig.start());
  await paint(page, 'red');
  await color(page).toBe('255,0,0,255');
  await page.evaluate(() => document.querySelector('#a')?.setAttribute('data-ridealong-mask', ''));
  await expect.poll(() => page.evaluate(() => window.rig.dropped), soon).toEqual([1]);
  await page.evaluate(() => document.querySelector('#a')?.removeAttribute('data-ridealong-mask'));
  await expect.poll(async () => (await shown(page)).length, soon).toBe(2);
  await page.evaluate(() => document.querySelector('#c')?.remove());
  await expect.poll(() => page.evaluate(() => window.rig.dropped), soon).toEqual([1, 1]);
  await page.close();
});

test('what is out of sight is not read, and nothing is while nobody watches', async () => {
  const page = await bench.page(`<div style="height: 3000px"></div>${canvas}`);
  await page.evaluate(() => window.rig.start());
  await paint(page, 'red');
  await page.waitForTimeout(800);
  expect(await shown(page)).toEqual([]);
  await page.evaluate(() => {
    window.rig.watched = false;
    scrollTo(0, 3000);
  });
  await page.waitForTimeout(1200);
  expect(await shown(page)).toEqual([]);
  await page.evaluate(() => {
    window.rig.watched = true;
  });
  await color(page).toBe('255,0,0,255');
  await page.close();
});

test('a large one is made smaller', async () => {
  const page = await bench.page('<canvas id=c width=4000 height=2000></canvas>');
  await page.evaluate(() => window.rig.start());
  await paint(page, 'red');
  await expect.poll(() => shown(page), soon).toMatchObject([{ width: 1415, height: 708 }]);
  await page.close();
});

test('a video tells what it does, how large it is, and what it shows', async () => {
  const page = await bench.page(`<video id=v muted></video>${canvas}`);
  await paint(page, 'rgb(255,0,0)');
  await page.evaluate(() => {
    window.rig.start();
    const video = document.querySelector('#v') as HTMLVideoElement;
    const canvas = document.querySelector('#c') as HTMLCanvasElement;
    const draw = () => {
      canvas.getContext('2d')?.fillRect(0, 0, 40, 20);
      requestAnimationFrame(draw);
    };
    draw();
    video.srcObject = canvas.captureStream();
    void video.play();
  });
  await expect
    .poll(() => attributes(page, 'video'), soon)
    .toMatchObject({ width: '40', height: '20', poster: 'asset:1' });
  await color(page).toBe('255,0,0,255');
  const media = () =>
    page.evaluate(() => [...window.rig.receiver().far.nodes.values()].find((node) => node.tag === 'video')?.media?.[0]);
  await expect.poll(media, soon).toBe(3);
  await page.evaluate(() => (document.querySelector('#v') as HTMLVideoElement).pause());
  await expect.poll(media, soon).toBe(2);
  await page.close();
});

test('a frame of another origin is an element that says whose it is, and nothing else of its address', async () => {
  const other = bench.origin.replace('127.0.0.1', 'localhost');
  bench.serve('/framed', '<p>x');
  const page = await bench.page(`<iframe id=f src="${other}/framed?t=secret"></iframe><div id=m></div>`);
  await page.evaluate(() => window.rig.start());
  expect(await attributes(page, 'iframe')).toEqual({ kind: 'element', id: 'f', src: other });
  // It becomes one of our own, which is told whole.
  await page.evaluate(async () => {
    const frame = document.querySelector('iframe') as HTMLIFrameElement;
    const loaded = new Promise((resolve) => frame.addEventListener('load', resolve));
    frame.src = '/framed';
    await loaded;
  });
  await expect.poll(() => page.evaluate(() => window.rig.receiver().far.canonical().join()), soon).toContain('"x"');
  expect(await attributes(page, 'iframe')).toEqual({ kind: 'element', id: 'f' });
  await page.evaluate(async (url) => {
    const frame = document.querySelector('iframe') as HTMLIFrameElement;
    const loaded = new Promise((resolve) => frame.addEventListener('load', resolve));
    frame.src = url;
    await loaded;
  }, `${other}/framed`);
  await expect.poll(() => attributes(page, 'iframe'), soon).toEqual({ kind: 'element', id: 'f', src: other });
  expect(await page.evaluate(() => window.rig.compare())).toBe('');
  await page.close();
});

test('fonts that scripts make are told as rules, from addresses and from bytes, and go when they go', async () => {
  const page = await bench.page('<p>x</p>');
  await page.evaluate(() => {
    window.rig.start();
    const one = new FontFace('One Font', 'url(/one.woff2)', { weight: '700' });
    const two = new FontFace('two', new TextEncoder().encode('wOF2 and so on').buffer);
    document.fonts.add(one).add(two);
    Object.assign(window, { one });
  });
  const faces = () => page.evaluate(() => window.rig.receiver().far.faces.map((rule) => rule.replace(/\s+/g, ' ')));
  await expect.poll(faces, soon).toHaveLength(2);
  const [one, two] = await faces();
  expect(one).toMatch(/^@font-face \{ font-family: "One Font"; src: url\("?asset:\d+"?\);.* font-weight: 700/);
  expect(two).toMatch(/font-family: "?two"?; src: url\("?asset:[1-9]/);
  expect(await page.evaluate(() => window.rig.assets.some((asset) => /^font .*\/one\.woff2$/.test(asset)))).toBe(true);
  await page.evaluate(() => document.fonts.delete(Reflect.get(window, 'one')));
  await expect.poll(faces, soon).toEqual([two]);
  expect(await page.evaluate(() => [new FontFace('a', 'url(b)') instanceof FontFace, FontFace.name])).toEqual([
    true,
    'FontFace',
  ]);
  await page.close();
});

test('what a drawing uses from a file is a part of an asset; what a template holds is not told', async () => {
  const page = await bench.page(
    '<svg><use href="/icons.svg#cart"></use><use href="#own"></use></svg><template id=t><p>inner</p></template>' +
      '<math><mfrac><mi>x</mi><mn>2</mn></mfrac></math>',
  );
  await page.evaluate(() => window.rig.start());
  expect(await page.evaluate(() => window.rig.assets)).toEqual([`image ${bench.origin}/icons.svg`]);
  const form = await page.evaluate(() => window.rig.receiver().far.canonical().join('\n'));
  expect(form).toMatch(
    /use 1 href="asset:1#cart"\n *use 1 href="#own"\n *template 0 id="t"\n *math 2\n *mfrac 2\n *mi 2/,
  );
  expect(form).not.toContain('inner');
  await page.close();
});
