// What was recorded, watched: the player shows at every checkpoint what the live view showed, whichever way one comes to it.
import type { Page } from '@playwright/test';
import { Agent, Customer } from '../people.ts';
import { detailOf } from '../recording.ts';
import { expect, test } from '../test.ts';
import { home, product, search, studio } from '../tour.ts';

interface PlayerWindow {
  __ridealongPlayer?: {
    serialize(): Promise<string>;
    seek(at: number): Promise<void>;
    seeks(): number[];
    place(epoch: number, seq: number): number | null;
    shown(): { epoch: number; seq: number };
  };
}

interface Checkpoint {
  where: string;
  epoch: number;
  seq: number;
  live: string;
}

const idOf = (agent: Agent) => /\/s\/([0-9A-Z]{26})/.exec(agent.page.url())?.[1] as string;

/** The live view while nothing comes: what it shows, and how far it is. */
async function still(agent: Agent, where: string): Promise<Checkpoint> {
  let found: Checkpoint | null = null;
  await expect
    .poll(async () => {
      const before = await agent.stats();
      await agent.page.waitForTimeout(250); // what is under way comes, or it is still
      const live = await agent.serialize();
      const after = await agent.stats();
      if (before.epoch !== after.epoch || before.seq !== after.seq) return false;
      found = { where, epoch: after.epoch, seq: after.seq, live };
      return true;
    })
    .toBe(true);
  return found as unknown as Checkpoint;
}

const ask = <T>(
  page: Page,
  what: (player: NonNullable<PlayerWindow['__ridealongPlayer']>, of: number[]) => T,
  ...of: number[]
) =>
  page.evaluate(
    ([text, args]) => {
      const player = (window as unknown as PlayerWindow).__ridealongPlayer;
      return new Function('player', 'of', `return (${text})(player, of)`)(player, args) as T;
    },
    [what.toString(), of] as const,
  );

test('the page at every checkpoint is what the live view showed, forwards, backwards and at random', async ({
  browser,
  house,
}) => {
  test.setTimeout(240_000);
  const agent = await Agent.signIn(browser, house);
  const link = await agent.newSession();
  const customer = await Customer.open(browser, link);
  await customer.page.getByRole('checkbox', { name: /keep a recording/i }).check();
  await customer.allow(house.shop);
  await agent.sees('Harbour pannier');
  const id = idOf(agent);
  const checkpoints: Checkpoint[] = [];
  const check = async (where: string) => {
    checkpoints.push(await still(agent, where));
  };
  for (const part of [home, search, product, studio]) await part(customer.page, check);
  await agent.page.getByTestId('end').click();
  await agent.page.getByTestId('end-confirm-yes').click();
  await expect.poll(async () => (await detailOf(agent, id)).state).toBe('complete');

  const page = await agent.context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  const began = performance.now();
  await page.goto(`${house.relay}/recordings/${id}?e2e`);
  await page.locator('[data-testid=player][data-opened=true]').waitFor();
  const opened = Math.round(performance.now() - began);
  const last = checkpoints.at(-1) as Checkpoint;
  await expect
    .poll(() => ask(page, (player, [epoch = 0, seq = 0]) => player.place(epoch, seq), last.epoch, last.seq))
    .not.toBeNull();

  const random = [...checkpoints]
    .map((one, i) => ({ one, by: (i * 7919) % 101 }))
    .sort((a, b) => a.by - b.by)
    .map(({ one }) => one);
  let compared = 0;
  for (const { where, epoch, seq, live } of [...checkpoints, ...[...checkpoints].reverse(), ...random]) {
    const at = await ask(page, (player, [epoch = 0, seq = 0]) => player.place(epoch, seq), epoch, seq);
    expect(at, `${where}: frame ${seq} of ${epoch}`).not.toBeNull();
    await ask(page, (player, [at = 0]) => player.seek(at), at ?? 0);
    const shown = await ask(page, (player) => player.shown());
    expect(shown, where).toEqual({ epoch, seq });
    await expect.poll(() => ask(page, (player) => player.serialize()), { message: where }).toBe(live);
    compared++;
  }
  const seeks = (await ask(page, (player) => player.seeks())).sort((a, b) => a - b);
  const p95 = Math.round(seeks[Math.floor(seeks.length * 0.95)] ?? 0);
  test
    .info()
    .annotations.push({
      type: 'replay',
      description: `${compared} compared; opened in ${opened} ms; seek p95 ${p95} ms`,
    });
  console.log(
    `replay: ${checkpoints.length} checkpoints, ${compared} compared; opened in ${opened} ms; seek p50 ${Math.round(seeks[seeks.length >> 1] ?? 0)} ms, p95 ${p95} ms`,
  );
  expect(faults).toEqual([]);
});
