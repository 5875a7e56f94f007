// The search finds a canary whatever was done to it, and nothing where there is none.

import { expect, test } from 'vitest';
import { canary, search } from './canaries.ts';

const canaries = Array.from({ length: 2000 }, (_, n) => canary(n, 7));
const one = canaries[1234] as string;
const found = (...texts: string[]) => search([{ op: 'text', texts }], canaries).map(({ n }) => n);

test('canaries are nowhere twice', () => {
  expect(new Set(canaries.map((text) => text.slice(0, 8).toLowerCase())).size).toBe(canaries.length);
});

test.each([
  ['whole', `before ${one} after`],
  ['half', one.slice(5, 14)],
  ['in capitals', one.toUpperCase()],
  ['backwards', [...one].reverse().join('')],
  ['in base64', btoa(one)],
  ['in base64, among others', btoa(`{"a":"${one}"}`)],
  ['in base64, one off', btoa(`{"ab":"${one}"}`)],
  ['in base64, two off', btoa(`{"abc":"${one}"}`)],
  ['in hex', Buffer.from(`x${one}x`).toString('hex')],
  ['percent-encoded', [...one].map((c) => `%${c.charCodeAt(0).toString(16)}`).join('')],
])('%s', (_, text) => expect(found(text)).toContain(1234));

test('in pieces, over texts and ops', () => {
  expect(found(one.slice(0, 5), one.slice(5))).toContain(1234);
  const letters = [...one].map((c) => ({ op: 'splice', texts: [c] }));
  expect(search(letters, canaries)).toEqual([{ n: 1234, op: 'splice' }]);
});

test('nothing where there is none: not in dots, prose, hashes or base64 of others', () => {
  const random = Array.from({ length: 4000 }, (_, i) => Math.imul(i + 1, 2654435761).toString(16));
  expect(found('•'.repeat(1000), 'The quick brown fox '.repeat(50), ...random, btoa(random.join('')))).toEqual([]);
});
