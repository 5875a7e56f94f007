// Changes of the tree: collected from the observer, coalesced, written as one group, or as several where there are many.
//
// Order of a group: what is sent anew leaves, nodes that are new or moved come (outer ones first), removals, attributes, texts. A node
// that came and went within a group never appears; a node that was sent before and left comes back under a new id.
//
// When the time of a group is over, the page gets its turn: what is left is written in the next ones. Until then the receiving side has
// a part of the document, every part of it in its place.

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
  parentNode,
  previousSibling,
  shadowRootOf,
} from '../dom.ts';
import { attributeValue, chosenPicture } from './attributes.ts';
import { Batch, type Changes } from './batch.ts';
import type { Budget } from './budget.ts';
import {
  beganAnew,
  type Context,
  captured,
  isBlocked,
  known,
  opaque,
  rulesAround,
  rulesBelow,
  rulesOf,
} from './context.ts';
import { isField } from './fields.ts';
import { type After, DEEPEST, NodeWriter, textOf } from './write.ts';

/** Texts longer than this send what changed. */
const LONG = 200;
/** Nodes that wait to be moved are looked at again so often. */
const MOST_LOOKS = 5;

export class Mutations {
  private batch: Batch;
  /** Wait for their place. */
  private pending = new Set<Node>();
  /** Have left the page; the receiving side may have them. */
  private gone = new Set<Node>();
  /** Parents whose children there was no time for, with the first that is missing; null: look at all of them. */
  private rest = new Map<Node, Node | null>();
  /** Among those that wait are some that the receiving side has: they may stand in what is gone. */
  private moves = false;
  /** How often those that wait were looked at again because the page went on. */
  private looks = 0;
  /** Where the time was over. */
  private next: Node | null = null;
  /** What is written may be scrolled already. */
  private scrolled = false;
  private readonly sent = new WeakMap<Node, { id: number; text: string }>();
  private writer: NodeWriter | undefined;

  constructor(
    private readonly c: Context,
    /** Documents and shadow roots that the observer looks at. */
    private readonly watched: WeakSet<Node>,
  ) {
    this.batch = new Batch(c, watched);
  }

  /** 0 when the receiving side has everything. */
  get size(): number {
    return this.batch.size + this.pending.size + this.gone.size + this.rest.size;
  }

  /** Takes what the observer saw. */
  add(records: readonly MutationRecord[]): void {
    if (records.length > 0) this.batch.add(records);
  }

  /** A node whose policy or form changed: it is sent anew. */
  resend(node: Node): void {
    this.batch.anew.add(node);
    this.batch.stale = true;
  }

  /** The whole document is to be written, whatever the observer saw before. */
  begin(): void {
    this.batch = new Batch(this.c, this.watched);
    this.pending = new Set();
    this.gone = new Set();
    this.moves = false;
    this.rest = new Map([[this.c.window.document, null]]);
    this.scrolled = true;
  }

  /** After an error: what was opened is closed, so that the ops that follow can be read. */
  abandon(): void {
    while (this.writer && this.writer.open > 0) this.writer.end();
    this.writer = undefined;
  }

  /** Writes what there is time for. Returns what has to follow, undefined when there was nothing. */
  write(budget: Budget): After | undefined {
    if (this.size === 0) return undefined;
    this.c.privacy.forget();
    const writer = new NodeWriter(this.c, budget, this.scrolled, this.pending, this.rest);
    this.writer = writer;
    if (this.batch.sort(budget) && this.sift(budget)) {
      this.tree(writer, budget);
      this.details(writer.after, budget);
    }
    this.writer = undefined;
    if (this.rest.size === 0 && this.pending.size === 0) this.scrolled = false;
    return writer.after;
  }

  /** Finds out what became of the nodes that were touched. Only then is it known of every sibling where the receiving side has it. */
  private sift(budget: Budget): boolean {
    const { touched, anew, lost } = this.batch;
    // What was found fit to move may not be any more. Where the page leaves no time to look through all, they are sent anew.
    if (this.batch.stale && this.moves) {
      const again = ++this.looks > MOST_LOOKS ? anew : touched;
      for (const node of this.pending) if (known(this.c, node) !== undefined) again.add(node);
    }
    this.batch.stale = false;
    if (anew.size > 0) this.scrolled = true;
    for (const nodes of [anew, lost]) {
      for (const node of nodes) {
        if (budget.over()) return false;
        nodes.delete(node);
        this.drop(node);
        touched.add(node);
      }
    }
    if (touched.size === 0) return true;
    for (const [parent, missing] of this.rest) if (missing && touched.has(missing)) this.rest.set(parent, null);
    for (const node of touched) {
      if (budget.over()) return false;
      touched.delete(node);
      this.pending.delete(node);
      this.gone.delete(node);
      if (!isConnected(node)) this.gone.add(node);
      else {
        this.pending.add(node);
        if (known(this.c, node) === undefined) continue;
        if (this.cannotMove(node)) this.drop(node);
        else this.moves = true;
      }
    }
    return true;
  }

  /** Nodes come to their places, and leave. */
  private tree(writer: NodeWriter, budget: Budget): void {
    if (!this.moves) this.remove(budget);
    const { next } = this;
    this.next = null;
    if (next && this.pending.has(next)) this.place(next, writer, budget);
    for (const node of this.pending) {
      if (budget.over()) return;
      this.place(node, writer, budget);
    }
    this.moves = false;
    this.looks = 0;
    this.remove(budget);
    const rest = [...this.rest];
    this.rest.clear();
    for (const [parent, missing] of rest) {
      if (budget.over()) this.rest.set(parent, missing);
      else this.complete(parent, missing, writer, budget);
    }
  }

  private remove(budget: Budget): void {
    for (const node of this.gone) {
      if (budget.over()) return;
      this.gone.delete(node);
      if (!isConnected(node)) this.drop(node);
    }
  }

  /** Writes the children that a parent lacks. */
  private complete(parent: Node, missing: Node | null, writer: NodeWriter, budget: Budget): void {
    const { c } = this;
    const id = known(c, parent);
    if (id === undefined || isBlocked(c, parent, id)) return;
    const there = missing && parentNode(missing) === parent ? missing : firstChild(parent);
    for (let at: Node | null = there; at; at = nextSibling(at)) {
      if (budget.over()) {
        this.rest.set(parent, at);
        return;
      }
      if (!captured(c, at) || known(c, at) !== undefined) continue;
      at = this.siblings(at, writer, budget, true);
      if (!at) return;
    }
  }

  /** What has to do with nodes that are there. */
  private details(after: After, budget: Budget): void {
    const { attributes, texts, restyled } = this.batch;
    for (const [element, names] of attributes) {
      if (budget.over()) return;
      attributes.delete(element);
      this.writeAttributes(element, names, after);
    }
    for (const node of texts) {
      if (budget.over()) return;
      texts.delete(node);
      this.writeText(node);
    }
    for (const element of restyled) after.sheets.add(element);
    restyled.clear();
  }

  /** Whether a node would be another one where it is now: other rules hold there, it is too deep, or its frames began anew. */
  private cannotMove(node: Node): boolean {
    const parent = parentNode(node);
    if (!parent) return false;
    const { rules, privacy } = this.c;
    if (privacy.outOfPlace(node)) return true;
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
  private place(node: Node, writer: NodeWriter, budget: Budget): void {
    const { pending } = this;
    while (pending.has(node)) {
      let outermost = node;
      let top = node;
      for (let at = above(node); at; at = above(at)) {
        top = at;
        if (pending.has(at)) outermost = at;
      }
      if (top === this.c.window.document) this.run(outermost, writer, budget);
      else {
        pending.delete(node); // in the document of a frame that is gone
        this.drop(node);
      }
      if (budget.over()) return;
    }
  }

  private run(node: Node, writer: NodeWriter, budget: Budget): void {
    const { c, pending } = this;
    const parent = parentNode(node);
    const parentId = parent ? known(c, parent) : undefined;
    if (!parent || parentId === undefined || isBlocked(c, parent, parentId) || !mayHold(parent) || !captured(c, node)) {
      // In a part that is not captured. Had it stood elsewhere, it does no more.
      pending.delete(node);
      if (isConnected(node)) this.drop(node);
      return;
    }
    let first = node;
    for (let before = previousSibling(first); before; before = previousSibling(before)) {
      if (pending.has(before)) first = before;
      else if (captured(c, before)) break;
    }
    this.siblings(first, writer, budget, false);
  }

  /**
   * Writes a node that waits and those that stand behind it, as long as they do; with `missing` also those that the receiving side
   * lacks. Gives the one that ended them; null for none, and when the time is over.
   */
  private siblings(first: Node, writer: NodeWriter, budget: Budget, missing: boolean): Node | null {
    const { c, pending } = this;
    const parent = parentNode(first) as Node;
    let previous = 0;
    for (let at = previousSibling(first); at && previous === 0; at = previousSibling(at)) previous = known(c, at) ?? 0;
    const rules = rulesBelow(c, parent);
    const depth = depthOf(parent);
    writer.insert(known(c, parent) as number, previous);
    let at: Node | null = first;
    for (; at; at = nextSibling(at)) {
      if (at !== first && budget.over()) {
        if (missing) this.rest.set(parent, at);
        else this.next = at;
        at = null;
        break;
      }
      if (pending.has(at) || (missing && known(c, at) === undefined)) writer.node(at, rules, depth + 1);
      else if (captured(c, at)) break;
    }
    writer.end();
    return at;
  }

  private writeAttributes(element: Element, { name: first, more }: Changes, after: After): void {
    const { c } = this;
    const id = known(c, element);
    if (id === undefined || isBlocked(c, element, id)) return;
    const tag = localName(element);
    if (tag === 'script') return;
    const rules = rulesOf(c, element);
    const names = more ? [first, ...more] : [first];
    const changes: (string | null)[] = [];
    // Frameworks set what is there already, with every key.
    let other = false;
    for (const name of names) {
      const value = attribute(element, name);
      const send = value === null ? null : attributeValue(c, element, name, value, rules);
      const told = c.told(id, name);
      if (send === told) {
        // Of one that is never sent it is not known whether it changed.
        other ||= name !== 'value' && attributeValue(c, element, name, '', rules) === null;
        continue;
      }
      other = true;
      if (changes.length < Limits.MaxAttributes * 2) changes.push(name, send);
    }
    if (isField(tag)) after.touched.push(element);
    if (!other) return;
    if (isField(tag) || names.includes('popover')) after.changed.push(element);
    if (tag === 'style' || tag === 'link') after.sheets.add(element);
    if (tag === 'img' && names.some((name) => name === 'srcset' || name === 'sizes' || name === 'src')) {
      const chosen = chosenPicture(c, element, rules);
      if (chosen !== null) changes.push('src', chosen);
    }
    if (changes.length > 0) c.ops.attributes(id, changes);
  }

  private writeText(node: CharacterData): void {
    const id = known(this.c, node);
    if (id === undefined) return;
    const text = textOf(this.c, node, rulesAround(this.c, node));
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

function mayHold(parent: Node): boolean {
  const type = nodeType(parent);
  return type === DOCUMENT || type === FRAGMENT || (type === ELEMENT && !opaque(parent as Element));
}

function depthOf(node: Node): number {
  let depth = 0;
  for (let at: Node | null = node; at; at = above(at)) depth++;
  return depth;
}
