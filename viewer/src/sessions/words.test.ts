// Ages, clocks, states and addresses in words.

import { describe, expect, test } from 'vitest';
import { agent, customer, SHOP, session } from '../../tests/browser/cast.ts';
import { pageError } from './page-error.ts';
import { ageOf, clock, groupOf, shortUrl, stateWord } from './words.ts';

const NOW = Date.parse('2026-03-02T12:00:00Z');

test.each([
  ['2026-03-02T11:59:30Z', 'just now'],
  ['2026-03-02T12:10:00Z', 'just now'], // the server's clock is ahead
  ['2026-03-02T11:55:00Z', '5 min. ago'],
  ['2026-03-02T09:00:00Z', '3 hr. ago'],
  ['2026-03-01T11:00:00Z', 'yesterday'],
])('age of %s is %s', (iso, words) => expect(ageOf(iso, NOW)).toBe(words));

test.each([
  [0, '0:00'],
  [-5, '0:00'],
  [75_000, '1:15'],
  [3_600_000, '1:00:00'],
  [36_061_000, '10:01:01'],
])('clock of %d ms is %s', (ms, words) => expect(clock(ms)).toBe(words));

test.each([
  ['https://shop.example/', 'shop.example'],
  ['https://shop.example/cart?x=1#y', 'shop.example/cart'],
  ['http://localhost:8081/a', 'localhost:8081/a'],
  ['not a url', 'not a url'],
])('short form of %s is %s', (url, short) => expect(shortUrl(url)).toBe(short));

test('a session is live, waiting or ended', () => {
  expect(
    (['pending', 'claimed', 'live', 'ended', 'expired'] as const).map((state) => groupOf(session({ state }))),
  ).toEqual(['waiting', 'waiting', 'live', 'ended', 'ended']);
});

test('a live session whose customer is away says so', () => {
  expect(stateWord(session({ state: 'live', participants: [agent, customer] }))).toBe('Live');
  expect(stateWord(session({ state: 'live', participants: [agent, { ...customer, here: false }] }))).toBe(
    'Customer away',
  );
});

describe('a page for the customer', () => {
  test.each([
    ['https://shop.acme.example/cart', null],
    [' http://localhost:8081/ ', null],
    ['shop.acme.example/cart', 'Enter a whole address, like https://shop.example/cart.'],
    ['', 'Enter a whole address, like https://shop.example/cart.'],
    ['javascript:alert(1)', 'The address must begin with https:// or http://.'],
    ['https://evil.example/', 'evil.example is not one of the sites of Acme shop.'],
    ['http://shop.acme.example/', 'shop.acme.example is not one of the sites of Acme shop.'],
    ['https://shop.acme.example:8443/', 'shop.acme.example:8443 is not one of the sites of Acme shop.'],
  ])('%j → %j', (page, error) => expect(pageError(page, SHOP)).toBe(error));
});
