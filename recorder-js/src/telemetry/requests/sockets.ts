// WebSocket and EventSource: that they are open, what goes over them, and their end.

import { BodyState, EntryCode, LeftOut, Outcome, RequestFlag, RequestKind } from '@ridealong/wire/entries';
import type { Body } from './bodies.ts';
import type { Book, Open } from './book.ts';
import { bytesOf, DOTS, getter, hear } from './platform.ts';

const { WebSocket, EventSource, MessageEvent, CloseEvent, EventTarget } = globalThis;
const socketUrl = getter<string>(WebSocket, 'url');
const socketProtocol = getter<string>(WebSocket, 'protocol');
const sourceUrl = getter<string>(EventSource, 'url');
const sourceState = getter<number>(EventSource, 'readyState');
const dataOf = getter<unknown>(MessageEvent, 'data');
const codeOf = getter<number>(CloseEvent, 'code');
const reasonOf = getter<string>(CloseEvent, 'reason');
const ENDED = 2;

function tellMessage(book: Book, open: Open, out: number, data: unknown, event = ''): void {
  const { t, bodies } = book;
  if (open.done || !t.room(LeftOut.messages, '', open.id)) return;
  const [state, size, text]: Body =
    typeof data === 'string' && !open.may ? [BodyState.off, bytesOf(data), ''] : bodies.of(data, open.may, '');
  t.tell(EntryCode.message, [open.id, out, state, size, t.text(event, 100), text]);
}

/** That it is closed; a socket that never was open has failed. */
function close(book: Book, open: Open, reason: string): void {
  if (open.head) book.end(open, Outcome.closed, reason);
  else book.end(open, Outcome.failed, reason);
}

export function watchWebSockets(book: Book): void {
  const { t } = book;
  const { window, patches } = t;
  /** Null for what is not told. */
  const known = new WeakMap<object, Open | null>();

  const watch = (socket: WebSocket, flags: number, protocols: unknown): Open | null => {
    const url = socketUrl(socket);
    const asked: [string, string][] = protocols === undefined ? [] : [['sec-websocket-protocol', DOTS]];
    const open =
      (url !== undefined && book.begin(RequestKind.webSocket, flags, 'GET', url, asked, () => [0, 0, ''])) || null;
    known.set(socket, open);
    if (!open) return null;
    const opened = (): void => {
      const protocol = socketProtocol(socket);
      book.head(open, 101, '', '', '', protocol ? [['sec-websocket-protocol', DOTS]] : []);
    };
    if (flags) opened();
    open.over = hear(patches, socket, ['open', 'message', 'close'], (event) => {
      if (event.type === 'open') opened();
      else if (event.type === 'message') tellMessage(book, open, 0, dataOf(event));
      else close(book, open, `${codeOf(event)} ${reasonOf(event)}`.trim());
    });
    return open;
  };

  patches.made(window, 'WebSocket', (made, [, protocols]) => void watch(made as WebSocket, 0, protocols));
  patches.after(window.WebSocket, 'value', ['send'], (socket, [data]) => {
    let open = known.get(socket);
    // Open before anybody watched.
    if (open === undefined) open = watch(socket, RequestFlag.seenLate, undefined);
    if (open) tellMessage(book, open, 1, data);
  });
}

const OWN = ['open', 'message', 'error'];

/** Returns what undoes what no patch is. */
export function watchEventSources(book: Book): () => void {
  const { t } = book;
  const { window, patches } = t;
  const kind = window.EventSource;
  if (!kind) return () => undefined;
  const known = new WeakMap<object, { open: Open; names: Set<string>; more: (names: string[]) => void } | null>();

  const watch = (source: EventSource, flags: number) => {
    const url = sourceUrl(source);
    const open = url !== undefined && book.begin(RequestKind.eventSource, flags, 'GET', url, [], () => [0, 0, '']);
    if (!open) {
      known.set(source, null);
      return null;
    }
    const ends: (() => void)[] = [];
    const hearMore = (names: string[]): void => {
      ends.push(
        hear(patches, source, names, (event) => {
          const { type } = event;
          const data = dataOf(event);
          if (data !== undefined) tellMessage(book, open, 0, data, type === 'message' ? '' : type);
          else if (type === 'open') book.head(open, 200, '', '', '', [['content-type', 'text/event-stream']]);
          else if (type === 'error' && sourceState(source) === ENDED) close(book, open, '');
        }),
      );
    };
    const found = { open, names: new Set(OWN), more: hearMore };
    known.set(source, found);
    open.over = () => {
      for (const end of ends.splice(0)) end();
    };
    hearMore(OWN);
    return found;
  };

  patches.made(window, 'EventSource', (made) => void watch(made as EventSource, 0));
  const seen = (source: object) => {
    const found = known.get(source);
    return found === undefined ? watch(source as EventSource, RequestFlag.seenLate) : found;
  };
  patches.after(kind, 'value', ['close'], (source) => {
    const found = known.get(source);
    if (found) close(book, found.open, '');
  });
  patches.after<EventSource>(kind, 'set', ['onmessage'], (source) => void seen(source));

  const heard = (source: object, type: unknown): void => {
    const found = sourceUrl(source) === undefined ? null : seen(source);
    if (!found || typeof type !== 'string' || found.names.has(type) || found.names.size > 100) return;
    found.names.add(type);
    found.more([type]);
  };
  const name = 'addEventListener';
  const { prototype } = kind;
  const inherited = Object.getOwnPropertyDescriptor(EventTarget.prototype, name);
  if (Object.hasOwn(prototype, name) || !inherited || !Object.isExtensible(prototype)) {
    patches.after<EventSource>(kind, 'value', [name], (source, [type]) => heard(source, type));
    return () => undefined;
  }
  // Whatever is in the inherited one's place is what runs, and what it looks like.
  const now = (): object => Reflect.get(Object.getPrototypeOf(prototype), name);
  const value = new Proxy(inherited.value, {
    apply(_, self, args) {
      const result = Reflect.apply(now() as () => unknown, self, args);
      patches.run(() => heard(self, args[0]));
      return result;
    },
    get(_, key) {
      const at = now();
      return key === 'toString' ? Function.prototype.toString.bind(at) : Reflect.get(at, key);
    },
  });
  Object.defineProperty(prototype, name, { ...inherited, value });
  return () => {
    if (Object.getOwnPropertyDescriptor(prototype, name)?.value === value) Reflect.deleteProperty(prototype, name);
  };
}
