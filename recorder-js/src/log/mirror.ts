// The receiving side's document, kept here: fed with the ops that are sent, it writes a keyframe whenever somebody joins, without a
// look at the page. Parallel arrays with a slot for each live node, no object for a node: what comes and goes leaves nothing behind.
//
// Strict like a reader: ops that no reader could apply throw before they are sent, and leave the mirror useless until `reset`.

import { AnimationState, DOCUMENT_ID, MediaBit, type Ops, RuleAct, TreeHash } from '@ridealong/wire';

/** A leaf is a placeholder or a doctype: without children, and made again by one call. */
const Kind = { none: 0, element: 1, text: 2, shadow: 3, document: 4, leaf: 5 } as const;
/** What nodes have besides, in the order in which a keyframe tells it: what scrolls has to have its size by then. */
const Beside = { value: 0, check: 1, select: 2, state: 3, names: 4, media: 5, fonts: 6, scroll: 7 } as const;

/** The calls that make nodes. */
type Nodes = Pick<Ops, 'element' | 'blocked' | 'shadow' | 'document' | 'doctype' | 'text' | 'end'>;

interface Sheet {
  flags: number;
  media: string;
  rules: string[];
  /** Of a constructed sheet: how many lists it is in. One that no list has any more is forgotten. */
  uses: number;
}

/** What a keyframe holds of what happened. */
const EVENTS = 50;
const PAGE_BITS = 8;
const PAGE = 1 << PAGE_BITS;

/** The document's slot; slot 0 is none. */
const ROOT = 1;

function grown<T extends Uint8Array | Uint32Array>(array: T, next: T): T {
  next.set(array);
  return next;
}

export class Mirror implements Ops {
  /** The slot of each id, in pages: ids are given in order and never again, so pages fill and empty. Behind the last slot is how many a page has. */
  private pages: (Uint32Array | undefined)[] = [];
  private live = 0;
  private spare: number[] = [];
  private used = 1;
  private kind = new Uint8Array(1024);
  /** Namespace, compat or mode. */
  private variant = new Uint8Array(1024);
  /** 1: some of the maps below have an entry. */
  private extra = new Uint8Array(1024);
  private id = new Uint32Array(1024);
  // Slots.
  private parent = new Uint32Array(1024);
  private first = new Uint32Array(1024);
  private next = new Uint32Array(1024);
  private previous = new Uint32Array(1024);
  /** Tag or text. */
  private word: string[] = [];
  private attribute: (readonly string[])[] = [];
  // By id, for the few that have them.
  private readonly leaves = new Map<number, (into: Nodes) => void>();
  private readonly beside = Object.keys(Beside).map(() => new Map<number, (into: Ops) => void>());
  private readonly adopted = new Map<number, readonly number[]>();
  private readonly sheets = new Map<number, Sheet>();
  /** By element, then by key. */
  private readonly animations = new Map<number, Map<number, (into: Ops) => void>>();
  private readonly maps: readonly Map<number, unknown>[] = [this.leaves, ...this.beside, this.sheets, this.animations];
  private view: [number, number, number, number] = [0, 0, 1000, 1000];
  private focused = 0;
  private ring = 0;
  private hovered = 0;
  private selected: readonly [number, number, number, number] = nowhere;
  private url = '';
  private title = '';
  private surroundings = '{}';
  private said = '';
  private happened: ((into: Ops) => void)[] = [];
  /** Open lists, innermost last: parent's slot, slot after which the next node goes. */
  private open: number[] = [];

  /** What it is fed with happened so long ago, ms. */
  late = 0;

  /** Live nodes. */
  get count(): number {
    return this.live;
  }

  /** Whether a reader has this node or sheet. */
  alive(id: number): boolean {
    return this.find(id) !== 0 || this.sheets.has(id);
  }

  /** The value that a reader has of an attribute; null when it has none. */
  told(id: number, name: string): string | null {
    const list = this.attribute[this.slot(id)] ?? none;
    for (let at = 0; at < list.length; at += 2) if (list[at] === name) return list[at + 1] as string;
    return null;
  }

  private slot(id: number): number {
    return this.find(id) || fail(`unknown node ${id}`);
  }

  /** 0 for none. */
  private find(id: number): number {
    return this.pages[id >>> PAGE_BITS]?.[id & (PAGE - 1)] ?? 0;
  }

  private place(id: number, slot: number): void {
    const at = id >>> PAGE_BITS;
    const page = this.pages[at] ?? new Uint32Array(PAGE + 1);
    const by = slot ? 1 : -1;
    page[id & (PAGE - 1)] = slot;
    page[PAGE] = (page[PAGE] as number) + by;
    this.live += by;
    this.pages[at] = page[PAGE] === 0 ? undefined : page;
  }

  /** Keeps something beside a node. */
  private note<T>(map: Map<number, T> | undefined, id: number, what: T): void {
    this.extra[this.slot(id)] = 1;
    map?.delete(id); // the order is that of the last change: what was opened last lies on top
    map?.set(id, what);
  }

  reset(compat: number): void {
    this.pages = [];
    this.live = 0;
    for (const map of this.maps) map.clear();
    this.adopted.clear();
    this.spare = [];
    this.open = [];
    this.word = [];
    this.attribute = [];
    this.used = ROOT;
    this.focused = 0;
    this.hovered = 0;
    this.selected = nowhere;
    this.said = '';
    this.happened = [];
    this.make(DOCUMENT_ID, Kind.document, compat, '');
  }

  // Nodes.

  private make(id: number, kind: number, variant: number, word: string, attributes = none): number {
    if (this.alive(id)) fail(`node ${id} twice`);
    const slot = this.spare.pop() ?? this.used++;
    if (slot >= this.kind.length) this.grow(slot * 2);
    this.place(id, slot);
    this.id[slot] = id;
    this.kind[slot] = kind;
    this.variant[slot] = variant;
    this.extra[slot] = 0;
    this.parent[slot] = 0;
    this.first[slot] = 0;
    this.next[slot] = 0;
    this.previous[slot] = 0;
    this.word[slot] = word;
    this.attribute[slot] = attributes;
    return slot;
  }

  private grow(length: number): void {
    this.kind = grown(this.kind, new Uint8Array(length));
    this.variant = grown(this.variant, new Uint8Array(length));
    this.extra = grown(this.extra, new Uint8Array(length));
    this.id = grown(this.id, new Uint32Array(length));
    this.parent = grown(this.parent, new Uint32Array(length));
    this.first = grown(this.first, new Uint32Array(length));
    this.next = grown(this.next, new Uint32Array(length));
    this.previous = grown(this.previous, new Uint32Array(length));
  }

  insert(parent: number, previous: number): void {
    const slot = this.slot(parent);
    const after = previous === 0 ? 0 : this.slot(previous);
    if (!holds(this.kind[slot])) fail(`node ${parent} has no children`);
    if (after !== 0 && this.parent[after] !== slot) fail(`node ${previous} is not in ${parent}`);
    this.open.push(slot, after);
  }

  end(): void {
    if (this.open.length === 0) fail('end without a list');
    this.open.length -= 2;
  }

  /** Puts a node where the innermost open list is. */
  private link(slot: number): void {
    const { open, first, next, previous } = this;
    const parent = open[open.length - 2];
    let before = open[open.length - 1] as number;
    if (parent === undefined) return fail('a node outside of an insert');
    const head = first[parent] as number;
    // The shadow root stands before the children.
    if (before === 0 && this.kind[head] === Kind.shadow) before = head;
    const after = (before === 0 ? head : next[before]) as number;
    this.parent[slot] = parent;
    previous[slot] = before;
    next[slot] = after;
    if (before === 0) first[parent] = slot;
    else next[before] = slot;
    if (after !== 0) previous[after] = slot;
    open[open.length - 1] = slot;
  }

  private unlink(slot: number): void {
    const before = this.previous[slot] as number;
    const after = this.next[slot] as number;
    if (before === 0) this.first[this.parent[slot] as number] = after;
    else this.next[before] = after;
    if (after !== 0) this.previous[after] = before;
  }

  private enter(slot: number): void {
    this.link(slot);
    this.open.push(slot, 0);
  }

  element(id: number, ns: number, tag: string, attributes: readonly string[]): void {
    this.enter(this.make(id, Kind.element, ns, tag, attributes));
  }

  text(id: number, data: string): void {
    this.link(this.make(id, Kind.text, 0, data));
  }

  shadow(id: number, mode: number): void {
    const host = this.open[this.open.length - 2] as number;
    if (this.kind[host] !== Kind.element || this.first[host] !== 0) fail('a shadow root stands first in an element');
    this.enter(this.make(id, Kind.shadow, mode, ''));
  }

  document(id: number, compat: number): void {
    this.enter(this.make(id, Kind.document, compat, ''));
  }

  blocked(id: number, tag: string, width: number, height: number): void {
    this.leaf(id, (into) => into.blocked(id, tag, width, height));
  }

  doctype(id: number, name: string, publicId: string, systemId: string): void {
    this.leaf(id, (into) => into.doctype(id, name, publicId, systemId));
  }

  private leaf(id: number, again: (into: Nodes) => void): void {
    this.link(this.make(id, Kind.leaf, 0, ''));
    this.note(this.leaves, id, again);
  }

  moved(id: number): void {
    const slot = this.slot(id);
    const { open } = this;
    for (let up = open[open.length - 2] ?? 0; up !== 0; up = this.parent[up] as number)
      if (up === slot) fail(`node ${id} into itself`);
    // The list that is being filled may stand at the very node that moves.
    if (open[open.length - 1] === slot) open[open.length - 1] = this.previous[slot] as number;
    this.unlink(slot);
    this.link(slot);
  }

  remove(ids: readonly number[]): void {
    for (const id of ids) {
      const slot = this.slot(id);
      if (slot === ROOT) fail('the document cannot be removed');
      this.unlink(slot);
      this.free(slot);
    }
  }

  private free(root: number): void {
    const stack = [root];
    for (let slot = stack.pop(); slot !== undefined; slot = stack.pop()) {
      for (let child = this.first[slot] as number; child !== 0; child = this.next[child] as number) stack.push(child);
      const id = this.id[slot] as number;
      this.kind[slot] = Kind.none;
      this.word[slot] = '';
      this.attribute[slot] = none;
      this.place(id, 0);
      this.spare.push(slot);
      if (this.focused === id) this.focused = 0;
      if (this.hovered === id) this.hovered = 0;
      if (this.selected[0] === id || this.selected[2] === id) this.selected = nowhere;
      if (this.extra[slot] === 0) continue;
      for (const map of this.maps) map.delete(id);
      this.drop(this.adopted.get(id));
      this.adopted.delete(id);
    }
  }

  attributes(id: number, changes: readonly (string | null)[]): void {
    const slot = this.slot(id);
    const list = (this.attribute[slot] ?? none).slice();
    for (let i = 0; i < changes.length; i += 2) {
      const name = changes[i] as string;
      const value = changes[i + 1];
      let at = 0;
      while (at < list.length && list[at] !== name) at += 2;
      if (value === null || value === undefined) list.splice(at, 2);
      else {
        list[at] = name;
        list[at + 1] = value;
      }
    }
    this.attribute[slot] = list;
  }

  setText(id: number, data: string): void {
    const slot = this.slot(id);
    if (this.kind[slot] !== Kind.text) fail(`node ${id} is no text`);
    this.word[slot] = data;
  }

  splice(id: number, offset: number, deleted: number, data: string): void {
    const before = this.word[this.slot(id)] as string;
    if (offset + deleted > before.length) fail(`splice ${offset}+${deleted} of ${before.length}`);
    this.setText(id, before.slice(0, offset) + data + before.slice(offset + deleted));
  }

  // What nodes have besides.

  /** What tells how many ms have passed since what it is fed with now. */
  private clock(): () => number {
    const start = performance.now() - this.late;
    return () => performance.now() - start;
  }

  scroll(id: number, x: number, y: number): void {
    this.note(this.beside[Beside.scroll], id, (into) => into.scroll(id, x, y));
  }

  value(id: number, value: string): void {
    this.note(this.beside[Beside.value], id, (into) => into.value(id, value));
  }

  check(id: number, bits: number): void {
    this.note(this.beside[Beside.check], id, (into) => into.check(id, bits));
  }

  select(id: number, options: readonly number[]): void {
    this.note(this.beside[Beside.select], id, (into) => into.select(id, options));
  }

  state(id: number, bits: number): void {
    this.note(this.beside[Beside.state], id, (into) => into.state(id, bits));
  }

  viewport(width: number, height: number, ratio: number, scale: number): void {
    this.view = [width, height, ratio, scale];
  }

  focus(id: number, visible: number): void {
    if (id !== 0) this.slot(id);
    this.focused = id;
    this.ring = visible;
  }

  selection(anchor: number, anchorOffset: number, focus: number, focusOffset: number): void {
    for (const id of [anchor, focus]) if (id !== 0) this.slot(id);
    this.selected = [anchor, anchorOffset, focus, focusOffset];
  }

  hover(id: number): void {
    if (id !== 0) this.slot(id);
    this.hovered = id;
  }

  fonts(document: number, rules: readonly string[]): void {
    this.note(this.beside[Beside.fonts], document, (into) => into.fonts(document, rules));
  }

  names(id: number, names: readonly string[]): void {
    this.note(this.beside[Beside.names], id, (into) => into.names(id, names));
  }

  media(id: number, bits: number, time: number, duration: number, rate: number, volume: number): void {
    const since = this.clock();
    this.note(this.beside[Beside.media], id, (into) => {
      const now = bits & MediaBit.playing ? Math.round(time + (since() * rate) / 1000) : time;
      into.media(id, bits, duration > 0 ? Math.min(now, duration) : now, duration, rate, volume);
    });
  }

  animate(id: number, key: number, pseudo: string, state: number, time: number, rate: number, effect: string): void {
    const mine = this.animations.get(id) ?? new Map<number, (into: Ops) => void>();
    if (state === AnimationState.gone) mine.delete(key);
    else {
      const since = this.clock();
      mine.set(key, (into) => {
        const now = state === AnimationState.running ? Math.round(time + (since() * rate) / 1000) : time;
        into.animate(id, key, pseudo, state, now, rate, effect);
      });
    }
    this.note(this.animations, id, mine);
  }

  click(): void {}

  path(): void {}

  // Style sheets.

  sheet(id: number, flags: number, media: string, rules: readonly string[]): void {
    this.extra[this.find(id)] = 1;
    this.sheets.set(id, { flags, media, rules: [...rules], uses: this.sheets.get(id)?.uses ?? 0 });
  }

  adopt(root: number, sheets: readonly number[]): void {
    for (const id of sheets) this.sheetOf(id).uses++;
    const before = this.adopted.get(root);
    this.note(this.adopted, root, sheets);
    this.drop(before);
  }

  private drop(sheets: readonly number[] = []): void {
    for (const id of sheets) {
      const sheet = this.sheets.get(id);
      if (sheet && --sheet.uses === 0 && this.find(id) === 0) this.sheets.delete(id);
    }
  }

  private sheetOf(id: number): Sheet {
    return this.sheets.get(id) ?? fail(`unknown sheet ${id}`);
  }

  rule(id: number, path: readonly number[], act: number, text: string): void {
    const { rules } = this.sheetOf(id);
    const [at = 0] = path;
    // Rules are kept as text, so the capture writes an outermost rule anew when something inside changed.
    if (path.length !== 1 || at > rules.length - (act === RuleAct.insert ? 0 : 1)) fail(`rule ${path} of ${id}`);
    if (act === RuleAct.delete) rules.splice(at, 1);
    else rules.splice(at, act === RuleAct.insert ? 0 : 1, text);
  }

  rules(id: number, from: number, rules: readonly string[]): void {
    for (const text of rules) this.rule(id, [from++], RuleAct.insert, text);
  }

  disable(id: number, disabled: boolean): void {
    const sheet = this.sheetOf(id);
    sheet.flags = (sheet.flags & ~1) | (disabled ? 1 : 0);
  }

  page(url: string, title: string): void {
    this.url = url;
    this.title = title;
  }

  environment(json: string): void {
    this.surroundings = json;
  }

  about(json: string): void {
    this.said = json;
  }

  event(n: number, age: number, name: string, data: string): void {
    const since = this.clock();
    this.happened.push((into) => into.event(n, age + Math.round(since()), name, data));
    if (this.happened.length > EVENTS) this.happened.shift();
  }

  hash(): void {}

  // What joins get.

  /** The whole document: applied to nothing, it gives what all ops so far gave. */
  keyframe(into: Ops): void {
    into.reset(this.variant[ROOT] as number);
    into.viewport(...this.view);
    into.page(this.url, this.title);
    into.environment(this.surroundings);
    into.insert(DOCUMENT_ID, 0);
    this.walk(into);
    into.end();
    for (const [id, s] of this.sheets) into.sheet(id, s.flags, s.media, s.rules);
    for (const [id, sheets] of this.adopted) into.adopt(id, sheets);
    for (const map of this.beside) for (const again of map.values()) again(into);
    for (const mine of this.animations.values()) for (const again of mine.values()) again(into);
    if (this.focused !== 0) into.focus(this.focused, this.ring);
    if (this.selected !== nowhere) into.selection(...this.selected);
    if (this.hovered !== 0) into.hover(this.hovered);
    if (this.said) into.about(this.said);
    for (const again of this.happened) again(into);
  }

  /** All nodes below the document, in order. */
  private walk(into: Nodes): void {
    let slot = this.first[ROOT] as number;
    while (slot !== 0) {
      this.write(slot, into);
      const child = this.first[slot] as number;
      if (child !== 0) {
        slot = child;
        continue;
      }
      if (holds(this.kind[slot])) into.end();
      while (this.next[slot] === 0) {
        slot = this.parent[slot] as number;
        if (slot === ROOT) return;
        into.end();
      }
      slot = this.next[slot] as number;
    }
  }

  private write(slot: number, into: Nodes): void {
    const id = this.id[slot] as number;
    const word = this.word[slot] as string;
    const variant = this.variant[slot] as number;
    switch (this.kind[slot]) {
      case Kind.element:
        return into.element(id, variant, word, this.attribute[slot] ?? none);
      case Kind.shadow:
        return into.shadow(id, variant);
      case Kind.document:
        return into.document(id, variant);
      case Kind.leaf:
        return this.leaves.get(id)?.(into);
      default:
        return into.text(id, word);
    }
  }

  /** The tree's hash (PROTOCOL.md §4.1). */
  treeHash(): TreeHash {
    const h = new TreeHash();
    h.document(DOCUMENT_ID);
    this.walk({
      element: (id) => h.element(id),
      blocked: (id) => h.element(id),
      shadow: (id) => h.shadow(id),
      document: (id) => h.document(id),
      doctype: (id) => h.doctype(id),
      text: (id, data) => h.text(id, data.length),
      end: () => h.end(),
    });
    h.end();
    return h;
  }
}

const none: readonly string[] = [];
const nowhere = [0, 0, 0, 0] as const;

const holds = (kind: number | undefined): boolean =>
  kind === Kind.element || kind === Kind.shadow || kind === Kind.document;

function fail(what: string): never {
  throw new Error(`mirror: ${what}`);
}
