// A small chart over time, in the theme's colours. The library is loaded with the first one.

import { useEffect, useRef, useState } from 'preact/hooks';
import type uPlot from 'uplot';
import { theme } from '../theme/theme.ts';

export interface Series {
  title: string;
  /** Seconds since the first entry. */
  xs: readonly number[];
  /** Null where it was not measured. */
  ys: readonly (number | null)[];
  /** A token of panels.css. */
  colour: string;
  format: (value: number) => string;
  /** Why there may be nothing. */
  none: string;
  /** The range that is always shown. */
  least?: number;
  /** Places on the axis that say something. */
  marks?: readonly { x: number; text: string }[];
}

const HEIGHT = 96;

type Plot = typeof uPlot;

let library: Promise<Plot> | undefined;

export function Chart({
  series,
  moment,
  onPick,
}: {
  series: Series;
  moment: number | null;
  onPick?: (i: number) => void;
}) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const newest = useRef({ series, moment, onPick });
  newest.current = { series, moment, onPick };
  const [failed, setFailed] = useState(false);
  const dark = useDark();
  const known = series.ys.filter((y): y is number => y !== null);
  const some = known.length > 0;
  useEffect(() => {
    if (!some) return;
    let gone = false;
    library ??= import('uplot').then((chunk) => chunk.default);
    library.then(
      (Lib) => {
        const box = host.current;
        if (gone || !box) return;
        plot.current = new Lib(optionsOf(box, newest), dataOf(newest.current.series), box);
      },
      () => {
        library = undefined;
        setFailed(true);
      },
    );
    const watch = new ResizeObserver(([entry]) => {
      if (entry) plot.current?.setSize({ width: Math.max(80, Math.floor(entry.contentRect.width)), height: HEIGHT });
    });
    if (host.current) watch.observe(host.current);
    return () => {
      gone = true;
      watch.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, [some, dark]);
  useEffect(() => plot.current?.setData(dataOf(series)), [series]);
  useEffect(() => plot.current?.redraw(false), [moment]);
  const now = known[known.length - 1];
  const spoken =
    now === undefined
      ? series.none
      : `now ${series.format(now)}, lowest ${series.format(least(known))}, highest ${series.format(most(known))}`;
  return (
    <figure class="t-chart">
      <figcaption>
        <span>{series.title}</span>
        <b>{now === undefined ? '' : series.format(now)}</b>
      </figcaption>
      {some && !failed ? (
        <div class="t-plot" ref={host} role="img" aria-label={`${series.title}: ${spoken}`} />
      ) : (
        <p class="t-plot-none">{failed ? 'The chart did not load.' : series.none}</p>
      )}
    </figure>
  );
}

function least(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
}

function most(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
}

function dataOf({ xs, ys }: Series): uPlot.AlignedData {
  return [[...xs], [...ys]];
}

type Newest = { current: { series: Series; moment: number | null; onPick?: ((i: number) => void) | undefined } };

function optionsOf(box: HTMLElement, newest: Newest): uPlot.Options {
  const { series } = newest.current;
  const style = getComputedStyle(box);
  const token = (name: string) => style.getPropertyValue(name).trim();
  const ink = token('--ink-3');
  const line = token(series.colour);
  const axis = {
    stroke: ink,
    grid: { stroke: token('--line'), width: 1 },
    ticks: { show: false },
    font: `10px ${style.fontFamily}`,
  };
  return {
    width: Math.max(80, box.clientWidth),
    height: HEIGHT,
    padding: [6, 6, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { size: 6 }, drag: { x: false, y: false }, sync: { key: 'telemetry' } },
    scales: {
      x: { time: false },
      y: { range: (_, low, high) => [Math.min(0, low), Math.max(series.least ?? 1, high * 1.1)] },
    },
    axes: [
      { ...axis, size: 20, gap: 2, space: 60, values: (_, ticks) => ticks.map(minutes) },
      { ...axis, size: 48, gap: 4, space: 26, values: (_, ticks) => ticks.map(series.format) },
    ],
    series: [
      {},
      {
        stroke: line,
        width: 1.5,
        fill: `${line}22`,
        points: { show: (plot) => plot.data[0].length < 3, size: 5 },
        spanGaps: false,
      },
    ],
    hooks: {
      draw: [(plot) => drawMarks(plot, newest.current, ink, token('--accent'))],
      ready: [
        (plot) =>
          plot.over.addEventListener(
            'click',
            () => plot.cursor.idx != null && newest.current.onPick?.(plot.cursor.idx),
          ),
      ],
    },
  };
}

function drawMarks(plot: uPlot, { series, moment }: Newest['current'], ink: string, accent: string): void {
  const { ctx, bbox } = plot;
  const line = (x: number, colour: string, text = '', row = 0) => {
    const left = Math.round(plot.valToPos(x, 'x', true));
    if (left < bbox.left || left > bbox.left + bbox.width) return;
    ctx.fillStyle = colour;
    ctx.fillRect(left, bbox.top, devicePixelRatio, bbox.height);
    if (text) ctx.fillText(text, left + 4 * devicePixelRatio, bbox.top + (10 + row * 12) * devicePixelRatio);
  };
  ctx.save();
  ctx.textAlign = 'left';
  ctx.font = `${10 * devicePixelRatio}px sans-serif`;
  for (const [i, { x, text }] of (series.marks ?? []).entries()) line(x, ink, text, i % 2); // in two rows: they may be near
  if (moment !== null) line(moment, accent);
  ctx.restore();
}

function minutes(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, '0')}`;
}

/** Whether the theme is dark: what is drawn on a canvas does not follow the style sheet. */
function useDark(): boolean {
  const [system, setSystem] = useState(() => matchMedia('(prefers-color-scheme: dark)').matches);
  useEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)');
    const turn = () => setSystem(query.matches);
    query.addEventListener('change', turn);
    return () => query.removeEventListener('change', turn);
  }, []);
  return theme.value === 'system' ? system : theme.value === 'dark';
}
