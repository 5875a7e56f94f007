// What elements show besides the tree: animations that scripts make, states of custom elements, closed shadow roots.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Bench } from './bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.open();
});
afterAll(() => bench.close());

/** Runs code in the page, lets a group pass, and gives the animations that the receiver has. */
async function told(
  page: Page,
  code: string,
): Promise<{ state: number; time: number; rate: number; effect: unknown }[]> {
  return page.evaluate(async (code) => {
    const run = new Function(`return (async () => {${code}\n})()`) as () => Promise<void>;
    await run();
    await new Promise((resolve) => setTimeout(resolve, 60));
    window.rig.flush();
    return [...window.rig.receiver().far.nodes.values()].flatMap((node) =>
      [...node.animations.values()].map((a) => ({ ...a, effect: JSON.parse(a.effect) as unknown })),
    );
  }, code);
}

test('an animation is told with its keyframes and timing, when it rests, turns, and is gone', async () => {
  const page = await bench.page('<p id=a>x</p>');
  await page.evaluate(() => window.rig.start('standard', true));
  const [one] = await told(
    page,
    `window.one = a.animate([{ opacity: 0, easing: 'ease-in' }, { opacity: 0.5, offset: 0.2, marginLeft: '3px' }, { opacity: 1 }],
      { duration: 100000, iterations: Infinity, direction: 'alternate', fill: 'both' })`,
  );
  expect(one).toMatchObject({
    state: 1,
    rate: 1000,
    effect: {
      k: [{ s: 'opacity: 0; ', e: 'ease-in' }, { o: 0.2 }, { s: 'opacity: 1; ' }],
      t: { duration: 100_000, iterations: -1, direction: 'alternate', fill: 'both' },
    },
  });
  expect(one?.effect).toMatchObject({ k: [{}, { s: expect.stringMatching(/margin-left: 3px/) as string }, {}] });
  expect(await told(page, 'one.pause(); one.currentTime = 50000; one.playbackRate = -2')).toMatchObject([
    { state: 2, time: 50_000, rate: -2000 },
  ]);
  expect(await told(page, `one.effect.setKeyframes({ color: ['red', 'blue'] })`)).toMatchObject([
    { effect: { k: [{ s: 'color: red; ' }, { s: 'color: blue; ' }] } },
  ]);
  expect(await told(page, 'one.cancel()')).toEqual([]);
  await page.close();
});

test('one that ends leaves what it fills, and nothing else', async () => {
  const page = await bench.page('<p id=a>x</p><p id=b>x</p>');
  await page.evaluate(() => window.rig.start('standard', true));
  const left = await told(
    page,
    `const two = [a.animate({ opacity: [0, 1] }, 10), b.animate({ opacity: [0, 0.3] }, { duration: 10, fill: 'forwards' })];
     await Promise.all(two.map((one) => one.finished));`,
  );
  expect(left).toMatchObject([{ state: 3, effect: { t: { duration: 10, fill: 'forwards' } } }]);
  await page.close();
});

test('animations that were there before, in shadow roots too, and those of elements that are sent anew', async () => {
  const page = await bench.page(
    '<p id=a>x</p><div id=h></div><style>@keyframes k { to { top: 0 } } #c { animation: k 9s }</style><i id=c></i>',
  );
  await page.evaluate(() => {
    const root = (document.querySelector('#h') as Element).attachShadow({ mode: 'open' });
    root.innerHTML = '<b>x</b>';
    for (const one of [document.querySelector('#a'), root.firstElementChild]) one?.animate({ opacity: [0, 1] }, 1e6);
    window.rig.start('standard', true);
  });
  expect(await told(page, '')).toHaveLength(2); // and not the style sheet's
  expect(await told(page, `h.setAttribute('data-ridealong-mask', '')`)).toHaveLength(2);
  expect(await told(page, 'a.remove()')).toHaveLength(1);
  await page.close();
});

test('states of custom elements, whether or not they were seen being made', async () => {
  const page = await bench.page('<x-a id=a></x-a><style>x-a:state(old), x-b:state(on) { color: red }</style>');
  const names = (code: string) =>
    page.evaluate(async (code) => {
      const run = new Function(code) as () => void;
      run();
      await new Promise((resolve) => setTimeout(resolve, 60));
      window.rig.flush();
      return [...window.rig.receiver().far.nodes.values()].flatMap((n) => (n.names ? [n.names.join()] : []));
    }, code);
  await page.evaluate(() => {
    const make = () =>
      class extends HTMLElement {
        i = this.attachInternals();
      };
    const A = make();
    customElements.define('x-a', A);
    (document.querySelector('x-a') as InstanceType<typeof A>).i.states.add('old');
    Object.assign(window, { B: make() });
    window.rig.start('standard', true);
  });
  expect(await names('')).toEqual(['old']);
  expect(await names(`customElements.define('x-b', B); a.after(window.b = new B()); b.i.states.add('on')`)).toEqual([
    'old',
    'on',
  ]);
  expect(await names(`b.i.states.add('unnamed'); a.i.states.delete('old')`)).toEqual(['', 'on,unnamed']);
  await page.close();
});

test('a closed shadow root that was seen being made is told as any other', async () => {
  const page = await bench.page('<div id=h></div>');
  const differences = await page.evaluate(async () => {
    window.rig.start('standard', true);
    const host = document.querySelector('#h') as Element;
    const root = host.attachShadow({ mode: 'closed' });
    root.innerHTML = '<p>inside</p>';
    await new Promise((resolve) => setTimeout(resolve, 30));
    root.append('and later');
    await new Promise((resolve) => setTimeout(resolve, 30));
    window.rig.flush();
    const texts = [...window.rig.receiver().far.nodes.values()].map((n) => n.text).join();
    const [shadow] = [...window.rig.receiver().far.nodes.values()].filter((n) => n.kind === 'shadow');
    return { texts, head: shadow?.head };
  });
  expect(differences.texts).toContain('inside');
  expect(differences.texts).toContain('and later');
  expect(differences.head).toContain('1');
  await page.close();
});

test('a custom element is told to be undefined until a script defines it', async () => {
  const page = await bench.page('<x-late id=a></x-late><x-never id=b></x-never><x-now id=c></x-now>');
  const [before, after] = await page.evaluate(async () => {
    customElements.define('x-now', class extends HTMLElement {});
    window.rig.start();
    window.rig.flush();
    const undefinedOnes = () =>
      [...window.rig.receiver().far.nodes.values()].flatMap((n) => (n.attributes.has(':undefined') ? [n.tag] : []));
    const first = undefinedOnes();
    customElements.define('x-late', class extends HTMLElement {});
    document.body.append(document.createElement('x-late'));
    await new Promise((resolve) => setTimeout(resolve, 60));
    window.rig.flush();
    return [first, undefinedOnes()];
  });
  expect(before).toEqual(['x-late', 'x-never']);
  expect(after).toEqual(['x-never']);
  await page.close();
});

test('a picture with another address is told by that address, also while the first one is still shown', async () => {
  const page = await bench.page('<img id=i src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">');
  const asked = await page.evaluate(async () => {
    const image = document.querySelector('img') as HTMLImageElement;
    await new Promise((resolve) => setTimeout(resolve, 20));
    window.rig.start();
    window.rig.flush();
    image.src = '/another.png';
    await new Promise((resolve) => setTimeout(resolve, 60));
    return window.rig.assets.at(-1);
  });
  expect(asked).toMatch(/^image .*another\.png$/);
  await page.close();
});
