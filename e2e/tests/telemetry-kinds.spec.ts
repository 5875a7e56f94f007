// What telemetry tells of values, people, their browser and the first moments of a page.
import { HappeningKind, type Value, ValueKind } from '@ridealong/wire/entries';
import { keepClosedRoots } from '../people.ts';
import { type Rows, rowsOf, untilRows } from '../telemetry/rows.ts';
import { CallSite } from '../telemetry/site.ts';
import { expect, test } from '../test.ts';
import { Visit } from '../visit.ts';

const named = Object.fromEntries(Object.entries(ValueKind).map(([name, kind]) => [kind, name]));

/** A value in words: its kind and text, and in braces what is in it. */
function inWords([kind, text, size, items]: Value): string {
  const inner = items?.map(([name, value]) => `${name}: ${inWords(value)}`).join(', ');
  return `${named[kind]} ${text}${size ? ` (${size})` : ''}${inner === undefined ? '' : ` {${inner}}`}`;
}

const said = (rows: Rows): string[] => rows.console.map(({ values }) => values.map(inWords).join(' | '));

const VALUES = `
const ran = [];
const tell = () => {
  const deep = { a: { b: { c: { d: { e: 1 } } } } };
  const circle = { name: 'round' }; circle.self = circle;
  class Basket { constructor() { this.items = ['bag', 'lamp']; this.total = 49.5; } get price() { ran.push('getter'); return 1; } }
  const proxy = new Proxy({ inner: 1 }, { get() { ran.push('get'); }, has() { ran.push('has'); return true; } });
  console.log('first', deep, circle, new Basket());
  console.log({ get secret() { ran.push('own getter'); return 1; }, toJSON() { ran.push('toJSON'); }, [Symbol('s')]: 1 });
  console.log({ password: 'hunter2', nested: { accessToken: 'abc', card: { number: '4111111111111111' } }, status: 'failed', code: 402, id: 12345678 });
  console.log(new Map([['a', 1], ['token', 'x']]), new Set(['one']), new Uint8Array(3), [1, , 3], Object.create(null));
  console.log(document.querySelector('#pay'), document, new Date(0), /a+/g, Symbol('mine'), 10n, null, undefined, () => 1, class Named {});
  console.log(new TypeError('no such thing'), 'mail me@mail.test at https://shop.test/u/123456?token=abc');
  console.log(proxy);
  console.log(Array.from({ length: 1000 }, (_, i) => i), 'x'.repeat(5000));
  console.log('token=abcdef password: "hunter2" all of it');
};
`;

test('values in the console: bounded, without running the page’s code, and without what looks like a secret', async ({
  browser,
}) => {
  const site = await CallSite.open(VALUES, 'data-tell-console="values"');
  await Visit.to(browser, site, '/', async ({ agent, customer }) => {
    await agent.sees('begun', '#mark');
    await untilRows(agent, (rows) => rows.environment.length > 0);
    await customer.page.evaluate('tell()');
    const rows = await untilRows(agent, ({ console: lines }) => lines.length >= 9);
    const lines = said(rows);
    expect(await customer.page.evaluate('ran')).toEqual([]);
    expect(lines[0]).toBe(
      'string first | object Object (1) {a: object Object (1) {b: object Object (1) {c: object Object (1) {d: deep Object}}}} | object Object (2) {name: string round, self: circle Object} | object Basket (2) {items: array Array (2) {0: string bag, 1: string lamp}, total: number 49.5}',
    );
    expect(lines[1]).toBe('object Object (3) {secret: getter , toJSON: function toJSON, Symbol(s): number 1}');
    expect(lines[2]).toBe(
      'object Object (5) {password: masked  (7), nested: object Object (2) {accessToken: masked  (3), card: object Object (1) {number: masked  (16)}}, status: string failed, code: number 402, id: number 12345678}',
    );
    expect(lines[3]).toBe(
      'map Map (2) {a: number 1, token: masked  (1)} | set Set (1) {: string one} | other Uint8Array (3) | array Array (3) {0: number 1, 2: number 3} | object  {}',
    );
    expect(lines[4]).toMatch(
      /^node button#pay \(\d+\) \| node #9 \(1\) \| date 1970-01-01T00:00:00.000Z \| regexp \/a\+\/ \| symbol mine \| bigint 10 \| null {2}\| undefined {2}\| function {2}\| function Named$/,
    );
    expect(lines[5]).toMatch(
      /^fault TypeError: no such thing \(1\) \{stack: string tell \(http:\S+calls\.js:\d+:\d+\)/,
    );
    expect(lines[5]).toContain('mail •••••••••••• at https://shop.test/u/:id?token=');
    expect(lines[6]).toBe('object Object (1) {inner: number 1}');
    expect(rows.console[7]?.values[0]?.[3]).toHaveLength(50);
    expect(rows.console[7]?.values[1]?.[1]?.length).toBeLessThan(1010);
    expect(lines[8]).toBe('string token=•••••• password: "••••••" all of it');
  });
});

test('values in the console, when a site says nothing: their shape, with small numbers and the first text', async ({
  browser,
}) => {
  const site = await CallSite.open(VALUES);
  await Visit.to(browser, site, '/', async ({ agent, customer }) => {
    await agent.sees('begun', '#mark');
    await untilRows(agent, (rows) => rows.environment.length > 0);
    await customer.page.evaluate('tell()');
    const lines = said(await untilRows(agent, ({ console: lines }) => lines.length >= 9));
    expect(lines[2]).toBe(
      'object Object (5) {password: masked  (7), nested: object Object (2) {accessToken: masked  (3), card: object Object (1) {number: masked  (16)}}, status: masked  (6), code: number 402, id: masked  (8)}',
    );
    expect(lines[0]).toMatch(/^string first \| object Object \(1\) \{a: .*deep Object/);
    for (const word of ['hunter2', 'round', 'lamp', 'one']) expect(lines.join('\n')).not.toContain(word);
  });
});

test('people: clicks, forms, clicks in anger, clicks that nothing follows, messages that they saw, and what the site says', async ({
  browser,
}) => {
  const site = await CallSite.open(
    `addEventListener('DOMContentLoaded', () => {
      const form = document.querySelector('#form');
      form.addEventListener('submit', (e) => { e.preventDefault(); alarm.textContent = 'Something went wrong for me@mail.test'; });
      works.addEventListener('click', () => { works.textContent = 'worked'; });
    });`,
  );
  site.body =
    '<form id=form action="/post"><label>E-mail <input name=mail id=mail></label><button id=send>Send</button></form><p id=alarm role=alert></p>' +
    '<button id=works type=button>Works</button><button id=dead type=button>Does nothing</button><div data-ridealong-mask><button id=masked type=button>Owed: 500</button></div>';
  await Visit.to(browser, site, '/', async ({ agent, customer }) => {
    const { page } = customer;
    await agent.sees('begun', '#mark');
    await untilRows(agent, (rows) => rows.environment.length > 0);
    await page.locator('#works').click();
    await page.locator('#mail').fill('somebody');
    await page.locator('#send').click();
    await page.locator('#masked').click();
    for (let i = 0; i < 5; i++) await page.locator('#dead').click({ delay: 5 });
    const of = (rows: Rows, kind: number) => rows.events.filter((one) => one.kind === kind).map(({ label }) => label);
    await untilRows(agent, (all) => of(all, HappeningKind.dead).length > 0); // what follows would be an answer to it
    await page.evaluate(`ridealong.event('basket', { items: 2 })`);
    await page.evaluate(`history.pushState(null, '', '/basket?item=7')`);
    const rows = await untilRows(
      agent,
      (all) => of(all, HappeningKind.custom).length > 0 && of(all, HappeningKind.navigation).length > 1,
    );
    expect(of(rows, HappeningKind.click)).toEqual([
      'button#works “Works”',
      'button#send “Send”',
      'button#masked',
      ...Array.from({ length: 5 }, () => 'button#dead “Does nothing”'),
    ]);
    expect(of(rows, HappeningKind.submit)).toEqual(['form#form']);
    expect(of(rows, HappeningKind.message)).toEqual(['Something went wrong for ••••••••••••']);
    expect(of(rows, HappeningKind.dead)).toEqual(['button#dead “Does nothing”']);
    expect(rows.events.find(({ kind }) => kind === HappeningKind.rage)).toMatchObject({ count: 5 });
    expect(rows.events.find(({ kind }) => kind === HappeningKind.custom)).toMatchObject({
      label: 'basket',
      data: '{"items":2}',
    });
    expect(rows.events.filter(({ kind }) => kind === HappeningKind.navigation).at(-1)?.url).toBe(
      site.at('/basket?item='),
    );
  });
});

test('the browser: what has changed of it, and what is measured', async ({ browser }) => {
  const site = await CallSite.open();
  await Visit.to(browser, site, '/', async ({ agent, customer }) => {
    await agent.sees('begun', '#mark');
    await untilRows(agent, (rows) => rows.environment.length > 0);
    await customer.page.setViewportSize({ width: 700, height: 900 });
    await customer.page.emulateMedia({ colorScheme: 'dark' });
    await customer.context.setOffline(true);
    await customer.page.waitForTimeout(400);
    await customer.context.setOffline(false);
    await customer.page.evaluate(() => {
      requestAnimationFrame(() => {
        for (const end = performance.now() + 200; performance.now() < end; );
        document.body.append('done');
      });
    });
    const changed = (rows: Rows) => Object.assign({}, ...rows.environment.slice(1).map(({ values }) => values));
    const rows = await untilRows(
      agent,
      (all) =>
        all.gauges > 0 &&
        all.tasks > 0 &&
        'colorScheme' in changed(all) &&
        all.environment.some(({ values, whole }) => !whole && values.online === 'true'),
    );
    expect(changed(rows)).toMatchObject({ viewport: '700 × 900', colorScheme: 'dark' });
    expect(rows.environment.some(({ values, whole }) => !whole && values.online === 'false')).toBe(true);
    expect(rows.environment[0]?.values).toMatchObject({ online: 'true', viewport: '1280 × 800' });
    expect(rows.vitals.map(({ name }) => name)).toEqual(expect.arrayContaining(['LCP', 'CLS', 'FCP', 'TTFB']));
  });
});

test('a page says something before the recorder is there: it is told, with the errors of that time', async ({
  browser,
}) => {
  const site = await CallSite.open(
    `console.log('the first line of a page'); Promise.reject(new Error('too early')); setTimeout(() => { throw new TypeError('early, too') });`,
  );
  await Visit.to(browser, site, '/', async ({ agent, customer }) => {
    await agent.sees('begun', '#mark');
    const check = async (times: number) => {
      const rows = await untilRows(agent, ({ console: lines, failures }) => {
        const early = lines.filter(({ values }) => values[0]?.[1] === 'the first line of a page');
        return early.length === times && failures.length >= 2;
      });
      expect(rows.failures.map(({ message }) => message).sort()).toEqual(['early, too', 'too early']);
    };
    await check(1);
    await customer.page.goto(site.at('/away'));
    await check(2);
    expect(await customer.page.evaluate('console.log.name + console.log.length')).toBe('log0');
    expect((await rowsOf(agent)).gaps).toBe(0);
  });
});

test('a pause: nothing that happens in it is told, then or later, and after it all is told again', async ({
  browser,
}) => {
  const site = await CallSite.open();
  await Visit.to(
    browser,
    site,
    '/',
    async ({ agent, customer }) => {
      const { page } = customer;
      await agent.sees('begun', '#mark');
      await untilRows(agent, (rows) => rows.environment.length > 0);
      const state = (wanted: string) =>
        page.waitForFunction((one) => Reflect.get(globalThis, 'ridealong').state === one, wanted);
      await page.evaluate(`console.log('before the pause')`);
      await untilRows(agent, ({ console: lines }) => lines.length === 1);
      await customer.press('Pause');
      await state('paused');
      await page.evaluate(
        `console.log('in the pause'); fetch('/json'); setTimeout(() => { throw new Error('in the pause') })`,
      );
      await page.waitForTimeout(300);
      await customer.press('Go on');
      await state('live');
      await expect
        .poll(async () => {
          await page.evaluate(`console.log('after the pause')`);
          return said(await rowsOf(agent));
        })
        .toContain('string after the pause');
      const rows = await rowsOf(agent);
      expect(said(rows).filter((line) => line !== 'string after the pause')).toEqual(['string before the pause']);
      expect(rows.failures).toEqual([]);
      expect(rows.requests.filter(({ kind }) => kind === 'fetch')).toEqual([]);
      expect(rows.gaps).toBe(0);
    },
    { prepare: (context) => context.addInitScript(keepClosedRoots) },
  );
});

test('somebody who comes later has what was told before', async ({ browser }) => {
  const site = await CallSite.open();
  await Visit.to(browser, site, '/', async ({ agent, customer }) => {
    await agent.sees('begun', '#mark');
    await untilRows(agent, (rows) => rows.environment.length > 0);
    await customer.page.evaluate(`for (let i = 0; i < 300; i++) console.log('line ' + i)`);
    await untilRows(agent, ({ console: lines }) => lines.length === 300);
    await agent.page.reload();
    const rows = await untilRows(agent, ({ console: lines }) => lines.length === 300);
    expect(rows.gaps).toBe(0);
    expect(rows.environment.length).toBeGreaterThan(0);
  });
});

test('a site that wants the picture alone has no telemetry, and no file of it', async ({ browser }) => {
  const site = await CallSite.open(`console.log('nobody hears this')`, 'data-tell-telemetry="off"');
  const asked: string[] = [];
  await Visit.to(browser, site, '/', async ({ agent, customer, realm }) => {
    customer.context.on('request', (request) => asked.push(request.url()));
    await agent.sees('begun', '#mark');
    await customer.page.evaluate(`mark.textContent = 'changed'`);
    await agent.sees('changed', '#mark');
    const { console: lines, requests, environment } = await rowsOf(agent);
    expect([lines, requests, environment]).toEqual([[], [], []]);
    expect(asked.filter((url) => url.includes('telemetry'))).toEqual([]);
    expect(await realm.main('fetch.toString() === Function.prototype.toString.call(fetch)')).toBe(true);
  });
});
