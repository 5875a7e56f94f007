// Chunks from the server are hostile until they were read: what is not a record is left out, and nothing throws.

import { encodeFrame, Flag, Kind, Lane, Writer } from '@ridealong/wire';
import { expect, test } from 'vitest';
import { DocumentLog } from './log.ts';
import { readRecords } from './records.ts';

function record(at: number, tab: number, lane: number, frame: Uint8Array): Uint8Array {
  const inner = new Writer();
  inner.varint(at);
  inner.varint(tab);
  inner.u8(lane);
  inner.bytes(frame);
  const bytes = inner.take();
  const outer = new Writer();
  outer.varint(bytes.length);
  outer.bytes(bytes);
  return outer.take();
}

const frame = (kind: number, seq: number, time: number) =>
  encodeFrame({ kind, flags: Flag.fresh, epoch: 3, seq, time, payload: Uint8Array.of(1, 2, 3) });

function joined(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

const CHUNK = joined(
  record(10, 2, Lane.dom, frame(Kind.keyframe, 0, 5)),
  record(20, 2, Lane.dom, frame(Kind.ops, 1, 15)),
  record(25, 2, Lane.telemetry, frame(Kind.entries, 1, 18)),
  record(30, 2, Lane.blob, frame(Kind.asset, 0, 19)),
);

test('records are found with what their heads say, and where their bytes are', () => {
  const { frames, end, damaged } = readRecords(CHUNK, 7);
  expect(frames.map(({ at, tab, kind, epoch, seq, time }) => [at, tab, kind, epoch, seq, time])).toEqual([
    [10, 2, Kind.keyframe, 3, 0, 5],
    [20, 2, Kind.ops, 3, 1, 15],
    [25, 2, Kind.entries, 3, 1, 18],
    [30, 2, Kind.asset, 3, 0, 19],
  ]);
  const second = frames[1];
  expect(CHUNK.slice(second?.start, second?.end)).toEqual(frame(Kind.ops, 1, 15));
  expect([end, damaged]).toEqual([CHUNK.length, 0]);
});

test('of a chunk that still grows the last record waits until it is whole, and reading goes on there', () => {
  const part = readRecords(CHUNK.slice(0, CHUNK.length - 4), 1);
  expect(part.frames).toHaveLength(3);
  expect(readRecords(CHUNK, 1, part.end).frames.map(({ at }) => at)).toEqual([30]);
});

test('a record of another lane, of a kind that is not its lane’s, or with a brief head is left out and counted', () => {
  const brief = encodeFrame({
    kind: Kind.ops,
    flags: 0,
    epoch: 0,
    seq: 9,
    time: 0,
    step: 5,
    payload: Uint8Array.of(1),
  });
  const odd = joined(
    record(1, 2, Lane.pointer, frame(Kind.ops, 1, 1)),
    record(2, 2, Lane.dom, frame(Kind.entries, 1, 1)),
    record(3, 2, Lane.dom, brief),
    record(4, 2, Lane.dom, frame(Kind.ops, 2, 2)),
  );
  const { frames, damaged } = readRecords(odd, 1);
  expect(frames.map(({ at }) => at)).toEqual([4]);
  expect(damaged).toBe(3);
});

test('nothing throws, whatever the bytes are, and every place lies within them', () => {
  let state = 12_345;
  const random = () => {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
    return state / 0x80000000;
  };
  for (let i = 0; i < 4000; i++) {
    const bytes =
      i % 2 === 0
        ? Uint8Array.from({ length: Math.floor(random() * 80) }, () => Math.floor(random() * 256))
        : CHUNK.map((byte) => (random() < 0.05 ? Math.floor(random() * 256) : byte));
    const { frames, end } = readRecords(bytes, 1);
    expect(end).toBeLessThanOrEqual(bytes.length);
    for (const one of frames) expect(one.start <= one.end && one.end <= bytes.length).toBe(true);
  }
});

test('a document’s frames stand in the order of its log, each once, whichever order the chunks came in', () => {
  const { frames } = readRecords(
    joined(...[4, 2, 5, 1, 3, 2, 5].map((seq) => record(seq, 2, Lane.dom, frame(Kind.ops, seq, seq * 10)))),
    1,
  );
  const log = new DocumentLog(2, 3);
  for (const one of frames) log.add(one);
  expect(log.ops.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
  expect(log.from(3)).toBe(2);
  expect(log.from(6)).toBe(5);
});
