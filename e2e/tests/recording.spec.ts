// What a customer allowed to be kept: stored as it came, while it comes, and nothing without the customer's word.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Frame, Kind } from '@ridealong/wire';
import { binary } from '../house.ts';
import { Heard } from '../leak/heard.ts';
import { Agent, Customer, keepClosedRoots } from '../people.ts';
import { detailOf, recordsOf } from '../recording.ts';
import { expect, test } from '../test.ts';
import { tour } from '../tour.ts';

/** A customer is in, and the archiver has begun to store; the recording's id. */
async function recorded(agent: Agent, customer: Customer, shop: string): Promise<string> {
  await customer.allowRecorded(shop);
  await agent.sees('Harbour pannier');
  const id = agent.sessionId();
  await expect
    .poll(async () => (await recordsOf(agent, id).catch(() => [])).length, { timeout: 15_000 })
    .toBeGreaterThan(2);
  return id;
}

test('what the customer allowed is stored frame by frame, and the customer sees that it is', async ({
  browser,
  house,
}) => {
  const agent = await Agent.signIn(browser, house);
  const link = await agent.newSession();
  const customer = await Customer.open(browser, link, (c) => c.addInitScript(keepClosedRoots));
  const id = await recorded(agent, customer, house.shop);
  await customer.page.getByRole('link', { name: 'Harbour pannier' }).first().click();
  await customer.page.waitForLoadState();
  await expect.poll(async () => (await detailOf(agent, id)).documents.length).toBe(2);
  // Both of them see that it is.
  await expect(agent.page.getByTestId('recorded')).toBeVisible();
  const bar = () =>
    customer.page.evaluate(() => {
      const roots: ShadowRoot[] = Reflect.get(globalThis, 'closedRoots');
      return roots.map((root) => root.textContent).join(' ');
    });
  await expect.poll(bar).toContain('It is recorded, as you allowed.');
  const frames = await recordsOf(agent, id);
  const dom = frames.filter(({ lane }) => lane === 1);
  expect(dom[0]?.frame.kind).toBe(1);
  const detail = await detailOf(agent, id);
  expect(detail.state).toBe('live');
  expect(detail.documents.every(({ gaps }) => gaps.length === 0)).toBe(true);
});

/** How often the server is killed; the long suite does it 200 times. */
const KILLS = Number(process.env.KILLS ?? 4);

test('a server that is killed again and again loses nothing of a page that stays open', async ({ browser, house }) => {
  test.setTimeout(60_000 + KILLS * 6000);
  const agent = await Agent.signIn(browser, house);
  const link = await agent.newSession();
  const customer = await Customer.open(browser, link);
  const id = await recorded(agent, customer, house.shop);
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

/** `ridealong ARGS`, as an operator runs it beside the server. */
function run(...args: string[]): { code: number | null; out: string } {
  const { status, stdout, stderr } = spawnSync(binary, args, { encoding: 'utf8' });
  return { code: status, out: stdout + stderr };
}

test('a back-up made while it runs is restored whole, and what was erased is unreadable there without old keys', async ({
  browser,
  house,
}) => {
  const agent = await Agent.signIn(browser, house);
  const link = await agent.newSession({ Reference: 'acme 17' });
  const customer = await Customer.open(browser, link);
  const id = await recorded(agent, customer, house.shop);
  await customer.page.evaluate(() => console.error('marzipan harbour'));
  const found = async () => (await agent.context.request.get(`${house.relay}/api/search?q=marzipan`)).text();
  await expect.poll(found, { timeout: 15_000 }).toContain('marzipan harbour');
  const at = await mkdtemp(join(tmpdir(), 'ridealong-backup-'));
  try {
    const data = ['--data', house.data];
    expect(run('recordings', 'list', ...data)).toMatchObject({ code: 0, out: expect.stringContaining('acme 17') });
    expect(run('backup', ...data, join(at, 'live'))).toMatchObject({ code: 0 });
    await agent.page.getByTestId('end').click();
    await agent.page.getByTestId('end-confirm-yes').click();
    await expect.poll(async () => (await detailOf(agent, id)).state).toBe('complete');
    expect(run('recordings', 'verify', ...data, id)).toMatchObject({ code: 0, out: expect.stringContaining('whole') });
    const holds = (...files: string[]) =>
      files.some((file) => existsSync(file) && readFileSync(file).includes('marzipan harbour'));
    const database = join(house.data, 'ridealong.db');
    expect(holds(database, `${database}-wal`), 'the index has what the page said').toBe(true);

    // Of the live one: what was on disk then, and all of it reads.
    expect(run('restore', '--data', join(at, 'a'), join(at, 'live'))).toEqual({
      code: 0,
      out: '1 of 1 recordings can be searched\n',
    });
    expect(run('recordings', 'verify', '--data', join(at, 'a'), id)).toMatchObject({ code: 0 });
    expect(run('restore', '--data', join(at, 'a'), join(at, 'live')).out).toContain('is not empty');
    expect(holds(join(at, 'a', 'ridealong.db'), join(at, 'a', 'ridealong.db-wal')), 'it is found again').toBe(true);

    expect(run('backup', ...data, join(at, 'whole'))).toMatchObject({ code: 0 });
    expect(run('recordings', 'delete', ...data, '--reference', 'ACME 17')).toMatchObject({
      code: 0,
      out: `${id} erased\n`,
    });
    expect((await detailOf(agent, id)).state).toBe('erased');
    expect(run('backup', ...data, join(at, 'after'))).toMatchObject({ code: 0 });
    // An old back-up of the data with today's keys: the bytes are there, and nobody reads them.
    await rm(join(at, 'whole.keys.tar'));
    spawnSync('cp', [join(at, 'after.keys.tar'), join(at, 'whole.keys.tar')]);
    expect(run('restore', '--data', join(at, 'b'), join(at, 'whole'))).toMatchObject({ code: 1 });
    // What was found in it is in no back-up: no line that its page said.
    expect([holds(join(at, 'live.tar')), holds(join(at, 'whole.tar'))]).toEqual([false, false]);
    expect(run('recordings', 'list', '--data', join(at, 'b')).out).toContain(id);
    expect(run('recordings', 'verify', '--data', join(at, 'b'), id)).toMatchObject({ code: 1 });
    expect(run('audit', 'verify', ...data)).toMatchObject({ code: 0, out: expect.stringContaining('whole') });
  } finally {
    await rm(at, { recursive: true, force: true });
  }
});

test('the frames of a recording are byte for byte those that the agent was sent', async ({ browser, house }) => {
  const agent = await Agent.signIn(browser, house);
  const link = await agent.newSession();
  let heard: Heard | undefined;
  const customer = await Customer.open(browser, link, async (c) => {
    heard = await Heard.by(c);
  });
  await customer.allowRecorded(house.shop);
  await agent.sees('Harbour pannier');
  await agent.reaches('direct');
  const id = agent.sessionId();
  await tour(customer.page, async () => undefined);
  await agent.sees('Payment failed', '#pay-error');
  await agent.page.getByTestId('end').click();
  await agent.page.getByTestId('end-confirm-yes').click();
  await expect.poll(async () => (await detailOf(agent, id)).state).toBe('complete');
  // Byte for byte: each frame that the agent was sent and the archiver stored is one and the same.
  const stored = new Map<string, string>();
  const name = ({ kind, epoch, seq }: Frame) => `${kind} ${epoch}.${seq}`;
  const bytesOf = ({ flags, time, payload }: Frame) => `${flags} ${time} ${Buffer.from(payload).toString('base64')}`;
  for (const { lane, frame } of await recordsOf(agent, id)) if (lane < 3) stored.set(name(frame), bytesOf(frame));
  let same = 0;
  for (const frame of heard?.direct() ?? []) {
    const bytes = stored.get(name(frame));
    if (frame.kind === Kind.keyframe && bytes === undefined) continue; // one that only the agent asked for
    // A brief head says the time in steps; which one it is, the frame before it says.
    const [, timed = '', payload = ''] = bytes?.split(' ') ?? [];
    expect(payload, name(frame)).toBe(Buffer.from(frame.payload).toString('base64'));
    expect(timed).toMatch(/^\d+$/);
    same++;
  }
  test.info().annotations.push({ type: 'frames', description: `${same} the same of ${stored.size} stored` });
  expect(same).toBeGreaterThan(50);
});

test('the customer deletes what was recorded, and the session goes on unrecorded', async ({ browser, house }) => {
  const agent = await Agent.signIn(browser, house);
  const link = await agent.newSession();
  const customer = await Customer.open(browser, link, (c) => c.addInitScript(keepClosedRoots));
  const id = await recorded(agent, customer, house.shop);
  await customer.press('Delete the recording');
  await customer.press('Delete it for good? Press again');
  await expect.poll(async () => (await detailOf(agent, id)).state).toBe('erased');
  await expect(agent.page.getByTestId('recorded')).toHaveCount(0);
  await customer.page.getByRole('link', { name: 'Repairs' }).first().click();
  await agent.sees('Repairs', 'h1');
  // Not by a reload either, nor by another page of the site.
  await customer.page.reload();
  await agent.sees('Repairs', 'h1');
  const { chunks, documents, title } = await detailOf(agent, id);
  expect({ chunks, documents, title }).toEqual({ chunks: [], documents: [], title: '' });
  const list = run('audit', 'list', '--data', house.data).out;
  expect(list).toContain('"actor":"customer","name":"","what":"recording.withdrawn"');
});

/** How many sessions lose their server and their page at once; the long suite does it more often. */
const TAILS = Number(process.env.TAILS ?? 2);

test('when the page is closed and the server killed at once, a quarter of a second is lost at most', async ({
  browser,
  house,
}) => {
  test.setTimeout(60_000 + TAILS * 20_000);
  const agent = await Agent.signIn(browser, house);
  const lost: number[] = [];
  for (let i = 0; i < TAILS; i++) {
    await agent.page.goto(house.relay);
    const link = await agent.newSession();
    const customer = await Customer.open(browser, link);
    await customer.allowRecorded(house.shop);
    await agent.sees('Harbour pannier');
    const id = agent.sessionId();
    await customer.page.evaluate(() => {
      const place = document.body.appendChild(document.createElement('p'));
      setInterval(() => {
        place.textContent = `change ${performance.now()}`;
      }, 10);
    });
    await expect
      .poll(async () => (await recordsOf(agent, id).catch(() => [])).length, { timeout: 15_000 })
      .toBeGreaterThan(20);
    await customer.page.waitForTimeout(300 + Math.random() * 500);
    const killed = house.kill();
    const at = Date.now();
    await Promise.all([killed, customer.context.close()]);
    await house.up();
    const { startedAt, documents } = await detailOf(agent, id);
    const last = (await recordsOf(agent, id)).filter(({ lane }) => lane === 1).at(-1);
    const began = documents.find(({ epoch }) => epoch === last?.frame.epoch)?.beganAt ?? 0;
    lost.push(at - (startedAt + began + (last?.frame.time ?? 0)));
  }
  test.info().annotations.push({ type: 'lost', description: `${lost.join(', ')} ms` });
  expect(Math.max(...lost)).toBeLessThanOrEqual(250);
});
