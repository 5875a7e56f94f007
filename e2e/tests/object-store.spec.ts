// Whole recordings in an object store, which may be away for a while.
import { spawnSync } from 'node:child_process';
import type { Browser } from '@playwright/test';
import { binary, House } from '../house.ts';
import { hasObjectStore, ObjectStore } from '../object-store.ts';
import { Agent, Customer } from '../people.ts';
import { detailOf, recordsOf } from '../recording.ts';
import { expect, test } from '../test.ts';

/** A recorded session, from the customer's word to its end; its id. */
async function recorded(browser: Browser, agent: Agent): Promise<string> {
  await agent.page.goto(agent.house.relay);
  const link = await agent.newSession();
  const customer = await Customer.open(browser, link);
  await customer.page.getByRole('checkbox', { name: /keep a recording/i }).check();
  await customer.allow(agent.house.shop);
  await agent.sees('Harbour pannier');
  const id = /\/s\/([0-9A-Z]{26})/.exec(agent.page.url())?.[1] as string;
  await expect
    .poll(async () => (await recordsOf(agent, id).catch(() => [])).length, { timeout: 15_000 })
    .toBeGreaterThan(2);
  await agent.page.getByTestId('end').click();
  await agent.page.getByTestId('end-confirm-yes').click();
  await expect.poll(async () => (await detailOf(agent, id)).state).toBe('complete');
  await customer.page.context().close();
  return id;
}

test('whole recordings go to the object store, wait on the disk while it is away, and leave nothing there when deleted', async ({
  browser,
}) => {
  test.skip(!hasObjectStore, 'no S3 server here: `make test` builds one');
  const store = await ObjectStore.start();
  const house = await House.start({ args: store.args });
  try {
    const agent = await Agent.signIn(browser, house);
    const of = async (id: string) => (await store.names()).filter((name) => name.startsWith(`recordings/${id}/`));

    const first = await recorded(browser, agent);
    await expect.poll(() => of(first)).toContain(`recordings/${first}/000001`);
    const whole = await recordsOf(agent, first);
    expect(whole.length).toBeGreaterThan(2);

    await store.down();
    const second = await recorded(browser, agent);
    expect((await recordsOf(agent, second)).length).toBeGreaterThan(2);
    expect(await of(second)).toEqual([]);
    await expect(recordsOf(agent, first)).rejects.toThrow(/chunk 1: 5\d\d/);

    await store.up();
    await expect.poll(() => of(second), { timeout: 30_000 }).toContain(`recordings/${second}/000001`);
    expect(await recordsOf(agent, first)).toEqual(whole);

    // From beside the server, with the same flags.
    const verified = spawnSync(binary, ['recordings', 'verify', '--data', house.data, ...store.args], {
      encoding: 'utf8',
    });
    expect(verified.stdout.match(/, whole/g), verified.stdout + verified.stderr).toHaveLength(2);

    const url = (id: string) => `${house.relay}/api/recordings/${id}`;
    expect((await agent.context.request.delete(url(first))).ok()).toBe(true);
    expect(await of(first)).toEqual([]);
    expect(await of(second)).not.toEqual([]);
  } finally {
    await Promise.all(browser.contexts().map((context) => context.close()));
    await house.stop();
    await store.stop();
  }
});
