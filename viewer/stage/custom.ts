// Custom elements of the page: an empty class for each name, so that `:not(:defined)` does not hide what the page's own class would
// show, with the states that the page's elements gave themselves.

const MAX_DEFINED = 4096;
/** What the states of an element are set by. */
const internals = new WeakMap<Element, ElementInternals>();
const defined = new Set<string>();

export function defineCustom(tag: string): void {
  if (defined.has(tag) || defined.size >= MAX_DEFINED) return;
  defined.add(tag);
  try {
    if (customElements.get(tag)) return;
    customElements.define(
      tag,
      class extends HTMLElement {
        constructor() {
          super();
          internals.set(this, this.attachInternals());
        }
      },
    );
  } catch {
    // A name that only we take for a custom element's: it stays an unknown element.
  }
}

/** The element has these states and no others. */
export function setNames(element: Element, names: readonly string[]): void {
  const states = internals.get(element)?.states;
  if (!states) return;
  states.clear();
  for (const name of names) {
    try {
      states.add(name);
    } catch {
      // A browser that wants dashes in front.
    }
  }
}

/** The states of an element, in order; none for what is no custom element. */
export function namesOf(element: Element): string[] {
  return [...(internals.get(element)?.states ?? [])].map(String).sort();
}
