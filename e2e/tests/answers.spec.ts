// What the conformance suite compares answers with.
import { differs } from '../conformance/run.ts';
import { expect, test } from '../test.ts';

test('two answers are the same or the place is named where they are not', () => {
  expect(differs({ a: [1, 2] }, { a: [1, 2] })).toBe('');
  expect(differs({ a: [1, 2] }, { a: [1] })).toContain('.a.1');
  expect(differs(['x'], ['x', 'y'])).toContain('.1');
  expect(differs('threw: there is no #a', true)).not.toBe('');
  expect(differs(null, 0)).not.toBe('');
});
