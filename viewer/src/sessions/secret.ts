// The link's secret, and the key that a link was proven with, in the agent's browser: kept for this tab, by session. The secret
// travels to colleagues in a fragment only; neither reaches the server.

import { fromBase64url, toBase64url } from './base64url.ts';

const SIZE = 32;

/** Part of Storage that is needed; sessionStorage in the app. */
export type SecretStore = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

export class Secrets {
  private readonly memory = new Map<string, Uint8Array>();

  constructor(
    private readonly store: () => SecretStore = () => sessionStorage,
    private readonly prefix = 'ridealong.secret.',
  ) {}

  keep(session: string, secret: Uint8Array): void {
    this.memory.set(session, secret);
    try {
      this.store().setItem(this.prefix + session, toBase64url(secret));
    } catch {
      // storage is full or switched off: the secret lives until the page is left
    }
  }

  of(session: string): Uint8Array | null {
    const known = this.memory.get(session);
    if (known) return known;
    try {
      return decodeSecret(this.store().getItem(this.prefix + session));
    } catch {
      return null;
    }
  }

  forget(session: string): void {
    this.memory.delete(session);
    try {
      this.store().removeItem(this.prefix + session);
    } catch {
      // nothing was kept
    }
  }
}

export const secrets = new Secrets();

/** Keys that a link was proven with. No other key is taken in this tab afterwards. */
export const provenKeys = new Secrets(undefined, 'ridealong.key.');

/** The secret in `#k=…`, or null when there is none or it is not one. */
export function secretInFragment(hash: string): Uint8Array | null {
  return decodeSecret(new URLSearchParams(hash.replace(/^#/, '')).get('k'));
}

/** The link for a colleague: it opens the session and brings the key. */
export function inviteUrl(origin: string, session: string, secret: Uint8Array): string {
  return `${origin}/s/${session}#k=${toBase64url(secret)}`;
}

/** Takes the key out of the address bar before anything else looks at it; true when one was there. */
export function takeInvite(session: string): boolean {
  const secret = secretInFragment(location.hash);
  if (location.hash.includes('k=')) history.replaceState(null, '', location.pathname + location.search);
  if (!secret) return false;
  secrets.keep(session, secret);
  return true;
}

function decodeSecret(text: string | null): Uint8Array | null {
  if (!text) return null;
  const bytes = fromBase64url(text);
  return bytes?.length === SIZE ? bytes : null;
}
