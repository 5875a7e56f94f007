// What counts as an error, and when two are the same one. Pure.

import {
  type ConsoleEntry,
  ConsoleMethod,
  type FailureEntry,
  FailureKind,
  Outcome,
  type Value,
} from '@ridealong/wire/entries';
import type { RequestRow } from './rows.ts';

const FAILING: ReadonlySet<number> = new Set([
  Outcome.failed,
  Outcome.timeout,
  Outcome.offline,
  Outcome.blocked,
  Outcome.mixed,
  Outcome.refused,
]);

const LONGEST = 500;

/** The sign of a line of the console that is an error; '' for any other. */
export function consoleFails({ method, values, stack, where }: ConsoleEntry): string {
  if (method !== ConsoleMethod.error && method !== ConsoleMethod.assert) return '';
  return `console ${method} ${values.map(signOfValue).join(' ')} ${where || top(stack)}`.slice(0, LONGEST);
}

function signOfValue([kind, text, size]: Value): string {
  return `${kind} ${text.slice(0, 200)} ${size}`;
}

export function failureSign({ kind, name, message, stack, where, details }: FailureEntry): string {
  // A policy's report, and a file that failed, have no stack: what they are about is in their details.
  const about = kind === FailureKind.policy || kind === FailureKind.resource ? details.map(([, value]) => value) : [];
  return [`failure ${kind}`, name, message.slice(0, LONGEST), where || top(stack), ...about.slice(0, 8)].join('\n');
}

export function requestFails({ response, done }: RequestRow): boolean {
  return (response?.status ?? 0) >= 400 || (done !== null && FAILING.has(done.outcome));
}

export function requestSign({ request, response, done, id }: RequestRow): string {
  const what = request ? `${request.method} ${request.url.replace(/[?#].*$/s, '')}` : `${id}`;
  return `request ${what} ${response?.status ?? 0} ${(response?.status ?? 0) >= 400 ? '' : done?.outcome}`;
}

function top(stack: string): string {
  return stack.slice(0, 300).split('\n', 1)[0] ?? '';
}
