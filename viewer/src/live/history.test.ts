// What is kept of a picture's past.

import { describe, expect, test } from 'vitest';
import { History } from './history.ts';
import type { FrameMeta } from './parts.ts';

function begin(max?: number) {
  const asked: number[] = [];
  let now = 0;
  const history = new History(
    () => asked.push(now),
    () => now,
    max,
  );
  const frame = (epoch: number, seq: number, time: number, keyframe = false, size = 10) => {
    const meta: FrameMeta = { epoch, seq, time, keyframe, fresh: keyframe };
    history.ops(new Uint8Array(size), meta);
  };
  const shown = (epoch: number, time: number) => {
    const got: string[] = [];
    const past = history.at(epoch, time);
    past?.feed({
      ops: (_, meta) => got.push(`${meta.keyframe ? 'K' : ''}${meta.seq}`),
      asset: (_, n, hash) => got.push(`asset ${n} ${hash}`),
      refused: (_, n, reason) => got.push(`refused ${n} ${reason}`),
    });
    return past && [past.time, ...got];
  };
  return { history, asked, frame, shown, wait: (ms: number) => (now += ms) };
}

describe('the past of a picture', () => {
  test('is shown from the whole document before a moment, with what followed up to it', () => {
    const { frame, shown } = begin();
    frame(1, 0, 0, true);
    frame(1, 1, 100);
    frame(1, 2, 200);
    frame(1, 2, 250, true);
    frame(1, 3, 300);
    expect(shown(1, 150)).toEqual([100, 'K0', '1']);
    expect(shown(1, 249)).toEqual([200, 'K0', '1', '2']);
    expect(shown(1, 299)).toEqual([250, 'K2']);
    expect(shown(1, 9999)).toEqual([300, 'K2', '3']);
  });

  test('before the first document of an epoch is that document, and of one that never came nothing', () => {
    const { frame, shown } = begin();
    frame(1, 0, 500, true);
    expect(shown(1, -20)).toEqual([500, 'K0']);
    expect(shown(2, 500)).toBeUndefined();
  });

  test('has the contents of its own epoch, by the last word on each', () => {
    const { history, frame, shown } = begin();
    frame(1, 0, 0, true);
    history.asset(1, 1, 'old', 5, 'image/png');
    history.asset(1, 1, 'new', 5, 'image/png');
    history.refused(1, 2, 3, 0, 0);
    history.asset(2, 1, 'other', 5, 'image/png');
    expect(shown(1, 0)).toEqual([0, 'asset 1 new', 'refused 2 3', 'K0']);
    history.blob('new', new Uint8Array(5));
    expect(history.content('new')).toHaveLength(5);
  });

  test('that is too long loses its oldest part, and a run without end asks for a new beginning, not too often', () => {
    const { asked, frame, shown, wait } = begin(100);
    frame(1, 0, 0, true, 60);
    frame(1, 1, 10, false, 30);
    expect(shown(1, 5)).toEqual([0, 'K0']);
    frame(2, 0, 0, true, 60);
    expect(shown(1, 5)).toBeUndefined();
    for (let seq = 1; seq < 20; seq++) frame(2, seq, seq);
    expect(asked).toHaveLength(1);
    wait(61_000);
    frame(2, 20, 20);
    expect(asked).toHaveLength(2);
    frame(2, 20, 21, true);
    expect(shown(2, 22)).toEqual([21, 'K20']);
    expect(shown(2, 3)).toEqual([21, 'K20']);
  });

  test('nothing of it stands alone: changes without a document before them are not kept', () => {
    const { frame, shown } = begin();
    frame(1, 5, 50);
    expect(shown(1, 60)).toBeUndefined();
  });
});
