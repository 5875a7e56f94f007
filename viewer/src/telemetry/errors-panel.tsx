// The Errors panel: all that went wrong, each once, and the detail of one.

import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { IconButton } from '../parts/button.tsx';
import { CopyButton } from '../parts/copy.tsx';
import { Icon } from '../parts/icon.tsx';
import { Cell } from './cell.tsx';
import { ofTab, type PanelProps, tabOf, useRows } from './context.ts';
import { kindWords, placeOf, stackOf, titleOf, whereOf } from './error-words.ts';
import { filterOf } from './filter.ts';
import { List, Time } from './list.tsx';
import type { Telemetry } from './model.ts';
import { Told } from './network-detail.tsx';
import { OwnMap } from './own-map.tsx';
import { Chip, Chips, Empty, FilterField } from './parts.tsx';
import type { ErrorPanelRow, ErrorRow } from './rows.ts';
import { wallOf } from './rows.ts';
import { parseStack } from './stack.ts';
import { Stack } from './stack-view.tsx';
import { clockOf, countOf, leftOutWords, wallClock } from './words.ts';

const SOURCES = [
  ['failure', 'Exceptions'],
  ['request', 'Requests'],
  ['console', 'Console'],
] as const;

type Source = (typeof SOURCES)[number][0];

function sourceOf(row: ErrorRow): Source {
  return row.source === 'document' ? 'request' : row.source;
}

export function ErrorsPanel({ telemetry, dock, facts }: PanelProps) {
  const version = useRows(telemetry);
  const tab = tabOf({ dock, facts });
  const [source, setSource] = useState<Source | null>(null);
  const [opened, setOpened] = useState<ErrorRow | null>(null);
  const [follow, setFollow] = useState(true);
  const typed = dock.filters.value.errors ?? '';
  const filter = useMemo(() => filterOf(typed), [typed]);
  const { rows, counts } = useMemo(() => {
    const counts = { failure: 0, request: 0, console: 0 };
    const rows = ofTab(telemetry.errors.slice(), tab).filter((row) => {
      if (row.type !== 'error') return filter.empty && source === null;
      counts[sourceOf(row)]++;
      if (source !== null && sourceOf(row) !== source) return false;
      return filter.empty || filter.matches(`${kindWords(row)} ${titleOf(row)} ${whereOf(row)}`);
    });
    rows.sort((a, b) => wallOf(a) - wallOf(b) || a.key - b.key);
    return { rows, counts };
  }, [version, filter, source, tab]);
  const open = (row: ErrorPanelRow) => row.type === 'error' && setOpened(row);
  return (
    <>
      <div class="t-bar">
        <FilterField dock={dock} panel="errors" filter={filter} />
        <Chips label="Kinds">
          <Chip on={source === null} onClick={() => setSource(null)}>
            All
          </Chip>
          {SOURCES.map(([one, word]) => (
            <Chip
              key={one}
              on={source === one}
              onClick={() => setSource(source === one ? null : one)}
              count={counts[one]}
            >
              {word}
            </Chip>
          ))}
        </Chips>
        <span class="t-note">
          {telemetry.errors.gone > 0 && `${countOf(telemetry.errors.gone)} older ones are not kept`}
        </span>
      </div>
      <div class="t-split">
        <div class={`t-split-main ${opened ? 'narrow' : ''}`}>
          {rows.length === 0 ? (
            <Nothing some={telemetry.errors.length > 0} />
          ) : (
            <List
              telemetry={telemetry}
              label="Errors"
              testid="error-rows"
              rows={rows}
              height={48}
              follow={follow}
              onFollow={setFollow}
              classOf={(row) => `e-row ${row.type}`}
              onOpen={open}
              opened={opened?.key ?? null}
            >
              {(row) => <Cells row={row} telemetry={telemetry} open={open} />}
            </List>
          )}
        </div>
        {opened && <Detail row={opened} telemetry={telemetry} onClose={() => setOpened(null)} />}
      </div>
    </>
  );
}

function Nothing({ some }: { some: boolean }) {
  return some ? (
    <Empty icon="filter" title="Nothing passes the filter">
      There are errors, but none of this kind with these words.
    </Empty>
  ) : (
    <Empty icon="check" title="No errors">
      Exceptions, rejections, failed requests and files, and what the page logs as an error are listed here, each once.
      None has come so far.
    </Empty>
  );
}

function Cells({
  row,
  telemetry,
  open,
}: {
  row: ErrorPanelRow;
  telemetry: Telemetry;
  open: (row: ErrorPanelRow) => void;
}) {
  if (row.type === 'leftOut')
    return (
      <>
        <Time telemetry={telemetry} row={row} />
        <Cell class="c-aside">
          <Icon name="more" size={14} /> {leftOutWords(row.entry)}
        </Cell>
      </>
    );
  const title = titleOf(row);
  return (
    <>
      <Time telemetry={telemetry} row={row} />
      <Cell class="e-main">
        <button type="button" class="e-title" tabIndex={-1} title={title.slice(0, 1000)} onClick={() => open(row)}>
          {title.slice(0, 300) || '(no message)'}
        </button>
        <span class="e-sub">
          <span class={`e-kind ${sourceOf(row)}`}>{kindWords(row)}</span>
          <span class="e-place" title={whereOf(row)}>
            {placeOf(row)}
          </span>
        </span>
      </Cell>
      <Cell class="e-count">
        {row.count > 1 && (
          <b title={`${countOf(row.count)} times`}>× {row.count > 99_999 ? '99k+' : countOf(row.count)}</b>
        )}
      </Cell>
    </>
  );
}

function Detail({ row, telemetry, onClose }: { row: ErrorRow; telemetry: Telemetry; onClose: () => void }) {
  const box = useRef<HTMLElement>(null);
  useEffect(() => box.current?.focus({ preventScroll: true }), [row.key]);
  const jump = telemetry.jump.value;
  const stack = stackOf(row);
  const text = [`${kindWords(row)}: ${titleOf(row)}`, whereOf(row), stack, ...(row.failure?.causes ?? [])];
  const last = { doc: row.lastDoc, at: row.lastAt };
  const close = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    onClose();
  };
  return (
    <section class="t-detail" aria-label="Error" tabIndex={-1} ref={box} onKeyDown={close} data-testid="error-detail">
      <div class="t-detail-head">
        <span class={`e-kind ${sourceOf(row)}`}>{kindWords(row)}</span>
        <span class="t-detail-space" />
        {jump && (
          <IconButton
            icon="eye"
            name="Show the page at this moment"
            onClick={() => jump({ tab: row.doc.tab, epoch: row.doc.epoch, at: row.at })}
          />
        )}
        <CopyButton text={text.filter(Boolean).join('\n')} what="error" />
        <IconButton icon="close" name="Close detail" onClick={onClose} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section class="t-detail-body" tabIndex={0} aria-label="Error detail">
        <p class="e-message">
          <Told text={titleOf(row).slice(0, 5000)} />
        </p>
        <p class="t-quiet">
          {row.count > 1 ? `${countOf(row.count)} times, first` : 'Once,'} at {clockOf(wallOf(row) - telemetry.zero)}
          {row.count > 1 && `, last at ${clockOf(wallOf(last) - telemetry.zero)} (${wallClock(wallOf(last))})`}
          {whereOf(row) && (
            <>
              {' · '}
              <code>{whereOf(row).slice(0, 500)}</code>
            </>
          )}
        </p>
        {stack ? (
          <>
            <h3>Stack</h3>
            <Stack stack={stack} resolver={telemetry.resolver} context />
            <OwnMap key={row.key} stack={stack} resolver={telemetry.resolver} />
          </>
        ) : (
          row.source !== 'request' && <p class="t-quiet">It came without a stack.</p>
        )}
        {row.failure?.causes.slice(0, 20).map((cause, i) => (
          <Cause key={i} cause={cause} telemetry={telemetry} />
        ))}
        {row.failure && row.failure.details.length > 0 && (
          <>
            <h3>Details</h3>
            <dl class="t-facts">
              {row.failure.details.slice(0, 50).map(([name, value], i) => (
                <div key={`${i}.${name}`}>
                  <dt>{name}</dt>
                  <dd>
                    <Told text={value} />
                  </dd>
                </div>
              ))}
            </dl>
          </>
        )}
      </section>
    </section>
  );
}

function Cause({ cause, telemetry }: { cause: string; telemetry: Telemetry }) {
  const { head, frames } = parseStack(cause);
  return (
    <>
      <h3>Caused by</h3>
      <p class="e-message small">
        <Told text={head || (frames.length === 0 ? cause.slice(0, 2000) : '')} />
      </p>
      {frames.length > 0 && <Stack stack={cause} resolver={telemetry.resolver} />}
    </>
  );
}
