// The API client: problems as sentences, what is tried again and what is not.

import { describe, expect, test, vi } from 'vitest';
import { Api } from './client.ts';
import { Problem } from './problem.ts';

type Fetch = typeof globalThis.fetch;

function answering(...answers: (Response | Error)[]) {
  return vi.fn<Fetch>(async () => {
    const next = answers.shift();
    if (!next) throw new Error('asked too often');
    if (next instanceof Error) throw next;
    return next;
  });
}

function problem(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(typeof body === 'string' ? body : JSON.stringify(body), {
    status,
    headers: { 'Content-Type': 'application/problem+json', ...headers },
  });
}

async function failure(promise: Promise<unknown>): Promise<Problem> {
  const thrown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof Problem)) throw new Error(`expected a Problem, got ${String(thrown)}`);
  return thrown;
}

const down = new TypeError('Failed to fetch');

describe('problems become sentences', () => {
  const TABLE: [string, Response, Partial<Problem>][] = [
    [
      'the detail is preferred',
      problem(400, { title: 'Bad', detail: 'the page is on no listed site', code: 'origin' }),
      { code: 'origin', message: 'The page is on no listed site.' },
    ],
    ['then the title', problem(409, { title: 'Claimed already' }), { code: 'conflict', message: 'Claimed already.' }],
    [
      'a body that is no JSON',
      problem(404, '<html>'),
      { code: 'not-found', message: 'There is nothing here, or it is not yours to see.' },
    ],
    [
      'a body that is another kind of JSON',
      problem(403, [1]),
      { code: 'forbidden', message: 'Your account may not do this.' },
    ],
    [
      'fields of the wrong type',
      problem(500, { title: 7, detail: {}, code: null }),
      { code: 'server', message: 'The server met an error. Try again in a moment.' },
    ],
    ['another type of body', new Response('gateway', { status: 502 }), { code: 'server', status: 502 }],
    [
      'a time to wait',
      problem(429, {}, { 'Retry-After': '12' }),
      { code: 'too-many', retryAfter: 12, message: 'Too many tries. Try again in 12 seconds.' },
    ],
    ['a time that is none', problem(429, {}, { 'Retry-After': 'soon' }), { retryAfter: 0, message: 'Too many tries.' }],
  ];
  test.each(TABLE)('%s', async (_, response, expected) => {
    expect(await failure(new Api(answering(response)).projects())).toMatchObject(expected);
  });

  test('an answer that cannot be read', async () => {
    const api = new Api(answering(new Response('{', { status: 200 })));
    expect((await failure(api.me())).code).toBe('server');
  });

  test('a long text is cut', async () => {
    const api = new Api(answering(problem(400, { detail: 'x'.repeat(5000) })));
    expect((await failure(api.me())).message.length).toBeLessThan(320);
  });
});

describe('trying again', () => {
  test('a GET that did not reach the server is tried once more', async () => {
    const fetch = answering(down, Response.json({ projects: [] }));
    expect(await new Api(fetch).projects()).toEqual([]);
    expect(fetch).toHaveBeenCalledTimes(2);
  });

  test('and not a third time', async () => {
    const fetch = answering(down, down);
    expect((await failure(new Api(fetch).projects())).code).toBe('offline');
    expect(fetch).toHaveBeenCalledTimes(2);
  });

  test('a GET that was answered with an error is not', async () => {
    const fetch = answering(problem(500, {}));
    await failure(new Api(fetch).projects());
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  test('what changes something is sent exactly once', async () => {
    const calls: ((api: Api) => Promise<unknown>)[] = [
      (api) => api.create({ project: 'p', page: 'https://x/', authHash: 'h' }),
      (api) => api.code('s'),
      (api) => api.end('s'),
      (api) => api.join('s'),
      (api) => api.login({ token: 't' }),
      (api) => api.logout(),
      (api) => api.setup({ token: 't', email: 'e', name: 'n', password: 'p' }),
    ];
    for (const call of calls) {
      const fetch = answering(down, Response.json({}));
      expect((await failure(call(new Api(fetch)))).code).toBe('offline');
      expect(fetch).toHaveBeenCalledTimes(1);
    }
  });
});

describe('being signed out', () => {
  test('is told for every path but the sign-in itself', async () => {
    const told = vi.fn();
    await failure(new Api(answering(problem(401, {})), told).me());
    expect(told).toHaveBeenCalledTimes(1);
    await failure(new Api(answering(problem(401, {})), told).login({ email: 'a', password: 'b' }));
    expect(told).toHaveBeenCalledTimes(1);
  });
});

describe('requests', () => {
  test('an id cannot leave its place in the path', async () => {
    const fetch = answering(Response.json({}));
    await new Api(fetch).session('../me?x#y');
    expect(fetch.mock.calls[0]?.[0]).toBe('/api/sessions/..%2Fme%3Fx%23y');
  });

  test('the body of a new session holds what was given and nothing else', async () => {
    const fetch = answering(Response.json({}));
    await new Api(fetch).create({ project: 'p', page: 'https://x/', authHash: 'h', reference: 'r' });
    expect(JSON.parse(String(fetch.mock.calls[0]?.[1]?.body))).toEqual({
      project: 'p',
      page: 'https://x/',
      authHash: 'h',
      reference: 'r',
    });
  });

  test('204 is an answer', async () => {
    await expect(new Api(answering(new Response(null, { status: 204 }))).end('s')).resolves.toBeUndefined();
  });
});
