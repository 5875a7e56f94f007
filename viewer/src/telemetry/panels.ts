// The panels, as the chunk that is loaded when the dock is opened.

import type { ComponentType } from 'preact';
import { ConsolePanel } from './console-panel.tsx';
import type { PanelProps } from './context.ts';
import type { PanelName } from './dock-state.ts';
import { EnvironmentPanel } from './environment-panel.tsx';
import { ErrorsPanel } from './errors-panel.tsx';
import { EventsPanel } from './events-panel.tsx';
import { NetworkPanel } from './network-panel.tsx';
import './panels.css';
import { PerformancePanel } from './performance-panel.tsx';

export const PANELS: Record<PanelName, ComponentType<PanelProps>> = {
  console: ConsolePanel,
  network: NetworkPanel,
  errors: ErrorsPanel,
  environment: EnvironmentPanel,
  performance: PerformancePanel,
  events: EventsPanel,
};
