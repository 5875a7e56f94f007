// What the parts of the telemetry share: where entries go, what may be told, and whose it is.

import type { EntryArgs } from '@ridealong/wire/entries';
import type { Patches } from '../capture/patch.ts';
import type { Privacy } from '../privacy/policy.ts';

/** How much of what a page says to its console may be told: that it was said; what it is made of; all, but for what looks like a secret. */
export type Told = 'off' | 'shapes' | 'values';

export interface Telling {
  readonly window: Window & typeof globalThis;
  readonly patches: Patches;
  readonly privacy: Privacy;
  /** What the browser measured before this, by performance.now(), is not told: it was told, or nobody might know. */
  readonly since: number;
  /** Of the console's values. */
  readonly saying: Told;
  /** Beginnings of addresses whose bodies may be told; reduced like any address. */
  readonly bodies: readonly string[];
  /** Writes an entry and gives its number. `at` by performance.now(), now when it is left out. */
  tell<C extends keyof EntryArgs>(code: C, fields: EntryArgs[C], at?: number): number;
  /**
   * Whether there is room for one more of a kind in this second. When there is none it was counted, and a LEFT OUT will say so: by `name`
   * (a level), with a socket's `id`, and with the last `text` of them.
   */
  room(kind: number, name?: string, id?: number, text?: string): boolean;
  /** A request was begun, or the page changed: what a click is followed by. */
  stirred(): void;
  /** An address that may be told; of what is no address on the web its scheme. */
  url(raw: string): string;
  /** A text for people that may be told: secrets masked, addresses in it reduced, no longer than `max`. In strict mode as many dots. */
  text(raw: string, max?: number): string;
  /** A stack with a line for each frame: `name (URL:line:column)`. What is ours is left out. */
  stack(raw: unknown): string;
  /** Where the page's own code is in the call under way: `URL:line:column`. */
  here(): string;
  /** Whether an address is one of our own. */
  ours(url: string): boolean;
}
