// The side drawer with the customer's environment. What is in it came from their browser and is shown as text only.

import { useEffect, useRef } from 'preact/hooks';
import { IconButton } from '../parts/button.tsx';
import { CopyButton } from '../parts/copy.tsx';
import { environmentRows } from './environment.ts';
import type { Facts } from './facts.ts';

export function EnvironmentPanel({ facts, onClose }: { facts: Facts; onClose: () => void }) {
  const panel = useRef<HTMLElement>(null);
  useEffect(() => panel.current?.focus(), []);
  const rows = environmentRows(facts);
  const text = rows.map(([name, value]) => `${name}: ${value}`).join('\n');
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
      {rows.length === 0 ? (
        <p class="drawer-empty">
          The customer’s browser tells about itself with the first picture. It has not come yet.
        </p>
      ) : (
        <dl class="facts tall">
          {rows.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      <p class="drawer-note">As the customer’s browser reports it. URLs come without their query.</p>
    </aside>
  );
}
