// The environment comes from the customer's page: known fields are shown as text, everything else is left out.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ENVIRONMENT } from '../../tests/browser/cast.ts';
import { browserOf, environmentRows, systemOf } from './environment.ts';

const rows = (environment: Record<string, unknown> | null) =>
  environmentRows({ environment, viewport: null, page: null });

test('a usual browser', () => {
  const known = new Map(rows(ENVIRONMENT));
  expect(known.get('Browser')).toBe('Chrome 141');
  expect(known.get('Operating system')).toBe('Windows');
  expect(known.get('Screen')).toBe('1920 × 1080');
  expect(known.get('Connection')).toBe('4g, 6.4 Mbit/s, 50 ms');
  expect(known.get('Reduced motion')).toBe('No');
});

test('nothing came: no rows', () => expect(rows(null)).toEqual([]));

test('any JSON gives short texts and no fault', () => {
  const field = fc.constantFrom(
    'userAgent',
    'screen',
    'languages',
    'connection',
    'devicePixelRatio',
    'timeZone',
    'reducedMotion',
    'deviceMemory',
  );
  fc.assert(
    fc.property(fc.dictionary(field, fc.jsonValue()), (environment) => {
      for (const [name, value] of rows(environment)) {
        expect(name).not.toBe('');
        expect(value.length).toBeLessThanOrEqual(400);
      }
    }),
  );
});

test.each([
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
    'Safari 18',
    'iOS',
  ],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox 140', 'Linux'],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0',
    'Edge 140',
    'Windows',
  ],
  [
    'Mozilla/5.0 (Linux; Android 15; SM-S901B) AppleWebKit/537.36 SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36',
    'Samsung Internet 28',
    'Android 15',
  ],
  ['something else', 'Unknown', ''],
  ['', '', ''],
])('%s', (agent, browser, system) => {
  expect(browserOf(agent)).toBe(browser);
  expect(systemOf(agent)).toBe(system);
});
