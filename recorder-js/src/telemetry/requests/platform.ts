// The platform's own members, taken before a page can change them: what a request is made of is read without a page's code having a part.

import { type Patches, passed } from '../../capture/patch.ts';

const { getOwnPropertyDescriptor, getPrototypeOf } = Object;
const { ownKeys } = Reflect;

/** Of an accessor, which only the page's own code can answer. */
export const UNKNOWN = Symbol();

/** A property's data, up the prototypes. */
export function peek(of: unknown, name: PropertyKey): unknown {
  try {
    for (let at = of, i = 0; typeof at === 'object' && at && i < 9; at = getPrototypeOf(at), i++) {
      const found = getOwnPropertyDescriptor(at, name);
      if (found) return 'value' in found ? found.value : UNKNOWN;
    }
    return undefined;
  } catch {
    return UNKNOWN; // a proxy of the page's does not let itself be asked
  }
}

type Owner = { readonly prototype: object } | undefined;

/** An accessor of a class; undefined for what is not of it. */
export function getter<T>(owner: Owner, name: string): (of: unknown) => T | undefined {
  const get = owner && getOwnPropertyDescriptor(owner.prototype, name)?.get;
  return (of) => {
    try {
      return get?.call(of) as T;
    } catch {
      return undefined;
    }
  };
}

/** A method of a class; undefined from what is not of it. */
export function method<T>(owner: Owner, name: string): (of: unknown, ...args: unknown[]) => T | undefined {
  const run = owner && (getOwnPropertyDescriptor(owner.prototype, name)?.value as (...args: unknown[]) => T);
  return (of, ...args) => {
    try {
      return run && Reflect.apply(run, of, args);
    } catch {
      return undefined;
    }
  };
}

const intrinsic: object = getPrototypeOf((async () => undefined)());

/**
 * A promise for what this one is for, one microtask later; a rejection that nobody handles stays the page's to hear of. Undefined for what
 * is no plain promise of the platform's, which the page gets as it is.
 */
export function pass(
  patches: Patches,
  promise: unknown,
  kept: (value: unknown) => void,
  broken: (reason: unknown) => void,
): Promise<unknown> | undefined {
  try {
    if (getPrototypeOf(promise) !== intrinsic || ownKeys(promise as object).length > 0) return undefined;
  } catch {
    return undefined;
  }
  return follow(patches, promise, kept, broken);
}

/** To await asks for no `then`, which a page or a framework may have replaced. */
async function follow(
  patches: Patches,
  promise: unknown,
  kept: (value: unknown) => void,
  broken: (reason: unknown) => void,
): Promise<unknown> {
  let value: unknown;
  try {
    value = await promise;
  } catch (reason) {
    passed.add(Object(reason));
    patches.run(() => broken(reason));
    throw reason;
  }
  patches.run(() => kept(value));
  return value;
}

const { addEventListener, removeEventListener } = EventTarget.prototype;
const SYMBOL = '__zone_symbol__';

/** Listens on what is the page's, without a framework's wrapper; returns what ends it. */
export function hear(
  patches: Patches,
  target: EventTarget,
  names: readonly string[],
  handle: (event: Event) => void,
): () => void {
  const listener = (event: Event): void => patches.run(() => handle(event));
  const each = (at: EventTarget | undefined, name: string, own: typeof addEventListener): void => {
    const call = (peek(EventTarget.prototype, SYMBOL + name) ?? own) as typeof addEventListener;
    if (at) for (const type of names) Reflect.apply(call, at, [type, listener]);
  };
  each(target, 'addEventListener', addEventListener);
  // What never ends must not be kept for us.
  const kept = new WeakRef(target);
  return () => each(kept.deref(), 'removeEventListener', removeEventListener);
}

/** How many bytes a text has in UTF-8; of a very long one what its beginning makes likely. */
export function bytesOf(text: string): number {
  const { length } = text;
  const n = Math.min(length, 1 << 20);
  let bytes = n;
  for (let i = 0; i < n; i++) {
    const c = text.charCodeAt(i);
    if (c < 0x80) continue;
    bytes++;
    // Each half of a pair has two of its four.
    if (c >= 0x800 && (c & 0xf800) !== 0xd800) bytes++;
  }
  return n < length ? Math.round((bytes / n) * length) : bytes;
}

export const DOTS = '••••••';
