// What a customer allowed to be kept: stored as it came, while it comes, and nothing without the customer's word.
import { Agent, Customer, keepClosedRoots } from '../people.ts';
import { detailOf, recordsOf } from '../recording.ts';
import { expect, test } from '../test.ts';

async function allowRecorded(customer: Customer, shop: string): Promise<void> {
  await customer.page.getByRole('checkbox', { name: /keep a recording/i }).check();
  await customer.allow(shop);
}

const idOf = (agent: Agent) => /\/s\/([0-9A-Z]{26})/.exec(agent.page.url())?.[1] as string;

test('what the customer allowed is stored frame by frame, and the customer sees that it is', async ({
  browser,
  house,
}) => {
  const agent = await Agent.signIn(browser, house);
  const link = await agent.newSession();
  const customer = await Customer.open(browser, link, (c) => c.addInitScript(keepClosedRoots));
  await allowRecorded(customer, house.shop);
  await agent.sees('Harbour pannier');
  const id = idOf(agent);
  await expect
    .poll(async () => (await recordsOf(agent, id).catch(() => [])).length, { timeout: 15_000 })
    .toBeGreaterThan(2);
  await customer.page.getByRole('link', { name: 'Harbour pannier' }).first().click();
  await customer.page.waitForLoadState();
  await expect.poll(async () => (await detailOf(agent, id)).documents.length).toBe(2);
  const frames = await recordsOf(agent, id);
  const dom = frames.filter(({ lane }) => lane === 1);
  expect(dom[0]?.frame.kind).toBe(1);
  const detail = await detailOf(agent, id);
  expect(detail.state).toBe('live');
  expect(detail.documents.every(({ gaps }) => gaps.length === 0)).toBe(true);
});

/** How often the server is killed; the long suite does it 200 times. */
const KILLS = Number(process.env.KILLS ?? 8);

test('a server that is killed again and again loses nothing of a page that stays open', async ({ browser, house }) => {
  test.setTimeout(60_000 + KILLS * 6000);
  const agent = await Agent.signIn(browser, house);
  const link = await agent.newSession();
  const customer = await Customer.open(browser, link);
  await allowRecorded(customer, house.shop);
  await agent.sees('Harbour pannier');
  const id = idOf(agent);
  await expect
    .poll(async () => (await recordsOf(agent, id).catch(() => [])).length, { timeout: 15_000 })
    .toBeGreaterThan(2);
  await customer.page.evaluate(() => {
    const place = document.body.appendChild(document.createElement('p'));
    let n = 0;
    const timer = setInterval(() => {
      place.textContent = `change ${n++}`;
      if (n % 5 === 0) console.log('said', n);
    }, 30);
    Object.assign(globalThis, {
      last: () => {
        clearInterval(timer);
        return place.textContent;
      },
    });
  });
  for (let i = 0; i < KILLS; i++) {
    await customer.page.waitForTimeout(100 + Math.random() * 900);
    await house.kill();
    await house.up();
    // Every other time it is killed again before anybody is back.
    if (i % 2 === 0) await expect.poll(async () => (await detailOf(agent, id)).state).toBe('live');
  }
  await customer.page.evaluate(() => (globalThis as unknown as { last(): string }).last());
  const newest = async () => (await recordsOf(agent, id)).filter(({ lane }) => lane === 1).at(-1)?.frame.seq ?? 0;
  await expect
    .poll(
      async () => {
        const before = await newest();
        await customer.page.waitForTimeout(1500);
        return (await newest()) - before;
      },
      { timeout: 60_000 },
    )
    .toBe(0);
  const { documents } = await detailOf(agent, id);
  expect(documents.flatMap(({ gaps }) => gaps)).toEqual([]);
  const records = await recordsOf(agent, id);
  for (const lane of [1, 2]) {
    const seqs = records.filter((r) => r.lane === lane && r.frame.kind !== 1).map((r) => r.frame.seq);
    const first = seqs[0] ?? 0;
    expect(seqs, `lane ${lane}: each once, in order`).toEqual(seqs.map((_, k) => first + k));
  }
  test.info().annotations.push({ type: 'kills', description: `${KILLS}, ${records.length} records` });
});
