// The two requests of the customer's page.

import { Problem, problemOf } from '../api/problem.ts';

export interface Invitation {
  organisation: string;
  agent: string;
  page: string;
  origin: string;
  expiresAt: string;
  /** How long a recording is kept, days, 0 for no end; absent where none can be. */
  keepDays?: number;
  textVersion: string;
}

/** How the customer comes in, as the server takes it, and the key that it never gets. */
export interface Way {
  body: { auth: string } | { code: string };
  key: string;
}

export interface Choices {
  control: boolean;
  record: boolean;
}

const PATIENCE = 20_000;

async function post<T>(path: string, body: unknown): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, {
      method: 'POST',
      credentials: 'omit',
      cache: 'no-store',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE),
    });
  } catch {
    throw new Problem('offline', '');
  }
  if (!response.ok) throw await problemOf(response);
  return response.json();
}

/** Who asks, and for what. Changes nothing. */
export const peek = (way: Way): Promise<Invitation> => post('/api/join/peek', way.body);

/** Where to go, with the hand-off in the fragment, which no server sees. */
export async function claim(way: Way, choices: Choices, textVersion: string): Promise<string> {
  const consent = { view: true, ...choices, textVersion };
  const { handoff, page } = await post<{ handoff: string; page: string }>('/api/join/claim', { ...way.body, consent });
  const to = new URL(page);
  if (!/^https?:$/.test(to.protocol)) throw new Problem('fault', '');
  to.hash = `${to.hash ? `${to.hash}&` : '#'}ridealong=1.${handoff}.${way.key}${choices.record ? '.r' : ''}`;
  return to.href;
}
