// A page that makes every kind of call that telemetry hears of, and writes down what it observes of each: the same with us and without.
// Runs in the page, as text, before anything else of it.

/** Everything that the page observes, by step, as JSON. */
export const CALLS = `
const runCalls = async () => {
  const seen = {};
  const plain = (value) => {
    if (value instanceof Error || value instanceof DOMException) return value.name + ': ' + value.message;
    if (value instanceof ArrayBuffer) return 'buffer ' + value.byteLength;
    if (value instanceof Blob) return 'blob ' + value.size + ' ' + value.type;
    return value === undefined ? 'undefined' : value;
  };
  const step = async (name, run) => {
    const order = [];
    const note = (what) => order.push(plain(what));
    try {
      const result = await run(note);
      if (result !== undefined) note(result);
    } catch (error) {
      note('threw');
      note(error);
    }
    seen[name] = order;
  };
  const later = (ms = 0) => new Promise((r) => setTimeout(r, ms));
  const once = (target, name) => new Promise((r) => target.addEventListener(name, r, { once: true }));

  // What the platform is.
  await step('fetch itself', () => [fetch.name, fetch.length, fetch.toString(), String(fetch), typeof fetch, 'prototype' in fetch]);
  await step('descriptors', () =>
    [[window, 'fetch'], [XMLHttpRequest.prototype, 'open'], [XMLHttpRequest.prototype, 'send'], [Navigator.prototype, 'sendBeacon'], [window, 'WebSocket'], [window, 'EventSource'], [console, 'log'], [console, 'error'], [Response.prototype, 'json']].map(([of, name]) => {
      const { value, ...rest } = Object.getOwnPropertyDescriptor(of, name);
      return [name, value.name, value.length, value.toString(), rest.writable, rest.enumerable, rest.configurable];
    }));
  await step('constructors', () => [WebSocket.prototype.constructor === WebSocket, EventSource.prototype.constructor === EventSource, WebSocket.CONNECTING, WebSocket.length, Object.keys(console).join()]);
  await step('subclasses', () => {
    class Mine extends WebSocket { get mine() { return 7 } }
    const socket = new Mine(wsBase + '/echo');
    const all = [socket instanceof Mine, socket instanceof WebSocket, socket.mine, socket.constructor === Mine];
    socket.close();
    return all;
  });
  await step('illegal calls', async (note) => {
    for (const run of [() => fetch.call({}, '/text'), () => new fetch('/text'), () => WebSocket(wsBase), () => XMLHttpRequest.prototype.send.call({}), () => console.log.call(undefined, 'without this'), () => new WebSocket('http://[')]) {
      try { note(await run()); } catch (error) { note(error.name); }
    }
  });

  // fetch.
  await step('fetch text', async () => (await (await fetch('/text')).text()));
  await step('fetch is a promise', () => { const p = fetch('/text'); return [p instanceof Promise, p.constructor === Promise, Object.keys(p).length]; });
  await step('fetch json', async () => (await (await fetch(new URL('/json?token=abc', location.href), { headers: { authorization: 'Bearer abcdefghijkl', accept: 'application/json' } })).json()));
  await step('fetch a Request', async () => { const r = new Request('/post', { method: 'POST', body: 'hello', headers: [['x-mine', '1']] }); const a = await fetch(r); return [await a.text(), r.bodyUsed, a.url.endsWith('/post'), a.redirected]; });
  await step('fetch status', async () => { const a = await fetch('/missing'); return [a.status, a.ok, a.statusText, a.type, await a.text()]; });
  await step('fetch redirected', async () => { const a = await fetch('/redirect'); return [a.redirected, a.url.endsWith('/text'), await a.text()]; });
  await step('fetch stream', async (note) => { const a = await fetch('/stream'); const reader = a.body.getReader(); for (let part = await reader.read(); !part.done; part = await reader.read()) note('part'); return [a.bodyUsed]; });
  await step('fetch byob', async () => { const a = await fetch('/text'); const reader = a.body.getReader({ mode: 'byob' }); const { value } = await reader.read(new Uint8Array(4)); await reader.cancel(); return new TextDecoder().decode(value); });
  await step('fetch clone', async () => { const a = await fetch('/json'); const b = a.clone(); return [await a.json(), await b.text(), a.bodyUsed, b.bodyUsed]; });
  await step('fetch read twice', async () => { const a = await fetch('/text'); await a.text(); return a.text(); });
  await step('fetch bodies', async () => { const of = async () => await fetch('/text'); return [plain(await (await of()).arrayBuffer()), plain(await (await of()).blob()), await (await of()).json().catch((e) => e.name)]; });
  await step('fetch aborted', async () => { const c = new AbortController(); const p = fetch('/slow', { signal: c.signal }); c.abort(); return p; });
  await step('fetch aborted with a reason', async () => { const c = new AbortController(); const p = fetch('/slow', { signal: c.signal }); c.abort(new RangeError('mine')); return p; });
  await step('fetch aborted in its body', async () => { const c = new AbortController(); const a = await fetch('/drip', { signal: c.signal }); setTimeout(() => c.abort(), 30); return a.text(); });
  await step('fetch timeout', async () => fetch('/slow', { signal: AbortSignal.timeout(30) }));
  await step('fetch no host', async () => fetch('http://localhost:1/'));
  await step('fetch CORS', async () => fetch(other + '/text'));
  await step('fetch no-cors', async () => { const a = await fetch(other + '/text', { mode: 'no-cors' }); return [a.type, a.status]; });
  await step('fetch bad', async () => fetch('http://['));
  await step('fetch keepalive', async () => (await fetch('/post', { method: 'POST', body: 'kept', keepalive: true })).status);
  await step('fetch form', async () => { const f = new FormData(); f.append('a', '1'); f.append('f', new Blob(['x']), 'x.txt'); return (await fetch('/post', { method: 'POST', body: f })).status; });
  await step('fetch an object with a text', async () => { let n = 0; const a = await fetch({ toString() { n++; return '/text'; } }); return [a.status, n]; });
  await step('fetch with getters', async () => { let n = 0; const a = await fetch('/post', { get method() { n++; return 'POST'; }, get body() { n++; return 'x'; } }); return [a.status, n]; });
  await step('fetch order', async (note) => { const p = fetch('/text').then(() => note('answer')); note('called'); await Promise.resolve(); note('a microtask later'); await p; });
  await step('fetch unhandled', async (note) => { const heard = (e) => { note(e.reason); e.preventDefault(); }; addEventListener('unhandledrejection', heard); fetch('http://localhost:1/'); await later(300); removeEventListener('unhandledrejection', heard); });
  await step('fetch handled late', async (note) => { const heard = (e) => note('unhandled'); addEventListener('unhandledrejection', heard); try { await fetch('http://localhost:1/'); } catch { note('caught'); } await later(50); removeEventListener('unhandledrejection', heard); });
  await step('fetch data', async () => (await fetch('data:text/plain,hello')).text());
  await step('fetch blob', async () => (await fetch(URL.createObjectURL(new Blob(['blob'])))).text());
  await step('fetch HEAD', async () => { const a = await fetch('/text', { method: 'HEAD' }); return [a.status, await a.text()]; });
  await step('fetch many', async () => (await Promise.all(Array.from({ length: 20 }, (_, i) => fetch('/text?i=' + i).then((a) => a.status)))).join());

  // XMLHttpRequest.
  const xhr = (method, url, { type = '', body, headers = {}, on = [], timeout = 0, async = true } = {}) => async (note) => {
    const x = new XMLHttpRequest();
    for (const name of ['readystatechange', 'loadstart', 'load', 'loadend', 'error', 'abort', 'timeout']) x.addEventListener(name, () => note(name + ' ' + x.readyState));
    x.onload = () => note('onload');
    for (const name of on) x.upload.addEventListener(name, () => note('upload ' + name));
    x.open(method, url, async);
    if (async) { x.responseType = type; x.timeout = timeout; }
    for (const [name, value] of Object.entries(headers)) x.setRequestHeader(name, value);
    const done = async ? once(x, 'loadend') : undefined;
    x.send(body);
    note('sent');
    await done;
    return [x.status, x.statusText, x.getResponseHeader('content-type'), type === '' || type === 'text' ? x.responseText : type === 'document' ? x.response?.title : plain(x.response)];
  };
  await step('xhr text', xhr('GET', '/text'));
  await step('xhr json', xhr('GET', '/json', { type: 'json' }));
  await step('xhr buffer', xhr('GET', '/text', { type: 'arraybuffer' }));
  await step('xhr blob', xhr('GET', '/text', { type: 'blob' }));
  await step('xhr document', xhr('GET', '/page', { type: 'document' }));
  await step('xhr post', xhr('POST', '/post', { body: JSON.stringify({ password: 'x' }), headers: { 'content-type': 'application/json' }, on: ['load', 'loadend'] }));
  await step('xhr missing', xhr('GET', '/missing'));
  await step('xhr no host', xhr('GET', 'http://localhost:1/'));
  await step('xhr CORS', xhr('GET', other + '/text'));
  await step('xhr CORS allowed', xhr('GET', other + '/open'));
  await step('xhr timeout', xhr('GET', '/slow', { timeout: 30 }));
  await step('xhr sync', xhr('GET', '/text', { async: false }));
  await step('xhr sync no host', xhr('GET', 'http://localhost:1/', { async: false }));
  await step('xhr abort', async (note) => { const x = new XMLHttpRequest(); x.onabort = () => note('abort'); x.open('GET', '/slow'); x.send(); setTimeout(() => x.abort(), 20); await once(x, 'loadend'); return [x.status, x.readyState]; });
  await step('xhr again', async () => { const x = new XMLHttpRequest(); const all = []; for (const url of ['/text', '/json']) { x.open('GET', url); x.send(); await once(x, 'load'); all.push(x.responseText); } return all; });
  await step('xhr wrong order', async (note) => { const x = new XMLHttpRequest(); for (const run of [() => x.send(), () => x.setRequestHeader('a', 'b'), () => x.open('GET'), () => x.open('TRACE', '/')]) try { note(run()); } catch (error) { note(error); } });
  await step('xhr reopened in its own load', async (note) => { const x = new XMLHttpRequest(); await new Promise((r) => { let n = 0; x.onload = () => { note(x.responseText); if (n++ === 0) { x.open('GET', '/json'); x.send(); } else r(); }; x.open('GET', '/text'); x.send(); }); });

  // Beacons.
  await step('beacon', () => [navigator.sendBeacon('/post', 'beacon'), navigator.sendBeacon('/post', new Blob(['b'], { type: 'text/plain' })), navigator.sendBeacon('/post', new URLSearchParams({ a: 1 }))]);
  await step('beacon too large', () => navigator.sendBeacon('/post', 'x'.repeat(70000)));
  await step('beacon bad', () => navigator.sendBeacon('http://['));

  // Sockets.
  await step('socket', async (note) => {
    const s = new WebSocket(wsBase + '/echo', ['one', 'two']);
    s.onopen = () => note('open');
    s.addEventListener('message', ({ data }) => note(['message', plain(data)]));
    await once(s, 'open');
    note([s.protocol, s.readyState, s.binaryType, s.bufferedAmount, s.url.startsWith('ws:'), s.constructor.name]);
    s.send('hello');
    s.binaryType = 'arraybuffer';
    s.send(new Uint8Array([1, 2, 3]));
    await once(s, 'message'); await once(s, 'message');
    s.close(3001, 'enough');
    const { code, reason, wasClean } = await once(s, 'close');
    return [code, reason, wasClean];
  });
  await step('socket refused', async (note) => { const s = new WebSocket('ws://localhost:1/'); s.onerror = () => note('error'); const e = await once(s, 'close'); return [e.code, e.wasClean]; });
  await step('socket sends too early', (note) => { const s = new WebSocket(wsBase + '/echo'); try { s.send('x'); } catch (error) { note(error); } s.close(); });
  await step('event source', async (note) => {
    const s = new EventSource('/events');
    s.onopen = () => note('open');
    s.addEventListener('price', ({ data, type, lastEventId }) => note([type, data, lastEventId]));
    s.onmessage = ({ data }) => note(data);
    await once(s, 'price'); await once(s, 'price');
    const state = s.readyState;
    s.close();
    return [state, s.readyState, s.constructor === EventSource, s.url.endsWith('/events')];
  });
  await step('event source missing', async (note) => { const s = new EventSource('/missing'); await once(s, 'error'); return s.readyState; });

  // The console.
  await step('console', (note) => {
    let ran = 0;
    const tricky = { get secret() { ran++; return 1; }, toString() { ran++; return 'x'; }, toJSON() { ran++; return 1; }, plain: 1 };
    const circle = { name: 'circle' }; circle.self = circle;
    note(console.log('text %s and %d', 'string', 42, { a: [1, 2, { deep: { deeper: { deepest: {} } } }] }, tricky, circle));
    note(console.info(null, undefined, true, 1n, Symbol('s'), () => 1, class Named {}, new Date(0), /re/g, new Map([[1, tricky]]), new Set([1]), new Error('in the console'), document.body, new Proxy({}, {})));
    for (const name of ['warn', 'error', 'debug', 'trace', 'dir', 'dirxml', 'table', 'group', 'groupCollapsed']) note(console[name]('console.' + name, { name }));
    note(console.groupEnd()); note(console.groupEnd()); note(console.groupEnd());
    note(console.assert(true, 'not said')); note(console.assert(false, 'said', 1));
    note(console.count()); note(console.count('mine')); note(console.count()); note(console.countReset()); note(console.count());
    note(console.time('t')); note(console.timeLog('t', 1)); note(console.timeEnd('t'));
    for (let i = 0; i < 5; i++) console.log('the same again');
    const { log } = console; note(log('taken out'));
    note(ran);
  });

  // Errors.
  const heard = [];
  const hear = (event) => heard.push([event.type, plain(event.error ?? event.reason ?? 'no error'), event.message ?? '']);
  addEventListener('error', hear); addEventListener('unhandledrejection', hear);
  window.onerror = (...args) => { heard.push(['onerror', args[0], args[2] > 0, args[4]?.name ?? '']); };
  const errors = [
    () => { throw new TypeError('a type error', { cause: new RangeError('its cause') }); },
    () => { throw 'a text'; }, () => { throw null; }, () => { throw { odd: true }; },
    () => { class Own extends Error { get name() { return 'Own'; } } throw new Own('of its own'); },
    () => { Promise.reject(new Error('a rejection')); }, () => { Promise.reject(42); }, () => { Promise.reject(); },
    () => { undefined.x; }, () => { new Function('return }')(); },
  ];
  for (const run of errors) { setTimeout(run); await later(20); }
  for (let i = 0; i < 3; i++) { setTimeout(() => { throw new Error('again and again'); }); await later(20); }
  seen['errors'] = heard;
  removeEventListener('error', hear); removeEventListener('unhandledrejection', hear); window.onerror = null;
  await step('failed picture', async () => { const i = new Image(); i.src = '/missing.png'; await once(i, 'error'); return i.complete; });
  await step('failed script', async () => { const s = document.createElement('script'); s.src = '/missing.js'; document.head.append(s); await once(s, 'error'); return 'error'; });
  await step('stacks', () => { const of = (run) => { try { run(); } catch (error) { return error.stack.split('\\n').length > 1 && error.stack.includes('of'); } }; return [of(() => new XMLHttpRequest().send())]; });
  await step('history', () => { history.pushState({ a: 1 }, '', '#pushed'); const state = [history.state, location.hash]; history.replaceState(null, '', location.pathname + location.search); return [state, history.state, history.pushState.name, history.pushState.length]; });
  return JSON.stringify(seen);
};
`;
