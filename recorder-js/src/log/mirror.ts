// The receiving side's document, kept here: fed with the ops that are sent, it writes a keyframe whenever somebody joins, without a
// look at the page. Arrays by id, no object for a node.

import { type Ops, TreeHash } from '@ridealong/wire';

const Kind = { none: 0, element: 1, text: 2, shadow: 3, document: 4, blocked: 5, doctype: 6, sheet: 7 } as const;

/** The calls that make nodes. */
type Nodes = Pick<Ops, 'element' | 'blocked' | 'shadow' | 'document' | 'doctype' | 'text' | 'end'>;

interface Sheet {
  flags: number;
  media: string;
  rules: string[];
}

function grown(array: Uint32Array, length: number): Uint32Array {
  const next = new Uint32Array(length);
  next.set(array);
  return next;
}

export class Mirror implements Ops {
  /** Live nodes. */
  count = 0;
  private kind: Uint8Array = new Uint8Array(1024);
  private parent: Uint32Array = new Uint32Array(1024);
  private first: Uint32Array = new Uint32Array(1024);
  private last: Uint32Array = new Uint32Array(1024);
  private next: Uint32Array = new Uint32Array(1024);
  private previous: Uint32Array = new Uint32Array(1024);
  /** Tag or text. */
  private word: string[] = [];
  private attribute: (string[] | undefined)[] = [];
  /** Namespace, compat or mode; for a blocked node its size. */
  private readonly small = new Map<number, number[]>();
  private readonly doctypes = new Map<number, [string, string, string]>();
  private readonly values = new Map<number, string>();
  private readonly checks = new Map<number, number>();
  private readonly selects = new Map<number, number[]>();
  private readonly scrolls = new Map<number, [number, number]>();
  private readonly states = new Map<number, number>();
  private readonly sheets = new Map<number, Sheet>();
  private readonly adopted = new Map<number, number[]>();
  private compat = 0;
  private view: [number, number, number, number] = [0, 0, 1000, 1000];
  private focused = 0;
  private url = '';
  private title = '';
  private surroundings = '{}';
  /** Open lists: where the next node goes. */
  private readonly open: { parent: number; previous: number }[] = [];

  alive(id: number): boolean {
    return (this.kind[id] ?? 0) !== Kind.none;
  }

  reset(compat: number): void {
    this.kind.fill(0);
    this.first.fill(0);
    this.last.fill(0);
    this.word = [];
    this.attribute = [];
    for (const map of [
      this.small,
      this.doctypes,
      this.values,
      this.checks,
      this.selects,
      this.scrolls,
      this.states,
      this.sheets,
      this.adopted,
    ]) {
      map.clear();
    }
    this.compat = compat;
    this.focused = 0;
    this.kind[1] = Kind.document;
    this.count = 1;
  }

  insert(parent: number, previous: number): void {
    this.open.push({ parent, previous });
  }

  end(): void {
    this.open.pop();
  }

  private room(id: number): void {
    if (id < this.kind.length) return;
    const length = Math.max(this.kind.length * 2, id + 1);
    const kind = new Uint8Array(length);
    kind.set(this.kind);
    this.kind = kind;
    this.parent = grown(this.parent, length);
    this.first = grown(this.first, length);
    this.last = grown(this.last, length);
    this.next = grown(this.next, length);
    this.previous = grown(this.previous, length);
  }

  private add(id: number, kind: number, word: string): void {
    this.room(id);
    this.kind[id] = kind;
    this.first[id] = 0;
    this.last[id] = 0;
    this.word[id] = word;
    this.count++;
    this.link(id);
  }

  /** Puts a node where the innermost open list is. */
  private link(id: number): void {
    const at = this.open[this.open.length - 1];
    if (!at) return;
    const { parent, previous } = at;
    const next = previous === 0 ? (this.first[parent] as number) : (this.next[previous] as number);
    this.parent[id] = parent;
    this.previous[id] = previous;
    this.next[id] = next;
    if (previous === 0) this.first[parent] = id;
    else this.next[previous] = id;
    if (next === 0) this.last[parent] = id;
    else this.previous[next] = id;
    at.previous = id;
  }

  private unlink(id: number): void {
    const parent = this.parent[id] as number;
    const previous = this.previous[id] as number;
    const next = this.next[id] as number;
    if (previous === 0) this.first[parent] = next;
    else this.next[previous] = next;
    if (next === 0) this.last[parent] = previous;
    else this.previous[next] = previous;
    // A list that is being filled may end with the node that goes.
    for (const at of this.open) if (at.previous === id && at.parent === parent) at.previous = previous;
  }

  element(id: number, ns: number, tag: string, attributes: readonly string[]): void {
    this.add(id, Kind.element, tag);
    this.attribute[id] = attributes.length > 0 ? [...attributes] : undefined;
    if (ns !== 0) this.small.set(id, [ns]);
    this.insert(id, 0);
  }

  text(id: number, data: string): void {
    this.add(id, Kind.text, data);
  }

  shadow(id: number, mode: number): void {
    this.add(id, Kind.shadow, '');
    this.small.set(id, [mode]);
    this.insert(id, 0);
  }

  document(id: number, compat: number): void {
    this.add(id, Kind.document, '');
    this.small.set(id, [compat]);
    this.insert(id, 0);
  }

  blocked(id: number, tag: string, width: number, height: number): void {
    this.add(id, Kind.blocked, tag);
    this.small.set(id, [width, height]);
  }

  doctype(id: number, name: string, publicId: string, systemId: string): void {
    this.add(id, Kind.doctype, '');
    this.doctypes.set(id, [name, publicId, systemId]);
  }

  moved(id: number): void {
    if (!this.alive(id)) return;
    this.unlink(id);
    this.link(id);
  }

  remove(ids: readonly number[]): void {
    for (const id of ids) {
      if (!this.alive(id) || id === 1) continue;
      this.unlink(id);
      this.free(id);
    }
  }

  private free(root: number): void {
    const stack = [root];
    for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
      for (let child = this.first[id] as number; child !== 0; child = this.next[child] as number) stack.push(child);
      this.kind[id] = Kind.none;
      this.count--;
      delete this.word[id];
      delete this.attribute[id];
      for (const map of [
        this.small,
        this.doctypes,
        this.values,
        this.checks,
        this.selects,
        this.scrolls,
        this.states,
        this.sheets,
        this.adopted,
      ]) {
        map.delete(id);
      }
      if (this.focused === id) this.focused = 0;
    }
  }

  attributes(id: number, changes: readonly (string | null)[]): void {
    if (!this.alive(id)) return;
    const list = this.attribute[id] ?? [];
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
    this.attribute[id] = list.length > 0 ? list : undefined;
  }

  setText(id: number, data: string): void {
    if (this.alive(id)) this.word[id] = data;
  }

  splice(id: number, offset: number, deleted: number, data: string): void {
    const before = this.word[id] ?? '';
    if (this.alive(id)) this.word[id] = before.slice(0, offset) + data + before.slice(offset + deleted);
  }

  scroll(id: number, x: number, y: number): void {
    if (this.alive(id)) this.scrolls.set(id, [x, y]);
  }

  value(id: number, value: string): void {
    if (this.alive(id)) this.values.set(id, value);
  }

  check(id: number, bits: number): void {
    if (this.alive(id)) this.checks.set(id, bits);
  }

  select(id: number, options: readonly number[]): void {
    if (this.alive(id)) this.selects.set(id, [...options]);
  }

  viewport(width: number, height: number, ratio: number, scale: number): void {
    this.view = [width, height, ratio, scale];
  }

  focus(id: number): void {
    this.focused = id;
  }

  click(): void {}

  path(): void {}

  sheet(id: number, flags: number, media: string, rules: readonly string[]): void {
    this.room(id);
    if (!this.alive(id)) this.kind[id] = Kind.sheet;
    this.sheets.set(id, { flags, media, rules: [...rules] });
  }

  adopt(root: number, sheets: readonly number[]): void {
    if (this.alive(root)) this.adopted.set(root, [...sheets]);
  }

  rule(id: number, path: readonly number[], act: number, text: string): void {
    const rules = this.sheets.get(id)?.rules;
    const [at = 0] = path;
    if (!rules || path.length !== 1) return;
    if (act === 0) rules.splice(at, 1);
    else if (act === 1) rules.splice(at, 0, text);
    else rules[at] = text;
  }

  disable(id: number, disabled: boolean): void {
    const sheet = this.sheets.get(id);
    if (sheet) sheet.flags = disabled ? 1 : 0;
  }

  page(url: string, title: string): void {
    this.url = url;
    this.title = title;
  }

  environment(json: string): void {
    this.surroundings = json;
  }

  hash(): void {}

  state(id: number, bits: number): void {
    if (this.alive(id)) this.states.set(id, bits);
  }

  /** The whole document: applied to nothing, it gives what all ops so far gave. */
  keyframe(into: Ops): void {
    into.reset(this.compat);
    into.viewport(...this.view);
    into.page(this.url, this.title);
    into.environment(this.surroundings);
    into.insert(1, 0);
    this.walk(into);
    into.end();
    for (const [id, s] of this.sheets) into.sheet(id, s.flags, s.media, s.rules);
    for (const [id, sheets] of this.adopted) into.adopt(id, sheets);
    for (const [id, value] of this.values) into.value(id, value);
    for (const [id, bits] of this.checks) into.check(id, bits);
    for (const [id, options] of this.selects) into.select(id, options);
    for (const [id, bits] of this.states) into.state(id, bits);
    for (const [id, [x, y]] of this.scrolls) into.scroll(id, x, y);
    if (this.focused !== 0) into.focus(this.focused);
  }

  /** All nodes below the document, in order. */
  private walk(into: Nodes): void {
    let id = this.first[1] as number;
    while (id !== 0) {
      const opens = this.write(id, into);
      const child = opens ? (this.first[id] as number) : 0;
      if (child !== 0) {
        id = child;
        continue;
      }
      if (opens) into.end();
      while (id !== 1 && (this.next[id] as number) === 0) {
        id = this.parent[id] as number;
        if (id !== 1) into.end();
      }
      id = id === 1 ? 0 : (this.next[id] as number);
    }
  }

  /** Writes one node; whether it opened a list. */
  private write(id: number, into: Nodes): boolean {
    const word = this.word[id] ?? '';
    const [a = 0, b = 0] = this.small.get(id) ?? [];
    switch (this.kind[id]) {
      case Kind.element:
        into.element(id, a, word, this.attribute[id] ?? []);
        return true;
      case Kind.shadow:
        into.shadow(id, a);
        return true;
      case Kind.document:
        into.document(id, a);
        return true;
      case Kind.blocked:
        into.blocked(id, word, a, b);
        return false;
      case Kind.doctype:
        into.doctype(id, ...(this.doctypes.get(id) ?? ['html', '', '']));
        return false;
      default:
        into.text(id, word);
        return false;
    }
  }

  /** The tree's hash (PROTOCOL.md §4.1). */
  treeHash(): TreeHash {
    const h = new TreeHash();
    const ops = {
      element: (id: number) => h.element(id),
      blocked: (id: number) => h.element(id),
      shadow: (id: number) => h.shadow(id),
      document: (id: number) => h.document(id),
      doctype: (id: number) => h.doctype(id),
      text: (id: number, data: string) => h.text(id, data.length),
      end: () => h.end(),
    };
    h.document(1);
    this.walk(ops);
    h.end();
    return h;
  }
}
