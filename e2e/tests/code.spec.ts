// The join code: no key travels, so both people compare six digits (PROTOCOL.md §5.4).
import { Agent, Customer } from '../people.ts';
import { Wire } from '../signal.ts';
import { expect, test } from '../test.ts';

test('by code: nothing of the page leaves before the customer has confirmed the number that the agent reads', async ({
  browser,
  house,
}) => {
  const agent = await Agent.signIn(browser, house);
  await agent.newSession();
  const customer = await Customer.openByCode(browser, house, await agent.joinCode());
  const wire = await Wire.tap(customer.context, house);
  await customer.allow(house.shop);

  const digits = (await agent.page.getByTestId('digits').textContent())?.trim() ?? '';
  expect(digits).toMatch(/^\d{6}$/);
  await customer.page.waitForTimeout(500);
  expect(wire.fallbackFrames).toBe(0);
  expect(wire.text()).toContain('"key-reveal"');
  expect(wire.text()).not.toContain('"greet"');
  await agent.page.screenshot({ path: 'test-results/compare-agent.png' });
  await customer.page.screenshot({ path: 'test-results/compare-customer.png' });

  await customer.press('The same');
  await agent.sees('Harbour pannier');
  await agent.reaches('direct');

  // Neither a reload nor another page asks again.
  await customer.page.reload();
  await expect.poll(async () => (await agent.stats()).epoch).toBe(2);
  await agent.sees('Harbour pannier');
  await agent.page.reload();
  await agent.sees('Harbour pannier');
});

test('by code: when the numbers differ, the session ends', async ({ browser, house }) => {
  const agent = await Agent.signIn(browser, house);
  await agent.newSession();
  const customer = await Customer.openByCode(browser, house, await agent.joinCode());
  await customer.allow(house.shop);
  await expect(agent.page.getByTestId('digits')).toBeVisible();
  await customer.press('Not the same');
  await expect(agent.page.getByTestId('screen-tampered')).toBeVisible();
  const state = () => customer.page.evaluate(() => Reflect.get(window, 'ridealong')?.state);
  await expect.poll(state).toBe('ended');
});
