// The HTTP API, typed. Guarantees: every failure is a Problem; only GET is tried twice (once, when the network failed);
// what changes something is sent exactly once.

import { Problem, problemOf } from './problem.ts';
import type { Account, JoinCode, Joined, Me, NewSession, Project, Session } from './types.ts';

const TIMEOUT = 20_000;

export class Api {
  constructor(
    private readonly fetch: typeof globalThis.fetch = (...of) => globalThis.fetch(...of),
    private readonly signedOut: () => void = () => undefined,
  ) {}

  me(): Promise<Me> {
    return this.get('/api/me');
  }

  async login(by: { email: string; password: string } | { token: string }): Promise<Account> {
    return (await this.post<{ account: Account }>('/api/login', by)).account;
  }

  setup(admin: { token: string; email: string; name: string; password: string }): Promise<void> {
    return this.post('/api/setup', admin);
  }

  logout(): Promise<void> {
    return this.post('/api/logout', {});
  }

  async projects(): Promise<Project[]> {
    return (await this.get<{ projects: Project[] }>('/api/projects')).projects;
  }

  async sessions(page: { before?: string; limit?: number } = {}): Promise<Session[]> {
    const query = new URLSearchParams();
    if (page.before) query.set('before', page.before);
    if (page.limit) query.set('limit', String(page.limit));
    const suffix = query.size > 0 ? `?${query}` : '';
    return (await this.get<{ sessions: Session[] }>(`/api/sessions${suffix}`)).sessions;
  }

  session(id: string): Promise<Session> {
    return this.get(at(id));
  }

  create(session: NewSession): Promise<Session> {
    return this.post('/api/sessions', session);
  }

  code(id: string): Promise<JoinCode> {
    return this.post(at(id, 'code'), {});
  }

  end(id: string, reason?: string): Promise<void> {
    return this.post(at(id, 'end'), reason ? { reason } : {});
  }

  join(id: string, as: { participant?: string; observer?: boolean } = {}): Promise<Joined> {
    return this.post(at(id, 'join'), as);
  }

  protected async get<T>(path: string): Promise<T> {
    try {
      return await this.ask<T>('GET', path);
    } catch (thrown) {
      if (thrown instanceof Problem && thrown.code === 'offline') return this.ask<T>('GET', path);
      throw thrown;
    }
  }

  protected post<T>(path: string, body: unknown): Promise<T> {
    return this.ask<T>('POST', path, body);
  }

  protected async ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await this.send(method, path, body);
    return response.status === 204 ? (undefined as T) : read<T>(response);
  }

  /** The answer when it is a good one. `kept`: the browser may have it from before. */
  protected async send(method: string, path: string, body?: unknown, kept = false): Promise<Response> {
    let response: Response;
    try {
      response = await this.fetch(path, {
        method,
        credentials: 'same-origin',
        cache: kept ? 'default' : 'no-store',
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT),
        headers: body === undefined ? { Accept: kept ? '*/*' : 'application/json' } : JSON_BODY,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (thrown) {
      throw unreachable(thrown);
    }
    if (!response.ok) {
      const problem = await problemOf(response);
      if (response.status === 401 && path !== '/api/login') this.signedOut();
      throw problem;
    }
    return response;
  }
}

const JSON_BODY = { Accept: 'application/json', 'Content-Type': 'application/json' };

async function read<T>(response: Response): Promise<T> {
  try {
    return (await response.json()) as T;
  } catch {
    throw new Problem('server', 'The server’s answer could not be read. Try again in a moment.', response.status);
  }
}

function unreachable(thrown: unknown): Problem {
  if (thrown instanceof DOMException && thrown.name === 'TimeoutError') {
    return new Problem('offline', 'The server did not answer in time. Try again in a moment.');
  }
  return new Problem('offline', 'The server cannot be reached. Check your connection and try again.');
}

function at(id: string, what?: string): string {
  return `/api/sessions/${encodeURIComponent(id)}${what ? `/${what}` : ''}`;
}
