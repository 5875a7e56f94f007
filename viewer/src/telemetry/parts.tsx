// Small parts that all panels have: the filter, chips, the empty state.

import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from '../parts/icon.tsx';
import type { DockState, PanelName } from './dock-state.ts';
import type { Filter } from './filter.ts';

export function FilterField({ dock, panel, filter }: { dock: DockState; panel: PanelName; filter: Filter }) {
  return (
    <span class="t-filter">
      <Icon name="filter" size={14} />
      <input
        type="search"
        aria-label={`Filter the ${panel} panel`}
        placeholder="Filter: words, -without, /pattern/"
        title="Words that must be there, -words that must not, or /a regular expression/ ( / )"
        spellcheck={false}
        autocomplete="off"
        value={dock.filters.value[panel] ?? ''}
        aria-invalid={filter.fault ? true : undefined}
        onInput={(event) => dock.filterBy(panel, event.currentTarget.value)}
        data-testid="panel-filter"
      />
      {filter.fault && (
        <span class="t-fault" role="alert">
          {filter.fault}
        </span>
      )}
    </span>
  );
}

interface ChipProps {
  on: boolean;
  onClick: () => void;
  tone?: string;
  count?: number;
  children: ComponentChildren;
}

export function Chip({ on, onClick, tone = '', count, children }: ChipProps) {
  return (
    <button type="button" class={`t-chip ${tone}`} aria-pressed={on} onClick={onClick}>
      {children}
      {count ? <span class="t-chip-count">{count > 99_999 ? '99k+' : count}</span> : null}
    </button>
  );
}

export function Chips({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
    <div class="t-chips" role="group" aria-label={label}>
      {children}
    </div>
  );
}

/** What would be here, and why there is nothing. */
export function Empty({ icon, title, children }: { icon: IconName; title: string; children: ComponentChildren }) {
  return (
    <div class="t-empty" data-testid="panel-empty">
      <Icon name={icon} size={22} />
      <strong>{title}</strong>
      <p>{children}</p>
    </div>
  );
}

export function Tool(props: { icon: IconName; name: string; onClick: () => void; on?: boolean; disabled?: boolean }) {
  return (
    <button
      type="button"
      class="t-tool"
      title={props.name}
      aria-label={props.name}
      aria-pressed={props.on}
      disabled={props.disabled}
      onClick={props.onClick}
    >
      <Icon name={props.icon} size={15} />
    </button>
  );
}
