// A source map, asked for places. A map is whatever a site's build, or somebody else, wrote: what is not one within these bounds is null,
// and nothing here throws or takes longer than its size says.

import {
  type EncodedSourceMap,
  FlattenMap,
  type SectionedSourceMap,
  type TraceMap,
  traceSegment,
} from '@jridgewell/trace-mapping';
import { MAX_MAP, type Place } from './place.ts';

/** Places in the mappings, and lines: each costs some 40 bytes when it is decoded. */
const MAX_PLACES = 4_000_000;
/** Of all sources' names, each with its root. */
const MAX_NAMES = 16_000_000;
const MAX_NAME = 2000;
/** A map in a map's section is as the format has it; another one in that is not. */
const MAX_DEPTH = 2;
const AROUND = 3;
const MAX_LINE = 400;

export type Trace = (line: number, column: number) => Place | null;

/** The map of a script at `url`. */
export function traceOf(bytes: Uint8Array, url: string): Trace | null {
  try {
    if (bytes.length > MAX_MAP) return null;
    const text = new TextDecoder().decode(bytes).replace(/^\)\]\}[^\n]*\n/, '');
    const parsed: unknown = JSON.parse(text);
    if (!isMap(parsed, { places: MAX_PLACES, names: MAX_NAMES }, MAX_DEPTH)) return null;
    const map = new FlattenMap(parsed, url);
    return (line, column) => {
      try {
        return placeOf(map, line, column);
      } catch {
        return null;
      }
    };
  } catch {
    return null;
  }
}

type Left = { places: number; names: number };

/** Whether it is a map that the decoder can be trusted with. What it would only hand through is looked at when it comes out. */
function isMap(map: unknown, left: Left, depth: number): map is EncodedSourceMap | SectionedSourceMap {
  if (!isObject(map) || map.version !== 3) return false;
  if ('sections' in map) return depth > 1 && areSections(map.sections, left, depth);
  const { mappings, sources, sourceRoot, names, sourcesContent } = map;
  if (typeof mappings !== 'string' || !Array.isArray(sources)) return false;
  if (![names, sourcesContent].every((list) => list == null || Array.isArray(list))) return false;
  if (sourceRoot != null && !isName(sourceRoot)) return false;
  if (!sources.every((source) => source === null || isName(source))) return false;
  for (const source of sources) left.names -= 1 + (source?.length ?? 0) + (sourceRoot?.length ?? 0);
  for (let i = 0; i < mappings.length; i++) {
    const code = mappings.charCodeAt(i);
    if (code === COMMA || code === SEMICOLON) left.places--;
  }
  return left.places >= 0 && left.names >= 0;
}

const COMMA = 44;
const SEMICOLON = 59;

/** In order, as the format has it. The lines up to the last one are made whether they hold something or not. */
function areSections(sections: unknown, left: Left, depth: number): boolean {
  if (!Array.isArray(sections)) return false;
  let before = -1;
  for (const section of sections as unknown[]) {
    if (!isObject(section) || !isObject(section.offset)) return false;
    const { line, column } = section.offset;
    if (!isCount(line) || !isCount(column) || line < before) return false;
    left.places -= line - Math.max(before, 0) + 1;
    before = line;
    if (left.places < 0 || !isMap(section.map, left, depth - 1)) return false;
  }
  return true;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_NAME;
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 0x7fffffff;
}

function placeOf(map: TraceMap, line: number, column: number): Place | null {
  const asked = Math.max(0, column - 1);
  const segment = traceSegment(map, line - 1, asked);
  if (!segment || segment.length === 1) return null;
  const [at, index, sourceLine, sourceColumn] = segment;
  const url = map.resolvedSources[index];
  if (!url || !isCount(sourceLine) || !isCount(sourceColumn)) return null;
  const place: Place = { url, line: sourceLine + 1, column: sourceColumn + 1, exact: at === asked };
  const content: unknown = map.sourcesContent?.[index];
  const context = typeof content === 'string' ? linesAround(content, sourceLine) : [];
  return context.length > 0 ? { ...place, context } : place;
}

/** A line, which counts from 0, in the middle of those around it; none when the text has no such line. */
export function linesAround(text: string, line: number): string[] {
  const lines: string[] = [];
  const before = Math.min(AROUND, line);
  let at = 0;
  for (let n = 0; n <= line + before; n++) {
    const end = text.indexOf('\n', at);
    if (n >= line - before) lines.push(cut(text.slice(at, end < 0 ? text.length : end)));
    if (end < 0) return n < line ? [] : lines.slice(lines.length - 1 - 2 * (n - line));
    at = end + 1;
  }
  return lines;
}

function cut(line: string): string {
  const plain = line.endsWith('\r') ? line.slice(0, -1) : line;
  return plain.length > MAX_LINE ? `${plain.slice(0, MAX_LINE)}…` : plain;
}
