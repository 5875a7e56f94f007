// Queries: what they ask for, and how they are put together.

import { expect, test } from 'vitest';
import { asksForMoments, completed, termsOf, withTerm } from './query.ts';

test.each([
  ['', false],
  ['customer:acme browser:firefox after:7d', false],
  ['has:rage-click -tag:old', false],
  ['customer:acme status:>=400', true],
  ['"Cannot read"', true],
  ['pay', true],
  ['level:error', true],
  ['duration:>2s', true],
  ['since:7d agent:ana', false],
])('%j asks for moments: %s', (q, moments) => expect(asksForMoments(q)).toBe(moments));

test('phrases stay whole, closed or not', () => {
  expect(termsOf('level:error "Cannot read" tag:"two words" "open en')).toEqual([
    'level:error',
    '"Cannot read"',
    'tag:"two words"',
    '"open en',
  ]);
});

test('a term is added once, in quotes where it has to be', () => {
  expect(withTerm('pay', 'tag', 'two words')).toBe('pay tag:"two words"');
  expect(withTerm('tag:a', 'tag', 'a')).toBe('tag:a');
});

test('a completion takes the place of what was typed, whatever place the server names', () => {
  expect(completed('lev', 0, 3, 'level:')).toEqual({ q: 'level:', cursor: 6 });
  expect(completed('level:er pay', 6, 8, 'error')).toEqual({ q: 'level:error pay', cursor: 11 });
  expect(completed('level:er', 6, 99, 'error')).toEqual({ q: 'level:error ', cursor: 12 });
});
