// What a recorded page tells is found again: by the API's search, in the list's counts, as markers, also after a server that was killed.
import { Agent, Customer } from '../people.ts';
import { detailOf } from '../recording.ts';
import { expect, test } from '../test.ts';

interface Moment {
  recording: string;
  at: number;
  kind: string;
  title: string;
}

async function ask<T>(agent: Agent, path: string, q: string): Promise<T> {
  const response = await agent.context.request.get(`${agent.house.relay}${path}?q=${encodeURIComponent(q)}`);
  if (!response.ok()) throw new Error(`${q}: ${response.status()} ${await response.text()}`);
  return response.json();
}

const moments = async (agent: Agent, q: string) => (await ask<{ moments: Moment[] }>(agent, '/api/search', q)).moments;

/** The page tells of an error, a request that fails, a line of its console; then it is clicked. */
async function tell(customer: Customer, word: string): Promise<void> {
  await customer.page.evaluate(async (word) => {
    console.warn(`${word} is %s`, 'low');
    setTimeout(() => {
      throw new TypeError(`${word} broke`);
    });
    await fetch(`/api/${word}?password=hunter2`, { method: 'POST' }).catch(() => undefined);
  }, word);
}

test('what a page tells is found within seconds, counted and marked, and again after the server was killed', async ({
  browser,
  house,
}) => {
  const agent = await Agent.signIn(browser, house);
  const customer = await Customer.open(browser, await agent.newSession());
  await customer.page.getByRole('checkbox', { name: /keep a recording/i }).check();
  await customer.allow(house.shop);
  await agent.sees('Harbour pannier');
  const id = /\/s\/([0-9A-Z]{26})/.exec(agent.page.url())?.[1] as string;
  const titles = async (q: string) => (await moments(agent, q)).map(({ kind, title }) => `${kind} ${title}`);

  await tell(customer, 'stockroom');
  await expect.poll(() => titles('stockroom level:warn'), { timeout: 30_000 }).toEqual(['console stockroom is low']);
  await expect.poll(() => titles('"stockroom broke" kind:error')).toEqual(['error TypeError: stockroom broke']);
  await expect
    .poll(() => titles('url:/api/stockroom status:>=400 method:post'))
    .toEqual(['request POST /api/stockroom 404']);
  expect(await titles('stockroom level:error status:404')).toEqual([]);
  expect(await titles('hunter2')).toEqual([]);

  // The page stays open; what it tells from now on stands on what it told before.
  await house.kill();
  await house.up();
  await expect.poll(() => titles('stockroom level:warn')).toEqual(['console stockroom is low']);
  await tell(customer, 'afterwards');
  await expect.poll(() => titles('afterwards level:warn'), { timeout: 40_000 }).toEqual(['console afterwards is low']);
  await expect.poll(() => titles('kind:error')).toHaveLength(2);

  await expect.poll(async () => (await detailOf(agent, id)).failedRequests, { timeout: 20_000 }).toBe(2);
  await expect.poll(async () => (await detailOf(agent, id)).errors, { timeout: 20_000 }).toBe(2);
  const detail = (await detailOf(agent, id)) as Awaited<ReturnType<typeof detailOf>> & {
    browser: string;
    markers: { at: number; kind: string; label: string }[];
  };
  expect(detail.failedRequests).toBe(2);
  expect(detail.browser).toMatch(/\w+ \d+/);
  const failures = detail.markers.filter(({ kind }) => kind === 'error' || kind === 'failed-request');
  expect(failures.map(({ label }) => label).sort()).toEqual([
    'POST /api/afterwards 404',
    'POST /api/stockroom 404',
    'TypeError: afterwards broke',
    'TypeError: stockroom broke',
  ]);
  const { recordings } = await ask<{ recordings: { id: string }[] }>(agent, '/api/recordings', 'has:error stockroom');
  expect(recordings.map((one) => one.id)).toEqual([id]);
});
