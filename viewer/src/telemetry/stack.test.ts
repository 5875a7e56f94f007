// Stacks of every engine come to the same frames; hostile ones cost little.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fileOf, parseFrame, parseStack } from './stack.ts';

test.each([
  ['    at add (https://a.example/x.js:3:14)', 'add', 'https://a.example/x.js', 3, 14],
  ['    at async Promise.all (index 0)', null, '', 0, 0],
  ['    at async load (https://a.example/x.js:3:14)', 'load', 'https://a.example/x.js', 3, 14],
  ['    at https://a.example/x.js:3:14', '', 'https://a.example/x.js', 3, 14],
  ['    at new Cart [as make] (https://a.example/x.js:3:14)', 'new Cart [as make]', 'https://a.example/x.js', 3, 14],
  ['    at eval (eval at f (https://a.example/x.js:3:14), <anonymous>:1:2)', 'eval', 'https://a.example/x.js', 1, 2],
  ['add@https://a.example/x.js:3:14', 'add', 'https://a.example/x.js', 3, 14],
  ['@https://a.example/x.js:3:14', '', 'https://a.example/x.js', 3, 14],
  ['async*run@https://a.example/x.js:3:14', 'async*run', 'https://a.example/x.js', 3, 14],
  ['add (https://a.example/@scope/x.js:3:14)', 'add', 'https://a.example/@scope/x.js', 3, 14],
  ['https://a.example/@scope/x.js:3:14', '', 'https://a.example/@scope/x.js', 3, 14],
  ['https://a.example/x.js:3', '', 'https://a.example/x.js', 3, 0],
  ['<anonymous> (https://a.example/x.js:3:14)', '', 'https://a.example/x.js', 3, 14],
  ['TypeError: no items: 3:4', null, '', 0, 0],
  ['', null, '', 0, 0],
])('%s', (line, fn, url, at, column) => {
  expect(parseFrame(line)).toEqual(fn === null ? null : { fn, url, line: at, column });
});

test('the text before the frames is the head', () => {
  const { head, frames } = parseStack(
    'TypeError: x\nis not\n    at a (https://a/x.js:1:2)\nnothing\n    at https://a/x.js:3:4',
  );
  expect(head).toBe('TypeError: x\nis not');
  expect(frames.map(({ line }) => line)).toEqual([1, 3]);
});

test('any text is read, in little time and with few frames', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(parseStack(text).frames.length).toBeLessThanOrEqual(200);
    }),
  );
  expect(parseStack('(:1:1'.repeat(200_000)).frames.length).toBeLessThanOrEqual(1);
  expect(parseStack('a:1:1\n'.repeat(100_000)).frames.length).toBe(200);
});

test('the name of a file', () => {
  expect(fileOf('https://a.example/js/cart.js?v=••')).toBe('cart.js');
  expect(fileOf('https://a.example/')).toBe('a.example/');
});
