// What elements are beside their attributes: open, modal, shown as a popover, full screen. Compared before every group, because pages
// change it by scripts, keys and forms alike.

import { attribute, has, is, localName } from '../dom.ts';
import { type Context, known } from './context.ts';

export class States {
  private readonly held = new Map<Element, number>();

  constructor(private readonly c: Context) {}

  /** An element that may have a state; as new, the receiving side knows of none. */
  add(element: Element): void {
    this.held.set(element, 0);
  }

  /** One that got a state from outside of the tree. */
  touch(element: Element): void {
    if (!this.held.has(element)) this.add(element);
  }

  /** One that came into the top layer last: above those that came before. */
  opened(element: Element): void {
    const before = this.held.get(element);
    if (before === undefined) return;
    this.held.delete(element);
    this.held.set(element, before);
  }

  check(): void {
    for (const [element, before] of this.held) {
      const id = known(this.c, element);
      if (id === undefined) {
        this.held.delete(element);
        continue;
      }
      const bits = stateOf(element);
      if (bits === before) continue;
      this.held.set(element, bits);
      this.c.ops.state(id, bits);
    }
  }
}

export function isStateful(tag: string, names: readonly string[]): boolean {
  return tag === 'dialog' || tag === 'details' || names.includes('popover');
}

/** Bits of the STATE op, 0 when there is nothing to say. */
function stateOf(element: Element): number {
  const tag = localName(element);
  const dialog = tag === 'dialog';
  return (
    ((dialog || tag === 'details') && has(element, 'open') ? 1 : 0) |
    (dialog && is(element, ':modal') ? 2 : 0) |
    (attribute(element, 'popover') !== null && is(element, ':popover-open') ? 4 : 0) |
    (is(element, ':fullscreen') ? 8 : 0)
  );
}
