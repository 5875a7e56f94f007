// What went wrong with a request, as a sentence for people and a code for the program.

export type ProblemCode = 'offline' | 'signed-out' | 'not-found' | 'forbidden' | 'too-many' | 'server' | (string & {});

/** A request that did not do what was asked. `message` can be shown as it is. */
export class Problem extends Error {
  constructor(
    readonly code: ProblemCode,
    message: string,
    readonly status = 0,
    /** Seconds to wait, from Retry-After. */
    readonly retryAfter = 0,
  ) {
    super(message);
    this.name = 'Problem';
  }
}

const SENTENCES: Record<number, [ProblemCode, string]> = {
  400: ['invalid', 'The server could not read this request.'],
  401: ['signed-out', 'You are signed out. Sign in to go on.'],
  403: ['forbidden', 'Your account may not do this.'],
  404: ['not-found', 'There is nothing here, or it is not yours to see.'],
  409: ['conflict', 'This changed meanwhile. Reload and try again.'],
  410: ['gone', 'This is over.'],
  413: ['too-large', 'This is too large for the server.'],
  429: ['too-many', 'Too many tries.'],
};

interface Body {
  title?: unknown;
  detail?: unknown;
  code?: unknown;
}

/** Reads an error response; whatever its body is, the answer is a Problem. */
export async function problemOf(response: Response): Promise<Problem> {
  const [code, sentence] = SENTENCES[response.status] ?? ['server', 'The server met an error. Try again in a moment.'];
  const retryAfter = seconds(response.headers.get('Retry-After'));
  const body = await bodyOf(response);
  const said = text(body.detail) || text(body.title) || sentence;
  const wait = retryAfter > 0 ? ` Try again in ${retryAfter} seconds.` : '';
  return new Problem(text(body.code) || code, sentenceOf(said) + wait, response.status, retryAfter);
}

/** The Problem in anything that was thrown. */
export function problemFrom(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  return new Problem('fault', 'Something in this page failed. Reload it and try again.');
}

async function bodyOf(response: Response): Promise<Body> {
  if (!response.headers.get('Content-Type')?.includes('json')) return {};
  try {
    const body: unknown = await response.json();
    return typeof body === 'object' && body !== null ? body : {};
  } catch {
    return {};
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.trim().slice(0, 300) : '';
}

function seconds(header: string | null): number {
  const n = Number(header);
  return Number.isFinite(n) && n > 0 ? Math.ceil(n) : 0;
}

function sentenceOf(said: string): string {
  const first = said.charAt(0).toUpperCase() + said.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
