// The bar under the time line: play, steps, speed, inactivity, which markers are shown.

import { Menu } from '@base-ui/react/menu';
import type { MarkerKind } from '../api/recordings.ts';
import { Button, IconButton } from '../parts/button.tsx';
import { Icon } from '../parts/icon.tsx';
import { SPEEDS } from './player.ts';
import type { Action } from './shortcuts.ts';
import type { PlayerStore } from './store.ts';
import { Clock } from './timeline.tsx';
import { ALL_KINDS, KINDS } from './words.ts';

interface ControlsProps {
  store: PlayerStore;
  duration: number;
  counts: Partial<Record<MarkerKind, number>>;
  off: ReadonlySet<MarkerKind>;
  toggle: (kind: MarkerKind) => void;
  run: (action: Action) => void;
  fit: boolean;
}

export function Controls({ store, duration, counts, off, toggle, run, fit }: ControlsProps) {
  const playing = store.playing.value;
  return (
    <div class="pl-controls" role="toolbar" aria-label="Player">
      <div class="pl-group">
        <IconButton
          icon="previous"
          name="Previous event"
          keys="⇧←"
          onClick={() => run('previous')}
          data-testid="previous"
        />
        <Button
          weight="primary"
          class="pl-play icon-only"
          aria-label={playing ? 'Pause' : 'Play'}
          aria-pressed={playing}
          title={playing ? 'Pause (space)' : 'Play (space)'}
          icon={playing ? 'pause' : 'play'}
          onClick={() => run('play')}
          data-testid="play"
        />
        <IconButton icon="next" name="Next event" keys="⇧→" onClick={() => run('next')} data-testid="next" />
        <Clock at={store.at.value} duration={duration} />
        {store.waiting.value && (
          <span class="pl-waiting" role="status">
            <span class="spinner" aria-hidden="true" /> Loading…
          </span>
        )}
      </div>
      <div class="pl-group">
        <Speed store={store} />
        <button
          type="button"
          class="button quiet pl-skip"
          aria-pressed={store.skips.value}
          title="Skip what nothing happens in (S)"
          onClick={() => run('skip')}
          data-testid="skip"
        >
          <Icon name={store.skips.value ? 'check' : 'forward'} />
          <span>Skip inactivity</span>
        </button>
        <Kinds store={store} counts={counts} off={off} toggle={toggle} />
        <IconButton
          icon="note"
          name="Note at this moment"
          keys="M"
          onClick={() => run('note')}
          data-testid="note-button"
        />
        <IconButton
          icon={fit ? 'actual' : 'fit'}
          name={fit ? 'Actual size' : 'Fit to window'}
          keys="Z"
          class="tool-size"
          onClick={() => run('fit')}
        />
        <IconButton icon="full" name="Full screen" keys="F" onClick={() => run('full')} />
      </div>
    </div>
  );
}

function Speed({ store }: { store: PlayerStore }) {
  const speed = store.speed.value;
  return (
    <Menu.Root modal={false}>
      <Menu.Trigger
        render={
          <Button weight="quiet" class="pl-speed" aria-label={`Speed: ${speed} times`} data-testid="speed">
            {speed}×
            <Icon name="down" size={12} />
          </Button>
        }
      />
      <Menu.Portal>
        <Menu.Positioner side="top" sideOffset={6} collisionPadding={8} className="layer-menu">
          <Menu.Popup className="menu">
            <Menu.RadioGroup value={speed} onValueChange={(next: number) => store.setSpeed(next)}>
              {SPEEDS.map((one) => (
                <Menu.RadioItem key={one} value={one} className="menu-item" closeOnClick>
                  <Menu.RadioItemIndicator className="menu-tick" keepMounted>
                    <Icon name="check" />
                  </Menu.RadioItemIndicator>
                  {one}×
                </Menu.RadioItem>
              ))}
            </Menu.RadioGroup>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

function Kinds({ store, counts, off, toggle }: Pick<ControlsProps, 'store' | 'counts' | 'off' | 'toggle'>) {
  const { hidesLater } = store.telemetry;
  return (
    <Menu.Root modal={false}>
      <Menu.Trigger
        render={
          <IconButton
            icon="filter"
            name="What is marked and shown"
            class={off.size > 0 ? 'some-off' : ''}
            data-testid="kinds"
          />
        }
      />
      <Menu.Portal>
        <Menu.Positioner side="top" sideOffset={6} align="end" collisionPadding={8} className="layer-menu">
          <Menu.Popup className="menu">
            {ALL_KINDS.map((kind) => (
              <Menu.CheckboxItem
                key={kind}
                className="menu-item"
                checked={!off.has(kind)}
                onCheckedChange={() => toggle(kind)}
                closeOnClick={false}
                data-testid={`kind-${kind}`}
              >
                <Menu.CheckboxItemIndicator className="menu-tick" keepMounted>
                  <Icon name="check" />
                </Menu.CheckboxItemIndicator>
                <span class={`pl-kind ${KINDS[kind].tone}`} aria-hidden="true" />
                {KINDS[kind].plural}
                <span class="pl-count">{counts[kind] ?? 0}</span>
              </Menu.CheckboxItem>
            ))}
            <Menu.Separator className="menu-line" />
            <Menu.CheckboxItem
              className="menu-item"
              checked={hidesLater.value}
              onCheckedChange={(on: boolean) => {
                hidesLater.value = on;
              }}
              closeOnClick={false}
              data-testid="hide-later"
            >
              <Menu.CheckboxItemIndicator className="menu-tick" keepMounted>
                <Icon name="check" />
              </Menu.CheckboxItemIndicator>
              Hide later rows of the panels
            </Menu.CheckboxItem>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
