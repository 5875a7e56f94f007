// A transport without a network, for browser tests of the screens: the test dispatches the events. Not shipped.

import type { LiveEvent } from '../../src/live/facts.ts';
import { NO_STATS, type Stats, type Transport, type TransportOptions } from '../../src/live/transport.ts';

interface Fake {
  opened: { session: string; secret: number | null }[];
  closed: number;
  /** Tabs that the agent turned to; null: wherever the customer goes. */
  turned: (number | null)[];
  dispatch: (event: LiveEvent) => void;
  stats: Stats;
}

declare global {
  interface Window {
    fake?: Fake;
  }
}

export function openTransport(options: TransportOptions): Transport {
  window.fake ??= { opened: [], closed: 0, turned: [], dispatch: () => undefined, stats: NO_STATS };
  const fake = window.fake;
  fake.opened.push({ session: options.session, secret: options.secret?.length ?? null });
  fake.dispatch = options.dispatch;
  draw(options.host);
  options.dispatch({ type: 'socket', state: 'open', at: Date.now() });
  return {
    stats: () => fake.stats,
    show: (tab) => fake.turned.push(tab),
    serialize: () => Promise.resolve('fake'),
    again: () => undefined,
    lookBack: (moment) => options.dispatch({ type: 'past', past: { ...moment, kept: true, viewport: null } }),
    live: () => options.dispatch({ type: 'past', past: null }),
    close: () => {
      fake.closed++;
      options.host.replaceChildren();
    },
  };
}

/** Something that looks like a page, so that fitting and dimming can be seen. */
function draw(host: HTMLElement): void {
  const ns = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(ns, 'svg');
  svg.setAttribute('width', '100%');
  svg.setAttribute('height', '100%');
  const box = (x: number, y: number, w: number, h: number, fill: string) => {
    const rect = document.createElementNS(ns, 'rect');
    for (const [name, value] of Object.entries({ x, y, width: w, height: h, fill, rx: 6 }))
      rect.setAttribute(name, String(value));
    svg.append(rect);
  };
  box(0, 0, 4000, 4000, '#ffffff');
  box(0, 0, 4000, 64, '#1f2a44');
  box(24, 20, 140, 24, '#ffffff');
  for (let n = 0; n < 8; n++) {
    const x = 24 + (n % 4) * 300;
    const y = 110 + Math.floor(n / 4) * 330;
    box(x, y, 276, 200, ['#dfe8d8', '#f2dfd0', '#d9e2ef', '#ece0ef'][n % 4] ?? '#eee');
    box(x, y + 216, 180, 16, '#3c4257');
    box(x, y + 244, 90, 14, '#a6abba');
  }
  host.append(svg);
}
