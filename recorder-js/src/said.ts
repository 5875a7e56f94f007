// What the site's own code says: who its customer is, what else the agent should know, and what has happened.
//
// Guarantees: bounded in every direction; what looks like a secret is masked in all of it; of a person nothing is told but a
// reference, unless the site says so; nothing here throws, whatever it is given.

import type { Ops } from '@ridealong/wire';
import { base64url } from '@ridealong/wire/link';
import { maskPatterns } from './privacy/mask.ts';

type Value = string | number | boolean;

/** Kept for whoever comes later; the mirror keeps as many. */
const MAX_EVENTS = 50;
const MAX_VALUES = 32;
const MAX_NAME = 40;
const MAX_TEXT = 300;
const MAX_DATA = 2000;

interface Happened {
  n: number;
  at: number;
  name: string;
  data: string;
}

/** Masked before it is cut: half a number is not known for what it is. Empty for what has no text. */
function cut(of: unknown, length: number): string {
  try {
    return maskPatterns(String(of).slice(0, 9999)).slice(0, length);
  } catch {
    return '';
  }
}

/** A value that may be told, undefined for any other. */
function scalar(value: unknown): Value | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string') return cut(value, MAX_TEXT);
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  const text = cut(value, MAX_TEXT);
  return text === `${value}` ? value : text;
}

function clean(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return scalar(value);
  return Array.isArray(value)
    ? value.slice(0, MAX_EVENTS)
    : Object.fromEntries(
        Object.entries(value)
          .slice(0, MAX_EVENTS)
          .map(([name, one]) => [cut(name, MAX_NAME), one]),
      );
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

export class Said {
  private identity: Record<string, string> = {};
  private readonly values = new Map<string, Value>();
  private events: Happened[] = [];
  private count = 0;
  private told = 0;
  private entered = 0;
  private asked = false;
  private person = 0;

  /** `changed` is called when there is something to tell. */
  constructor(private readonly changed: () => void) {}

  /** `show` names what of it may be told as it is: true for all. */
  identify(who: unknown, show?: unknown): void {
    const person = ++this.person;
    const given = isObject(who) ? who : {};
    const shown = isObject(show) && 'show' in show ? show.show : undefined;
    const identity: Record<string, string> = {};
    for (const name of ['id', 'name', 'email']) {
      const value = given[name];
      if (typeof value !== 'string' && typeof value !== 'number') continue;
      const open = shown === true || (Array.isArray(shown) && shown.includes(name));
      if (open) identity[name] = `${value}`.slice(0, MAX_TEXT);
      else if (name !== 'id') identity[name] = '••••••';
    }
    this.identity = identity;
    if (given.id !== undefined) {
      const told = new TextEncoder().encode(`ridealong reference v1\n${location.origin}\n${given.id}`);
      // Only where the site is secure.
      crypto.subtle?.digest('SHA-256', told).then((hash) => {
        if (person !== this.person) return;
        identity.reference = base64url(new Uint8Array(hash)).slice(0, 12);
        this.soon();
      });
    }
    this.soon();
  }

  /** Adds to what was said before; null takes a value away. */
  metadata(values: unknown): void {
    if (!isObject(values)) return;
    for (const [key, given] of Object.entries(values)) {
      const name = cut(key, MAX_NAME);
      const value = scalar(given);
      if (value === undefined) this.values.delete(name);
      else if (this.values.has(name) || this.values.size < MAX_VALUES) this.values.set(name, value);
    }
    this.soon();
  }

  event(name: unknown, data?: unknown): void {
    let text = '';
    try {
      text = JSON.stringify(data, clean) ?? '';
    } catch {
      // It goes in circles, or does not let itself be read.
    }
    if (text.length > MAX_DATA) text = '';
    this.events.push({ n: ++this.count, at: performance.now(), name: cut(name, MAX_NAME), data: text });
    if (this.events.length > MAX_EVENTS) this.events.shift();
    this.soon();
  }

  /** Never in the middle of a group: the page may call from anywhere. */
  private soon(): void {
    if (this.asked) return;
    this.asked = true;
    queueMicrotask(() => {
      this.asked = false;
      this.changed();
    });
  }

  /** What is new, or all of it `anew`; `entry` gets what has happened since it was there. */
  write(ops: Ops, anew: boolean, entry?: (name: string, data: string, at: number) => void): void {
    ops.about(JSON.stringify({ identity: this.identity, metadata: Object.fromEntries(this.values) }));
    const now = performance.now();
    for (const { n, at, name, data } of this.events) {
      if (anew || n > this.told) ops.event(n, Math.round(now - at), name, data);
      if (entry && n > this.entered) entry(name, data, at);
    }
    if (entry) this.entered = this.count;
    this.told = this.count;
  }
}
