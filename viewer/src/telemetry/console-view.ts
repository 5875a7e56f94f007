// Which rows of the console are shown: by level, by filter, by what is collapsed. Pure.

import { ConsoleMethod } from '@ridealong/wire/entries';
import type { Filter } from './filter.ts';
import type { ConsolePanelRow, ConsoleRow, Doc } from './rows.ts';
import { lineOf } from './values.ts';

export type Level = 'verbose' | 'info' | 'warning' | 'error';

export const LEVELS: readonly [Level, string][] = [
  ['error', 'Errors'],
  ['warning', 'Warnings'],
  ['info', 'Info'],
  ['verbose', 'Verbose'],
];

export function levelOf({ entry: { method } }: ConsoleRow): Level {
  if (method === ConsoleMethod.error || method === ConsoleMethod.assert) return 'error';
  if (method === ConsoleMethod.warn) return 'warning';
  return method === ConsoleMethod.debug ? 'verbose' : 'info';
}

export function isGroup({ entry: { method } }: ConsoleRow): boolean {
  return method === ConsoleMethod.group || method === ConsoleMethod.groupCollapsed;
}

export interface ConsoleShown {
  rows: ConsolePanelRow[];
  counts: Record<Level, number>;
  hidden: number;
}

export interface ConsoleWish {
  levels: ReadonlySet<Level>;
  filter: Filter;
  /** Rows up to this one were cleared away by the agent. */
  after: number;
  /** Whether a group is collapsed. */
  collapsed: (row: ConsoleRow) => boolean;
}

export function consoleShown(all: readonly ConsolePanelRow[], wish: ConsoleWish): ConsoleShown {
  const counts = { verbose: 0, info: 0, warning: 0, error: 0 };
  const closed = new Map<Doc, number>();
  const rows: ConsolePanelRow[] = [];
  let hidden = 0;
  for (const row of all) {
    if (row.key <= wish.after) continue;
    if (row.type !== 'console') {
      if (wish.filter.empty) rows.push(row);
      continue;
    }
    if (row.entry.method === ConsoleMethod.groupEnd) continue;
    const level = levelOf(row);
    counts[level] += row.count;
    const wanted = wish.levels.has(level) && wish.filter.matches(textOf(row));
    if (wanted && (!wish.filter.empty || inSight(row, closed, wish))) rows.push(row);
    else if (!wanted) hidden++;
  }
  return { rows, counts, hidden };
}

/** A collapsed group hides what is deeper, of its own document. */
function inSight(row: ConsoleRow, closed: Map<Doc, number>, { collapsed }: ConsoleWish): boolean {
  const depth = closed.get(row.doc);
  if (depth !== undefined && row.entry.depth > depth) return false;
  if (isGroup(row) && collapsed(row)) closed.set(row.doc, row.entry.depth);
  else closed.delete(row.doc);
  return true;
}

/** The line, and its place: one searches for either. */
function textOf(row: ConsoleRow): string {
  return row.entry.where ? `${lineOf(row)} ${row.entry.where}` : lineOf(row);
}
