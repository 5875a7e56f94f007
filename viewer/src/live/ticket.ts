// Tickets for the socket: each is good once. The participant is kept for this tab, so that a reload takes its own place again.

import type { Api } from '../api/client.ts';
import { Problem, problemFrom } from '../api/problem.ts';
import type { SecretStore } from '../sessions/secret.ts';
import type { LiveEvent } from './facts.ts';
import type { Credential } from './parts.ts';

const PREFIX = 'ridealong.participant.';

/** A new ticket; throws the Problem, which was also told when trying again cannot help. */
export async function ticketOf(
  api: Pick<Api, 'join'>,
  session: string,
  tell: (event: LiveEvent) => void,
  store: () => Pick<SecretStore, 'getItem' | 'setItem'> = () => sessionStorage,
): Promise<Credential> {
  const known = read(store, session);
  try {
    const joined = await api.join(session, known ? { participant: known } : {}).catch((thrown) => {
      if (known && isStale(thrown)) return api.join(session);
      throw thrown;
    });
    write(store, session, joined.participant.id);
    return { kind: 'ticket', value: joined.ticket };
  } catch (thrown) {
    const problem = problemFrom(thrown);
    if (problem.code === 'ended') tell({ type: 'ended', reason: '', at: Date.now() });
    else if (problem.code !== 'offline' && problem.status < 500 && problem.status !== 429)
      tell({ type: 'problem', problem });
    throw problem;
  }
}

/** The participant that this tab remembers is not one (any more): it comes in as a new one. */
function isStale(thrown: unknown): boolean {
  return thrown instanceof Problem && (thrown.status === 403 || thrown.status === 404);
}

function read(store: () => Pick<SecretStore, 'getItem'>, session: string): string | null {
  try {
    return store().getItem(PREFIX + session);
  } catch {
    return null;
  }
}

function write(store: () => Pick<SecretStore, 'setItem'>, session: string, participant: string): void {
  try {
    store().setItem(PREFIX + session, participant);
  } catch {
    // a reload will come in as a new participant
  }
}
