// The customer's link: made here, of a secret that the server never sees, and the texts that carry it.

import type { Session } from '../api/types.ts';
import { api } from '../auth/account.ts';
import { newCode } from './codes.ts';
import { secrets } from './secret.ts';
import { authHash, linkUrl, makeSecret } from './way-in.ts';

/** Makes a session and keeps its secret in this tab; the server gets only a hash of what opens the link. */
export async function createSession(of: { project: string; page: string; reference: string }): Promise<Session> {
  const secret = makeSecret();
  const session = await api.create({
    project: of.project,
    page: of.page,
    authHash: await authHash(secret),
    ...(of.reference ? { reference: of.reference } : {}),
  });
  secrets.keep(session.id, secret);
  // The code is a second way in; without it the link still works, and the page offers to ask again.
  await newCode(session.id).catch(() => null);
  return session;
}

export function customerLink(secret: Uint8Array): string {
  return linkUrl(location.origin, secret);
}

export function messageText(link: string): string {
  return [
    'Hello,',
    '',
    'please open this link so that we can look at the page together:',
    '',
    link,
    '',
    'You will see what is shared before anything is, and you can stop at any time.',
  ].join('\n');
}

export function mailUrl(link: string): string {
  const subject = 'Let’s look at the page together';
  return `mailto:?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(messageText(link))}`;
}
