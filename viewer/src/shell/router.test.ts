// Paths of the app, and where a sign-in may lead back to.

import { expect, test, vi } from 'vitest';

vi.stubGlobal('location', new URL('https://ride.example/'));
vi.stubGlobal('addEventListener', () => undefined);
const { routeOf, safeReturn } = await import('./router.ts');

test.each([
  ['/', { name: 'sessions' }],
  ['/login', { name: 'login' }],
  ['/setup', { name: 'setup' }],
  ['/s/01K9ZQ4T6C', { name: 'live', session: '01K9ZQ4T6C' }],
  ['/s/', { name: 'unknown' }],
  ['/s/../x', { name: 'unknown' }],
  ['/s/a%2Fb', { name: 'unknown' }],
  [`/s/${'A'.repeat(65)}`, { name: 'unknown' }],
  ['/recordings', { name: 'recordings' }],
  ['/recordings/01K9ZQ4T6C', { name: 'recording', recording: '01K9ZQ4T6C' }],
  ['/recordings/', { name: 'unknown' }],
  ['/recordings/a/b', { name: 'unknown' }],
  ['/nothing', { name: 'unknown' }],
])('%s', (path, route) => expect(routeOf(path)).toEqual(route));

test.each([
  ['/s/01ABC?e2e', '/s/01ABC?e2e'],
  ['/', '/'],
  [null, '/'],
  ['', '/'],
  ['//evil.example/s/1', '/'],
  ['/\\evil.example/s/1', '/'],
  ['https://evil.example/', '/'],
  ['javascript:alert(1)', '/'],
  ['/login', '/'],
  ['/setup', '/'],
  ['/api/logout', '/'],
])('after signing in, %j leads to %j', (asked, led) => expect(safeReturn(asked)).toBe(led));
