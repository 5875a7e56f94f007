// Entries from bytes (PROTOCOL.md §4.4), within the protocol's limits.

import { type EntryKinds, EntryNames, EntryShapes, TransferNames, TransferShape, type Value } from './entry.gen.ts';
import { Limits } from './limits.gen.ts';
import { Reader } from './reader.ts';

/** Number `n` of its epoch, `at` tenths of a ms since that began, below 0 for what was before. */
export type Entry = { [K in keyof EntryKinds]: { type: K; n: number; at: number } & EntryKinds[K] }[keyof EntryKinds];

const WITH_ITEMS = 32;
const LATEST = 2 ** 32 - 1;

/** Codes count from 1 in the order of the names. */
const nameOf = (code: number) => Object.keys(EntryNames)[code - 1] as keyof EntryKinds | undefined;

export interface Entries {
  /** Number of the first one, also of those that are left out because their code is not known. */
  first: number;
  count: number;
  entries: Entry[];
}

/** Reads the raw payload of a frame of this time, ms. What an entry of another version has besides is left out. Throws DecodeError. */
export function readEntries(payload: Uint8Array, time: number): Entries {
  const r = new Reader(payload);
  const first = r.varint();
  const entries: Entry[] = [];
  let at = time * 10;
  let n = first;
  for (; r.left > 0; n++) {
    if (n > LATEST) r.fail('entry number over 32 bits');
    const code = r.u8();
    const size = r.varint();
    if (size > Limits.MaxEntry) r.fail(`entry of ${size} bytes, over ${Limits.MaxEntry}`);
    const body = new Reader(r.bytes(size));
    at += body.zigzag();
    if (at !== (at | 0)) body.fail(`time ${at}`);
    const type = nameOf(code);
    if (type)
      entries.push({ type, n, at, ...readFields(body, EntryShapes[code] as string, EntryNames[type], true) } as Entry);
  }
  return { first, count: n - first, entries };
}

const ZEROS: Record<string, unknown> = { b: 0, n: 0, z: 0, s: '' };

/** `open`: what is missing at the end are zeros. */
function readFields(r: Reader, shape: string, fields: readonly string[], open: boolean): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (let i = 0; i < shape.length; i++) {
    const kind = shape[i] as string;
    out[fields[i] as string] = open && r.left === 0 ? zero(kind) : readField(r, kind);
  }
  return out;
}

function zero(kind: string): unknown {
  if (kind === 't') return Object.fromEntries(TransferNames.map((name, i) => [name, zero(TransferShape[i] as string)]));
  return kind in ZEROS ? ZEROS[kind] : [];
}

function readField(r: Reader, kind: string): unknown {
  switch (kind) {
    case 'b':
      return r.u8();
    case 'n':
      return r.varint();
    case 'z':
      return r.zigzag();
    case 's':
      return r.text(Limits.MaxEntry);
    case 'p':
      return [r.text(Limits.MaxEntry), r.text(Limits.MaxEntry)];
    case 'v':
      return readValue(r, 0);
    case 't':
      return readFields(r, TransferShape, TransferNames, false);
    default: {
      const n = r.varint();
      if (n > r.left) r.fail(`${n} things in ${r.left} bytes`);
      return Array.from({ length: n }, () => readField(r, kind.toLowerCase()));
    }
  }
}

function readValue(r: Reader, depth: number): Value {
  const kind = r.u8();
  const text = r.text(Limits.MaxEntry);
  const size = r.varint();
  if (kind < WITH_ITEMS) return [kind, text, size];
  const n = r.varint();
  if (n > Limits.MaxItems) r.fail(`items ${n}, over ${Limits.MaxItems}`);
  if (depth > Limits.MaxValueDepth) r.fail(`a value deeper than ${Limits.MaxValueDepth}`);
  return [
    kind,
    text,
    size,
    Array.from({ length: n }, () => [r.text(Limits.MaxEntry), readValue(r, depth + 1)] as const),
  ];
}
