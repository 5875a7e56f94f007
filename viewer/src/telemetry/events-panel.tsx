// The Events panel: what the person did, and what the page and its code did before their eyes.

import { HappeningKind } from '@ridealong/wire/entries';
import { useMemo, useState } from 'preact/hooks';
import { eventLine } from '../live/site-says.ts';
import { Icon, type IconName } from '../parts/icon.tsx';
import { Cell } from './cell.tsx';
import { ofTab, type PanelProps, tabOf, useRows } from './context.ts';
import { filterOf } from './filter.ts';
import { List, Time } from './list.tsx';
import { Chip, Chips, Empty, FilterField } from './parts.tsx';
import type { EventPanelRow, HappeningRow } from './rows.ts';
import { countOf, gapWords, leftOutWords } from './words.ts';

interface Look {
  icon: IconName;
  word: string;
  group: Group;
  tone: '' | 'warn' | 'bad';
}

type Group = 'navigation' | 'person' | 'trouble' | 'custom';

const GROUPS: readonly [Group, string][] = [
  ['navigation', 'Navigation'],
  ['person', 'Clicks and forms'],
  ['trouble', 'Trouble'],
  ['custom', 'Custom'],
];

const LOOKS: Record<number, Look> = {
  [HappeningKind.navigation]: { icon: 'arrow', word: 'Navigated', group: 'navigation', tone: '' },
  [HappeningKind.click]: { icon: 'click', word: 'Clicked', group: 'person', tone: '' },
  [HappeningKind.submit]: { icon: 'send', word: 'Sent a form', group: 'person', tone: '' },
  [HappeningKind.rage]: { icon: 'error', word: 'Rage clicks', group: 'trouble', tone: 'bad' },
  [HappeningKind.dead]: { icon: 'clear', word: 'Dead click', group: 'trouble', tone: 'warn' },
  [HappeningKind.message]: { icon: 'warn', word: 'Saw a message', group: 'trouble', tone: 'bad' },
  [HappeningKind.custom]: { icon: 'star', word: 'Event', group: 'custom', tone: '' },
  [HappeningKind.visibility]: { icon: 'eye', word: 'Visibility', group: 'navigation', tone: '' },
};

/** Words of the browser for how a page was come to. */
const WAYS: Record<string, string> = {
  reload: 'Reloaded',
  back_forward: 'Went back or on',
  script: 'Moved within the page',
};

function wordOf(row: HappeningRow): string {
  const { kind, label } = row.entry;
  if (kind === HappeningKind.navigation && Object.hasOwn(WAYS, label)) return WAYS[label] ?? '';
  if (kind === HappeningKind.visibility) return label === 'hidden' ? 'Left the tab' : 'Came to the tab';
  return lookOf(row).word;
}

/** What it was done to; of a page its address. */
function labelOf({ entry: { kind, label, url } }: HappeningRow): string {
  if (kind === HappeningKind.navigation) return url.replace(/^https?:\/\/[^/]+/, '') || url;
  return kind === HappeningKind.visibility ? '' : label;
}

const UNKNOWN: Look = { icon: 'info', word: 'Event', group: 'custom', tone: '' };

const lookOf = ({ entry }: HappeningRow) => LOOKS[entry.kind] ?? UNKNOWN;

export function EventsPanel({ telemetry, dock, facts }: PanelProps) {
  const version = useRows(telemetry);
  const tab = tabOf({ dock, facts });
  const [group, setGroup] = useState<Group | null>(null);
  const [follow, setFollow] = useState(true);
  const typed = dock.filters.value.events ?? '';
  const filter = useMemo(() => filterOf(typed), [typed]);
  const { rows, counts } = useMemo(() => {
    const counts = { navigation: 0, person: 0, trouble: 0, custom: 0 };
    const rows = ofTab(telemetry.events.slice(), tab).filter((row) => {
      if (row.type !== 'happening') return filter.empty && group === null;
      const look = lookOf(row);
      counts[look.group]++;
      if (group !== null && look.group !== group) return false;
      return filter.empty || filter.matches(`${wordOf(row)} ${row.entry.label} ${row.entry.url} ${row.entry.data}`);
    });
    return { rows, counts };
  }, [version, filter, group, tab]);
  return (
    <>
      <div class="t-bar">
        <FilterField dock={dock} panel="events" filter={filter} />
        <Chips label="Kinds">
          <Chip on={group === null} onClick={() => setGroup(null)}>
            All
          </Chip>
          {GROUPS.map(([one, word]) => (
            <Chip key={one} on={group === one} onClick={() => setGroup(group === one ? null : one)} count={counts[one]}>
              {word}
            </Chip>
          ))}
        </Chips>
        <span class="t-note">
          {telemetry.events.gone > 0 && `${countOf(telemetry.events.gone)} older ones are not kept`}
        </span>
      </div>
      {rows.length === 0 ? (
        <Nothing some={telemetry.events.length > 0} />
      ) : (
        <List
          telemetry={telemetry}
          label="Events"
          testid="event-rows"
          rows={rows}
          height={30}
          follow={follow}
          onFollow={setFollow}
          classOf={(row) => `h-row ${row.type === 'happening' ? lookOf(row).tone : 'aside'}`}
        >
          {(row) => (
            <>
              <Time telemetry={telemetry} row={row} />
              <Cells row={row} />
            </>
          )}
        </List>
      )}
    </>
  );
}

function Nothing({ some }: { some: boolean }) {
  return some ? (
    <Empty icon="filter" title="Nothing passes the filter">
      There are events, but none of this kind with these words.
    </Empty>
  ) : (
    <Empty icon="click" title="No events yet">
      Pages that the customer opens, what they click and send, clicks that nothing follows, error messages that they
      see, and events by the site’s own code are shown here. Nothing has happened so far.
    </Empty>
  );
}

function Cells({ row }: { row: EventPanelRow }) {
  if (row.type !== 'happening')
    return (
      <Cell class="c-aside">
        <Icon name={row.type === 'gap' ? 'warn' : 'more'} size={14} />
        {row.type === 'gap' ? gapWords(row.count) : leftOutWords(row.entry)}
      </Cell>
    );
  const { icon } = lookOf(row);
  const word = wordOf(row);
  const { url, count, data } = row.entry;
  const label = labelOf(row);
  const more = data ? eventLine({ data }) : '';
  return (
    <>
      <Cell class="h-word">
        <Icon name={icon} size={15} />
        {word}
        {count > 1 && <b class="h-count">× {countOf(count)}</b>}
      </Cell>
      <Cell class="h-label" title={label || more || undefined}>
        {label && <span class="h-name">{label}</span>}
        {more && <span class="h-data">{more}</span>}
      </Cell>
      <Cell class="h-url" title={url}>
        {url.replace(/^https?:\/\//, '')}
      </Cell>
    </>
  );
}
