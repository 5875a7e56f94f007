// States that custom elements gave themselves (`:state(x)`). Scripts keep what holds them, so where it was not seen being made the element
// is asked for those that style sheets name: no others can be seen.

import { defaultView, is, localName, ownerDocument } from '../dom.ts';
import { type Context, known } from './context.ts';
import type { Patches } from './patch.ts';

const MAX_KNOWN = 200;
const STATE = /:state\(\s*([\w-]+)\s*\)|:--([\w-]+)/g;

export const isCustom = (tag: string): boolean => tag.includes('-');
export const isDefined = (element: Element): boolean => is(element, ':defined');
/** An attribute of ours: no script has defined the element yet. */
export const UNDEFINED = ':undefined';

export class Names {
  /** What each element had when it was written. */
  private readonly held = new Map<Element, string>();
  /** The states of those whose holder was seen. */
  private readonly states = new WeakMap<Element, CustomStateSet>();
  private readonly owners = new WeakMap<CustomStateSet, Element>();
  private readonly inSheets = new Set<string>();
  private readonly touched = new Set<Element>();
  private readonly undefined = new WeakSet<Element>();

  constructor(
    private readonly c: Context,
    private readonly soon: () => void,
  ) {}

  /** A custom element; as new, the receiving side knows of none. */
  add(element: Element): void {
    this.held.set(element, '');
    this.touched.add(element);
    if (isDefined(element)) return;
    this.undefined.add(element);
    const later = () => {
      this.touched.add(element);
      this.soon();
    };
    defaultView(ownerDocument(element) as Document)
      ?.customElements.whenDefined(localName(element))
      .then(later, () => undefined);
  }

  /** A rule that is written: elements may have the states that it asks for. */
  rule(text: string): void {
    if (!/:state\(|:--/.test(text)) return;
    const before = this.inSheets.size;
    for (const [, name, old] of text.matchAll(STATE))
      if (this.inSheets.size < MAX_KNOWN) this.inSheets.add((name ?? old) as string);
    if (this.inSheets.size > before) this.all();
  }

  private all(): void {
    for (const element of this.held.keys()) this.touched.add(element);
  }

  patch(window: Window & typeof globalThis, patches: Patches): void {
    patches.after(window.HTMLElement, 'value', ['attachInternals'], (host, _, internals) => {
      const { states } = internals as ElementInternals;
      this.states.set(host, states);
      this.owners.set(states, host);
    });
    patches.after(window.CustomStateSet, 'value', ['add', 'delete', 'clear'], (states) => {
      const owner = this.owners.get(states);
      if (!owner) this.all();
      else if (this.held.has(owner)) this.touched.add(owner);
      if (this.touched.size > 0) this.soon();
    });
  }

  check(): void {
    for (const element of this.touched) {
      const before = this.held.get(element);
      const id = known(this.c, element);
      if (id === undefined) this.held.delete(element);
      if (id === undefined || before === undefined) continue;
      if (this.undefined.has(element) && isDefined(element)) {
        this.undefined.delete(element);
        this.c.ops.attributes(id, [UNDEFINED, null]);
      }
      const names = this.read(element);
      const now = names.join(' ');
      if (now === before) continue;
      this.held.set(element, now);
      this.c.ops.names(
        id,
        names.map((name) => this.c.privacy.word(name)),
      );
    }
    this.touched.clear();
  }

  private read(element: Element): string[] {
    const states = this.states.get(element);
    if (states) return [...states].map(String).slice(0, MAX_KNOWN);
    return [...this.inSheets].filter((name) => is(element, `:state(${name})`));
  }
}
