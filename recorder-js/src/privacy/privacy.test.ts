// The parts of privacy that need no page.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import scripts from '../../testdata/scripts.json';
import { maskPatterns, maskText } from './mask.ts';
import { tighten } from './tighten.ts';
import { reduceOrigin, reduceUrl } from './url.ts';

describe('text that looks like a secret', () => {
  for (const secret of [
    '4111 1111 1111 1111',
    '4111-1111-1111-1111',
    '378282246310005',
    'DE89370400440532013000',
    'DE89 3704 0044 0532 0130 00',
    'GB82 WEST 1234 5698 7654 32',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcDEF123',
    'Bearer abcdefgh12345678',
    'sk_live_abcdefghijkl',
    'AKIAIOSFODNN7EXAMPLE',
    'ghp_abcdefghijklmnop1234',
    'xoxb-1234567890-abcdef',
    'someone.else+tag@mail.example.com',
    'jörg@bücher.example',
    'a@b.photography',
    '123-45-6789',
    '+49 170 1234567',
    '+1 (415) 555-2671',
    '+4930123456',
    '+44 20 7946 0958',
    '(415) 555-2671',
    '415-555-2671',
    '415.555.2671',
  ]) {
    test(`is masked: ${secret.slice(0, 12)}…`, () => {
      const masked = maskPatterns(`before ${secret} after`);
      expect(masked).toBe(`before ${maskText(secret)} after`);
    });
  }

  for (const plain of [
    '4111 1111 1111 1112',
    '2026-11-23 13:58',
    'Order 1234567890123',
    'DE00370400440532013000',
    '170 1234567',
    '1+12345',
    '+12 items',
    '10.555.2671.1',
    '192.168.100.2001',
    '2026-123-4567',
    'Bearer of news',
    '000-12-3456',
    '666-12-3456',
    '912-12-3456',
    '2026-11-23',
    'part 123-45-67890',
    'user@host',
    '@handle',
    'meet @ noon.',
  ]) {
    test(`is not: ${plain}`, () => expect(maskPatterns(plain)).toBe(plain));
  }
});

describe('addresses', () => {
  for (const [raw, reduced] of [
    ['/a/b?q=secret&q=2&page=3#x', 'https://shop.test/a/b?q=&page='],
    ['?token=x', 'https://shop.test/p/?token='],
    ['https://me:pw@other.test/x', 'https://other.test/x'],
    ['/orders/123456/items', 'https://shop.test/orders/:id/items'],
    ['/u/9b2c3d4e-0000-4000-8000-123456789abc', 'https://shop.test/u/:id'],
    ['/u/me%40mail.test', 'https://shop.test/u/:id'],
    ['/reset/AbCdEf123456ghIJ', 'https://shop.test/reset/:id'],
    ['/x;jsessionid=12AB', 'https://shop.test/x'],
    ['/s?me@mail.test=1', 'https://shop.test/s?:id='],
    ['/harbour-pannier-xl', 'https://shop.test/harbour-pannier-xl'],
    ['javascript:alert(1)', ''],
    ['data:text/plain,x', ''],
    ['mailto:me@mail.test', ''],
    ['http://[', ''],
  ] as const) {
    test(raw, () => expect(reduceUrl(raw, 'https://shop.test/p/')).toBe(reduced));
  }

  for (const path of [
    '/',
    '/a',
    '/a/b/',
    '/item/17',
    '/item/12345',
    '/a.b/c~d_e-f',
    '/AbCdEf123456ghIJ',
    '/0123456789abcdef1',
  ]) {
    test(`${path} is the same by itself and as a whole address`, () => {
      const base = 'https://shop.test:8443/p/?q=1#x';
      expect(reduceUrl(path, base)).toBe(reduceUrl(new URL(path, base).href, base));
    });
  }
});

// Go reads the same file, because a source map is found by what is told of its script's address.
describe('addresses of scripts', () => {
  test.each(scripts)('%s', (raw, reduced) => {
    expect(reduceUrl(raw as string, 'https://other.test/p/', false)).toBe(reduced);
    expect(reduceUrl(reduced as string, 'https://other.test/p/', false)).toBe(reduced);
  });
});

describe('origins', () => {
  for (const [raw, reduced] of [
    ['https://pay.test/frame?token=x#y', 'https://pay.test'],
    ['//pay.test:8443/', 'https://pay.test:8443'],
    ['https://me:pw@0123456789abcdef01.frames.test/', 'https://:id.frames.test'],
    ['about:blank', ''],
    ['data:text/html,x', ''],
    ['javascript:alert(1)', ''],
    ['http://[', ''],
  ] as const) {
    test(raw, () => expect(reduceOrigin(raw, 'https://shop.test/p/')).toBe(reduced));
  }
});

describe('what the server says', () => {
  test('adds to what the site hides', () => {
    const site = { mode: 'standard', mask: '.a', show: '.s' } as const;
    expect(tighten(site, undefined)).toEqual(site);
    expect(tighten(site, { mask: '.b', block: '.c' })).toEqual({ ...site, mask: ['.a', '.b'], block: ['.c'] });
    expect(tighten(site, { mode: 'strict' }).mode).toBe('strict');
    expect(tighten({ mode: 'strict' }, { mode: 'standard' }).mode).toBe('strict');
    // What an earlier one hid stays hidden.
    expect(tighten(tighten(site, { mask: '.b' }), {}).mask).toEqual(['.a', '.b']);
  });

  test.each([
    'strict',
    7,
    true,
    [],
    { mode: 'open' },
    { mode: null },
    { mode: ['standard'] },
    { mask: 7 },
    { block: {} },
    { mask: 'a'.repeat(5000) },
    { mask: null },
  ])('what is not understood makes the mode strict: %j', (remote) => {
    expect(tighten({ mode: 'standard', mask: '.a' }, remote)).toMatchObject({ mode: 'strict', mask: ['.a'] });
  });

  test('whatever it is, it loosens nothing', () => {
    const mode = fc.constantFrom('standard', 'strict', undefined);
    const selectors = fc.option(fc.oneof(fc.string(), fc.array(fc.string())), { nil: undefined });
    const own = fc.record({ mode, mask: selectors, block: selectors, show: selectors });
    const remote = fc.oneof(
      fc.anything(),
      fc.record({ mode: fc.anything(), mask: fc.anything(), show: fc.anything() }),
    );
    fc.assert(
      fc.property(own, remote, (site, given) => {
        const after = tighten(site, given);
        expect(after.show).toEqual(site.show);
        if (site.mode === 'strict') expect(after.mode).toBe('strict');
        for (const name of ['mask', 'block'] as const)
          for (const one of [site[name] ?? []].flat().filter(Boolean)) expect([after[name]].flat()).toContain(one);
      }),
    );
  });
});
