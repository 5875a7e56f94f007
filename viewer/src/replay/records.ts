// A chunk as the server sends it, read into places of frames: n × (length varint · record). Hostile until it was read here.
//
// Guarantees: never throws; a record that is not one is left out and counted; what is behind the last whole record is left for later.

import { decodeFrame, HeadReader, Kind, Lane } from '@ridealong/wire';

/** A frame of a chunk: what its head says, and where its bytes are. */
export interface Stored {
  chunk: number;
  /** ms since the recording began, when the server took it. */
  at: number;
  tab: number;
  lane: number;
  kind: number;
  flags: number;
  epoch: number;
  seq: number;
  /** ms since the epoch began. */
  time: number;
  /** Of the frame in its chunk. */
  start: number;
  end: number;
  /** The bytes of what says which contents there are: they are few, and needed wherever one looks. */
  kept?: Uint8Array;
}

export interface Records {
  frames: Stored[];
  /** Where the first record begins that is not whole. */
  end: number;
  /** Records that could not be read. */
  damaged: number;
}

const LANES: Partial<Record<number, readonly number[]>> = {
  [Lane.dom]: [Kind.keyframe, Kind.ops],
  [Lane.telemetry]: [Kind.entries],
  [Lane.blob]: [Kind.asset, Kind.refused],
};

/** Reads from `from` on, where a record begins. */
export function readRecords(bytes: Uint8Array, chunk: number, from = 0): Records {
  const found: Records = { frames: [], end: from, damaged: 0 };
  while (found.end < bytes.length) {
    const record = extent(bytes, found.end);
    if (!record) break;
    found.end = record.end;
    const frame = readRecord(bytes, record.start, record.end, chunk);
    if (frame) found.frames.push(frame);
    else found.damaged++;
  }
  return found;
}

/** Undefined when it is not whole. */
function extent(bytes: Uint8Array, at: number): { start: number; end: number } | undefined {
  try {
    const r = new HeadReader(bytes.subarray(at));
    const length = r.varint();
    const start = bytes.length - r.left;
    return start + length <= bytes.length ? { start, end: start + length } : undefined;
  } catch {
    return undefined;
  }
}

function readRecord(bytes: Uint8Array, from: number, end: number, chunk: number): Stored | undefined {
  try {
    const r = new HeadReader(bytes.subarray(from, end));
    const at = r.varint();
    const tab = r.varint();
    const lane = r.u8();
    const start = end - r.left;
    const { kind, flags, epoch, seq, time, step } = decodeFrame(bytes.subarray(start, end));
    // A brief head says nothing without the link that it came over.
    if (step !== undefined || !LANES[lane]?.includes(kind)) return undefined;
    const stored: Stored = { chunk, at, tab, lane, kind, flags, epoch, seq, time, start, end };
    if (lane === Lane.blob) stored.kept = bytes.slice(start, end);
    return stored;
  } catch {
    return undefined;
  }
}
