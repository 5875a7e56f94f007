// What the customer does in the page, shown on it: what the pointer is over, what has the focus, what is selected, where the caret
// stands, what fills the screen, what plays.
//
// The document here never has a pointer or the focus, so what style sheets say of both is asked by attributes of ours (css.ts puts them
// into selectors in the place of :hover and its like) and elements that are concerned have them. No part of the page's own form is changed.

import { OURS } from './css.ts';
import { Marks } from './marks.ts';
import * as dom from './natives.ts';

/** Behind the page's own styles, as a browser's sheet is. */
export const look = new CSSStyleSheet();
look.replaceSync(`@layer ra-look {
  :where([${OURS['focus-visible']}]) { outline: 2px auto #2f6df6; }
  :where([${OURS.fullscreen}]) { border: 0; padding: 0; background: transparent; color: inherit; overflow: visible; object-fit: contain; }
  [${OURS.fullscreen}] { position: fixed !important; inset: 0 !important; margin: 0 !important; box-sizing: border-box !important; min-width: 0 !important;
    max-width: none !important; min-height: 0 !important; max-height: none !important; width: 100% !important; height: 100% !important; transform: none !important; }
  [${OURS.fullscreen}]::backdrop { background: #000; }
}
::highlight(ra-selection) { background-color: #b4d5fe; color: #10131a; }`);

/** Names that selectors may ask for, by what they stand for. */
type Mark = keyof typeof OURS;

export class Person {
  private readonly marked = new Map<Mark, ReadonlySet<Element>>();
  private readonly marks = new Marks();
  private full: Element | null = null;

  /** The innermost element under the pointer. */
  hover(element: Element | null): void {
    const over = new Set(upwards(element));
    // The field of a label is meant with it.
    for (const one of [...over]) if (one instanceof HTMLLabelElement && one.control) over.add(one.control);
    this.mark('hover', over);
  }

  focus(element: Element | null, ring: boolean): void {
    const focused = new Set(element ? [element] : []);
    const root = element && dom.rootOf(element);
    if (root) seeIn(root);
    this.mark('focus', focused);
    this.mark('focus-visible', ring ? focused : new Set());
    this.mark('focus-within', new Set(upwards(element)));
    this.marks.field(element);
  }

  /** Ends of a selection: nodes of the page, with units of texts and fields, or children. */
  select(anchor: Node | null, anchorAt: number, focus: Node | null, focusAt: number): void {
    for (const end of [anchor, focus]) if (end) seeIn(dom.rootOf(end));
    this.marks.select(anchor, anchorAt, focus, focusAt);
  }

  /** Fills the screen, above everything, or does no more. */
  fill(element: Element, on: boolean): void {
    if (on === (this.full === element)) return;
    if (this.full) lift(this.full, false);
    this.full = on ? element : null;
    if (on) seeIn(dom.rootOf(element));
    this.mark('fullscreen', new Set(on ? [element] : []));
    if (on) lift(element, true);
    this.marks.above();
  }

  media(element: Element, playing: boolean, ended: boolean): void {
    this.marks.badge(element, playing ? '▶' : ended ? '■' : '❚❚');
  }

  /** After something changed: what is drawn goes to where it belongs now. */
  readonly settle = (): void => this.marks.settle();

  /** The document begins anew. */
  clear(): void {
    this.marked.clear();
    this.full = null;
    this.marks.clear();
  }

  private mark(name: Mark, now: ReadonlySet<Element>): void {
    const before = this.marked.get(name) ?? new Set();
    for (const element of before) if (!now.has(element)) dom.removeAttribute(element, OURS[name]);
    for (const element of now) if (!before.has(element)) dom.setAttribute(element, OURS[name], '');
    this.marked.set(name, now);
  }
}

/** An element and those around it, as a browser counts them: through slots and shadow roots. */
function* upwards(element: Element | null): Generator<Element> {
  let at: Node | null = element;
  for (let n = 0; at && n < 2048; n++) {
    if (dom.nodeType(at) === 1) yield at as Element;
    at = (at as Element | Text).assignedSlot ?? dom.parentOf(at) ?? (at instanceof ShadowRoot ? at.host : null);
  }
}

/** The look is in a root of its own only where it is needed. */
function seeIn(root: Node): void {
  if (root instanceof ShadowRoot && !root.adoptedStyleSheets.includes(look))
    root.adoptedStyleSheets = [look, ...root.adoptedStyleSheets];
}

/** Into the top layer; what cannot go there is fixed where it is. */
function lift(element: Element, up: boolean): void {
  if (!(element instanceof HTMLElement) || element instanceof HTMLDialogElement) return;
  try {
    if (!up) {
      element.hidePopover();
      dom.removeAttribute(element, 'popover');
    } else if (dom.getAttribute(element, 'popover') === null) {
      dom.setAttribute(element, 'popover', 'manual');
      element.showPopover();
    }
  } catch {
    // A browser without popovers, or an element that is gone.
  }
}
