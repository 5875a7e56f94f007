// A request as a command or as code, for copying. Everything in it is hostile: nothing may leave its quotes, be taken for an option or a
// file, or reach a terminal as a control character. Masked values stay dots.

import { methodOf, urlOf } from './request.ts';
import type { RequestRow, ResourceRow } from './rows.ts';
import { hasText } from './words.ts';

type Traffic = RequestRow | ResourceRow;

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}$/;

function parts(row: Traffic): { url: string; method: string; headers: (readonly [string, string])[]; body: string } {
  const told = row.type === 'request' ? row.request : null;
  const method = methodOf(row);
  return {
    url: urlOf(row),
    method: TOKEN.test(method) ? method : 'GET',
    headers: (told?.headers ?? []).filter(([name]) => TOKEN.test(name)),
    body: told && hasText(told.body) ? told.text : '',
  };
}

/** Whether there is an address that one could ask. */
export function canCopy(row: Traffic): boolean {
  return /^https?:\/\//i.test(urlOf(row));
}

export function asCurl(row: Traffic): string {
  const { url, method, headers, body } = parts(row);
  // --globoff: brackets in an address are no ranges.
  const lines = [`curl --globoff --url ${shell(url)}`];
  if (method !== (body ? 'POST' : 'GET')) lines.push(`-X ${shell(method)}`);
  for (const [name, value] of headers) lines.push(`-H ${shell(`${name}: ${value}`)}`);
  if (body) lines.push(`--data-raw ${shell(body)}`);
  return lines.join(' \\\n  ');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that must not reach a terminal
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Quoted for a POSIX shell; with control characters in bash's `$'…'`. */
export function shell(text: string): string {
  const clean = text.replaceAll('\0', '');
  if (clean.search(CONTROLS) < 0) return `'${clean.replaceAll("'", `'\\''`)}'`;
  const escaped = clean
    .replace(/[\\'!]/g, (one) => (one === '!' ? '\\x21' : `\\${one}`))
    .replace(CONTROLS, (one) => {
      if (one === '\n') return '\\n';
      const code = one.charCodeAt(0);
      return code < 0x80 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
    });
  return `$'${escaped}'`;
}

export function asFetch(row: Traffic): string {
  const { url, method, headers, body } = parts(row);
  const options = {
    method,
    ...(headers.length > 0 && { headers: Object.fromEntries(headers) }),
    ...(body && { body }),
  };
  const code = (value: unknown) =>
    JSON.stringify(value, null, 2).replace(
      /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
      (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
  return `await fetch(${code(url)}, ${code(options)});`;
}
