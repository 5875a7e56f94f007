// XMLHttpRequest, and beacons. Nothing listens to an upload: that would ask the server for leave first.

import { BodyState, Outcome, RequestFlag, RequestKind } from '@ridealong/wire/entries';
import type { Book, Open } from './book.ts';
import { addressOf } from './fetch.ts';
import { headerLines, typeIn } from './headers.ts';
import { getter, hear, method } from './platform.ts';
import { MAX_PARSED } from './redact.ts';

const { XMLHttpRequest } = globalThis;
const readyState = getter<number>(XMLHttpRequest, 'readyState');
const status = getter<number>(XMLHttpRequest, 'status');
const statusText = getter<string>(XMLHttpRequest, 'statusText');
const responseURL = getter<string>(XMLHttpRequest, 'responseURL');
const responseType = getter<string>(XMLHttpRequest, 'responseType');
const responseText = getter<string>(XMLHttpRequest, 'responseText');
const response = getter<unknown>(XMLHttpRequest, 'response');
const allHeaders = method<string>(XMLHttpRequest, 'getAllResponseHeaders');
const loadedOf = getter<number>(globalThis.ProgressEvent, 'loaded');

/** What the page has asked one for. */
interface Asked {
  method: string;
  url: string | undefined;
  sync: boolean;
  headers: [string, unknown][];
  open: Open | undefined;
}

const ENDS: Record<string, number> = {
  load: Outcome.ok,
  error: Outcome.failed,
  abort: Outcome.aborted,
  timeout: Outcome.timeout,
};
const DONE = 4;

export function watchXhr(book: Book): void {
  const { t, bodies } = book;
  const { window, patches } = t;
  const { prototype } = window.XMLHttpRequest;
  const state = new WeakMap<object, Asked>();

  const head = (xhr: object, open: Open): void => {
    const code = status(xhr);
    if (open.head || !code) return;
    const headers = headerLines(allHeaders(xhr) ?? '');
    book.head(open, code, statusText(xhr) ?? '', '', responseURL(xhr) ?? '', headers);
  };

  const body = (xhr: object, open: Open, loaded: number): void => {
    if (!open.may || open.body[0] !== BodyState.unread) return;
    const type = responseType(xhr);
    if (type !== '' && type !== 'text' && type !== 'json') open.body = [BodyState.binary, ''];
    else if (loaded > MAX_PARSED) open.body = [BodyState.cut, ''];
    else if (type === 'json') open.body = bodies.value(response(xhr));
    else {
      const [kind, , text] = bodies.of(responseText(xhr), true, open.type);
      open.body = [kind, text];
    }
  };

  const end = (xhr: object, open: Open, outcome: number, loaded: number): void => {
    if (outcome === Outcome.ok) {
      head(xhr, open);
      body(xhr, open, loaded);
    }
    book.end(open, outcome);
  };

  patches.around(prototype, 'open', (self, [verb, url, ...more]) => {
    const before = state.get(self as object)?.open;
    const was = readyState(self);
    return (_, ...threw) => {
      if (threw.length > 0) return;
      // What was under way is dropped without a word.
      if (before) end(self as object, before, was === DONE ? Outcome.ok : Outcome.aborted, 0);
      const given = typeof verb === 'string' ? verb : 'unknown';
      state.set(self as object, {
        method: /^(?:get|head|post|put|delete|options)$/i.test(given) ? given.toUpperCase() : given,
        url: addressOf(url, window),
        sync: more.length > 0 && !more[0],
        headers: [],
        open: undefined,
      });
    };
  });

  patches.after(window.XMLHttpRequest, 'value', ['setRequestHeader'], (xhr, [name, value]) => {
    const asked = state.get(xhr);
    if (asked && asked.headers.length < 64 && typeof name === 'string') asked.headers.push([name, value]);
  });

  patches.around(prototype, 'send', (self, [content]) => {
    const xhr = self as XMLHttpRequest;
    const asked = state.get(xhr);
    if (!asked || readyState(xhr) !== 1 || asked.open) return undefined;
    const { method, url, sync, headers } = asked;
    const none = method === 'GET' || method === 'HEAD';
    const open = book.begin(RequestKind.xhr, sync ? RequestFlag.sync : 0, method, url, headers, (may) =>
      bodies.of(none ? undefined : content, may, typeIn(headers)),
    );
    if (!open) return undefined;
    asked.open = open;
    if (method === 'HEAD') open.body = [BodyState.none, ''];
    const quiet = hear(patches, xhr, ['readystatechange', ...Object.keys(ENDS)], (event) => {
      const outcome = ENDS[event.type];
      const ready = readyState(xhr) ?? 0;
      // A page may have begun the next one with it, from a listener before ours.
      if (asked.open !== open || state.get(xhr) !== asked) return;
      if (outcome === undefined) {
        if (ready >= 2) head(xhr, open);
      } else if (ready === DONE) {
        end(xhr, open, outcome, loadedOf(event) ?? 0);
        quiet();
      }
    });
    open.over = quiet;
    return (result, ...threw) => {
      if (threw.length > 0) book.fail(open, threw[0], false);
      else if (sync) end(xhr, open, Outcome.ok, 0);
      return result;
    };
  });
}

export function watchBeacons(book: Book): void {
  const { t, bodies } = book;
  const { window, patches } = t;
  if (!('sendBeacon' in window.Navigator.prototype)) return;
  patches.around(window.Navigator.prototype, 'sendBeacon', (_, [url, data]) => {
    const open = book.begin(RequestKind.beacon, RequestFlag.keepalive, 'POST', addressOf(url, window), [], (may) =>
      bodies.of(data, may, ''),
    );
    return (
      open &&
      ((taken, ...threw) => {
        open.body = [BodyState.none, ''];
        open.settled = true;
        if (threw.length > 0) book.fail(open, threw[0], false);
        else if (taken === false) book.end(open, Outcome.refused);
        return taken;
      })
    );
  });
}
