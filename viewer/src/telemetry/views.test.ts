// Which rows the console shows, the environment's groups, and the words of the panels.

import { ConsoleMethod, LeftOut } from '@ridealong/wire/entries';
import { expect, test } from 'vitest';
import { type ConsoleWish, consoleShown, LEVELS } from './console-view.ts';
import { batch, entry } from './entries-of-tests.ts';
import { groupsOf, wordsOf } from './environment-view.ts';
import { filterOf } from './filter.ts';
import { Telemetry } from './model.ts';
import { lineOf } from './values.ts';
import { clockOf, leftOutWords, sizeOf, spanOf } from './words.ts';

const line = (text: string, depth = 0, method: number = ConsoleMethod.log) =>
  entry('console', 1, { method, depth, values: [[5, text, 0]] });

function shown(entries: Parameters<typeof batch>[1], wish: Partial<ConsoleWish> = {}): string[] {
  const telemetry = new Telemetry((run) => run());
  telemetry.take(batch(1, entries));
  const levels = new Set(LEVELS.map(([level]) => level));
  const all: ConsoleWish = {
    levels,
    filter: filterOf(''),
    after: 0,
    collapsed: (row) => row.entry.method === ConsoleMethod.groupCollapsed,
    ...wish,
  };
  return consoleShown(telemetry.console.slice(), all).rows.map((row) =>
    row.type === 'console' ? lineOf(row) : row.type,
  );
}

const GROUPS = [
  line('a'),
  line('shut', 0, ConsoleMethod.groupCollapsed),
  line('b', 1),
  line('inner', 1, ConsoleMethod.group),
  line('c', 2),
  line('', 1, ConsoleMethod.groupEnd),
  line('', 0, ConsoleMethod.groupEnd),
  line('open', 0, ConsoleMethod.group),
  line('d', 1),
  line('', 0, ConsoleMethod.groupEnd),
  line('e'),
];

test('a collapsed group hides what is in it, and only that', () => {
  expect(shown(GROUPS)).toEqual(['a', 'shut', 'open', 'd', 'e']);
  expect(shown(GROUPS, { collapsed: () => false })).toEqual(['a', 'shut', 'b', 'inner', 'c', 'open', 'd', 'e']);
});

test('what is searched for is found in collapsed groups too', () => {
  expect(shown(GROUPS, { filter: filterOf('c') })).toEqual(['c']);
});

test('levels are those of DevTools', () => {
  const all = [
    line('e', 0, ConsoleMethod.error),
    line('a', 0, ConsoleMethod.assert),
    line('w', 0, 2),
    line('i'),
    line('v', 0, 4),
  ];
  expect(shown(all, { levels: new Set(['error']) })).toEqual(['e', 'Assertion failed: a']);
  expect(shown(all, { levels: new Set(['verbose', 'warning']) })).toEqual(['w', 'v']);
});

test('the environment: the newest counts, known names have their groups and their form', () => {
  const telemetry = new Telemetry((run) => run());
  const pairs = (...values: [string, string][]) => entry('environment', 1, { values });
  telemetry.take(
    batch(1, [
      pairs(
        ['screen.width', '1920'],
        ['screen.height', '1080'],
        ['online', 'true'],
        ['zoom', '1.5'],
        ['someThing', 'x'],
        ['__proto__.x', 'y'],
      ),
      pairs(['online', 'false']),
    ]),
  );
  const facts = { environment: { timeZone: 'Africa/Lagos' }, viewport: null, page: null };
  const rows = groupsOf(facts, telemetry.environment.slice()).flatMap(({ group, rows }) =>
    rows.map((row) => [group, ...row]),
  );
  expect(rows).toEqual([
    ['Browser', 'Time zone', 'Africa/Lagos'],
    ['Screen', 'Screen', '1920 × 1080'],
    ['Screen', 'Zoom', '150 %'],
    ['Network', 'Online', 'No'],
    ['Other', 'Some thing', 'x'],
    ['Other', 'Proto .x', 'y'],
  ]);
  expect(telemetry.environment.slice().map(({ whole }) => whole)).toEqual([true, false]);
  expect(groupsOf({ environment: null, viewport: null, page: null }, [])).toEqual([]);
  expect(wordsOf('reduced-motion')).toBe('Reduced motion');
});

test.each([
  [0, '00:00.000'],
  [127_348, '02:07.348'],
  [3_723_004, '1:02:03.004'],
  [-5, '−00:00.005'],
  [Number.NaN, '00:00.000'],
  [Number.POSITIVE_INFINITY, '00:00.000'],
])('%d ms is %s', (ms, clock) => expect(clockOf(ms)).toBe(clock));

test('figures', () => {
  expect([4, 124, 15_300, 900_000].map(spanOf)).toEqual(['0.4 ms', '12 ms', '1.53 s', '1.5 min']);
  expect([0, 999, 1000, 188_740, 4.2e9].map(sizeOf)).toEqual(['0 B', '999 B', '1.0 kB', '189 kB', '4.2 GB']);
});

test('what was left out is said with how many of each, and the last', () => {
  const { entries } = batch(1, [
    entry('leftOut', 1, {
      kind: LeftOut.console,
      count: 2311,
      since: 10_000,
      texts: [
        ['log', '2300'],
        ['error', '11'],
        ['last', 'saved'],
      ],
    }),
    entry('leftOut', 1, { kind: LeftOut.happenings, count: 1, texts: [['1', '1']] }),
  ]);
  expect(entries.map((one) => one.type === 'leftOut' && leftOutWords(one))).toEqual([
    '2,311 lines were left out within 1.00 s, too many at once: 2300 log, 11 error; the last: saved',
    '1 event was left out, too many at once: 1 click',
  ]);
});
