// Several tabs of one customer, and going back: journey 2.
import { type Browser, chromium, type Page } from '@playwright/test';
import { chromiumArgs, chromiumPath } from '../browser.ts';
import { Agent, Customer, keepClosedRoots } from '../people.ts';
import { expect, often, test, windows } from '../test.ts';

test.use(windows);

/** Before a page's script: a tab may be behind another. Without a window every page is seen, and knows of no other. */
const curtain = () => {
  let state = location.hash.includes('behind') ? 'hidden' : 'visible';
  Object.defineProperty(Document.prototype, 'visibilityState', { get: () => state });
  Object.defineProperty(Document.prototype, 'hidden', { get: () => state === 'hidden' });
  Reflect.set(globalThis, 'see', (seen: boolean) => {
    state = seen ? 'visible' : 'hidden';
    document.dispatchEvent(new Event('visibilitychange'));
  });
};

const see = (page: Page, seen: boolean) =>
  page.evaluate((on) => (Reflect.get(globalThis, 'see') as (seen: boolean) => void)(on), seen);

/** The customer goes from one tab to another. */
async function turn(from: Page, to: Page): Promise<void> {
  await see(from, false);
  await see(to, true);
}

const tabs = (agent: Agent) =>
  agent.page
    .getByTestId('tab')
    .evaluateAll((all) =>
      all.map((tab) => [tab.querySelector('.tab-title')?.textContent, tab.getAttribute('data-state')]),
    );

/** As Agent.sees, where the time counts. */
const quickly = (agent: Agent, text: string) =>
  expect
    .poll(
      () =>
        agent
          .stage()
          .then((stage) => stage.evaluate(() => document.body?.textContent ?? ''))
          .catch(() => 'there is no stage, or one goes'),
      often,
    )
    .toContain(text);

/** How long it took stands in the report. */
async function timed(what: string, run: () => Promise<unknown>): Promise<void> {
  const began = performance.now();
  await run();
  test.info().annotations.push({ type: 'took', description: `${what}: ${Math.round(performance.now() - began)} ms` });
}

const running = (page: Page) =>
  page.waitForFunction(() => ['waiting', 'live', 'paused'].includes(Reflect.get(globalThis, 'ridealong')?.state));

async function ride(
  browser: Browser,
  house: Parameters<typeof Agent.signIn>[1],
): Promise<{ agent: Agent; customer: Customer }> {
  const agent = await Agent.signIn(browser, house);
  const customer = await Customer.open(browser, await agent.newSession(), async (context) => {
    await context.addInitScript(keepClosedRoots);
    await context.addInitScript(curtain);
  });
  await customer.allow(house.shop);
  await agent.sees('riding on');
  return { agent, customer };
}

/** A tab of the customer's, opened by what `open` does in the first one. */
async function opened(customer: Customer, open: () => void): Promise<Page> {
  const [page] = await Promise.all([customer.context.waitForEvent('page'), customer.page.evaluate(open)]);
  await running(page);
  return page;
}

const blank = () => {
  const a = document.createElement('a');
  Object.assign(a, { href: '/product/breaker-lamp', target: '_blank' });
  document.body.append(a);
  a.click();
  a.remove();
};

test('a link to a new tab: the agent goes with the customer, there and back, and late colleagues see where they are', async ({
  browser,
  house,
}) => {
  const { agent, customer } = await ride(browser, house);
  const second = await opened(customer, blank);
  await see(customer.page, false);
  await expect.poll(() => tabs(agent)).toHaveLength(2);
  await expect.poll(async () => (await tabs(agent)).map(([, state]) => state)).toEqual(['open', 'here']);
  await second.evaluate(() => document.querySelector('h1')?.append(' of tab two'));
  await agent.sees('of tab two');

  // Back: the picture of the first is there at once, and goes on.
  await customer.page.evaluate(() => document.querySelector('h1')?.append(' of tab one'));
  await timed('back to the first tab', async () => {
    await turn(second, customer.page);
    await quickly(agent, 'of tab one');
  });
  const { frames, keyframes } = await agent.stats();
  for (let i = 0; i < 5; i++) {
    await second.evaluate((n) => document.querySelector('h1')?.append(` ${n}`), i);
    await second.waitForTimeout(50);
  }
  await customer.page.evaluate(() => document.querySelector('h1')?.append(' and on'));
  await agent.sees('and on');
  const after = await agent.stats();
  expect(after.frames - frames, 'a tab that is not shown sends nothing').toBeLessThan(5);
  expect(after.keyframes).toBe(keyframes);

  const invite = `${agent.page.url()}#k=${await agent.page.evaluate(() => {
    const key = Object.keys(sessionStorage).find((one) => one.startsWith('ridealong.secret'));
    return key ? sessionStorage.getItem(key) : '';
  })}`;
  await turn(customer.page, second);
  await agent.sees('of tab two');
  const late = await agent.colleague(browser, invite);
  await late.sees('of tab two');
  await expect.poll(() => tabs(late)).toHaveLength(2);

  // Closed: it goes from the strip, and the view stays with the customer.
  await second.close();
  await see(customer.page, true);
  await agent.sees('of tab one');
  await expect(agent.page.getByTestId('tabs')).toBeHidden({ timeout: 20_000 });
});

test('a duplicated tab and a window of the page’s own have a place of their own; each reloads, and one stop ends all', async ({
  browser,
  house,
}) => {
  const { agent, customer } = await ride(browser, house);
  const copied = await customer.page.evaluate(() => sessionStorage.getItem('ridealong'));
  const twin = await customer.context.newPage();
  await twin.addInitScript(
    (text) => sessionStorage.getItem('ridealong') ?? sessionStorage.setItem('ridealong', text ?? ''),
    copied,
  );
  await twin.goto(`${house.shop}/cart`);
  await running(twin);
  await see(customer.page, false);
  const popup = await opened(customer, () => void window.open('/checkout', '_blank', 'popup,width=500,height=600'));
  await see(twin, false);
  await agent.sees('Checkout');
  await expect.poll(() => tabs(agent)).toHaveLength(3);
  const pages = [customer.page, twin, popup];
  const tokens = () =>
    Promise.all(pages.map((page) => page.evaluate(() => JSON.parse(sessionStorage.getItem('ridealong') ?? '{}'))));
  const kept = await tokens();
  expect(new Set(kept.map((one) => one.resume)).size).toBe(3);
  expect(new Set(kept.map((one) => one.name)).size).toBe(3);
  for (const page of pages) {
    await page.reload();
    await running(page);
  }
  await expect.poll(() => tabs(agent)).toHaveLength(3);
  expect((await tokens()).map((one) => one.name)).toEqual(kept.map((one) => one.name));

  // Paused in one is paused in all, for those that reload too; and the agent sees it wherever they look.
  await customer.page.bringToFront();
  await customer.press('Pause');
  for (const page of pages) await page.waitForFunction(() => Reflect.get(globalThis, 'ridealong').state === 'paused');
  await twin.reload();
  await twin.waitForFunction(() => Reflect.get(globalThis, 'ridealong').state === 'paused');
  await expect(agent.page.getByTestId('live')).toHaveAttribute('data-screen', 'paused');
  await customer.press('Go on');
  await expect(agent.page.getByTestId('live')).toHaveAttribute('data-screen', 'live');

  await twin.evaluate(() => Reflect.get(globalThis, 'ridealong').stop());
  for (const page of pages) await page.waitForFunction(() => Reflect.get(globalThis, 'ridealong').state === 'ended');
  await expect(agent.page.getByTestId('live')).toHaveAttribute('data-screen', 'ended');
  expect(await Promise.all(pages.map((page) => page.evaluate(() => sessionStorage.getItem('ridealong'))))).toEqual([
    null,
    null,
    null,
  ]);
});

test('the agent stays at a tab, also one that the customer does not see, and follows again', async ({
  browser,
  house,
}) => {
  const { agent, customer } = await ride(browser, house);
  const second = await opened(customer, blank);
  await see(customer.page, false);
  await agent.sees('spares the oncoming');
  await agent.page.getByTestId('tab').first().click();
  await customer.page.evaluate(() => document.querySelector('h1')?.append(' behind'));
  await agent.sees('behind');
  await see(second, true);
  await expect(agent.page.getByTestId('tab').first()).toHaveAttribute('aria-current', 'true');
  await agent.page.getByTestId('follow').click();
  await agent.sees('spares the oncoming');
  if (process.env.SHOTS)
    for (const [width, height] of [
      [1280, 800],
      [390, 844],
    ] as const)
      for (const colorScheme of ['light', 'dark'] as const) {
        await agent.page.setViewportSize({ width, height });
        await agent.page.emulateMedia({ colorScheme });
        await agent.page.screenshot({ path: `${process.env.SHOTS}/live-${width}-${colorScheme}.png` });
      }
});

test('where the customer is follows pushState, replaceState, going back and the title', async ({ browser, house }) => {
  const { agent, customer } = await ride(browser, house);
  const url = agent.page.getByTestId('page-url');
  const title = agent.page.getByTestId('page-title');
  await customer.page.evaluate(() => history.pushState({}, '', '/orders/new'));
  await expect(url).toContainText('/orders/new');
  await customer.page.evaluate(() => history.replaceState({}, '', '/orders/mine'));
  await expect(url).toContainText('/orders/mine');
  await customer.page.evaluate(() => {
    document.title = 'My orders';
  });
  await expect(title).toHaveText('My orders');
  await customer.page.evaluate(() => history.back());
  await expect(url).not.toContainText('/orders');
});

test('back to a page in the browser’s cache: it goes on as a new document, and nothing twice', async ({ house }) => {
  const browser = await chromium.launch({
    executablePath: chromiumPath(),
    args: chromiumArgs,
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  });
  try {
    const { agent, customer } = await ride(browser, house);
    const { page } = customer;
    await agent.reaches('direct');
    await page.evaluate(() => {
      Reflect.set(globalThis, 'mine', 0);
      addEventListener('pageshow', () => Reflect.set(globalThis, 'mine', 1));
      document.querySelector('h1')?.append(' as it was');
    });
    await agent.sees('as it was');
    const before = await agent.stats();
    await page.evaluate(() => {
      location.href = '/cart';
    });
    await agent.sees('Your cart');
    const between = await agent.stats();
    expect(between.epoch).toBeGreaterThan(before.epoch);
    await timed('back from the cache', async () => {
      await page.evaluate(() => setTimeout(() => history.back()));
      await quickly(agent, 'as it was');
    });
    expect(
      await page.evaluate(() => Reflect.get(globalThis, 'mine')),
      'the page came from the cache, and knows it',
    ).toBe(1);
    const after = await agent.stats();
    expect(after.epoch).toBeGreaterThan(between.epoch);
    await page.evaluate(() => document.querySelector('h1')?.append(' and goes on'));
    await agent.sees('as it was and goes on');
    const text = await (await agent.stage()).evaluate(() => document.body.textContent ?? '');
    expect(text.split('as it was').length).toBe(2);
    await expect(agent.page.getByTestId('tabs')).toBeHidden();
    // Forward, and back once more.
    await page.evaluate(() => setTimeout(() => history.forward()));
    await agent.sees('Your cart');
    await page.evaluate(() => setTimeout(() => history.back()));
    await agent.sees('and goes on');
    expect((await agent.stats()).mismatches).toBe(0);
  } finally {
    await browser.close();
  }
});
