// The Environment panel: the customer's browser, screen, network and preferences, how they changed, and what the site's own code says of
// its customer. All of it came from their browser and is shown as text only.

import type { Facts } from '../live/facts.ts';
import { eventLine, identityRows, metadataRows } from '../live/site-says.ts';
import { CopyButton } from '../parts/copy.tsx';
import { type PanelProps, useRows } from './context.ts';
import { changeOf, groupsOf } from './environment-view.ts';
import type { Telemetry } from './model.ts';
import { Empty } from './parts.tsx';
import { type EnvironmentRow, wallOf } from './rows.ts';
import { clockOf, wallClock } from './words.ts';

const MAX_CHANGES = 200;

export function EnvironmentPanel({ telemetry, facts }: PanelProps) {
  useRows(telemetry);
  const tab = facts.shown;
  const told = telemetry.environment.slice().filter((row) => tab === null || row.doc.tab === tab);
  const groups = groupsOf(facts, told);
  const identity = identityRows(facts.about);
  const metadata = metadataRows(facts.about);
  const changes = told.filter(({ whole }) => !whole);
  const all = [...identity, ...metadata, ...groups.flatMap(({ rows }) => rows)];
  const nothing = all.length === 0 && facts.events.length === 0;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="t-environment" data-testid="environment" tabIndex={0} aria-label="Environment">
      {nothing ? (
        <Empty icon="panel" title="Nothing is known yet">
          The customer’s browser tells about itself with the first picture. It has not come yet.
        </Empty>
      ) : (
        <>
          <div class="t-environment-head">
            <p class="t-quiet">As the customer’s browser reports it. URLs come without their query.</p>
            {all.length > 0 && (
              <CopyButton text={all.map(([name, value]) => `${name}: ${value}`).join('\n')} what="environment" />
            )}
          </div>
          <div class="t-cards">
            <Card title="Customer" rows={identity} />
            <Card title="From the site" rows={metadata} />
            {groups.map(({ group, rows }) => (
              <Card key={group} title={group} rows={rows} />
            ))}
            <Changes changes={changes} telemetry={telemetry} />
            <Events events={facts.events} />
          </div>
        </>
      )}
    </section>
  );
}

function Card({ title, rows }: { title: string; rows: [string, string][] }) {
  if (rows.length === 0) return null;
  return (
    <section class="t-card" aria-label={title}>
      <h3>{title}</h3>
      <dl class="t-facts">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** The newest first. */
function Changes({ changes, telemetry }: { changes: readonly EnvironmentRow[]; telemetry: Telemetry }) {
  if (changes.length === 0) return null;
  return (
    <section class="t-card" aria-label="Changes" data-testid="environment-changes">
      <h3>Changes</h3>
      <ol class="t-changes">
        {changes
          .slice(-MAX_CHANGES)
          .toReversed()
          .map((row) => (
            <li key={row.key}>
              <time title={wallClock(wallOf(row))}>{clockOf(wallOf(row) - telemetry.zero)}</time>
              <span>
                {row.values
                  .slice(0, 20)
                  .map(([name, value]) => changeOf(name, value))
                  .map(([name, value], i) => (
                    <span key={name}>
                      {i > 0 && ', '}
                      {name}: <b>{value}</b>
                    </span>
                  ))}
              </span>
            </li>
          ))}
      </ol>
    </section>
  );
}

/** The newest first. */
function Events({ events }: { events: Facts['events'] }) {
  if (events.length === 0) return null;
  return (
    <section class="t-card" aria-label="Events">
      <h3>Events</h3>
      <ol class="t-changes" data-testid="site-events">
        {events.toReversed().map((event) => (
          <li key={`${event.epoch}.${event.n}`}>
            <time dateTime={new Date(event.at).toISOString()}>{new Date(event.at).toLocaleTimeString()}</time>{' '}
            <span>
              <b>{event.name}</b> {eventLine(event)}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
