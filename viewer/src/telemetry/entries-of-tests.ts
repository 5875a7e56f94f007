// Entries for tests, in few words. What is left out is empty.

import {
  EntryCode,
  type EntryKinds,
  EntryNames,
  EntryShapes,
  type Transfer,
  TransferNames,
  TransferShape,
} from '@ridealong/wire/entries';
import type { Entry } from '@ridealong/wire/read';
import type { Batch } from './model.ts';

export const NO_TRANSFER = Object.fromEntries(
  TransferNames.map((name, i) => [name, empty(TransferShape[i] ?? '')]),
) as unknown as Transfer;

function empty(shape: string): unknown {
  if (shape === 's') return '';
  if (shape === 't') return NO_TRANSFER;
  return shape === 'b' || shape === 'n' || shape === 'z' ? 0 : [];
}

/** An entry; its number is given by the batch. */
export function entry<K extends keyof EntryKinds>(type: K, at: number, fields: Partial<EntryKinds[K]>): Entry {
  const shape = EntryShapes[EntryCode[type]] ?? '';
  const zeros = Object.fromEntries(EntryNames[type].map((name, i) => [name, empty(shape[i] ?? '')]));
  return { type, n: 0, at, ...zeros, ...fields } as unknown as Entry;
}

/** A batch of them, numbered from `first`. */
export function batch(first: number, entries: Entry[], of: Partial<Batch> = {}): Batch {
  const numbered = entries.map((one, i) => ({ ...one, n: first + i }));
  return { tab: 1, epoch: 1, time: 0, at: 1_000_000, first, count: entries.length, ...of, entries: numbered };
}
