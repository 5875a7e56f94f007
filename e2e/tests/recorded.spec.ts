// What an agent sees of a recording while it runs.
import { Agent, Customer } from '../people.ts';
import { expect, test } from '../test.ts';

test('an agent sees that nothing is written for now, and why, and that it is well again', async ({
  browser,
  house,
}) => {
  let why: string | undefined;
  const agent = await Agent.signIn(browser, house, (context) =>
    context.route(/\/api\/recordings\/[0-9A-Z]{26}$/, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), why } });
    }),
  );
  const link = await agent.newSession();
  const customer = await Customer.open(browser, link);
  await customer.page.getByRole('checkbox', { name: /keep a recording/i }).check();
  await customer.allow(house.shop);
  await agent.sees('Harbour pannier');
  const badge = agent.page.getByTestId('recorded');
  await expect(badge).toHaveText('Recorded');
  why = 'Nothing of it is written at the moment: the disk is full.';
  await expect(badge).toHaveText('Not recorded now');
  await badge.focus();
  await expect(agent.page.getByText('the disk is full')).toBeVisible();
  why = undefined;
  await expect(badge).toHaveText('Recorded');
});
