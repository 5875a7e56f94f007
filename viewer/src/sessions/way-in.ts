// The customer's link (PROTOCOL.md §1): a secret made here, the address that carries it, and what the server may know of it.

import { toBase64url } from './base64url.ts';

const SIZE = 32;
const AUTH_SIZE = 16;
const AUTH_INFO = new TextEncoder().encode('ridealong link v1');

export function makeSecret(): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(SIZE));
}

export function linkUrl(origin: string, secret: Uint8Array): string {
  return `${origin}/j#1.${toBase64url(secret)}`;
}

/** base64url of SHA-256(auth): all that the server gets when the session is made. */
export async function authHash(secret: Uint8Array<ArrayBuffer>): Promise<string> {
  const key = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits']);
  const hkdf = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: AUTH_INFO };
  const auth = await crypto.subtle.deriveBits(hkdf, key, AUTH_SIZE * 8);
  return toBase64url(new Uint8Array(await crypto.subtle.digest('SHA-256', auth)));
}
