// Journey 1 over the relay alone: relay-only hides both addresses, so that only what the relay passes on arrives. The
// whole tour, by each transport, is hosts.spec's.
import { chromium } from '@playwright/test';
import { chromiumArgs, chromiumPath } from '../browser.ts';
import { same } from '../compare.ts';
import { freePort, House } from '../house.ts';
import { Agent, Customer } from '../people.ts';
import { expect, test } from '../test.ts';
import { home } from '../tour.ts';

for (const [name, walk] of [
  ['udp', home],
  ['tcp @long', home],
] as const) {
  const transport = name.slice(0, 3) as 'udp' | 'tcp';
  test(`relay-only, ${name}: the agent sees what the customer does, and the rung shown is the true one`, async ({
    browser,
  }) => {
    const operator = `127.0.0.1:${await freePort()}`;
    const house = await House.start({
      args: ['--relay-only', '--relay-transports', transport, '--relay', '127.0.0.1:0', '--metrics', operator],
    });
    try {
      const agent = await Agent.signIn(browser, house);
      const link = await agent.newSession();
      const customer = await Customer.open(browser, link);
      await customer.allow(house.shop);
      await agent.sees('Harbour pannier');
      await agent.reaches(`turn/${transport}`);
      await walk(customer.page, (where) => same(customer, agent, where));
      await expect(agent.page.getByTestId('rung')).toHaveAttribute('data-rung', `turn/${transport}`);
      expect((await agent.stats()).mismatches).toBe(0);
      const told = await (await fetch(`http://${operator}/metrics`)).text();
      expect(Number(/^ridealong_relay_bytes_total (\S+)/m.exec(told)?.[1])).toBeGreaterThan(5000);
      expect(told).toMatch(/^ridealong_relay_drops_total\{reason="stranger"\} 0$/m);
    } finally {
      await Promise.all(browser.contexts().map((context) => context.close()));
      await house.stop();
    }
  });
}

test('relay-only, tls: HTTPS and the relay on one port, and the rung shown is turn/tls', async () => {
  const house = await House.start({
    https: true,
    args: ['--relay-only', '--relay-transports', 'tls', '--relay', '127.0.0.1:0'],
  });
  const browser = await chromium.launch({
    executablePath: chromiumPath(),
    args: [...chromiumArgs, '--ignore-certificate-errors'],
  });
  try {
    const agent = await Agent.signIn(browser, house);
    const link = await agent.newSession();
    const customer = await Customer.open(browser, link);
    await customer.allow(house.shop);
    await agent.sees('Harbour pannier');
    await agent.reaches('turn/tls');
    await same(customer, agent, 'home');
    await expect(agent.page.getByTestId('rung')).toHaveAttribute('data-rung', 'turn/tls');
  } finally {
    await browser.close();
    await house.stop();
  }
});
