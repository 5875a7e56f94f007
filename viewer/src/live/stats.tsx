// The connection popover: the path, its speed, and what came over it.

import { Popover } from '@base-ui/react/popover';
import type { ReadonlySignal } from '@preact/signals';
import { Button } from '../parts/button.tsx';
import { ms, RUNGS } from './rung.tsx';
import type { Stats } from './transport.ts';

interface StatsProps {
  stats: ReadonlySignal<Stats>;
  open: boolean;
  onOpen: (open: boolean) => void;
}

export function StatsPopover({ stats, open, onOpen }: StatsProps) {
  return (
    <Popover.Root open={open} onOpenChange={onOpen}>
      <Popover.Trigger
        render={
          <Button
            weight="quiet"
            icon="stats"
            class="icon-only"
            aria-label="Connection"
            title="Connection (S)"
            data-testid="stats-button"
          />
        }
      />
      <Popover.Portal>
        <Popover.Positioner sideOffset={8} align="end" collisionPadding={8} className="layer-menu">
          <Popover.Popup className="popover" data-testid="stats">
            <Popover.Title className="popover-title">Connection</Popover.Title>
            <StatsList stats={stats} />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

function StatsList({ stats }: { stats: ReadonlySignal<Stats> }) {
  const now = stats.value;
  const rows: [string, string][] = [
    ['Path', pathWord(now.rung)],
    ['Round trip', now.roundTrip === null ? '–' : ms(now.roundTrip)],
    ['Received', bytes(now.bytes)],
    ['Frames', count(now.frames)],
    ['Keyframes', count(now.keyframes)],
    ['Came twice, dropped', count(now.duplicates)],
    ['Hash mismatches', count(now.mismatches)],
    ['Position', `${now.epoch} : ${now.seq}`],
  ];
  return (
    <dl class="facts">
      {rows.map(([name, value]) => (
        <div key={name} class={name === 'Hash mismatches' && now.mismatches > 0 ? 'warn' : undefined}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function pathWord(rung: string | null): string {
  return rung !== null && Object.hasOwn(RUNGS, rung) ? RUNGS[rung as keyof typeof RUNGS].word : 'None yet';
}

const number = new Intl.NumberFormat('en');

function count(n: number): string {
  return number.format(n);
}

export function bytes(n: number): string {
  if (n < 1024) return `${n} B`;
  if (n < 1024 * 1024) return `${(n / 1024).toFixed(1)} KiB`;
  return `${(n / 1024 / 1024).toFixed(1)} MiB`;
}
