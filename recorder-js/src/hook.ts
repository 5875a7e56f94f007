// What the site's own code gets: `window.ridealong`. Before a session it may be an array of calls, `[name, …arguments]`; they are made
// when there is one, and `push` makes them at once from then on. Every name in this file is public.
//
// Guarantees: a call of the page never throws and never runs in the middle of our own work, and neither do the page's listeners.

import type { RecorderState } from './recorder.ts';
import type { Said } from './said.ts';

type Call = (...given: unknown[]) => void;
type Listener = (detail: unknown) => void;

interface Sharing {
  readonly state: RecorderState;
  stop(): void;
  say(): void;
}

const MAX_LISTENERS = 50;
/** Calls that a page made before there was a session; older ones are left out. */
const MAX_CALLS = 500;

export class Hook {
  private readonly listeners: { type: unknown; listener: unknown }[] = [];
  private watching = 0;
  /** Loaded with the first thing that the site says. */
  said: Said | undefined;

  /** Whether the page has room for it: nothing there, or an array of calls. */
  static get free(): boolean {
    const { ridealong } = window as { ridealong?: unknown };
    return Array.isArray(ridealong) || !Object.hasOwn(window, 'ridealong');
  }

  /** Puts it into the page, and makes the calls that waited for it. `sharing` gives what runs now. */
  open(version: string, sharing: () => Sharing): void {
    let loading: Promise<Said> | undefined;
    const say = (what: (said: Said) => void): void => {
      if (this.said) return what(this.said);
      loading ??= import('./said.ts').then(({ Said }) => {
        this.said = new Said(() => sharing().say());
        return this.said;
      });
      loading.then(what).catch(() => undefined);
    };
    const calls: Record<string, Call> = {
      stop: () => sharing().stop(),
      identify: (who, options) => say((said) => said.identify(who, options)),
      metadata: (values) => say((said) => said.metadata(values)),
      // While it is paused nothing that happens is told, now or later.
      event: (name, data) => sharing().state === 'paused' || say((said) => said.event(name, data)),
      on: (type, listener) => this.listeners.length < MAX_LISTENERS && this.listeners.push({ type, listener }),
    };
    const push = (...list: unknown[]): void => {
      for (const call of list) {
        try {
          const [name, ...given] = call as [string, ...unknown[]];
          if (Object.hasOwn(calls, name)) calls[name]?.(...given);
        } catch {
          // Whatever the page has for a call.
        }
      }
    };
    const watching = () => this.watching;
    const hook = {
      version,
      get state() {
        return sharing().state;
      },
      get watchers() {
        return watching();
      },
      push,
    };
    for (const name of Object.keys(calls))
      Object.defineProperty(hook, name, { value: (...given: unknown[]) => push([name, ...given]), enumerable: true });
    const { ridealong } = window as { ridealong?: unknown };
    Object.defineProperty(window, 'ridealong', { value: Object.freeze(hook) });
    if (Array.isArray(ridealong)) push(...ridealong.slice(-MAX_CALLS));
  }

  state(state: RecorderState, reason?: string): void {
    this.tell('state', { state, reason });
  }

  watchers(names: readonly string[]): void {
    if (names.length === this.watching) return;
    this.watching = names.length;
    this.tell('watchers', { watchers: names.length });
  }

  private tell(type: string, detail: object): void {
    for (const one of this.listeners)
      if (one.type === type && typeof one.listener === 'function')
        queueMicrotask((one.listener as Listener).bind(undefined, detail)); // what it throws is the page's
  }
}
