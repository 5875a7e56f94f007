// What both ends of a link prove to each other before a byte of the page leaves (PROTOCOL.md §5.1).

import { Limits } from '../limits.gen.ts';
import type { Description } from '../message.gen.ts';
import { type Bytes, base64url, concat, fromBase64url, hkdf } from './secret.ts';

/** The handshake does not hold: a proof is wrong, or what it has to cover cannot be read. */
export class Tampered extends Error {}

export type Side = 'customer' | 'agent';

export const other = (side: Side): Side => (side === 'customer' ? 'agent' : 'customer');

/** What both sides of a link agree on. */
export interface Terms {
  key: Bytes;
  session: string;
  /** base64url, as are the nonces */
  link: string;
  nonceC: string;
  nonceA: string;
  fingerprintC: string;
  fingerprintA: string;
}

/** A description within limits, null when there is none. Throws Tampered. */
export function checked(description: Description | undefined): Description | null {
  if (!description) return null;
  const { type, sdp } = description;
  if (typeof sdp !== 'string' || sdp.length > Limits.MaxSDP) throw new Tampered('description');
  return { type, sdp };
}

/**
 * The fingerprint of a description in its canonical form, '-' without a description. Throws Tampered when there is not exactly one:
 * what the browser might read as another one, in whatever form, must not stand beside the proven one.
 */
export function fingerprint(description: Pick<Description, 'sdp'> | null): string {
  if (!description) return '-';
  const { sdp } = description;
  const [, value] = /^a=fingerprint:sha-256 ((?:[\dA-F]{2}:){31}[\dA-F]{2})\r?$/im.exec(sdp) ?? [];
  if (!value || sdp.match(/fingerprint/gi)?.length !== 1) throw new Tampered('fingerprint');
  return `sha-256 ${value.toUpperCase()}`;
}

/** Both nonces as the salt of every key of the link. Throws Tampered. */
export function salt(t: Terms): Bytes {
  const [c, a] = [fromBase64url(t.nonceC), fromBase64url(t.nonceA)];
  if (c?.length !== 16 || a?.length !== 16) throw new Tampered('nonce');
  return concat(c, a);
}

async function proofKey(t: Terms): Promise<CryptoKey> {
  const raw = await hkdf(t.key, salt(t), 'ridealong proof v1', 32);
  return crypto.subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']);
}

const transcript = (t: Terms, side: Side): Bytes =>
  new TextEncoder().encode(
    [side, 'ridealong fp v1', t.session, t.link, t.nonceC, t.nonceA, t.fingerprintC, t.fingerprintA].join('\n'),
  );

/** The proof of one side, base64url. */
export async function prove(t: Terms, side: Side): Promise<string> {
  return base64url(new Uint8Array(await crypto.subtle.sign('HMAC', await proofKey(t), transcript(t, side))));
}

/** Throws Tampered when it is not that side's proof. The comparison takes constant time. */
export async function verify(t: Terms, side: Side, proof: unknown): Promise<void> {
  const mac = fromBase64url(proof);
  if (!mac || !(await crypto.subtle.verify('HMAC', await proofKey(t), mac, transcript(t, side))))
    throw new Tampered('proof');
}
