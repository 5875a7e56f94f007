// What a site's own code calls. Importing it does nothing, and without a window every call does nothing: so it can stand in code that
// servers run too. Calls wait in `window.ridealong` until there is a session; without one they are never made.

import { elsewhere, take } from '../../../recorder-js/src/loader/take.ts';

/** Where the recorder comes from, and what it may show. The most secret of several rules for an element holds. */
export interface StartOptions extends MaskRules {
  /** Origin of your Ridealong server, such as `https://ridealong.example`. */
  server: string;
}

export interface MaskRules {
  /** `standard` shows static text; `strict` only what `show` and `data-ridealong-show` name. */
  mode?: 'standard' | 'strict' | undefined;
  /** Selectors of what is masked: `•` for each character. */
  mask?: string | undefined;
  /** Selectors of what is a box of the same size. */
  block?: string | undefined;
  /** Selectors of what strict mode shows all the same. */
  show?: string | undefined;
}

/** Who the customer is to you. */
export interface Identity {
  /** The agent gets a reference that is made from it, unless it is to be shown. */
  id?: string | number | undefined;
  name?: string | undefined;
  email?: string | undefined;
}

export interface IdentifyOptions {
  /** What of it the agent may read; nothing by default. */
  show?: true | readonly (keyof Identity)[];
}

/** `null` takes a value away. */
export type Metadata = Record<string, string | number | boolean | null>;

export type State = 'connecting' | 'waiting' | 'live' | 'paused' | 'ended' | 'fault';

export interface Events {
  state: { state: State; reason?: string };
  /** How many people see the page. */
  watchers: { watchers: number };
}

type Call = [name: string, ...given: unknown[]];

/** `window.ridealong`: calls that wait, or what makes them. */
interface Waiting {
  push(...calls: Call[]): unknown;
  length?: number;
  state?: State;
  watchers?: number;
  from?: unknown;
}

/** Calls that wait; without a session nobody takes them. */
const MAX_WAITING = 200;

function waiting(): Waiting | undefined {
  if (typeof window === 'undefined') return undefined;
  const { ridealong } = window as { ridealong?: Waiting };
  if (typeof ridealong?.push === 'function') return ridealong;
  const calls: Waiting & Call[] = [];
  Object.assign(window, { ridealong: calls });
  return calls;
}

function call(...one: Call): void {
  const calls = waiting();
  if (!calls) return;
  // The oldest events go first; who the customer is and who listens stays.
  if (Array.isArray(calls) && calls.length >= MAX_WAITING) {
    const old = (calls as Call[]).findIndex(([name]) => name === 'event');
    calls.splice(Math.max(0, old), 1);
  }
  calls.push(one);
}

let started = false;

/** Loads the recorder when the customer shares this tab, or another one of your site; does nothing else. Call it early, before your router looks at the address. */
export function start({ server, mode, mask, block, show }: StartOptions): void {
  const calls = waiting();
  if (!calls || started || !Array.isArray(calls)) return;
  started = true;
  const tab = take();
  const src = new URL('/r/loader.js', server).href;
  const given = Object.entries({ mode, mask, block, show }).filter(([, value]) => value !== undefined);
  const load = () => {
    Object.assign(calls, { from: { src, dataset: Object.fromEntries(given), tab } });
    import(/* @vite-ignore */ /* webpackIgnore: true */ src).catch(() => undefined);
  };
  if (tab) load();
  else elsewhere().then((there) => there && load());
}

/** Ends sharing at once, also offline. It is the customer's session that ends: not for the clean-up of a component. */
export function stop(): void {
  const calls = waiting();
  if (calls && (!Array.isArray(calls) || 'from' in calls)) call('stop');
}

/** Says who the customer is; `null` takes it back. The agent reads a reference, and what `show` names. */
export function identify(who: Identity | null, options?: IdentifyOptions): void {
  call('identify', who, options);
}

/** Adds what the agent should know besides: 32 values at most. What looks like a card, an account, an e-mail address or a key is masked. */
export function metadata(values: Metadata): void {
  call('metadata', values);
}

/** Says that something has happened; `data` becomes JSON of 2000 characters at most, masked as metadata is. */
export function event(name: string, data?: unknown): void {
  call('event', name, data);
}

/** Calls `listener` from now on; gives what ends that. */
export function on<E extends keyof Events>(type: E, listener: (detail: Events[E]) => void): () => void {
  let on = true;
  call('on', type, (detail: Events[E]) => on && listener(detail));
  return () => {
    on = false;
  };
}

/** What the session of this tab is doing; undefined without one. */
export function state(): State | undefined {
  return typeof window === 'undefined' ? undefined : (window as { ridealong?: Waiting }).ridealong?.state;
}

/** How many people see the page. */
export function watchers(): number {
  return (typeof window !== 'undefined' && (window as { ridealong?: Waiting }).ridealong?.watchers) || 0;
}

/** Shows you, in this page, what an agent would see of it. For your own eyes: nothing is sent. */
export async function preview({ server, ...rules }: StartOptions): Promise<void> {
  if (typeof window === 'undefined') return;
  const src = new URL('/r/preview.js', server).href;
  const part = (await import(/* @vite-ignore */ /* webpackIgnore: true */ src)) as { preview(rules: MaskRules): void };
  part.preview(rules);
}
