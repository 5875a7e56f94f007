// The link's secret in the agent's browser: kept for this tab, by session; it travels to colleagues in a fragment only
// and never reaches the server.

import { fromBase64url, toBase64url } from './base64url.ts';

const PREFIX = 'ridealong.secret.';
const SIZE = 32;

/** Part of Storage that is needed; sessionStorage in the app. */
export type SecretStore = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

export class Secrets {
  private readonly memory = new Map<string, Uint8Array>();

  constructor(private readonly store: () => SecretStore = () => sessionStorage) {}

  keep(session: string, secret: Uint8Array): void {
    this.memory.set(session, secret);
    try {
      this.store().setItem(PREFIX + session, toBase64url(secret));
    } catch {
      // storage is full or switched off: the secret lives until the page is left
    }
  }

  of(session: string): Uint8Array | null {
    const known = this.memory.get(session);
    if (known) return known;
    try {
      return decodeSecret(this.store().getItem(PREFIX + session));
    } catch {
      return null;
    }
  }

  forget(session: string): void {
    this.memory.delete(session);
    try {
      this.store().removeItem(PREFIX + session);
    } catch {
      // nothing was kept
    }
  }
}

export const secrets = new Secrets();

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
