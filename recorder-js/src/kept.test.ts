// @vitest-environment node
import { decodeFrame, encodeFrame, type Frame, Kind, Lane } from '@ridealong/wire';
import { beforeEach, describe, expect, test } from 'vitest';
import { Kept } from './kept.ts';

const storage = new Map<string, string>();
Object.assign(globalThis, {
  sessionStorage: {
    getItem: (key: string) => storage.get(key) ?? null,
    setItem: (key: string, value: string) => void storage.set(key, value),
    removeItem: (key: string) => void storage.delete(key),
  },
});
beforeEach(() => storage.clear());

const frame = (epoch: number, seq: number, size = 3): [Lane, Frame] => [
  Lane.dom,
  { kind: Kind.ops, flags: 0, epoch, seq, time: seq, payload: new Uint8Array(size) },
];

function given(kept: Kept): string[] {
  const out: string[] = [];
  kept.give((_, bytes) => {
    const { epoch, seq } = decodeFrame(bytes);
    out.push(`${epoch}.${seq}`);
  });
  return out;
}

describe('what an archiver has not got when a page goes', () => {
  test('is sent by the next page of the tab, byte for byte, and by the one after that until it has arrived', () => {
    new Kept().keep({ frames: [frame(1, 4), frame(1, 5)] });
    const next = new Kept();
    const sent: Uint8Array[] = [];
    next.give((_, bytes) => sent.push(bytes));
    expect(sent).toEqual([encodeFrame(frame(1, 4)[1]), encodeFrame(frame(1, 5)[1])]);
    next.acked(1, 4, 0);
    next.keep({ frames: [frame(2, 1)] });
    const third = new Kept();
    expect(given(third)).toEqual(['1.5', '2.1']);
    third.acked(1, 5, 0);
    third.acked(2, 1, 0);
    third.keep({ frames: [] });
    expect(storage.size).toBe(0);
  });

  test('is gone from the storage as soon as a page has taken it', () => {
    new Kept().keep({ frames: [frame(1, 1)] });
    expect(storage.size).toBe(1);
    new Kept();
    expect(storage.size).toBe(0);
  });

  test('is kept from its beginning, as far as there is room', () => {
    new Kept().keep({ frames: [frame(1, 1, 400_000), frame(1, 2, 400_000), frame(1, 3)] });
    expect(given(new Kept())).toEqual(['1.1']);
  });

  test('is the whole document before its changes, when not even that has arrived', () => {
    const whole = encodeFrame({ kind: Kind.keyframe, flags: 0, epoch: 1, seq: 0, time: 5, payload: new Uint8Array(9) });
    new Kept().keep({ whole, frames: [frame(1, 1)] });
    expect(given(new Kept())).toEqual(['1.0', '1.1']);
  });

  test('what the page itself has written there is not sent', () => {
    storage.set('ridealong-kept', JSON.stringify([[1, 0, 1, 'AAAA'], [1, 1, -1, 'AAAA'], 'x', [1, 1, 2, 7], null]));
    expect(given(new Kept())).toEqual([]);
    storage.set('ridealong-kept', '{"a":');
    expect(given(new Kept())).toEqual([]);
  });
});
