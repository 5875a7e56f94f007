// Reload, navigation, a late colleague, and a server that dies (must hold 4: R3 to R7).
import { same } from '../compare.ts';
import { Agent, Customer, withoutWebRTC } from '../people.ts';
import { expect, often, test, within } from '../test.ts';

test('the customer reloads: the agent sees the page again within 2 s of DOMContentLoaded', async ({
  browser,
  house,
}) => {
  const agent = await Agent.signIn(browser, house);
  const customer = await Customer.open(browser, await agent.newSession());
  await customer.allow(house.shop);
  await agent.sees('Harbour pannier');
  await expect.poll(async () => (await agent.stats()).epoch).toBe(1);
  for (let epoch = 2; epoch <= 4; epoch++) {
    await customer.page.reload({ waitUntil: 'domcontentloaded' });
    await within(2000, async () => expect.poll(async () => (await agent.stats()).epoch, often).toBe(epoch));
    await same(customer, agent, `reload ${epoch}`);
  }
});

test('the agent reloads: the view is back without asking the customer', async ({ browser, house }) => {
  const agent = await Agent.signIn(browser, house);
  const customer = await Customer.open(browser, await agent.newSession());
  await customer.allow(house.shop);
  await agent.sees('Harbour pannier');
  await agent.page.reload();
  await agent.sees('Harbour pannier');
  await same(customer, agent, 'after the agent’s reload');
});

test('a colleague joins late: sees the whole page, and the first notices nothing', async ({ browser, house }) => {
  const agent = await Agent.signIn(browser, house);
  const customer = await Customer.open(browser, await agent.newSession());
  await customer.allow(house.shop);
  await agent.sees('Harbour pannier');
  const before = await agent.stats();
  await (await agent.stage()).evaluate(() => {
    Reflect.set(globalThis, 'sameRoot', document.documentElement);
  });
  await agent.page.getByTestId('share-button').click();
  const invite = await agent.page.getByTestId('invite-link').inputValue();
  const colleague = await agent.colleague(browser, invite);
  await colleague.sees('Harbour pannier');
  await same(customer, colleague, 'the colleague');
  await same(customer, agent, 'the first');
  expect((await agent.stats()).keyframes).toBe(before.keyframes);
  const unchanged = await (await agent.stage()).evaluate(
    () => Reflect.get(globalThis, 'sameRoot') === document.documentElement,
  );
  expect(unchanged).toBe(true);
});

test('the server dies: a direct session lives on, and signaling attaches again within 5 s of its return', async ({
  browser,
  house,
}) => {
  const agent = await Agent.signIn(browser, house);
  const customer = await Customer.open(browser, await agent.newSession());
  await customer.allow(house.shop);
  await agent.sees('Harbour pannier');
  await agent.reaches('direct');
  await house.kill();
  await customer.page.evaluate(() => {
    const p = document.body.appendChild(document.createElement('p'));
    p.textContent = 'written while the server was dead';
  });
  await agent.sees('written while the server was dead');
  const lines = house.log.length;
  await house.up();
  const attached = () => house.log.slice(lines).filter((line) => line.includes('msg="socket open"')).length;
  await within(5000, () => expect.poll(attached, often).toBe(2));
  await same(customer, agent, 'after the restart');
  expect(await agent.rung()).toBe('direct');
});

test('the server comes back with stricter rules: what was shown is hidden in a session that runs', async ({
  browser,
  house,
}) => {
  const agent = await Agent.signIn(browser, house);
  const customer = await Customer.open(browser, await agent.newSession());
  await customer.allow(house.shop);
  await agent.sees('Harbour pannier');
  await agent.reaches('direct');
  await house.kill();
  await house.up(['--privacy-mask', 'h1, h2, h3, h4, a']);
  const text = async () => (await agent.stage()).evaluate(() => document.body.textContent ?? '').catch(() => '');
  await expect.poll(text, { timeout: 20_000 }).toContain('•••');
  expect(await text()).not.toContain('Harbour pannier');
  // A late colleague has nothing older either.
  await agent.page.getByTestId('share-button').click();
  const colleague = await agent.colleague(browser, await agent.page.getByTestId('invite-link').inputValue());
  await colleague.sees('•••');
  expect(await (await colleague.stage()).evaluate(() => document.body.textContent)).not.toContain('Harbour pannier');
  expect((await agent.stats()).mismatches).toBe(0);
});

test('the server dies under a fallback session: back within 10 s, without a new question', async ({
  browser,
  house,
}) => {
  const agent = await Agent.signIn(browser, house);
  const customer = await Customer.open(browser, await agent.newSession(), (c) => c.addInitScript(withoutWebRTC));
  await customer.allow(house.shop);
  await agent.sees('Harbour pannier');
  await house.kill();
  await customer.page.evaluate(() => {
    const p = document.body.appendChild(document.createElement('p'));
    p.textContent = 'written while the server was dead';
  });
  await house.up();
  await within(10_000, () => agent.sees('written while the server was dead'));
  await same(customer, agent, 'after the restart');
});

test('SIGTERM drains within 10 s and ends with 0', async ({ browser, house }) => {
  const agent = await Agent.signIn(browser, house);
  const customer = await Customer.open(browser, await agent.newSession());
  await customer.allow(house.shop);
  await agent.sees('Harbour pannier');
  await within(10_000, async () => expect(await house.terminate()).toBe(0));
});
