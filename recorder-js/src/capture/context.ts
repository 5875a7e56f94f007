// What the parts of the capture share: where ops go, who is who, and what is left out.

import type { Ops } from '@ridealong/wire';
import {
  around,
  attribute,
  contentOf,
  DOCUMENT,
  ELEMENT,
  isHtml,
  localName,
  nodeType,
  ownerDocument,
  parentElement,
} from '../dom.ts';
import type { Privacy, Rules } from '../privacy/policy.ts';

/** Gives asset numbers for URLs; 0 for nothing to show. */
export interface AssetSource {
  url(absolute: string, kind: 'image' | 'font'): number;
  /** A number for what is made in the page and changes; whoever takes no such contents has none. */
  stream?(): number;
  /** What it shows from now on; without a content, that it cannot be shown. */
  show?(n: number, content: Blob | undefined): Promise<void>;
  /** Whether somebody got what it showed last, or nobody will. */
  taken?(n: number): boolean;
  drop?(n: number): void;
  /** Numbers for the pictures of somebody else: the next so many after the one it gives. */
  reserve?(count: number): number;
}

/** Ids of nodes and style sheets: never used twice. */
export class Ids {
  private readonly ids = new WeakMap<object, number>();
  private last = 0;

  /** The id a node has, or had. */
  of(node: object): number | undefined {
    return this.ids.get(node);
  }

  /** A new id, also for a node that had one. */
  give(node: object): number {
    this.ids.set(node, this.next());
    return this.last;
  }

  /** A new id for what is no node of this page. */
  next(): number {
    return ++this.last;
  }
}

export interface Context {
  readonly window: Window & typeof globalThis;
  readonly ops: Ops;
  readonly ids: Ids;
  readonly privacy: Privacy;
  readonly assets: AssetSource;
  /** Whether the receiving side has this id now. */
  readonly alive: (id: number) => boolean;
  /** The value of an attribute that the receiving side has now; null for none, undefined where that is not remembered. */
  readonly told: (id: number, name: string) => string | null | undefined;
  /** Our own nodes. */
  readonly ignore: (node: Node) => boolean;
  readonly onError: (error: unknown) => void;
  /** Elements that stand as placeholders, with what was said of them. */
  readonly blocked: WeakMap<Element, Placeholder>;
  /** Frames that could not be looked into, with their ids then. */
  readonly foreign: WeakMap<Element, number>;
  /** Hears of every rule as the page has it. */
  readonly named: (text: string) => void;
  /** The rules that nodes were written under, where they are not those of the whole page. */
  readonly rules: WeakMap<Node, Rules>;
  /** The rules inside of elements, where they are others than around them. */
  readonly within: WeakMap<Element, Rules>;
}

export interface Placeholder {
  readonly id: number;
  readonly width: number;
  readonly height: number;
}

/** The id of a node that the receiving side has, else undefined. */
export function known(c: Context, node: object): number | undefined {
  const id = c.ids.of(node);
  return id !== undefined && c.alive(id) ? id : undefined;
}

/** The rules at an element that the receiving side has: those it was written under, for when they change it is written anew. */
export function rulesOf(c: Context, element: Element): Rules {
  if (c.privacy.bySelectors) return c.privacy.of(element);
  return c.within.get(element) ?? rulesAround(c, element);
}

/** The same for children of an element, a shadow root or a document. */
export function rulesBelow(c: Context, parent: Node): Rules {
  if (nodeType(parent) === ELEMENT) return rulesOf(c, parent as Element);
  const element = around(parent);
  const rules = element ? rulesOf(c, element) : c.privacy.root;
  return nodeType(parent) === DOCUMENT ? c.privacy.within(parent as Document, rules) : rules;
}

/** The same around a node. */
export function rulesAround(c: Context, node: Node): Rules {
  const { privacy } = c;
  if (privacy.bySelectors) {
    const parent = parentElement(node);
    return parent ? privacy.of(parent) : privacy.root;
  }
  return privacy.within(ownerDocument(node), c.rules.get(node) ?? privacy.root);
}

/** Whether the receiving side has a placeholder for this id: nothing below it, and none of its attributes, is told. */
export function isBlocked(c: Context, node: Node, id: number): boolean {
  return c.blocked.get(node as Element)?.id === id;
}

/** Whether a frame that the receiving side has shows another document than was told of. */
export function beganAnew(c: Context, frame: Element): boolean {
  const id = known(c, frame);
  if (id === undefined) return false;
  const inner = contentOf(frame);
  return inner ? known(c, inner) === undefined : !isBlocked(c, frame, id) && c.foreign.get(frame) !== id;
}

/** Whether a node is part of what is captured. Comments and the like are not there for the receiving side. */
export function captured(c: Context, node: Node): boolean {
  const type = nodeType(node);
  if (type === 3 || type === 4 || type === 10) return true;
  if (type !== ELEMENT) return false;
  const element = node as Element;
  switch (localName(element)) {
    case 'noscript':
    case 'base':
      return false;
    case 'meta':
      return attribute(element, 'name') === 'viewport' || attribute(element, 'charset') !== null;
    case 'link':
      return isStyleLink(element);
  }
  return !c.ignore(node);
}

export function isStyleLink(element: Element): boolean {
  return isHtml(element) && /(?:^|\s)stylesheet(?:\s|$)/i.test(attribute(element, 'rel') ?? '');
}

/** Elements whose text is not a part of the document: their state comes by other ops. */
export function opaque(element: Element): boolean {
  const name = localName(element);
  return name === 'style' || name === 'script' || name === 'textarea' || name === 'iframe' || name === 'template';
}
