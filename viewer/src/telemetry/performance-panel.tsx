// The Performance panel: web vitals, how smooth the page runs, what kept it from answering, and the line to the customer.

import { useMemo } from 'preact/hooks';
import { RUNGS } from '../live/rung.tsx';
import { Cell, HeadCell } from './cell.tsx';
import { Chart } from './chart.tsx';
import { type PanelProps, useRows } from './context.ts';
import { List, Time } from './list.tsx';
import { gaugeSeries, linkSeries, RATINGS, VITALS, vitalsOf, vitalValue } from './performance-view.ts';
import type { TaskRow, VitalRow } from './rows.ts';
import { parsePlace, shortPlace } from './stack.ts';
import { countOf, spanOf } from './words.ts';

export function PerformancePanel({ telemetry, facts }: PanelProps) {
  const version = useRows(telemetry);
  const tab = facts.shown;
  const { zero } = telemetry;
  const mine = (row: { doc: { tab: number } }) => tab === null || row.doc.tab === tab;
  const gauges = useMemo(() => gaugeSeries(telemetry.gauges.slice().filter(mine), zero), [version, tab]);
  const link = useMemo(() => linkSeries(telemetry.link.slice(), zero, rungWord), [version]);
  const vitals = useMemo(() => vitalsOf(telemetry.vitals.slice(), tab), [version, tab]);
  const tasks = useMemo(() => telemetry.tasks.slice(), [version]);
  const moment = telemetry.moment.value;
  const at = moment ? (telemetry.wallOfMoment(moment) - zero) / 1000 : null;
  const pick = (i: number) => {
    const row = gauges.rows[i];
    if (row) telemetry.moment.value = { tab: row.doc.tab, epoch: row.doc.epoch, at: row.at };
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="t-performance" tabIndex={0} aria-label="Performance" data-testid="performance">
      <section class="f-vitals" aria-label="Web vitals">
        {VITALS.map(([name, what]) => (
          <Vital key={name} name={name} what={what} row={vitals.get(name)} />
        ))}
      </section>
      <section class="f-charts" aria-label="Charts">
        {[...gauges.series.slice(0, 4)].map((series) => (
          <Chart key={series.title} series={series} moment={at} onPick={pick} />
        ))}
        <Chart series={link} moment={at} />
        {gauges.series.slice(4).map((series) => (
          <Chart key={series.title} series={series} moment={at} onPick={pick} />
        ))}
      </section>
      <section class="f-tasks" aria-label="Long tasks">
        <h3>
          What kept the page from answering <span class="t-count">{countOf(tasks.length)}</span>
        </h3>
        {tasks.length === 0 ? (
          <p class="t-quiet">
            Tasks over 50 ms and frames that took long are listed here with the scripts behind them. There were none, or
            the customer’s browser does not tell.
          </p>
        ) : (
          <div class="f-task-list" style={{ height: `${Math.min(tasks.length, 7) * 28 + 30}px` }}>
            <List
              telemetry={telemetry}
              label="Long tasks"
              testid="task-rows"
              rows={tasks}
              height={28}
              head={<Head />}
              classOf={({ entry }) => `f-row ${entry.duration >= 2000 ? 'poor' : ''}`}
            >
              {(row) => (
                <>
                  <Time telemetry={telemetry} row={row} />
                  <Task row={row} />
                </>
              )}
            </List>
          </div>
        )}
      </section>
    </section>
  );
}

function rungWord(rung: string): string {
  return Object.hasOwn(RUNGS, rung) ? RUNGS[rung as keyof typeof RUNGS].word : 'another path';
}

function Vital({ name, what, row }: { name: string; what: string; row: VitalRow | undefined }) {
  const [word, tone] = (row && RATINGS[row.entry.rating]) ?? ['Not measured yet', 'none'];
  return (
    <div class={`f-vital ${tone}`} title={row?.entry.detail ? `${what}\n${row.entry.detail.slice(0, 500)}` : what}>
      <span class="f-vital-name">
        {name}
        <small>{what}</small>
      </span>
      <b>{row ? vitalValue(name, row.entry.value) : '–'}</b>
      <span class="f-vital-word">{word}</span>
      {row?.entry.detail && <span class="f-vital-detail">{row.entry.detail.slice(0, 200)}</span>}
    </div>
  );
}

function Head() {
  return (
    <>
      {['Time', 'Lasted', 'Blocked', 'Kind', 'Scripts'].map((word) => (
        <HeadCell key={word}>{word}</HeadCell>
      ))}
    </>
  );
}

function Task({ row: { entry } }: { row: TaskRow }) {
  const scripts = entry.scripts.slice(0, 8).map(([place, lasted]) => {
    const where = parsePlace(place);
    const span = Number(lasted);
    return `${where ? shortPlace(where) : place.slice(0, 80)}${Number.isFinite(span) && span > 0 ? ` ${spanOf(span)}` : ''}`;
  });
  const full = entry.scripts.slice(0, 8).map(([place]) => place);
  return (
    <>
      <Cell class="f-lasted">{spanOf(entry.duration)}</Cell>
      <Cell>{entry.blocking > 0 ? spanOf(entry.blocking) : '–'}</Cell>
      <Cell>{entry.frame ? 'Long frame' : 'Long task'}</Cell>
      <Cell class="f-scripts" title={full.join('\n')}>
        {scripts.join(', ') || 'not told'}
      </Cell>
    </>
  );
}
