// A whole run: one house, one session, each case on both sides.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { House } from '../house.ts';
import type { Case } from './case.ts';
import { HandOf } from './hand.ts';
import { storm } from './pages/storm.ts';
import type { Sides } from './report.ts';
import { type Answer, compared, run } from './run.ts';
import { Ours, Rrweb } from './sides.ts';
import { Site } from './site.ts';
import { type Kind, Windows } from './window.ts';

/** Reports and pictures that differ; not kept in the repository. */
export const OUTPUT = fileURLToPath(new URL('../test-results/conformance', import.meta.url));

export interface Stand {
  house: House;
  site: Site;
  windows: Windows;
}

/** Site, server and browser for `use`, and everything gone afterwards. */
export async function standing<T>(kind: Kind, cases: readonly Case[], use: (stand: Stand) => Promise<T>): Promise<T> {
  const site = await Site.open([...cases, ...interrupted]);
  const house = await House.start({ args: ['--origins', site.origin] });
  site.tag = `<script async src="${house.relay}/r/loader.js"></script>`;
  const windows = new Windows(kind);
  try {
    return await use({ house, site, windows });
  } finally {
    await windows.close();
    await house.stop();
    await site.close();
  }
}

/** What is done before a colleague joins, and while the server is down. */
const interrupted = [5, 6].map((seed) => ({ ...storm(seed), name: 'joined late, and through a restart' })) as [
  Case,
  Case,
];

interface Options {
  /** rrweb is asked too. */
  beside?: boolean;
  /** At the end a colleague joins and the server is restarted. */
  interrupt?: boolean;
  /** Runs in every document of the agent's before anything else. */
  prepare?: () => void;
}

export async function suite(
  stand: Stand,
  cases: readonly Case[],
  { beside = false, interrupt = false, prepare }: Options = {},
): Promise<Sides> {
  const ours = await Ours.open(stand, prepare);
  const rrweb = beside ? await Rrweb.open(stand) : undefined;
  const sides: Sides = { ours: [], rrweb: [], broken: [] };
  for (const one of cases) {
    const began = performance.now();
    const [mine, theirs] = await Promise.all([
      whole(sides, one, () => run(one, stand.site, 'ours', ours)),
      rrweb ? whole(sides, one, () => run(one, stand.site, 'rrweb', rrweb)) : [],
    ]);
    sides.ours.push(...mine);
    sides.rrweb.push(...theirs);
    if (process.env.CONFORMANCE_LOG) console.log(`${one.name}: ${Math.round(performance.now() - began)} ms`);
  }
  if (interrupt) sides.ours.push(...(await whole(sides, interrupted[0], () => through(stand, ours))));
  return sides;
}

/** A colleague joins late, without WebRTC; the server dies, the page goes on, and the server is there again. */
export async function through(stand: Stand, ours: Ours): Promise<Answer[]> {
  const [before, after] = interrupted;
  const hand = new HandOf(ours.page);
  await ours.begin(stand.site.address(before, 'ours'));
  await before.act?.(hand);
  const colleague = await ours.colleague(stand);
  const late = await compared(before, 'ours', colleague, 'late');
  await stand.house.kill();
  await after.act?.(hand);
  await stand.house.up();
  await colleague.pass();
  return [...(await compared(before, 'ours', colleague, 'live')), ...late];
}

/** What a case's own script breaks is told at the end. */
async function whole(sides: Sides, { name }: Case, go: () => Promise<Answer[]>): Promise<Answer[]> {
  try {
    return await go();
  } catch (error) {
    sides.broken.push(`${name}: ${error instanceof Error ? error.message : error}`);
    return [];
  }
}

export function write(name: string, body: string | Buffer): void {
  mkdirSync(OUTPUT, { recursive: true });
  writeFileSync(join(OUTPUT, name), body);
}
