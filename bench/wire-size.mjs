// P5: bytes on the wire of one session of a minute, by all recorders at once on the same page. Inputs are masked by all.
//
// `rrweb-json` is the text of all events, `rrweb-streamed` the same through one raw deflate stream with a sync flush every 50 ms (level 6),
// `openreplay` what its tracker posts to its ingest, bodies only: the start and all batches, which it sends every 30 s and compresses when they
// are large, the one at the end as it is; `ridealong` all frames of the document's and the pointer's lane with the first keyframe, as they go over data channels.
//
// All carry the document, its changes, sheets, inputs, clicks, scrolling, focus and the pointer's way (every 50 ms). Ridealong carries besides the
// pointer live (every 33 ms), what it is over, the selection, what browser it is; OpenReplay besides the resources' timing, CPU and memory, and it
// listens to the console and the network; rrweb's positions come in one event every 500 ms. Nothing of ours waits for a batch.
import { constants, createDeflateRaw } from 'node:zlib';
import { launch } from './browser.mjs';
import { print, ratio } from './figures.mjs';
import { contents, table } from './recorder/pages.mjs';
import { shopSession } from './recorder/shop.mjs';
import { ridealong } from './server.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? 3);
const SECONDS = Number(process.env.SECONDS ?? 60);
const SHOP_SECONDS = Number(process.env.SHOP_SECONDS ?? 300);
const BATCH = 50;

/** In the page: both recorders. */
async function begin() {
  const record = globalThis.rrwebRecord?.record ?? globalThis.rrweb.record;
  globalThis.events = [];
  record({
    maskAllInputs: true,
    emit: (event) => {
      globalThis.events.push([performance.now(), JSON.stringify(event)]);
    },
  });
  globalThis.recorder = await globalThis.ridealongBench.start();
  return globalThis.openReplayBench.start('http://page.bench/ingest').then((stop) => {
    globalThis.stopOpenReplay = stop;
  });
}

/** In the page: somebody who types, clicks, moves the pointer and reads, by a seed. */
async function session({ seconds, seed, kind }) {
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const words =
    'the of and harbour city council vote river market price report minister school bridge water light plan night train winter street window paper morning team coach season player match goal island coast storm'.split(
      ' ',
    );
  const text = (n) => Array.from({ length: n }, () => words[Math.floor(random() * words.length)]).join(' ');
  let [x, y] = [400, 300];
  const move = async () => {
    const [toX, toY] = [random() * innerWidth, random() * innerHeight];
    for (let i = 1; i <= 20; i++) {
      const at = {
        clientX: Math.round(x + ((toX - x) * i) / 20),
        clientY: Math.round(y + ((toY - y) * i) / 20),
        bubbles: true,
      };
      document.body.dispatchEvent(new PointerEvent('pointermove', at));
      document.body.dispatchEvent(new MouseEvent('mousemove', at));
      await wait(16);
    }
    [x, y] = [toX, toY];
  };
  const type = async (input) => {
    const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
    const line = text(3);
    for (let i = 1; i <= line.length; i++) {
      set.call(input, line.slice(0, i));
      input.dispatchEvent(new InputEvent('input', { bubbles: true }));
      await wait(80 + random() * 80);
    }
  };
  const read = () => {
    const paragraphs = Array.from({ length: 12 }, () => `<p>${text(60)}</p>`).join('');
    const cards = Array.from(
      { length: 24 },
      (_, i) =>
        `<div class="col-4"><article class="card shadow-sm"><div class="card-body"><h3 class="card-title h6"><a class="stretched-link" href="/news/${i}">${text(8)}</a></h3><p class="card-text small text-muted">${text(18)}</p></div></article></div>`,
    ).join('');
    document.querySelector('main').innerHTML = `<h1>${text(7)}</h1>${paragraphs}<div class="row g-3">${cards}</div>`;
    history.pushState(null, '', `/news/${Math.floor(random() * 1000)}`);
    scrollTo(0, 0);
  };
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    await move();
    if (kind === 'news') {
      read();
      for (let i = 0; i < 20 && performance.now() < end; i++) {
        scrollBy(0, 60);
        await wait(120);
      }
    } else {
      const input = document.querySelector('#new');
      await type(input);
      input.form.requestSubmit();
      await wait(300);
      const boxes = document.querySelectorAll('[type=checkbox]');
      boxes[Math.floor(random() * boxes.length)].click();
      await wait(700);
    }
  }
  await wait(300);
  globalThis.stopOpenReplay();
  if (globalThis.recorder.errors.length) throw new Error(globalThis.recorder.errors[0]);
  return { ridealong: globalThis.recorder.bytes(), parts: globalThis.recorder.parts(), events: globalThis.events };
}

/** Bytes of one deflate stream over all events, flushed with every batch. */
async function streamed(events) {
  const stream = createDeflateRaw({ level: 6 });
  let bytes = 0;
  stream.on('data', (chunk) => {
    bytes += chunk.length;
  });
  const flush = () => new Promise((resolve) => stream.flush(constants.Z_SYNC_FLUSH, resolve));
  let batch = -1;
  for (const [at, json] of events) {
    const now = Math.floor(at / BATCH);
    if (now !== batch && batch >= 0) await flush();
    batch = now;
    stream.write(json);
  }
  await flush();
  return bytes;
}

/** Stands for OpenReplay's ingest and counts what comes. */
async function ingest(page) {
  const count = { bytes: 0, batches: 0 };
  await page.route('**/ingest/**', (route) => {
    const request = route.request();
    count.bytes += request.postDataBuffer()?.length ?? 0;
    if (request.url().includes('/v1/web/i?')) count.batches++;
    const now = Date.now();
    const json = {
      token: 't',
      userUUID: 'u',
      projectID: 1,
      beaconSizeLimit: 1e6,
      delay: 0,
      sessionID: 's',
      startTimestamp: now,
    };
    route.fulfill({ json: request.url().endsWith('/start') ? json : [] });
  });
  return count;
}

async function one(browser, site, html, kind, seed) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.route('**/*', (route) => route.fulfill({ contentType: 'text/html', body: html }));
  const posted = await ingest(page);
  await page.goto('http://page.bench/');
  for (const content of [site.rrweb, site.ridealong, site.openReplay]) await page.addScriptTag({ content });
  await page.waitForTimeout(200);
  await page.evaluate(begin);
  const { ridealong, parts, events } = await page.evaluate(session, { seconds: SECONDS, seed, kind });
  await page.waitForTimeout(1000); // the last batch
  await context.close();
  if (posted.batches === 0) throw new Error('OpenReplay posted nothing');
  const json = events.reduce((sum, [, text]) => sum + text.length, 0);
  return {
    parts,
    bytes: { ridealong, 'rrweb-json': json, 'rrweb-streamed': await streamed(events), openreplay: posted.bytes },
  };
}

/** Five minutes that take five minutes: with SHOP=1. */
async function shop(browser, site) {
  const house = await ridealong();
  try {
    const { bytes, pages } = await shopSession(browser, house.shop, site.ridealong, SHOP_SECONDS);
    print({ bench: 'wire-size', case: 'shop-5min', variant: 'ridealong', bytes, seconds: SHOP_SECONDS, pages });
  } finally {
    await house.close();
  }
}

export async function run() {
  const site = await contents();
  const around = table(8000, '').match(/<table[\s\S]*<\/table>/)[0];
  const cases = {
    todo: ['todo', site.todo],
    'todo-8k': ['todo', site.todo.replace('<div id="app">', `${around}<div id="app">`)],
    news: [
      'news',
      `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>News</title><style>${site.css}</style></head><body class="container"><nav class="navbar"><b>News</b></nav><main></main></body></html>`,
    ],
  };
  const browser = await launch();
  try {
    await Promise.all(
      Object.entries(cases).map(async ([name, [kind, html]]) => {
        const shares = { 'rrweb-streamed': [], openreplay: [] };
        for (let i = 0; i < ROUNDS; i++) {
          const { parts, bytes } = await one(browser, site, html, kind, i + 1);
          for (const [peer, list] of Object.entries(shares)) list.push(bytes.ridealong / bytes[peer]);
          for (const [variant, count] of Object.entries(bytes))
            print({ bench: 'wire-size', case: name, variant, bytes: count, seconds: SECONDS, seed: i + 1 });
          print({ bench: 'wire-size', case: name, variant: 'breakdown', ...parts, seed: i + 1 });
        }
        for (const [peer, list] of Object.entries(shares))
          ratio('wire-size', `ridealong/${peer}`, list, { case: name });
      }),
    );
    if (process.env.SHOP) await shop(browser, site);
  } finally {
    await browser.close();
  }
}
