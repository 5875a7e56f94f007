// Pages that are too large or that hang: the stage stops with a word, the app lives on.

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startChromium, type Tab, type TestBrowser } from './browsers.ts';
import { Forge } from './forge.ts';
import { type Server, serve } from './server.ts';

let server: Server;
let browser: TestBrowser;
let tab: Tab;

beforeAll(async () => {
  server = await serve();
  browser = await startChromium();
  tab = await browser.tab();
});
afterAll(async () => {
  await browser?.close();
  server?.close();
});
beforeEach(async () => {
  await tab.open(server.origin);
  await tab.run('harness.open()');
});

const events = async (name: string) =>
  (await tab.run<[string, ...unknown[]][]>('harness.events')).filter((event) => event[0] === name);
const veil = () => tab.run<string>("document.querySelector('#host [role=status]').textContent");
const small = (text: string) => JSON.stringify(new Forge().page([['p', {}, text]]));

test.each([
  ['nodes', /^too-large$/, /250000 nodes/],
  ['text', /^too-large$/, /64 MiB/],
  ['depth', /^decode$/, /deeper than 512/],
] as const)(
  'a page of too much %s stops with a word, and a smaller one is shown after it',
  async (kind, reason, detail) => {
    await tab.run(`harness.send(${small('before')})`);
    await tab.run(`harness.bomb('${kind}')`);
    const [[, told, why]] = (await events('trouble')) as [[string, string, string]];
    expect([told, why]).toEqual([expect.stringMatching(reason), expect.stringMatching(detail)]);
    if (told === 'too-large') expect(await veil()).toBe('This page is too large to be shown.');
    await tab.run(`harness.send(${small('after')})`);
    expect(await tab.inFrames('document.body.textContent')).toEqual(['after']);
    expect(await veil()).toBe('');
  },
);

test('depth reached by moving is refused as well', async () => {
  const forge = new Forge();
  const chain = (name: string, length: number) => {
    const nodes = Array.from({ length }, (_, i) => [
      'element',
      i === 0 ? forge.id(name) : forge.id(`${name}${i}`),
      0,
      'i',
      [],
    ]);
    return [['insert', forge.of('body'), 0], ...nodes, ...nodes.map(() => ['end']), ['end']];
  };
  await tab.run(`harness.send(${JSON.stringify(forge.page([]))})`);
  await tab.run(`harness.send(${JSON.stringify([...chain('a', 300), ...chain('b', 300)])})`);
  await tab.run(
    `harness.send(${JSON.stringify([['insert', forge.of('b299'), 0], ['moved', forge.of('a')], ['end']])})`,
  );
  expect((await events('trouble'))[0]?.[1]).toBe('too-large');
});

test('a frame that hangs is removed, built again, and the app stays alive meanwhile', async () => {
  await tab.run(`harness.send(${small('before')})`);
  const began = Date.now();
  void tab.inFrames('(() => { for (const end = Date.now() + 9000; Date.now() < end; ); })()').catch(() => undefined);
  await tab.run(`new Promise((resolve) => setTimeout(resolve, 500))`);
  expect(await tab.run('1 + 1')).toBe(2);
  expect(Date.now() - began, 'before the loop ends').toBeLessThan(9000);
  await tab.run("harness.until('trouble', 8000)");
  expect((await events('trouble')).map((event) => event[1])).toEqual(['stuck', 'decode']);
  expect(await veil()).toMatch(/Building it again/);
  await tab.run(`harness.send(${small('again')})`);
  await expect.poll(() => tab.inFrames('document.body.textContent'), { timeout: 30_000 }).toEqual(['again']);
  expect(await veil()).toBe('');
  // The process of the frame that was given up is at its loop still, and the next frame may get the same one.
  await new Promise((resolve) => setTimeout(resolve, began + 9500 - Date.now()));
}, 60_000);

test('what comes while the frame is at work is shown in one task, in its order', async () => {
  const forge = new Forge();
  await tab.run(`harness.send(${JSON.stringify(forge.page([['p', {}]]))})`);
  await tab.inFrames(
    '{ globalThis.tasks = 0; new MutationObserver(() => tasks++).observe(document.body, { subtree: true, childList: true }) }',
  );
  const frames = Array.from({ length: 20 }, (_, i) => [
    ['insert', forge.of('body'), 0],
    ['text', 1000 + i, `${i} `],
    ['end'],
  ]);
  const each = 'for (const frame of frames) { harness.post(frame); await null; await null }';
  await tab.run(`(async () => { const frames = ${JSON.stringify(frames.slice(0, -1))}; ${each} })()`);
  await tab.run(`harness.send(${JSON.stringify(frames.at(-1))})`);
  const [shown] = await tab.inFrames('document.body.textContent');
  expect(shown).toBe(Array.from({ length: 20 }, (_, i) => `${19 - i} `).join(''));
  const [tasks] = (await tab.inFrames('tasks')) as number[];
  expect(tasks).toBeLessThanOrEqual(3);
});

test('a drawing that multiplies itself does not take the app down', async () => {
  const forge = new Forge();
  const levels = Array.from({ length: 14 }, (_, i): ['svg:g', Record<string, string>, ...never[]] => [
    'svg:g',
    { id: `l${i}` },
    ...(Array.from({ length: 8 }, () =>
      i === 0 ? ['svg:rect', { width: '1', height: '1' }] : ['svg:use', { href: `#l${i - 1}` }],
    ) as never[]),
  ]);
  await tab.run(`harness.post(${JSON.stringify(forge.page([['svg:svg', {}, ...levels]]))})`);
  for (let i = 0; i < 8; i++) {
    const asked = Date.now();
    await tab.run('new Promise((resolve) => setTimeout(resolve, 500))');
    expect(Date.now() - asked).toBeLessThan(3000);
  }
  await tab.run('harness.view().clear()');
}, 60_000);
