// The Console panel: what the page said to its console.

import { ConsoleMethod } from '@ridealong/wire/entries';
import { useMemo, useReducer, useState } from 'preact/hooks';
import { Icon } from '../parts/icon.tsx';
import { Cell } from './cell.tsx';
import { consoleShown, isGroup, LEVELS, type Level, levelOf } from './console-view.ts';
import { ofTab, type PanelProps, tabOf, useRows } from './context.ts';
import { filterOf } from './filter.ts';
import { List, Time } from './list.tsx';
import { Chip, Chips, Empty, FilterField, Tool } from './parts.tsx';
import type { ConsolePanelRow, ConsoleRow } from './rows.ts';
import { parsePlace, shortPlace } from './stack.ts';
import { Stack } from './stack-view.tsx';
import { Opened, ValueTree } from './value-tree.tsx';
import { piecesOf, preview, type Table, tableOf } from './values.ts';
import { countOf, gapWords, leftOutWords } from './words.ts';

const ALL: readonly Level[] = LEVELS.map(([level]) => level);
const DEEPEST = 12;
const LONG = 1200;

export function ConsolePanel({ telemetry, dock, facts }: PanelProps) {
  const version = useRows(telemetry);
  const tab = tabOf({ dock, facts });
  const [levels, setLevels] = useState<ReadonlySet<Level>>(new Set(ALL));
  const [after, setAfter] = useState(0);
  const [follow, setFollow] = useState(true);
  const [opens, changed] = useReducer((n: number, _: null) => n + 1, 0);
  const opened = useMemo(() => new Opened(() => changed(null)), []);
  const typed = dock.filters.value.console ?? '';
  const filter = useMemo(() => filterOf(typed), [typed]);
  const collapsed = (row: ConsoleRow) =>
    (row.entry.method === ConsoleMethod.groupCollapsed) !== opened.has(`${row.key}`);
  const { rows, counts, hidden } = useMemo(
    () => consoleShown(ofTab(telemetry.console.slice(), tab), { levels, filter, after, collapsed }),
    [version, levels, filter, after, opens, tab],
  );
  const pick = (level: Level) => {
    const next = new Set(levels);
    if (!next.delete(level)) next.add(level);
    setLevels(next);
  };
  const toggle = (row: ConsolePanelRow, open?: boolean) => {
    if (row.type !== 'console' || !canOpen(row)) return;
    const path = `${row.key}`;
    if (open === undefined) opened.toggle(path);
    else opened.set(path, isGroup(row) ? (row.entry.method === ConsoleMethod.groupCollapsed) === open : open);
  };

  return (
    <>
      <div class="t-bar">
        <Tool
          icon="clear"
          name="Clear: hides what is older"
          onClick={() => setAfter(telemetry.console.last?.key ?? 0)}
        />
        <FilterField dock={dock} panel="console" filter={filter} />
        <Chips label="Levels">
          {LEVELS.map(([level, word]) => (
            <Chip key={level} on={levels.has(level)} onClick={() => pick(level)} tone={level} count={counts[level]}>
              {word}
            </Chip>
          ))}
        </Chips>
        <span class="t-note">
          {hidden > 0 && `${countOf(hidden)} hidden`}
          {telemetry.console.gone > 0 && ` ${countOf(telemetry.console.gone)} older ones are not kept`}
        </span>
        <Tool icon="follow" name="Stay at the newest line" on={follow} onClick={() => setFollow(!follow)} />
      </div>
      {rows.length === 0 ? (
        <Nothing some={telemetry.console.length > 0} />
      ) : (
        <List
          telemetry={telemetry}
          label="Console"
          testid="console-rows"
          rows={rows}
          height={24}
          measured
          follow={follow}
          onFollow={setFollow}
          classOf={(row) => (row.type === 'console' ? `c-row ${levelOf(row)}` : `c-row ${row.type}`)}
          onOpen={toggle}
          onSide={toggle}
        >
          {(row) => (
            <>
              <Time telemetry={telemetry} row={row} />
              <Line
                row={row}
                opened={opened}
                toggle={() => toggle(row)}
                collapsed={collapsed}
                resolver={telemetry.resolver}
              />
            </>
          )}
        </List>
      )}
      {!follow && rows.length > 0 && (
        <button type="button" class="t-newest" onClick={() => setFollow(true)} data-testid="newest">
          <Icon name="down" size={13} /> Newest
        </button>
      )}
    </>
  );
}

function Nothing({ some }: { some: boolean }) {
  return some ? (
    <Empty icon="filter" title="Nothing passes the filter">
      There are lines, but none of these levels with these words.
    </Empty>
  ) : (
    <Empty icon="console" title="No console output yet">
      What the customer’s page logs is shown here as it comes, as in DevTools: levels, objects, groups, tables, and
      where it came from.
    </Empty>
  );
}

function canOpen(row: ConsoleRow): boolean {
  return isGroup(row) || row.entry.stack !== '' || isLong(row);
}

function isLong({ entry: { values } }: ConsoleRow): boolean {
  return values.some(([, text]) => text.length > LONG);
}

interface LineProps {
  row: ConsolePanelRow;
  opened: Opened;
  toggle: () => void;
  collapsed: (row: ConsoleRow) => boolean;
  resolver: PanelProps['telemetry']['resolver'];
}

function Line(props: LineProps) {
  const { row } = props;
  if (row.type === 'gap') return <Aside icon="warn" text={gapWords(row.count)} />;
  if (row.type === 'leftOut') return <Aside icon="more" text={leftOutWords(row.entry)} />;
  if (row.type === 'page') return <Aside icon="arrow" text={row.url} />;
  return <Said {...props} row={row} />;
}

function Aside({ icon, text }: { icon: 'warn' | 'more' | 'arrow'; text: string }) {
  return (
    <Cell class="c-aside">
      <Icon name={icon} size={14} /> {text}
    </Cell>
  );
}

const ICONS: Record<Level, 'error' | 'warn' | null> = { error: 'error', warning: 'warn', info: null, verbose: null };
const WORDS: Record<Level, string> = { error: 'Error: ', warning: 'Warning: ', info: '', verbose: 'Verbose: ' };

function Said({ row, opened, toggle, collapsed, resolver }: LineProps & { row: ConsoleRow }) {
  const { entry, count } = row;
  const level = levelOf(row);
  const icon = ICONS[level];
  const place = parsePlace(entry.where);
  const group = isGroup(row);
  const open = group ? !collapsed(row) : opened.has(`${row.key}`);
  return (
    <>
      <Cell class="c-said" style={{ paddingLeft: `${Math.min(entry.depth, DEEPEST) * 14}px` }}>
        {canOpen(row) ? (
          <button
            type="button"
            class="v-toggle c-toggle"
            tabIndex={-1}
            aria-expanded={open}
            aria-label={group ? 'Group' : 'Stack'}
            onClick={toggle}
          >
            <span class={`v-mark ${open ? 'open' : ''}`} aria-hidden="true" />
          </button>
        ) : (
          <span class="c-toggle" />
        )}
        {icon && <Icon name={icon} size={14} />}
        {count > 1 && (
          <span class={`c-count ${level}`} title={`${countOf(count)} times`}>
            {count > 99_999 ? '99k+' : countOf(count)}
          </span>
        )}
        <span class={`c-text ${group ? 'c-group' : ''}`}>
          <span class="unseen">{WORDS[level]}</span>
          <Content row={row} opened={opened} open={open} />
          {open && entry.stack && !group && <Stack stack={entry.stack} resolver={resolver} />}
        </span>
      </Cell>
      <Cell class="c-where" title={entry.where || undefined}>
        {place ? shortPlace(place) : ''}
      </Cell>
    </>
  );
}

function Content({ row, opened, open }: { row: ConsoleRow; opened: Opened; open: boolean }) {
  const { method, values } = row.entry;
  if (method === ConsoleMethod.clear) return <em class="v-none">The page cleared its console</em>;
  const table = method === ConsoleMethod.table ? tableOf(values) : null;
  const pieces = piecesOf(values);
  return (
    <>
      {method === ConsoleMethod.assert && 'Assertion failed: '}
      {method === ConsoleMethod.trace && pieces.length === 0 && 'console.trace'}
      {table && <DataTable table={table} />}
      {pieces.map((piece, i) =>
        'value' in piece ? (
          <ValueTree key={i} value={piece.value} opened={opened} path={`${row.key}.${i}`} />
        ) : (
          <span key={i} style={piece.style}>
            {open || piece.text.length <= LONG ? piece.text : `${piece.text.slice(0, LONG)}…`}
          </span>
        ),
      )}
    </>
  );
}

function DataTable({ table }: { table: Table }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <span class="c-table-box" tabIndex={0}>
      <table class="c-table">
        <thead>
          <tr>
            <th scope="col">(index)</th>
            {table.columns.map((column) => (
              <th scope="col" key={column}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map(({ name, cells }, n) => (
            <tr key={n}>
              <th scope="row">{name || n}</th>
              {cells.map((cell, i) => (
                <td key={table.columns[i]}>{cell ? preview(cell, true) : ''}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {table.more > 0 && <span class="v-none">{countOf(table.more)} more rows</span>}
    </span>
  );
}
