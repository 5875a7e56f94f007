// One document on the stage: takes frames of ops and shows them at once. It reads the ops itself, so the string table is here.
//
// A frame that cannot be applied leaves the stage broken: it says so and drops every op until a RESET comes. Ops for documents in
// iframes are passed on to the stages there.

import { Limits, MediaBit, type Ops, RuleAct, StateBit } from '@ridealong/wire';
import { readOps, StringTable } from '@ridealong/wire/read';
import { Animations } from './animations.ts';
import { Assets } from './assets.ts';
import { setNames } from './custom.ts';
import { Fault, type Reason } from './fault.ts';
import type { FromStage, ToStage } from './messages.ts';
import * as dom from './natives.ts';
import { MAX_NESTED, MAX_NESTING, Nested } from './nested.ts';
import { look, Person } from './person.ts';
import { serialize } from './serialize.ts';
import { Sheets } from './sheets.ts';
import { Scrolls, setChecked, setMedia, setSelected, setState, setValue } from './state.ts';
import { Tree } from './tree.ts';
import { hashOf, Words } from './words.ts';

const MAX_UNCLAIMED = 4096;
/** The sheet of the fonts that scripts made. No op can name it. */
const FONTS = -1;
/** The comparison of trees waits until there is nothing else to do; where there always is, it is made every so many ms all the same. */
const CHECK_WITHIN = 20_000;
const whenIdle = (run: () => void): number => (globalThis.requestIdleCallback ?? setTimeout)(run);
const notIdle = (handle: number): void => (globalThis.cancelIdleCallback ?? clearTimeout)(handle);

/** A constructed sheet whose document is not known before its first ADOPT. */
interface Unclaimed {
  flags: number;
  media: string;
  rules: readonly string[];
  changes: ((to: Ops) => void)[];
}

export class Stage implements Ops {
  private readonly table = new StringTable();
  readonly assets = new Assets((n) => this.settled(n));
  private sheets = new Sheets(this.assets.resolve);
  private tree: Tree;
  private scrolls = new Scrolls();
  private readonly animations = new Animations(this.assets.resolve);
  private readonly person = new Person();
  /** The nested documents that were told last of what the pointer is over, and the like. */
  private readonly there = new Map<string, Nested>();
  private readonly nested = new Map<Node, Nested>();
  /** Ids that live in the stage of a nested document. */
  private readonly homes = new Map<number, Nested>();
  /** The nested document whose nodes are being read, and how many of its lists are open. */
  private guest: { nested: Nested; depth: number } | null = null;
  private readonly unclaimed = new Map<number, Unclaimed>();
  private adopted = new Map<Node, number[]>();
  private epoch = 0;
  private seq = 0;
  private broken = true;
  /** A HASH that was not compared with the tree yet. */
  private unchecked: { count: number; hash: number; handle: number } | undefined;
  private checkedAt = 0;
  /** The id of the document shown here. */
  private readonly root: number;
  readonly depth: number;
  private readonly say: (message: FromStage, transfer?: Transferable[]) => void;

  constructor(root: number, depth: number, say: (message: FromStage, transfer?: Transferable[]) => void) {
    this.root = root;
    this.depth = depth;
    this.say = say;
    this.tree = this.newTree();
    window.addEventListener('resize', () => this.scrolls.settle());
    dom.page.addEventListener('load', () => this.scrolls.settle(), true);
  }

  /** One message of whoever feeds this stage. */
  heard(message: ToStage): void {
    switch (message.type) {
      case 'many':
        return this.heardAll(message.messages);
      case 'ops':
        return this.apply(message);
      case 'asset':
        return this.tell(message, () => this.assets.asset(message.n, message.hash));
      case 'blob':
        return this.tell(message, () => this.assets.blob(message.hash, message.blob));
      case 'refused':
        return this.tell(message, () => this.assets.refused(message.n, message));
      case 'ping':
        return this.say({ type: 'pong', n: message.n, nodes: this.tree.size + this.homes.size });
      case 'words':
        return void this.answerWords(message.ask);
      case 'serialize':
        return void this.answerSerialize(message);
    }
  }

  /** One that fails keeps none of the others from being heard. */
  private heardAll(messages: readonly ToStage[]): void {
    for (const message of messages) {
      try {
        this.heard(message);
      } catch (error) {
        this.fail(error);
      }
    }
  }

  private apply(frame: ToStage & { type: 'ops' }): void {
    // A keyframe's table is its own; a fresh frame begins the lane's anew.
    if (frame.fresh) this.table.fresh();
    this.epoch = frame.epoch;
    this.seq = frame.seq;
    try {
      this.overtaken();
      readOps(new Uint8Array(frame.raw), frame.keyframe ? new StringTable() : this.table, this);
      if (this.tree.open || this.guest) throw new Fault('order', 'a list is still open');
      for (const nested of this.nested.values()) nested.flush(frame.epoch, frame.seq);
      this.scrolls.settle();
      this.person.settle();
    } catch (error) {
      return this.fail(error);
    }
    if (!this.broken) this.say({ type: 'applied', epoch: frame.epoch, seq: frame.seq, keyframe: frame.keyframe });
  }

  private fail(error: unknown): void {
    this.guest = null;
    if (this.broken) return; // told already; what follows a broken frame cannot be read either
    this.broken = true;
    const reason: Reason =
      error instanceof Fault ? error.reason : (error as Error | null)?.name === 'DecodeError' ? 'decode' : 'internal';
    if (reason === 'too-large') this.empty();
    this.say({ type: 'trouble', reason, detail: error instanceof Error ? error.message : String(error) });
  }

  private empty(): void {
    for (const nested of this.nested.values()) nested.close();
    this.nested.clear();
    this.homes.clear();
    this.unclaimed.clear();
    this.adopted.clear();
    this.animations.clear();
    this.person.clear();
    this.there.clear();
    this.tree.clear();
    dom.adoptSheets(dom.page, [look]);
    this.sheets = new Sheets(this.assets.resolve);
    this.scrolls = new Scrolls();
    this.tree = this.newTree();
  }

  private newTree(): Tree {
    return new Tree(
      this.assets,
      this.sheets,
      () => this.homes.size,
      (frame) => this.closeFrame(frame),
    );
  }

  private settled(asset: number): void {
    this.tree.attributes.settled(asset);
    this.sheets.settled(asset);
    this.tree.settled(asset);
    this.scrolls.settle();
  }

  /** For us and for every stage in our frames. */
  private tell(message: ToStage, here: () => void): void {
    here();
    for (const nested of this.nested.values()) nested.send(message);
  }

  // The document and its nodes.

  reset(compat: number): void {
    const quirks = dom.page.compatMode === 'BackCompat';
    if ((compat === 1) !== quirks) throw new Fault('compat', `document of mode ${compat} in a stage of the other mode`);
    this.empty();
    this.guest = null;
    this.broken = false;
    this.tree.begin(this.root);
  }

  insert(parent: number, previous: number): void {
    this.whole();
    const home = this.homes.get(parent);
    if (!home) return this.tree.openInsert(parent, previous);
    home.writer.insert(parent, previous);
    this.guest = { nested: home, depth: 1 };
  }

  element(id: number, ns: number, tag: string, attributes: readonly string[]): void {
    const to = this.inGuest(id, 1);
    if (to) to.element(id, ns, tag, attributes);
    else this.tree.openElement(id, ns, tag, attributes);
  }

  text(id: number, data: string): void {
    const to = this.inGuest(id, 0);
    if (to) to.text(id, data);
    else this.tree.addText(id, data);
  }

  shadow(id: number, mode: number): void {
    const to = this.inGuest(id, 1);
    if (to) to.shadow(id, mode);
    else this.tree.openShadow(id);
  }

  blocked(id: number, tag: string, width: number, height: number): void {
    const to = this.inGuest(id, 0);
    if (to) to.blocked(id, tag, width, height);
    else this.tree.addBlocked(id, tag, width, height);
  }

  doctype(id: number, name: string, publicId: string, systemId: string): void {
    const to = this.inGuest(id, 0);
    if (to) to.doctype(id, name, publicId, systemId);
    else this.tree.addDoctype(id, name, publicId, systemId);
  }

  document(id: number, compat: number): void {
    const to = this.inGuest(id, 1);
    if (to) return to.document(id, compat);
    const frame = this.tree.current();
    if (this.tree.part(frame)?.build.as !== 'frame') throw new Fault('order', 'a document stands in an iframe');
    this.closeFrame(frame);
    this.openFrame(frame as HTMLIFrameElement, id, compat);
  }

  private openFrame(frame: HTMLIFrameElement, id: number, compat: number): void {
    if (this.nested.size >= MAX_NESTED || this.depth >= MAX_NESTING)
      throw new Fault('too-large', 'too many documents in frames');
    const nested = new Nested(frame, id, compat, {
      depth: this.depth,
      trouble: (message) => this.say(message),
      forgot: (ids) => this.forgot(ids),
    });
    this.nested.set(frame, nested);
    this.assets.tell({
      asset: (n, hash) => nested.send({ type: 'asset', n, hash }),
      blob: (hash, blob) => nested.send({ type: 'blob', hash, blob }),
      refused: (n, refusal) => nested.send({ type: 'refused', n, ...refusal }),
    });
    this.homes.set(id, nested);
    nested.writer.reset(compat);
    nested.writer.insert(id, 0);
    this.guest = { nested, depth: 1 };
  }

  moved(id: number): void {
    const home = this.homes.get(id);
    if (home !== this.guest?.nested) throw new Fault('order', `node ${id} moved between documents`);
    if (home) home.writer.moved(id);
    else this.tree.addMoved(id);
  }

  end(): void {
    if (!this.guest) {
      this.tree.end();
      return;
    }
    this.guest.nested.writer.end();
    if (--this.guest.depth === 0) this.guest = null;
  }

  remove(ids: readonly number[]): void {
    this.whole();
    const gone: number[] = [];
    for (const id of ids) {
      const home = this.homes.get(id);
      if (!home) this.tree.remove(id, gone);
      else if (home.document === id) this.closeFrame(home.frame);
      else home.writer.remove([id]);
    }
    // The stage above counts our nodes with its own.
    if (this.depth > 0) this.say({ type: 'forgot', ids: gone });
  }

  attributes(id: number, changes: readonly (string | null)[]): void {
    this.whole();
    const home = this.homes.get(id);
    if (home) home.writer.attributes(id, changes);
    else this.tree.setAttributes(id, changes);
  }

  setText(id: number, data: string): void {
    this.whole();
    const home = this.homes.get(id);
    if (home) home.writer.setText(id, data);
    else this.tree.setText(id, data);
  }

  splice(id: number, offset: number, deleted: number, data: string): void {
    this.whole();
    const home = this.homes.get(id);
    if (home) home.writer.splice(id, offset, deleted, data);
    else this.tree.splice(id, offset, deleted, data);
  }

  // What elements hold.

  scroll(id: number, x: number, y: number): void {
    this.whole();
    const home = this.homes.get(id);
    if (home) home.writer.scroll(id, x, y);
    else this.scrolls.want(this.tree.node(id), x, y);
  }

  value(id: number, value: string): void {
    this.onElement(
      id,
      (element) => {
        if (!setValue(element, value)) this.tree.showDots(element, value);
      },
      (to) => to.value(id, value),
    );
  }

  check(id: number, bits: number): void {
    this.onElement(
      id,
      (element) => setChecked(element, bits),
      (to) => to.check(id, bits),
    );
  }

  select(id: number, options: readonly number[]): void {
    this.onElement(
      id,
      (element) => setSelected(element, options),
      (to) => to.select(id, options),
    );
  }

  state(id: number, bits: number): void {
    this.onElement(
      id,
      (element) => {
        setState(element, bits);
        this.person.fill(element, (bits & StateBit.fullscreen) !== 0);
      },
      (to) => to.state(id, bits),
    );
  }

  media(id: number, bits: number, time: number, duration: number, rate: number, volume: number): void {
    this.onElement(
      id,
      (element) => {
        setMedia(element, bits, time, rate, volume);
        this.person.media(element, (bits & MediaBit.playing) !== 0, (bits & MediaBit.ended) !== 0);
      },
      (to) => to.media(id, bits, time, duration, rate, volume),
    );
  }

  names(id: number, names: readonly string[]): void {
    this.onElement(
      id,
      (element) => setNames(element, names),
      (to) => to.names(id, names),
    );
  }

  animate(id: number, key: number, pseudo: string, state: number, time: number, rate: number, effect: string): void {
    this.onElement(
      id,
      (element) => this.animations.set(element, key, pseudo, state, time, rate, effect),
      (to) => to.animate(id, key, pseudo, state, time, rate, effect),
    );
  }

  // Style sheets.

  sheet(id: number, flags: number, media: string, rules: readonly string[]): void {
    this.whole();
    const home = this.homes.get(id);
    const owner = this.tree.find(id);
    if (home) home.writer.sheet(id, flags, media, rules);
    else if (owner) this.ownSheet(id, owner, flags, media, rules);
    else if (this.sheets.has(id)) this.sheets.constructed(id, flags, media, rules);
    else this.unclaimed.set(id, { flags, media, rules, changes: [] });
  }

  adopt(root: number, sheets: readonly number[]): void {
    this.whole();
    const home = this.homes.get(root);
    for (const id of sheets) this.claim(id, home);
    if (home) return home.writer.adopt(root, sheets);
    const node = this.tree.node(root);
    if (!(node instanceof Document) && !(node instanceof ShadowRoot))
      throw new Fault('order', `node ${root} adopts no sheets`);
    this.sheets.adopt(node, sheets, this.ours(node));
    this.adopted.set(node, [...sheets]);
  }

  rule(id: number, path: readonly number[], act: number, text: string): void {
    this.onSheet(
      id,
      (to) => to.rule(id, path, act, text),
      () => this.sheets.rule(id, path, act, text),
    );
  }

  rules(id: number, from: number, rules: readonly string[]): void {
    for (const [i, text] of rules.entries()) this.rule(id, [from + i], RuleAct.insert, text);
  }

  disable(id: number, disabled: boolean): void {
    this.onSheet(
      id,
      (to) => to.disable(id, disabled),
      () => this.sheets.disable(id, disabled),
    );
  }

  // What concerns the whole page: the app shows it around the frame.

  viewport(width: number, height: number, ratio: number, scale: number): void {
    this.say({ type: 'viewport', width, height, ratio, scale });
  }

  focus(id: number, visible: number): void {
    const node = this.here('focus', id, (to, there) => to.focus(there, visible));
    this.person.focus(elementOf(node), visible === 1 && !this.homes.has(id));
  }

  selection(anchor: number, anchorAt: number, focus: number, focusAt: number): void {
    const home = this.homes.get(focus);
    const inside = this.homes.get(anchor) === home;
    const node = this.here('selection', focus, (to, there) =>
      there === 0
        ? to.selection(0, 0, 0, 0)
        : to.selection(inside ? anchor : there, inside ? anchorAt : focusAt, there, focusAt),
    );
    if (home || !node) return this.person.select(null, 0, null, 0);
    this.person.select(
      inside && anchor !== 0 ? this.tree.node(anchor) : node,
      inside ? anchorAt : focusAt,
      node,
      focusAt,
    );
  }

  hover(id: number): void {
    this.person.hover(elementOf(this.here('hover', id, (to, there) => to.hover(there))));
  }

  fonts(document: number, rules: readonly string[]): void {
    this.whole();
    const home = this.homes.get(document);
    if (home) return home.writer.fonts(document, rules);
    if (this.tree.node(document) !== dom.page) throw new Fault('order', `node ${document} is no document`);
    this.sheets.constructed(FONTS, 0, '', rules);
    this.sheets.adopt(dom.page, this.adopted.get(dom.page) ?? [], this.ours(dom.page));
  }

  click(_id: number, x: number, y: number, button: number): void {
    this.say({ type: 'click', x, y, button });
  }

  path(samples: readonly number[]): void {
    this.say({ type: 'path', samples: [...samples] });
  }

  page(url: string, title: string): void {
    this.say({ type: 'page', url, title });
  }

  environment(json: string): void {
    this.say({ type: 'environment', json });
  }

  about(json: string): void {
    this.say({ type: 'about', json });
  }

  event(n: number, age: number, name: string, data: string): void {
    this.say({ type: 'event', n, age, name, data });
  }

  /** The last op of its frame: nothing changes until it is compared. */
  hash(count: number, hash: number): void {
    this.whole();
    this.unchecked = { count, hash, handle: whenIdle(() => this.verify()) };
  }

  /** The tree is about to change. */
  private overtaken(): void {
    if (!this.unchecked) return;
    if (performance.now() - this.checkedAt > CHECK_WITHIN) this.verify();
    else notIdle(this.unchecked.handle);
    this.unchecked = undefined;
  }

  private verify(): void {
    const { unchecked } = this;
    if (!unchecked || this.broken) return;
    this.unchecked = undefined;
    this.checkedAt = performance.now();
    notIdle(unchecked.handle);
    const { count, hash } = unchecked;
    const result = this.words();
    if (result instanceof Promise) void result.then(({ words, nodes }) => this.compare(count, hash, words, nodes));
    else this.compare(count, hash, result.words, result.nodes);
  }

  private compare(count: number, hash: number, words: Iterable<number>, nodes: number): void {
    if (nodes === count && hashOf(words) === hash) return;
    this.fail(new Fault('hash', `${nodes} nodes here, ${count} there`));
  }

  private words(): ReturnType<Words['result']> {
    return new Words(this.tree, (frame) => this.nested.get(frame)).result();
  }

  private async answerWords(ask: number): Promise<void> {
    const { words, nodes } = await this.words();
    this.say({ type: 'words', ask, words: Uint32Array.from(words), nodes });
  }

  private async answerSerialize({ ask, sample }: ToStage & { type: 'serialize' }): Promise<void> {
    const form = await serialize(
      this.tree,
      sample,
      (frame) => this.nested.get(frame),
      (sheet) => sheet === look || sheet === this.sheets.css(FONTS),
    );
    this.say({ type: 'serialized', ask, document: JSON.stringify(form) });
  }

  // Which stage an op is for.

  /** Our own sheets in a root, which come before the page's. */
  private ours(root: Node): CSSStyleSheet[] {
    const fonts = root === dom.page ? this.sheets.css(FONTS) : null;
    return fonts ? [look, fonts] : [look];
  }

  /** What of this document an id means that is about the whole page; frames are told it, or that it is not theirs any more. */
  private here(what: string, id: number, tell: (to: Ops, id: number) => void): Node | null {
    this.whole();
    const home = this.homes.get(id);
    const before = this.there.get(what);
    if (before && before !== home) tell(before.writer, 0);
    if (home) {
      this.there.set(what, home);
      tell(home.writer, id);
      return home.frame;
    }
    this.there.delete(what);
    return id === 0 ? null : this.tree.node(id);
  }

  /** Refuses ops while the document is not whole. */
  private whole(): void {
    if (this.broken) throw new Fault('order', 'no document');
    if (this.guest || this.tree.open) throw new Fault('order', 'an op inside of a list of nodes');
  }

  /** The writer of the nested document that a node belongs to, or null for our own. */
  private inGuest(id: number, opens: 0 | 1): Ops | null {
    if (this.broken) throw new Fault('order', 'no document');
    if (!this.guest) return null;
    if (this.tree.has(id) || this.homes.has(id)) throw new Fault('order', `node ${id} twice`);
    if (this.tree.size + this.homes.size >= Limits.MaxNodes)
      throw new Fault('too-large', `more than ${Limits.MaxNodes} nodes`);
    this.homes.set(id, this.guest.nested);
    this.guest.depth += opens;
    return this.guest.nested.writer;
  }

  private onElement(id: number, here: (element: Element) => void, there: (to: Ops) => void): void {
    this.whole();
    const home = this.homes.get(id);
    if (home) there(home.writer);
    else if (this.tree.part(this.tree.node(id))) here(this.tree.element(id));
  }

  private onSheet(id: number, op: (to: Ops) => void, here: () => void): void {
    this.whole();
    const home = this.homes.get(id);
    if (home) return op(home.writer);
    const waiting = this.unclaimed.get(id);
    if (!waiting) return here();
    if (waiting.changes.push(op) > MAX_UNCLAIMED)
      throw new Fault('too-large', `sheet ${id} changes and is in no document`);
  }

  private ownSheet(id: number, owner: Node, flags: number, media: string, rules: readonly string[]): void {
    const part = this.tree.part(owner);
    if (part?.build.as !== 'style') throw new Fault('order', `node ${id} has no sheet`);
    this.tree.ruled(owner as Element);
    this.sheets.owned(id, owner as Element, flags, media, rules);
  }

  /** A constructed sheet belongs to the document that adopts it first, as the standard has it. */
  private claim(id: number, home: Nested | undefined): void {
    const waiting = this.unclaimed.get(id);
    if (!waiting) return;
    this.unclaimed.delete(id);
    if (home) {
      this.homes.set(id, home);
      home.writer.sheet(id, waiting.flags, waiting.media, waiting.rules);
    } else this.sheets.constructed(id, waiting.flags, waiting.media, waiting.rules);
    for (const change of waiting.changes) change(home?.writer ?? this);
  }

  private closeFrame(frame: Node): void {
    const nested = this.nested.get(frame);
    if (!nested) return;
    this.nested.delete(frame);
    nested.close();
    for (const [what, home] of this.there) if (home === nested) this.there.delete(what);
    for (const [id, home] of this.homes) if (home === nested) this.homes.delete(id);
    if (dom.isConnected(frame)) (frame as HTMLIFrameElement).src = 'about:blank';
  }

  private forgot(ids: readonly number[]): void {
    for (const id of ids) this.homes.delete(id);
    if (this.depth > 0) this.say({ type: 'forgot', ids: [...ids] });
  }
}

const elementOf = (node: Node | null): Element | null => (node && dom.nodeType(node) === 1 ? (node as Element) : null);
