// A body without what its keys say is secret: JSON, forms, GraphQL and plain text, each parsed. What claims to be something and is not, and
// what is none of these, is not told.

import { DOTS } from './platform.ts';

/** Masks what looks like a secret in a text. */
export type Clean = (text: string) => string;

/** In any part of a key; `-` for what may part two words. */
const WORDS =
  'auth|token|secret|session|credential|cookie|[cx]srf|pass|pwd|kennwort|senha|contrasen|api-key|access-key|private-key|signature|nonce|jwt|bearer|otp|pin|mfa|one-time|verif|recovery|answer|security-code|access-code|invite-code|card|cvc|cvv|csc|iban|swift-code|sort-code|routing-n|account|ssn|social-sec|national-id|tax-id|licen[cs]e|insurance|diagnos|mother|maiden|dob|birth|email|e-mail|phone|mobile|address|street|postal|post-?code|zip|latitude|longitude|user-name|first-name|last-name|full-name|sur-name|given-name|family-name|middle-name|display-name|nick-name|holder';
const FOLDED = new RegExp(WORDS.replaceAll(/-\??/g, ''));
const fold = (key: string): string =>
  key
    .slice(0, 200)
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
/** Of a card; as a part of another word it says nothing. */
const EXPIRY = /^(?:cc)?exp(?:iry|iration)?(?:date|month|year|mm|yy|mmyy)?$/;
export const isSecret = (key: string): boolean => FOLDED.test(fold(key)) || EXPIRY.test(fold(key));

/** `password: x` in a text without structure: to the end of what it can be. */
const KEYED = new RegExp(
  `((?:${WORDS.replaceAll(/-\??/g, '[^a-z0-9]?')})[\\w.$\\]-]{0,40}[\\\\"']{0,6}\\s{0,5}[:=]\\s{0,5})("[^"]*"|'[^']*'|[^\\n&]+)`,
  'gi',
);
const KEYS = /-----BEGIN[\s\S]*?(?:-----END[^-]*-----|$)/g;
/** Keys whose value says what the value beside it is. */
const NAMING = /^(?:name|key|field|id|label|param|type|header|property|attribute)$/i;
const names = (value: unknown): value is string =>
  typeof value === 'string' && value.length < 60 && isSecret(value) && !/@/.test(value);

const GRAPHQL = /^\s*(?:query|mutation|subscription|fragment)\b[^{]{0,2000}\{/;
/** Bytes of one body, parsed at all and told. */
export const MAX_PARSED = 256 * 1024;
export const MAX_TOLD = 32 * 1024;

/** Everything that a text says by value is dots: what is left is what is asked for. */
function graphql(text: string, clean: Clean): string {
  const bare = text
    .replace(/"""[\s\S]*?(?:"""|$)|"(?:\\.|[^"\\\n])*"?/g, `"${DOTS}"`)
    .replace(/#[^\n]*/g, '')
    .replace(/(\w{1,60})(\s{0,9}:\s{0,9})-?\d[\w.]*/g, (all, key, between) =>
      isSecret(key) ? key + between + DOTS : all,
    );
  return lines(bare, clean);
}

const lines = (text: string, clean: Clean): string =>
  text
    .split('\n')
    .map((line) => clean(line))
    .join('\n');

function plain(text: string, clean: Clean): string {
  const trimmed = text.trim();
  if (/^[{["]/.test(trimmed)) {
    const inner = json(trimmed, clean);
    if (inner !== undefined) return inner;
  }
  if (GRAPHQL.test(text)) return graphql(text, clean);
  return lines(text.replace(KEYS, DOTS).replace(KEYED, `$1${DOTS}`), clean);
}

/** An error that quotes what it was given: nothing that is quoted, and no number. */
const echo = (text: string): string =>
  text
    .replace(/"(\$\w{1,60})"|"[^"]*"?|(?<!\w)'[^']*'?|`[^`]*`?/g, (all, name) => (name ? all : DOTS))
    .replace(/\d[\d.,-]{2,}/g, DOTS);

function json(text: string, clean: Clean): string | undefined {
  try {
    return redactValue(JSON.parse(text), clean);
  } catch {
    return undefined;
  }
}

const quote = (text: string): string => JSON.stringify(text);

/** JSON of a value that JSON was parsed to; stops where nobody would be told more. */
export function redactValue(root: unknown, clean: Clean): string {
  let out = '';
  const full = (): boolean => out.length > MAX_TOLD;
  const write = (value: unknown, depth: number, key: string, failed: boolean): void => {
    if (depth > 40) out += quote(DOTS);
    else if (typeof value === 'string') {
      const said = failed ? echo(value) : value;
      out += quote(key === 'query' && /^\s*\{/.test(said) ? graphql(said, clean) : plain(said, clean));
    } else if (typeof value === 'number') {
      const text = String(value);
      out += clean(text) === text ? text : quote(DOTS);
    } else if (typeof value !== 'object' || !value) out += String(value ?? null);
    else if (Array.isArray(value)) {
      out += '[';
      for (let i = 0; i < value.length && !full(); i++) {
        if (i) out += ',';
        const hides = i > 0 && names(value[i - 1]) && typeof value[i] !== 'object';
        if (hides) out += quote(DOTS);
        else write(value[i], depth + 1, '', failed);
      }
      out += ']';
    } else members(value, depth, failed);
  };
  const members = (of: object, depth: number, failed: boolean): void => {
    const keys = Object.keys(of);
    const dataOf = (key: string): unknown => Object.getOwnPropertyDescriptor(of, key)?.value;
    const named = keys.some((key) => NAMING.test(key) && names(dataOf(key)));
    out += '{';
    for (let i = 0; i < keys.length && !full(); i++) {
      const key = keys[i] as string;
      const value = dataOf(key);
      out += `${i ? ',' : ''}${quote(clean(key))}:`;
      const empty = value === null || value === '';
      if (!empty && (isSecret(key) || (named && !NAMING.test(key)))) out += quote(DOTS);
      else write(value, depth + 1, key, failed || /^errors?$/i.test(key));
    }
    out += '}';
  };
  write(root, 0, '', false);
  return out;
}

/** Names and texts of a form, in lines. */
export function redactPairs(pairs: readonly (readonly [string, string])[], clean: Clean, between = '='): string[] {
  const named = pairs.some(([key, value]) => NAMING.test(key) && names(value));
  return pairs.map(([key, value]) => {
    const hidden = value !== '' && (isSecret(key) || (named && !NAMING.test(key)));
    return clean(key) + between + (hidden ? DOTS : GRAPHQL.test(value) ? graphql(value, clean) : plain(value, clean));
  });
}

function multipart(raw: string, type: string, clean: Clean): string | undefined {
  const boundary = /boundary="?([^";]+)/i.exec(type)?.[1] ?? /^--(\S+)/.exec(raw)?.[1];
  if (!boundary) return undefined;
  const pairs = raw
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part): [string, string] => {
      const at = part.indexOf('\r\n\r\n');
      const head = part.slice(0, at);
      const content = part.slice(at + 4).replace(/\r\n$/, '');
      const name = /[\s;]name="([^"]*)"/i.exec(head)?.[1] ?? '';
      return [name, /filename/i.test(head) || at < 0 ? `(file, ${content.length} bytes)` : content];
    });
  return redactPairs(pairs, clean, ': ').join('\n');
}

/** A body as it may be told; undefined where nothing of it may. `type` is its content-type. */
export function redact(raw: string, type: string, clean: Clean): string | undefined {
  if (raw.length > MAX_PARSED) return undefined;
  if (/^[^;]*[/+](?:[\w.-]*json)/i.test(type)) return json(raw, clean);
  if (/^\s*application\/graphql/i.test(type)) return graphql(raw, clean);
  if (/^\s*multipart\//i.test(type)) return multipart(raw, type, clean);
  const form = /^\s*application\/x-www-form-urlencoded/i.test(type);
  if (form || (/^\s*(?:text\/plain|$)/i.test(type) && /^[^\s=&]+=[^\s&]*(?:&[^\s=&]+=[^\s&]*)*$/.test(raw)))
    return redactPairs([...new URLSearchParams(raw)], clean).join('&');
  return /^\s*(?:text\/plain|$)/i.test(type) ? plain(raw, clean) : undefined;
}
