// What the site's own code says of its customer: from before the recorder is there to the agent's panel, also for who comes late.
import { House } from '../house.ts';
import { Agent, Customer } from '../people.ts';
import { expect, test } from '../test.ts';

interface Hook {
  state: string;
  watchers: number;
  metadata(values: unknown): void;
  event(name: string, data?: unknown): void;
}
const hook = () => (window as unknown as { ridealong: Hook }).ridealong;

test('identity, metadata and events come to the agent, and again after a reload', async ({ browser, house }) => {
  const agent = await Agent.signIn(browser, house);
  const link = await agent.newSession();
  const customer = await Customer.open(browser, link, (c) =>
    c.addInitScript(() => {
      Object.assign(window, {
        ridealong: [
          ['identify', { id: 4711, name: 'Ada Byron', email: 'ada@shop.test' }, { show: ['name'] }],
          ['event', 'opened', { from: 'menu' }],
        ],
      });
    }),
  );
  await customer.allow(house.shop);
  await agent.sees('Harbour pannier');
  await customer.page.evaluate(() => {
    const { ridealong } = window as unknown as { ridealong: Hook };
    ridealong.metadata({ plan: 'gold', card: '4111 1111 1111 1111' });
    ridealong.event('cart', { items: 2 });
  });
  expect(await customer.page.evaluate(hook)).toMatchObject({ state: 'live', watchers: 1 });

  const panel = agent.page.getByTestId('environment');
  const shown = async () => {
    // The dock stays as it was over a reload.
    const tab = agent.page.getByTestId('panel-environment');
    if ((await tab.getAttribute('aria-selected')) !== 'true')
      await agent.page.getByTestId('environment-button').click();
    for (const text of ['Ada Byron', '••••••', 'gold', '•••• •••• •••• ••••'])
      await expect(panel.locator('dd', { hasText: text }).first()).toBeVisible();
    await expect(panel.getByTestId('site-events').locator('li')).toHaveText([/cart items: 2$/, /opened from: menu$/]);
    await expect(panel).not.toContainText('ada@shop.test');
    await expect(panel).not.toContainText('4711');
  };
  await shown();
  await agent.page.reload();
  await agent.sees('Harbour pannier');
  await shown();
});

test('what an operator makes strict is strict in the page, whatever the site shows', async ({ browser }) => {
  const house = await House.start({ args: ['--privacy-mode', 'strict', '--privacy-block', 'footer'] });
  try {
    const agent = await Agent.signIn(browser, house);
    const link = await agent.newSession();
    const customer = await Customer.open(browser, link);
    await customer.allow(house.shop);
    await agent.sees('•••••');
    expect(await agent.serialize()).not.toContain('Harbour pannier');
    const sessions = await agent.page.request.get(`${house.relay}/api/sessions`);
    expect(await sessions.text()).toContain(`"url":"${house.shop}/`);
    expect(await sessions.text()).not.toContain('Tern');
  } finally {
    await Promise.all(browser.contexts().map((context) => context.close()));
    await house.stop();
  }
});
