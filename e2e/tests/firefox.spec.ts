// Journey 1 with Firefox: as the customer, as the agent and as both; the other side is Chromium.
import type { Page } from 'puppeteer-core';
import { House } from '../house.ts';
import { expect, test } from '../test.ts';
import { type Kind, Window } from '../window.ts';

const rung = (page: Page) => page.evaluate(() => Reflect.get(globalThis, '__ridealong')?.rung() ?? null);
const picture = (page: Page): Promise<string> =>
  page.evaluate(() => Reflect.get(globalThis, '__ridealong')?.serialize() ?? '');

/** What the panels have, in words. */
const told = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const { console: lines, network, errors } = Reflect.get(globalThis, '__ridealong').telemetry;
    const all = (log: { length: number; at(i: number): unknown }) =>
      Array.from({ length: log.length }, (_, i) => log.at(i));
    const without = (key: string, value: unknown) => (key === 'doc' || key === 'talk' ? undefined : value);
    return JSON.stringify([all(lines), all(network), all(errors)], without);
  });

async function journey(house: House, agent: Page, customer: Window): Promise<void> {
  await agent.goto(house.link);
  await agent.waitForSelector('[data-testid=new-session]');
  await agent.click('[data-testid=new-session]');
  await agent.waitForSelector('[data-testid=create-session]');
  await agent.click('[data-testid=create-session]');
  await agent.waitForSelector('[data-testid=customer-link]');
  const link = await agent.$eval('[data-testid=customer-link]', (input) => (input as HTMLInputElement).value);
  await agent.goto(`${agent.url()}?e2e`);
  await agent.waitForSelector('[data-testid=screen-waiting]');
  await customer.page.goto(link);
  await new Promise((resolve) => setTimeout(resolve, 700));
  await customer.press(/^allow/);
  await expect.poll(() => customer.page.url()).toContain(house.shop);
}

for (const [customerKind, agentKind] of [
  ['firefox', 'chromium'],
  ['chromium', 'firefox'],
  ['firefox', 'firefox'],
] as [Kind, Kind][]) {
  test(`the customer has ${customerKind} and the agent ${agentKind}: the live view, directly`, async ({ house }) => {
    const [customer, agent] = [await Window.open(customerKind), await Window.open(agentKind)];
    try {
      await journey(house, agent.page, customer);
      await expect.poll(() => picture(agent.page), { timeout: 20_000 }).toContain('Harbour pannier');
      await expect.poll(() => rung(agent.page), { timeout: 20_000 }).toBe('direct');
      await customer.page.evaluate(() => {
        const p = document.body.appendChild(document.createElement('p'));
        p.textContent = 'written by the customer 🙂';
      });
      await expect.poll(() => picture(agent.page)).toContain('written by the customer 🙂');
      await customer.page.evaluate(() => {
        console.warn('a warning of the page', { code: 402 });
        void fetch('/api/cart?token=abc', { method: 'POST' }).catch(() => undefined);
        setTimeout(() => {
          throw new RangeError('nobody caught this');
        });
      });
      for (const words of [
        /a warning of the page/,
        /"method":"POST","url":"[^"]+\/api\/cart\?token="/,
        /"status":\d{3}/,
        // Chromium mutes errors of what a test puts in.
        /"name":"RangeError","message":"nobody caught this"|"message":"Script error\."/,
        /"protocol":"http\/1.1"/,
      ])
        await expect.poll(() => told(agent.page)).toMatch(words);
      await customer.page.goto(`${house.shop}/cart`);
      await expect.poll(() => picture(agent.page)).not.toContain('written by the customer');
      await expect.poll(() => picture(agent.page)).toMatch(/cart/i);
    } finally {
      await Promise.all([customer.close(), agent.close()]);
    }
  });
}

test('the customer has firefox and the agent chromium: the live view with relay-only, by turn/udp', async () => {
  const house = await House.start({ args: ['--relay-only', '--relay', '127.0.0.1:0'] });
  const [customer, agent] = [await Window.open('firefox'), await Window.open('chromium')];
  try {
    await journey(house, agent.page, customer);
    await expect.poll(() => rung(agent.page), { timeout: 20_000 }).toBe('turn/udp');
    await expect.poll(() => picture(agent.page), { timeout: 20_000 }).toContain('Harbour pannier');
    await customer.page.goto(`${house.shop}/cart`);
    await expect.poll(() => picture(agent.page)).toMatch(/cart/i);
    await expect.poll(() => rung(agent.page), { timeout: 20_000 }).toBe('turn/udp');
  } finally {
    await Promise.all([customer.close(), agent.close()]);
    await house.stop();
  }
});
