// Security S1: a stranger's page on the stage runs no script and opens no connection, in two browsers. The negative control applies the
// same ops without the walls and must be caught many times, or this test would see nothing.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startChromium, startFirefox, type Tab, type TestBrowser } from './browsers.ts';
import { Forge } from './forge.ts';
import type { Call } from './harness.ts';
import { Canary, type Server, serve } from './server.ts';
import { type Vector, vectors } from './vectors.ts';

/** No fewer than there are. */
const VECTORS = 237;

const canary = new Canary();
let address = '';
let server: Server;
let open: Server;
let folder = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stage-hostile-'));
  address = await canary.listen();
  server = await serve();
  open = await serve({ walls: false });
});
afterAll(() => {
  server.close();
  open.close();
  canary.close();
  rmSync(folder, { recursive: true, force: true });
});

const wait = (time: number) => new Promise((resolve) => setTimeout(resolve, time));

/** One document with one vector. */
function calls(vector: Vector): Call[] {
  const forge = new Forge();
  const whole = forge.page(vector.body ?? [], vector.head ?? []);
  return [...whole, ...(vector.then?.(forge) ?? [])];
}

describe.each([
  ['chromium', () => startChromium([`--log-net-log=${join(folder, 'net.json')}`])],
  ['firefox', startFirefox],
] as const)('%s', (name, start) => {
  let browser: TestBrowser;
  let tab: Tab;

  beforeAll(async () => {
    browser = await start();
    tab = await browser.tab();
  });
  beforeEach(async () => {
    canary.reset();
    await tab.open(server.origin);
    await tab.run('harness.open()');
  });
  afterAll(() => browser?.close());

  test('every vector on the stage, one after another and clicked: no script, no connection', async () => {
    const all = vectors(address);
    expect(new Set(all.map((vector) => vector.name)).size, 'each has a name of its own').toBe(all.length);
    expect(all.length).toBeGreaterThanOrEqual(VECTORS);
    console.log(`${name}: ${all.length} vectors on the stage`);
    const reached: string[] = [];
    for (const vector of all) {
      const before = canary.connections;
      await tab.run(`harness.send(${JSON.stringify(calls(vector))})`);
      await clickAll(tab);
      const ran = await tab.run<string[]>('harness.ran.splice(0)');
      if (ran.length > 0 || canary.connections !== before) reached.push(vector.name);
    }
    await wait(1500);
    expect(reached).toEqual([]);
    expect({ connections: canary.connections, ran: await tab.run('harness.ran') }).toEqual({ connections: 0, ran: [] });
  }, 120_000);

  test.each([
    ['all of them in one document', true],
    ['the same without any policy of ours: the allow-list and the rewriter stand alone', false],
  ])('%s', async (_, walls) => {
    if (!walls) {
      await tab.open(open.origin);
      await tab.run('harness.open()');
    }
    const all = vectors(address);
    const forge = new Forge();
    const body = all.flatMap((vector) => vector.body ?? []);
    const head = all.flatMap((vector) => vector.head ?? []);
    const whole = forge.page(body, head);
    await tab.run(`harness.send(${JSON.stringify(whole)})`);
    for (const vector of all) if (vector.then) await tab.run(`harness.send(${JSON.stringify(vector.then(forge))})`);
    await clickAll(tab);
    await wait(1500);
    expect({ connections: canary.connections, ran: await tab.run('harness.ran') }).toEqual({ connections: 0, ran: [] });
    expect(await tab.run("harness.events.filter((event) => event[0] === 'trouble')")).toEqual([]);
    expect(await tab.run('location.pathname')).toBe('/');
    // A dns-prefetch leaves no trace that a test could count, so: what asks for one is not there at all.
    const built = await tab.inFrames("document.querySelectorAll('link, meta, base, script, object, embed').length");
    expect(built.filter((count) => count !== 0)).toEqual([]);
  });

  test('the control: without the walls the same ops run script and load', async () => {
    await tab.open(`${server.origin}/naked`);
    const skip = /^(?:meta-refresh|a-top|form-post|dns-|base)/; // these would take the control's own page away
    const ran = new Set<string>();
    for (const vector of vectors(address).filter((one) => !skip.test(one.name))) {
      await tab.run(`harness.naive(${JSON.stringify(calls(vector))})`).catch(() => undefined);
    }
    const looked: Call[] = new Forge().page([], [['img', { src: 'http://control.canary.test/' }]]);
    await tab.run(`harness.naive(${JSON.stringify(looked)})`);
    await wait(1500);
    for (const line of await tab.run<string[]>('harness.ran')) ran.add(line);
    const loads = new Set(canary.paths);
    console.log(
      `${name}: the control ran ${ran.size} scripts and made ${loads.size} loads on ${canary.connections} connections`,
    );
    expect(ran.size).toBeGreaterThanOrEqual(15);
    expect(loads.size).toBeGreaterThanOrEqual(15);
  }, 60_000);
});

test('no name was looked up for the stage; the control’s was', () => {
  const log = readFileSync(join(folder, 'net.json'), 'utf8');
  expect([...new Set(log.match(/[a-z-]+\.canary\.test/g))]).toEqual(['control.canary.test']);
});

/** What a click, a submit and a key do when somebody gets one through to the frame. */
async function clickAll(tab: Tab): Promise<void> {
  await tab.inFrames(`document.querySelectorAll('[data-click], a, button, input, area, x-evil').forEach((e) => {
    if (e instanceof HTMLElement) HTMLElement.prototype.click.call(e);
    else e.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
  })`);
}
