// Sites that forbid as much as they can (must hold 4 of the recorder): every page records fully, and nothing is reported for us.
import type { BrowserContext } from '@playwright/test';
import { Pages } from '../pages.ts';
import { withoutWebRTC } from '../people.ts';
import { expect, test } from '../test.ts';
import { Visit } from '../visit.ts';

/** All that docs/embed.md asks a site to allow, and nothing else but what the page itself needs. */
const STRICT = [
  "default-src 'none'",
  "script-src 'self' {{RELAY}}",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self' {{RELAY}} {{WS}}",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
  'report-uri /reports',
].join('; ');

const NONCE = "default-src 'none'; script-src 'nonce-r1ide' 'strict-dynamic'; style-src 'self' 'nonce-r1ide'; img-src 'self'; connect-src 'self' {{RELAY}} {{WS}}; report-uri /reports"; // biome-ignore format: one policy
const DENIED = ['camera', 'microphone', 'geolocation', 'fullscreen', 'clipboard-read', 'clipboard-write', 'sync-xhr', 'unload', 'storage-access', 'compute-pressure']; // biome-ignore format: a list

const policies: Record<string, Record<string, string>> = {
  strict: { 'content-security-policy': STRICT },
  'strict, also for WebRTC': { 'content-security-policy': `${STRICT}; webrtc 'block'` },
  'a nonce and strict-dynamic': { 'content-security-policy': NONCE },
  sandboxed: { 'content-security-policy': 'sandbox allow-scripts allow-same-origin' },
  'isolated, with require-corp': {
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
    'cross-origin-resource-policy': 'same-origin',
  },
  'isolated, with credentialless': {
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'credentialless',
  },
  'without permissions': {
    'permissions-policy': DENIED.map((name) => `${name}=()`).join(', '),
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'origin-agent-cluster': '?1',
  },
};

const app = `
  const make = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });
  const main = document.querySelector('main');
  document.querySelector('#host').attachShadow({ mode: 'open' }).append(make('b', 'in a shadow root'));
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('main { color: rgb(1, 2, 3) }');
  document.adoptedStyleSheets = [sheet];
  let steps = 0;
  globalThis.step = () => {
    main.append(make('p', 'step ' + ++steps));
    main.firstElementChild.remove();
    main.style.top = steps + 'px';
    document.querySelector('details').open = true;
    document.querySelector('#field').value = 'typed by script ' + steps;
    document.styleSheets[0].insertRule('p { border-top: ' + steps + 'px solid red }');
    document.querySelector('dialog').showModal();
  };`;

/** `words` are in the loader's tag. */
const page = (words = '', more = '') => `<!doctype html><html lang=en><head><meta charset=utf-8><title>Strict</title>
  <link rel=stylesheet href=/app.css><script async nonce=r1ide ${words} src="{{RELAY}}/r/loader.js"></script></head><body><h1>A strict page</h1>
  <main><p>first</p><p>second</p></main><div id=host></div><img src=/dot.svg alt=dot width=20 height=20>
  <form><input id=field><select><option>one<option selected>two</select></form>
  <details><summary>More</summary>of it</details><dialog>a dialog</dialog>${more}<script src=/app.js nonce=r1ide></script></body></html>`;

/** Enough for the recorder to want a worker. */
const LARGE = '<i></i>'.repeat(1600);

/** A service worker that keeps all that it sees, ours too, and answers from there. */
const worker = `
  addEventListener('install', () => skipWaiting());
  addEventListener('activate', (event) => event.waitUntil(clients.claim()));
  addEventListener('fetch', (event) => {
    if (event.request.method !== 'GET') return;
    event.respondWith(caches.open('all').then(async (cache) => {
      const kept = await cache.match(event.request);
      if (kept) return kept;
      const answer = await fetch(event.request);
      await cache.put(event.request, answer.clone());
      return answer;
    }));
  });`;

async function site(): Promise<Pages> {
  const pages = await Pages.open({
    '/app.js': { body: app, type: 'text/javascript' },
    '/app.css': { body: 'h1 { color: green } p { margin: 3px }', type: 'text/css' },
    '/dot.svg': {
      body: '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><circle cx="10" cy="10" r="9"/></svg>',
      type: 'image/svg+xml',
    },
    '/reports': { body: '' },
  });
  for (const [name, headers] of Object.entries(policies)) pages.put(path(name), { body: page(), headers });
  const headers = { 'content-security-policy': STRICT };
  pages.put('/large', { body: page('', LARGE), headers });
  pages.put('/large-alone', { body: page('data-worker=no', LARGE), headers });
  pages.put('/opaque', { body: page(), headers: { 'content-security-policy': 'sandbox allow-scripts' } });
  pages.put('/served/', { body: page('', '<script src=/register.js></script>') });
  pages.put('/served/sw.js', { body: worker, type: 'text/javascript' });
  pages.put('/register.js', { body: "navigator.serviceWorker.register('/served/sw.js')", type: 'text/javascript' });
  return pages;
}

const path = (name: string) => `/${encodeURIComponent(name.replace(/[ ,]+/g, '-'))}`;

/** What was reported, and what went wrong, in a page that this was called for before it began. */
async function watched(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const seen: string[] = [];
    Reflect.set(globalThis, 'seen', seen);
    document.addEventListener('securitypolicyviolation', (event) =>
      seen.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`),
    );
    addEventListener('error', (event) => seen.push(`error ${event.message}`));
    addEventListener('unhandledrejection', (event) => seen.push(`rejection ${event.reason}`));
  });
}

/** The page as it came and after two steps, with nothing reported. */
async function records(visit: Visit, name: string): Promise<void> {
  const { agent, realm } = visit;
  await agent.sees('A strict page');
  await visit.same(name);
  for (const step of [1, 2]) {
    await realm.main('step()');
    await agent.sees(`step ${step}`);
    await visit.same(`${name}, step ${step}`);
  }
  expect(await realm.main('ridealong.state'), name).toBe('live');
  expect(await realm.main('seen'), name).toEqual([]);
}

/** Goes there, as a person does who follows a link; the agent has the new document. */
async function follow({ agent, customer }: Visit, address: string): Promise<void> {
  const { epoch } = await agent.stats();
  await customer.page.goto(address);
  await expect.poll(async () => (await agent.stats()).epoch, { message: address }).toBe(epoch + 1);
}

const reported = (visit: Visit) => visit.realm.main<string[]>('seen');

for (const [rung, prepare, names] of [
  ['direct', () => undefined, Object.keys(policies)],
  ['fallback', withoutWebRTC, ['strict', 'a nonce and strict-dynamic']],
] as const) {
  test(`under policies that forbid the most a page records fully over ${rung}, and nothing is reported`, async ({
    browser,
  }) => {
    const pages = await site();
    const [first = '', ...others] = names;
    const use = async (visit: Visit) => {
      const { agent } = visit;
      await agent.reaches(rung);
      await records(visit, first);
      for (const name of others) {
        await follow(visit, pages.at(path(name)));
        await records(visit, name);
        await agent.reaches(rung);
      }
      expect(pages.posted, 'what browsers reported to the site').toEqual([]);
      expect((await agent.stats()).mismatches).toBe(0);
    };
    await Visit.to(browser, pages, path(first), use, {
      prepare: async (context) => {
        await watched(context);
        await context.addInitScript(prepare);
      },
    });
  });
}

test('large pages that forbid workers report one try in a tab, none where the site said so', async ({ browser }) => {
  const pages = await site();
  const use = async (visit: Visit) => {
    await records(visit, 'large, with data-worker=no');
    await follow(visit, pages.at(path('without permissions')));
    // The word stays for the tab; another tab begins anew.
    await visit.realm.main(
      `sessionStorage.ridealong = sessionStorage.ridealong.replace('"alone":true', '"alone":false')`,
    );
    await follow(visit, pages.at('/large'));
    await expect.poll(() => reported(visit)).toHaveLength(1);
    expect(await reported(visit)).toEqual([expect.stringMatching(/^(worker-src|require-trusted-types-for) /)]);
    await visit.realm.main('seen.length = 0');
    await records(visit, 'large');
    await follow(visit, pages.at('/large'));
    await records(visit, 'large, again');
    expect(pages.posted, 'what browsers reported to the site').toHaveLength(1);
  };
  await Visit.to(browser, pages, '/large-alone', use, { prepare: watched });
});

test('a page behind a service worker that keeps everything, and one of no origin on the way', async ({ browser }) => {
  const pages = await site();
  const use = async (visit: Visit) => {
    await records(visit, 'before the worker');
    await visit.realm.main('navigator.serviceWorker.ready.then(() => 0)');
    for (const time of ['first', 'second']) {
      await follow(visit, pages.at('/served/'));
      expect(await visit.realm.main('navigator.serviceWorker.controller !== null')).toBe(true);
      await records(visit, `from the worker for the ${time} time`);
    }
    // Storage is forbidden there, so the session waits for the next page.
    await visit.customer.page.goto(pages.at('/opaque'));
    expect(await visit.realm.main('[seen, "ridealong" in globalThis]')).toEqual([[], false]);
    await follow(visit, pages.at(path('strict')));
    await records(visit, 'after the one of no origin');
  };
  await Visit.to(browser, pages, '/served/', use, { prepare: watched });
});
