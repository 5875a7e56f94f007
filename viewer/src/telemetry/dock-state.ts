// Which panel of the dock is shown, how high it is, and what its filters are: kept in the address (`?panel=network&q=…`) and, but for the
// filters, in the browser.

import { signal } from '@preact/signals';

export const PANELS = ['console', 'network', 'errors', 'environment', 'performance', 'events'] as const;

export type PanelName = (typeof PANELS)[number];

export const PANEL_WORDS: Record<PanelName, string> = {
  console: 'Console',
  network: 'Network',
  errors: 'Errors',
  environment: 'Environment',
  performance: 'Performance',
  events: 'Events',
};

const KEY = 'ridealong.dock';
export const LOWEST = 120;
const HEIGHT = 300;

interface Kept {
  panel: PanelName;
  open: boolean;
  height: number;
}

function panelNamed(name: unknown): PanelName | undefined {
  return PANELS.find((one) => one === name);
}

function kept(): Kept {
  const nothing: Kept = { panel: 'console', open: false, height: HEIGHT };
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEY) ?? 'null');
    if (typeof value !== 'object' || value === null) return nothing;
    const { panel, open, height } = value as Record<string, unknown>;
    return {
      panel: panelNamed(panel) ?? 'console',
      open: open === true,
      height: typeof height === 'number' && height >= LOWEST && height < 4000 ? height : HEIGHT,
    };
  } catch {
    return nothing; // storage is switched off, or somebody wrote something else there
  }
}

export class DockState {
  readonly panel = signal<PanelName>('console');
  readonly open = signal(false);
  readonly height = signal(HEIGHT);
  /** Only rows of the tab that is shown. */
  readonly oneTab = signal(false);
  readonly filters = signal<Partial<Record<PanelName, string>>>({});

  constructor() {
    const was = kept();
    const query = new URLSearchParams(location.search);
    const asked = panelNamed(query.get('panel'));
    this.panel.value = asked ?? was.panel;
    this.open.value = asked !== undefined || was.open;
    this.height.value = was.height;
    const filter = query.get('q');
    if (asked && filter) this.filters.value = { [asked]: filter.slice(0, 500) };
  }

  show(panel: PanelName): void {
    this.panel.value = panel;
    this.open.value = true;
    this.keep();
  }

  /** Shows a panel; the one that is shown goes. */
  toggle(panel: PanelName): void {
    if (this.open.peek() && this.panel.peek() === panel) this.close();
    else this.show(panel);
  }

  close(): void {
    this.open.value = false;
    this.keep();
  }

  resize(height: number): void {
    this.height.value = Math.round(Math.max(LOWEST, height));
    this.keep();
  }

  filterBy(panel: PanelName, text: string): void {
    this.filters.value = { ...this.filters.peek(), [panel]: text };
    this.keep();
  }

  private keep(): void {
    const panel = this.panel.peek();
    const open = this.open.peek();
    const query = new URLSearchParams(location.search);
    const filter = this.filters.peek()[panel] ?? '';
    for (const [name, value] of [
      ['panel', open ? panel : ''],
      ['q', open ? filter : ''],
    ] as const) {
      if (value) query.set(name, value);
      else query.delete(name);
    }
    const search = query.toString();
    history.replaceState(history.state, '', location.pathname + (search ? `?${search}` : '') + location.hash);
    try {
      localStorage.setItem(KEY, JSON.stringify({ panel, open, height: this.height.peek() }));
    } catch {
      // it holds until the page is left
    }
  }
}
