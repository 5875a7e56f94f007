// Bodies are told for the addresses that the site names, as much as the page itself reads of them, and without what is secret.

import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Told } from './page.ts';
import { Shop } from './shop.ts';

let shop: Shop;
let context: BrowserContext | undefined;
beforeAll(async () => {
  shop = await Shop.open();
});
afterAll(() => shop.close());
afterEach(async () => {
  await context?.close();
  context = undefined;
});

async function open(start: string): Promise<Page> {
  const opened = await shop.page();
  context = opened.context;
  await opened.page.evaluate(start);
  return opened.page;
}

async function of(script: string, end: string, start = `net.start(['/'])`): Promise<Told[]> {
  const page = await open(start);
  const found = await page.evaluate(
    async ([source, tail]) => {
      Object.assign(window, { other: `http://127.0.0.1:${location.port}` });
      await new Function(`return (async () => {${source}})()`)();
      return { told: await window.net.of(tail as string), errors: window.net.errors };
    },
    [script, end],
  );
  expect(found.errors).toEqual([]);
  return found.told;
}

const DOTS = '••••••';
const SHOWN = `{"a":1,"list":[1,2],"token":"${DOTS}","user":{"email":"${DOTS}","id":7}}`;
const POST = (body: string, type = '') =>
  `await (await fetch('/echo', { method: 'POST', body: ${body}${type && `, headers: { 'content-type': '${type}' }`} })).text()`;
const XHR = (type: string) =>
  `await new Promise((r) => { const x = new XMLHttpRequest; x.open('GET', '/json'); x.responseType = '${type}'; x.onload = r; x.send() })`;

test.each<[string, string, string, number, string]>([
  ['text', `await (await fetch('/json')).text()`, '/json', 2, SHOWN],
  ['json', `await (await fetch('/json')).json()`, '/json', 2, SHOWN],
  ['a clone', `await (await fetch('/json')).clone().json()`, '/json', 2, SHOWN],
  ['bytes', `await (await fetch('/json')).arrayBuffer()`, '/json', 4, ''],
  ['nothing', `await fetch('/json')`, '/json', 5, ''],
  ['a stream', `for await (const c of (await fetch('/json')).body);`, '/json', 5, ''],
  ['no JSON', `await (await fetch('/text')).json().catch(() => 0)`, '/text', 3, ''],
  ['plain text', `await (await fetch('/text')).text()`, '/text', 2, 'plain é text'],
  ['no content', `await (await fetch('/empty')).text()`, '/empty', 0, ''],
  ['an address that a redirect leads to', `await (await fetch('/redirect')).json()`, '/redirect', 2, SHOWN],
  ['a text that XHR has', XHR(''), '/json', 2, SHOWN],
  ['JSON that XHR has', XHR('json'), '/json', 2, SHOWN],
  ['bytes that XHR has', XHR('arraybuffer'), '/json', 4, ''],
])('of what the page reads: %s', async (_, script, end, state, text) => {
  const told = await of(script, end);
  expect(told.at(-1)).toMatchObject({ code: 'done', body: state, text });
  expect(JSON.stringify(told)).not.toContain('CANARY');
});

test.each<[string, string, number, number, string]>([
  ['JSON', POST(`JSON.stringify({ note: 'é', password: 'CANARY' })`, 'application/json'), 2, 33, `{"note":"é","password":"${DOTS}"}`],
  ['a form', POST(`new URLSearchParams({ note: 'shown', card: 'CANARY' })`), 2, 22, `note=shown&card=${DOTS}`],
  ['a form with a file', POST(`(() => { const f = new FormData(); f.append('note', 'shown'); f.append('token', 'CANARY'); f.append('file', new Blob(['CANARY']), 'CANARY.txt'); return f })()`), 2, 0, `note: shown\ntoken: ${DOTS}\nfile: (file, 6 bytes)`],
  ['bytes', POST('new Blob(["CANARY"])'), 4, 6, ''],
  ['a body that cannot be told', POST('{ toString: () => "CANARY" }'), 6, 0, ''],
  ['a request’s own', `await fetch(new Request('/echo', { method: 'POST', body: 'CANARY' }))`, 6, 0, ''],
  ['XHR', `await new Promise((r) => { const x = new XMLHttpRequest; x.open('POST', '/echo'); x.setRequestHeader('Content-Type', 'application/json'); x.onload = r; x.send('{"pin":"CANARY"}') })`, 2, 16, `{"pin":"${DOTS}"}`],
  ['a beacon', `navigator.sendBeacon('/echo', '{"session":"CANARY"}')`, 2, 20, `{"session":"${DOTS}"}`],
])('of what the page sends: %s', async (_, script, state, size, text) => {
  const told = await of(script, '/echo');
  expect(told[0]).toMatchObject({ code: 'request', body: state, size, text });
  expect(JSON.stringify(told)).not.toContain('CANARY');
}); // biome-ignore format: a table

test.each<[string, string, string]>([
  ['an address that is not named', `net.start(['/other/', 'https://elsewhere.test/'])`, `await (await fetch('/json')).json()`],
  ['a host that begins alike', `net.start(['http://localhost'])`, `await (await fetch('/json')).json()`],
  ['strict mode', `net.start(['/'], 'strict')`, `await (await fetch('/json')).json()`],
  ['no address at all', `net.start([])`, `await (await fetch('/json')).json()`],
])('not told: %s', async (_, start, script) => {
  const told = await of(script, '/json', start);
  expect(told.at(-1)).toMatchObject({ code: 'done', body: 1, text: '' });
}); // biome-ignore format: a table

test('a redirect to an address that is not named takes its body with it', async () => {
  const told = await of(`await (await fetch('/redirect')).json()`, '/redirect', `net.start(['/redirect'])`);
  expect(told.at(-1)).toMatchObject({ code: 'done', body: 1, text: '' });
});

test('sockets and event sources: texts of messages', async () => {
  const socket = await of(
    `const s = new WebSocket('ws://' + location.host + '/ws'); await new Promise((r) => s.onopen = r); s.send('{"a":"shown","otp":"CANARY"}'); await new Promise((r) => s.onmessage = r); s.close(); await new Promise((r) => s.onclose = r)`,
    '/ws',
  );
  const texts = (told: Told[]) => told.filter(({ code }) => code === 'message').map(({ text }) => text);
  expect(texts(socket)).toEqual([`{"a":"shown","otp":"${DOTS}"}`, `{"a":"shown","otp":"${DOTS}"}`]);
  await context?.close();
  const source = await of(
    `const s = new EventSource('/source'); await new Promise((r) => s.addEventListener('named', r)); s.close()`,
    '/source',
  );
  expect(texts(source)).toEqual(['first', 'second']);
});

test('a text in a body that is too long is said to be cut', async () => {
  const told = await of(POST(`'x'.repeat(20_000)`), '/echo');
  expect(told[0]).toMatchObject({ body: 3, size: 20_000 });
  expect(String(told[0]?.text)).toHaveLength(9999);
});

test('a body has 32 KiB at most, and a minute 256 KiB', async () => {
  const page = await open(`net.start(['/'])`);
  const told = await page.evaluate(async () => {
    for (let i = 0; i < 12; i++)
      await (await fetch(`/echo?n${i}`, { method: 'POST', body: `${'é'.repeat(7999)}\n`.repeat(5) })).text();
    return window.net.told.filter(({ code }) => code === 'request').map(({ body, text, size }) => [body, new TextEncoder().encode(String(text)).length, size]); // biome-ignore format: short
  });
  expect(told).toHaveLength(12);
  expect(told[0]?.[0]).toBe(3);
  const bytes = told.map(([, n]) => n as number);
  expect(Math.max(...bytes)).toBeLessThanOrEqual(32 * 1024);
  expect(bytes.reduce((a, b) => a + b)).toBeLessThanOrEqual(256 * 1024);
  expect(told.at(-1)).toEqual([3, 0, 79_995]);
});

test('in strict mode nothing of a request is told but what cannot say anything', async () => {
  const page = await open(`net.start(['/'], 'strict')`);
  const told = await page.evaluate(async () => {
    const init = { method: 'POST', body: 'CANARY', headers: { 'x-canary': 'CANARY', accept: 'CANARY' } };
    await (await fetch('/headers?a=CANARY#CANARY', init)).text();
    await window.net.of('/headers?a=');
    return window.net.told.filter(({ id }) => id === 1);
  });
  expect(JSON.stringify(told)).not.toMatch(/canary/i);
  expect(told[0]).toMatchObject({ headers: [], text: '' });
});
