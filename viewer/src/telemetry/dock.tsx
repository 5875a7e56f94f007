// The dock under the picture: a row of tabs with counts, and the panel that is open. Its height is the agent's, its panels are loaded when
// the first one is opened.

import type { ComponentType } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Button, IconButton } from '../parts/button.tsx';
import { Icon, type IconName } from '../parts/icon.tsx';
import type { PanelProps } from './context.ts';
import './dock.css';
import { LOWEST, PANEL_WORDS, PANELS, type PanelName } from './dock-state.ts';
import { titleOf } from './error-words.ts';
import type { Telemetry } from './model.ts';
import { countOf } from './words.ts';

const ICONS: Record<PanelName, IconName> = {
  console: 'console',
  network: 'network',
  errors: 'error',
  environment: 'panel',
  performance: 'stats',
  events: 'click',
};

const STEP = 24; // px
const HIGHEST = 0.85; // of the window

export function Dock({ telemetry, dock, facts }: PanelProps) {
  const open = dock.open.value;
  const panel = dock.panel.value;
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    if (!open || !box.current || box.current.contains(document.activeElement)) return;
    box.current.querySelector<HTMLElement>('[role=tabpanel]')?.focus({ preventScroll: true });
  }, [open, panel]);
  const press = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.defaultPrevented || !open) return;
    if (event.target instanceof HTMLInputElement && event.target.value !== '') return; // the field is emptied
    event.preventDefault();
    dock.close();
    box.current?.querySelector<HTMLElement>('[role=tab][tabindex="0"]')?.focus();
  };
  return (
    <section
      class={`dock ${open ? 'open' : ''}`}
      aria-label="Telemetry"
      ref={box}
      style={open ? { height: `${dock.height.value}px` } : { height: '' }}
      onKeyDown={press}
      data-testid="dock"
    >
      {open && <Handle height={dock.height.value} resize={(height) => dock.resize(height)} />}
      <div class="dock-head">
        <Tabs telemetry={telemetry} dock={dock} />
        {open && facts.tabs.length > 1 && (
          <button
            type="button"
            class="t-one-tab"
            aria-pressed={dock.oneTab.value}
            title="Only what the tab in the picture told"
            onClick={() => {
              dock.oneTab.value = !dock.oneTab.value;
            }}
            data-testid="one-tab"
          >
            This tab only
          </button>
        )}
        <IconButton
          icon={open ? 'down' : 'up'}
          name={open ? 'Close the panels' : 'Open the panels'}
          class="dock-fold"
          onClick={() => (open ? dock.close() : dock.show(panel))}
          data-testid="dock-fold"
        />
      </div>
      {open && (
        <div
          class="dock-panel"
          role="tabpanel"
          id="dock-panel"
          aria-labelledby={`dock-tab-${panel}`}
          tabIndex={-1}
          onKeyDown={enter}
        >
          <h2 class="unseen">{PANEL_WORDS[panel]}</h2>
          <Panel key={panel} telemetry={telemetry} dock={dock} facts={facts} />
        </div>
      )}
      {/* Of a recording none is new. */}
      {telemetry.origin === null && <Said telemetry={telemetry} />}
    </section>
  );
}

/** From the panel itself, arrow keys go to its rows. */
function enter(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  if (event.target !== event.currentTarget || !/^(?:Arrow(?:Down|Up)|Home|End)$/.test(event.key)) return;
  event.preventDefault();
  event.currentTarget.querySelector<HTMLElement>('[role=row][tabindex="0"]')?.focus();
}

function Tabs({ telemetry, dock }: Pick<PanelProps, 'telemetry' | 'dock'>) {
  const open = dock.open.value;
  const panel = dock.panel.value;
  telemetry.version.value; // the counts are the rows'
  const counts: Partial<Record<PanelName, number>> = {
    console: telemetry.console.length,
    network: telemetry.network.length,
    errors: telemetry.errorCount,
    events: telemetry.events.length,
  };
  const turn = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const edge = { Home: 0, End: PANELS.length - 1 }[event.key];
    if (step === undefined && edge === undefined) return;
    event.preventDefault();
    const next = PANELS[edge ?? (PANELS.indexOf(panel) + (step ?? 0) + PANELS.length) % PANELS.length] ?? 'console';
    dock.show(next);
    document.getElementById(`dock-tab-${next}`)?.focus();
  };
  // On a narrow screen it may be out of sight.
  useEffect(() => {
    if (open) document.getElementById(`dock-tab-${panel}`)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [open, panel]);
  return (
    <div class="t-tabs" role="tablist" aria-label="Panels" onKeyDown={turn}>
      {PANELS.map((name) => {
        const shown = open && name === panel;
        const count = counts[name] ?? 0;
        return (
          <button
            type="button"
            key={name}
            id={`dock-tab-${name}`}
            role="tab"
            aria-selected={shown}
            aria-controls={shown ? 'dock-panel' : undefined}
            tabIndex={name === panel ? 0 : -1}
            onClick={() => (shown ? dock.close() : dock.show(name))}
            data-testid={`panel-${name}`}
          >
            <Icon name={ICONS[name]} size={15} />
            <span>{PANEL_WORDS[name]}</span>
            {count > 0 && (
              <span class={`t-count ${name === 'errors' ? 'bad' : ''}`}>
                {count > 99_999 ? '99k+' : countOf(count)}
              </span>
            )}
          </button>
        );
      })}
    </div>
  );
}

/** The edge that one drags, or moves with the arrow keys. */
function Handle({ height, resize }: { height: number; resize: (height: number) => void }) {
  const from = useRef<{ y: number; height: number } | null>(null);
  const highest = Math.round(innerHeight * HIGHEST);
  const to = (next: number) => resize(Math.min(highest, next));
  const press = (event: KeyboardEvent) => {
    const next = { ArrowUp: height + STEP, ArrowDown: height - STEP, Home: LOWEST, End: highest }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    to(next);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a rule cannot be moved
    <div
      class="dock-handle"
      role="separator"
      aria-orientation="horizontal"
      aria-label="Height of the panels"
      aria-valuenow={height}
      aria-valuemin={LOWEST}
      aria-valuemax={highest}
      tabIndex={0}
      onKeyDown={press}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        from.current = { y: event.clientY, height };
      }}
      onPointerMove={(event) => from.current && to(from.current.height + from.current.y - event.clientY)}
      onPointerUp={() => {
        from.current = null;
      }}
      onPointerCancel={() => {
        from.current = null;
      }}
      data-testid="dock-handle"
    />
  );
}

type Panels = Record<PanelName, ComponentType<PanelProps>>;

let loaded: Panels | undefined;

function Panel(props: PanelProps) {
  const [panels, setPanels] = useState<Panels | undefined>(loaded);
  const [failed, setFailed] = useState(false);
  const load = () => {
    setFailed(false);
    import('./panels.ts').then(
      (chunk) => {
        loaded = chunk.PANELS;
        setPanels(loaded);
      },
      () => setFailed(true),
    );
  };
  useEffect(() => {
    if (!panels) load();
  }, []);
  const Shown = panels?.[props.dock.panel.value];
  if (Shown) return <Shown {...props} />;
  return failed ? (
    <p class="t-quiet dock-failed" role="alert">
      The panels did not load. <Button onClick={load}>Try again</Button>
    </p>
  ) : null;
}

const SAY_EVERY = 8000; // ms

/** Says new errors, not more often than one can hear. */
function Said({ telemetry }: { telemetry: Telemetry }) {
  const [text, setText] = useState('');
  useEffect(() => {
    let told = telemetry.errorCount;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tell = () => {
      const more = telemetry.errorCount - told;
      told = telemetry.errorCount;
      if (more <= 0) return;
      const last = telemetry.errors.last;
      const which = last?.type === 'error' ? `: ${titleOf(last).slice(0, 120)}` : '';
      setText(more === 1 ? `New error${which}` : `${more} new errors, the last${which}`);
      timer = setTimeout(() => {
        timer = undefined;
        tell();
      }, SAY_EVERY);
    };
    const stop = telemetry.version.subscribe(() => timer === undefined && tell());
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [telemetry]);
  return (
    <div class="unseen" role="status" aria-live="polite" data-testid="new-errors">
      {text}
    </div>
  );
}
