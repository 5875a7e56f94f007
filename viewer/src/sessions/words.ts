// Words of the sessions list and of the live view: states, ages, durations, reasons.

import type { Session } from '../api/types.ts';

export type Group = 'live' | 'waiting' | 'ended';

export function groupOf(session: Session): Group {
  if (session.state === 'live') return 'live';
  if (session.state === 'pending' || session.state === 'claimed') return 'waiting';
  return 'ended';
}

export function stateWord(session: Session): string {
  switch (session.state) {
    case 'pending':
      return 'Link not used yet';
    case 'claimed':
      return 'Customer is coming';
    case 'live':
      return session.participants.some((one) => one.role === 'customer' && one.here) ? 'Live' : 'Customer away';
    case 'expired':
      return 'Link expired';
    case 'ended':
      return endWord(session.endReason ?? '');
  }
}

export function endWord(reason: string): string {
  switch (reason) {
    case 'customer':
      return 'Ended by the customer';
    case 'agent':
      return 'Ended by the agent';
    case 'expired':
      return 'Time ran out';
    case 'tampered':
      return 'Stopped: connection tampered with';
    default:
      return 'Ended';
  }
}

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' });
const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** "5 min. ago"; "just now" under a minute, also when the clocks disagree. */
export function ageOf(iso: string, now: number): string {
  const past = now - Date.parse(iso);
  for (const [unit, ms] of STEPS) if (past >= ms) return relative.format(-Math.floor(past / ms), unit);
  return 'just now';
}

/** 75 s → "1:15", one hour and more → "1:00:00". Never negative. */
export function clock(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  const two = (n: number) => String(n).padStart(2, '0');
  const minutes = Math.floor(s / 60) % 60;
  const hours = Math.floor(s / 3600);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(s % 60)}` : `${minutes}:${two(s % 60)}`;
}

const time = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

export function timeOfDay(ms: number): string {
  return time.format(ms);
}

export function dayAndTime(ms: number): string {
  return day.format(ms);
}

/** Host and path for people: without scheme, query and trailing slash. */
export function shortUrl(url: string): string {
  try {
    const { host, pathname } = new URL(url);
    return host + (pathname === '/' ? '' : pathname);
  } catch {
    return url;
  }
}
