// The words and figures of the panels.

import { BodyState, HappeningKind, LeftOut, type LeftOutEntry } from '@ridealong/wire/entries';

/** What may not be told is told as this. */
export const DOTS = '••••••';

/** `02:07.348`: the time since the first entry, ms; `−00:03.100` for what the page did before the session heard of it. */
export function clockOf(ms: number): string {
  if (ms <= -1) return `−${clockOf(-ms)}`;
  const t = Math.max(0, Math.floor(Number.isFinite(ms) ? ms : 0));
  const two = (n: number) => String(n).padStart(2, '0');
  const hours = Math.floor(t / 3_600_000);
  const rest = `${two(Math.floor(t / 60_000) % 60)}:${two(Math.floor(t / 1000) % 60)}.${String(t % 1000).padStart(3, '0')}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

/** The time of day of a moment in ms, for tips. */
export function wallClock(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime())
    ? ''
    : date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
}

/** A span of tenths of a ms. */
export function spanOf(tenths: number): string {
  const ms = tenths / 10;
  if (ms < 1) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(2)} s`;
  return `${(ms / 60_000).toFixed(1)} min`;
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

export function sizeOf(bytes: number): string {
  let n = Math.max(0, bytes);
  let unit = 0;
  while (n >= 1000 && unit < UNITS.length - 1) {
    n /= 1000;
    unit++;
  }
  return `${unit === 0 || n >= 100 ? Math.round(n) : n.toFixed(1)} ${UNITS[unit]}`;
}

const figure = new Intl.NumberFormat('en');

export function countOf(n: number): string {
  return figure.format(n);
}

/** `1 entry`, `2 entries`. */
export function many(n: number, one: string, more = `${one}s`): string {
  return `${countOf(n)} ${n === 1 ? one : more}`;
}

export function gapWords(count: number): string {
  return `${many(count, 'entry', 'entries')} did not arrive`;
}

const LEFT_OUT: Record<number, [one: string, more: string]> = {
  [LeftOut.console]: ['line', 'lines'],
  [LeftOut.requests]: ['request', 'requests'],
  [LeftOut.messages]: ['message', 'messages'],
  [LeftOut.failures]: ['error', 'errors'],
  [LeftOut.happenings]: ['event', 'events'],
};

const HAPPENINGS = Object.keys(HappeningKind);

/** `2,311 lines were left out within 1.00 s, too many at once: 2300 log, 11 error; the last: cart saved`. */
export function leftOutWords({ kind, count, since, texts }: LeftOutEntry): string {
  const [one, more] = LEFT_OUT[kind] ?? ['entry', 'entries'];
  const within = since > 0 ? ` within ${spanOf(since)}` : '';
  const what = `${many(count, one, more)} ${count === 1 ? 'was' : 'were'} left out${within}, too many at once`;
  const last = texts.find(([name]) => name === 'last')?.[1];
  const which = texts
    .filter(([name]) => name !== '' && name !== 'last')
    .slice(0, 6)
    .map(([name, n]) => `${n} ${(kind === LeftOut.happenings && HAPPENINGS[Number(name)]) || name}`);
  const parts = [which.join(', '), last && `the last: ${last}`].filter(Boolean).join('; ');
  return parts ? `${what}: ${parts.slice(0, 400)}` : what;
}

const BODIES: Record<number, string> = {
  [BodyState.none]: 'There is no body.',
  [BodyState.off]: 'Not told: the site does not have this address’s bodies shown to agents.',
  [BodyState.whole]: '',
  [BodyState.cut]: 'The beginning. The rest was too long to be told.',
  [BodyState.binary]: 'Binary: not a text, so it is not shown.',
  [BodyState.unread]: 'Not read: the page itself did not read it, or it is a stream.',
  [BodyState.unknown]: 'Whether there is a body cannot be told from within the page.',
};

/** Why a body is there or is not. */
export function bodyWords(state: number): string {
  return BODIES[state] ?? BODIES[BodyState.unknown] ?? '';
}

/** Whether the text of a body says something. */
export function hasText(state: number): boolean {
  return state === BodyState.whole || state === BodyState.cut;
}
