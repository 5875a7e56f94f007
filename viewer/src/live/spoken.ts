// The one sentence per screen that a screen reader hears when it appears, and the word in the tab's title.

import { shortUrl } from '../sessions/words.ts';
import type { Facts } from './facts.ts';
import type { Screen } from './screen.ts';

const SENTENCES: Record<Screen['kind'], string> = {
  loading: '',
  tampered: 'Stopped: somebody tampered with the connection.',
  ended: 'The session has ended.',
  'signed-out': 'You are signed out.',
  missing: 'There is no such session.',
  problem: 'The session did not open.',
  superseded: 'This session was opened somewhere else.',
  refused: 'The server closed the connection.',
  'no-key': 'This tab has no key for the session.',
  compare: 'Read the six-digit number to the customer.',
  waiting: 'Waiting for the customer.',
  opening: 'The customer is opening the page.',
  linking: 'Connecting to the customer.',
  navigating: 'The customer is opening the next page.',
  lost: 'Contact lost. Reconnecting.',
  paused: 'Paused by the customer.',
  left: 'The customer stopped sharing.',
  live: 'Live. The customer’s page is shown.',
};

export function sentenceOf(screen: Screen): string {
  return SENTENCES[screen.kind];
}

const TITLES: Partial<Record<Screen['kind'], string>> = {
  waiting: 'Waiting',
  opening: 'Opening',
  navigating: 'Next page…',
  lost: 'Contact lost',
  paused: 'Paused',
  ended: 'Ended',
  tampered: 'Stopped',
};

export function titleOf(facts: Facts, screen: Screen): string {
  const what = facts.page?.title || facts.session?.reference || shortUrl(facts.session?.page ?? '') || 'Session';
  const state = screen.kind === 'live' ? '●' : TITLES[screen.kind];
  return state ? `${state} ${what}` : what;
}
