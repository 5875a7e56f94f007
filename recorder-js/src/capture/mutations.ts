// Changes of the tree: collected from the observer, coalesced, written as one group.
//
// Order of a group: what is sent anew leaves, nodes that are new or moved come (outer ones first), removals, attributes, texts. A node
// that came and went within a group never appears; a node that was sent before and left comes back under a new id.

import { Limits } from '@ridealong/wire';
import {
  above,
  attribute,
  DOCUMENT,
  ELEMENT,
  FRAGMENT,
  firstChild,
  isConnected,
  isHtml,
  localName,
  nextSibling,
  nodeType,
  parentElement,
  parentNode,
  previousSibling,
  rootOf,
  shadowRootOf,
} from '../dom.ts';
import { POLICY_ATTRIBUTES } from '../privacy/policy.ts';
import { attributeValue, chosenPicture } from './attributes.ts';
import { beganAnew, type Context, captured, isBlocked, known, opaque } from './context.ts';
import { isField } from './fields.ts';
import { type After, DEEPEST, NodeWriter, textOf } from './write.ts';

/** Prefixes that markup uses; the observer tells local names. */
const PREFIXES: Record<string, string> = {
  'http://www.w3.org/1999/xlink': 'xlink:',
  'http://www.w3.org/XML/1998/namespace': 'xml:',
};
/** Texts longer than this send what changed. */
const LONG = 200;

/** What changed since the last group. */
class Batch {
  readonly touched = new Set<Node>();
  readonly attributes = new Map<Element, Set<string>>();
  readonly texts = new Set<CharacterData>();
  readonly restyled = new Set<Element>();
  readonly anew = new Set<Node>();
  /** Went where the observer does not look: what became of them there is not known. */
  readonly lost = new Set<Node>();
}

export class Mutations {
  private batch = new Batch();
  private readonly sent = new WeakMap<Node, { id: number; text: string }>();
  private writer: NodeWriter | undefined;

  constructor(
    private readonly c: Context,
    /** Documents and shadow roots that the observer looks at. */
    private readonly watched: WeakSet<Node>,
  ) {}

  get size(): number {
    return Object.values(this.batch).reduce((sum, { size }) => sum + size, 0);
  }

  /** Takes what the observer saw. */
  add(records: readonly MutationRecord[]): void {
    for (const record of records) {
      const { target, type } = record;
      if (type === 'attributes') {
        const prefix = record.attributeNamespace ? (PREFIXES[record.attributeNamespace] ?? '') : '';
        this.addAttribute(target as Element, prefix + (record.attributeName ?? ''));
      } else if (type === 'characterData') this.addText(target as CharacterData);
      else if (nodeType(target) === ELEMENT && opaque(target as Element)) this.addOpaque(target as Element);
      else {
        const { addedNodes, removedNodes } = record;
        for (let i = 0; i < addedNodes.length; i++) this.batch.touched.add(addedNodes[i] as Node);
        for (let i = 0; i < removedNodes.length; i++) {
          const node = removedNodes[i] as Node;
          this.batch.touched.add(node);
          if (!this.watched.has(rootOf(node))) this.batch.lost.add(node);
        }
      }
    }
  }

  private addAttribute(element: Element, name: string): void {
    const names = this.batch.attributes.get(element);
    if (names) names.add(name);
    else this.batch.attributes.set(element, new Set([name]));
  }

  private addText(node: CharacterData): void {
    const parent = parentNode(node);
    if (parent && nodeType(parent) === ELEMENT && opaque(parent as Element)) this.addOpaque(parent as Element);
    else this.batch.texts.add(node);
  }

  private addOpaque(element: Element): void {
    if (localName(element) === 'style') this.batch.restyled.add(element);
  }

  /** A node whose policy or form changed: it is sent anew. */
  resend(node: Node): void {
    this.batch.anew.add(node);
  }

  /** The whole document is written: nothing that happened before is needed. */
  forget(_: readonly MutationRecord[]): void {
    this.batch = new Batch();
  }

  /** After an error: what was opened is closed, so that the ops that follow can be read. */
  abandon(): void {
    while (this.writer && this.writer.open > 0) this.writer.end();
    this.writer = undefined;
  }

  /** Writes the group. Returns what has to follow, undefined when there was nothing. */
  write(): After | undefined {
    if (this.size === 0) return undefined;
    const { touched, attributes, texts, restyled, anew, lost } = this.batch;
    this.batch = new Batch();
    this.c.privacy.forget();
    for (const [element, names] of attributes) if (becameOther(element, names)) anew.add(element);
    for (const node of anew) {
      this.drop(node);
      touched.add(node);
    }
    for (const node of lost) this.drop(node);
    const pending = new Set<Node>();
    const writer = new NodeWriter(this.c, anew.size > 0, pending);
    this.writer = writer;
    for (const node of touched) if (isConnected(node)) pending.add(node);
    for (const node of pending) if (known(this.c, node) !== undefined && this.cannotMove(node)) this.drop(node);
    for (const node of pending) this.place(node, pending, writer);
    for (const node of touched) if (!isConnected(node)) this.drop(node);
    for (const [element, names] of attributes) this.writeAttributes(element, names, writer.after);
    for (const node of texts) this.writeText(node);
    for (const element of restyled) writer.after.sheets.add(element);
    this.writer = undefined;
    return writer.after;
  }

  /** Whether a node would be another one where it is now: other rules hold there, it is too deep, or its frames began anew. */
  private cannotMove(node: Node): boolean {
    const parent = parentNode(node);
    if (!parent) return false;
    const { rules, privacy } = this.c;
    return (rules.get(node) ?? privacy.root) !== privacy.below(parent) || this.grew(node, DEEPEST - depthOf(parent));
  }

  /** Whether there are more levels below a node than there is room for, or another document in a frame than was told. */
  private grew(node: Node, room: number): boolean {
    if (room <= 0) return true;
    if (nodeType(node) === ELEMENT) {
      const element = node as Element;
      const shadow = shadowRootOf(element);
      if (shadow && this.grew(shadow, room - 1)) return true;
      if (localName(element) === 'iframe' && isHtml(element) && beganAnew(this.c, element)) return true;
    }
    for (let child = firstChild(node); child; child = nextSibling(child)) if (this.grew(child, room - 1)) return true;
    return false;
  }

  private drop(node: Node): void {
    const id = known(this.c, node);
    if (id !== undefined) this.c.ops.remove([id]);
  }

  /** Writes the run of siblings that a pending node stands in, after those of its ancestors. */
  private place(node: Node, pending: Set<Node>, writer: NodeWriter): void {
    while (pending.has(node)) {
      let outermost = node;
      let top = node;
      for (let at = above(node); at; at = above(at)) {
        top = at;
        if (pending.has(at)) outermost = at;
      }
      if (top === this.c.window.document) this.run(outermost, pending, writer);
      else {
        pending.delete(node); // in the document of a frame that is gone
        this.drop(node);
      }
    }
  }

  private run(node: Node, pending: Set<Node>, writer: NodeWriter): void {
    const { c } = this;
    const parent = parentNode(node);
    const parentId = parent ? known(c, parent) : undefined;
    if (!parent || parentId === undefined || isBlocked(c, parent, parentId) || !mayHold(parent) || !captured(c, node)) {
      // In a part that is not captured. Had it stood elsewhere, it does no more.
      pending.delete(node);
      if (isConnected(node)) this.drop(node);
      return;
    }
    let first = node;
    let before = previousSibling(first);
    for (; before && (pending.has(before) || !captured(c, before)); before = previousSibling(before)) {
      if (pending.has(before)) first = before;
    }
    let previous = 0;
    for (; before && previous === 0; before = previousSibling(before)) previous = known(c, before) ?? 0;
    const rules = c.privacy.below(parent);
    const depth = depthOf(parent);
    writer.insert(parentId, previous);
    for (let at: Node | null = first; at; at = nextSibling(at)) {
      if (pending.has(at)) writer.node(at, rules, depth + 1);
      else if (captured(c, at)) break;
    }
    writer.end();
  }

  private writeAttributes(element: Element, names: Set<string>, after: After): void {
    const { c } = this;
    const id = known(c, element);
    if (id === undefined || isBlocked(c, element, id)) return;
    const tag = localName(element);
    if (tag === 'script') return;
    if (isField(tag) || names.has('popover')) after.changed.push(element);
    if (tag === 'style' || tag === 'link') after.sheets.add(element);
    const rules = c.privacy.of(element);
    const changes: (string | null)[] = [];
    for (const name of names) {
      const value = attribute(element, name);
      const send = value === null ? null : attributeValue(c, element, name, value, rules);
      if ((value === null || send !== null) && changes.length < Limits.MaxAttributes * 2) changes.push(name, send);
    }
    if (tag === 'img' && (names.has('srcset') || names.has('sizes') || names.has('src'))) {
      const chosen = chosenPicture(c, element, rules);
      if (chosen !== null) changes.push('src', chosen);
    }
    if (changes.length > 0) c.ops.attributes(id, changes);
  }

  private writeText(node: CharacterData): void {
    const id = known(this.c, node);
    if (id === undefined) return;
    const parent = parentElement(node);
    const text = textOf(this.c, node, parent ? this.c.privacy.of(parent) : this.c.privacy.root);
    const before = this.sent.get(node);
    if (text.length <= LONG) {
      this.sent.delete(node);
      this.c.ops.setText(id, text);
      return;
    }
    this.sent.set(node, { id, text });
    if (before?.id === id) this.splice(id, before.text, text);
    else this.c.ops.setText(id, text);
  }

  /** Long texts that grow, as logs and editors do. */
  private splice(id: number, before: string, text: string): void {
    if (before === text) return;
    const most = Math.min(before.length, text.length);
    let from = 0;
    while (from < most && before.charCodeAt(from) === text.charCodeAt(from)) from++;
    let same = 0;
    while (
      same < most - from &&
      before.charCodeAt(before.length - 1 - same) === text.charCodeAt(text.length - 1 - same)
    ) {
      same++;
    }
    this.c.ops.splice(id, from, before.length - from - same, text.slice(from, text.length - same));
  }
}

/** Attributes that change what may be shown of a subtree, or make another kind of thing of an element. */
function becameOther(element: Element, names: Set<string>): boolean {
  if (POLICY_ATTRIBUTES.some((name) => names.has(name))) return true;
  const tag = localName(element);
  return (tag === 'link' && names.has('rel')) || (tag === 'meta' && (names.has('name') || names.has('charset')));
}

function mayHold(parent: Node): boolean {
  const type = nodeType(parent);
  return type === DOCUMENT || type === FRAGMENT || (type === ELEMENT && !opaque(parent as Element));
}

function depthOf(node: Node): number {
  let depth = 0;
  for (let at: Node | null = node; at; at = above(at)) depth++;
  return depth;
}
