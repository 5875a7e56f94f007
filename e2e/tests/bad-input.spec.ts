// Bad input over real sockets, beside a session that must not notice (must hold 8), and text of every script.
import type { Page } from '@playwright/test';
import { same } from '../compare.ts';
import { Agent, Customer, withoutWebRTC } from '../people.ts';
import { Wire } from '../signal.ts';
import { expect, test } from '../test.ts';

/** What a hostile page can send. `bytes` are sent as a binary message. */
interface Attack {
  socket: 'agent' | 'peer';
  say: (string | { bytes: number })[];
  /** The close code by PROTOCOL.md §8. */
  code: number;
}

const hello = (change: object) =>
  JSON.stringify({ type: 'hello', v: 1, credential: { kind: 'ticket', value: 'x'.repeat(43) }, ...change });

const attacks: Record<string, Attack> = {
  'no JSON': { socket: 'agent', say: ['hello there'], code: 4400 },
  'another message first': { socket: 'agent', say: ['{"type":"ping","t":1}'], code: 4400 },
  'a list': { socket: 'agent', say: ['[]'], code: 4400 },
  'bytes first': { socket: 'agent', say: [{ bytes: 40 }], code: 4400 },
  'a wrong ticket': { socket: 'agent', say: [hello({})], code: 4100 },
  'a handoff as a ticket': {
    socket: 'agent',
    say: [hello({ credential: { kind: 'handoff', value: 'y' } })],
    code: 4100,
  },
  'no credential': { socket: 'agent', say: [hello({ credential: undefined })], code: 4100 },
  'version 0': { socket: 'agent', say: [hello({ v: 0 })], code: 4426 },
  'version 2': { socket: 'agent', say: [hello({ v: 2 })], code: 4426 },
  'a message over the limit': { socket: 'agent', say: ['x'.repeat(65_537)], code: 4413 },
  'a megabyte of zeros': { socket: 'agent', say: [{ bytes: 1 << 20 }], code: 4413 },
  'nothing at all': { socket: 'agent', say: [], code: 4003 },
  'a ticket at the customers’ socket': { socket: 'peer', say: [hello({})], code: 4100 },
};

function closeCode(page: Page, url: string, say: Attack['say']): Promise<number> {
  return page.evaluate(
    ([url, say]) =>
      new Promise<number>((resolve) => {
        const socket = new WebSocket(url);
        socket.onclose = ({ code }) => resolve(code);
        socket.onopen = () => {
          for (const one of say) socket.send(typeof one === 'string' ? one : new Uint8Array(one.bytes));
        };
      }),
    [url, say] as const,
  );
}

test('every bad input gets its close code and one line in the log, and the session beside it loses nothing', async ({
  browser,
  house,
}) => {
  const agent = await Agent.signIn(browser, house);
  const customer = await Customer.open(browser, await agent.newSession(), (c) => c.addInitScript(withoutWebRTC));
  await customer.allow(house.shop);
  await agent.sees('Harbour pannier');
  await customer.page.evaluate(() => {
    const list = document.body.appendChild(document.createElement('ol'));
    let n = 0;
    const ticking = setInterval(() => {
      list.append(Object.assign(document.createElement('li'), { textContent: `item ${n++}` }));
    }, 20);
    Reflect.set(globalThis, 'ticking', ticking);
  });
  const bad = await (await browser.newContext()).newPage();
  await bad.goto(`${house.relay}/login`);
  for (const [name, { socket, say, code }] of Object.entries(attacks)) {
    const before = house.log.length;
    expect(await closeCode(bad, `${house.relay.replace('http', 'ws')}/ws/${socket}`, say), name).toBe(code);
    const lines = () => house.log.slice(before).filter((line) => /socket (closed before hello|refused)/.test(line));
    await expect.poll(() => lines().length, name).toBe(1);
  }
  await customer.page.evaluate(() => clearInterval(Reflect.get(globalThis, 'ticking')));
  await same(customer, agent, 'beside the attacks');
  const stats = await agent.stats();
  expect([stats.keyframes, stats.mismatches]).toEqual([1, 0]);
});

test('a server that changes, loses and repeats sealed frames shows nothing wrong, and the page comes through', async ({
  browser,
  house,
}) => {
  const agent = await Agent.signIn(browser, house);
  const customer = await Customer.open(browser, await agent.newSession(), (c) => c.addInitScript(withoutWebRTC));
  let passed = 0;
  let hostile = false;
  const seen: Buffer[] = [];
  await Wire.tap(customer.context, house, {
    frames: (frame) => {
      if (!hostile) return [frame];
      seen.push(frame);
      const kind = passed++ % 12;
      if (kind === 3) return [];
      if (kind === 6) return [frame, frame];
      if (kind === 9) return [seen[Math.floor(seen.length / 2)] ?? frame, frame];
      if (kind !== 11) return [frame];
      const changed = Buffer.from(frame);
      changed[changed.length - 20] = (changed[changed.length - 20] ?? 0) ^ 1;
      return [changed];
    },
  });
  await customer.allow(house.shop);
  await agent.sees('Harbour pannier');
  hostile = true;
  await customer.page.evaluate(async () => {
    const list = document.body.appendChild(document.createElement('ol'));
    for (let n = 0; n < 150; n++) {
      list.append(Object.assign(document.createElement('li'), { textContent: `item ${n}` }));
      if (n % 10 === 9) list.children[n - 5]?.remove();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
  await agent.sees('item 149');
  await same(customer, agent, 'through a hostile server');
  expect(passed).toBeGreaterThan(60);
  expect((await agent.stats()).mismatches).toBe(0);
});

test('text of every script arrives as it is, unit by unit', async ({ browser, house }) => {
  const agent = await Agent.signIn(browser, house);
  const customer = await Customer.open(browser, await agent.newSession());
  await customer.allow(house.shop);
  await agent.sees('Harbour pannier');
  const units = await customer.page.evaluate(() => {
    const texts = [
      'Ελληνικά Русский ქართული አማርኛ',
      'العربية עברית \u202eright to left\u202c',
      '日本語の文章、한국어、𠮷野家',
      '👩‍👩‍👧‍👦 🏳️‍🌈 🇩🇪 👍🏽',
      'e\u0301 \u1100\u1161\u11a8 \u0e01\u0e33',
      '\ud83d lone \udc4d and turned \udc4d\ud83d',
      'zero\u200bwidth\u00a0space\ufeff\u2028line',
      '\u0001control\u001f \ufffd \uffff',
    ];
    const box = document.body.appendChild(document.createElement('section'));
    box.id = 'scripts';
    for (const text of texts) {
      const p = document.createElement('p');
      p.textContent = text;
      p.title = text;
      box.append(p);
    }
    document.title = texts.join(' ').slice(0, 100);
    return [...(box.textContent ?? '')].flatMap((c) => Array.from({ length: c.length }, (_, i) => c.charCodeAt(i)));
  });
  const shown = async () =>
    (await agent.stage()).evaluate(() => {
      const box = document.querySelector('#scripts');
      const text = box?.textContent ?? '';
      const titles = [...(box?.children ?? [])].map((p) => p.getAttribute('title')).join('');
      return { same: titles === text, units: Array.from({ length: text.length }, (_, i) => text.charCodeAt(i)) };
    });
  await expect.poll(async () => (await shown()).units.length).toBe(units.length);
  expect(await shown()).toEqual({ same: true, units });
});
