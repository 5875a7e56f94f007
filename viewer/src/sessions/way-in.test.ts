// The link as PROTOCOL.md §1 has it, against another implementation of HKDF.

import { createHash, hkdfSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { fromBase64url } from './base64url.ts';
import { authHash, linkUrl, makeSecret } from './way-in.ts';

test('the server gets the hash of what HKDF gives', async () => {
  for (let n = 0; n < 20; n++) {
    const secret = makeSecret();
    const auth = Buffer.from(hkdfSync('sha256', secret, '', 'ridealong link v1', 16));
    expect(await authHash(secret)).toBe(createHash('sha256').update(auth).digest('base64url'));
  }
});

test('the address carries the whole secret behind the version, in the fragment', () => {
  const secret = makeSecret();
  const url = new URL(linkUrl('https://ride.example', secret));
  expect(url.origin + url.pathname + url.search).toBe('https://ride.example/j');
  const [, version, rest] = /^#(\d+)\.(.+)$/.exec(url.hash) ?? [];
  expect(version).toBe('1');
  expect(fromBase64url(rest ?? '')).toEqual(Uint8Array.from(secret));
});

test('no secret is made twice', () => {
  const made = new Set(Array.from({ length: 100 }, () => makeSecret().join()));
  expect(made.size).toBe(100);
});
