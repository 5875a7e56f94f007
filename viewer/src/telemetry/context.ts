// What the panels share: the rows, the state of the dock, what has been opened, and where the agent's eye is.

import { useEffect, useRef, useState } from 'preact/hooks';
import type { Facts } from '../live/facts.ts';
import type { DockState } from './dock-state.ts';
import type { Telemetry } from './model.ts';
import type { RowBase } from './rows.ts';

export interface PanelProps {
  telemetry: Telemetry;
  dock: DockState;
  facts: Facts;
}

/** The tab whose rows alone are shown; null for those of all. */
export function tabOf({ dock, facts }: Pick<PanelProps, 'dock' | 'facts'>): number | null {
  return dock.oneTab.value && facts.tabs.length > 1 ? facts.shown : null;
}

/** Those of a tab. */
export function ofTab<T extends RowBase>(rows: T[], tab: number | null): T[] {
  return tab === null ? rows : rows.filter(({ doc }) => doc.tab === tab);
}

const MANY = 5000;
const SLOWLY = 200; // ms

/** Renders again when rows changed; with very many rows less often, for each time all of them are looked at. */
export function useRows(telemetry: Telemetry): number {
  const [version, setVersion] = useState(telemetry.version.peek());
  const waits = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => {
    const stop = telemetry.version.subscribe((now) => {
      if (waits.current !== undefined) return;
      if (telemetry.rows < MANY) return setVersion(now);
      waits.current = setTimeout(() => {
        waits.current = undefined;
        setVersion(telemetry.version.peek());
      }, SLOWLY);
    });
    return () => {
      stop();
      clearTimeout(waits.current);
      waits.current = undefined;
    };
  }, [telemetry]);
  return version;
}
