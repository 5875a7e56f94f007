// Who is signed in, and the way to the sign-in page and back.

import { signal } from '@preact/signals';
import { Api } from '../api/client.ts';
import type { Me } from '../api/types.ts';
import { go, route, safeReturn } from '../shell/router.ts';

/** undefined: not asked yet. */
export const me = signal<Me | null | undefined>(undefined);

/** The server says that nobody is signed in. */
export const signedOut = (): void => {
  me.value = null;
};

export const api = new Api(undefined, signedOut);

/** Goes to the sign-in page; afterwards the agent is back where they were. */
export function toLogin(): void {
  if (route.peek().name === 'login' || route.peek().name === 'setup') return;
  const here = location.pathname + location.search; // never the fragment: it may hold a key
  go(here === '/' ? '/login' : `/login?next=${encodeURIComponent(here)}`, { replace: true });
}

export function returnPath(): string {
  return safeReturn(new URLSearchParams(location.search).get('next'));
}

export async function signOut(): Promise<void> {
  await api.logout();
  me.value = null;
  go('/login');
}
