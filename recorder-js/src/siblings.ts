// The other tabs of this session in this browser: how one more comes in, and what the customer decides for all of them.
//
// Guarantees: what opens the session goes from a tab that has it to one that asked, over a channel of the origin, and is kept nowhere
// but in the storage of the two; of many tabs one answers; a tab whose storage was copied gets a way in of its own, so that no two
// documents have the same token; nothing is thrown into the page.

import { type Tab, TabState } from './tab.ts';

export interface Family {
  /** A hand-off for one more tab; undefined when there is none to be had. */
  newTab(): Promise<string | undefined>;
  stop(): void;
  pause(): void;
  resume(): void;
  /** Keys of links that were made by code, from the tab that asked the customer. */
  learn(keys: Record<string, string>): void;
}

export interface Place {
  state: TabState;
  /** Another document of this tab may go on with it. */
  release(): void;
}

/** Whoever answers keeps others from answering for so long, and whoever asked waits no longer, ms. */
const PATIENCE = 3000;

const open = () => new BroadcastChannel('ridealong');

/** Takes a lock of the origin and gives what lets go of it; undefined when another has it now, or has it until `signal`. */
function hold(name: string, signal?: AbortSignal): Promise<(() => void) | undefined> {
  return new Promise((resolve) => {
    const held = (lock: Lock | null) =>
      new Promise<void>((release) => {
        resolve(lock ? release : undefined);
        if (!lock) release();
      });
    const options = signal ? { signal } : { ifAvailable: true };
    navigator.locks.request(`ridealong:${name}`, options, held).catch(() => resolve(undefined));
  });
}

/** Asks the tabs of the session for a way in. With a name only the tab of that name answers: ours is a copy of it. */
function ask(signal: AbortSignal, name?: string): Promise<Tab | undefined> {
  return new Promise((resolve) => {
    const channel = open();
    const id = Math.random().toString(36).slice(2);
    signal.addEventListener('abort', () => {
      channel.close();
      resolve(undefined);
    });
    channel.onmessage = ({ data }) => data?.give === id && resolve(data.tab);
    channel.postMessage({ ask: id, name });
  });
}

/**
 * What this document goes on with: what its tab has, once no other document has it, or what another tab of the session gives.
 * undefined: it stays dormant.
 */
export async function place(tab: Tab | undefined): Promise<Place | undefined> {
  const state = tab && new TabState(tab);
  if (!navigator.locks) return state && { state, release: () => undefined };
  const now = state && (await hold(state.name));
  if (state && now) return { state, release: now };
  // Either the page before this one is still going, or another tab was made from this one, or there is nothing here.
  const patience = new AbortController();
  setTimeout(() => patience.abort(), PATIENCE);
  const waiting = state ? hold(state.name, patience.signal) : new Promise<undefined>(() => undefined);
  const first = await Promise.race([waiting, ask(patience.signal, state?.name)]);
  patience.abort();
  if (state && typeof first === 'function') return { state, release: first };
  void waiting.then((late) => late?.());
  if (!first || typeof first === 'function') return undefined;
  const given = new TabState(first);
  const release = await hold(given.name);
  return release && { state: given, release };
}

export class Siblings {
  private readonly channel = open();

  constructor(
    private readonly tab: TabState,
    private readonly family: Family,
  ) {
    this.channel.onmessage = ({ data }) => {
      try {
        this.heard(data);
      } catch {
        // The page's own words are no matter of ours.
      }
    };
    this.say('who');
  }

  /** `who`: is anything decided? */
  say(act: 'stop' | 'pause' | 'resume' | 'who' | 'learn', keys?: Record<string, string>): void {
    this.channel.postMessage({ group: this.tab.group, act, keys });
  }

  close(): void {
    this.channel.close();
  }

  private heard(data: Record<string, unknown> | undefined): void {
    const { tab, family } = this;
    const { ask, name = tab.name, group, act, keys } = data ?? {};
    if (typeof ask === 'string' && name === tab.name) void this.answer(ask).catch(() => undefined);
    if (group !== tab.group) return;
    if (act === 'who') tab.value.paused && this.say('pause');
    else if (act === 'learn') family.learn(keys as Record<string, string>);
    else if (act === 'stop' || act === 'pause' || act === 'resume') family[act]();
  }

  /** One tab answers: others that hear the question, however late, find that somebody does. */
  private async answer(id: string): Promise<void> {
    const release = await hold(id);
    if (!release) return;
    setTimeout(release, PATIENCE);
    const handoff = await this.family.newTab();
    const { key, keys, paused, group } = this.tab.value;
    this.channel.postMessage({ give: id, tab: handoff && { handoff, key, keys, paused, group } });
  }
}
