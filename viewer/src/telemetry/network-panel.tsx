// The Network panel: what the page asked of servers, as a table with a waterfall, and the detail of one.

import { useMemo, useState } from 'preact/hooks';
import { Icon } from '../parts/icon.tsx';
import { Cell, HeadCell } from './cell.tsx';
import { ofTab, type PanelProps, tabOf, useRows } from './context.ts';
import { filterOf } from './filter.ts';
import { harOf } from './har.ts';
import { List, Time } from './list.tsx';
import { NetworkDetail } from './network-detail.tsx';
import { type Column, endOf, type NetworkShown, networkShown, STATUS_WISHES, type StatusWish } from './network-view.ts';
import { Chip, Chips, Empty, FilterField, Tool } from './parts.tsx';
import {
  hostOf,
  KINDS,
  type Kind,
  lastedOf,
  methodOf,
  movedOf,
  nameOf,
  phasesOf,
  stateOf,
  statusOf,
  type Traffic,
  typeOf,
  urlOf,
} from './request.ts';
import { type NetworkPanelRow, wallOf } from './rows.ts';
import { saveFile } from './save.ts';
import { countOf, gapWords, leftOutWords, sizeOf, spanOf } from './words.ts';

const COLUMNS: readonly [Column, string][] = [
  ['name', 'Name'],
  ['method', 'Method'],
  ['status', 'Status'],
  ['type', 'Type'],
  ['size', 'Size'],
  ['time', 'Time'],
];

export function NetworkPanel({ telemetry, dock, facts }: PanelProps) {
  const version = useRows(telemetry);
  const tab = tabOf({ dock, facts });
  const [kinds, setKinds] = useState<ReadonlySet<Kind>>(new Set());
  const [status, setStatus] = useState<StatusWish>('all');
  const [sort, setSort] = useState<Column>('start');
  const [down, setDown] = useState(false);
  const [after, setAfter] = useState(0);
  const [opened, setOpened] = useState<Traffic | null>(null);
  const typed = dock.filters.value.network ?? '';
  const filter = useMemo(() => filterOf(typed), [typed]);
  const shown = useMemo(
    () => networkShown(ofTab(telemetry.network.slice(), tab), { kinds, status, filter, after, sort, down }),
    [version, kinds, status, filter, after, sort, down, tab],
  );
  const pick = (kind: Kind) => {
    const next = new Set(kinds);
    if (!next.delete(kind)) next.add(kind);
    setKinds(next);
  };
  const sortBy = (column: Column) => {
    setDown(sort === column && !down);
    setSort(sort === column && down ? 'start' : column);
  };
  const open = (row: NetworkPanelRow) => row.type !== 'gap' && row.type !== 'leftOut' && setOpened(row);

  return (
    <>
      <div class="t-bar">
        <Tool
          icon="clear"
          name="Clear: hides what is older"
          onClick={() => setAfter(lastKey(telemetry.network.slice()))}
        />
        <FilterField dock={dock} panel="network" filter={filter} />
        <Chips label="Types">
          <Chip on={kinds.size === 0} onClick={() => setKinds(new Set())}>
            All
          </Chip>
          {KINDS.map(([kind, word]) => (
            <Chip key={kind} on={kinds.has(kind)} onClick={() => pick(kind)}>
              {word}
            </Chip>
          ))}
        </Chips>
        <select
          class="t-select"
          aria-label="Status"
          value={status}
          onChange={(event) => setStatus(event.currentTarget.value as StatusWish)}
        >
          {STATUS_WISHES.map(([value, word]) => (
            <option key={value} value={value}>
              {word}
            </option>
          ))}
        </select>
        <button
          type="button"
          class="t-button"
          disabled={shown.traffic.length === 0}
          title="Save what the filter shows as an HTTP archive"
          onClick={() => saveFile('ridealong.har', 'application/json', JSON.stringify(harOf(shown.traffic), null, 1))}
          data-testid="har"
        >
          <Icon name="download" size={14} /> HAR
        </button>
      </div>
      <div class="t-split">
        <div class={`t-split-main ${opened ? 'narrow' : ''}`}>
          {shown.rows.length === 0 ? (
            <Nothing some={telemetry.network.length > 0} />
          ) : (
            <List
              telemetry={telemetry}
              label="Requests"
              testid="network-rows"
              rows={shown.rows}
              height={26}
              head={<Head sort={sort} down={down} sortBy={sortBy} />}
              classOf={(row) => `n-row ${row.type === 'gap' || row.type === 'leftOut' ? 'aside' : stateOf(row)}`}
              onOpen={open}
              opened={opened?.key ?? null}
            >
              {(row) => <Cells row={row} shown={shown} telemetry={telemetry} open={open} />}
            </List>
          )}
          <Sums shown={shown} gone={telemetry.network.gone} />
        </div>
        {opened && (
          <NetworkDetail row={opened} telemetry={telemetry} version={version} onClose={() => setOpened(null)} />
        )}
      </div>
    </>
  );
}

function lastKey(rows: readonly NetworkPanelRow[]): number {
  return rows.reduce((last, { key }) => Math.max(last, key), 0);
}

function Nothing({ some }: { some: boolean }) {
  return some ? (
    <Empty icon="filter" title="Nothing passes the filter">
      There are requests, but none of this type and status with these words.
    </Empty>
  ) : (
    <Empty icon="network" title="No requests yet">
      Calls of the page’s scripts, sockets, and the files that the page loads are shown here with their status, size and
      timing. So far there were none.
    </Empty>
  );
}

function Head({ sort, down, sortBy }: { sort: Column; down: boolean; sortBy: (column: Column) => void }) {
  const cell = (column: Column, word: string) => (
    <HeadCell
      key={column}
      class={`n-${column}`}
      aria-sort={sort === column ? (down ? 'descending' : 'ascending') : undefined}
    >
      <button type="button" class="n-sort" onClick={() => sortBy(column)}>
        {word}
        {sort === column && <Icon name={down ? 'down' : 'up'} size={12} />}
      </button>
    </HeadCell>
  );
  return (
    <>
      {COLUMNS.map(([column, word]) => cell(column, word))}
      {cell('start', 'Started')}
      <HeadCell class="n-fall">Waterfall</HeadCell>
    </>
  );
}

interface CellsProps {
  row: NetworkPanelRow;
  shown: NetworkShown;
  telemetry: PanelProps['telemetry'];
  open: (row: NetworkPanelRow) => void;
}

function Cells({ row, shown, telemetry, open }: CellsProps) {
  if (row.type === 'gap' || row.type === 'leftOut')
    return (
      <Cell class="c-aside n-aside" aria-colspan={8}>
        <Icon name={row.type === 'gap' ? 'warn' : 'more'} size={14} />
        {row.type === 'gap' ? gapWords(row.count) : leftOutWords(row.entry)}
      </Cell>
    );
  const { bytes, words } = movedOf(row);
  const lasted = lastedOf(row);
  const status = statusOf(row);
  return (
    <>
      <Cell class="n-name" title={urlOf(row)}>
        <button type="button" class="n-open" tabIndex={-1} onClick={() => open(row)}>
          {nameOf(row)}
        </button>
        <span class="n-host">{hostOf(row)}</span>
      </Cell>
      <Cell class="n-method">{methodOf(row)}</Cell>
      <Cell class="n-status" title={status}>
        {stateOf(row) === 'failed' && <Icon name="error" size={13} />}
        {status}
      </Cell>
      <Cell class="n-type">{typeOf(row)}</Cell>
      <Cell class="n-size">{words || (bytes === null ? '–' : sizeOf(bytes))}</Cell>
      <Cell class="n-time">{lasted === null ? '–' : spanOf(lasted)}</Cell>
      <Time telemetry={telemetry} row={row} />
      <Waterfall row={row} from={shown.from} to={shown.to} />
    </>
  );
}

/** Its time within that of all; its phases within that. */
function Waterfall({ row, from, to }: { row: Traffic; from: number; to: number }) {
  const all = Math.max(1, to - from);
  const begun = wallOf(row);
  const ended = endOf(row, to);
  const percent = (ms: number) => `${Math.min(100, Math.max(0, (ms / all) * 100)).toFixed(2)}%`;
  const lasted = (ended - begun) * 10;
  return (
    <Cell class="n-fall">
      <span class="n-fall-bar" style={{ left: percent(begun - from), width: percent(ended - begun) }}>
        {phasesOf(row).map(({ tone, from: start, to: end }) => (
          <i
            key={tone}
            class={`p-${tone}`}
            style={{
              left: `${((Math.min(start, lasted) / Math.max(1, lasted)) * 100).toFixed(2)}%`,
              width: `${(((Math.min(end, lasted) - Math.min(start, lasted)) / Math.max(1, lasted)) * 100).toFixed(2)}%`,
            }}
          />
        ))}
      </span>
    </Cell>
  );
}

function Sums({ shown, gone }: { shown: NetworkShown; gone: number }) {
  const { traffic, all, bytes, failed } = shown;
  const some = traffic.length === all ? countOf(all) : `${countOf(traffic.length)} of ${countOf(all)}`;
  return (
    <div class="t-sums">
      <span>{some} requests</span>
      <span>{sizeOf(bytes)} transferred</span>
      {failed > 0 && <span class="bad">{countOf(failed)} failed</span>}
      {gone > 0 && <span>{countOf(gone)} older ones are not kept</span>}
    </div>
  );
}
