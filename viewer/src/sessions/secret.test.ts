// The secret's keeping: by session, in this tab, never anything that is not one.

import { describe, expect, test } from 'vitest';
import { inviteUrl, type SecretStore, Secrets, secretInFragment } from './secret.ts';

const secret = Uint8Array.from({ length: 32 }, (_, n) => 255 - n);

class Drawer implements SecretStore {
  readonly items = new Map<string, string>();
  getItem(key: string): string | null {
    return this.items.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    this.items.set(key, value);
  }
  removeItem(key: string): void {
    this.items.delete(key);
  }
}

const broken = (): SecretStore => {
  throw new DOMException('denied', 'SecurityError');
};

describe('Secrets', () => {
  test('a reload keeps the secret: another reader of the same storage finds it', () => {
    const drawer = new Drawer();
    new Secrets(() => drawer).keep('A', secret);
    expect(new Secrets(() => drawer).of('A')).toEqual(secret);
  });

  test('each session has its own', () => {
    const drawer = new Drawer();
    const secrets = new Secrets(() => drawer);
    secrets.keep('A', secret);
    expect(secrets.of('B')).toBeNull();
  });

  test('forgotten is gone from memory and storage', () => {
    const drawer = new Drawer();
    const secrets = new Secrets(() => drawer);
    secrets.keep('A', secret);
    secrets.forget('A');
    expect(secrets.of('A')).toBeNull();
    expect(drawer.items.size).toBe(0);
  });

  test.each(['', 'x', '!!!!', 'AAAA', 'A'.repeat(44)])('what is stored but is no secret is none: %j', (stored) => {
    const drawer = new Drawer();
    drawer.setItem('ridealong.secret.A', stored);
    expect(new Secrets(() => drawer).of('A')).toBeNull();
  });

  test('without storage it lives until the page is left', () => {
    const secrets = new Secrets(broken);
    secrets.keep('A', secret);
    expect(secrets.of('A')).toEqual(secret);
    expect(secrets.of('B')).toBeNull();
    secrets.forget('A');
    expect(secrets.of('A')).toBeNull();
  });
});

describe('the invite link', () => {
  test('carries the secret in the fragment, where no server sees it', () => {
    const url = new URL(inviteUrl('https://ride.example', '01ABC', secret));
    expect(url.pathname + url.search).toBe('/s/01ABC');
    expect(secretInFragment(url.hash)).toEqual(secret);
  });

  test.each(['', '#', '#k=', '#k=AAAA', '#k=%%%', '#x=1', `#k=${'A'.repeat(43)}B`, `#k=${'A'.repeat(42)}+`])(
    'a fragment without one is none: %j',
    (hash) => expect(secretInFragment(hash)).toBeNull(),
  );
});
