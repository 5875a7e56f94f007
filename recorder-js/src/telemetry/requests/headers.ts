// Headers that may be told: by a list, never by what is known to be secret. Of the others there are the names, and dots.

import type { Pair } from '@ridealong/wire/entries';
import type { Telling } from '../context.ts';
import { DOTS, method, peek } from './platform.ts';

const TOLD =
  /^(?:content-(?:type|length|encoding)|accept|cache-control|date|e?tag|server-timing|x-request-id|traceparent|vary|location|access-control-allow-origin|retry-after|age|x-cache)$/;
const STRICT = /^content-(?:type|length)$/;
/** A name that says somebody's number or key is none. */
const ODD = /\d{4}|[^\w-]|^.{41}|[a-z\d]{21}/;
const MAX = 64;

/** A type without parameters, but for the character set. */
const TYPE = /^[\w.+-]{1,60}\/[\w.+-]{1,80}(?=[\s;,]|$)/;
export const mimeOf = (type: string): string => TYPE.exec(type.trim())?.[0].toLowerCase() ?? '';

function headerText(t: Telling, name: string, value: string): string {
  if (name === 'content-type') {
    const charset = /;\s*(charset=[\w-]{1,20})/i.exec(value)?.[1];
    return mimeOf(value) + (charset ? `; ${charset}` : '');
  }
  if (name === 'content-length' || name === 'age') return /^\d{1,15}$/.test(value) ? value : DOTS;
  return name === 'location' ? t.url(value) : t.text(value, 300);
}

export function tellHeaders(t: Telling, headers: readonly (readonly [string, unknown])[]): Pair[] {
  const told: Pair[] = [];
  const strict = t.privacy.mode === 'strict';
  for (const [raw, value] of headers.slice(0, MAX)) {
    const name = raw.toLowerCase();
    if (strict && !STRICT.test(name)) continue;
    if (TOLD.test(name) && typeof value === 'string') told.push([name, headerText(t, name, value)]);
    else told.push([ODD.test(name) || t.text(name) !== name ? `${name.slice(0, 4)}…` : name, DOTS]);
  }
  return told;
}

const forEach = method<undefined>(globalThis.Headers, 'forEach');

/** What a page gives for headers, without asking any of its own code. */
export function headersOf(given: unknown): [string, unknown][] {
  const found: [string, unknown][] = [];
  if (typeof given !== 'object' || !given) return found;
  forEach(given, (value: string, name: string) => found.push([name, value]));
  if (found.length > 0) return found;
  let keys: string[] = [];
  try {
    keys = Object.keys(given).slice(0, MAX);
  } catch {
    // a proxy of the page's
  }
  const list = Array.isArray(given);
  for (const key of keys) {
    const value = peek(given, key);
    if (!list) found.push([key, value]);
    else if (typeof peek(value, 0) === 'string') found.push([peek(value, 0) as string, peek(value, 1)]);
  }
  return found;
}

export const headerLines = (text: string): [string, string][] =>
  text
    .split('\r\n')
    .filter(Boolean)
    .map((line) => {
      const at = line.indexOf(':');
      return [line.slice(0, at), line.slice(at + 1).trim()];
    });

export const typeIn = (headers: readonly (readonly [string, unknown])[]): string =>
  String(headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '');
