// Telemetry: a page that makes every kind of call sees the same with it and without, and the panels have what Chromium's own DevTools
// protocol saw in the same run.
import { Outcome } from '@ridealong/wire/entries';
import { CALLS } from '../telemetry/calls.ts';
import { Protocol } from '../telemetry/protocol.ts';
import { type Rows, rowsOf, untilRows } from '../telemetry/rows.ts';
import { CallSite, JSON_TEXT } from '../telemetry/site.ts';
import { expect, test } from '../test.ts';
import { Visit } from '../visit.ts';

test('every kind of call: the page observes the same with telemetry and without', async ({ browser }) => {
  test.setTimeout(120_000);
  const site = await CallSite.open(CALLS);
  const alone = await browser.newPage();
  await alone.goto(site.at('/'));
  const without = JSON.parse(await alone.evaluate('runCalls()'));
  const asked = [...site.asked];
  site.asked.length = 0;
  await Visit.to(browser, site, '/', async ({ agent, customer, realm }) => {
    await agent.sees('begun', '#mark');
    await untilRows(agent, (rows) => rows.environment.length > 0);
    const within = JSON.parse(await customer.page.evaluate('runCalls()'));
    for (const name of Object.keys(without)) expect.soft(within[name], name).toEqual(without[name]);
    expect(Object.keys(within)).toEqual(Object.keys(without));
    expect(await realm.main('ridealong.state')).toBe('live');
    // What is aborted at once may be gone before it leaves the browser.
    const sure = (all: string[]) => all.filter((one) => one !== 'GET /slow').sort();
    expect(sure(site.asked)).toEqual(sure(asked));
  });
});

/** By what both sides know of a request. */
const keyOf = (method: string, url: string, status: number): string =>
  `${method} ${url.replace(/[?#].*/, '')} ${status}`;

/** What is in the first and not in the second, each as often as it is there. */
function without(all: string[], some: string[]): string[] {
  const left = [...some];
  return all.filter((one) => {
    const at = left.indexOf(one);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

const METHODS: Record<string, number> = {
  ...{ log: 0, info: 1, warning: 2, error: 3, debug: 4, trace: 5, assert: 6, dir: 7, dirxml: 8, table: 9 },
  ...{ startGroup: 10, startGroupCollapsed: 11, count: 13, timeEnd: 15 },
};

test('every kind of call: the panels have what the DevTools protocol saw', async ({ browser }) => {
  test.setTimeout(120_000);
  const site = await CallSite.open(CALLS);
  await Visit.to(browser, site, '/', async ({ agent, customer }) => {
    await agent.sees('begun', '#mark');
    await untilRows(agent, (rows) => rows.environment.length > 0);
    const before = await rowsOf(agent);
    const relay = new URL(site.relay).host;
    const truth = await Protocol.of(customer.page, (url) => new URL(url).host === relay);
    await customer.page.evaluate('runCalls()');
    const settled = ({ failures, requests }: Rows) =>
      failures.some(({ message }) => message.includes('missing.js')) &&
      requests.filter(({ state }) => state === 'pending').length <= 1; // the event source that tries again
    const rows = await untilRows(agent, settled);
    await customer.page.waitForTimeout(1500); // what is told late would be seen here

    // Requests: every one has a row, with its status where a page is told it.
    const told = (await rowsOf(agent)).requests.slice(before.requests.length);
    const seen = [...truth.requests.values()];
    const keys = seen.map(({ method, url, status }) => keyOf(method, url, status));
    const missing = without(
      keys,
      told.map(({ method, url, status }) => keyOf(method, url, status)),
    );
    expect(missing.sort()).toEqual(
      [
        `GET ${site.other}/text 200`, // no-cors: its status is not told to a page
        `GET ${site.at('/missing')} 404`, // of an EventSource
        `GET ${site.at('/text')} 200`, // its address was a page's object, which only its own code could say
        `POST ${site.at('/post')} 201`, // its method was a getter of the page's
      ].sort(),
    );
    for (const key of [
      keyOf('GET', `${site.other}/text`, 0),
      keyOf('GET', site.at('/missing'), 0),
      keyOf('GET', 'unknown', 200),
      keyOf('unknown', site.at('/post'), 201),
    ])
      expect(
        told.map(({ method, url, status }) => keyOf(method, url, status)),
        key,
      ).toContain(key);
    // … and nothing that was never asked: but for what the platform refused before it asked, and what never leaves the browser.
    const excess = without(
      told.filter(({ kind }) => kind !== 'websocket').map(({ method, url, status }) => keyOf(method, url, status)),
      keys,
    ).filter((key) => !/^GET (?:data|blob|unknown)|^unknown|:\/\/\S+ 0$|^\w+ http: 0$/.test(key));
    expect(excess).toEqual([]);
    expect(told.filter(({ kind }) => kind === 'websocket').map(({ url }) => url)).toEqual(truth.sockets);
    const ended = (url: string, state: number) =>
      told.filter((one) => one.url === url && one.state === String(state)).length;
    expect(
      [ended(site.at('/slow'), Outcome.aborted), ended(site.at('/slow'), Outcome.timeout)],
      'aborted, timeout',
    ).toEqual([3, 2]);
    expect(ended('http://localhost:1/', Outcome.failed)).toBe(
      seen.filter(({ url }) => url === 'http://localhost:1/').length,
    );
    for (const { url, decoded, protocol } of told.filter(
      ({ kind, method, status, url }) =>
        kind !== 'eventsource' && method === 'GET' && status === 200 && url.endsWith('/json'),
    ))
      expect([url, decoded, protocol]).toEqual([site.at('/json'), JSON_TEXT.length, 'http/1.1']);

    // The console: every call that says something, in order.
    const says = truth.console.filter(({ type }) => type !== 'endGroup');
    const lines = rows.console.slice(before.console.length).filter(({ method }) => method !== 12);
    const calls = lines.flatMap(({ method, count }) => Array.from({ length: count }, () => method));
    expect(calls.map((method) => (method === 14 ? 0 : method))).toEqual(says.map(({ type }) => METHODS[type]));

    // Errors: each that nobody caught.
    const thrown = rows.failures.filter(({ kind }) => kind <= 1);
    const words = thrown.flatMap(({ message, count }) => Array.from({ length: count }, () => message));
    for (const [i, text] of truth.exceptions.entries())
      if (!/^(?:Uncaught|Object)/.test(text)) expect(text, `error ${i}`).toContain(words[i + 1]);
    expect(words).toHaveLength(truth.exceptions.length + 1); // one was prevented by the page, and the console does not have it
    const typed = thrown.find(({ message }) => message === 'a type error');
    expect(typed?.causes[0]).toContain('RangeError: its cause');
    expect(typed?.stack).toMatch(/calls\.js:\d+:\d+/);
    expect(rows.failures.filter(({ kind }) => kind === 3).map(({ name }) => name)).toEqual(['script']);
    expect([rows.leftOut, rows.gaps]).toEqual([[], 0]);
    test.info().annotations.push({
      type: 'told',
      description: `${seen.length + truth.sockets.length} requests, ${says.length} calls of the console, ${truth.exceptions.length} errors`,
    });
  });
});

test('a line of the console stands in DevTools at the place of the page', async ({ browser }) => {
  const site = await CallSite.open(`const speak = () => console.log('spoken');`);
  await Visit.to(browser, site, '/', async ({ agent, customer }) => {
    await agent.sees('begun', '#mark');
    await untilRows(agent, (rows) => rows.environment.length > 0);
    const session = await customer.context.newCDPSession(customer.page);
    const maps = new Map<string, string>();
    const places: string[][] = [];
    session.on('Debugger.scriptParsed', ({ url, sourceMapURL }) => maps.set(url, sourceMapURL ?? ''));
    session.on('Runtime.consoleAPICalled', ({ stackTrace }) => {
      const ignored = (url: string) => {
        const [, base64 = ''] = (maps.get(url) ?? '').split('base64,');
        return base64 !== '' && JSON.parse(Buffer.from(base64, 'base64').toString()).ignoreList?.includes(0);
      };
      const frames = stackTrace?.callFrames ?? [];
      places.push(
        frames
          .filter(({ url }) => !ignored(url))
          .map(({ url, functionName }) => `${functionName} ${new URL(url).pathname.replace(/\..*\./, '.')}`),
      );
    });
    await session.send('Debugger.enable');
    await session.send('Runtime.enable');
    await customer.page.evaluate('setTimeout(speak)');
    await expect.poll(() => places).toHaveLength(1);
    // What DevTools show is the first frame that is not ignored.
    expect(places[0]?.[0]).toBe('speak /calls.js');
  });
});
