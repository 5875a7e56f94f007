// Everything the live view knows, as plain data, and how each event changes it. Pure: no clock, no network, no DOM.
// What is shown for it is screen.ts.

import type { Problem } from '../api/problem.ts';
import type { Participant, Session } from '../api/types.ts';

export type Rung = 'direct' | 'turn/udp' | 'turn/tcp' | 'turn/tls' | 'fallback';
export type LinkState = 'greeting' | 'proving' | 'ready' | 'closed';
export type SocketState = 'idle' | 'connecting' | 'open' | 'waiting' | 'closed';
export type LeavingReason = 'navigate' | 'stop' | 'pause' | 'hidden' | 'fault';

export interface Viewport {
  width: number;
  height: number;
}

/** `at` is when it happened, by the agent's clock. */
export interface SiteEvent {
  epoch: number;
  n: number;
  at: number;
  name: string;
  data: string;
}

/** A moment of a document in a tab, in tenths of a ms since it began. */
export interface Moment {
  readonly tab: number;
  readonly epoch: number;
  readonly at: number;
}

/** The page as it was, which the agent looks at; not kept: it cannot be shown any more. */
export interface Past extends Moment {
  kept: boolean;
  viewport: Viewport | null;
}

/** What is known of the page in one tab of the customer's. */
export interface View {
  link: LinkState | null;
  linkLostAt: number | null;
  rung: Rung | null;
  /** The epoch of the picture on the stage; null while there is none. */
  picture: number | null;
  leaving: { reason: LeavingReason; at: number } | null;
  page: { url: string; title: string } | null;
  viewport: Viewport | null;
  environment: Record<string, unknown> | null;
  /** What the site's own code says of its customer. */
  about: Record<string, unknown>;
  /** The stage could not show something that came; the last reason. */
  trouble: string | null;
}

export interface CustomerTab extends View {
  leg: number;
  /** The customer sees it now. */
  visible: boolean;
  /** When they came to it. */
  lookedAt: number;
  /** Where it is, as it says itself; null before it did. */
  card: { url: string; title: string } | null;
}

/** The view's fields are those of the tab that is shown. */
export interface Facts extends View {
  session: Session | null;
  /** Why the session could not be opened. */
  problem: Problem | null;
  /** `unknown` until looked for; `code` when the agent goes on without one, by the six digits. */
  key: 'unknown' | 'have' | 'none' | 'code';
  socket: SocketState;
  /** When the socket stopped being open; null while it is open or was never. */
  socketLostAt: number | null;
  participants: Participant[];
  /** The name in the close-code table and the sentence for people, when the server told us to stop. */
  refused: { name: string; message: string } | null;
  /** The customer's tabs, in the order in which they came. */
  tabs: CustomerTab[];
  /** The leg of the one that is shown. */
  shown: number | null;
  /** The agent stays at it. */
  pinned: boolean;
  /** What has happened by the site's own code, oldest first. */
  events: SiteEvent[];
  /** What is looked back at; null while the page is shown as it is. */
  past: Past | null;
  /** The six digits to compare; null when none are being compared. */
  digits: string | null;
  ended: { reason: string; at: number } | null;
  secondClaimAt: number | null;
}

const MAX_EVENTS = 100;

const NO_VIEW: View = {
  link: null,
  linkLostAt: null,
  rung: null,
  picture: null,
  leaving: null,
  page: null,
  viewport: null,
  environment: null,
  about: {},
  trouble: null,
};

export const NOTHING: Facts = {
  ...NO_VIEW,
  session: null,
  problem: null,
  key: 'unknown',
  socket: 'idle',
  socketLostAt: null,
  participants: [],
  refused: null,
  tabs: [],
  shown: null,
  pinned: false,
  events: [],
  past: null,
  digits: null,
  ended: null,
  secondClaimAt: null,
};

/** What happens in one tab; without `tab` in the one that is shown. */
export type TabEvent =
  | { type: 'link'; state: LinkState; at: number }
  | { type: 'rung'; rung: Rung | null }
  | { type: 'picture'; epoch: number | null }
  | { type: 'leaving'; reason: LeavingReason; at: number }
  | { type: 'resumed' }
  | { type: 'page'; url: string; title: string }
  | { type: 'viewport'; viewport: Viewport }
  | { type: 'environment'; environment: Record<string, unknown> }
  | { type: 'about'; about: Record<string, unknown> }
  | { type: 'event'; event: SiteEvent }
  | { type: 'card'; visible: boolean; lookedAt: number; card: CustomerTab['card'] }
  | { type: 'trouble'; reason: string };

/** `at` is milliseconds of Date.now(): shown to people, never used to order. */
export type LiveEvent =
  | { type: 'session'; session: Session }
  | { type: 'problem'; problem: Problem }
  | { type: 'clear' }
  | { type: 'key'; key: Facts['key'] }
  | { type: 'socket'; state: SocketState; at: number }
  | { type: 'refused'; name: string; message: string }
  | { type: 'presence'; participants: Participant[] }
  | (TabEvent & { tab?: number })
  | { type: 'show'; tab: number | null; pinned: boolean }
  | { type: 'tab-closed'; tab: number }
  | { type: 'past'; past: Past | null }
  | { type: 'digits'; digits: string | null }
  | { type: 'ended'; reason: string; at: number }
  | { type: 'second-claim'; at: number }
  | { type: 'second-claim-seen' };

export function reduce(facts: Facts, event: LiveEvent): Facts {
  if ('tab' in event && event.tab !== undefined && event.type !== 'show' && event.type !== 'tab-closed')
    return inTab(facts, event, event.tab);
  switch (event.type) {
    case 'session':
      return loaded(facts, event.session);
    case 'problem':
      return { ...facts, problem: event.problem };
    case 'clear':
      return { ...facts, problem: null };
    case 'key':
      return { ...facts, key: event.key };
    case 'socket':
      return { ...facts, socket: event.state, socketLostAt: lostSince(facts, event.state, event.at) };
    case 'refused':
      return { ...facts, socket: 'closed', refused: { name: event.name, message: event.message } };
    case 'presence':
      return present(facts, event.participants);
    case 'link':
      return linked(facts, event.state, event.at);
    case 'rung':
      return { ...facts, rung: event.rung };
    case 'show':
      return turned(facts, event.tab, event.pinned);
    case 'tab-closed':
      return { ...facts, tabs: facts.tabs.filter((tab) => tab.leg !== event.tab) };
    case 'card':
      return facts; // of a tab, see inTab
    case 'picture':
      return { ...facts, picture: event.epoch, leaving: null, linkLostAt: null };
    case 'leaving':
      return { ...facts, leaving: { reason: event.reason, at: event.at } };
    case 'resumed':
      return { ...facts, leaving: null };
    case 'page':
      return { ...facts, page: { url: event.url, title: event.title } };
    case 'viewport':
      return { ...facts, viewport: event.viewport };
    case 'environment':
      return { ...facts, environment: event.environment };
    case 'about':
      return { ...facts, about: event.about };
    case 'event':
      return { ...facts, events: happened(facts.events, event.event) };
    case 'past':
      return { ...facts, past: event.past };
    case 'digits':
      return { ...facts, digits: event.digits };
    case 'ended':
      return facts.ended
        ? facts
        : { ...facts, ended: { reason: event.reason, at: event.at }, rung: null, digits: null };
    case 'second-claim':
      return { ...facts, secondClaimAt: event.at };
    case 'second-claim-seen':
      return { ...facts, secondClaimAt: null };
    case 'trouble':
      return { ...facts, trouble: event.reason };
  }
}

function viewOf(from: View): View {
  const { link, linkLostAt, rung, picture, leaving, page, viewport, environment, about, trouble } = from;
  return { link, linkLostAt, rung, picture, leaving, page, viewport, environment, about, trouble };
}

/** The event changes what is known of one tab, and what is shown when it is that one. */
function inTab(facts: Facts, event: TabEvent, leg: number): Facts {
  const before = facts.tabs.find((tab) => tab.leg === leg) ?? {
    ...NO_VIEW,
    leg,
    visible: false,
    lookedAt: 0,
    card: null,
  };
  const { tab: _, ...untied } = { ...event, tab: leg };
  const all = reduce({ ...facts, ...viewOf(before) }, untied);
  const view = viewOf(all);
  const after: CustomerTab = { ...before, ...view };
  if (event.type === 'card') {
    after.visible = event.visible;
    after.lookedAt = event.lookedAt;
    after.card = event.card ?? before.card;
  }
  const tabs = [...facts.tabs.filter((tab) => tab.leg !== leg), after].sort((a, b) => a.leg - b.leg);
  const { events, digits } = all;
  return { ...facts, ...(facts.shown === leg ? view : {}), events, digits, tabs };
}

function turned(facts: Facts, leg: number | null, pinned: boolean): Facts {
  if (leg === facts.shown) return { ...facts, pinned };
  const view = facts.tabs.find((tab) => tab.leg === leg) ?? NO_VIEW;
  return { ...facts, ...viewOf(view), shown: leg, pinned };
}

/** What a keyframe tells again is there already. */
function happened(events: SiteEvent[], event: SiteEvent): SiteEvent[] {
  if (events.some(({ epoch, n }) => epoch === event.epoch && n === event.n)) return events;
  return [...events, event].slice(-MAX_EVENTS);
}

function loaded(facts: Facts, session: Session): Facts {
  const next = { ...facts, session, problem: null };
  // The socket's list is newer than the API's as soon as there is one.
  if (facts.participants.length === 0) next.participants = session.participants;
  if (session.state === 'ended' || session.state === 'expired') {
    const reason = session.endReason ?? (session.state === 'expired' ? 'expired' : 'agent');
    next.ended ??= { reason, at: Date.parse(session.endedAt ?? session.expiresAt) };
  }
  return next;
}

function linked(facts: Facts, state: LinkState, at: number): Facts {
  const next: Facts = { ...facts, link: state };
  if (state === 'ready') return { ...next, digits: null, linkLostAt: null };
  if (state === 'closed') return { ...next, rung: null, digits: null, linkLostAt: facts.linkLostAt ?? at };
  // A new link is being made while the last picture stands: contact is lost until it is proven.
  return facts.picture === null ? next : { ...next, linkLostAt: facts.linkLostAt ?? at };
}

function lostSince(facts: Facts, state: SocketState, at: number): number | null {
  if (state === 'open') return null;
  if (facts.socket === 'open') return at;
  return facts.socketLostAt;
}

/** The customer as the room sees them, when one ever came: a tab that is here, if any is. */
export function customer(facts: Facts): Participant | undefined {
  const tabs = facts.participants.filter((one) => one.role === 'customer');
  return tabs.find((one) => one.here) ?? tabs[0];
}

/** A number is compared with a customer who is here. */
function present(facts: Facts, participants: Participant[]): Facts {
  const here = participants.some((one) => one.role === 'customer' && one.here);
  return { ...facts, participants, digits: here ? facts.digits : null };
}
