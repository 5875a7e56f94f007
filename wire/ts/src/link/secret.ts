// The link's secret, what is derived from it, and how bytes are written as text (PROTOCOL.md §1).

export type Bytes = Uint8Array<ArrayBuffer>;

const text = new TextEncoder();

export function base64url(bytes: Uint8Array): string {
  let s = '';
  for (const b of bytes) s += String.fromCharCode(b);
  return btoa(s).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

/** The bytes of base64url text, undefined when it is none. Takes whatever the other side sent. */
export function fromBase64url(s: unknown): Bytes | undefined {
  if (typeof s !== 'string' || !/^[\w-]*$/.test(s)) return undefined;
  try {
    return Uint8Array.from(atob(s.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
  } catch {
    return undefined;
  }
}

export const random = (n: number): Bytes => crypto.getRandomValues(new Uint8Array(n));

export const makeSecret = (): Bytes => random(32);

/** The magic link of a secret; `host` is an origin. */
export const linkUrl = (host: string, secret: Uint8Array): string => `${host}/j#1.${base64url(secret)}`;

export async function hkdf(ikm: Bytes, salt: Bytes, info: string, length: number): Promise<Bytes> {
  const key = await crypto.subtle.importKey('raw', ikm, 'HKDF', false, ['deriveBits']);
  return new Uint8Array(
    await crypto.subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt, info: text.encode(info) }, key, length * 8),
  );
}

/** What the server gets (`auth`, 16 bytes) and what it never gets (`key`, 32 bytes). */
export async function derive(secret: Bytes): Promise<{ auth: Bytes; key: Bytes }> {
  const none = new Uint8Array(0);
  const [auth, key] = await Promise.all([
    hkdf(secret, none, 'ridealong link v1', 16),
    hkdf(secret, none, 'ridealong e2e v1', 32),
  ]);
  return { auth, key };
}

export async function sha256(bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}

export function concat(...parts: Uint8Array[]): Bytes {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of parts) {
    out.set(p, at);
    at += p.length;
  }
  return out;
}
