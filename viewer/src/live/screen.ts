// What the live view shows for what it knows: one screen, whether the picture stands behind it, and notices beside it.
// Pure; the order of the questions is the order of importance.

import type { Problem } from '../api/problem.ts';
import { customer, type Facts } from './facts.ts';

export type Screen =
  | { kind: 'loading' }
  | { kind: 'tampered' }
  | { kind: 'ended'; reason: string; at: number }
  | { kind: 'signed-out' }
  | { kind: 'missing' }
  | { kind: 'problem'; problem: Problem }
  | { kind: 'superseded' }
  | { kind: 'refused'; name: string; message: string }
  | { kind: 'no-key'; code: boolean }
  | { kind: 'compare'; digits: string }
  | { kind: 'waiting' }
  | { kind: 'opening' }
  | { kind: 'linking' }
  | { kind: 'navigating'; since: number; long: boolean }
  | { kind: 'lost'; side: 'customer' | 'server'; since: number }
  | { kind: 'paused' }
  | { kind: 'left'; reason: 'stop' | 'fault' }
  | { kind: 'live' };

export type Notice = 'second-claim' | 'server-away' | 'hidden' | 'trouble';

/** A page load that takes longer than this has probably gone to a page without the recorder. */
export const LONG_NAVIGATION = 15_000;

export function screenOf(facts: Facts, now: number): Screen {
  return final(facts) ?? entrance(facts) ?? running(facts, now);
}

/** How the stage stands behind the screen. */
export function stageOf(screen: Screen): 'shown' | 'dimmed' | 'hidden' {
  if (screen.kind === 'live') return 'shown';
  if (screen.kind === 'navigating' || screen.kind === 'lost') return 'dimmed';
  return 'hidden';
}

export function noticesOf(facts: Facts, screen: Screen): Notice[] {
  const notices: Notice[] = [];
  if (OVER.has(screen.kind)) return notices;
  if (facts.secondClaimAt !== null) notices.push('second-claim');
  if (screen.kind !== 'live') return notices;
  if (facts.socketLostAt !== null) notices.push('server-away');
  if (facts.leaving?.reason === 'hidden') notices.push('hidden');
  if (facts.trouble !== null) notices.push('trouble');
  return notices;
}

/** Screens after which nothing moves any more. */
export const OVER: ReadonlySet<Screen['kind']> = new Set<Screen['kind']>([
  'tampered',
  'ended',
  'signed-out',
  'missing',
  'problem',
  'superseded',
  'refused',
]);

function final(facts: Facts): Screen | null {
  if (facts.ended?.reason === 'tampered') return { kind: 'tampered' };
  if (facts.ended) return { kind: 'ended', ...facts.ended };
  if (facts.problem?.code === 'signed-out') return { kind: 'signed-out' };
  if (facts.problem?.status === 404) return { kind: 'missing' };
  if (facts.problem && facts.picture === null) return { kind: 'problem', problem: facts.problem };
  if (facts.refused?.name === 'superseded') return { kind: 'superseded' };
  if (facts.refused) return { kind: 'refused', ...facts.refused };
  return null;
}

function entrance(facts: Facts): Screen | null {
  if (!facts.session || facts.key === 'unknown') return { kind: 'loading' };
  if (facts.key === 'none') return { kind: 'no-key', code: facts.session.state === 'pending' };
  if (facts.digits) return { kind: 'compare', digits: facts.digits };
  return null;
}

function running(facts: Facts, now: number): Screen {
  const went = facts.leaving;
  if (went?.reason === 'pause') return { kind: 'paused' };
  if (went?.reason === 'stop' || went?.reason === 'fault') return { kind: 'left', reason: went.reason };
  if (facts.picture === null) return first(facts);
  if (went?.reason === 'navigate') {
    return { kind: 'navigating', since: went.at, long: now - went.at > LONG_NAVIGATION };
  }
  if (facts.link === 'ready') return { kind: 'live' };
  const side = facts.socketLostAt === null ? 'customer' : 'server';
  return { kind: 'lost', side, since: facts.linkLostAt ?? now };
}

/** Before the first picture. */
function first(facts: Facts): Screen {
  if (facts.socketLostAt !== null) return { kind: 'lost', side: 'server', since: facts.socketLostAt };
  const here = customer(facts)?.here ?? false;
  if (here) return { kind: 'linking' };
  if (facts.link !== null && facts.linkLostAt !== null)
    return { kind: 'lost', side: 'customer', since: facts.linkLostAt };
  if (customer(facts) || facts.session?.state === 'claimed' || facts.session?.state === 'live')
    return { kind: 'opening' };
  return { kind: 'waiting' };
}
