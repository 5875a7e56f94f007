// Writes nodes as ops: the one walk over the page. Recursion is bounded by the protocol's depth.

import { Limits, type Ops } from '@ridealong/wire';
import {
  attribute,
  data,
  ELEMENT,
  firstChild,
  has,
  localName,
  namespaceURI,
  nextSibling,
  nodeType,
  rect,
  scrollLeft,
  scrollTop,
  shadowRootOf,
} from '../dom.ts';
import { Level, type Rules } from '../privacy/policy.ts';
import { attributesToSend } from './attributes.ts';
import { type Context, captured, known, opaque } from './context.ts';

const NAMESPACES: Record<string, number> = { 'http://www.w3.org/2000/svg': 1, 'http://www.w3.org/1998/Math/MathML': 2 };

/** What has to be written once the nodes are there. */
export interface After {
  /** Elements with a style sheet of their own. */
  sheets: Element[];
  /** input, textarea, select. */
  fields: [element: Element, rules: Rules][];
  /** dialog, details, popovers. */
  states: Element[];
  scrolled: Element[];
  /** Documents and shadow roots that have to be watched. */
  roots: (Document | ShadowRoot)[];
  frames: HTMLIFrameElement[];
}

export const newAfter = (): After => ({ sheets: [], fields: [], states: [], scrolled: [], roots: [], frames: [] });

const BLOCKED_TAGS = new Set(['video', 'audio', 'canvas', 'object', 'embed', 'applet', 'frameset']);
const FIELDS = new Set(['input', 'textarea', 'select']);
const STATEFUL = new Set(['dialog', 'details']);

export class NodeWriter {
  constructor(
    private readonly c: Context,
    /** Whether elements may be asked where they are scrolled to; it costs a layout. */
    private readonly withScroll: boolean,
    /** Nodes that wait for their place; what is written leaves it. */
    private readonly pending?: Set<Node>,
    readonly after: After = newAfter(),
  ) {}

  private get ops(): Ops {
    return this.c.ops;
  }

  /** A node with its subtree, or `moved` when the receiving side has it. */
  node(node: Node, rules: Rules, depth: number): void {
    if (!captured(this.c, node)) return;
    this.pending?.delete(node);
    const id = known(this.c, node);
    if (id !== undefined) {
      this.ops.moved(id);
      return;
    }
    const type = nodeType(node);
    if (type === ELEMENT) this.element(node as Element, rules, depth);
    else if (type === 10) {
      const doctype = node as DocumentType;
      this.ops.doctype(this.c.ids.give(node), doctype.name, doctype.publicId, doctype.systemId);
    } else this.ops.text(this.c.ids.give(node), cut(this.c.privacy.text(data(node), rules)));
  }

  children(parent: Node, rules: Rules, depth: number): void {
    for (let child = firstChild(parent); child; child = nextSibling(child)) this.node(child, rules, depth);
  }

  private element(element: Element, around: Rules, depth: number): void {
    const rules = this.c.privacy.inside(element, around);
    const tag = localName(element);
    const id = this.c.ids.give(element);
    if (rules.text === Level.block || BLOCKED_TAGS.has(tag) || depth >= Limits.MaxDepth - 2)
      return this.blocked(id, element, tag);
    if (tag === 'iframe' && !contentOf(element)) return this.blocked(id, element, tag);
    const ns = namespaceURI(element);
    const attributes = tag === 'script' ? [] : attributesToSend(this.c, element, rules, Limits.MaxAttributes);
    this.ops.element(id, ns === 'http://www.w3.org/1999/xhtml' ? 0 : (NAMESPACES[ns ?? ''] ?? 0), tag, attributes);
    const shadow = shadowRootOf(element);
    if (shadow) this.shadow(shadow, rules, depth + 1);
    if (tag === 'iframe') this.frame(element as HTMLIFrameElement, rules, depth + 1);
    if (!opaque(element)) this.children(element, rules, depth + 1);
    this.ops.end();
    this.note(element, tag, rules);
  }

  private note(element: Element, tag: string, rules: Rules): void {
    const { after } = this;
    if (tag === 'style' || tag === 'link') after.sheets.push(element);
    else if (FIELDS.has(tag)) after.fields.push([element, rules]);
    else if (STATEFUL.has(tag) || has(element, 'popover')) after.states.push(element);
    if (this.withScroll && (scrollTop(element) !== 0 || scrollLeft(element) !== 0)) after.scrolled.push(element);
  }

  private blocked(id: number, element: Element, tag: string): void {
    const box = rect(element);
    this.ops.blocked(id, tag, Math.round(box.width), Math.round(box.height));
  }

  shadow(root: ShadowRoot, rules: Rules, depth: number): void {
    this.ops.shadow(this.c.ids.give(root), 0);
    this.after.roots.push(root);
    this.children(root, rules, depth);
    this.ops.end();
  }

  /** What a frame of the same origin shows. */
  frame(frame: HTMLIFrameElement, rules: Rules, depth: number): void {
    const inner = contentOf(frame);
    if (!inner) return;
    this.after.frames.push(frame);
    this.ops.document(this.c.ids.give(inner), compatOf(inner));
    this.after.roots.push(inner);
    this.children(inner, rules, depth);
    this.ops.end();
  }
}

/** The document in a frame, undefined where another origin or a sandbox keeps it. */
export function contentOf(frame: Element): Document | undefined {
  try {
    return (frame as HTMLIFrameElement).contentDocument ?? undefined;
  } catch {
    return undefined;
  }
}

export function compatOf(document: Document): number {
  if (document.compatMode === 'BackCompat') return 1;
  const { doctype } = document;
  return doctype && /^-\/\/W3C\/\/DTD (?:XHTML 1.0|HTML 4.01) (?:Frameset|Transitional)\/\//i.test(doctype.publicId)
    ? 2
    : 0;
}

/** Text within the protocol's limit. */
export function cut(text: string): string {
  return text.length * 3 <= Limits.MaxText ? text : `${text.slice(0, Math.floor(Limits.MaxText / 3) - 1)}…`;
}

/** Bits of the STATE op, 0 when there is nothing to say. */
export function stateOf(element: Element): number {
  const tag = localName(element);
  let bits = 0;
  if ((tag === 'dialog' || tag === 'details') && has(element, 'open')) bits |= 1;
  if (tag === 'dialog' && safely(() => element.matches(':modal'))) bits |= 2;
  if (attribute(element, 'popover') !== null && safely(() => element.matches(':popover-open'))) bits |= 4;
  if (safely(() => element.matches(':fullscreen'))) bits |= 8;
  return bits;
}

function safely(test: () => boolean): boolean {
  try {
    return test();
  } catch {
    return false; // a browser that does not know the selector does not have the state
  }
}
