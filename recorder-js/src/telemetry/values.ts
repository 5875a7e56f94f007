// Values of the page as the console shows them, as much as may be told: bounded in depth, in number and in length, without running any code
// of the page's but a proxy's traps.

import { type Item, type Value, ValueKind } from '@ridealong/wire/entries';
import { attribute, isElement, localName, nodeType } from '../dom.ts';
import type { Telling } from './context.ts';
import { classOf, isObject, peek, peekText, rawStack } from './peek.ts';

const MAX_TEXT = 1000;
const MAX_ITEMS = 50;
/** Of one call. */
const MAX_VALUES = 300;
const DEPTH = { off: 0, shapes: 3, values: 4 };
/** A number that is longer may be somebody's. */
const SHORT = 4;
const SECRET =
  /pass|secret|token|auth|session|cookie|csrf|xsrf|card|cvc|cvv|iban|ssn|\bpin|otp|api.?key|birth|dob|account|e.?mail|phone|address|credential|signature/i;

const size = (of: object, name: string): ((one: object) => number | undefined) => {
  const get = Object.getOwnPropertyDescriptor(of, name)?.get;
  return (one) => {
    try {
      return get?.call(one);
    } catch {
      return undefined; // it only looks like one
    }
  };
};
const mapSize = size(Map.prototype, 'size');
const setSize = size(Set.prototype, 'size');
const byteLength = size(Object.getPrototypeOf(Uint8Array.prototype), 'byteLength');
const { forEach: eachOfMap } = Map.prototype;
const { forEach: eachOfSet } = Set.prototype;
const { getTime } = Date.prototype;
const sourceOf = Object.getOwnPropertyDescriptor(RegExp.prototype, 'source')?.get;

const leaf = (kind: number, text = '', size = 0): Value => [kind, text, size];

/** Calls step for each, up to the number that is told. */
class Enough {}
function some(each: (step: () => void) => void): void {
  let left = MAX_ITEMS;
  try {
    each(() => {
      if (--left < 0) throw new Enough();
    });
  } catch (error) {
    if (!(error instanceof Enough)) throw error;
  }
}

/** Makes the values of one call. `idOf` gives a node's id, 0 for one that the picture does not have. */
export class Describer {
  private left = MAX_VALUES;
  private readonly around: object[] = [];

  constructor(
    private readonly t: Telling,
    private readonly idOf: (node: Node) => number,
  ) {}

  /** A text that stands in the page's code: the first one of a call, most of the time. */
  words(text: string): Value {
    return this.t.saying === 'off' ? this.dots(text) : this.text(text);
  }

  value(of: unknown, secret = false): Value {
    if (--this.left < 0) return leaf(ValueKind.deep);
    const { saying: told } = this.t;
    if (of === null) return leaf(ValueKind.null);
    switch (typeof of) {
      case 'undefined':
        return leaf(ValueKind.undefined);
      case 'boolean':
        return leaf(ValueKind.boolean, String(of));
      case 'number':
      case 'bigint': {
        const text = String(of);
        const open = !secret && (text.length <= SHORT || (told === 'values' && this.t.text(text) === text));
        return open
          ? leaf(typeof of === 'number' ? ValueKind.number : ValueKind.bigint, text)
          : leaf(ValueKind.masked, '', text.length);
      }
      case 'string':
        return secret || told !== 'values' ? this.dots(of) : this.text(of);
      case 'symbol':
        return leaf(ValueKind.symbol, told === 'values' ? this.t.text(String(of.description ?? ''), 60) : '');
      case 'function':
        return leaf(ValueKind.function, peekText(of, 'name').slice(0, 60));
      default:
        return this.object(of as object, secret);
    }
  }

  private dots(text: string): Value {
    return leaf(ValueKind.masked, '', text.length);
  }

  private text(text: string): Value {
    return leaf(ValueKind.string, this.t.text(text, MAX_TEXT), text.length > MAX_TEXT ? text.length : 0);
  }

  private object(of: object, secret: boolean): Value {
    const { around, t } = this;
    const node = this.node(of);
    if (node) return node;
    const name = classOf(of);
    if (around.includes(of)) return leaf(ValueKind.circle, name);
    if (around.length >= DEPTH[t.saying]) return leaf(ValueKind.deep, name);
    around.push(of);
    const value = this.parts(of, name, secret);
    around.pop();
    return value;
  }

  private node(of: object): Value | undefined {
    if (!(of instanceof Node)) return undefined;
    if (!isElement(of)) return leaf(ValueKind.node, `#${nodeType(of)}`, this.idOf(of));
    const { privacy } = this.t;
    const name = (at: string) => privacy.word((attribute(of, at) ?? '').trim().slice(0, 60));
    const [id, kind] = [name('id'), name('class')];
    const text = localName(of) + (id && `#${id}`) + (kind && `.${kind.replace(/\s+/g, '.')}`);
    return leaf(ValueKind.node, this.t.text(text, 100), this.idOf(of));
  }

  private parts(of: object, name: string, secret: boolean): Value {
    const items: Item[] = [];
    const add = (key: string, value: unknown, hidden = secret) => items.push([key, this.value(value, hidden)]);
    if (of instanceof Error || of instanceof DOMException) return this.fault(of);
    if (Array.isArray(of)) {
      const length = peek(of, 'length') as number;
      for (let i = 0; i < Math.min(length, MAX_ITEMS); i++) {
        const one = Object.getOwnPropertyDescriptor(of, i);
        if (one) items.push([String(i), this.property(one, secret)]);
      }
      return [ValueKind.array, name, length, items];
    }
    const entries = mapSize(of);
    if (entries !== undefined) {
      some((step) =>
        eachOfMap.call(of as Map<unknown, unknown>, (value, key) => {
          step();
          const [, text] = this.value(key);
          add(text || typeof key, value, secret || SECRET.test(text));
        }),
      );
      return [ValueKind.map, name, entries, items];
    }
    const members = setSize(of);
    if (members !== undefined) {
      some((step) =>
        eachOfSet.call(of as Set<unknown>, (value) => {
          step();
          add('', value);
        }),
      );
      return [ValueKind.set, name, members, items];
    }
    const bytes = byteLength(of);
    if (bytes !== undefined) return leaf(ValueKind.other, name, bytes);
    if (of instanceof Date) return this.date(of, secret);
    if (of instanceof RegExp) return leaf(ValueKind.regexp, this.t.saying === 'values' ? this.pattern(of) : '');
    return this.properties(of, name, secret);
  }

  private properties(of: object, name: string, secret: boolean): Value {
    const keys = Reflect.ownKeys(of);
    const items: Item[] = [];
    for (const key of keys.slice(0, MAX_ITEMS)) {
      const found = Object.getOwnPropertyDescriptor(of, key);
      const text = typeof key === 'string' ? key : `Symbol(${key.description ?? ''})`;
      // A name that may be a key of somebody's data.
      const shown = this.t.text(text, 60);
      if (found?.enumerable) items.push([shown, this.property(found, secret || SECRET.test(text))]);
    }
    return [ValueKind.object, name, keys.length, items];
  }

  private property(found: PropertyDescriptor, secret: boolean): Value {
    return 'value' in found ? this.value(found.value, secret) : leaf(ValueKind.getter);
  }

  private date(of: Date, secret: boolean): Value {
    const time = getTime.call(of);
    if (secret || this.t.saying !== 'values') return leaf(ValueKind.masked, '', 0);
    return leaf(ValueKind.date, Number.isNaN(time) ? 'Invalid Date' : new Date(time).toISOString());
  }

  private pattern(of: RegExp): string {
    try {
      return this.t.text(`/${sourceOf?.call(of)}/`, 100);
    } catch {
      return '';
    }
  }

  private fault(of: object): Value {
    const items: Item[] = [];
    const stack = this.t.stack(rawStack(of));
    if (stack) items.push(['stack', leaf(ValueKind.string, stack)]);
    const cause = peek(of, 'cause');
    if (cause !== undefined) items.push(['cause', this.value(cause)]);
    return [ValueKind.fault, this.t.text(said(of), MAX_TEXT), items.length, items];
  }
}

/** What an error says: its name and its message. */
export function said(error: object): string {
  const message = peekText(error, 'message');
  return [peekText(error, 'name') || classOf(error), message].filter(Boolean).join(': ');
}

export { isObject };
