// Which rows of the network are shown, and in which order. Pure.

import type { Filter } from './filter.ts';
import {
  codeOf,
  hostOf,
  type Kind,
  kindOf,
  lastedOf,
  methodOf,
  movedOf,
  nameOf,
  stateOf,
  statusOf,
  type Traffic,
  typeOf,
  urlOf,
} from './request.ts';
import { type NetworkPanelRow, wallOf } from './rows.ts';

export type Column = 'name' | 'method' | 'status' | 'type' | 'size' | 'time' | 'start';
export type StatusWish = 'all' | '2' | '3' | '4' | '5' | 'failed' | 'pending';

export const STATUS_WISHES: readonly [StatusWish, string][] = [
  ['all', 'Any status'],
  ['2', '2xx'],
  ['3', '3xx'],
  ['4', '4xx'],
  ['5', '5xx'],
  ['failed', 'Failed'],
  ['pending', 'Pending'],
];

export interface NetworkWish {
  kinds: ReadonlySet<Kind>;
  status: StatusWish;
  filter: Filter;
  after: number;
  sort: Column;
  down: boolean;
}

export interface NetworkShown {
  rows: NetworkPanelRow[];
  /** Without what is missing or was left out. */
  traffic: Traffic[];
  all: number;
  bytes: number;
  failed: number;
  /** The first beginning and the last end of them, ms by the agent's clock. */
  from: number;
  to: number;
}

export function networkShown(all: readonly NetworkPanelRow[], wish: NetworkWish): NetworkShown {
  const plain = wish.filter.empty && wish.kinds.size === 0 && wish.status === 'all';
  const rows: NetworkPanelRow[] = [];
  const traffic: Traffic[] = [];
  let count = 0;
  let bytes = 0;
  let failed = 0;
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const row of all) {
    if (row.key <= wish.after) continue;
    if (row.type === 'gap' || row.type === 'leftOut') {
      if (plain) rows.push(row);
      continue;
    }
    count++;
    if (!plain && !wanted(row, wish)) continue;
    rows.push(row);
    traffic.push(row);
    bytes += movedOf(row).bytes ?? 0;
    if (stateOf(row) === 'failed') failed++;
    const begun = wallOf(row);
    from = Math.min(from, begun);
    to = Math.max(to, endOf(row, begun)); // one that is not over does not make all others small
  }
  rows.sort(order(wish));
  return { rows, traffic, all: count, bytes, failed, from, to };
}

/** When it ended, or `open` while it has not, by the agent's clock. */
export function endOf(row: Traffic, open: number): number {
  const begun = wallOf(row);
  const lasted = lastedOf(row);
  if (lasted !== null) return begun + lasted / 10;
  return stateOf(row) === 'pending' ? Math.max(begun, open) : begun;
}

function wanted(row: Traffic, { kinds, status, filter }: NetworkWish): boolean {
  if (kinds.size > 0 && !kinds.has(kindOf(row))) return false;
  if (!statusFits(row, status)) return false;
  return filter.empty || filter.matches(`${methodOf(row)} ${urlOf(row)} ${statusOf(row)} ${typeOf(row)}`);
}

function statusFits(row: Traffic, status: StatusWish): boolean {
  if (status === 'all') return true;
  if (status === 'failed') return stateOf(row) === 'failed' || stateOf(row) === 'stopped';
  if (status === 'pending') return stateOf(row) === 'pending';
  return Math.floor(codeOf(row) / 100) === Number(status);
}

const VALUES: Record<Column, (row: Traffic) => string | number> = {
  name: nameOf,
  method: methodOf,
  status: (row) => codeOf(row) * 10 + (stateOf(row) === 'failed' ? 1 : 0),
  type: (row) => typeOf(row) + hostOf(row),
  size: (row) => movedOf(row).bytes ?? -1,
  time: (row) => lastedOf(row) ?? Number.MAX_SAFE_INTEGER,
  start: wallOf,
};

function order({ sort, down }: NetworkWish): (a: NetworkPanelRow, b: NetworkPanelRow) => number {
  const value = VALUES[sort];
  const sign = down ? -1 : 1;
  const of = (row: NetworkPanelRow) =>
    sort === 'start' ? wallOf(row) : row.type === 'request' || row.type === 'resource' ? value(row) : '';
  return (a, b) => {
    const x = of(a);
    const y = of(b);
    if (x === y) return (a.key - b.key) * sign;
    return (x < y ? -1 : 1) * sign;
  };
}
