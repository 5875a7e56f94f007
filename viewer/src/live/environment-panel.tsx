// The side drawer with the customer's environment and with what the site's own code says of them. What is in it came from their browser
// and is shown as text only.

import { useEffect, useRef } from 'preact/hooks';
import { IconButton } from '../parts/button.tsx';
import { CopyButton } from '../parts/copy.tsx';
import { environmentRows } from './environment.ts';
import type { Facts } from './facts.ts';
import { eventLine, identityRows, metadataRows } from './site-says.ts';

export function EnvironmentPanel({ facts, onClose }: { facts: Facts; onClose: () => void }) {
  const panel = useRef<HTMLElement>(null);
  useEffect(() => panel.current?.focus(), []);
  const rows = environmentRows(facts);
  const identity = identityRows(facts.about);
  const metadata = metadataRows(facts.about);
  const text = [...identity, ...metadata, ...rows].map(([name, value]) => `${name}: ${value}`).join('\n');
  return (
    <aside
      class="drawer"
      aria-labelledby="environment-title"
      ref={panel}
      tabIndex={-1}
      data-testid="environment"
      onKeyDown={(event) => event.key === 'Escape' && onClose()}
    >
      <header class="drawer-head">
        <h2 id="environment-title">Environment</h2>
        {rows.length > 0 && <CopyButton text={text} what="environment" />}
        <IconButton icon="close" name="Close" onClick={onClose} />
      </header>
      <Rows title="Customer" rows={identity} />
      <Rows title="From the site" rows={metadata} />
      {rows.length === 0 ? (
        <p class="drawer-empty">
          The customer’s browser tells about itself with the first picture. It has not come yet.
        </p>
      ) : (
        <Rows title={identity.length + metadata.length + facts.events.length > 0 ? 'Browser' : ''} rows={rows} />
      )}
      <Events events={facts.events} />
      <p class="drawer-note">As the customer’s browser reports it. URLs come without their query.</p>
    </aside>
  );
}

function Rows({ title, rows }: { title: string; rows: [string, string][] }) {
  if (rows.length === 0) return null;
  return (
    <>
      {title && <h3>{title}</h3>}
      <dl class="facts tall">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

/** The newest first. */
function Events({ events }: { events: Facts['events'] }) {
  if (events.length === 0) return null;
  return (
    <>
      <h3>Events</h3>
      <ol class="site-events" data-testid="site-events">
        {events.toReversed().map((event) => (
          <li key={`${event.epoch}.${event.n}`}>
            <time dateTime={new Date(event.at).toISOString()}>{new Date(event.at).toLocaleTimeString()}</time>{' '}
            <b>{event.name}</b> <span>{eventLine(event)}</span>
          </li>
        ))}
      </ol>
    </>
  );
}
