// Which tab and which document one sees at a moment, and where nothing happens.

import { expect, test } from 'vitest';
import type { RecordedDocument } from '../api/recordings.ts';
import { inactive, joined } from './gaps.ts';
import { documentAt, tabAt } from './tabs.ts';

const document = (tab: number, epoch: number, beganAt: number, endedAt = 0): RecordedDocument => {
  return { tab, epoch, beganAt, endedAt, url: '', title: '', gaps: [] };
};

const DOCUMENTS = [document(2, 1, 0, 40_000), document(2, 2, 40_000), document(3, 3, 70_000, 90_000)];

test.each([
  [0, 2],
  [50_000, 2],
  [75_000, 3],
  [95_000, 2], // the other was closed
])('without a word of the pages, at %d ms the tab that began last and is still there: %d', (at, tab) => {
  expect(tabAt([], DOCUMENTS, at)).toBe(tab);
});

test('the tab that the customer came to last is the one, until they leave it', () => {
  const looked = [
    { at: 80_000, tab: 2, came: true },
    { at: 82_000, tab: 2, came: false },
  ];
  expect(tabAt(looked, DOCUMENTS, 79_000)).toBe(3);
  expect(tabAt(looked, DOCUMENTS, 81_000)).toBe(2);
  expect(tabAt(looked, DOCUMENTS, 83_000)).toBe(3);
});

test('of a tab the newest document that has a picture; before the first, the first', () => {
  expect(documentAt(DOCUMENTS, 2, 39_999)?.epoch).toBe(1);
  expect(documentAt(DOCUMENTS, 2, 40_000)?.epoch).toBe(2);
  expect(documentAt(DOCUMENTS, 2, 40_000, ({ epoch }) => epoch === 1)?.epoch).toBe(1);
  expect(documentAt(DOCUMENTS, 3, 0)?.epoch).toBe(3);
});

test('inactivity is five seconds and more of nothing, up to the end', () => {
  expect(inactive(new Set([0, 1, 2, 9, 10]), 20_000)).toEqual([
    { from: 3000, to: 9000 },
    { from: 11_000, to: 20_000 },
  ]);
  expect(inactive(new Set([0, 4]), 6000)).toEqual([]);
});

test('stretches that touch are one', () => {
  expect(
    joined([
      { from: 5, to: 9 },
      { from: 0, to: 5 },
      { from: 20, to: 30 },
    ]),
  ).toEqual([
    { from: 0, to: 9 },
    { from: 20, to: 30 },
  ]);
});
