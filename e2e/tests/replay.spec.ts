// What was recorded, watched: the player shows at every checkpoint what the live view showed, whichever way one comes to it.
import { copyFile, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from '@playwright/test';
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
  test.info().annotations.push({
    type: 'replay',
    description: `${compared} compared; opened in ${opened} ms; seek p95 ${p95} ms`,
  });
  console.log(
    `replay: ${checkpoints.length} checkpoints, ${compared} compared; opened in ${opened} ms; seek p50 ${Math.round(seeks[seeks.length >> 1] ?? 0)} ms, p95 ${p95} ms`,
  );
  await handedOver(page, last);
  expect(faults).toEqual([]);
});

interface Plain {
  tag?: string;
  text?: string;
  blocked?: string;
  doctype?: string;
  children?: Plain[];
  shadow?: { nodes: Plain[] };
  sheet?: unknown;
}

/** The file plays with the network off and ends in the live view's document; so do the rrweb events in rrweb-player, by tags and texts. */
async function handedOver(page: Page, last: Checkpoint): Promise<void> {
  const save = async (kind: string) => {
    await page.keyboard.press('h');
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId(`file-${kind}`).click()]);
    await page.keyboard.press('Escape');
    await expect(page.getByTestId('hand-over-dialog')).toHaveCount(0);
    return download.path();
  };
  const context = await (page.context().browser() as Browser).newContext({ offline: true });
  const file = await context.newPage();
  const asked: string[] = [];
  const faults: string[] = [];
  file.on('request', (request) => /^(?:https?|ws)/.test(request.url()) && asked.push(request.url()));
  file.on('pageerror', (error) => faults.push(error.message));
  const html = await save('html');
  await copyFile(html, `${html}.html`);
  await file.goto(pathToFileURL(`${html}.html`).href);
  await file.locator('body[data-opened=true]').waitFor();
  await file.locator('#line').evaluate((line) => {
    (line as HTMLInputElement).value = (line as HTMLInputElement).max;
    line.dispatchEvent(new Event('input'));
  });
  const title = /"tag":"h1".*?"text":"([^"]+)"/.exec(last.live)?.[1] ?? '';
  await expect(file.frameLocator('[data-shown] iframe').last().locator('h1').first()).toHaveText(title);
  expect(asked).toEqual([]);
  expect(faults).toEqual([]);
  await context.close();

  const events = JSON.parse(await readFile(await save('rrweb.json'), 'utf8')) as { timestamp: number }[];
  const shown = await page.context().newPage();
  await shown.setContent('<!doctype html><div id="p"></div>');
  const player = createRequire(import.meta.url)
    .resolve('rrweb-player')
    .replace(/[^/]+$/, 'rrweb-player.umd.cjs');
  await shown.evaluate(await readFile(player, 'utf8'));
  await shown.evaluate((all) => {
    const { rrwebPlayer } = window as unknown as { rrwebPlayer: { default?: unknown } };
    const Player = (rrwebPlayer.default ?? rrwebPlayer) as new (
      of: object,
    ) => { goto(ms: number, play: boolean): void };
    const player = new Player({ target: document.querySelector('#p'), props: { events: all, autoPlay: false } });
    player.goto((all.at(-1)?.timestamp ?? 0) - (all[0]?.timestamp ?? 0), false);
  }, events);
  const canonical = JSON.parse(last.live) as { nodes: Plain[] };
  const wanted = outline(canonical.nodes.find(({ tag }) => tag === 'html') as Plain);
  await expect
    .poll(async () =>
      (
        await shown
          .frameLocator('#p iframe')
          .locator('html')
          .evaluate((html) => {
            const lines = (node: Node): string[] => {
              if (node.nodeType === 3) return node.textContent?.trim() ? [node.textContent.trim()] : [];
              if (node.nodeType !== 1) return [];
              const element = node as Element;
              const tag = element.tagName.toLowerCase();
              const inner = /^(?:style|link|noscript|script|iframe)$/.test(tag)
                ? []
                : [...(element.shadowRoot?.childNodes ?? []), ...element.childNodes].flatMap(lines);
              return [`<${tag}>`, ...inner];
            };
            for (const own of html.querySelectorAll(':scope > style')) own.remove();
            return lines(html);
          })
      )
        .filter((line) => !/^<(?:style|link|noscript|script)>$/.test(line))
        .join('\n'),
    )
    .toBe(wanted.join('\n'));
}

function outline({ tag, text, blocked, children = [], shadow }: Plain): string[] {
  if (text !== undefined) return text.trim() ? [text.trim()] : [];
  if (blocked !== undefined) return [`<${blocked}>`];
  if (tag === undefined || /^(?:style|link|noscript|script)$/.test(tag)) return [];
  return [`<${tag}>`, ...(tag === 'iframe' ? [] : [...(shadow?.nodes ?? []), ...children].flatMap(outline))];
}
