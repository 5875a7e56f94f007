// Frames: each made once, readable from any keyframe, kept within bounds.

import { decodeFrame, Flag, type Frame, Inflater, Kind, Limits, readOps, StringTable } from '@ridealong/wire';
import { describe, expect, test } from 'vitest';
import { RandomPage } from '../../tests/random.ts';
import { FrameLog } from './log.ts';
import { Mirror } from './mirror.ts';

const begun = (now = () => 0) => {
  const log = new FrameLog(7, now);
  log.ops.reset(0);
  log.flush();
  return log;
};

/** A text that is in the page, changed to n incompressible characters. */
function noise(log: FrameLog, n: number): void {
  if (!log.mirror.alive(2)) {
    log.ops.insert(1, 0);
    log.ops.text(2, '');
    log.ops.end();
  }
  log.ops.setText(2, String.fromCharCode(...Array.from({ length: n }, () => 33 + Math.floor(Math.random() * 90))));
  log.flush();
}

describe('the first group', () => {
  test('is the keyframe at 0, made once', () => {
    const log = begun();
    const frame = log.keyframe();
    expect(log.seq).toBe(0);
    expect(decodeFrame(frame ?? new Uint8Array()).kind).toBe(Kind.keyframe);
    expect(log.keyframe()).toBe(frame);
  });

  test('before it there is no keyframe', () => {
    expect(new FrameLog(1).keyframe()).toBeUndefined();
  });
});

describe('frames', () => {
  test('from any keyframe on can be read from nothing', () => {
    const page = new RandomPage(11);
    const log = new FrameLog(7);
    page.reset(log.ops);
    log.flush();
    for (let round = 0; round < 30; round++) {
      const reader = new Mirror();
      const inflater = new Inflater();
      const table = new StringTable();
      const whole = decodeFrame(log.keyframe() ?? new Uint8Array());
      readOps(new Inflater().frame(whole.payload), new StringTable(), reader);
      for (let i = 0; i < 7; i++) {
        page.change()(log.ops);
        log.flush();
      }
      for (const frame of log.since(whole.seq) ?? []) {
        if (frame.flags & Flag.fresh) {
          inflater.fresh();
          table.fresh();
        }
        readOps(frame.flags & Flag.deflated ? inflater.frame(frame.payload) : frame.payload, table, reader);
      }
      expect(reader.treeHash().value).toBe(log.mirror.treeHash().value);
    }
  });

  test('are numbered from 1, and the one after a keyframe is fresh', () => {
    const log = begun();
    const seen: [number, boolean][] = [];
    for (let i = 0; i < 4; i++) {
      if (i === 2) log.keyframe();
      noise(log, 10);
      const [frame] = log.since(log.seq - 1) ?? [];
      const { seq = 0, flags = 0 } = frame ?? {};
      seen.push([seq, (flags & Flag.fresh) !== 0]);
    }
    expect(seen).toEqual([
      [1, true],
      [2, false],
      [3, true],
      [4, false],
    ]);
  });

  test('nothing written is no frame', () => {
    const log = begun();
    log.flush();
    log.flush();
    expect(log.seq).toBe(0);
  });

  test('after half a group was thrown away, a reset goes on', () => {
    const log = begun();
    noise(log, 10);
    log.ops.insert(1, 2);
    log.ops.element(9, 0, 'half', []);
    expect(() => log.ops.insert(99, 0)).toThrow();
    log.discard();
    log.ops.reset(0);
    log.flush();
    const reader = new Mirror();
    const [frame] = log.since(log.seq - 1) ?? [];
    const { payload = new Uint8Array(), flags = 0 } = frame ?? {};
    expect(flags & Flag.fresh).toBeTruthy();
    expect(flags & Flag.deflated).toBeFalsy(); // three bytes
    readOps(payload, new StringTable(), reader);
    expect(reader.count).toBe(1);
  });
});

describe('the ring', () => {
  test('holds a bounded number of bytes', () => {
    const log = begun();
    for (let i = 0; i < 100; i++) noise(log, 60_000);
    const { ring } = log as unknown as { ring: { frame: Frame }[] };
    expect(ring.reduce((n, kept) => n + kept.frame.payload.length, 0)).toBeLessThanOrEqual(Limits.RingBytes);
    expect(log.since(0)).toBeUndefined();
    expect(log.since(log.seq - 5)?.length).toBe(5);
  });

  test('forgets what is older than its age', () => {
    let now = 0;
    const log = begun(() => now);
    noise(log, 10);
    now = Limits.RingAge + 1;
    noise(log, 10);
    expect(log.since(0)).toBeUndefined();
    expect(log.since(1)?.length).toBe(1);
  });

  test.each([-1, 2, 99])('has nothing after %i', (seq) => {
    const log = begun();
    noise(log, 10);
    expect(log.since(seq)).toBeUndefined();
  });
});

test('time is the monotonic clock, in ms', () => {
  let now = 5000;
  const log = new FrameLog(1, () => now);
  now += 12.34;
  expect(log.time()).toBe(12);
});

test('the steps of the frames add up to their times', () => {
  let now = 0;
  const log = begun(() => now);
  for (let i = 0; i < 9; i++) {
    now += i * 40.7;
    noise(log, 10);
  }
  const [first, ...more] = log.since(0) ?? [];
  expect(first?.step).toBeUndefined();
  let time = first?.time ?? 0;
  for (const frame of more) {
    time += frame.step ?? Number.NaN;
    expect(frame.time).toBe(time);
  }
  expect(more).toHaveLength(8);
});
