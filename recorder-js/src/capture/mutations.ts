// Changes of the tree: collected from the observer, coalesced, written as one group.
//
// Order of a group: nodes that are new or moved (outer ones first), removals, attributes, texts. A node that came and went within
// a group never appears; a node that was sent before and left comes back under a new id.

import {
  attribute,
  DOCUMENT,
  data,
  ELEMENT,
  FRAGMENT,
  frameOf,
  isConnected,
  localName,
  nextSibling,
  nodeType,
  ownerDocument,
  parentElement,
  parentNode,
  previousSibling,
} from '../dom.ts';
import { POLICY_ATTRIBUTES } from '../privacy/policy.ts';
import { assetOf, attributeValue } from './attributes.ts';
import { type Context, captured, known, opaque } from './context.ts';
import type { After } from './write.ts';
import { cut, NodeWriter } from './write.ts';

export class Mutations {
  private touched = new Set<Node>();
  private attributes = new Map<Element, Set<string>>();
  private texts = new Set<CharacterData>();
  private restyled = new Set<Element>();
  private sent = new WeakMap<Node, string>();

  constructor(private readonly c: Context) {}

  get size(): number {
    return this.touched.size + this.attributes.size + this.texts.size + this.restyled.size;
  }

  /** Takes what the observer saw. */
  add(records: readonly MutationRecord[]): void {
    for (const record of records) {
      const { target } = record;
      if (record.type === 'attributes') this.addAttribute(target as Element, record.attributeName ?? '');
      else if (record.type === 'characterData') this.addText(target as CharacterData);
      else if (nodeType(target) === ELEMENT && opaque(target as Element)) this.addOpaque(target as Element);
      else {
        for (let i = 0; i < record.addedNodes.length; i++) this.touched.add(record.addedNodes[i] as Node);
        for (let i = 0; i < record.removedNodes.length; i++) this.touched.add(record.removedNodes[i] as Node);
      }
    }
  }

  private addAttribute(element: Element, name: string): void {
    const names = this.attributes.get(element);
    if (names) names.add(name);
    else this.attributes.set(element, new Set([name]));
  }

  private addText(node: CharacterData): void {
    const parent = parentNode(node);
    if (parent && nodeType(parent) === ELEMENT && opaque(parent as Element)) this.addOpaque(parent as Element);
    else this.texts.add(node);
  }

  private addOpaque(element: Element): void {
    if (localName(element) === 'style') this.restyled.add(element);
  }

  /** A node whose policy or form changed: it is sent anew. */
  resend(node: Node): void {
    const id = known(this.c, node);
    if (id !== undefined) this.c.ops.remove([id]);
    this.touched.add(node);
  }

  /** Writes the group. Returns what has to follow, undefined when there was nothing. */
  write(): After | undefined {
    if (this.size === 0) return undefined;
    const { touched, attributes, texts, restyled } = this;
    this.touched = new Set();
    this.attributes = new Map();
    this.texts = new Set();
    this.restyled = new Set();
    for (const [element, names] of attributes) {
      if (!POLICY_ATTRIBUTES.some((name) => names.has(name)) && !becameOther(element, names)) continue;
      attributes.delete(element);
      const id = known(this.c, element);
      if (id !== undefined) this.c.ops.remove([id]);
      touched.add(element);
    }
    const pending = new Set<Node>();
    const writer = new NodeWriter(this.c, false, pending);
    for (const node of touched) if (isConnected(node)) pending.add(node);
    for (const node of pending) this.place(node, pending, writer);
    this.removeGone(touched);
    for (const [element, names] of attributes) this.writeAttributes(element, names);
    for (const node of texts) this.writeText(node);
    for (const element of restyled) if (known(this.c, element) !== undefined) writer.after.sheets.push(element);
    return writer.after;
  }

  private removeGone(touched: Set<Node>): void {
    for (const node of touched) {
      const id = isConnected(node) ? undefined : known(this.c, node);
      if (id !== undefined) this.c.ops.remove([id]);
    }
  }

  /** Writes the run of siblings that a pending node stands in, after those of its ancestors. */
  private place(node: Node, pending: Set<Node>, writer: NodeWriter): void {
    if (!pending.has(node)) return;
    const parent = parentNode(node);
    if (!parent) return;
    for (let above: Node | null = parent; above; above = parentNode(above) ?? hostOf(above)) {
      if (pending.has(above)) {
        this.place(above, pending, writer);
        if (!pending.has(node)) return;
      }
    }
    const parentId = known(this.c, parent);
    if (parentId === undefined || (nodeType(parent) === ELEMENT && opaque(parent as Element))) {
      pending.delete(node); // in a part that is not captured, or that was written as a whole just now
      return;
    }
    let first = node;
    for (
      let before = previousSibling(first);
      before && (pending.has(before) || !captured(this.c, before));
      before = previousSibling(before)
    ) {
      if (pending.has(before)) first = before;
    }
    this.run(parent, parentId, first, pending, writer);
  }

  private run(parent: Node, parentId: number, first: Node, pending: Set<Node>, writer: NodeWriter): void {
    let previous = 0;
    for (let before = previousSibling(first); before && previous === 0; before = previousSibling(before)) {
      previous = known(this.c, before) ?? 0;
    }
    const element = nodeType(parent) === ELEMENT ? (parent as Element) : hostOf(parent);
    const rules = element ? this.c.privacy.of(element) : this.c.privacy.root;
    const depth = depthOf(parent);
    this.c.ops.insert(parentId, previous);
    for (let at: Node | null = first; at; at = nextSibling(at)) {
      if (!pending.has(at)) {
        if (captured(this.c, at)) break;
        continue;
      }
      pending.delete(at);
      writer.node(at, rules, depth + 1);
    }
    this.c.ops.end();
  }

  private writeAttributes(element: Element, names: Set<string>): void {
    const id = known(this.c, element);
    if (id === undefined) return;
    const rules = this.c.privacy.of(element);
    const changes: (string | null)[] = [];
    for (const name of names) {
      const value = attribute(element, name);
      const send = value === null ? null : attributeValue(this.c, element, name, value, rules);
      if (name === 'srcset' || name === 'sizes') changes.push('src', this.pictureOf(element));
      if (value === null || send !== null) changes.push(name, send);
    }
    if (changes.length > 0 && localName(element) !== 'script') this.c.ops.attributes(id, changes);
  }

  private pictureOf(element: Element): string {
    return assetOf(this.c, (element as HTMLImageElement).currentSrc ?? '', ownerDocument(element).baseURI);
  }

  private writeText(node: CharacterData): void {
    const id = known(this.c, node);
    const parent = parentElement(node);
    if (id === undefined) return;
    const rules = parent ? this.c.privacy.of(parent) : this.c.privacy.root;
    const text = cut(this.c.privacy.text(data(node), rules));
    const before = this.sent.get(node);
    // Long texts that grow, as logs and editors do, send what changed.
    if (text.length > 200) this.sent.set(node, text);
    if (before !== undefined && text.length > 200) {
      let from = 0;
      const most = Math.min(before.length, text.length);
      while (from < most && before.charCodeAt(from) === text.charCodeAt(from)) from++;
      let same = 0;
      while (
        same < most - from &&
        before.charCodeAt(before.length - 1 - same) === text.charCodeAt(text.length - 1 - same)
      )
        same++;
      this.c.ops.splice(id, from, before.length - from - same, text.slice(from, text.length - same));
      return;
    }
    this.c.ops.setText(id, text);
  }
}

/** Attributes that make another kind of thing of an element. */
function becameOther(element: Element, names: Set<string>): boolean {
  return localName(element) === 'link' && names.has('rel');
}

/** What a shadow root or a frame's document stands in. */
function hostOf(root: Node): Element | null {
  if (nodeType(root) === FRAGMENT) return (root as ShadowRoot).host ?? null;
  return nodeType(root) === DOCUMENT ? frameOf(root as Document) : null;
}

function depthOf(node: Node): number {
  let depth = 0;
  for (let at: Node | null = node; at; at = parentNode(at) ?? hostOf(at)) depth++;
  return depth;
}
