// A long list of rows as a grid: the panels' one way to show rows. Only those in sight are in the document. Arrow keys, Home and End move,
// Enter opens, J shows the page at the row's moment. The selected row's moment is marked in all panels.
/* biome-ignore-all lint/a11y/useSemanticElements: a table cannot keep its rows short */
/* biome-ignore-all lint/a11y/useFocusableInteractive: the rows of the list take the focus, not the one above them */
/* biome-ignore-all lint/a11y/useKeyWithClickEvents: the grid listens to the keys */

import type { ComponentChildren } from 'preact';
import { memo } from 'preact/compat';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Icon } from '../parts/icon.tsx';
import { Cell } from './cell.tsx';
import type { Telemetry } from './model.ts';
import { type RowBase, wallOf } from './rows.ts';
import { useVirtual } from './virtual.ts';
import { clockOf, wallClock } from './words.ts';

interface ListProps<T extends RowBase> {
  telemetry: Telemetry;
  label: string;
  testid: string;
  rows: readonly T[];
  height: number;
  /** Rows may be higher than that. */
  measured?: boolean;
  /** Cells of the row that stands above. */
  head?: ComponentChildren;
  children: (row: T) => ComponentChildren;
  classOf?: (row: T) => string;
  onOpen?: (row: T) => void;
  /** Left and right arrow: close and open what is in the row. */
  onSide?: (row: T, open: boolean) => void;
  /** Stays at the newest row until one scrolls up. */
  follow?: boolean;
  onFollow?: (follow: boolean) => void;
  /** The row whose detail is shown. */
  opened?: number | null;
}

const NEAR_END = 24; // px

export function List<T extends RowBase>(props: ListProps<T>) {
  const { telemetry, height, measured, follow, onFollow } = props;
  const playhead = telemetry.playhead.value;
  const hides = playhead !== null && telemetry.hidesLater.value;
  const rows = hides ? props.rows.filter((row) => wallOf(row) <= playhead) : props.rows;
  const scroll = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState<number | null>(null);
  /** The row that the focus goes to once it is in the document. */
  const wanted = useRef<number | null>(null);
  const last = useRef({ top: 0, height: 0 });
  const at = useMemo(() => (active === null ? -1 : rows.findIndex(({ key }) => key === active)), [rows, active]);
  // Another function would have all heights counted anew.
  const keyOf = useCallback((i: number) => rows[i]?.key ?? -i, [rows]);
  const virtual = useVirtual({ count: rows.length, scroll, height, keyOf, held: at });
  const items = virtual.getVirtualItems();
  const moment = telemetry.moment.value;
  const jump = telemetry.jump.value;

  const newestAt = playhead === null ? rows.length - 1 : rows.findLastIndex((row) => wallOf(row) <= playhead);
  const newest = rows[newestAt]?.key;
  useLayoutEffect(() => {
    if (follow && newestAt >= 0) virtual.scrollToIndex(newestAt, { align: playhead === null ? 'end' : 'center' });
  }, [follow, newest]);
  useEffect(() => {
    if (!moment || rows.length === 0) return;
    onFollow?.(false);
    virtual.scrollToIndex(nearest(rows, telemetry.wallOfMoment(moment)), { align: 'center' });
  }, []);
  useLayoutEffect(() => {
    if (wanted.current === null || wanted.current !== active) return;
    const row = scroll.current?.querySelector<HTMLElement>('[data-active]');
    if (!row) return;
    wanted.current = null;
    row.focus({ preventScroll: true });
  });

  const select = (row: T) => {
    setActive(row.key);
    telemetry.moment.value = { tab: row.doc.tab, epoch: row.doc.epoch, at: row.at };
  };
  const move = (to: number) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, to))];
    if (!row) return;
    wanted.current = row.key;
    onFollow?.(false);
    select(row);
    virtual.scrollToIndex(rows.indexOf(row), { align: 'auto' });
  };
  const show = (row: T) => jump?.({ tab: row.doc.tab, epoch: row.doc.epoch, at: row.at });
  const press = (event: KeyboardEvent) => {
    if (event.target instanceof Element && event.target.getAttribute('role') !== 'row') return;
    if (event.metaKey || event.ctrlKey || event.altKey || event.shiftKey) return;
    const row = rows[at];
    const page = Math.max(1, Math.floor((scroll.current?.clientHeight ?? height) / height) - 1);
    const keys: Record<string, (() => void) | false | undefined> = {
      ArrowDown: () => move(at + 1),
      ArrowUp: () => move(at < 0 ? rows.length - 1 : at - 1),
      PageDown: () => move(at + page),
      PageUp: () => move(at - page),
      Home: () => move(0),
      End: () => move(rows.length - 1),
      Enter: row && props.onOpen && (() => props.onOpen?.(row)),
      ArrowRight: row && props.onSide && (() => props.onSide?.(row, true)),
      ArrowLeft: row && props.onSide && (() => props.onSide?.(row, false)),
      j: row && jump !== null && (() => show(row)),
    };
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  const scrolled = (box: HTMLDivElement) => {
    const before = last.current;
    last.current = { top: box.scrollTop, height: box.scrollHeight };
    const away = box.scrollHeight - box.clientHeight - box.scrollTop;
    if (
      follow &&
      (away > NEAR_END || playhead !== null) &&
      box.scrollTop < before.top &&
      box.scrollHeight === before.height
    )
      onFollow?.(false);
    if (!follow && away < 2 && box.scrollTop > before.top) onFollow?.(true);
  };

  const acts = useRef<Acts>(null as unknown as Acts);
  acts.current = {
    select: (row) => select(row as T),
    focus: (row) => row.key !== active && setActive(row.key),
    open: (row) => props.onOpen?.(row as T),
    show: (row) => show(row as T),
    click: (row) => {
      select(row as T);
      if (playhead !== null) show(row as T);
    },
  };
  // A row that was there may be another now.
  const stamp = telemetry.version.value;

  const tabStop = at >= 0 ? at : (items[0]?.index ?? 0);
  return (
    <div
      class={`t-grid ${props.testid} ${jump ? 'can-jump' : ''}`}
      role="grid"
      aria-label={props.label}
      aria-rowcount={rows.length + (props.head ? 1 : 0)}
      data-testid={props.testid}
      tabIndex={-1}
      ref={scroll}
      onKeyDown={press}
      onScroll={(event) => scrolled(event.currentTarget)}
    >
      {props.head && (
        <div role="rowgroup" class="t-head-group">
          <div class="t-row t-head" role="row" aria-rowindex={1}>
            {props.head}
          </div>
        </div>
      )}
      <div role="rowgroup" class="t-rows" style={{ height: `${virtual.getTotalSize()}px` }}>
        {items.map(({ index, key, start }) => {
          const row = rows[index];
          if (!row) return null;
          const marks = [
            props.classOf?.(row) ?? '',
            moment && telemetry.near(row, moment) ? 'near' : '',
            row.key === props.opened ? 'opened' : '',
            playhead !== null && wallOf(row) > playhead ? 'later' : '',
          ];
          return (
            <Row
              key={key}
              row={row}
              at={index}
              rowIndex={index + (props.head ? 2 : 1)}
              start={start}
              height={measured ? null : height}
              measure={measured ? virtual.measureElement : null}
              marks={marks.filter(Boolean).join(' ')}
              active={row.key === active}
              stop={index === tabStop}
              jumps={jump !== null}
              acts={acts}
              stamp={stamp}
              cells={props.children as (row: RowBase) => ComponentChildren}
            />
          );
        })}
      </div>
    </div>
  );
}

/** What a row does; the same object as long as the list is there. */
interface Acts {
  select(row: RowBase): void;
  focus(row: RowBase): void;
  open(row: RowBase): void;
  show(row: RowBase): void;
  /** Selects it; in a recording it shows the page at its moment too. */
  click(row: RowBase): void;
}

interface RowProps {
  row: RowBase;
  at: number;
  rowIndex: number;
  start: number;
  /** Null for a row that is as high as it is. */
  height: number | null;
  measure: ((element: HTMLElement | null) => void) | null;
  marks: string;
  active: boolean;
  /** Tab comes to this one. */
  stop: boolean;
  jumps: boolean;
  acts: { readonly current: Acts };
  stamp: number;
  cells: (row: RowBase) => ComponentChildren;
}

/** One row; made anew only when something of it is another: while one scrolls, nothing of most rows is. */
const Row = memo(function Row(props: RowProps) {
  const { row, marks, active, acts, height } = props;
  return (
    <div
      role="row"
      class={`t-row ${marks}`}
      aria-rowindex={props.rowIndex}
      aria-selected={active}
      tabIndex={props.stop ? 0 : -1}
      data-index={props.at}
      data-active={active ? '' : undefined}
      ref={props.measure}
      style={{ transform: `translateY(${props.start}px)`, ...(height !== null && { height: `${height}px` }) }}
      onClick={(event) => {
        const inner = event.target instanceof Element && event.target.closest('button, a, input');
        if (inner) acts.current.select(row);
        else acts.current.click(row);
      }}
      onFocus={(event) => event.target === event.currentTarget && acts.current.focus(row)}
      onDblClick={() => acts.current.open(row)}
    >
      {props.cells(row)}
      {props.jumps && (
        <Cell class="t-jump">
          <button
            type="button"
            tabIndex={-1}
            title="Show the page at this moment (J)"
            aria-label="Show the page at this moment"
            onClick={() => acts.current.show(row)}
          >
            <Icon name="eye" size={14} />
          </button>
        </Cell>
      )}
    </div>
  );
});

/** The cell with a row's time: since the first entry; the time of day in the tip. */
export function Time({ telemetry, row }: { telemetry: Telemetry; row: RowBase }) {
  const wall = wallOf(row);
  return (
    <Cell class="t-time" title={wallClock(wall)}>
      {clockOf(wall - telemetry.zero)}
    </Cell>
  );
}

function nearest(rows: readonly RowBase[], wall: number): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  rows.forEach((row, i) => {
    const away = Math.abs(wallOf(row) - wall);
    if (away < least) {
      least = away;
      best = i;
    }
  });
  return best;
}
