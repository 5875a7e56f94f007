// Values of the page's as text, and the console's format strings. Pure; what is masked stays dots.

import { ConsoleMethod, type Value, ValueKind } from '@ridealong/wire/entries';
import { type Style, styleOf } from './css.ts';
import type { ConsoleRow } from './rows.ts';
import { DOTS } from './words.ts';

/** A piece of a line: text of the page's own, or a value that can be opened. */
export type Piece = { text: string; style: Style } | { value: Value };

const MAX_PREVIEW = 5;
const LONGEST = 2000;

export function hasItems([kind, , , items]: Value): boolean {
  return kind >= ValueKind.object && (items?.length ?? 0) > 0;
}

/** One line that says what a value is; `within` another it is shorter, and texts have quotes. */
export function preview(value: Value, within = false, depth = 0): string {
  const [kind, text, size, items = []] = value;
  switch (kind) {
    case ValueKind.string:
    case ValueKind.format:
      return within ? `'${text.length > 100 ? `${text.slice(0, 100)}…` : text}'` : text;
    case ValueKind.masked:
      return within ? `'${DOTS}'` : DOTS;
    case ValueKind.undefined:
      return 'undefined';
    case ValueKind.null:
      return 'null';
    case ValueKind.bigint:
      return text.endsWith('n') ? text : `${text}n`;
    case ValueKind.function:
      return `ƒ ${text}`.trim();
    case ValueKind.symbol:
      return `Symbol(${text})`;
    case ValueKind.node:
      return text.startsWith('#') ? text : `<${text}>`;
    case ValueKind.getter:
      return '(…)';
    case ValueKind.circle:
      return text ? `[Circular ${text}]` : '[Circular]';
    case ValueKind.deep:
      return text === 'Array' ? '[…]' : `${nameOf(text)}{…}`;
    case ValueKind.fault:
      return text || 'Error';
    case ValueKind.array:
      if (within && depth > 0) return `Array(${size})`;
      return `${size > 1 || within ? `(${size}) ` : ''}${nameOf(text, 'Array')}[${listOf(value, items, depth)}]`;
    case ValueKind.map:
    case ValueKind.set:
      if (within && depth > 0) return `${text || (kind === ValueKind.map ? 'Map' : 'Set')}(${size})`;
      return `${text || (kind === ValueKind.map ? 'Map' : 'Set')}(${size}) {${listOf(value, items, depth)}}`;
    case ValueKind.object:
      if (within && depth > 0) return items.length === 0 ? `${nameOf(text)}{}` : `${nameOf(text)}{…}`;
      return `${nameOf(text)}{${listOf(value, items, depth)}}`;
    case ValueKind.other:
      return size > 0 ? `${text}(${size})` : text;
    default:
      return text;
  }
}

function listOf([kind, , size]: Value, items: NonNullable<Value[3]>, depth: number): string {
  const unnamed = kind === ValueKind.array || kind === ValueKind.set;
  const parts = items.slice(0, unnamed ? 20 : MAX_PREVIEW).map(([name, value]) => {
    const text = preview(value, true, depth + 1);
    if (unnamed) return text;
    return kind === ValueKind.map ? `${name} => ${text}` : `${name}: ${text}`;
  });
  const more = Math.max(size, items.length) > parts.length;
  return `${parts.join(', ')}${more ? `${parts.length > 0 ? ', ' : ''}…` : ''}`;
}

function nameOf(text: string, plain = 'Object'): string {
  return text === '' || text === plain ? '' : `${text} `;
}

/** What a call of the console says, in pieces. */
export function piecesOf(values: readonly Value[]): Piece[] {
  const [first, ...rest] = values;
  if (!first) return [];
  const pieces: Piece[] = [];
  let after = values;
  if (first[0] === ValueKind.format) after = rest.slice(formatted(first[1], rest, pieces));
  for (const value of after) {
    if (pieces.length > 0) pieces.push({ text: ' ', style: {} });
    pieces.push(value[0] === ValueKind.string ? { text: value[1], style: {} } : { value });
  }
  return pieces;
}

/** Puts the pieces of a format string there, and returns how many values it took. */
function formatted(format: string, values: readonly Value[], pieces: Piece[]): number {
  let used = 0;
  let style: Style = {};
  let last = 0;
  const say = (text: string) => text !== '' && pieces.push({ text, style });
  for (const found of format.matchAll(/%([sdifoOc%])/g)) {
    const [whole, what] = found;
    if (what === '%') {
      say(format.slice(last, found.index + 1));
      last = found.index + whole.length;
      continue;
    }
    const value = values[used];
    if (!value) break;
    used++;
    say(format.slice(last, found.index));
    last = found.index + whole.length;
    if (what === 'c') style = value[0] === ValueKind.string ? styleOf(value[1]) : {};
    else if (what === 'o' || what === 'O' || value[0] === ValueKind.masked) pieces.push({ value });
    else say(what === 's' ? preview(value).slice(0, LONGEST) : numberOf(value, what === 'f'));
  }
  say(format.slice(last));
  return used;
}

function numberOf([kind, text]: Value, fraction: boolean): string {
  if (kind === ValueKind.bigint) return text;
  if (kind !== ValueKind.number && kind !== ValueKind.string) return 'NaN';
  return String(fraction ? Number.parseFloat(text) : Math.trunc(Number.parseFloat(text)));
}

const said = new WeakMap<ConsoleRow, string>();

/** The line as text: for the filter, and for copying. */
export function lineOf(row: ConsoleRow): string {
  let line = said.get(row);
  if (line === undefined) {
    const words = piecesOf(row.entry.values).map((piece) => ('text' in piece ? piece.text : preview(piece.value)));
    line = (row.entry.method === ConsoleMethod.assert ? ['Assertion failed: ', ...words] : words)
      .join('')
      .slice(0, 10_000);
    said.set(row, line);
  }
  return line;
}

export interface Table {
  columns: string[];
  rows: { name: string; cells: (Value | null)[] }[];
  more: number;
}

const MAX_COLUMNS = 20;
const MAX_TABLE = 100;
const ITSELF = 'Value';

/** What console.table shows; null when it is nothing with rows. */
export function tableOf(values: readonly Value[]): Table | null {
  const [data, only] = values;
  if (!data || !hasItems(data)) return null;
  const items = data[3] ?? [];
  const columns = new Set<string>(only && hasItems(only) ? (only[3] ?? []).map(([, [, text]]) => text) : []);
  const fixed = columns.size > 0;
  for (const [, value] of items) {
    if (fixed) break;
    for (const [name] of hasItems(value) ? (value[3] ?? []) : [[ITSELF] as const])
      if (columns.size < MAX_COLUMNS) columns.add(name);
  }
  const rows = items.slice(0, MAX_TABLE).map(([name, value]) => {
    const cells = new Map<string, Value>(hasItems(value) ? (value[3] ?? []) : [[ITSELF, value]]);
    return { name, cells: [...columns].map((column) => cells.get(column) ?? null) };
  });
  return { columns: [...columns], rows, more: Math.max(0, Math.max(data[2], items.length) - rows.length) };
}
