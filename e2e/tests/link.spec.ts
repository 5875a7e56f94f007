// The magic link against scanners, second claimants and revocation (must hold 5).
import { Agent, Customer } from '../people.ts';
import { expect, often, test, within } from '../test.ts';

test('1,000 fetches by scanners change nothing and the human still joins', async ({ browser, house }) => {
  const agent = await Agent.signIn(browser, house);
  const link = await agent.newSession();
  const page = link.split('#')[0] ?? '';
  const kinds: RequestInit[] = [
    { method: 'GET' },
    { method: 'HEAD' },
    { method: 'GET', headers: { 'sec-purpose': 'prefetch', purpose: 'prefetch' } },
    { method: 'GET', headers: { 'user-agent': 'Slackbot-LinkExpanding 1.0' } },
  ];
  for (let i = 0; i < 1000; i += kinds.length) {
    const answers = await Promise.all(kinds.map((kind) => fetch(page, kind)));
    for (const answer of answers) expect(answer.status).toBe(200);
    await Promise.all(answers.map((answer) => answer.arrayBuffer()));
  }
  await expect(agent.page.getByTestId('screen-waiting')).toBeVisible();

  const customer = await Customer.open(browser, link);
  await customer.allow(house.shop);
  await agent.sees('Harbour pannier');
});

test('a scanner that runs the page’s script changes nothing either', async ({ browser, house }) => {
  const agent = await Agent.signIn(browser, house);
  const link = await agent.newSession();
  for (let i = 0; i < 3; i++) {
    const scanner = await Customer.open(browser, link);
    await scanner.page.waitForLoadState('networkidle');
    // Script clicks are not a person's.
    await scanner.page.evaluate(() => {
      for (const button of document.querySelectorAll('button')) button.click();
    });
    expect(scanner.page.url().startsWith(house.relay)).toBe(true);
    await scanner.context.close();
  }
  const customer = await Customer.open(browser, link);
  await customer.allow(house.shop);
  await agent.sees('Harbour pannier');
});

test('a second claimant is refused and the agent is told', async ({ browser, house }) => {
  const agent = await Agent.signIn(browser, house);
  const link = await agent.newSession();
  const late = await Customer.open(browser, link);
  const customer = await Customer.open(browser, link);
  await customer.allow(house.shop);
  await agent.sees('Harbour pannier');

  const allow = late.page.getByRole('button', { name: /^allow/i });
  await allow.click();
  await expect(late.page.getByText(/somebody else|already/i)).toBeVisible();
  expect(late.page.url().startsWith(house.relay)).toBe(true);
  await expect(agent.page.getByTestId('notice-second-claim')).toBeVisible();

  const later = await Customer.open(browser, link);
  await expect(later.page.getByText(/somebody else|already|not valid|no longer/i).first()).toBeVisible();
});

test('revoking ends the view within a second, for both, and the link opens nothing more', async ({
  browser,
  house,
}) => {
  const agent = await Agent.signIn(browser, house);
  const link = await agent.newSession();
  const customer = await Customer.open(browser, link);
  await customer.allow(house.shop);
  await agent.sees('Harbour pannier');

  const colleague = await browser.newContext({ storageState: await agent.context.storageState() });
  const id = new URL(agent.page.url()).pathname.split('/')[2];
  const state = () => customer.page.evaluate(() => Reflect.get(window, 'ridealong')?.state);
  await within(1000, async () => {
    const answer = await colleague.request.post(`${house.relay}/api/sessions/${id}/end`, {
      data: {},
      headers: { origin: house.relay },
    });
    expect(answer.status()).toBe(204);
    await Promise.all([
      expect(agent.page.getByTestId('screen-ended')).toBeVisible(),
      expect.poll(state, often).toBe('ended'),
    ]);
  });

  const again = await Customer.open(browser, link);
  await expect(again.page.getByText(/not valid|no longer|expired/i).first()).toBeVisible();
});
