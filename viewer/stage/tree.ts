// The document's tree: which node is which id, and the ops that make, move and take nodes. Everything a page sends is made by
// createElementNS after the allow-list; nothing is ever parsed as HTML.

import { Limits } from '@ridealong/wire';
import { buildOf } from './allow.ts';
import type { Assets } from './assets.ts';
import { Attributes, type Part, UNDEFINED } from './attributes.ts';
import { rewriteCss } from './css.ts';
import { defineCustom } from './custom.ts';
import { Fault } from './fault.ts';
import { blockedBox, box, unseen } from './look.ts';
import * as dom from './natives.ts';
import type { Sheets } from './sheets.ts';

export const NAMESPACES = [
  'http://www.w3.org/1999/xhtml',
  'http://www.w3.org/2000/svg',
  'http://www.w3.org/1998/Math/MathML',
] as const;
const MAX_TEXT_UNITS = 64 << 20;

/** Where the next node of a list goes. */
interface Place {
  parent: Node;
  after: Node | null;
  depth: number;
}

/** Nodes that are not elements of the page but have an id. */
interface Mark {
  id: number;
  kind: 'text' | 'styleText' | 'shadow' | 'doctype' | 'blocked' | 'document';
  /** Text as sent, when the node does not hold it. */
  data?: string;
  tag?: string;
  width?: number;
  height?: number;
}

export class Tree {
  private readonly nodes = new Map<number, Node>();
  private readonly parts = new Map<Node, Part>();
  private readonly marks = new Map<Node, Mark>();
  private readonly places: Place[] = [];
  /** Style elements whose text came as TEXT nodes, and the one text node of ours in each. */
  private readonly styleTexts = new Map<Element, Text>();
  private readonly dirtyStyles = new Set<Element>();
  private textUnits = 0;
  readonly attributes: Attributes;
  private readonly assets: Assets;
  private readonly sheets: Sheets;
  /** Ids that live in other stages, for the limit. */
  private readonly elsewhere: () => number;
  /** An iframe's element goes away. */
  private readonly onFrame: (frame: Element) => void;

  constructor(assets: Assets, sheets: Sheets, elsewhere: () => number, onFrame: (frame: Element) => void) {
    this.assets = assets;
    this.sheets = sheets;
    this.elsewhere = elsewhere;
    this.onFrame = onFrame;
    this.attributes = new Attributes(
      assets,
      (node) => this.parts.get(node),
      (node, part, name) => this.refresh(node, part, name),
    );
  }

  get size(): number {
    return this.nodes.size;
  }

  get open(): boolean {
    return this.places.length > 0;
  }

  begin(document: number): void {
    dom.clearDocument();
    this.enroll(dom.page, { id: document, kind: 'document' });
  }

  /** Takes everything off the screen. */
  clear(): void {
    dom.clearDocument();
  }

  node(id: number): Node {
    const node = this.nodes.get(id);
    if (!node) throw new Fault('unknown-node', `node ${id}`);
    return node;
  }

  has(id: number): boolean {
    return this.nodes.has(id);
  }

  find(id: number): Node | undefined {
    return this.nodes.get(id);
  }

  element(id: number): Element {
    const node = this.node(id);
    if (!this.parts.has(node)) throw new Fault('order', `node ${id} is no element`);
    return node as Element;
  }

  part(node: Node): Part | undefined {
    return this.parts.get(node);
  }

  mark(node: Node): Mark | undefined {
    return this.marks.get(node);
  }

  idOf(node: Node): number {
    return this.parts.get(node)?.id ?? this.marks.get(node)?.id ?? 0;
  }

  /** Opens the list of nodes that an INSERT holds. */
  openInsert(parentId: number, previousId: number): void {
    const parent = this.node(parentId);
    const kind = this.marks.get(parent)?.kind;
    if (!this.parts.has(parent) && kind !== 'shadow' && kind !== 'document')
      throw new Fault('order', `node ${parentId} has no children`);
    let after: Node | null = previousId === 0 ? null : this.node(previousId);
    if (after && this.marks.get(after)?.kind === 'shadow') after = null;
    if (after && dom.parentOf(after) !== parent) throw new Fault('order', `node ${previousId} is not in ${parentId}`);
    this.places.push({ parent, after, depth: depthOf(parent) + 1 });
  }

  openElement(id: number, ns: number, tag: string, attributes: readonly string[]): void {
    const place = this.place();
    const build = buildOf(ns, tag);
    const uri = NAMESPACES[ns] ?? NAMESPACES[0];
    if (build.as === 'custom' && !attributes.includes(UNDEFINED)) defineCustom(tag);
    const element = this.build(uri, tag, build.as);
    const part: Part = { id, ns, tag, build, held: null };
    this.claim(id);
    this.nodes.set(id, element);
    this.parts.set(element, part);
    for (let i = 0; i + 1 < attributes.length; i += 2) {
      this.attributes.set(element, part, attributes[i] as string, attributes[i + 1] as string);
    }
    // Children are put in first and the whole subtree then in one step, at its `end`.
    this.places.push({ parent: element, after: null, depth: place.depth + 1 });
  }

  openShadow(id: number): void {
    const host = this.place();
    if (!this.parts.has(host.parent) || host.after !== null)
      throw new Fault('order', 'a shadow root stands first in an element');
    let root: ShadowRoot;
    try {
      // Closed roots too: nobody but us is here to look inside.
      root = dom.attachShadow(host.parent as Element, { mode: 'open' });
    } catch {
      throw new Fault('order', `${dom.localName(host.parent as Element)} cannot have this shadow root`);
    }
    this.claim(id);
    this.nodes.set(id, root);
    this.enroll(root, { id, kind: 'shadow' });
    this.places.push({ parent: root, after: null, depth: host.depth + 1 });
  }

  addText(id: number, data: string): void {
    const place = this.place();
    const inStyle = this.parts.get(place.parent)?.build.as === 'style';
    const node = inStyle ? dom.createComment() : dom.createTextNode(data);
    this.claim(id);
    this.enroll(node, inStyle ? { id, kind: 'styleText', data } : { id, kind: 'text' });
    this.grow(data.length);
    this.put(node);
    if (inStyle) this.dirtyStyles.add(place.parent as Element);
  }

  addBlocked(id: number, tag: string, width: number, height: number): void {
    this.claim(id);
    const node = blockedBox(tag, width, height);
    this.enroll(node, { id, kind: 'blocked', tag, width, height });
    this.put(node);
  }

  addDoctype(id: number, name: string, publicId: string, systemId: string): void {
    this.claim(id);
    const node = dom.createDoctype(name, publicId, systemId);
    this.enroll(node, { id, kind: 'doctype' });
    this.put(node);
  }

  addMoved(id: number): void {
    const node = this.node(id);
    const place = this.place();
    const kind = this.marks.get(node)?.kind;
    if (kind === 'document' || kind === 'shadow') throw new Fault('order', `node ${id} cannot be moved`);
    this.measure(node, place.depth);
    const from = dom.parentOf(node);
    // Browsers differ in whether a style that moves keeps its rules.
    this.sheets.save((owner) => inside(owner, node));
    if (!this.tryMove(node, place)) this.put(node);
    for (const parent of [from, place.parent])
      if (parent && this.parts.get(parent)?.build.as === 'style') this.dirtyStyles.add(parent as Element);
  }

  /** Closes the list opened last; true when it was a whole INSERT. */
  end(): boolean {
    const closed = this.places.pop();
    if (!closed) throw new Fault('order', 'end without a list');
    if (this.places.length === 0) {
      this.sheets.attachAll();
      this.restyle();
      return true;
    }
    if (this.marks.get(closed.parent)?.kind !== 'shadow') this.put(closed.parent);
    return false;
  }

  /** The element whose list is open. */
  current(): Node {
    return this.place().parent;
  }

  /** Takes a subtree out; the ids in it are added to `gone`. */
  remove(id: number, gone: number[]): void {
    const node = this.node(id);
    const kind = this.marks.get(node)?.kind;
    if (kind === 'shadow' || node === dom.page) throw new Fault('order', `node ${id} cannot be removed`);
    const parent = dom.parentOf(node);
    if (!parent) throw new Fault('order', `node ${id} is not in the page`);
    dom.removeChild(parent, node);
    this.forget(node, gone);
    if (this.parts.get(parent)?.build.as === 'style') this.dirtyStyles.add(parent as Element);
    this.restyle();
  }

  /** Shows what a field's own kind does not take. */
  showDots(element: Element, value: string): void {
    const part = this.parts.get(element);
    if (part) this.attributes.showDots(element, part, value);
  }

  setAttributes(id: number, changes: readonly (string | null)[]): void {
    const node = this.node(id);
    const part = this.parts.get(node);
    if (!part) return; // a hidden element shows no attributes
    for (let i = 0; i + 1 < changes.length; i += 2) {
      const name = changes[i] as string;
      const value = changes[i + 1] as string | null;
      if (value === null) this.attributes.remove(node as Element, part, name);
      else this.attributes.set(node as Element, part, name, value);
    }
    this.grow(0);
  }

  setText(id: number, data: string): void {
    this.changeText(id, (node, mark) => {
      this.grow(data.length - this.textLength(node));
      if (mark.kind === 'styleText') mark.data = data;
      else dom.setData(node, data);
    });
  }

  splice(id: number, offset: number, deleted: number, data: string): void {
    this.changeText(id, (node, mark) => {
      const length = this.textLength(node);
      if (offset + deleted > length) throw new Fault('order', `splice ${offset}+${deleted} of ${length}`);
      this.grow(data.length - deleted);
      if (mark.kind !== 'styleText') dom.replaceData(node, offset, deleted, data);
      else mark.data = (mark.data ?? '').slice(0, offset) + data + (mark.data ?? '').slice(offset + deleted);
    });
  }

  /** Length in UTF-16 units, as the page has it. */
  textLength(node: Node): number {
    return this.marks.get(node)?.data?.length ?? dom.dataOf(node as CharacterData).length;
  }

  /** What a style element's sheet is made of from now on: rules of a SHEET op instead of its text. */
  ruled(owner: Element): void {
    const text = this.styleTexts.get(owner);
    if (text) dom.setData(text, '');
    this.dirtyStyles.delete(owner);
  }

  /** Text of styles that names an asset which is here now. */
  settled(asset: number): void {
    for (const [owner, text] of this.styleTexts) {
      if (dom.dataOf(text).includes(`#asset-${asset}-`)) this.dirtyStyles.add(owner);
    }
    this.restyle();
  }

  /** A child of the page's, not one of ours. */
  isPages(node: Node): boolean {
    return this.parts.has(node) || this.marks.has(node);
  }

  private changeText(id: number, change: (node: CharacterData, mark: Mark) => void): void {
    const node = this.node(id);
    const mark = this.marks.get(node);
    if (mark?.kind !== 'text' && mark?.kind !== 'styleText') throw new Fault('order', `node ${id} is no text`);
    change(node as CharacterData, mark);
    const parent = dom.parentOf(node);
    if (mark.kind === 'styleText' && parent) this.dirtyStyles.add(parent as Element);
    this.restyle();
  }

  private build(uri: string, tag: string, as: ReturnType<typeof buildOf>['as']): Element {
    switch (as) {
      case 'style':
        return dom.createElement(uri, 'style');
      case 'unseen':
        return unseen(uri);
      case 'box':
        return box();
      case 'unknown':
        return unknown(uri, tag);
      case 'custom':
        return dom.createElement(uri, tag);
      case 'frame': {
        const frame = dom.createElement(uri, 'iframe');
        dom.setAttribute(frame, 'sandbox', 'allow-scripts');
        dom.setAttribute(frame, 'tabindex', '-1');
        return frame;
      }
      case 'same':
        return dom.createElement(uri, tag);
    }
  }

  private place(): Place {
    const place = this.places.at(-1);
    if (!place) throw new Fault('order', 'a node outside of an insert');
    return place;
  }

  private put(node: Node): void {
    const place = this.place();
    if (place.depth > Limits.MaxDepth) throw new Fault('too-large', `deeper than ${Limits.MaxDepth}`);
    try {
      dom.insertBefore(place.parent, node, place.after ? dom.nextSibling(place.after) : dom.firstChild(place.parent));
    } catch (error) {
      throw new Fault('order', error instanceof Error ? error.message : 'insert');
    }
    place.after = node;
  }

  private tryMove(node: Node, place: Place): boolean {
    const next = place.after ? dom.nextSibling(place.after) : dom.firstChild(place.parent);
    if (next === node) {
      place.after = node;
      return true;
    }
    if (!dom.moveBefore(place.parent, node, next)) return false;
    place.after = node;
    return true;
  }

  private claim(id: number): void {
    if (this.nodes.has(id)) throw new Fault('order', `node ${id} twice`);
    if (this.nodes.size + this.elsewhere() >= Limits.MaxNodes)
      throw new Fault('too-large', `more than ${Limits.MaxNodes} nodes`);
    this.grow(0);
  }

  private enroll(node: Node, mark: Mark): void {
    this.nodes.set(mark.id, node);
    this.marks.set(node, mark);
  }

  private grow(units: number): void {
    this.textUnits += units;
    if (this.textUnits + this.attributes.units > MAX_TEXT_UNITS)
      throw new Fault('too-large', 'more than 64 MiB of text');
  }

  /** Refuses a move that would make the tree too deep. */
  private measure(node: Node, depth: number): void {
    let level = [node];
    for (let at = depth; level.length > 0; at++) {
      if (at > Limits.MaxDepth) throw new Fault('too-large', `deeper than ${Limits.MaxDepth}`);
      const next: Node[] = [];
      for (const one of level) {
        const root = dom.nodeType(one) === 1 ? dom.shadowOf(one as Element) : null;
        if (root) next.push(root);
        for (let child = dom.firstChild(one); child; child = dom.nextSibling(child)) next.push(child);
      }
      level = next;
    }
  }

  /** Forgets the ids of a subtree that was taken out. */
  private forget(top: Node, gone: number[]): void {
    const todo: Node[] = [top];
    for (let node = todo.pop(); node; node = todo.pop()) {
      const part = this.parts.get(node);
      const mark = this.marks.get(node);
      gone.push(part?.id ?? mark?.id ?? 0);
      if (part) this.forgetElement(node as Element, part);
      else if (mark) {
        if (mark.kind === 'text' || mark.kind === 'styleText') this.textUnits -= this.textLength(node);
        this.nodes.delete(mark.id);
        this.marks.delete(node);
      }
      const root = part ? dom.shadowOf(node as Element) : null;
      if (root) todo.push(root);
      for (let child = dom.firstChild(node); child; child = dom.nextSibling(child)) todo.push(child);
    }
  }

  private forgetElement(node: Element, part: Part): void {
    for (const name of part.held?.keys() ?? []) this.attributes.units -= part.held?.get(name)?.length ?? 0;
    for (const attribute of Array.from(dom.attributesOf(node))) {
      if (!part.held?.has(attribute.name)) this.attributes.units -= attribute.value.length;
    }
    if (part.build.as === 'style') {
      this.sheets.forget(node);
      this.styleTexts.delete(node);
    }
    if (part.build.as === 'frame') this.onFrame(node);
    this.nodes.delete(part.id);
    this.parts.delete(node);
  }

  /** An attribute of a style or link changed that is held beside it. */
  private refresh(node: Element, part: Part, name: string): void {
    if (name === UNDEFINED) defineCustom(part.tag);
    if (part.build.as !== 'style') return;
    if (name === 'media') this.sheets.media(node, part.held?.get('media') ?? '');
    if (name === 'type' && this.styleTexts.has(node)) this.dirtyStyles.add(node);
  }

  /** Rewrites the text of styles whose TEXT nodes changed. Read as one text: a url( may begin in one node and end in the next. */
  private restyle(): void {
    if (this.dirtyStyles.size === 0) return;
    for (const owner of this.dirtyStyles) {
      const part = this.parts.get(owner);
      if (!part) continue;
      const type = part.held?.get('type')?.trim().toLowerCase() ?? '';
      const source = part.tag === 'style' && (type === '' || type === 'text/css') ? this.styleSource(owner) : '';
      const { text, refused } = rewriteCss(source, this.assets.resolve);
      let node = this.styleTexts.get(owner);
      if (!node) {
        node = dom.createTextNode('');
        this.styleTexts.set(owner, node);
      }
      dom.setData(node, refused ? '' : text);
      if (dom.parentOf(node) !== owner) dom.insertBefore(owner, node, null);
      this.sheets.media(owner, part.held?.get('media') ?? '');
    }
    this.dirtyStyles.clear();
  }

  private styleSource(owner: Element): string {
    let source = '';
    for (let child = dom.firstChild(owner); child; child = dom.nextSibling(child)) {
      source += this.marks.get(child)?.data ?? '';
    }
    return source;
  }
}

/** What this browser knows nothing of is built as it is called, for style sheets name it; what only our list does not know is not. */
function unknown(uri: string, tag: string): Element {
  try {
    const element = dom.createElement(uri, tag);
    if (element instanceof HTMLUnknownElement) return element;
  } catch {
    // No name that a script may make an element of.
  }
  return dom.createElement(uri, 'ra-unknown');
}

/** Is `node` in the tree below `top`, through shadow roots? */
function inside(node: Node, top: Node): boolean {
  for (let at: Node | null = node; at; at = up(at)) if (at === top) return true;
  return false;
}

function up(node: Node): Node | null {
  return dom.parentOf(node) ?? (node instanceof ShadowRoot ? node.host : null);
}

function depthOf(node: Node): number {
  let depth = 0;
  for (let at = up(node); at; at = up(at)) depth++;
  return depth;
}
