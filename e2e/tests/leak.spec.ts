// Leaks: a canary in every place where text can sit, and a search for each in whatever is left of a session: what goes to the agent, on
// every lane; what passes the server; its disk, database, log, API and metrics; what the agent's browser shows and stores (S5 and S10).
import type { Browser } from '@playwright/test';
import { canary, type Found, Search } from '../leak/canary.ts';
import { Control } from '../leak/controls.ts';
import { numberOf, numbers, places } from '../leak/places.ts';
import { ride } from '../leak/ride.ts';
import { NEVER, OPEN, SHOWN_FIELDS, STAYS, TOLD, TOLD_SERVER } from '../leak/told.ts';
import { expect, test } from '../test.ts';

const names = new Map(Object.keys(places).map((name) => [numberOf(name), name]));
const nameOf = (n: number): string => names.get(n) ?? String(n);
const sorted = (all: Iterable<number>): number[] => [...new Set(all)].sort((a, b) => a - b);
const areaOf = ({ where }: { where: string }): string => where.split(':')[0] as string;

/** Where the controls have to be, beside the areas: what is easily forgotten to be looked at. */
const EVERYWHERE = [
  ...['caches', 'indexedDB', 'localStorage', 'sessionStorage'].map((kind) => `storage: ${kind}`),
  ...[
    'disk: ridealong.db',
    'disk: ridealong.db-wal',
    'database: sessions',
    'api: /api/sessions',
    'api: /api/sessions/{id}',
  ],
  ...['stage: port: ops', 'stage: port: blob image/svg+xml', 'stage: address image/svg+xml'],
  ...['stage: document in a frame', 'stage: canonical form'],
];

/** Areas in which the agent's side of a session is; the others are the server's, and what is stored. */
const AGENT = ['dom', 'blob', 'pointer', 'control', 'telemetry', 'stage'];

/** What was found in each area, or at each place of one. */
function by(found: Found[], of: (one: Found) => string): Record<string, number[]> {
  const groups: Record<string, number[]> = {};
  for (const one of found) groups[of(one)] = sorted([...(groups[of(one)] ?? []), one.n]);
  return groups;
}

/** Compared by name; what is too much is said with the places where it was told. */
function expectTold(found: Found[], numbers: number[]): void {
  const excess = found.filter(({ n }) => !numbers.includes(n));
  const lines = excess.map(({ n, where, around }) => `${nameOf(n)} in ${where}: ${around}`);
  expect.soft(lines.slice(0, 20), 'told and not meant to be').toEqual([]);
  const missing = sorted(numbers).filter((n) => !found.some((one) => one.n === n));
  expect(missing.map(nameOf), 'on the list and not told').toEqual([]);
}

/** What was found on the server and in storages. */
const beside = (found: Found[]): Found[] => found.filter((one) => !AGENT.includes(areaOf(one)));

/** A whole session, searched; in each thing that was searched its control was found. */
async function searched(browser: Browser, attributes: string): Promise<Found[]> {
  const { evidence, epochs, pieces } = await ride(browser, attributes);
  expect(epochs, 'documents').toEqual([1, 2]);
  expect(pieces.direct, 'pieces over data channels').toBeGreaterThan(20);
  expect(pieces.sealed, 'pieces through the server').toBeGreaterThan(0);
  const controls = new Search(Object.values(Control)).in(evidence);
  const { text, picture, path, reference, origin, storage } = Control;
  expect.soft(by(controls, areaOf), 'controls, by their numbers').toEqual({
    dom: [text, path],
    blob: [picture],
    control: [path], // which tab it is
    telemetry: [path], // where the page is
    stage: [text, picture, path],
    signaling: [path],
    http: [path, reference],
    api: [path, reference],
    disk: [path, reference],
    database: [path, reference],
    log: [origin],
    storage: [storage],
  });
  const wheres = controls.map(({ where }) => where);
  expect(wheres).toEqual(expect.arrayContaining(EVERYWHERE));
  const metrics = evidence.find(({ where }) => where === 'metrics: /metrics');
  expect(metrics?.text).toContain('ridealong_sockets{role="customer"} 1');
  return new Search(numbers).in(evidence);
}

test.describe.configure({ timeout: 180_000 });

test(`strict mode: nothing of ${numbers.length} places is told, kept or logged`, async ({ browser }) => {
  const found = await searched(browser, 'data-mode="strict"');
  expectTold(beside(found), []);
  expectTold(found, [...STAYS, ...Object.keys(OPEN).map(Number)]);
});

test('no place is open in strict mode', () => {
  test.fail(Object.keys(OPEN).length > 0, 'leak/told.ts says which places are told and why');
  expect(OPEN).toEqual({});
});

test('standard mode tells what the documents say, and the server the title and the address @long', async ({
  browser,
}) => {
  const found = await searched(browser, 'data-mode="standard"');
  expectTold(found, TOLD);
  expectTold(beside(found), TOLD_SERVER);
});

test('control: a site that shows everything is noticed, and what is told in no mode is not told then', async ({
  browser,
}) => {
  const found = await searched(browser, 'data-mode="strict" data-show="*"');
  expectTold(
    found.filter(({ n }) => NEVER.includes(n)),
    [],
  );
  expectTold(
    found.filter(({ n }) => SHOWN_FIELDS.includes(n)),
    SHOWN_FIELDS,
  );
  const areas = by(found, areaOf);
  expect(areas.dom).toEqual(expect.arrayContaining([1, 29, 84, 290]));
  expect(areas.stage).toEqual(expect.arrayContaining([1, 29, 84, 290]));
  expect(areas.blob).toEqual(expect.arrayContaining([68, 213, 224]));
});

const hex = (text: string, before: string): string =>
  [...text].map((c) => before + c.charCodeAt(0).toString(16).padStart(2, '0')).join('');

const forms: Record<string, (text: string) => string> = {
  'as it is': (text) => text,
  'in capitals': (text) => text.toUpperCase(),
  'a piece': (text) => text.slice(5, 14),
  backwards: (text) => [...text].reverse().join(''),
  'percent-encoded': (text) => hex(text, '%'),
  'percent-encoded twice': (text) => hex(text, '%25'),
  hexadecimal: (text) => hex(text, ''),
  'escaped in JSON': (text) => `{"text": "${hex(text, '\\u00')}"}`,
  'escaped in CSS': (text) => `content: "${hex(text, '\\')}"`,
  'escaped in CSS, with spaces': (text) => hex(text, ' \\').slice(1),
  'as entities': (text) => [...text].map((c) => `&#${c.charCodeAt(0)};`).join(''),
  'split by tags': (text) => [...text].map((c) => `<b title="a">${c}</b>`).join(''),
  'split by spaces': (text) => [...text].join(' '),
  'in UTF-16': (text) => Buffer.from(text, 'utf16le').toString('latin1'),
  'in UTF-16, the other way round': (text) => Buffer.from(text, 'utf16le').swap16().toString('latin1'),
  'in UTF-16 and base64': (text) => Buffer.from(`ab${text}`, 'utf16le').toString('base64url'),
  'in base64 in a data address': (text) => encodeURIComponent(`data:,${Buffer.from(`+${text}`).toString('base64')}`),
  ...Object.fromEntries(
    [0, 1, 2].map((n) => [
      `in base64 behind ${n}`,
      (text: string) => Buffer.from('.'.repeat(n) + text).toString('base64'),
    ]),
  ),
};

test('control: a canary is found in every form that it could have, and nothing in what has none', () => {
  const search = new Search(numbers);
  for (const [name, form] of Object.entries(forms))
    for (const n of numbers.slice(0, 20))
      expect(
        search.in([{ where: '', text: `before ${form(canary(n))} behind` }]).map((one) => one.n),
        name,
      ).toEqual([n]);
  const noise = Buffer.from(Array.from({ length: 100_000 }, (_, i) => Math.imul(i, 2654435761) >>> 24));
  expect(search.in([{ where: '', text: noise.toString('latin1') + noise.toString('base64') }])).toEqual([]);
});
