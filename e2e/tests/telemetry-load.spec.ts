// Telemetry under load, and at the end of a page: nothing is left out without a count, and what a page did not finish is marked.
import { LeftOut, Outcome } from '@ridealong/wire/entries';
import { rowsOf, untilRows } from '../telemetry/rows.ts';
import { CallSite } from '../telemetry/site.ts';
import { expect, test } from '../test.ts';
import { Visit } from '../visit.ts';

const FLOOD = `
const flood = async (seconds) => {
  const lines = { said: 0 };
  const end = performance.now() + seconds * 1000;
  let changes = 0;
  const answers = [];
  for (let i = 0; i < 1000; i++) answers.push(fetch('/held?i=' + i).then((a) => a.status));
  while (performance.now() < end) {
    for (let i = 0; i < 100; i++) console[i % 10 ? 'log' : 'error']('line ' + lines.said++, { n: i });
    mark.textContent = 'change ' + ++changes;
    await new Promise((r) => setTimeout(r, 10));
  }
  mark.textContent = 'the flood is over';
  return [lines.said, changes];
};
`;

test('10,000 lines of the console a second and 1,000 requests at once: each is told or counted, and the picture goes on', async ({
  browser,
}) => {
  test.setTimeout(120_000);
  const site = await CallSite.open(FLOOD);
  await Visit.to(browser, site, '/', async ({ agent, customer, realm }) => {
    await agent.sees('begun', '#mark');
    await untilRows(agent, (rows) => rows.environment.length > 0);
    const flood = customer.page.evaluate('flood(4)');
    // In the middle of it the agent sees the changes as they come.
    await agent.sees('change', '#mark');
    const [said, changes] = (await flood) as [number, number];
    expect(said).toBeGreaterThan(5000);
    expect(changes).toBeGreaterThan(50);
    await agent.sees('the flood is over', '#mark');
    await untilRows(agent, ({ requests }) => requests.filter(({ url }) => url.includes('/held')).length >= 1000);
    const known = async () => {
      const { console: lines, leftOut } = await rowsOf(agent);
      const told = lines.reduce((sum, { count }) => sum + count, 0);
      const left = leftOut.filter(({ kind }) => kind === LeftOut.console).reduce((sum, { count }) => sum + count, 0);
      return [told + left, left > 0, told > 1000];
    };
    await expect.poll(known, { timeout: 15_000 }).toEqual([said, true, true]);
    site.release();
    const rows = await untilRows(agent, ({ requests }) => requests.every(({ state }) => state !== 'pending'));
    const held = rows.requests.filter(({ url }) => url.includes('/held'));
    expect(held).toHaveLength(1000);
    expect(held.every(({ status, state }) => status === 200 && state === '0')).toBe(true);
    expect(rows.gaps).toBe(0);
    expect(await realm.main('ridealong.state')).toBe('live');
    await agent.sees('the flood is over', '#mark');
    test.info().annotations.push({ type: 'flood', description: `${said} lines and ${changes} changes in 4 s` });
  });
});

const LAST = `
let sent = 0;
const begin = () => {
  fetch('/slow?never');
  const x = new XMLHttpRequest();
  x.open('GET', '/slow?older');
  x.send();
  for (const type of ['visibilitychange', 'pagehide', 'beforeunload', 'unload'])
    addEventListener(type, () => { navigator.sendBeacon('/post?' + type, type); console.log('last words at ' + type); }, type === 'visibilitychange');
  document.addEventListener('visibilitychange', () => navigator.sendBeacon('/post?hidden', 'x'));
};
`;

test('a page that goes in the middle of its requests: what it sends at its end is told, and what did not end is marked', async ({
  browser,
}) => {
  const site = await CallSite.open(LAST);
  await Visit.to(browser, site, '/', async ({ agent, customer }) => {
    await agent.sees('begun', '#mark');
    await untilRows(agent, (rows) => rows.environment.length > 0);
    await customer.page.evaluate('begin()');
    await untilRows(agent, ({ requests }) => requests.filter(({ url }) => url.includes('/slow')).length === 2);
    await customer.page.locator('#away').click();
    await customer.page.waitForURL('**/away');
    const over = await untilRows(agent, ({ requests }) => requests.filter(({ state }) => state === 'cut').length >= 2);
    for (const name of ['never', 'older']) {
      const one = over.requests.find(({ url }) => url.includes(`/slow?${name}`));
      expect(['cut', String(Outcome.aborted), String(Outcome.failed)], name).toContain(one?.state);
    }
    const beacons = over.requests.filter(({ kind }) => kind === 'beacon').map(({ url }) => new URL(url).search);
    expect(beacons).toEqual(expect.arrayContaining(['?pagehide=', '?hidden=']));
    const words = over.console.map(({ values }) => values[0]?.[1]);
    expect(words).toContain('last words at pagehide');
    expect(over.gaps).toBe(0);
    // The next page's own are its own.
    await untilRows(agent, ({ requests }) =>
      requests.some(({ kind, url }) => kind === 'navigation' && url.endsWith('/away')),
    );
  });
});

const WORKER = `
self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
self.addEventListener('fetch', (event) => {
  const { pathname } = new URL(event.request.url);
  if (pathname === '/made') event.respondWith(new Response('made by the worker', { headers: { 'content-type': 'text/plain' } }));
  else if (pathname === '/passed') event.respondWith(fetch('/text'));
  else if (pathname === '/broken') event.respondWith(Promise.reject(new Error('broken')));
});
`;

test('a service worker between: what it answers, passes on and breaks is told as the page has it', async ({
  browser,
}) => {
  const site = await CallSite.open('', '', { '/worker.js': WORKER });
  await Visit.to(browser, site, '/', async ({ agent, customer }) => {
    await agent.sees('begun', '#mark');
    await untilRows(agent, (rows) => rows.environment.length > 0);
    await customer.page.evaluate(async () => {
      await navigator.serviceWorker.register('/worker.js');
      await new Promise((resolve) => {
        if (navigator.serviceWorker.controller) resolve(0);
        navigator.serviceWorker.addEventListener('controllerchange', resolve);
      });
      for (const path of ['/made', '/passed', '/broken']) await fetch(path).catch(() => undefined);
    });
    const rows = await untilRows(agent, ({ requests }) => {
      const of = (path: string) => requests.find(({ url, kind }) => url.endsWith(path) && kind === 'fetch');
      return ['/made', '/passed', '/broken'].every((path) => of(path) && of(path)?.state !== 'pending');
    });
    const of = (path: string) => rows.requests.find(({ url, kind }) => url.endsWith(path) && kind === 'fetch');
    expect([of('/made')?.status, of('/passed')?.status, of('/broken')?.status]).toEqual([200, 200, 0]);
    expect(of('/broken')?.state).toBe(String(Outcome.failed));
  });
});
