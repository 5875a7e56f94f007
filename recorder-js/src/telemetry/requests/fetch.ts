// fetch and what a page reads of its responses. Nothing is read that the page does not read, no request is made anew, and no code of the page
// is asked: what only that could tell is unknown. All that a page may notice is that its promise is settled one microtask later.

import { BodyState, Outcome, RequestFlag, RequestKind } from '@ridealong/wire/entries';
import type { Bodies, Body } from './bodies.ts';
import type { Book, Open } from './book.ts';
import { headersOf } from './headers.ts';
import { getter, hear, pass, peek, UNKNOWN } from './platform.ts';

const { Request, Response, URL, AbortSignal } = globalThis;
const hrefOf = getter<string>(URL, 'href');
const requestUrl = getter<string>(Request, 'url');
const requestMethod = getter<string>(Request, 'method');
const requestHeaders = getter<Headers>(Request, 'headers');
const requestKeepalive = getter<boolean>(Request, 'keepalive');
const requestSignal = getter<AbortSignal>(Request, 'signal');
const isAborted = getter<boolean>(AbortSignal, 'aborted');
const status = getter<number>(Response, 'status');
const statusText = getter<string>(Response, 'statusText');
const responseType = getter<string>(Response, 'type');
const responseUrl = getter<string>(Response, 'url');
const responseHeaders = getter<Headers>(Response, 'headers');
const bodyUsed = getter<boolean>(Response, 'bodyUsed');

/** The address that a page gives for a request; undefined where only its own code could say. */
export function addressOf(given: unknown, window: Window): string | undefined {
  if (typeof given === 'string') return given;
  return requestUrl(given) ?? hrefOf(given) ?? (given === window.location ? window.location.href : undefined);
}

/** As fetch has it. */
function methodOf(input: unknown, init: unknown): string {
  const given = peek(init, 'method');
  if (given === undefined) return requestMethod(input) ?? 'GET';
  if (typeof given !== 'string') return 'unknown';
  return /^(?:get|head|post|put|delete|options)$/i.test(given) ? given.toUpperCase() : given;
}

function bodyOf(bodies: Bodies, input: unknown, init: unknown, type: string, method: string, may: boolean): Body {
  const given = peek(init, 'body');
  if (given === UNKNOWN) return [BodyState.unknown, 0, ''];
  // A request's own body is a stream, and who looks at it makes it one.
  if ((given ?? undefined) === undefined && requestUrl(input) !== undefined && !/^(?:GET|HEAD)$/.test(method))
    return [BodyState.unknown, 0, ''];
  return bodies.of(given, may, type);
}

export function watchFetch(book: Book): void {
  const { t, bodies } = book;
  const { window, patches } = t;
  /** Whose bodies may be told. */
  const tracked = new WeakMap<object, Open>();

  const answered = (open: Open, response: unknown): void => {
    open.settled = true;
    const code = status(response);
    if (code !== undefined) {
      const headers = headersOf(responseHeaders(response));
      const from = responseUrl(response) ?? '';
      book.head(open, code, statusText(response) ?? '', responseType(response) ?? '', from, headers);
      if (open.may) tracked.set(response as object, open);
    }
    book.check(open);
  };

  patches.around(window, 'fetch', (_, [input, init]) => {
    const own = peek(init, 'headers');
    const headers = headersOf(own === undefined ? requestHeaders(input) : own);
    const method = methodOf(input, init);
    const keepalive = peek(init, 'keepalive') ?? requestKeepalive(input);
    const type = String(headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '');
    const open = book.begin(
      RequestKind.fetch,
      keepalive === true ? RequestFlag.keepalive : 0,
      method,
      addressOf(input, window),
      headers,
      (may) => bodyOf(bodies, input, init, type, method, may),
    );
    if (!open) return undefined;
    if (method === 'HEAD') open.body = [BodyState.none, ''];
    const given = peek(init, 'signal');
    const signal = given === undefined ? requestSignal(input) : given;
    const aborted = (): boolean => isAborted(signal) === true;
    return (result, ...threw) => {
      if (threw.length > 0) return book.fail(open, threw[0], aborted());
      const chained = pass(
        patches,
        result,
        (response) => answered(open, response),
        (reason) => book.fail(open, reason, aborted()),
      );
      // Of what the page has made of its promise only the timing tells.
      if (!chained) open.settled = true;
      // The rejection says it where there is one; here is what is aborted behind its head.
      if (isAborted(signal) === false)
        open.over = hear(patches, signal as AbortSignal, ['abort'], () => {
          if (open.settled) book.end(open, Outcome.aborted, 'AbortError');
        });
      return chained ?? result;
    };
  });

  if (bodies.any) watchBodies(book, tracked);
}

const READERS = ['text', 'json', 'formData', 'arrayBuffer', 'blob', 'bytes'];

/** What the page reads whole is told, and nothing is read for us. */
function watchBodies(book: Book, tracked: WeakMap<object, Open>): void {
  const { t, bodies } = book;
  const { patches, window } = t;
  const { prototype } = window.Response;
  patches.around(prototype, 'clone', (self) => {
    const open = tracked.get(self as object);
    return (
      open &&
      ((copy) => {
        if (copy) tracked.set(copy as object, open);
        return copy;
      })
    );
  });
  const read = (open: Open, name: string, value: unknown): void => {
    if (name === 'json') open.body = bodies.value(value);
    else {
      const [state, , text] = bodies.of(value, true, open.type);
      open.body = [state, text];
    }
  };
  for (const name of READERS)
    patches.around(prototype, name, (self) => {
      const open = tracked.get(self as object);
      if (!open || open.done || bodyUsed(self) !== false || open.body[0] !== BodyState.unread) return undefined;
      open.reading++;
      const over = (): void => {
        open.reading--;
        book.check(open);
      };
      return (result) => {
        const chained = pass(
          patches,
          result,
          (value) => {
            read(open, name, value);
            over();
          },
          (reason) => {
            // It was no JSON, or there was no more of it.
            if (peek(reason, 'name') === 'SyntaxError') open.body = [BodyState.cut, ''];
            else book.fail(open, reason, false);
            over();
          },
        );
        if (!chained) over();
        return chained ?? result;
      };
    });
}
