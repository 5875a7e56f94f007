// Reload, navigation, a late colleague, and a server that dies (must hold 4: R3 to R7).
import { same } from '../compare.ts';
import { Agent, Customer, withoutWebRTC } from '../people.ts';
import { expect, test } from '../test.ts';

test('the customer reloads: the agent sees the page again within 2 s of DOMContentLoaded', async ({
  browser,
  house,
}) => {
  const agent = await Agent.signIn(browser, house);
  const customer = await Customer.open(browser, await agent.newSession());
  await customer.allow(house.shop);
  await agent.sees('Harbour pannier');
  const { epoch } = await agent.stats();
  for (let i = 1; i <= 3; i++) {
    await customer.page.reload({ waitUntil: 'domcontentloaded' });
    await expect.poll(async () => (await agent.stats()).epoch, { timeout: 10_000, intervals: [50] }).toBe(epoch + i);
    await same(customer, agent, `reload ${i}`);
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
  await house.up();
  await expect
    .poll(() => house.log.filter((line) => /hello/.test(line) || /socket open/.test(line)).length, { timeout: 15_000 })
    .toBeGreaterThanOrEqual(2);
  await same(customer, agent, 'after the restart');
  expect(await agent.rung()).toBe('direct');
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
  const back = Date.now();
  await agent.sees('written while the server was dead');
  expect(Date.now() - back).toBeLessThan(20_000);
  await same(customer, agent, 'after the restart');
});

test('SIGTERM drains within 10 s and ends with 0', async ({ browser, house }) => {
  const agent = await Agent.signIn(browser, house);
  const customer = await Customer.open(browser, await agent.newSession());
  await customer.allow(house.shop);
  await agent.sees('Harbour pannier');
  const before = Date.now();
  expect(await house.terminate()).toBe(0);
  expect(Date.now() - before).toBeLessThan(20_000);
});
