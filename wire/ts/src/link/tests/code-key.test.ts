// A key out of nothing but two public keys and six digits.

import { afterEach, describe, expect, test } from 'vitest';
import { CodeKey, codeKey } from '../code-key.ts';
import { base64url, fromBase64url, random } from '../secret.ts';
import type { Signal } from '../signal.ts';
import { pause, Room, until } from './room.ts';

const open: Signal[] = [];
afterEach(() => {
  for (const signal of open.splice(0)) signal.close();
});

async function exchange(change: Room['change'] = (message) => message) {
  const room = new Room();
  room.change = change;
  const [a, b] = [room.signal(1), room.signal(2)];
  open.push(a, b);
  await until(() => a.open && b.open);
  const customer = new CodeKey(a, 'customer', 2);
  const agent = new CodeKey(b, 'agent', 1);
  const told: Record<string, [string, string]> = {};
  const failed: string[] = [];
  for (const [name, side] of Object.entries({ customer, agent })) {
    side.on('made', (key, digits) => {
      told[name] = [base64url(key), digits];
    });
    side.on('failed', (code) => failed.push(`${name}: ${code}`));
  }
  customer.begin();
  return { room, told, failed, customer, agent };
}

describe('a code key', () => {
  test('is the same on both sides, with the same six digits, and another each time', async () => {
    const keys = new Set<string>();
    for (let i = 0; i < 5; i++) {
      const { room, told, failed } = await exchange();
      await until(() => Object.keys(told).length === 2);
      expect(told.customer).toEqual(told.agent);
      expect(told.customer?.[1]).toMatch(/^\d{6}$/);
      expect(failed).toEqual([]);
      expect(room.seen.map((m) => m.type)).toEqual(['key-commit', 'key-share', 'key-reveal']);
      keys.add(told.customer?.[0] ?? '');
    }
    expect(keys.size).toBe(5);
  });

  test('is what the protocol says', async () => {
    const { createECDH, createHash, hkdfSync } = await import('node:crypto');
    const theirs = createECDH('prime256v1');
    const pubC = new Uint8Array(theirs.generateKeys());
    const pair = await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, true, ['deriveBits']);
    const pubA = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
    const rC = random(32);
    const { key, digits } = await codeKey(pair.privateKey, pubC, { pubC, rC, pubA });
    const shared = theirs.computeSecret(pubA);
    const salt = createHash('sha256').update(pubC).update(rC).update(pubA).digest();
    expect(Buffer.from(key)).toEqual(Buffer.from(hkdfSync('sha256', shared, salt, 'ridealong code v1', 32)));
    const sas = Buffer.from(hkdfSync('sha256', shared, salt, 'ridealong sas v1', 4)).readUInt32BE();
    expect(digits).toBe(String(sas % 1e6).padStart(6, '0'));
  });

  test.each(['pub', 'r'])('whose %s does not fit the commitment is none', async (field) => {
    const { told, failed } = await exchange((message) => {
      if (message.type !== 'key-reveal') return message;
      const bytes = fromBase64url(message[field]) as Uint8Array;
      bytes[10] = (bytes[10] ?? 0) ^ 1;
      return { ...message, [field]: base64url(bytes) };
    });
    await until(() => failed.length === 2);
    expect(failed.sort()).toEqual(['agent: tampered', 'customer: tampered']);
    expect(told.agent).toBe(undefined);
  });

  test('shows other digits when somebody stands in between', async () => {
    const pair = await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, true, ['deriveBits']);
    const pub = base64url(new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)));
    const { told } = await exchange((message) => (message.type === 'key-share' ? { ...message, pub } : message));
    await until(() => Object.keys(told).length === 2);
    expect(told.customer?.[0]).not.toBe(told.agent?.[0]);
    expect(told.customer?.[1]).not.toBe(told.agent?.[1]); // but for one time in a million
  });

  test.each([null, 5, '', 'AAAA', base64url(new Uint8Array(65)), base64url(new Uint8Array(66).fill(4))])(
    'with a public key that is none (%s) fails on both sides',
    async (pub) => {
      const { told, failed } = await exchange((message) =>
        message.type === 'key-share' ? { ...message, pub } : message,
      );
      await until(() => failed.length >= 1);
      await pause(20);
      expect(failed).toContain('customer: tampered');
      expect(told.customer).toBe(undefined);
    },
  );

  test('is made once: what comes later changes nothing', async () => {
    const { room, told, failed } = await exchange();
    await until(() => Object.keys(told).length === 2);
    const before = structuredClone(told);
    for (const message of room.seen.slice())
      room.give(message.from === 1 ? 2 : 1, { ...message, pub: base64url(random(65)) } as never);
    await pause(30);
    expect(told).toEqual(before);
    expect(failed).toEqual([]);
  });
});
