// What a customer's page loads of ours: the sizes that recorder-js/build.mjs calls `all` are of these files (P6).
import { Agent, Customer } from '../people.ts';
import { expect, test } from '../test.ts';

test('the shop by a magic link, in standard mode: the loader and the recorder, and the part of telemetry', async ({
  browser,
  house,
}) => {
  const agent = await Agent.signIn(browser, house);
  const link = await agent.newSession();
  const customer = await Customer.open(browser, link);
  const asked: string[] = [];
  customer.context.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith('/r/')) asked.push(pathname.replace(/\..*/, ''));
  });
  await customer.allow(house.shop);
  await agent.sees('Harbour pannier');
  await agent.reaches('direct');
  await expect.poll(() => asked).toEqual(['/r/loader', '/r/recorder', '/r/telemetry']);
});
