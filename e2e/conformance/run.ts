// Runs cases on both sides and keeps each answer: rows of the table.
import type { Case, Json, Probe } from './case.ts';
import { HandOf } from './hand.ts';
import { difference } from './pixels.ts';
import type { Seen } from './sides.ts';
import { type Side, type Site, slug } from './site.ts';
import { write } from './suite.ts';
import { ASPECTS } from './whole.ts';

/** After what was done on the page; after the picture was made anew from what a late joiner gets. */
export type When = 'live' | 'late';

export interface Answer {
  case: string;
  probe: string;
  when: When;
  ok: boolean;
  /** Where page and picture differ. */
  note: string;
  /** The page itself did not answer what the probe is about: it is not asked in this browser. */
  absent: boolean;
}

/** Of the points of a picture. */
const PIXELS = 0.001;
/** Pictures, fonts and sheets come after the text. */
const PATIENCE = 2500;
const EVERY = 60;

export async function run(one: Case, site: Site, side: Side, seen: Seen): Promise<Answer[]> {
  await seen.begin(site.address(one, side));
  await one.act?.(new HandOf(seen.page));
  await seen.pass();
  const live = await compared(one, side, seen, 'live');
  await seen.late();
  return [...live, ...(await compared(one, side, seen, 'late'))];
}

/** Asks until all is the same, or nothing more is to be expected. */
export async function compared(one: Case, side: Side, seen: Seen, when: When): Promise<Answer[]> {
  const probes: Record<string, Probe> = { ...one.probes };
  for (const aspect of one.whole) if (aspect !== 'pixels') probes[aspect] = ASPECTS[aspect];
  let found: Answer[] = [];
  for (const end = performance.now() + PATIENCE; ; ) {
    const [truth, shown] = [await seen.truth.read(probes), await seen.shown.read(probes)];
    found = Object.entries(probes).map(([probe, { want }]) => {
      const [page, picture] = [truth[probe] ?? null, shown[probe] ?? null];
      const absent = want !== undefined && JSON.stringify(page) !== JSON.stringify(want);
      const note = differs(page, picture) || (absent ? `the page says ${JSON.stringify(page)}` : '');
      return { case: one.name, probe, when, ok: note === '', note, absent };
    });
    if (found.every(({ ok }) => ok) || performance.now() > end) break;
    await new Promise((resolve) => setTimeout(resolve, EVERY));
  }
  if (one.whole.includes('pixels')) found.push(await pixels(one, side, seen, when));
  return found;
}

async function pixels(one: Case, side: Side, seen: Seen, when: When): Promise<Answer> {
  let share = 1;
  for (let i = 0; i < 6 && share >= PIXELS; i++) {
    // A canvas is looked at three times a second.
    if (i > 0) await new Promise((resolve) => setTimeout(resolve, 5 * EVERY));
    const [page, picture] = [await seen.truth.shot(), await seen.shown.shot()];
    share = difference(page, picture);
    if (share < PIXELS) break;
    write(`${slug(one)}-${side}-${when}-page.png`, page);
    write(`${slug(one)}-${side}-${when}-picture.png`, picture);
  }
  const ok = share < PIXELS;
  return { case: one.name, probe: 'pixels', when, ok, note: ok ? '' : `${(share * 100).toFixed(2)} %`, absent: false };
}

/** Where two answers differ first, '' when they do not. */
export function differs(page: Json, picture: Json, at = ''): string {
  if (typeof page !== 'object' || typeof picture !== 'object' || page === null || picture === null) {
    if (page === picture) return '';
    return `${at} page ${JSON.stringify(page)}, picture ${JSON.stringify(picture)}`.trim().slice(0, 700);
  }
  for (const key of new Set([...Object.keys(page), ...Object.keys(picture)])) {
    const [a, b] = [Reflect.get(page, key) as Json | undefined, Reflect.get(picture, key) as Json | undefined];
    const found = differs(a ?? null, b ?? null, `${at}.${key}`);
    if (found) return found;
  }
  return '';
}
