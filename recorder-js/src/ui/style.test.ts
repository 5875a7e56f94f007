// What the bar costs the page that it lies on.

import { expect, test } from 'vitest';
import { style } from './style.ts';

test('what moves for as long as somebody watches is opacity alone: the page is not painted anew for every frame', () => {
  const endless = [...style.matchAll(/animation: (\w+)[^;}]* infinite/g)].map(([, name]) => name);
  expect(endless).toEqual(['breathe']);
  for (const name of endless) {
    const frames = style.match(new RegExp(`@keyframes ${name} \\{(.*)\\}`))?.[1] ?? '';
    expect([...frames.matchAll(/([a-z-]+):/g)].map(([, property]) => property)).toEqual(['opacity']);
  }
});
