// Every kind of call, in a page with the capture and in one without: what the page observes is the same, and so is what the server is asked.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Shop } from './shop.ts';

/** Chromium in `make test`, Firefox besides in `make test-long`. */
const FIREFOX = process.env.WITH === 'firefox';

let shop: Shop;
beforeAll(async () => {
  shop = await (FIREFOX ? Shop.firefox() : Shop.open());
});
afterAll(() => shop.close());

/** What scripts find beside the platform: `log`, `sleep`, another origin `other`, and how a promise is settled. */
const AROUND = `const logged = []; const log = (...all) => logged.push(all.map((one) => one instanceof Error || one instanceof DOMException
    ? one.constructor.name + ' ' + one.name + ': ' + one.message : typeof one === 'string' ? one : String(JSON.stringify(one))).join(' '));
  const sleep = (ms) => new Promise((r) => setTimeout(r, ms)); const other = 'http://127.0.0.1:' + location.port;
  const until = async (ready) => { for (let n = 0; n < 300 && !ready(); n++) await sleep(10); await sleep(20) };
  const tried = (run) => { try { return run() } catch (e) { log('threw', e) } };
  const settled = (p, name) => p.then((v) => log(name, 'kept', Object.prototype.toString.call(v)), (e) => log(name, 'broken', e));
  const unhandled = []; addEventListener('unhandledrejection', (e) => { e.preventDefault(); unhandled.push(e.reason); log('unhandled', e.reason, e.promise === window.watched) });
  addEventListener('rejectionhandled', () => log('handled later'));`;

/** By what they are about. */
const SCENES: Record<string, string> = {
  'fetch as an object': `log(fetch.name, fetch.length, String(fetch), typeof fetch, 'prototype' in fetch, Object.keys(fetch));
    const d = Object.getOwnPropertyDescriptor(window, 'fetch'); log(d.writable, d.enumerable, d.configurable, Object.hasOwn(window, 'fetch'));
    tried(() => new fetch('/json')); log(Object.prototype.toString.call(fetch), fetch instanceof Function, Object.getPrototypeOf(fetch) === Function.prototype);
    for (const f of [XMLHttpRequest.prototype.open, XMLHttpRequest.prototype.send, navigator.sendBeacon, WebSocket.prototype.send, Response.prototype.json, EventSource.prototype.close, EventSource.prototype.addEventListener]) log(f.name, f.length, String(f))`,
  'fetch and what it gives': `const p = fetch('/json'); log(p instanceof Promise, p.constructor === Promise, Reflect.ownKeys(p), Object.prototype.toString.call(p)); const r = await p;
    log(r instanceof Response, r.status, r.statusText, r.ok, r.type, r.redirected, r.url.slice(-5), r.bodyUsed, [...r.headers].map(([n]) => n), Reflect.ownKeys(r)); log(await r.json()); log(r.bodyUsed)`,
  'every way to read': `for (const how of ['text', 'json', 'blob', 'arrayBuffer', 'bytes', 'formData']) { const r = await fetch('/json'); const p = tried(() => r[how]()); if (!p) continue; log(how, p instanceof Promise, r.bodyUsed);
      await settled(p, how); await settled(tried(() => r[how]()) ?? Promise.resolve(), how + ' again') }
    const json = await (await fetch('/json')).json(); json.added = 1; log(json)`,
  'wrong arguments': `for (const run of [() => fetch(), () => fetch('http://['), () => fetch('/json', { method: 'bad method' }), () => fetch('/json', { body: 'x' }), () => fetch('/json', 5), () => fetch(Symbol()), () => fetch('/json', { headers: [['a']] }), () => fetch.call({}, '/json'), () => fetch.call(undefined, '/json')]) await settled(tried(run) ?? Promise.reject(new Error('nothing')), 'wrong')`,
  'a page’s own objects are asked in order': `const asked = []; const spy = (name, value) => ({ get() { asked.push(name); return value } });
    const init = Object.defineProperties({}, { method: spy('method', 'POST'), body: spy('body', 'text'), headers: spy('headers', { get a() { asked.push('a'); return '1' } }), signal: spy('signal'), keepalive: spy('keepalive', false), credentials: spy('credentials', 'include'), mode: spy('mode'), cache: spy('cache'), redirect: spy('redirect'), duplex: spy('duplex') });
    log((await (await fetch({ toString() { asked.push('url'); return '/echo' } }, init)).json())); log(asked)`,
  'proxies whose traps throw': `const no = () => { throw new Error('a trap') }; const traps = { getOwnPropertyDescriptor: no, getPrototypeOf: no, ownKeys: no, has: no }; await settled(fetch('/echo', new Proxy({ method: 'POST', body: 'x' }, traps)), 'init'); await settled(fetch('/json', { headers: new Proxy({}, traps) }), 'headers');
    const p = new Proxy(fetch('/json'), traps); await settled(tried(() => fetch(new Proxy({}, traps))) ?? Promise.reject(1), 'url'); const x = new XMLHttpRequest(); tried(() => x.open('GET', new Proxy({}, traps))); tried(() => XMLHttpRequest.prototype.open.call(new Proxy(x, traps), 'GET', '/'))`,
  'a request of its own': `const q = new Request('/echo', { method: 'POST', body: 'abc', headers: { 'x-own': 'mine' } }); const clone = q.clone(); log(await (await fetch(q)).json(), q.bodyUsed, clone.bodyUsed, await clone.text()); await settled(fetch(q), 'used');
    class Own extends Request { get url() { log('own url asked'); return super.url } } log((await fetch(new Own('/json'))).status)`,
  'bodies of every kind': `for (const [name, body] of Object.entries({ text: 'é', params: new URLSearchParams({ a: 'é' }), blob: new Blob(['abc'], { type: 'x/y' }), buffer: new ArrayBuffer(5), view: new Uint8Array(3), none: null, number: 5, own: { toString: () => 'own' } })) log(name, await (await fetch('/echo', { method: 'POST', body })).json());
    const form = new FormData(); form.append('a', 'b'); form.append('f', new Blob(['xyz']), 'n.txt'); const r = await (await fetch('/echo', { method: 'PUT', body: form })).json(); log(r.method, r.type.slice(0, 30), r.size > 200)`,
  'a rejection that nobody handles': `window.watched = fetch('/drop'); await until(() => unhandled.length); log(unhandled.length); watched.catch(() => log('caught')); await until(() => logged.includes('handled later'))`,
  'a rejection that is handled': `const p = fetch('/drop'); p.catch((e) => log('caught', e)); await until(() => logged.length); log(unhandled.length)`,
  'a rejection that is handled twice': `const p = fetch('/drop'); const e = await p.catch((e) => e); log(e === await p.catch((e) => e), e instanceof TypeError, e.message, Object.getOwnPropertyNames(e)); await sleep(30); log(unhandled.length)`,
  'finally and await': `const p = fetch('/drop').finally(() => log('finally')); await settled(p, 'p'); try { await fetch('/drop') } catch (e) { log('await', e) }`,
  'a function of its own given to fetch': `await settled(Promise.resolve('/json').then(fetch), 'then'); log((await Promise.all(['/json', '/text'].map((u) => fetch(u)))).map((r) => r.status)); setTimeout(fetch, 0, '/drop'); await until(() => unhandled.length); log(unhandled.length)`,
  'an abort before, while and behind': `const c0 = new AbortController(); c0.abort(); await settled(fetch('/json', { signal: c0.signal }), 'before');
    const c1 = new AbortController(); const p1 = fetch('/hang', { signal: c1.signal }); await sleep(20); c1.abort(); await settled(p1, 'while');
    const c2 = new AbortController(); const r2 = await fetch('/endless', { signal: c2.signal }); const t2 = r2.text(); await sleep(20); c2.abort(); await settled(t2, 'text');
    const c3 = new AbortController(); const p3 = fetch('/hang', { signal: c3.signal }); const own = { mine: 1 }; c3.abort(own); log(await p3.catch((e) => e === own));
    const c4 = new AbortController(); const r4 = await fetch('/json', { signal: c4.signal }); await r4.text(); c4.abort(); await settled(fetch('/hang', { signal: AbortSignal.timeout(20) }), 'timeout')`,
  'order among microtasks of the page': `const order = []; const p = fetch('/json'); p.then(() => order.push('first')); p.then(() => order.push('second')); const q = p.then((r) => { order.push('third'); return r.text() }).then(() => order.push('text')); await q; log(order);
    const two = await Promise.race([fetch('/json').then(() => 'answer'), Promise.resolve('now')]); log(two)`,
  'streams, and how full they are': `const r = await fetch('/chunks'); const body = r.body; log(body === r.body, body.locked); const reader = body.getReader(); let text = ''; const d = new TextDecoder(); for (;;) { const { done, value } = await reader.read(); if (done) break; text += d.decode(value, { stream: true }) } log(text, r.bodyUsed);
    const b = await fetch('/bytes'); const by = b.body.getReader({ mode: 'byob' }); const first = await by.read(new Uint8Array(10)); log(first.value.length, first.value[0]); await by.cancel(); log('cancelled', b.bodyUsed);
    const piped = await fetch('/chunks'); let size = 0; await piped.body.pipeTo(new WritableStream({ write(c) { size += c.length } }, { highWaterMark: 1 })); log(size);
    const [one, two] = (await fetch('/chunks')).body.tee(); log(await new Response(one).text(), await new Response(two).text());
    for await (const c of (await fetch('/text')).body) log(c.length)`,
  clones: `const r = await fetch('/json'); const c = r.clone(); log(c instanceof Response, c !== r, await c.text() === await r.text(), r.bodyUsed, c.bodyUsed); tried(() => r.clone()); const own = new Response('mine'); log(await own.clone().text(), await own.text())`,
  'redirects, opaque ones and statuses': `const r = await fetch('/redirect'); log(r.redirected, r.url.slice(-5)); const o = await fetch('/redirect', { redirect: 'manual' }); log(o.type, o.status); await settled(fetch('/redirect', { redirect: 'error' }), 'error'); const x = await fetch(other + '/json', { mode: 'no-cors' }); log(x.type, x.status, x.url); await settled(fetch(other + '/json'), 'cors'); log((await fetch('/error')).statusText, (await fetch('/empty')).status); await settled((await fetch('/half')).text(), 'half')`,
  keepalive: `log((await fetch('/echo', { method: 'POST', body: 'x', keepalive: true })).status); await settled(fetch('/echo', { method: 'POST', body: 'x'.repeat(70000), keepalive: true }), 'too large')`,
  'fetch of data and blobs': `log(await (await fetch('data:text/plain,hi')).text()); const u = URL.createObjectURL(new Blob(['blob'])); log(await (await fetch(u)).text())`,
  'XHR and its events': `const x = new XMLHttpRequest(); for (const n of ['readystatechange', 'loadstart', 'progress', 'load', 'loadend', 'error', 'abort', 'timeout']) { x['on' + n] = (e) => log('on', n, x.readyState, e.isTrusted, x.status); x.addEventListener(n, () => log('listener', n)) }
    x.open('GET', '/json'); log(Reflect.ownKeys(x), x.readyState); x.send(); await new Promise((r) => x.addEventListener('loadend', r)); log(x.responseText, x.status, x.statusText, x.getResponseHeader('content-type'), x.responseURL.slice(-5), typeof x.getAllResponseHeaders(), x.responseType)`,
  'XHR: every kind of response': `for (const type of ['', 'text', 'json', 'blob', 'arraybuffer', 'document']) { const x = new XMLHttpRequest(); x.open('GET', '/json'); x.responseType = type; await new Promise((r) => { x.onload = r; x.send() }); log(type, Object.prototype.toString.call(x.response), x.response === x.response); tried(() => log(x.responseText.length)); tried(() => log(String(x.responseXML))) }
    const j = new XMLHttpRequest(); j.open('GET', '/text'); j.responseType = 'json'; await new Promise((r) => { j.onload = r; j.send() }); log(j.response)`,
  'XHR: errors, aborts and timeouts': `for (const [path, more] of [['/drop', () => 0], ['/hang', (x) => setTimeout(() => x.abort(), 20)], ['/hang', (x) => { x.timeout = 20 }], [other + '/json', () => 0], ['/half', () => 0]]) { const x = new XMLHttpRequest(); for (const n of ['load', 'error', 'abort', 'timeout', 'loadend']) x.addEventListener(n, () => log(path.slice(-5), n, x.readyState, x.status)); x.open('GET', path); more(x); const over = new Promise((r) => x.addEventListener('loadend', r)); x.send(); await over; log(x.readyState) }`,
  'XHR: synchronous': `const x = new XMLHttpRequest(); x.onreadystatechange = () => log('state', x.readyState); x.onload = () => log('load'); x.open('GET', '/json', false); x.send(); log(x.status, x.responseText.length); const y = new XMLHttpRequest(); y.onerror = () => log('error'); y.open('GET', '/drop', false); tried(() => y.send()); log(y.readyState, y.status)`,
  'XHR: wrong calls': `const x = new XMLHttpRequest(); tried(() => x.send()); tried(() => x.setRequestHeader('a', 'b')); tried(() => x.open()); tried(() => x.open('GET')); tried(() => x.open('bad method', '/')); tried(() => x.open('TRACE', '/')); x.open('GET', '/json'); tried(() => x.setRequestHeader('bad name', '1')); x.send(); tried(() => x.send()); tried(() => x.setRequestHeader('a', 'b')); tried(() => XMLHttpRequest.prototype.open.call({}, 'GET', '/')); tried(() => XMLHttpRequest.prototype.send()); await new Promise((r) => x.onloadend = r); log(x.status)`,
  'XHR: bodies and headers': `for (const [n, body] of Object.entries({ text: 'é', params: new URLSearchParams('a=b'), blob: new Blob(['abc']), buffer: new ArrayBuffer(4), doc: new DOMParser().parseFromString('<p>x', 'text/html'), form: (() => { const f = new FormData(); f.append('a', 'b'); return f })(), object: { toString() { log('asked'); return 'obj' } }, none: undefined, null: null })) { const x = new XMLHttpRequest(); x.open('POST', '/echo'); x.setRequestHeader('X-Own', { toString() { log('header asked'); return 'mine' } }); await new Promise((r) => { x.onload = r; x.send(body) }); const a = JSON.parse(x.responseText); log(n, a.type.slice(0, 30), n === 'form' || a.size, a.own) }`,
  'XHR: an upload to another origin asks no leave for us': `const x = new XMLHttpRequest(); x.open('POST', other + '/echo?open'); await new Promise((r) => { x.onloadend = r; x.send('abc') }); log(x.status); const y = new XMLHttpRequest(); y.upload.onprogress = () => log('progress'); y.open('POST', other + '/echo?open'); await new Promise((r) => { y.onloadend = r; y.send('abc') }); log(y.status)`,
  'XHR: begun again': `const x = new XMLHttpRequest(); let n = 0; await new Promise((r) => { x.onreadystatechange = () => { log(x.readyState, n); if (x.readyState !== 4) return; if (++n === 3) return r(); x.open('GET', n === 1 ? '/json' : '/text'); x.send() }; x.open('GET', '/error'); x.send() }); const y = new XMLHttpRequest(); y.onabort = () => log('abort'); y.open('GET', '/hang'); y.send(); y.open('GET', '/json'); await new Promise((r) => { y.onload = r; y.send() }); log(y.status); y.abort(); log(y.readyState, y.status)`,
  'XHR: kinds of its own': `class Own extends XMLHttpRequest { constructor() { super(); log(new.target === Own) } send(b) { log('own send'); super.send(b) } } const x = new Own(); x.open('GET', '/json'); await new Promise((r) => { x.onload = r; x.send() }); log(x instanceof XMLHttpRequest, x.constructor === Own, x.status)`,
  beacons: `log(navigator.sendBeacon('/echo', 'x'), navigator.sendBeacon('/echo'), navigator.sendBeacon('/echo', new Blob(['x'])), navigator.sendBeacon('/echo', 'x'.repeat(70000))); tried(() => navigator.sendBeacon()); tried(() => navigator.sendBeacon('http://[')); tried(() => navigator.sendBeacon('data:,x')); tried(() => Navigator.prototype.sendBeacon.call({}, '/echo')); await sleep(50)`,
  'WebSocket as a class': `log(WebSocket.name, WebSocket.length, String(WebSocket), WebSocket.OPEN, WebSocket.prototype.OPEN, typeof WebSocket, Object.getOwnPropertyNames(WebSocket).sort()); const d = Object.getOwnPropertyDescriptor(window, 'WebSocket'); log(d.writable, d.enumerable, d.configurable); tried(() => WebSocket('ws://x')); tried(() => new WebSocket()); tried(() => new WebSocket('nonsense:')); tried(() => new WebSocket('ws://x', ['a', 'a']));
    class Own extends WebSocket { constructor(u) { super(u); log(new.target === Own) } } const s = new Own('ws://' + location.host + '/ws'); log(s instanceof WebSocket, s instanceof Own, s.constructor === Own, Object.getPrototypeOf(Own) === WebSocket, WebSocket.prototype.constructor === WebSocket, Reflect.ownKeys(s)); await new Promise((r) => s.onopen = r); s.close(); await new Promise((r) => s.onclose = r); log(s.readyState)`,
  'WebSocket and its messages': `const s = new WebSocket('ws://' + location.host + '/ws'); const got = (n) => new Promise((r) => s.addEventListener(n, r, { once: true })); tried(() => s.send('early')); s.onmessage = (e) => log('on', typeof e.data, e.data.length ?? e.data.size ?? e.data.byteLength, e.isTrusted); log(s.readyState, s.binaryType, s.url.slice(-3)); await got('open'); log(s.readyState, s.protocol, s.extensions);
    s.send('text é'); log(s.bufferedAmount > 0); await got('message'); s.send(new Blob(['abc'])); await got('message'); s.binaryType = 'arraybuffer'; s.send(new Uint8Array(7)); await got('message'); s.send({ toString: () => 'own' }); await got('message'); tried(() => s.send()); tried(() => WebSocket.prototype.send.call({}, 'x')); tried(() => s.close(1)); s.onclose = (e) => log('close', e.code, e.reason, e.wasClean); s.onerror = () => log('error'); s.send('close me'); await got('close'); log(s.readyState); s.send('late'); log(s.bufferedAmount)`,
  'WebSocket that breaks off': `const s = new WebSocket('ws://' + location.host + '/ws'); await new Promise((r) => s.onopen = r); s.onerror = () => log('error'); s.onclose = (e) => log('close', e.code, e.wasClean); s.send('drop me'); await new Promise((r) => s.addEventListener('close', r)); const t = new WebSocket('ws://127.0.0.1:1/'); t.onerror = () => log('refused'); await new Promise((r) => t.onclose = r); log(t.readyState)`,
  'EventSource: names, and again': `const s = new EventSource('/source'); log(s.url.slice(-7), s.withCredentials, s.readyState, s instanceof EventSource, s.constructor === EventSource); const seen = []; s.onopen = () => seen.push('open'); s.onerror = () => seen.push('error ' + s.readyState); s.onmessage = (e) => seen.push(e.data + e.lastEventId); const named = { handleEvent(e) { seen.push('named ' + e.data + (this === named)) } }; s.addEventListener('named', named); s.addEventListener('named', named); s.addEventListener('gone', named); s.removeEventListener('gone', named);
    for (let n = 0; n < 200 && seen.length < 10; n++) await sleep(20); s.close(); log(seen.slice(0, 10), s.readyState); tried(() => new EventSource('http://[')); tried(() => EventSource('/x')); tried(() => EventSource.prototype.close.call({})); tried(() => EventSource.prototype.addEventListener.call({}, 'x', () => 0)); const bad = new EventSource('/json'); await new Promise((r) => bad.onerror = r); log(bad.readyState); log(EventSource.prototype.addEventListener.call(new EventTarget(), 'x', () => 0))`,
  'EventSource: once, and signals': `const s = new EventSource('/source'); let n = 0; s.addEventListener('named', () => n++, { once: true }); const c = new AbortController(); let m = 0; s.addEventListener('message', () => { m++; c.abort() }, { signal: c.signal }); await new Promise((r) => { let k = 0; s.addEventListener('named', () => ++k === 2 && r()) }); log(n, m); s.close()`,
  'wrappers of the page’s, put on above us': `const before = window.fetch; window.fetch = function (...all) { log('wrapper', all[0]); return before.apply(this, all) }; log((await fetch('/json')).status); window.fetch = before; log((await fetch('/json')).status, window.fetch === before);
    const { open, send } = XMLHttpRequest.prototype; XMLHttpRequest.prototype.open = function (...all) { log('open', all[1]); return open.apply(this, all) }; XMLHttpRequest.prototype.send = function (b) { log('send'); return send.call(this, b) }; const x = new XMLHttpRequest(); x.open('GET', '/json'); await new Promise((r) => { x.onload = r; x.send() }); Object.assign(XMLHttpRequest.prototype, { open, send }); log(x.status, XMLHttpRequest.prototype.open === open);
    const S = window.WebSocket; window.WebSocket = class extends S { send(d) { log('wrapped', d); super.send(d) } }; const s = new WebSocket('ws://' + location.host + '/ws'); await new Promise((r) => s.onopen = r); s.send('hi'); await new Promise((r) => s.onmessage = r); log(s instanceof S, s.constructor === WebSocket); s.close(); window.WebSocket = S`,
  'a wrapper that adds to its promise': `const before = window.fetch; const p = fetch('/json'); p.cancel = () => log('cancel'); p.cancel(); log((await p).status)`,
  'timings of the page’s own': `await (await fetch('/json?mine')).text(); const seen = await new Promise((r) => new PerformanceObserver((l, o) => { const e = l.getEntries().filter((e) => e.name.endsWith('mine')); if (e.length) { o.disconnect(); r(e) } }).observe({ type: 'resource', buffered: true })); log(seen.length, seen[0].initiatorType, seen[0].decodedBodySize); log(performance.getEntriesByType('resource').filter((e) => /mine/.test(e.name)).length)`,
}; // biome-ignore format: a table

/** Angular's, which puts its own promise in the platform's place and a wrapper around everything that waits. */
const ZONE = readFileSync(
  createRequire(new URL('../../../../../e2e/package.json', import.meta.url)).resolve('zone.js'),
  'utf8',
);

/** What scenes do before there is a capture. */
const EARLY: Record<string, string> = {
  'wrappers of the page’s, below us': `const inner = window.fetch; window.fetch = function fetch(input, init) { const p = inner(input, init); p.cancel = () => 'cancelled'; return p };
    const Inner = window.WebSocket; window.WebSocket = function WebSocket(u, p) { const s = new Inner(u, p); s.marked = true; return s }; window.WebSocket.prototype = Inner.prototype;
    const { send } = XMLHttpRequest.prototype; XMLHttpRequest.prototype.send = function (b) { this.sent = true; return send.call(this, b) }`,
  'a promise in the place of the platform’s': `const Native = Promise; window.Promise = class Promise extends Native { static get [Symbol.species]() { return Promise } }; const inner = window.fetch; window.fetch = (...all) => Promise.resolve(inner(...all))`,
  'then in a wrapper': `const { then } = Promise.prototype; window.thens = 0; Promise.prototype.then = function (a, b) { window.thens++; return then.call(this, a, b) }`,
  'Zone.js': `${ZONE}; window.tasks = 0; Zone.current.fork({ name: 'w', onScheduleTask: (d, c, t, task) => { window.tasks++; return d.scheduleTask(t, task) } })`,
  'frozen classes': `Object.freeze(XMLHttpRequest.prototype); Object.freeze(Response.prototype); Object.freeze(WebSocket.prototype); Object.freeze(EventSource.prototype); Object.freeze(Navigator.prototype); Object.defineProperty(window, 'fetch', { writable: false, configurable: false }); Object.defineProperty(window, 'WebSocket', { writable: false, configurable: false })`,
  'a fetch that gives anything': `const inner = window.fetch; window.fetch = (u) => u === '/null' ? null : u === '/nothing' ? undefined : u === '/number' ? 5 : u === '/proxy' ? new Proxy({}, { getPrototypeOf() { throw 1 } }) : u === '/thenable' ? { then(f) { f(7) } } : inner(u); window.odd = ['/null', '/nothing', '/number', '/proxy'].map((u) => () => window.fetch(u))`,
  'a policy without connections': `Object.defineProperty(window, 'EventSource', { value: undefined, configurable: true, writable: true })`,
}; // biome-ignore format: a table
const EARLY_SCENE = `log(navigator.sendBeacon('/echo', 'x')); for (const run of window.odd ?? []) log(typeof run()); if (window.odd) log(await fetch('/thenable')); const p = fetch('/json'); log(typeof p.cancel, p.cancel?.(), p instanceof Promise); const r = await p; log(r.status, await r.text()); await settled(fetch('/drop'), 'drop'); window.watched = fetch('/drop'); await until(() => unhandled.length); log(unhandled.length);
  const x = new XMLHttpRequest(); x.open('GET', '/json'); await new Promise((r) => { x.onload = r; x.send() }); log(x.sent, x.status);
  const s = new WebSocket('ws://' + location.host + '/ws'); log(s.marked, s instanceof WebSocket); await new Promise((r) => s.onopen = r); s.send('hi'); await new Promise((r) => s.onmessage = r); s.close();
  if (window.EventSource) { const e = new EventSource('/source'); await new Promise((r) => e.addEventListener('named', r)); e.close() } log(String(fetch), fetch.name, fetch.length)`;

type Mode = 'without' | 'with' | 'told';

async function observe(script: string, mode: Mode, early = ''): Promise<{ logged: string[]; asked: string[] }> {
  const { page, context } = await shop.page('/page', early);
  const faults: string[] = [];
  // Firefox reports here too that it could not connect.
  page.on('pageerror', ({ message }) => !message.includes('a connection to') && faults.push(`fault ${message}`));
  if (mode !== 'without') await page.evaluate((bodies) => window.net.start(bodies), mode === 'told' ? ['/'] : []);
  shop.asked.length = 0;
  const logged = await run(page, script);
  if (mode !== 'without') expect(await page.evaluate('net.errors')).toEqual([]);
  // What is dropped the browser may ask for again; what is given up soon may not have come.
  const asked = shop.asked.filter((one) => !/hang|drop/.test(one)).sort();
  await context.close();
  return { logged: [...logged, ...faults], asked };
}

const run = (page: Page, script: string): Promise<string[]> =>
  page.evaluate(
    (source) => new Function(source)(),
    `return (async () => { ${AROUND}\n ${script}\n; return logged })()`,
  );

test.each(Object.entries(SCENES))('%s', async (_, script) => {
  const without = await observe(script, 'without');
  expect(without.logged.length).toBeGreaterThan(0);
  expect(await observe(script, 'with')).toEqual(without);
  expect(await observe(script, 'told')).toEqual(without);
});

test.each(Object.entries(EARLY))('before us: %s', async (name, early) => {
  const without = await observe(EARLY_SCENE, 'without', early);
  if (name === 'then in a wrapper') {
    const count = async (mode: Mode) => (await observe(`await fetch('/json'); log(thens)`, mode, early)).logged;
    expect(await count('told'), 'the page’s own then is not called for us').toEqual(await count('without'));
  }
  expect(await observe(EARLY_SCENE, 'with', early)).toEqual(without);
  expect(await observe(EARLY_SCENE, 'told', early)).toEqual(without);
});

const PARTS = `[window.fetch, window.WebSocket, WebSocket.prototype.constructor, window.EventSource, EventSource.prototype.constructor, EventSource.prototype.close, WebSocket.prototype.send, XMLHttpRequest.prototype.open,
  XMLHttpRequest.prototype.send, XMLHttpRequest.prototype.setRequestHeader, Navigator.prototype.sendBeacon, ...['text', 'json', 'blob', 'arrayBuffer', 'bytes', 'formData', 'clone'].map((n) => Response.prototype[n]), EventSource.prototype.addEventListener]`;

test('Zone.js has no task of ours', async () => {
  const script = `const zone = Zone.current.fork({ name: 'w', onScheduleTask: (d, c, t, task) => { log(task.type, task.source); return d.scheduleTask(t, task) } });
    let s; zone.run(() => { fetch('/json').then(() => log('then')); const x = new XMLHttpRequest(); x.open('GET', '/json'); x.onload = () => log('load'); x.send(); s = new WebSocket('ws://' + location.host + '/ws'); s.onopen = () => log('open'); fetch('/drop').catch(() => log('caught')) });
    for (let n = 0; n < 100 && logged.filter((one) => /^(then|load|open|caught)$/.test(one)).length < 4; n++) await sleep(10); s.close(); logged.sort()`;
  const without = await observe(script, 'without', ZONE);
  expect(without.logged).toContain('macroTask XMLHttpRequest.send');
  expect(await observe(script, 'told', ZONE)).toEqual(without);
});

// Firefox's stacks go on to what has set a timer.
test.skipIf(FIREFOX)(
  'an error that only passed through us is the page’s, also where nothing else stands in its stack',
  async () => {
    const { page, context } = await shop.bare('<script src=/rig/net.js></script>');
    const found = await page.evaluate(async () => {
      const heard: string[] = [];
      window.net.guard(`${location.origin}/rig/net.js`);
      window.net.start();
      addEventListener('unhandledrejection', (event) => heard.push(String(event.reason)));
      setTimeout(fetch, 0, '/drop');
      window.net.broken();
      for (let n = 0; n < 300 && (heard.length === 0 || window.net.faults.length === 0); n++)
        await new Promise((resolve) => setTimeout(resolve, 10));
      await new Promise((resolve) => setTimeout(resolve, 50));
      return { heard, faults: window.net.faults };
    });
    expect(found).toEqual({ heard: [expect.stringContaining('TypeError')], faults: ['Error: ours'] });
    await context.close();
  },
);

test('when it ends everything is the platform’s own again, and nothing more is told', async () => {
  const { page, context } = await shop.page();
  const found = await page.evaluate(async (parts) => {
    const look = () => new Function(`return ${parts}`)() as unknown[];
    const before = look();
    window.net.start(['/']);
    const during = look();
    const late = [fetch('/chunks').then((r) => r.text()), new Promise((resolve) => { const x = new XMLHttpRequest(); x.onload = resolve; x.open('GET', '/chunks'); x.send(); })]; // biome-ignore format: short
    window.net.stop();
    const count = window.net.told.length;
    await Promise.all(late);
    await fetch('/json');
    await new Promise((resolve) => setTimeout(resolve, 100));
    return {
      changed: during.filter((one, i) => one !== before[i]).length,
      same: look().every((one, i) => one === before[i]),
      own: Object.hasOwn(EventSource.prototype, 'addEventListener'),
      more: window.net.told.length - count,
      errors: window.net.errors,
    };
  }, PARTS);
  expect(found).toEqual({ changed: 19, same: true, own: false, more: 0, errors: [] });
  await context.close();
});

test('wrappers of the page’s around ours stay when we end, and work', async () => {
  const script = `const inner = window.fetch; window.fetch = (...all) => { log('wrapper'); return inner(...all) }; await fetch('/json'); net.stop(); log((await fetch('/json')).status); log(await (await fetch('/text')).text()); await settled(fetch('/drop'), 'drop'); window.fetch = inner; log((await fetch('/json')).status)`;
  const logged = (await observe(script, 'with')).logged;
  expect(logged).toEqual(['wrapper', 'wrapper', '200', 'wrapper', 'plain é text', 'wrapper', expect.stringContaining('drop broken'), '200']); // biome-ignore format: a list
});
