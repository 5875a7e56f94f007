// The link's secret and what is derived from it (PROTOCOL.md §1, §5.1, §5.2).

import type { Description } from '../message.gen.ts';

export type Bytes = Uint8Array<ArrayBuffer>;

const text = new TextEncoder();

export function base64url(bytes: Uint8Array): string {
  let s = '';
  for (const b of bytes) s += String.fromCharCode(b);
  return btoa(s).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

/** The bytes of base64url text, undefined when it is none. */
export function fromBase64url(s: string): Bytes | undefined {
  if (!/^[\w-]*$/.test(s)) return undefined;
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

async function hkdf(ikm: Bytes, salt: Bytes, info: string, length: number): Promise<Bytes> {
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

/** The one fingerprint of a description in its canonical form, '-' without a description. Throws when there is not exactly one. */
export function fingerprint(description: Description | RTCSessionDescriptionInit | null | undefined): string {
  if (!description) return '-';
  const found = new Set<string>();
  for (const line of (description.sdp ?? '').split(/\r?\n/)) {
    const match = /^a=fingerprint:(\S+)\s+(\S+)\s*$/i.exec(line);
    if (match) found.add(`${match[1]?.toLowerCase()} ${match[2]?.toUpperCase()}`);
  }
  const [one] = found;
  if (found.size !== 1 || !one?.startsWith('sha-256 '))
    throw new Error('a description needs exactly one sha-256 fingerprint');
  return one;
}

/** What both sides of a link agree on before the proof. */
export interface Terms {
  key: Bytes;
  session: string;
  /** base64url */
  link: string;
  nonceC: string;
  nonceA: string;
  fingerprintC: string;
  fingerprintA: string;
}

export type Side = 'customer' | 'agent';

const nonces = (t: Terms): Bytes => {
  const [c, a] = [fromBase64url(t.nonceC), fromBase64url(t.nonceA)];
  if (c?.length !== 16 || a?.length !== 16) throw new Error('nonce');
  return concat(c, a);
};

async function proofKey(t: Terms): Promise<CryptoKey> {
  const raw = await hkdf(t.key, nonces(t), 'ridealong proof v1', 32);
  return crypto.subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']);
}

const transcript = (t: Terms, side: Side): Bytes =>
  text.encode(
    [side, 'ridealong fp v1', t.session, t.link, t.nonceC, t.nonceA, t.fingerprintC, t.fingerprintA].join('\n'),
  );

/** The proof of one side, base64url. */
export async function prove(t: Terms, side: Side): Promise<string> {
  return base64url(new Uint8Array(await crypto.subtle.sign('HMAC', await proofKey(t), transcript(t, side))));
}

/** Compares in constant time. */
export async function proves(t: Terms, side: Side, proof: string): Promise<boolean> {
  const mac = fromBase64url(proof);
  return mac !== undefined && crypto.subtle.verify('HMAC', await proofKey(t), mac, transcript(t, side));
}

async function sealKey(t: Terms, from: Side): Promise<CryptoKey> {
  const raw = await hkdf(t.key, nonces(t), `ridealong seal ${from} v1`, 32);
  return crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
}

function ivOf(counter: number): Bytes {
  const iv = new Uint8Array(12);
  const view = new DataView(iv.buffer);
  view.setUint32(4, Math.floor(counter / 2 ** 32));
  view.setUint32(8, counter >>> 0);
  return iv;
}

/** Seals pieces of one direction; the counter rises with every call. */
export class Sealer {
  private counter = 0;

  private constructor(
    private readonly key: CryptoKey,
    private readonly aad: Bytes,
  ) {}

  static async of(t: Terms, from: Side): Promise<Sealer> {
    return new Sealer(await sealKey(t, from), fromBase64url(t.link) ?? new Uint8Array(0));
  }

  async seal(lane: number, piece: Uint8Array): Promise<Bytes> {
    const iv = ivOf(++this.counter);
    const sealed = await crypto.subtle.encrypt(
      { name: 'AES-GCM', iv, additionalData: this.aad },
      this.key,
      concat(Uint8Array.of(lane), piece),
    );
    return concat(iv.subarray(4), new Uint8Array(sealed));
  }
}

/** Opens what the other side sealed: each counter once and rising. */
export class Opener {
  private last = 0;
  /** What did not open or came again. */
  refused = 0;

  private constructor(
    private readonly key: CryptoKey,
    private readonly aad: Bytes,
  ) {}

  static async of(t: Terms, from: Side): Promise<Opener> {
    return new Opener(await sealKey(t, from), fromBase64url(t.link) ?? new Uint8Array(0));
  }

  /** Decrypts; whether the counter rose is `accept`'s to say, in the order of arrival. */
  async open(sealed: Bytes): Promise<{ counter: number; lane: number; piece: Bytes } | undefined> {
    if (sealed.length < 8 + 16 + 2) return undefined;
    const view = new DataView(sealed.buffer, sealed.byteOffset, 8);
    const counter = view.getUint32(0) * 2 ** 32 + view.getUint32(4);
    try {
      const plain = new Uint8Array(
        await crypto.subtle.decrypt(
          { name: 'AES-GCM', iv: ivOf(counter), additionalData: this.aad },
          this.key,
          sealed.subarray(8),
        ),
      );
      return { counter, lane: plain[0] ?? 255, piece: plain.subarray(1) };
    } catch {
      return undefined;
    }
  }

  accept(counter: number): boolean {
    if (counter <= this.last) return false;
    this.last = counter;
    return true;
  }
}
