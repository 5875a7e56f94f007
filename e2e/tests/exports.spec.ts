// What Go makes of a recording for other programs: an archive that validates, the console, and a script of the steps.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Har } from 'har-format';
import { binary } from '../house.ts';
import { Agent, Customer } from '../people.ts';
import { detailOf } from '../recording.ts';
import { expect, test } from '../test.ts';
import { secrets, tour } from '../tour.ts';

const validator = createRequire(import.meta.url)('har-validator') as { har(data: unknown): Promise<unknown> };
const e2e = fileURLToPath(new URL('..', import.meta.url));

/** A command to its end; what it printed, and how it ended. */
function run(
  file: string,
  args: string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<{ code: number | null; out: string }> {
  return new Promise((resolve) => {
    const child = spawn(file, args, { cwd: e2e, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.once('close', (code) => resolve({ code, out }));
  });
}

test('a recorded tour becomes an archive, a console log, and a script of valid TypeScript', async ({
  browser,
  house,
}) => {
  test.setTimeout(300_000);
  const agent = await Agent.signIn(browser, house);
  const link = await agent.newSession({ Reference: 'Acme & Søn 17' });
  const customer = await Customer.open(browser, link);
  await customer.allowRecorded(house.shop);
  await agent.sees('Harbour pannier');
  const id = agent.sessionId();
  await tour(customer.page, async () => {});
  // Of a live one there is what is stored so far.
  const paid = /network +POST \S+\/api\/pay {2}500[\s\S]*rejected/;
  const sofar = () => agent.context.request.get(`${house.relay}/api/recordings/${id}/export/console`);
  await expect.poll(async () => (await sofar()).text(), { timeout: 20_000 }).toMatch(paid);
  await agent.page.getByTestId('end').click();
  await agent.page.getByTestId('end-confirm-yes').click();
  await expect.poll(async () => (await detailOf(agent, id)).state).toBe('complete');

  const get = async (format: string): Promise<string> => {
    const response = await agent.context.request.get(`${house.relay}/api/recordings/${id}/export/${format}`);
    expect(response.status(), format).toBe(200);
    expect(response.headers()['content-disposition']).toMatch(/filename="ridealong-acme-s-n-17-[\d-]+\.[a-z.]+"/);
    return response.text();
  };
  const [har, log, script] = [await get('har'), await get('console'), await get('playwright')];
  for (const secret of secrets) for (const text of [log, script]) expect(text).not.toContain(secret);

  const archive = JSON.parse(har) as Har;
  await validator.har(archive);
  const pay = archive.log.entries.find((entry) => entry.request.url.endsWith('/api/pay'));
  expect(pay?.request.method).toBe('POST');
  expect(pay?.response.status).toBe(500);
  expect(log).toMatch(/^\d\d:\d\d\.\d{3} {2}error +payment failed 500/m);
  expect(log).toMatch(/^\d\d:\d\d\.\d{3} {2}network +POST \S+\/api\/pay {2}500$/m);

  const dir = await mkdtemp(join(e2e, '.exported-'));
  try {
    // The command line gives the same, and every record.
    const cli = ['recordings', 'export', '--data', house.data, id, '--format'];
    expect(await run(binary, [...cli, 'playwright', '-o', join(dir, 'cli.ts')])).toEqual({ code: 0, out: '' });
    expect(await readFile(join(dir, 'cli.ts'), 'utf8')).toBe(script);
    const records = await run(binary, [...cli, 'records']);
    expect(
      records.out
        .trim()
        .split('\n')
        .map((line) => Object.keys(JSON.parse(line)).join()),
    ).toContain('at,tab,lane,frame');

    await writeFile(join(dir, 'steps.spec.ts'), script);
    await writeFile(
      join(dir, 'tsconfig.json'),
      JSON.stringify({
        extends: '../../tsconfig.base.json',
        compilerOptions: { lib: ['ES2023', 'DOM'], types: ['node'] },
        include: ['*.ts'],
      }),
    );
    const types = await run('npx', ['tsc', '--noEmit', '-p', dir]);
    expect(types, script).toEqual({ code: 0, out: '' });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});
