// The customer and the agent have no route to each other but to the relay: what carries the page is what the walls leave, and the agent is
// told what it is (must hold 1 of the relay).
import { type Browser, chromium } from '@playwright/test';
import { chromiumArgs, chromiumPath, firefoxPath } from '../browser.ts';
import { same } from '../compare.ts';
import { Hosts, RELAY } from '../hosts.ts';
import { freePort, House } from '../house.ts';
import { Agent, Customer, withoutWebRTC } from '../people.ts';
import { expect, test } from '../test.ts';
import { home, tour } from '../tour.ts';
import { Window } from '../window.ts';

const SHOP = 8081;
const TURN = 3478;

const impossible = Hosts.impossible();
if (impossible) console.error(`\n  NOT TESTED: hosts without a route to each other (${impossible})\n`);

type Rung = Parameters<Agent['reaches']>[0];

const WALLS: [string, { tcp?: number[]; udp?: number[] }, Rung][] = [
  ['direct is impossible', {}, 'turn/udp'],
  ['UDP is dropped', { udp: [TURN] }, 'turn/tcp'],
  ['only 443 is open', { udp: [TURN], tcp: [TURN] }, 'turn/tls'],
];

test.describe('hosts without a route to each other', () => {
  test.skip(impossible !== '', impossible);
  test.describe.configure({ timeout: 240_000 });
  let hosts: Hosts;
  let house: House;
  let agent: Agent | undefined;
  const browsers: Browser[] = [];

  test.beforeAll(async () => {
    hosts = new Hosts();
    const { cert, key } = hosts.certificate();
    await hosts.shop(SHOP);
    house = await House.start({
      args: [
        ...['--domain', RELAY, '--https-listen', ':443', '--http-listen', ':80', '--shop', `0.0.0.0:${SHOP}`],
        ...['--certificate', cert, '--certificate-key', key],
        ...['--relay', `:${TURN}`, '--relay-address', hosts.address('customer')],
      ],
      elsewhere: { command: hosts.on('relay'), relay: `https://${RELAY}`, shop: `http://localhost:${SHOP}` },
    });
    for (const host of ['customer', 'agent'] as const)
      browsers.push(
        await chromium.launch({
          executablePath: hosts.program(host, chromiumPath()),
          args: [...chromiumArgs, '--ignore-certificate-errors'],
        }),
      );
  });
  test.afterAll(async () => {
    await Promise.all(browsers.map((browser) => browser.close()));
    await house?.stop();
    hosts?.end();
  });

  /** A new session of the agent's, and its link. */
  async function begin(): Promise<[Agent, string]> {
    agent ??= await Agent.signIn(browsers[1] as Browser, house); // the link works once
    await agent.page.goto(house.relay);
    return [agent, await agent.newSession()];
  }

  async function journey(rung: Rung, walls: { tcp?: number[]; udp?: number[] }, prepare = () => {}): Promise<void> {
    hosts.close(walls);
    const [watching, link] = await begin();
    const customer = await Customer.open(browsers[0] as Browser, link, (c) => c.addInitScript(prepare));
    await customer.allow(house.shop);
    await watching.sees('Harbour pannier');
    await watching.reaches(rung);
    await home(customer.page, (where) => same(customer, watching, where));
    if (rung === 'turn/udp') await tour(customer.page, (where) => same(customer, watching, where));
    await watching.reaches(rung); // each page has a link of its own, which begins with what is there first
    expect((await watching.stats()).mismatches).toBe(0);
    await customer.context.close();
  }

  /** The customer has Firefox. It ranks its candidates by TCP and by TLS alike, so either may carry where both can. */
  async function withFirefox(rung: Rung, walls: { tcp?: number[]; udp?: number[] }, prefs = {}): Promise<void> {
    hosts.close(walls);
    const [watching, link] = await begin();
    const port = await freePort();
    await hosts.reach('customer', port);
    const customer = await Window.open('firefox', { program: hosts.program('customer', firefoxPath()), port }, prefs);
    try {
      await customer.page.goto(link);
      await new Promise((resolve) => setTimeout(resolve, 700)); // a click that comes too soon is not meant
      await customer.press(/^allow/);
      await watching.sees('Harbour pannier');
      const reached = rung === 'turn/tcp' ? /^turn\/t(?:cp|ls)$/ : new RegExp(`^${rung}$`);
      const shown = () => expect.poll(() => watching.rung(), { timeout: 30_000 });
      await shown().toMatch(reached);
      await customer.page.goto(`${house.shop}/cart`);
      await expect.poll(() => watching.serialize()).toMatch(/cart/i);
      await shown().toMatch(reached);
      expect((await watching.stats()).mismatches).toBe(0);
    } finally {
      await customer.close();
    }
  }

  for (const [name, walls, rung] of WALLS) {
    test(`${name}: ${rung}`, () => journey(rung, walls));
    test(`a customer with Firefox, ${name}: ${rung}`, () => withFirefox(rung, walls));
  }
  test('a customer with Firefox, no WebRTC: fallback', () =>
    withFirefox('fallback', {}, { 'media.peerconnection.enabled': false }));
  test('no WebRTC: fallback', () => journey('fallback', {}, withoutWebRTC));
});
