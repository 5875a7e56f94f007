// What the Errors panel says of an error. Pure.

import { ConsoleMethod, FailureKind } from '@ridealong/wire/entries';
import { methodOf, nameOf, statusOf, urlOf } from './request.ts';
import type { ErrorRow } from './rows.ts';
import { fileOf, parsePlace, parseStack, shortPlace } from './stack.ts';
import { piecesOf, preview } from './values.ts';

const FAILURES: Record<number, string> = {
  [FailureKind.exception]: 'Uncaught',
  [FailureKind.rejection]: 'Unhandled rejection',
  [FailureKind.policy]: 'Content security policy',
  [FailureKind.resource]: 'File did not load',
};

/** The kind of error, in a word or two. */
export function kindWords(row: ErrorRow): string {
  if (row.failure) return FAILURES[row.failure.kind] ?? 'Error';
  if (row.request) return 'Request';
  if (row.document) return 'Document';
  return row.console?.method === ConsoleMethod.assert ? 'console.assert' : 'console.error';
}

/** Name and message, on one line. */
export function titleOf(row: ErrorRow): string {
  if (row.failure) {
    const { name, message } = row.failure;
    if (!name || message.startsWith(name)) return message || name;
    return message ? `${name}: ${message}` : name;
  }
  if (row.request) return `${methodOf(row.request)} ${nameOf(row.request)} – ${statusOf(row.request)}`;
  if (row.document) return `${fileOf(urlOf(row.document))} – ${statusOf(row.document)}`;
  const pieces = piecesOf(row.console?.values ?? []);
  return pieces.map((piece) => ('text' in piece ? piece.text : preview(piece.value))).join('');
}

/** The stack that it came with; of an Error that was logged, its own. */
export function stackOf(row: ErrorRow): string {
  if (row.failure) return row.failure.stack;
  for (const [, , , items] of row.console?.values ?? [])
    for (const [name, [, text]] of items ?? []) if (name === 'stack' && text) return text;
  return row.console?.stack ?? '';
}

/** The page's place, in full. */
export function whereOf(row: ErrorRow): string {
  if (row.failure?.where) return row.failure.where;
  if (row.console?.where) return row.console.where;
  if (row.request) return urlOf(row.request);
  if (row.document) return urlOf(row.document);
  const address = row.failure?.details.find(([, value]) => /^https?:/i.test(value));
  if (address) return address[1];
  const [frame] = parseStack(stackOf(row)).frames;
  return frame ? `${frame.url}:${frame.line}:${frame.column}` : '';
}

/** The place, short. */
export function placeOf(row: ErrorRow): string {
  const where = whereOf(row);
  const place = parsePlace(where);
  return place && !row.request && !row.document ? shortPlace(place) : fileOf(where);
}
