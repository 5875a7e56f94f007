// Keys, proofs and seals: what is right opens, and nothing else does.

import { describe, expect, test } from 'vitest';
import { checked, fingerprint, prove, Tampered, type Terms, verify } from '../proof.ts';
import { MIN_SEALED, Opener, Sealer } from '../seal.ts';
import { type Bytes, base64url, derive, fromBase64url, linkUrl, makeSecret, random } from '../secret.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const PRINT = Array.from({ length: 32 }, (_, i) => (i + 16).toString(16).toUpperCase()).join(':');
const sdp = (...lines: string[]) => ({ type: 'offer' as const, sdp: ['v=0', ...lines, ''].join('\r\n') });
const line = `a=fingerprint:sha-256 ${PRINT}`;

function terms(change: Partial<Terms> = {}): Terms {
  return {
    key: new Uint8Array(32).fill(7),
    session: 's1',
    link: base64url(new Uint8Array(16).fill(1)),
    nonceC: base64url(new Uint8Array(16).fill(2)),
    nonceA: base64url(new Uint8Array(16).fill(3)),
    fingerprintC: `sha-256 ${PRINT}`,
    fingerprintA: '-',
    ...change,
  };
}

describe('a secret', () => {
  test('is told apart by HKDF into what the server may know and what it may not', async () => {
    const { createHmac } = await import('node:crypto');
    const secret = Uint8Array.from({ length: 32 }, (_, i) => i);
    const prk = createHmac('sha256', Buffer.alloc(32)).update(secret).digest();
    const expand = (info: string) => createHmac('sha256', prk).update(`${info}\x01`, 'latin1').digest();
    const { auth, key } = await derive(secret);
    expect(hex(auth)).toBe(expand('ridealong link v1').subarray(0, 16).toString('hex'));
    expect(hex(key)).toBe(expand('ridealong e2e v1').toString('hex'));
  });

  test('survives its way through a link', () => {
    const secret = makeSecret();
    const link = linkUrl('https://help.example', secret);
    expect(link.startsWith('https://help.example/j#1.')).toBe(true);
    expect(fromBase64url(link.split('#1.')[1])).toEqual(secret);
    for (const bad of ['a+b', 'a/b', 'a=', 'a b', 'ä', 5, null, undefined, {}])
      expect(fromBase64url(bad)).toBe(undefined);
  });
});

describe('a fingerprint', () => {
  test('is the one of the description, in one form', () => {
    expect(fingerprint(sdp(line))).toBe(`sha-256 ${PRINT}`);
    expect(fingerprint({ sdp: `v=0\na=fingerprint:SHA-256 ${PRINT.toLowerCase()}\n` })).toBe(`sha-256 ${PRINT}`);
    expect(fingerprint(null)).toBe('-');
  });

  test.each([
    ['none', sdp()],
    ['two', sdp(line, line.replace('10:', 'FF:'))],
    ['two that are the same', sdp(line, line)],
    ['another hash', sdp(`a=fingerprint:sha-1 ${PRINT}`)],
    ['another hash beside it', sdp(line, `a=fingerprint:sha-512 ${PRINT}`)],
    ['a short one', sdp(`a=fingerprint:sha-256 ${PRINT.slice(3)}`)],
    ['something behind it', sdp(`${line} x`)],
    ['a second one after a lone carriage return', { sdp: `v=0\r\n${line}\r\nb=x\ra=fingerprint:sha-256 FF` }],
    ['a second one in another form', sdp(line, ' a = FingerPrint : sha-256 FF')],
  ])('is refused: %s', (_, description) => {
    expect(() => fingerprint(description)).toThrow(Tampered);
  });

  test('of a description over its limits is not looked at', () => {
    expect(() => checked(sdp('x'.repeat(33_000)))).toThrow(Tampered);
    expect(() => checked({ type: 'offer', sdp: 5 as unknown as string })).toThrow(Tampered);
    expect(checked(undefined)).toBe(null);
  });
});

describe('a proof', () => {
  test('is that of its side over all terms', async () => {
    const { createHmac, hkdfSync } = await import('node:crypto');
    const t = terms();
    const salt = Buffer.concat([Buffer.alloc(16, 2), Buffer.alloc(16, 3)]);
    const kp = Buffer.from(hkdfSync('sha256', t.key, salt, 'ridealong proof v1', 32));
    const text = `agent\nridealong fp v1\ns1\n${t.link}\n${t.nonceC}\n${t.nonceA}\nsha-256 ${PRINT}\n-`;
    expect(await prove(t, 'agent')).toBe(createHmac('sha256', kp).update(text).digest('base64url'));
    await verify(t, 'agent', await prove(t, 'agent'));
  });

  const changes: [string, Partial<Terms>][] = [
    ['key', { key: new Uint8Array(32).fill(8) }],
    ['session', { session: 's2' }],
    ['link', { link: base64url(new Uint8Array(16)) }],
    ['customer’s nonce', { nonceC: base64url(new Uint8Array(16)) }],
    ['agent’s nonce', { nonceA: base64url(new Uint8Array(16)) }],
    ['customer’s fingerprint', { fingerprintC: '-' }],
    ['agent’s fingerprint', { fingerprintA: `sha-256 ${PRINT}` }],
  ];
  test.each(changes)('over another %s is wrong', async (_, change) => {
    await expect(verify(terms(), 'agent', await prove(terms(change), 'agent'))).rejects.toThrow(Tampered);
  });

  test('of the other side, of the wrong form, or none is wrong', async () => {
    for (const bad of [await prove(terms(), 'customer'), '', '-', 'AAAA', 5, null, undefined])
      await expect(verify(terms(), 'agent', bad)).rejects.toThrow(Tampered);
    await expect(prove(terms({ nonceA: 'AAAA' }), 'agent')).rejects.toThrow(Tampered);
  });
});

describe('a seal', () => {
  const piece = (n: number) => Uint8Array.of(3, n);
  async function both(change: Partial<Terms> = {}) {
    const sealer = await Sealer.of(terms(), 'customer');
    const opener = await Opener.of(terms(change), 'customer');
    const got: [number, number][] = [];
    const open = (sealed: Bytes) => opener.open(sealed, (lane, bytes) => got.push([lane, bytes[1] ?? -1]));
    return { sealer, opener, got, open };
  }

  test('counts from 1 and opens as AES-GCM over lane and piece with the link as further data', async () => {
    const { createDecipheriv, hkdfSync } = await import('node:crypto');
    const { sealer } = await both();
    const sealed = await sealer.seal(1, piece(9));
    expect(hex(sealed.subarray(0, 8))).toBe('0000000000000001');
    expect(sealed.length).toBe(MIN_SEALED + 1);
    const salt = Buffer.concat([Buffer.alloc(16, 2), Buffer.alloc(16, 3)]);
    const key = Buffer.from(hkdfSync('sha256', terms().key, salt, 'ridealong seal customer v1', 32));
    const opening = createDecipheriv('aes-256-gcm', key, Buffer.concat([Buffer.alloc(4), sealed.subarray(0, 8)]));
    opening.setAAD(Buffer.alloc(16, 1));
    opening.setAuthTag(sealed.subarray(-16));
    expect(hex(Buffer.concat([opening.update(sealed.subarray(8, -16)), opening.final()]))).toBe('010309');
  });

  test('keeps the order of the calls, however long each takes', async () => {
    const { sealer, got, open } = await both();
    const big = random(16_000);
    const sealed = await Promise.all(
      Array.from({ length: 200 }, (_, i) => sealer.seal(1, i % 3 ? piece(i) : Uint8Array.of(3, i, ...big))),
    );
    await Promise.all(sealed.map(open));
    expect(got.map(([, n]) => n)).toEqual(Array.from({ length: 200 }, (_, i) => i));
  });

  test('opens once, and never one from before', async () => {
    const { sealer, opener, got, open } = await both();
    const [a, b, c] = await Promise.all([sealer.seal(0, piece(1)), sealer.seal(1, piece(2)), sealer.seal(2, piece(3))]);
    for (const one of [b, b, a, c, b, c]) await open(one);
    expect(got).toEqual([
      [1, 2],
      [2, 3],
    ]);
    expect(opener.refused).toBe(4);
  });

  test('with any bit flipped does not open, and those after it do', async () => {
    const { sealer, opener, got, open } = await both();
    const sealed = await sealer.seal(1, piece(5));
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = sealed.slice();
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      await open(changed);
    }
    expect(opener.refused).toBe(sealed.length * 8);
    await open(sealed);
    expect(got).toEqual([[1, 5]]);
  });

  test('of another key, link, nonce or direction does not open, nor does half of one', async () => {
    for (const [, change] of [
      ['', { key: random(32) }],
      ['', { link: base64url(random(16)) }],
      ['', { nonceA: base64url(random(16)) }],
    ] as [string, Partial<Terms>][]) {
      const { sealer, opener, open } = await both(change);
      await open(await sealer.seal(1, piece(1)));
      expect(opener.refused).toBe(1);
    }
    const { opener, got, open } = await both();
    const back = await Sealer.of(terms(), 'agent');
    const sealed = await back.seal(1, piece(1));
    for (let n = 0; n <= sealed.length; n++) await open(sealed.slice(0, n));
    expect(got).toEqual([]);
    expect(opener.refused).toBe(sealed.length + 1);
  });
});
