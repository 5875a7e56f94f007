// Journey 1 to the live view, over each rung, and with the rung changing on the way (must hold 1, 2, 3).
import { same } from '../compare.ts';
import { Agent, Customer, withoutWebRTC } from '../people.ts';
import { Wire } from '../signal.ts';
import { expect, test, windows } from '../test.ts';
import { home, product, secrets, tour } from '../tour.ts';

test.use(windows);

test('link, consent, shop: the agent sees the whole tour as the customer does, directly', async ({
  browser,
  house,
}) => {
  test.setTimeout(180_000);
  const agent = await Agent.signIn(browser, house);
  const link = await agent.newSession();
  const customer = await Customer.open(browser, link);
  const wire = await Wire.tap(customer.context, house);
  await customer.allow(house.shop);
  await agent.sees('Harbour pannier');
  await agent.reaches('direct');
  await customer.page.waitForTimeout(500); // what was under way by the server when the link climbed
  const before = wire.fallbackFrames;

  await home(customer.page, (where) => same(customer, agent, where));
  expect(wire.fallbackFrames, 'frames by the server after the climb').toBe(before);
  expect(wire.text(), 'the server saw the page').not.toContain('Harbour pannier');

  await tour(customer.page, (where) => same(customer, agent, where));
  await agent.reaches('direct');
  await agent.page.screenshot({ path: 'test-results/live.png' }); // docs/live.png is a copy of it
  const shown = await agent.serialize();
  for (const secret of secrets) expect(shown).not.toContain(secret);
  expect((await agent.stats()).mismatches).toBe(0);
});

test('without WebRTC: the same tour over the sealed fallback, and the server can read none of it', async ({
  browser,
  house,
}) => {
  test.setTimeout(180_000);
  const agent = await Agent.signIn(browser, house);
  const link = await agent.newSession();
  const customer = await Customer.open(browser, link, (c) => c.addInitScript(withoutWebRTC));
  const wire = await Wire.tap(customer.context, house);
  await customer.allow(house.shop);
  await agent.sees('Harbour pannier');
  expect(await agent.rung()).toBe('fallback');
  await expect(agent.page.getByTestId('rung')).toBeVisible();
  await tour(customer.page, (where) => same(customer, agent, where));
  expect(await agent.rung()).toBe('fallback');
  expect(wire.fallbackFrames).toBeGreaterThan(20);
  for (const plain of [
    'Harbour pannier',
    'Describe what happened',
    'Tern & Tide is a demonstration',
    'price-tag',
    ...secrets,
  ]) {
    expect(wire.text(), `the server saw ${plain}`).not.toContain(plain);
    expect(house.log.join('\n'), `the log holds ${plain}`).not.toContain(plain);
  }
});

test('the rung changes on the way, down and up: nothing lost, nothing twice', async ({ browser, house }) => {
  test.setTimeout(120_000);
  const agent = await Agent.signIn(browser, house);
  const link = await agent.newSession();
  const customer = await Customer.open(browser, link, (c) =>
    c.addInitScript(() => {
      const open: RTCPeerConnection[] = [];
      const Native = RTCPeerConnection;
      globalThis.RTCPeerConnection = class extends Native {
        constructor(configuration?: RTCConfiguration) {
          super(configuration);
          open.push(this);
        }
      };
      Reflect.set(globalThis, 'breakDirect', () => {
        for (const connection of open.splice(0)) connection.close();
      });
    }),
  );
  await customer.allow(house.shop);
  await agent.sees('Harbour pannier');
  await agent.reaches('direct');
  await customer.page.evaluate(() => {
    const list = document.body.appendChild(document.createElement('ol'));
    list.id = 'count';
    let n = 0;
    setInterval(() => {
      const item = document.createElement('li');
      item.textContent = `item ${n++}`;
      list.append(item);
      if (list.children.length > 200) list.firstElementChild?.remove();
    }, 20);
  });
  for (let i = 0; i < 2; i++) {
    await customer.page.evaluate(() => Reflect.get(globalThis, 'breakDirect')());
    await agent.reaches('fallback');
    await agent.reaches('direct');
  }
  const shown = async () =>
    (await agent.stage()).evaluate(() =>
      [...document.querySelectorAll('#count li')].map((item) => Number(item.textContent?.slice(5))),
    );
  await expect.poll(async () => (await shown()).length).toBeGreaterThan(50);
  const numbers = await shown();
  for (let i = 1; i < numbers.length; i++) expect(numbers[i]).toBe((numbers[i - 1] ?? 0) + 1);
  expect((await agent.stats()).mismatches).toBe(0);
});

for (const hours of [-24, 24]) {
  test(`the customer’s clock ${hours} h off changes nothing`, async ({ browser, house }) => {
    const agent = await Agent.signIn(browser, house);
    const link = await agent.newSession();
    const customer = await Customer.open(browser, link, (c) =>
      c.addInitScript((shift) => {
        const now = Date.now.bind(Date);
        const Native = Date;
        const Shifted = function (this: unknown, ...args: []) {
          return args.length > 0 ? Reflect.construct(Native, args) : new Native(now() + shift);
        };
        Object.setPrototypeOf(Shifted, Native);
        Shifted.prototype = Native.prototype;
        Reflect.set(globalThis, 'Date', Shifted);
        Reflect.set(Shifted, 'now', () => now() + shift);
      }, hours * 3_600_000),
    );
    await customer.allow(house.shop);
    await agent.sees('Harbour pannier');
    await home(customer.page, (where) => same(customer, agent, where));
    await product(customer.page, (where) => same(customer, agent, where));
  });
}
