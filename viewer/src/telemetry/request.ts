// What the Network panel says of a request or a file: words, figures and phases. Pure.

import { Outcome, RequestFlag, RequestKind, TimingFlag, type Transfer } from '@ridealong/wire/entries';
import { requestFails } from './failing.ts';
import type { RequestRow, ResourceRow } from './rows.ts';
import { fileOf } from './stack.ts';

export type Kind = 'fetch' | 'ws' | 'js' | 'css' | 'img' | 'media' | 'font' | 'doc' | 'other';

export const KINDS: readonly [Kind, string][] = [
  ['fetch', 'Fetch/XHR'],
  ['ws', 'WS'],
  ['js', 'JS'],
  ['css', 'CSS'],
  ['img', 'Img'],
  ['media', 'Media'],
  ['font', 'Font'],
  ['doc', 'Doc'],
  ['other', 'Other'],
];

export type State = 'pending' | 'ok' | 'failed' | 'stopped';
export type Traffic = RequestRow | ResourceRow;

const OUTCOMES: Record<number, string> = {
  [Outcome.failed]: 'failed: network, or CORS',
  [Outcome.aborted]: 'aborted by the page',
  [Outcome.timeout]: 'timed out',
  [Outcome.offline]: 'failed: offline',
  [Outcome.blocked]: 'blocked by policy',
  [Outcome.mixed]: 'blocked: mixed content',
  [Outcome.closed]: 'closed',
  [Outcome.cutOff]: 'cut off by navigation',
  [Outcome.refused]: 'refused by the browser',
};

export function isSocket(row: Traffic): boolean {
  return row.type === 'request' && kindOf(row) === 'ws';
}

export function urlOf(row: Traffic): string {
  return row.type === 'resource' ? row.entry.url : (row.request?.url ?? '');
}

export function nameOf(row: Traffic): string {
  return fileOf(urlOf(row)) || '(its beginning did not arrive)';
}

export function hostOf(row: Traffic): string {
  return /^[a-z]+:\/\/([^/?#]+)/i.exec(urlOf(row))?.[1] ?? '';
}

export function methodOf(row: Traffic): string {
  return row.type === 'resource' ? 'GET' : (row.request?.method ?? '').slice(0, 20) || (isSocket(row) ? 'GET' : '?');
}

export function codeOf(row: Traffic): number {
  return row.type === 'resource' ? row.entry.status : (row.response?.status ?? 0);
}

/** How it stands, in words. */
export function statusOf(row: Traffic): string {
  const code = codeOf(row);
  if (row.type === 'resource') return code > 0 ? String(code) : 'not told';
  const { done, response } = row;
  if (!done) {
    if (row.cut) return 'cut off by navigation';
    if (isSocket(row)) return response ? 'open' : 'pending';
    return code > 0 ? `${code}, pending` : 'pending';
  }
  const words = OUTCOMES[done.outcome];
  if (words) return code > 0 && !isSocket(row) ? `${code}, ${words}` : words;
  if (code > 0) return String(code);
  if (row.request?.kind === RequestKind.beacon) return 'sent';
  return response?.kind.slice(0, 20) || 'done';
}

export function stateOf(row: Traffic): State {
  if (row.type === 'resource') return row.entry.status >= 400 ? 'failed' : 'ok';
  if (requestFails(row)) return 'failed';
  if (row.cut || row.done?.outcome === Outcome.aborted || row.done?.outcome === Outcome.cutOff) return 'stopped';
  return row.done ? 'ok' : 'pending';
}

const BY_NAME: [RegExp, Kind][] = [
  [/\.(?:m?js|cjs|wasm)$/i, 'js'],
  [/\.css$/i, 'css'],
  [/\.(?:png|jpe?g|gif|webp|avif|svg|ico|bmp)$/i, 'img'],
  [/\.(?:woff2?|ttf|otf|eot)$/i, 'font'],
  [/\.(?:mp4|webm|m4a|mp3|ogg|ogv|wav|m3u8|mpd|vtt)$/i, 'media'],
];

const BY_KIND: Record<string, Kind> = {
  img: 'img',
  image: 'img',
  input: 'img',
  icon: 'img',
  script: 'js',
  navigation: 'doc',
  iframe: 'doc',
  frame: 'doc',
  embed: 'doc',
  object: 'doc',
  video: 'media',
  audio: 'media',
  track: 'media',
  fetch: 'fetch',
  xmlhttprequest: 'fetch',
  beacon: 'fetch',
};

export function kindOf(row: Traffic): Kind {
  if (row.type === 'request') {
    const kind = row.request?.kind;
    const socket = kind === RequestKind.webSocket || kind === RequestKind.eventSource;
    return socket || (!row.request && row.talk.rows.length > 0) ? 'ws' : 'fetch';
  }
  const { kind, url } = row.entry;
  if (Object.hasOwn(BY_KIND, kind)) return BY_KIND[kind] ?? 'other';
  const path = url.replace(/[?#].*$/s, '');
  const named = BY_NAME.find(([pattern]) => pattern.test(path));
  return named?.[1] ?? (kind === 'link' || kind === 'css' ? 'css' : 'other');
}

const CALLS = ['fetch', 'xhr', 'beacon', 'websocket', 'eventsource'];

/** What made it, as DevTools calls it. */
export function typeOf(row: Traffic): string {
  if (row.type === 'request') return CALLS[row.request?.kind ?? -1] ?? 'request';
  const kind = kindOf(row);
  if (kind === 'doc') return 'document';
  return KINDS.find(([one]) => one === kind)?.[1].toLowerCase() ?? kind;
}

export function transferOf(row: Traffic): Transfer | null {
  return row.type === 'resource' ? row.entry.transfer : (row.done?.transfer ?? null);
}

/** Bytes that were moved, or null; and the word instead of them. */
export function movedOf(row: Traffic): { bytes: number | null; words: string } {
  const transfer = transferOf(row);
  if (!transfer) return { bytes: null, words: '' };
  if (transfer.flags & TimingFlag.cache) return { bytes: 0, words: 'from cache' };
  const bytes = transfer.moved || transfer.encoded || transfer.decoded;
  if (bytes > 0) return { bytes, words: '' };
  return { bytes: null, words: transfer.flags & TimingFlag.hidden ? 'not told' : '' };
}

/** Tenths of a ms from its beginning to its end; null while it has none. */
export function lastedOf(row: Traffic): number | null {
  const transfer = transferOf(row);
  if (transfer && transfer.duration > 0) return transfer.duration;
  return row.type === 'request' && row.done ? Math.max(0, row.done.at - row.at) : null;
}

export interface Phase {
  name: string;
  /** Tenths of a ms since it began. */
  from: number;
  to: number;
  tone: 'queue' | 'dns' | 'connect' | 'tls' | 'worker' | 'wait' | 'receive';
}

/** The phases of a transfer, as far as they are known, in their order. */
export function phasesOf(row: Traffic): Phase[] {
  const transfer = transferOf(row);
  const marks = (transfer?.marks ?? []).slice(0, 10).map((mark) => (mark > 0 ? mark - 1 : null));
  const [fetched, dns, dnsEnd, connect, tls, connected, asked, answered, ended, worker] = marks;
  const phases: Phase[] = [];
  const add = (name: string, tone: Phase['tone'], from: number | null | undefined, to: number | null | undefined) => {
    if (from != null && to != null && to > from) phases.push({ name, tone, from, to });
  };
  if (asked != null || answered != null) {
    const begun = [worker, dns, connect, asked].find((mark) => mark != null);
    add('Queueing', 'queue', fetched ?? 0, begun);
    add('Service worker', 'worker', worker, fetched);
    add('Name lookup', 'dns', dns, dnsEnd);
    add('Connecting', 'connect', connect, tls ?? connected);
    add('TLS', 'tls', tls, connected);
    add('Waiting for the answer', 'wait', asked ?? fetched, answered);
    add('Receiving', 'receive', answered, ended ?? transfer?.duration);
    return phases;
  }
  const lasted = lastedOf(row);
  const head = row.type === 'request' && row.response ? Math.max(0, row.responseAt - row.at) : null;
  add('Waiting for the answer', 'wait', 0, head ?? lasted);
  add('Receiving', 'receive', head, lasted);
  return phases;
}

const FLAGS: [number, string][] = [
  [RequestFlag.keepalive, 'keepalive'],
  [RequestFlag.sync, 'synchronous'],
  [RequestFlag.seenLate, 'open before anybody watched'],
];

export function flagsOf(row: Traffic): string[] {
  const told = row.type === 'request' ? (row.request?.flags ?? 0) : 0;
  const words = FLAGS.filter(([flag]) => told & flag).map(([, word]) => word);
  const flags = transferOf(row)?.flags ?? 0;
  if (flags & TimingFlag.cache) words.push('from the browser’s cache');
  if (flags & TimingFlag.worker) words.push('through a service worker');
  if (flags & TimingFlag.blocked) words.push('blocked rendering');
  return words;
}
