// Requests as an HTTP archive, HAR 1.2. What is not known is -1 or empty, as the format has it; what is masked stays dots, and a
// comment says what a reader of the file could not see otherwise.

import { RequestKind } from '@ridealong/wire/entries';
import type { Entry, Har, Header, Page, QueryString, Timings } from 'har-format';
import { codeOf, isSocket, lastedOf, methodOf, phasesOf, statusOf, transferOf, urlOf } from './request.ts';
import { type Doc, type RequestRow, type ResourceRow, wallOf } from './rows.ts';
import { bodyWords, DOTS, hasText } from './words.ts';

type Traffic = RequestRow | ResourceRow;

export function harOf(rows: readonly Traffic[]): Har {
  const docs = [...new Set(rows.map(({ doc }) => doc))];
  const pages = docs.map((doc): Page => {
    const first = rows.find((row) => row.doc === doc && row.type === 'resource' && row.entry.kind === 'navigation');
    const title = first ? urlOf(first) : '';
    return { id: idOf(doc), startedDateTime: dateOf(doc.start), title, pageTimings: {} };
  });
  const comment = `${DOTS} stands for what was masked in the customer’s browser.`;
  return {
    log: { version: '1.2', creator: { name: 'Ridealong', version: '1' }, pages, entries: rows.map(entryOf), comment },
  };
}

function idOf({ tab, epoch }: Doc): string {
  return `tab-${tab}-page-${epoch}`;
}

/** A date that every reader takes, whatever the clock of a page said. */
function dateOf(ms: number): string {
  return new Date(Number.isFinite(ms) ? Math.min(Math.max(ms, 0), 4e12) : 0).toISOString();
}

function entryOf(row: Traffic): Entry {
  const told = row.type === 'request' ? row.request : null;
  const response = row.type === 'request' ? row.response : null;
  const transfer = transferOf(row);
  const version = transfer?.protocol.slice(0, 20) || 'unknown';
  const url = uriOf(row);
  const { body, text } = (row.type === 'request' && row.done) || { body: 5, text: '' };
  const timings = timingsOf(row);
  const entry: Entry = {
    pageref: idOf(row.doc),
    startedDateTime: dateOf(wallOf(row)),
    time: (lastedOf(row) ?? 0) / 10,
    request: {
      method: methodOf(row),
      url,
      httpVersion: version,
      cookies: [],
      headers: headersOf(told?.headers),
      queryString: queryOf(url),
      headersSize: -1,
      bodySize: told && told.size > 0 ? told.size : -1,
      ...(told && hasText(told.body) && { postData: { mimeType: mimeOf(told.headers), text: told.text } }),
    },
    response: {
      status: codeOf(row),
      statusText: response?.reason ?? '',
      httpVersion: version,
      cookies: [],
      headers: headersOf(response?.headers),
      content: {
        size: transfer?.decoded ?? 0,
        mimeType: response?.mime || 'x-unknown',
        ...(hasText(body) ? { text } : {}),
        ...(bodyWords(body) && { comment: bodyWords(body) }),
      },
      redirectURL: '',
      headersSize: -1,
      bodySize: transfer && transfer.encoded > 0 ? transfer.encoded : -1,
    },
    cache: {},
    timings,
  };
  const ended = commentOf(row);
  if (ended) entry.comment = ended;
  if (row.type === 'request' && isSocket(row)) entry._webSocketMessages = messagesOf(row);
  return entry;
}

/** An address that every reader takes. */
function uriOf(row: Traffic): string {
  const url = urlOf(row).replace(/\s/g, encodeURIComponent);
  return /^[a-z][a-z0-9+.-]*:/i.test(url) ? url : 'about:blank';
}

function commentOf(row: Traffic): string {
  if (row.type === 'request' && !row.request) return 'Its beginning did not arrive.';
  const words = statusOf(row);
  return /^\d+$/.test(words) ? '' : words;
}

function headersOf(pairs: readonly (readonly [string, string])[] = []): Header[] {
  return pairs.map(([name, value]) => ({ name, value }));
}

function mimeOf(pairs: readonly (readonly [string, string])[]): string {
  return pairs.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
}

function queryOf(url: string): QueryString[] {
  const query = /\?([^#]*)/.exec(url)?.[1];
  if (!query) return [];
  return [...new URLSearchParams(query)].map(([name, value]) => ({ name, value }));
}

function timingsOf(row: Traffic): Timings {
  const phases = phasesOf(row);
  const of = (tone: string) => {
    const phase = phases.find((one) => one.tone === tone);
    return phase ? (phase.to - phase.from) / 10 : -1;
  };
  const connect = of('connect');
  const ssl = of('tls');
  return {
    blocked: of('queue'),
    dns: of('dns'),
    connect: connect < 0 ? -1 : connect + Math.max(0, ssl), // with TLS, as the format has it
    ssl,
    send: 0,
    wait: Math.max(0, of('wait')),
    receive: Math.max(0, of('receive')),
  };
}

function messagesOf(row: RequestRow): NonNullable<Entry['_webSocketMessages']> {
  return row.talk.rows.flatMap((one) => {
    if (one.type !== 'message') return [];
    const { out, text, body, event } = one.entry;
    const source = row.request?.kind === RequestKind.eventSource ? { event } : {};
    return [
      {
        type: out ? ('send' as const) : ('receive' as const),
        time: Number.isFinite(wallOf(one)) ? wallOf(one) / 1000 : 0,
        opcode: 1,
        data: text,
        ...source,
        ...(bodyWords(body) && { comment: bodyWords(body) }),
      },
    ];
  });
}
