// A tab's recording as rrweb events: the same documents in the format that rrweb-player reads.
//
// Guarantees: every change is an event of its own, in the order of the log, so that what rrweb builds ends as the stage does; what rrweb
// has no event for (popovers, names of custom elements' states, script-made animations, media) is left out.

import { CheckBit, type Ops, RuleAct } from '@ridealong/wire';
import { readOps, StringTable } from '@ridealong/wire/read';
import type { FrameMeta } from '../live/parts.ts';
import { cssOf, homeOf, nextOf, nodeOf, type Part, part, type RrNode, seenIn, stateOf, withAddresses } from './tree.ts';

export interface RrEvent {
  type: number;
  data: Record<string, unknown>;
  timestamp: number;
}

const Type = { full: 2, incremental: 3, meta: 4, custom: 5 } as const;
const Source = {
  mutation: 0,
  move: 1,
  interaction: 2,
  scroll: 3,
  resize: 4,
  input: 5,
  rule: 8,
  selection: 14,
  adopted: 15,
} as const;
const CLICK = 2;

interface Add {
  parentId: number;
  nextId: number | null;
  node: RrNode;
}

const NONE = { texts: [], attributes: [], removes: [], adds: [] };

/** One document of a tab. Frames go in, events come out. */
export class RrwebDocument implements Ops {
  private parts = new Map<number, Part>();
  private root = part(1, 'document');
  private readonly sheets = new Map<number, Part>();
  private readonly adopts = new Map<number, number[]>();
  private readonly table = new StringTable();
  private open: { into: Part; at: number; top: boolean }[] = [];
  private added: Part[] = [];
  private now = 0;
  private whole = false;
  private href = '';
  private size = { width: 1280, height: 800 };
  private over = 1;
  private readonly addresses = new Map<number, string>();

  constructor(
    private readonly emit: (event: RrEvent) => void,
    /** When the document's own clock was at 0, by the wall clock. */
    private readonly began: number,
  ) {}

  /** The number stands for this address from now on; '' for nothing. */
  address(n: number, address: string): void {
    const before = this.addresses.get(n);
    this.addresses.set(n, address);
    if (this.whole && before !== address) this.readdress(n);
  }

  /** Throws what the decoder throws. */
  frame(raw: Uint8Array, meta: FrameMeta): void {
    this.now = this.began + meta.time;
    if (meta.fresh && !meta.keyframe) this.table.fresh();
    this.whole = !meta.keyframe;
    readOps(raw, meta.keyframe ? new StringTable() : this.table, this);
    if (meta.keyframe) this.snapshot();
    this.whole = true;
  }

  private readonly addressOf = (n: number): string => (n === 0 ? '' : (this.addresses.get(n) ?? ''));

  private tell(type: number, data: Record<string, unknown>): void {
    this.emit({ type, data, timestamp: Math.round(this.now) });
  }

  private change(source: number, data: Record<string, unknown>): void {
    if (this.whole) this.tell(Type.incremental, { source, ...data });
  }

  private mutate(data: Record<string, unknown>): void {
    this.change(Source.mutation, { ...NONE, ...data });
  }

  private snapshot(): void {
    this.tell(Type.meta, { href: this.href, ...this.size });
    const [left, top] = this.root.held.scroll ?? [0, 0];
    this.tell(Type.full, { node: nodeOf(this.root, this.addressOf, true), initialOffset: { left, top } });
    this.whole = true;
    for (const one of this.parts.values()) if (one.document) this.attach(one, one.document);
    for (const root of this.adopts.keys()) this.tellAdopted(root);
  }

  private attach(frame: Part, document: Part): void {
    this.mutate({
      adds: [{ parentId: frame.id, nextId: null, node: nodeOf(document, this.addressOf, true) }],
      isAttachIframe: true,
    });
  }

  // Ops.

  reset(compat: number): void {
    this.root = part(1, 'document');
    this.root.compat = compat;
    this.parts = new Map([[1, this.root]]);
    this.sheets.clear();
    this.adopts.clear();
    this.open = [];
  }

  insert(parent: number, previous: number): void {
    const into = this.parts.get(parent);
    if (!into) throw new Error(`no node ${parent}`);
    const at = previous === 0 ? 0 : into.children.findIndex(({ id }) => id === previous) + 1;
    this.open = [{ into, at, top: true }];
    this.added = [];
  }

  element(id: number, ns: number, tag: string, attributes: readonly string[]): void {
    const one = this.put(id, 'element');
    Object.assign(one, { ns, tag });
    for (let i = 0; i < attributes.length; i += 2) one.attributes.set(attributes[i] ?? '', attributes[i + 1] ?? '');
    this.open.push({ into: one, at: 0, top: false });
  }

  text(id: number, data: string): void {
    this.put(id, 'text').data = data;
  }

  shadow(id: number, _mode: number): void {
    const one = part(id, 'shadow');
    const host = this.open[this.open.length - 1]?.into ?? null;
    one.parent = host;
    if (host) host.shadow = one;
    this.parts.set(id, one);
    this.open.push({ into: one, at: 0, top: false });
  }

  document(id: number, compat: number): void {
    const one = part(id, 'document');
    const frame = this.open[this.open.length - 1]?.into ?? null;
    Object.assign(one, { parent: frame, compat });
    if (frame) frame.document = one;
    this.parts.set(id, one);
    this.open.push({ into: one, at: 0, top: false });
  }

  blocked(id: number, tag: string, width: number, height: number): void {
    const one = this.put(id, 'element');
    one.tag = tag;
    one.held.size = [width, height];
  }

  doctype(id: number, name: string, publicId: string, systemId: string): void {
    const one = this.put(id, 'doctype');
    one.data = name;
    one.ids = [publicId, systemId];
  }

  moved(id: number): void {
    const one = this.parts.get(id);
    if (!one) return;
    this.takeOut(one);
    this.place(one);
  }

  end(): void {
    const closed = this.open.pop();
    if (!closed?.top) return;
    if (!this.whole) return;
    const adds: Add[] = [];
    // From behind: the sibling that each stands before is there by then.
    for (const one of [...this.added].reverse()) this.flat(one, adds);
    if (adds.length > 0) this.mutate({ adds });
    for (const one of this.added) this.attachIn(one);
  }

  private put(id: number, kind: Part['kind']): Part {
    const one = part(id, kind);
    this.parts.set(id, one);
    this.place(one);
    return one;
  }

  private place(one: Part): void {
    const list = this.open[this.open.length - 1];
    if (!list) throw new Error('a node outside of a list');
    one.parent = list.into;
    list.into.children.splice(list.at++, 0, one);
    if (list.top) this.added.push(one);
  }

  /** A node and those in it, each after the one that it is in. */
  private flat(one: Part, adds: Add[]): void {
    const home = homeOf(one);
    const next = nextOf(one);
    if (!home || (home.rules && home.kind === 'element')) return;
    adds.push({ parentId: home.id, nextId: next?.id ?? null, node: nodeOf(one, this.addressOf, false) });
    for (const child of seenIn(one).reverse()) this.flat(child, adds);
  }

  private attachIn(one: Part): void {
    if (one.document) this.attach(one, one.document);
    if (one.document) for (const child of one.document.children) this.attachIn(child);
    for (const child of seenIn(one)) this.attachIn(child);
  }

  private takeOut(one: Part): void {
    const home = homeOf(one);
    const list = one.parent?.children;
    const at = list?.indexOf(one) ?? -1;
    if (!list || !home || at < 0) return;
    list.splice(at, 1);
    for (const opened of this.open) if (opened.into === one.parent && opened.at > at) opened.at--;
    const isShadow = one.parent?.kind === 'shadow' ? { isShadow: true } : {};
    if (!(home.rules && home.kind === 'element'))
      this.mutate({ removes: [{ parentId: home.id, id: one.id, ...isShadow }] });
  }

  remove(ids: readonly number[]): void {
    for (const id of ids) {
      const one = this.parts.get(id);
      if (!one) continue;
      this.takeOut(one);
      this.forget(one);
    }
  }

  private forget(one: Part): void {
    this.parts.delete(one.id);
    this.adopts.delete(one.id);
    for (const child of one.children) this.forget(child);
    if (one.shadow) this.forget(one.shadow);
    if (one.document) this.forget(one.document);
  }

  attributes(id: number, changes: readonly (string | null)[]): void {
    const one = this.parts.get(id);
    if (!one) return;
    const attributes: Record<string, string | null> = {};
    for (let i = 0; i < changes.length; i += 2) {
      const [name, value] = [changes[i] ?? '', changes[i + 1] ?? null];
      if (value === null) one.attributes.delete(name);
      else one.attributes.set(name, value);
      if (!name.startsWith(':')) attributes[name] = value === null ? null : withAddresses(value, this.addressOf);
    }
    this.mutate({ attributes: [{ id, attributes }] });
  }

  setText(id: number, data: string): void {
    const one = this.parts.get(id);
    if (!one) return;
    one.data = data;
    this.mutate({ texts: [{ id, value: data }] });
  }

  splice(id: number, offset: number, deleted: number, data: string): void {
    const before = this.parts.get(id)?.data ?? '';
    this.setText(id, before.slice(0, offset) + data + before.slice(offset + deleted));
  }

  scroll(id: number, x: number, y: number): void {
    const one = this.parts.get(id);
    if (one) one.held.scroll = [x, y];
    this.change(Source.scroll, { id, x, y });
  }

  value(id: number, value: string): void {
    const one = this.parts.get(id);
    if (one) one.held.value = value;
    this.change(Source.input, { id, text: value, isChecked: false });
  }

  check(id: number, bits: number): void {
    const one = this.parts.get(id);
    const isChecked = (bits & CheckBit.checked) !== 0;
    if (one) one.held.checked = isChecked;
    this.change(Source.input, { id, text: one?.attributes.get('value') ?? 'on', isChecked });
  }

  select(id: number, options: readonly number[]): void {
    const one = this.parts.get(id);
    if (!one) return;
    const all = optionsIn(one);
    all.forEach((option, i) => {
      option.held.selected = options.includes(i);
    });
    const chosen = all[options[0] ?? -1];
    if (chosen)
      this.change(Source.input, { id, text: chosen.attributes.get('value') ?? textOf(chosen), isChecked: false });
  }

  viewport(width: number, height: number): void {
    this.size = { width, height };
    this.change(Source.resize, this.size);
  }

  click(id: number, x: number, y: number): void {
    this.change(Source.interaction, { type: CLICK, id, x, y });
  }

  path(samples: readonly number[]): void {
    const positions = [];
    for (let i = 0; i + 2 < samples.length; i += 3)
      positions.push({ x: samples[i], y: samples[i + 1], id: this.over, timeOffset: -(samples[i + 2] ?? 0) });
    this.change(Source.move, { positions });
  }

  hover(id: number): void {
    this.over = id || 1;
  }

  page(url: string, title: string): void {
    if (this.whole && url !== this.href) this.tell(Type.custom, { tag: 'page', payload: { url, title } });
    this.href = url;
  }

  about(json: string): void {
    this.said('about', json);
  }

  event(n: number, age: number, name: string, data: string): void {
    if (this.whole) this.said('event', JSON.stringify({ n, age, name, data }));
  }

  private said(tag: string, json: string): void {
    try {
      this.tell(Type.custom, { tag, payload: JSON.parse(json) as unknown });
    } catch {
      // no JSON, nothing to tell
    }
  }

  state(id: number, bits: number): void {
    const one = this.parts.get(id);
    if (!one || (one.tag !== 'dialog' && one.tag !== 'details')) return;
    one.held.state = bits;
    this.mutate({ attributes: [{ id, attributes: stateOf(one.tag, bits) }] });
  }

  // Style sheets.

  private sheetOf(id: number): Part | undefined {
    return this.parts.get(id) ?? this.sheets.get(id);
  }

  sheet(id: number, flags: number, media: string, rules: readonly string[]): void {
    let one = this.sheetOf(id);
    if (!one) {
      one = part(id, 'text');
      this.sheets.set(id, one);
    }
    Object.assign(one, { rules: [...rules], media, disabled: (flags & 1) !== 0 });
    this.restyle(one);
  }

  rules(id: number, from: number, rules: readonly string[]): void {
    const one = this.sheetOf(id);
    if (!one) return;
    one.rules = [...(one.rules ?? []).slice(0, from), ...rules];
    this.restyle(one);
  }

  rule(id: number, path: readonly number[], act: number, text: string): void {
    const one = this.sheetOf(id);
    if (!one?.rules) return;
    const at = path[0] ?? 0;
    if (path.length === 1)
      one.rules.splice(at, act === RuleAct.insert ? 0 : 1, ...(act === RuleAct.delete ? [] : [text]));
    else one.rules[at] = nested(one.rules[at] ?? '', path.slice(1), act, text);
    this.restyle(one);
  }

  disable(id: number, disabled: number | boolean): void {
    const one = this.sheetOf(id);
    if (!one) return;
    one.disabled = Boolean(disabled);
    this.restyle(one);
  }

  adopt(root: number, sheets: readonly number[]): void {
    this.adopts.set(root, [...sheets]);
    if (this.whole) this.tellAdopted(root);
  }

  private tellAdopted(root: number): void {
    const styleIds = this.adopts.get(root) ?? [];
    const of = this.parts.get(root);
    const id = of?.kind === 'shadow' ? (of.parent?.id ?? root) : root;
    const styles = styleIds.map((styleId) => {
      const one = this.sheets.get(styleId);
      return {
        styleId,
        rules: (one && !one.disabled ? (one.rules ?? []) : []).map((rule, index) => ({
          rule: withAddresses(rule, this.addressOf),
          index,
        })),
      };
    });
    this.change(Source.adopted, { id, styleIds, styles });
  }

  private restyle(one: Part): void {
    if (!this.whole) return;
    const text = cssOf(one, this.addressOf);
    if (one.kind === 'element') this.mutate({ attributes: [{ id: one.id, attributes: { _cssText: text } }] });
    else if ([...this.adopts.values()].some((ids) => ids.includes(one.id)))
      this.change(Source.rule, { styleId: one.id, replaceSync: text });
  }

  /** A content came to be known, or another one took its place. */
  private readdress(n: number): void {
    const sign = new RegExp(`asset:${n}(?!\\d)`);
    for (const one of this.parts.values()) {
      const attributes: Record<string, string> = {};
      for (const [name, value] of one.attributes)
        if (sign.test(value)) attributes[name] = withAddresses(value, this.addressOf);
      if (Object.keys(attributes).length > 0) this.mutate({ attributes: [{ id: one.id, attributes }] });
      if (one.rules?.some((rule) => sign.test(rule))) this.restyle(one);
    }
    for (const one of this.sheets.values()) if (one.rules?.some((rule) => sign.test(rule))) this.restyle(one);
  }

  // rrweb has nothing for these.
  focus(): void {}
  environment(): void {}
  hash(): void {}
  media(): void {}
  animate(): void {}
  names(): void {}
  selection(): void {}
  fonts(): void {}
}

function optionsIn(select: Part): Part[] {
  return select.children.flatMap((one) =>
    one.tag === 'option' ? [one] : one.tag === 'optgroup' ? optionsIn(one) : [],
  );
}

function textOf(one: Part): string {
  return one.kind === 'text' ? one.data : one.children.map(textOf).join('');
}

/** A rule in a rule, by the text of both: the browser that reads the file parses it again. */
function nested(outer: string, path: readonly number[], act: number, text: string): string {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(outer);
    let group = sheet.cssRules[0] as CSSGroupingRule | undefined;
    for (const at of path.slice(0, -1)) group = group?.cssRules[at] as CSSGroupingRule | undefined;
    const at = path[path.length - 1] ?? 0;
    if (act !== RuleAct.insert) group?.deleteRule(at);
    if (act !== RuleAct.delete) group?.insertRule(text, at);
    return sheet.cssRules[0]?.cssText ?? outer;
  } catch {
    return outer;
  }
}
