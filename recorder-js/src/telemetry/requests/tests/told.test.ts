// What is told of each kind of request, and what is not.

import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
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

async function open(start = 'net.start()', path = '/page'): Promise<Page> {
  const opened = await shop.page(path);
  context = opened.context;
  await opened.page.evaluate(start);
  return opened.page;
}

/** What a script's request came to, in order. */
async function of(script: string, end: string, start?: string, path?: string): Promise<Told[]> {
  const page = await open(start, path);
  const found = await page.evaluate(
    async ([source, tail]) => {
      const port = location.port;
      Object.assign(window, { other: `http://127.0.0.1:${port}` });
      await new Function(`return (async () => {${source}})()`)();
      return { told: await window.net.of(tail as string), errors: window.net.errors };
    },
    [script, end],
  );
  expect(found.errors).toEqual([]);
  return found.told;
}

const shapes = (told: Told[]) => told.map(({ code }) => code);

describe('fetch', () => {
  test('is told with its head, its sizes and its phases', async () => {
    const told = await of(`await (await fetch('/json?token=CANARY#CANARY')).text()`, '/json?token=');
    expect(shapes(told)).toEqual(['request', 'response', 'done']);
    const [request, response, done] = told as [Told, Told, Told];
    expect(request).toMatchObject({ kind: 0, flags: 0, method: 'GET', initiator: 'here', body: 0, size: 0 });
    expect(request.url).toBe(`http://localhost:${shop.port}/json?token=`);
    expect(response).toMatchObject({ status: 200, reason: 'OK', kind: 'basic', url: '', mime: 'application/json' });
    expect(done).toMatchObject({ outcome: 0, reason: '', body: 1, text: '' });
    const [duration, marks, protocol, flags, moved, encoded, decoded] = done.transfer as [
      number,
      number[],
      string,
      ...number[],
    ];
    expect(duration).toBeGreaterThan(0);
    expect(marks).toHaveLength(10);
    expect(marks[7]).toBeGreaterThanOrEqual(marks[6] as number);
    expect([protocol, flags]).toEqual(['http/1.1', 0]);
    expect(moved).toBeGreaterThan(decoded as number);
    expect(encoded).toBe(decoded);
    expect(JSON.stringify(told)).not.toContain('CANARY');
  });

  test.each<[string, string, string, object, object?]>([
    ['a failing status', `await fetch('/error')`, '/error', { outcome: 0 }, { status: 500, reason: 'Broken' }],
    ['no content', `await fetch('/empty')`, '/empty', { outcome: 0, body: 0 }, { status: 204 }],
    ['a redirect', `await (await fetch('/redirect')).text()`, '/redirect', { outcome: 0 }, { status: 200, url: /\/json$/ }],
    ['a Request', `await fetch(new Request('/json', { method: 'post', body: 'x' }))`, '/json', { outcome: 0 }, { status: 200 }],
    ['a URL', `await fetch(new URL('/json', location))`, '/json', { outcome: 0 }, { status: 200 }],
    ['the network', `await fetch('/drop').catch(() => 0)`, '/drop', { outcome: 1, reason: 'TypeError: Failed to fetch' }],
    ['CORS', `await fetch(other + '/json').catch(() => 0)`, '/json', { outcome: 1 }],
    ['another origin', `await (await fetch(other + '/json?open')).text()`, '/json?open=', { outcome: 0 }, { kind: 'cors' }],
    ['an opaque one', `await fetch(other + '/json', { mode: 'no-cors' })`, '/json', { outcome: 0 }, { kind: 'opaque', status: 0 }],
    ['an abort', `const c = new AbortController(); setTimeout(() => c.abort(), 20); await fetch('/hang', { signal: c.signal }).catch(() => 0)`, '/hang', { outcome: 2, reason: /^AbortError: / }],
    ['an abort with a reason of its own', `const c = new AbortController(); setTimeout(() => c.abort({ get name() { throw 1 } }), 20); await fetch('/hang', { signal: c.signal }).catch(() => 0)`, '/hang', { outcome: 2, reason: '' }],
    ['an abort behind the head', `const c = new AbortController(); await fetch('/endless', { signal: c.signal }); c.abort()`, '/endless', { outcome: 2 }, { status: 200 }],
    ['an abort when all is there', `const c = new AbortController(); await (await fetch('/json', { signal: c.signal })).text(); await 0; c.abort()`, '/json', { outcome: 0 }, { status: 200 }],
    ['a timeout', `await fetch('/hang', { signal: AbortSignal.timeout(20) }).catch(() => 0)`, '/hang', { outcome: 3, reason: /^TimeoutError: / }],
    ['a body that breaks off', `await (await fetch('/half')).text().catch(() => 0)`, '/half', {}, { status: 200 }],
    ['data', `await fetch('data:text/plain,CANARY')`, 'data:', { outcome: 0 }, { status: 200 }],
    ['HEAD', `await fetch('/json', { method: 'head' })`, '/json', { outcome: 0, body: 0 }, { status: 200 }],
  ])('%s', async (_, script, end, outcome, head) => {
    const told = await of(script, end);
    expect(shapes(told)).toEqual(head ? ['request', 'response', 'done'] : ['request', 'done']);
    const matching = (fields: object) =>
      Object.fromEntries(Object.entries(fields).map(([k, v]) => [k, v instanceof RegExp ? expect.stringMatching(v) : v]));
    if (head) expect(told[1]).toMatchObject(matching(head));
    expect(told.at(-1)).toMatchObject(matching(outcome));
    expect(JSON.stringify(told)).not.toContain('CANARY');
  }); // biome-ignore format: a table

  test('an address that only the page’s own code could say is not asked for', async () => {
    const page = await open();
    const found = await page.evaluate(async () => {
      let asked = 0;
      const address = { toString: () => `/json?n=${++asked}` };
      const init = { get method() { asked += 100; return 'POST'; } }; // biome-ignore format: short
      await (await fetch(address as unknown as string, init)).text();
      await window.net.of('unknown');
      const told = window.net.told.filter(({ id, url }) => id === 1 || /json/.test(String(url)));
      return { asked, told, errors: window.net.errors };
    });
    expect(found.asked).toBe(101);
    expect(found.told[0]).toMatchObject({ url: 'unknown', method: 'unknown' });
    expect(found.told[1]).toMatchObject({ code: 'response', status: 200, url: expect.stringMatching(/\/json\?n=$/) });
    expect(shapes(found.told)).toEqual(['request', 'response', 'done']);
    expect((found.told[2]?.transfer as number[] | undefined)?.[6]).toBeGreaterThan(50);
    expect(found.errors).toEqual([]);
  });

  test('what the page’s policy refuses is blocked', async () => {
    const policy = encodeURIComponent("connect-src 'self'");
    const told = await of(`await fetch(other + '/json').catch(() => 0)`, '/json', undefined, `/page?policy=${policy}`);
    expect(told.at(-1)).toMatchObject({ code: 'done', outcome: 5 });
  });

  test('headers by the list, of the others names and dots', async () => {
    const script = `await fetch('/headers', { headers: { authorization: 'Bearer CANARY', 'X-Own': 'CANARY', accept: 'text/plain', 'content-type': 'text/x; p=CANARY' } })`;
    const [request, response] = (await of(script, '/headers')) as [Told, Told];
    const dots = '••••••';
    expect(request.headers).toEqual([['authorization', dots], ['x-own', dots], ['accept', 'text/plain'], ['content-type', 'text/x']]); // biome-ignore format: a list
    const headers = new Map(response.headers as [string, string][]);
    expect(headers.get('etag')).toBe('"abc"');
    expect(headers.get('x-request-id')).toBe('req-7');
    expect(headers.get('x-secret')).toBe(dots);
    expect(JSON.stringify([request, response])).not.toContain('CANARY');
  });

  test('a request without room is not told at all', async () => {
    const page = await open();
    const told = await page.evaluate(async () => {
      window.net.fill(true);
      await (await fetch('/json')).text();
      window.net.fill(false);
      await (await fetch('/text')).text();
      await window.net.of('/text');
      return window.net.told.map(({ code, url, id }) => `${code} ${id ?? url}`);
    });
    expect(told.filter((one) => /json| 2$/.test(one))).toEqual([]);
    expect(told).toContain('done 1');
  });

  test('what is ours is not told', async () => {
    const page = await open();
    const told = await page.evaluate(async () => {
      await fetch('/ours/recorder.js').catch(() => 0);
      await fetch('/text');
      await window.net.of('/text');
      return JSON.stringify(window.net.told);
    });
    expect(told).not.toContain('ours');
  });

  test('two at one address have each their own timing', async () => {
    const page = await open();
    const told = await page.evaluate(async () => {
      const slow = fetch('/chunks').then((r) => r.text());
      await fetch('/chunks').then((r) => r.text());
      await slow;
      return window.net.of('/chunks', 2);
    });
    const done = told.filter(({ code }) => code === 'done');
    expect(new Set(done.map(({ id }) => id)).size).toBe(2);
    for (const one of done) expect((one.transfer as number[])[6]).toBe(13);
  });
});

describe('XMLHttpRequest', () => {
  const send = (open: string, rest = '', body = '') =>
    `await new Promise((over) => { const x = new XMLHttpRequest; x.onloadend = over; x.open(${open}); ${rest}; x.send(${body}) })`;
  test.each<[string, string, string, object, object, object?]>([
    ['a GET', send(`'get', 'json?token=CANARY'`), '/json?token=', { kind: 1, method: 'GET' }, { outcome: 0 }, { status: 200, mime: 'application/json' }],
    ['a POST', send(`'POST', '/echo'`, `x.setRequestHeader('X-Own', 'CANARY')`, `'é CANARY'`), '/echo', { method: 'POST', body: 1, size: 9, headers: [['x-own', '••••••']] }, { outcome: 0 }, { status: 200 }],
    ['a synchronous one', `const x = new XMLHttpRequest; x.open('GET', '/json', false); x.send()`, '/json', { flags: 2 }, { outcome: 0 }, { status: 200 }],
    ['a synchronous one by what is not there', `const x = new XMLHttpRequest; x.open('GET', '/json', undefined); x.send()`, '/json', { flags: 2 }, { outcome: 0 }, { status: 200 }],
    ['a synchronous failure', `const x = new XMLHttpRequest; x.open('GET', '/drop', false); try { x.send() } catch {}`, '/drop', { flags: 2 }, { outcome: 1, reason: /^NetworkError: / }],
    ['an error', send(`'GET', '/drop'`), '/drop', {}, { outcome: 1 }],
    ['an abort', send(`'GET', '/hang'`, 'setTimeout(() => x.abort(), 20)'), '/hang', {}, { outcome: 2 }],
    ['a timeout', send(`'GET', '/hang'`, 'x.timeout = 20'), '/hang', {}, { outcome: 3 }],
    ['one that is begun again', `const x = new XMLHttpRequest; x.open('GET', '/hang'); x.send(); x.open('GET', '/json'); x.send()`, '/hang', {}, { outcome: 2 }],
    ['binary', send(`'POST', '/echo'`, `x.responseType = 'arraybuffer'`, 'new Uint8Array(5)'), '/echo', { body: 4, size: 5 }, { outcome: 0 }, { status: 200 }],
  ])('%s', async (_, script, end, begun, done, head) => {
    const told = await of(script, end);
    expect(shapes(told)).toEqual(head ? ['request', 'response', 'done'] : ['request', 'done']);
    const matching = (fields: object) =>
      Object.fromEntries(Object.entries(fields).map(([k, v]) => [k, v instanceof RegExp ? expect.stringMatching(v) : v]));
    expect(told[0]).toMatchObject(begun);
    if (head) expect(told[1]).toMatchObject(head);
    expect(told.at(-1)).toMatchObject(matching(done));
    expect(JSON.stringify(told)).not.toContain('CANARY');
  }); // biome-ignore format: a table

  test('begun again from its own listener: each is told with its own end', async () => {
    const page = await open();
    const told = await page.evaluate(async () => {
      const xhr = new XMLHttpRequest();
      await new Promise<void>((over) => {
        let n = 0;
        xhr.onreadystatechange = () => {
          if (xhr.readyState !== 4) return;
          if (n++ === 2) return over();
          xhr.open('GET', n === 1 ? '/json' : '/error');
          xhr.send();
        };
        xhr.open('GET', '/text');
        xhr.send();
      });
      const all = [await window.net.of('/text'), await window.net.of('/json'), await window.net.of('/error')];
      return all.map((one) => one.map(({ code, status, outcome }) => `${code} ${status ?? outcome ?? ''}`.trim()));
    });
    expect(told.map((one) => one.at(-1))).toEqual(['done 0', 'done 0', 'done 0']);
    expect(told.map((one) => one[1])).toEqual(['response 200', 'response 200', 'response 500']);
  });
});

test('a beacon is told, and one that is too large is refused', async () => {
  const told = await of(`navigator.sendBeacon('/echo?a=CANARY', new URLSearchParams({ a: 'CANARY' }))`, '/echo?a=');
  expect(told[0]).toMatchObject({ kind: 2, flags: 1, method: 'POST', body: 1, size: 8 });
  expect(told.at(-1)).toMatchObject({ code: 'done', outcome: 0 });
  await context?.close();
  const refused = await of(`navigator.sendBeacon('/echo', 'x'.repeat(70_000))`, '/echo');
  expect(refused.at(-1)).toMatchObject({ code: 'done', outcome: 9 });
  expect(JSON.stringify([told, refused])).not.toContain('CANARY');
});

describe('WebSocket', () => {
  const SOCKET = `const s = new WebSocket('ws://' + location.host + '/ws?k=CANARY'); s.binaryType = 'arraybuffer';
    const next = (name) => new Promise((r) => s.addEventListener(name, r, { once: true })); await next('open');`;

  test('its messages by size, and its end', async () => {
    const script = `${SOCKET} s.send('é CANARY'); await next('message'); s.send(new Uint8Array(300)); await next('message'); s.send('close me'); await next('close')`;
    const told = await of(script, '/ws?k=');
    expect(told[0]).toMatchObject({ kind: 3, flags: 0, url: `ws://localhost:${shop.port}/ws?k=` });
    expect(told.filter(({ code }) => code === 'message').map(({ out, body, size }) => [out, body, size])).toEqual([[1, 1, 9], [0, 1, 9], [1, 4, 300], [0, 4, 300], [1, 1, 8]]); // biome-ignore format: a list
    expect(told[1]).toMatchObject({ code: 'response', status: 101 });
    expect(told.at(-1)).toMatchObject({ code: 'done', outcome: 7, reason: '4001 because', body: 0 });
    expect(JSON.stringify(told)).not.toContain('CANARY');
  });

  test('one that does not open has failed', async () => {
    const told = await of(
      `const s = new WebSocket('ws://127.0.0.1:1/ws'); await new Promise((r) => { s.onclose = r })`,
      ':1/ws',
    );
    expect(told.at(-1)).toMatchObject({ code: 'done', outcome: 1, reason: '1006' });
  });

  test('one that was open before is taken up when the page sends', async () => {
    const page = await open('0');
    const told = await page.evaluate(async () => {
      const socket = new WebSocket(`ws://${location.host}/ws`);
      const next = (name: string) => new Promise((resolve) => socket.addEventListener(name, resolve, { once: true }));
      await next('open');
      window.net.start();
      socket.send('hi');
      await next('message');
      socket.close(1000, 'over');
      await next('close');
      return window.net.of('/ws');
    });
    expect(told.map(({ code }) => code)).toEqual(['request', 'response', 'message', 'message', 'done']);
    expect(told[0]).toMatchObject({ flags: 4 });
    expect(told.at(-1)).toMatchObject({ outcome: 7, reason: '1000 over' });
  });
});

test('an event source: each message once, with the name that the page listens to', async () => {
  const script = `const s = new EventSource('/source?k=CANARY'); const seen = []; let n = 0;
    s.addEventListener('named', () => 0); s.addEventListener('named', () => 0); s.onmessage = () => 0; s.addEventListener('message', () => 0);
    await new Promise((r) => { s.addEventListener('message', (e) => e.data === 'last' && ++n === 2 && r()) }); s.close()`;
  const told = await of(script, '/source?k=');
  expect(told[0]).toMatchObject({ kind: 4, method: 'GET' });
  expect(told[1]).toMatchObject({ code: 'response', status: 200, mime: 'text/event-stream' });
  const messages = told.filter(({ code }) => code === 'message').map(({ event, size }) => `${event}${size}`);
  expect(messages).toEqual(['5', 'named6', '4', '5', 'named6', '4']);
  expect(told.at(-1)).toMatchObject({ code: 'done', outcome: 7 });
  expect(JSON.stringify(told)).not.toMatch(/CANARY|first|unheard/);
});

test('through a service worker', async () => {
  const page = await open();
  const told = await page.evaluate(async () => {
    await navigator.serviceWorker.register('/worker.js');
    if (!navigator.serviceWorker.controller)
      await new Promise((resolve) => navigator.serviceWorker.addEventListener('controllerchange', resolve));
    await (await fetch('/json')).text();
    await (await fetch('/made')).text();
    return [await window.net.of('/json'), await window.net.of('/made')];
  });
  for (const one of told) {
    expect(shapes(one)).toEqual(['request', 'response', 'done']);
    const { transfer } = one[2] as Told;
    expect(((transfer as number[])[3] as number) & 2).toBe(2);
  }
  expect(JSON.stringify(told)).not.toContain('CANARY');
});

test('what was loaded ahead for fetch is told with both, each once', async () => {
  const page = await open();
  const told = await page.evaluate(async () => {
    const link = document.createElement('link');
    Object.assign(link, { rel: 'preload', as: 'fetch', href: '/json', crossOrigin: 'anonymous' });
    document.head.append(link);
    await new Promise((resolve) => {
      link.onload = resolve;
    });
    await (await fetch('/json')).text();
    await window.net.of('/json');
    return window.net.told.filter(({ url, id }) => id || String(url).endsWith('/json')).map(({ code, kind }) => `${code} ${kind ?? ''}`); // biome-ignore format: short
  });
  expect(told).toEqual(['resource link', 'request 0', 'response basic', 'done ']);
});

test('files and the document are told with their timing, what was there before us too', async () => {
  const page = await open();
  const told = await page.evaluate(async () => {
    const image = await window.net.resource('/pixel.png?token=');
    return [image, await window.net.resource('/style.css'), await window.net.resource('/page')];
  });
  expect(told.map(({ kind, status }) => [kind, status])).toEqual([['img', 404], ['link', 404], ['navigation', 200]]); // biome-ignore format: a list
  expect(JSON.stringify(told)).not.toContain('CANARY');
});

test('1,000 requests in flight are told each, and leave nothing behind', async () => {
  const page = await open();
  const counts = await page.evaluate(async () => {
    await Promise.all(Array.from({ length: 1000 }, (_, i) => fetch(`/text?n${i}`).then((r) => r.text())));
    while (window.net.told.filter(({ code }) => code === 'done').length < 1000)
      await new Promise((r) => setTimeout(r, 20));
    return ['request', 'response', 'done', 'resource'].map((of) => window.net.told.filter(({ code, url }) => code === of && !/png|css|page/.test(String(url))).length); // biome-ignore format: a count
  });
  expect(counts).toEqual([1000, 1000, 1000, 0]);
}, 60_000);
