// The other tabs of this session in this browser: what the customer decides for all of them, and which document goes on with what its
// tab keeps. How one more comes in is in newcomer.ts.
//
// Guarantees: no two documents have the same token; nothing is thrown into the page.

import { answer, come } from './newcomer.ts';
import { type Tab, TabState } from './tab.ts';

export interface Family {
  /** A hand-off for one more tab; undefined when there is none to be had. */
  newTab(): Promise<string | undefined>;
  stop(): void;
  pause(): void;
  resume(): void;
  /** The recording is taken back. */
  unrecord(): void;
  /** Keys of links that were made by code, from the tab that asked the customer. */
  learn(keys: unknown): void;
}

export interface Place {
  state: TabState;
  /** Another document of this tab may go on with it. */
  release(): void;
}

/** Takes a lock of the origin and gives what lets go of it; undefined when another has it now, or has it until `signal`. */
export function hold(name: string, signal?: AbortSignal): Promise<(() => void) | undefined> {
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

/**
 * What this document goes on with: what its tab has, once no other document has it, or what another tab of the session gives.
 * undefined: it stays dormant.
 */
export async function place(tab: Tab | undefined): Promise<Place | undefined> {
  const state = tab && new TabState(tab);
  if (!navigator.locks) return state && { state, release: () => undefined };
  const release = state && (await hold(state.name));
  if (state && release) return { state, release };
  return come(state);
}

export const open = () => new BroadcastChannel('ridealong');

export class Siblings {
  private readonly channel = open();

  constructor(
    private readonly tab: TabState,
    private readonly family: Family,
  ) {
    this.channel.onmessage = ({ data }) => {
      // What it says may be the page's own words.
      this.heard(data ?? {}).catch(() => undefined);
    };
    this.say('who');
  }

  /** `who`: is anything decided? */
  say(act: 'stop' | 'pause' | 'resume' | 'unrecord' | 'who' | 'learn', keys?: Record<string, string>): void {
    this.channel.postMessage({ group: this.tab.group, act, keys });
  }

  close(): void {
    this.channel.close();
  }

  private async heard({ ask, name, group, act, keys }: Record<string, unknown>): Promise<void> {
    const { tab, family } = this;
    if (ask) return answer(this.channel, tab, family, ask, name);
    if (group !== tab.group) return;
    if (act === 'who') tab.value.paused && this.say('pause');
    else if (act === 'learn') family.learn(keys);
    else if (act === 'stop' || act === 'pause' || act === 'resume' || act === 'unrecord') family[act]();
  }
}
