// Errors that nobody caught, and what the browser refused: each once, with a count. Only listeners: nothing that the page does about them
// is another thing because of us.

import { EntryCode, FailureKind, LeftOut, type Pair } from '@ridealong/wire/entries';
import { attribute, isElement, listen, localName } from '../dom.ts';
import type { Heard } from '../loader/early.ts';
import type { Telling } from './context.ts';
import { isObject, peek, peekText, rawStack } from './peek.ts';
import type { Repeats } from './repeats.ts';
import { firstPlace } from './stacks.ts';
import { said } from './values.ts';

const MAX_CAUSES = 5;
const MAX_KNOWN = 200;
const MAX_TEXT = 1000;

interface Failed {
  kind: number;
  name: string;
  message: string;
  stack?: string;
  causes?: string[];
  where?: string;
  details?: Pair[];
}

/** `heard`: events from before. */
export function watchFailures(t: Telling, repeats: Repeats, heard: readonly Heard[] = []): () => void {
  /** When the event at hand was. */
  let at: number | undefined;
  const known = new Map<string, number>();

  function tell({ kind, name, message, stack = '', causes = [], where = '', details = [] }: Failed): void {
    const key = [kind, name, message, where, stack, ...details.flat()].join('\n');
    const n = known.get(key);
    if (n !== undefined) return repeats.again(n);
    if (!t.room(LeftOut.failures, name, 0, message)) return;
    if (known.size >= MAX_KNOWN) known.delete(known.keys().next().value as string);
    known.set(key, t.tell(EntryCode.failure, [kind, name, message, stack, causes, where, details], at));
  }

  /** What was thrown, or the reason of a rejection; undefined when it is ours. */
  function thrown(kind: number, error: unknown, message: string): Failed | undefined {
    const raw = rawStack(error);
    const stack = t.stack(raw);
    if (raw && !stack && t.ours(raw)) return undefined;
    if (!isObject(error)) {
      const text = error === undefined || error === null ? message || String(error) : `${String(error)}`;
      return { kind, name: '', message: t.text(text, MAX_TEXT) };
    }
    const name = peekText(error, 'name') || (error instanceof Error ? 'Error' : '');
    const text = peekText(error, 'message') || (error instanceof Error ? '' : message || 'an object');
    return { kind, name: name.slice(0, 60), message: t.text(text, MAX_TEXT), stack, causes: causesOf(error) };
  }

  function causesOf(error: object): string[] {
    const causes: string[] = [];
    let at = peek(error, 'cause');
    for (; at !== undefined && causes.length < MAX_CAUSES; at = isObject(at) ? peek(at, 'cause') : undefined) {
      const text = isObject(at) ? said(at) : String(at);
      causes.push([t.text(text, MAX_TEXT), t.stack(rawStack(at))].filter(Boolean).join('\n'));
    }
    return causes;
  }

  const place = (url: string, line: number, column: number): string =>
    url && line > 0 ? `${t.url(url)}:${line}:${column}` : '';

  function resource(of: Element): void {
    const name = localName(of);
    const url = attribute(of, 'src') ?? attribute(of, 'href') ?? attribute(of, 'data') ?? '';
    const reduced = url && t.url(url);
    if (reduced && !t.ours(url))
      tell({ kind: FailureKind.resource, name, message: `could not load ${reduced}`, details: [['url', reduced]] });
  }

  const handlers: Record<string, (event: Event) => void> = {
    error: (event) => {
      const { target } = event;
      if (isElement(target)) return resource(target);
      const { error, message = '', filename = '', lineno, colno } = event as ErrorEvent;
      if (t.ours(filename)) return;
      const failed = thrown(FailureKind.exception, error, message.replace(/^Uncaught /, ''));
      if (failed) tell({ ...failed, where: place(filename, lineno, colno) });
    },
    unhandledrejection: (event) => {
      const failed = thrown(FailureKind.rejection, (event as PromiseRejectionEvent).reason, '');
      if (failed) tell({ ...failed, where: firstPlace(failed.stack) });
    },
    securitypolicyviolation: (event) => {
      const e = event as SecurityPolicyViolationEvent;
      const blocked = /^\w+$/.test(e.blockedURI) ? e.blockedURI : t.url(e.blockedURI);
      const details: Pair[] = [
        ['directive', e.effectiveDirective],
        ['blocked', blocked],
        ['disposition', e.disposition],
      ];
      const where = place(e.sourceFile, e.lineNumber, e.columnNumber);
      if (!t.ours(e.blockedURI) && !t.ours(e.sourceFile))
        tell({ kind: FailureKind.policy, name: e.effectiveDirective, message: `blocked ${blocked}`, where, details });
    },
  };
  for (const [when, event] of heard) {
    at = when;
    handlers[(event as Event).type]?.(event as Event);
  }
  at = undefined;
  const undos = Object.entries(handlers).map(([name, handle]) =>
    listen(t.window, name, (event) => t.patches.run(() => handle(event))),
  );
  return () => {
    for (const undo of undos) undo();
  };
}
