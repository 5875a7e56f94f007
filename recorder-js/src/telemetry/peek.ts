// Looks at values of the page without running any of its code: own data, up the prototypes, and what is the platform's own. A proxy's traps
// are the one thing that cannot be seen from outside; so whoever looks does it when no code of the page is under way.

const { getOwnPropertyDescriptor, getPrototypeOf } = Object;

/** Accessors of the platform that tell no more than a name and a text. */
const trusted = new Set(
  ['name', 'message'].map((name) => getOwnPropertyDescriptor(DOMException.prototype, name)?.get).filter(Boolean),
);
const stackGetter =
  getOwnPropertyDescriptor(new Error(), 'stack')?.get ?? getOwnPropertyDescriptor(Error.prototype, 'stack')?.get;
if (stackGetter) trusted.add(stackGetter);

/** The value of a property; undefined where only code of the page could tell. */
export function peek(of: unknown, name: PropertyKey): unknown {
  for (let at: unknown = of, i = 0; isObject(at) && i < 20; at = getPrototypeOf(at), i++) {
    const found = getOwnPropertyDescriptor(at, name);
    if (!found) continue;
    if ('value' in found) return found.value;
    return found.get && trusted.has(found.get) ? found.get.call(of) : undefined;
  }
  return undefined;
}

export const isObject = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';

export function peekText(of: unknown, name: PropertyKey): string {
  const found = peek(of, name);
  return typeof found === 'string' ? found : '';
}

/** The name of an object's class. */
export const classOf = (of: object): string => peekText(peek(of, 'constructor'), 'name').slice(0, 60);

/** Where a page's own function would make the text of a stack, it is not asked for one. */
export function rawStack(of: unknown): string {
  return 'prepareStackTrace' in Error ? '' : peekText(of, 'stack');
}
