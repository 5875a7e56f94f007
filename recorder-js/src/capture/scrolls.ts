// Where documents and elements are scrolled to.

import { DOCUMENT, defaultView, nodeType, scrollingElement, scrollLeft, scrollTop } from '../dom.ts';
import { type Context, known } from './context.ts';

type Scroller = Element | Document;

export class Scrolls {
  /** What the receiving side was told, of those that were not at their beginning. */
  private readonly held = new Map<Scroller, string>();
  private readonly dirty = new Set<Scroller>();

  constructor(private readonly c: Context) {}

  /** Something scrolled, or may have. */
  touch(target: Scroller): void {
    this.dirty.add(target);
  }

  forget(): void {
    this.held.clear();
  }

  /** Elements lose their position when they are moved, without an event. */
  moved(): void {
    for (const target of this.held.keys()) this.dirty.add(target);
  }

  write(): void {
    for (const target of this.dirty) this.one(target);
    this.dirty.clear();
  }

  private one(target: Scroller): void {
    const id = known(this.c, target);
    const [x, y] = nodeType(target) === DOCUMENT ? ofDocument(target as Document) : ofElement(target as Element);
    const now = `${id} ${x} ${y}`;
    if (id === undefined || isRoot(target)) {
      this.held.delete(target);
      return;
    }
    if (now === this.held.get(target) || (x === 0 && y === 0 && !this.held.has(target))) return;
    if (x === 0 && y === 0) this.held.delete(target);
    else this.held.set(target, now);
    this.c.ops.scroll(id, x, y);
  }
}

function ofDocument(document: Document): [number, number] {
  const view = defaultView(document);
  return [Math.round(view?.scrollX ?? 0), Math.round(view?.scrollY ?? 0)];
}

const ofElement = (of: Element): [number, number] => [Math.round(scrollLeft(of)), Math.round(scrollTop(of))];

/** The element that scrolls with its document: that one is told. */
function isRoot(target: Scroller): boolean {
  const document = target.ownerDocument;
  return document !== null && scrollingElement(document) === target;
}
