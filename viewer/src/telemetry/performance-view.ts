// The figures of the Performance panel as series and cards. Pure.

import { Rating } from '@ridealong/wire/entries';
import type { Series } from './chart.tsx';
import type { LinkSample } from './model.ts';
import { type GaugeRow, type VitalRow, wallOf } from './rows.ts';
import { countOf, sizeOf } from './words.ts';

export const VITALS: readonly [name: string, what: string][] = [
  ['LCP', 'Largest contentful paint'],
  ['INP', 'Interaction to next paint'],
  ['CLS', 'Cumulative layout shift'],
  ['FCP', 'First contentful paint'],
  ['TTFB', 'Time to first byte'],
];

export const RATINGS: Record<number, [word: string, tone: string]> = {
  [Rating.good]: ['Good', 'good'],
  [Rating.middling]: ['Needs improvement', 'middling'],
  [Rating.poor]: ['Poor', 'poor'],
};

export function vitalValue(name: string, value: number): string {
  if (name === 'CLS') return (value / 1000).toFixed(3);
  const ms = value / 1000;
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`;
}

/** The newest of each, of the newest document that has any. */
export function vitalsOf(rows: readonly VitalRow[], tab: number | null): Map<string, VitalRow> {
  const newest = new Map<string, VitalRow>();
  const last = rows.findLast((row) => tab === null || row.doc.tab === tab);
  for (const row of rows) if (row.doc === last?.doc) newest.set(row.entry.name, row);
  return newest;
}

const KEPT = 3600;
const KIB = 1024;

const whole = (n: number) => countOf(Math.round(n));

export function gaugeSeries(all: readonly GaugeRow[], zero: number): { rows: readonly GaugeRow[]; series: Series[] } {
  const rows = all.slice(-KEPT).sort((a, b) => wallOf(a) - wallOf(b));
  const xs = rows.map((row) => (wallOf(row) - zero) / 1000);
  const of = (take: (row: GaugeRow) => number | null) => rows.map(take);
  const soon = 'Measured every few seconds; nothing has come yet.';
  const none = (words: string) => (rows.length === 0 ? soon : words);
  return {
    rows,
    series: [
      {
        title: 'Frames per second',
        xs,
        ys: of(({ entry }) => (entry.frames > 0 ? entry.frames / 10 : null)),
        colour: '--s-frames',
        format: whole,
        none: none('Not measured: the page was not in sight.'),
        least: 60,
      },
      {
        title: 'Memory of the scripts',
        xs,
        ys: of(({ entry }) => (entry.used > 0 ? entry.used * KIB : null)),
        colour: '--s-memory',
        format: sizeOf,
        none: none('This browser does not tell a page how much memory it takes.'),
      },
      {
        title: 'Elements',
        xs,
        ys: of(({ entry }) => (entry.nodes > 0 ? entry.nodes : null)),
        colour: '--s-nodes',
        format: whole,
        none: none('Not told.'),
      },
      {
        title: 'Long tasks',
        xs,
        ys: of(({ entry }) => entry.busy),
        colour: '--s-busy',
        format: (n) => `${whole(n)} ms`,
        none: soon,
        least: 100,
      },
      {
        title: 'Waiting for the line',
        xs,
        ys: of(({ entry }) => entry.backlog),
        colour: '--s-link',
        format: sizeOf,
        none: soon,
        least: 1000,
      },
    ],
  };
}

/** The round trip, with the places where the connection went over another path. */
export function linkSeries(samples: readonly LinkSample[], zero: number, words: (rung: string) => string): Series {
  const marks: { x: number; text: string }[] = [];
  let rung: string | null = null;
  const start = zero || samples[0]?.at || 0;
  for (const sample of samples) {
    if (sample.rung !== rung && sample.rung !== null) {
      if (rung !== null) marks.push({ x: (sample.at - start) / 1000, text: words(sample.rung) });
      rung = sample.rung;
    }
  }
  return {
    title: 'Round trip to the customer',
    xs: samples.map(({ at }) => (at - start) / 1000),
    ys: samples.map(({ roundTrip }) => roundTrip),
    colour: '--s-link',
    format: (n) => `${whole(n)} ms`,
    none: 'Measured once the customer’s browser answers.',
    least: 50,
    marks,
  };
}
