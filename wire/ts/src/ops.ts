// The ops of the dom lane (PROTOCOL.md §4) as one interface: whoever makes, keeps or shows a document implements Ops.
// OpWriter turns calls into bytes, readOps turns bytes into the same calls in the same order.

import { DecodeError, Reader, Writer } from './bytes.ts';
import { Limits } from './limits.gen.ts';

export const DOCUMENT_ID = 1;

/** Compatibility mode of a document. */
export const Compat = { standards: 0, quirks: 1, limited: 2 } as const;
export const Namespace = { html: 0, svg: 1, mathml: 2 } as const;
export const RuleAct = { delete: 0, insert: 1, replace: 2 } as const;
export const CheckBit = { checked: 1, indeterminate: 2 } as const;
export const MediaBit = { playing: 1, muted: 2, ended: 4 } as const;
export const AnimationState = { gone: 0, running: 1, paused: 2, finished: 3 } as const;
export const StateBit = { open: 1, modal: 2, popover: 4, fullscreen: 8 } as const;

/**
 * What can happen to a document, in order. `insert`, `element`, `shadow` and `document` open a list of nodes that `end` closes;
 * only node calls (element … moved) may stand inside. Attribute lists are flat: name, value, name, value …
 */
export interface Ops {
  reset(compat: number): void;
  insert(parent: number, previous: number): void;
  element(id: number, ns: number, tag: string, attributes: readonly string[]): void;
  text(id: number, data: string): void;
  shadow(id: number, mode: number): void;
  document(id: number, compat: number): void;
  blocked(id: number, tag: string, width: number, height: number): void;
  doctype(id: number, name: string, publicId: string, systemId: string): void;
  moved(id: number): void;
  end(): void;
  remove(ids: readonly number[]): void;
  /** Flat: name, new value or null (removed). */
  attributes(id: number, changes: readonly (string | null)[]): void;
  setText(id: number, data: string): void;
  splice(id: number, offset: number, deleted: number, data: string): void;
  scroll(id: number, x: number, y: number): void;
  value(id: number, value: string): void;
  check(id: number, bits: number): void;
  select(id: number, options: readonly number[]): void;
  /** CSS px; ratio and scale × 1000. */
  viewport(width: number, height: number, ratio: number, scale: number): void;
  /** `visible`: 1 where the browser shows a ring. */
  focus(id: number, visible: number): void;
  click(id: number, x: number, y: number, button: number): void;
  /** Flat: x, y, ms before the frame's time. */
  path(samples: readonly number[]): void;
  sheet(id: number, flags: number, media: string, rules: readonly string[]): void;
  adopt(root: number, sheets: readonly number[]): void;
  rule(id: number, path: readonly number[], act: number, text: string): void;
  /** Rules behind the first `from` of a sheet, which has no others. */
  rules(id: number, from: number, rules: readonly string[]): void;
  disable(id: number, disabled: boolean): void;
  page(url: string, title: string): void;
  environment(json: string): void;
  hash(count: number, hash: number): void;
  state(id: number, bits: number): void;
  /** What a video or an audio does. ms; rate and volume × 1000; duration 0: not known, or without an end. */
  media(id: number, bits: number, time: number, duration: number, rate: number, volume: number): void;
  /** An animation that scripts made; `effect` is JSON of an Effect. ms; rate × 1000. */
  animate(id: number, key: number, pseudo: string, state: number, time: number, rate: number, effect: string): void;
  /** The states that a custom element gave itself. */
  names(id: number, names: readonly string[]): void;
  /** Ids and offsets, UTF-16 units in texts and fields, children elsewhere; 0 for none. */
  selection(anchor: number, anchorOffset: number, focus: number, focusOffset: number): void;
  /** The innermost element under the pointer; 0 for none. */
  hover(id: number): void;
  /** The fonts that scripts gave a document, as `@font-face` rules: all of them. */
  fonts(document: number, rules: readonly string[]): void;
  /** What the site's own code says of its customer: JSON. */
  about(json: string): void;
  /** What the site's own code says has happened: its number in the epoch, ms before the frame's time; `data` is JSON, or empty. */
  event(n: number, age: number, name: string, data: string): void;
}

/** The keyframes and the timing of an animation. */
export interface Effect {
  /** Keyframes: offset, easing, composite, declarations. */
  k: { o?: number; e?: string; c?: string; s: string }[];
  /** As EffectTiming names it; iterations -1 for ever. */
  t: Record<string, number | string>;
}

export const Op = {
  reset: 1,
  insert: 2,
  remove: 3,
  attributes: 4,
  setText: 5,
  splice: 6,
  scroll: 7,
  value: 8,
  check: 9,
  select: 10,
  viewport: 11,
  focus: 12,
  click: 13,
  path: 14,
  sheet: 15,
  adopt: 16,
  rule: 17,
  disable: 18,
  page: 19,
  environment: 20,
  hash: 21,
  state: 22,
  media: 23,
  animate: 24,
  names: 25,
  selection: 26,
  hover: 27,
  fonts: 28,
  about: 33,
  event: 34,
  rules: 35,
} as const;

const Node = { end: 0, element: 1, text: 2, shadow: 3, document: 4, blocked: 5, doctype: 6, moved: 7 } as const;

// A string longer than this is seldom seen twice; keeping it would only fill the table.
const KEEP = 96;
const KEEP_TEXT = 24;

/** Writes ops into one growing buffer. `fresh` begins a new string table; the frame that takes the bytes says so. */
export class OpWriter implements Ops {
  private readonly out = new Writer(4096);
  private table = new Map<string, number>();
  private tableBytes = 0;
  private lastNew = 0;
  /** Where the last REMOVE ends, and with which id. */
  private removed = 0;
  private lastRemoved = 0;

  /** Bytes written since the last take. */
  get length(): number {
    return this.out.length;
  }

  /** True when the table is so full that the next frame has to begin a new one. */
  get full(): boolean {
    return this.table.size >= Limits.MaxStrings - 8192 || this.tableBytes >= Limits.MaxStringBytes / 2;
  }

  /** Empties the string table. Only between frames. */
  fresh(): void {
    this.table = new Map();
    this.tableBytes = 0;
  }

  /** The ops of one frame. */
  take(): Uint8Array<ArrayBuffer> {
    this.lastNew = 0;
    this.removed = 0;
    return this.out.take();
  }

  private str(s: string, keep = KEEP): void {
    const n = s.length > KEEP ? undefined : this.table.get(s);
    if (n !== undefined) {
      this.out.varint(n + 2);
      return;
    }
    if (
      s.length > keep ||
      this.table.size >= Limits.MaxStrings ||
      this.tableBytes + s.length * 3 > Limits.MaxStringBytes
    ) {
      this.out.u8(0);
    } else {
      this.out.u8(1);
      this.table.set(s, this.table.size);
      this.tableBytes += s.length * 3;
    }
    this.out.text(s);
  }

  /** An op's number and what numbers follow it; one byte is a varint as long as it is below 128. */
  private op(...numbers: number[]): void {
    for (const n of numbers) this.out.varint(n);
  }

  private node(kind: number, id: number): void {
    this.out.u8(kind);
    this.out.zigzag(id - this.lastNew);
    this.lastNew = id;
  }

  private list(ids: readonly number[]): void {
    this.op(ids.length);
    for (const id of ids) this.out.varint(id);
  }

  reset(compat: number): void {
    this.op(Op.reset, compat);
  }

  insert(parent: number, previous: number): void {
    this.op(Op.insert, parent, previous);
  }

  element(id: number, ns: number, tag: string, attributes: readonly string[]): void {
    this.node(Node.element, id);
    this.out.u8(ns);
    this.str(tag);
    this.out.varint(attributes.length >> 1);
    for (const s of attributes) this.str(s);
  }

  text(id: number, data: string): void {
    this.node(Node.text, id);
    this.str(data, KEEP_TEXT);
  }

  shadow(id: number, mode: number): void {
    this.node(Node.shadow, id);
    this.op(mode);
  }

  document(id: number, compat: number): void {
    this.node(Node.document, id);
    this.op(compat);
  }

  blocked(id: number, tag: string, width: number, height: number): void {
    this.node(Node.blocked, id);
    this.str(tag);
    this.op(width, height);
  }

  doctype(id: number, name: string, publicId: string, systemId: string): void {
    this.node(Node.doctype, id);
    for (const s of [name, publicId, systemId]) this.str(s);
  }

  moved(id: number): void {
    this.op(Node.moved, id);
  }

  end(): void {
    this.out.u8(Node.end);
  }

  remove(ids: readonly number[]): void {
    // What follows another goes on with its list.
    if (this.removed > 0 && this.removed === this.out.length) this.out.back(1);
    else {
      this.op(Op.remove);
      this.lastRemoved = 0;
    }
    for (const id of ids) {
      this.out.zigzag(id - this.lastRemoved);
      this.lastRemoved = id;
    }
    this.op(0);
    this.removed = this.out.length;
  }

  attributes(id: number, changes: readonly (string | null)[]): void {
    this.op(Op.attributes, id, changes.length >> 1);
    for (let i = 0; i < changes.length; i += 2) {
      this.str(changes[i] as string);
      const value = changes[i + 1] ?? null;
      this.op(value === null ? 0 : 1);
      if (value !== null) this.str(value);
    }
  }

  setText(id: number, data: string): void {
    this.op(Op.setText, id);
    this.str(data, KEEP_TEXT);
  }

  splice(id: number, offset: number, deleted: number, data: string): void {
    this.op(Op.splice, id, offset, deleted);
    this.str(data, KEEP_TEXT);
  }

  scroll(id: number, x: number, y: number): void {
    this.op(Op.scroll, id);
    this.out.zigzag(x);
    this.out.zigzag(y);
  }

  value(id: number, value: string): void {
    this.op(Op.value, id);
    this.str(value, KEEP_TEXT);
  }

  check(id: number, bits: number): void {
    this.op(Op.check, id, bits);
  }

  select(id: number, options: readonly number[]): void {
    this.op(Op.select, id);
    this.list(options);
  }

  viewport(width: number, height: number, ratio: number, scale: number): void {
    this.op(Op.viewport, width, height, ratio, scale);
  }

  focus(id: number, visible: number): void {
    this.op(Op.focus, id, visible);
  }

  click(id: number, x: number, y: number, button: number): void {
    this.op(Op.click, id);
    this.out.zigzag(x);
    this.out.zigzag(y);
    this.out.u8(button);
  }

  path(samples: readonly number[]): void {
    this.op(Op.path);
    writeSamples(this.out, samples);
  }

  sheet(id: number, flags: number, media: string, rules: readonly string[]): void {
    this.op(Op.sheet, id);
    this.out.u8(flags);
    this.str(media);
    this.all(rules);
  }

  rules(id: number, from: number, rules: readonly string[]): void {
    this.op(Op.rules, id, from);
    this.all(rules);
  }

  private all(rules: readonly string[]): void {
    this.op(rules.length);
    for (const r of rules) this.str(r, 0);
  }

  adopt(root: number, sheets: readonly number[]): void {
    this.op(Op.adopt, root);
    this.list(sheets);
  }

  rule(id: number, path: readonly number[], act: number, text: string): void {
    this.op(Op.rule, id);
    this.list(path);
    this.op(act);
    if (act !== RuleAct.delete) this.str(text, 0);
  }

  disable(id: number, disabled: boolean): void {
    this.op(Op.disable, id, disabled ? 1 : 0);
  }

  page(url: string, title: string): void {
    this.op(Op.page);
    this.str(url);
    this.str(title);
  }

  environment(json: string): void {
    this.op(Op.environment);
    this.out.text(json);
  }

  hash(count: number, hash: number): void {
    this.op(Op.hash, count);
    this.out.u32(hash);
  }

  state(id: number, bits: number): void {
    this.op(Op.state, id, bits);
  }

  media(id: number, bits: number, time: number, duration: number, rate: number, volume: number): void {
    this.op(Op.media, id, bits, time, duration, rate, volume);
  }

  animate(id: number, key: number, pseudo: string, state: number, time: number, rate: number, effect: string): void {
    this.op(Op.animate, id, key);
    this.str(pseudo);
    this.op(state);
    this.out.zigzag(time);
    this.out.zigzag(rate);
    this.str(effect, 0);
  }

  names(id: number, names: readonly string[]): void {
    this.strs(Op.names, id, names);
  }

  private strs(op: number, id: number, list: readonly string[]): void {
    this.op(op, id, list.length);
    for (const s of list) this.str(s);
  }

  selection(anchor: number, anchorOffset: number, focus: number, focusOffset: number): void {
    this.op(Op.selection, anchor, anchorOffset, focus, focusOffset);
  }

  hover(id: number): void {
    this.op(Op.hover, id);
  }

  fonts(document: number, rules: readonly string[]): void {
    this.strs(Op.fonts, document, rules);
  }

  about(json: string): void {
    this.op(Op.about);
    this.out.text(json);
  }

  event(n: number, age: number, name: string, data: string): void {
    this.op(Op.event, n, age);
    this.str(name);
    this.out.text(data);
  }
}

/** Pointer samples, flat: x, y, ms before the frame's time; each after the first by what is different. Also the payload of a POINTER frame. */
export function writeSamples(out: Writer, samples: readonly number[]): void {
  out.varint(samples.length / 3);
  let [lastX, lastY, lastBefore] = [0, 0, 0];
  for (let i = 0; i < samples.length; i += 3) {
    const [x, y, before] = samples.slice(i) as [number, number, number];
    out.zigzag(x - lastX);
    out.zigzag(y - lastY);
    if (i === 0) out.varint(before);
    else out.zigzag(lastBefore - before);
    [lastX, lastY, lastBefore] = [x, y, before];
  }
}

export function readSamples(r: Reader): number[] {
  const n = r.varint();
  if (n * 3 > r.left) r.fail(`${n} samples in ${r.left} bytes`);
  const out: number[] = [];
  let [x, y, before] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    x = (x + r.zigzag()) | 0;
    y = (y + r.zigzag()) | 0;
    before = (i === 0 ? r.varint() : before - r.zigzag()) >>> 0;
    out.push(x, y, before);
  }
  return out;
}

/** The string table of a reader; one per lane, and one for each keyframe. */
export class StringTable {
  private strings: string[] = [];
  private bytes = 0;

  fresh(): void {
    this.strings = [];
    this.bytes = 0;
  }

  read(r: Reader): string {
    const n = r.varint();
    if (n >= 2) {
      const s = this.strings[n - 2];
      if (s === undefined) return r.fail(`string ${n - 2} of ${this.strings.length}`);
      return s;
    }
    const before = r.offset;
    const s = r.text(Limits.MaxText);
    if (n === 1) {
      this.bytes += r.offset - before;
      if (this.strings.length >= Limits.MaxStrings || this.bytes > Limits.MaxStringBytes + Limits.MaxStrings * 5) {
        r.fail('string table is full');
      }
      this.strings.push(s);
    }
    return s;
  }
}

/**
 * Reads the ops of one frame into sink. Throws DecodeError; the calls made before it stand, so a caller that must not keep half
 * a frame asks for a keyframe. What the sink throws passes through.
 */
export function readOps(payload: Uint8Array, table: StringTable, sink: Ops): void {
  const r = new Reader(payload);
  const state = { lastNew: 0 };
  while (r.left > 0) readOp(r, table, sink, state);
}

interface NewIds {
  lastNew: number;
}

function readOp(r: Reader, table: StringTable, sink: Ops, ids: NewIds): void {
  const op = r.u8();
  switch (op) {
    case Op.reset:
      return sink.reset(bounded(r, r.u8(), 2, 'compat'));
    case Op.insert:
      sink.insert(r.varint(), r.varint());
      return readNodes(r, table, sink, ids);
    case Op.remove:
      return sink.remove(readRemoved(r));
    case Op.attributes:
      return readAttributes(r, table, sink);
    case Op.setText:
      return sink.setText(r.varint(), table.read(r));
    case Op.splice:
      return sink.splice(r.varint(), r.varint(), r.varint(), table.read(r));
    case Op.scroll:
      return sink.scroll(r.varint(), r.zigzag(), r.zigzag());
    case Op.value:
      return sink.value(r.varint(), table.read(r));
    case Op.check:
      return sink.check(r.varint(), bounded(r, r.u8(), 3, 'check bits'));
    case Op.select:
      return sink.select(r.varint(), readList(r));
    case Op.viewport:
      return sink.viewport(r.varint(), r.varint(), r.varint(), r.varint());
    case Op.focus:
      return sink.focus(r.varint(), bounded(r, r.u8(), 1, 'visible'));
    case Op.click:
      return sink.click(r.varint(), r.zigzag(), r.zigzag(), r.u8());
    case Op.path:
      return sink.path(readSamples(r));
    case Op.sheet:
      return readSheet(r, table, sink);
    case Op.adopt:
      return sink.adopt(r.varint(), readList(r));
    case Op.rule:
      return readRule(r, table, sink);
    case Op.rules:
      return sink.rules(r.varint(), r.varint(), readRules(r, table));
    case Op.disable:
      return sink.disable(r.varint(), bounded(r, r.u8(), 1, 'disabled') === 1);
    case Op.page:
      return sink.page(table.read(r), table.read(r));
    case Op.environment:
      return sink.environment(r.text(Limits.MaxControl));
    case Op.hash:
      return sink.hash(r.varint(), r.u32());
    case Op.state:
      return sink.state(r.varint(), bounded(r, r.u8(), 15, 'state bits'));
    case Op.media:
      return sink.media(
        r.varint(),
        bounded(r, r.u8(), 7, 'media bits'),
        r.varint(),
        r.varint(),
        r.varint(),
        r.varint(),
      );
    case Op.animate:
      return readAnimation(r, table, sink);
    case Op.names:
      return sink.names(r.varint(), readStrings(r, table, 'names'));
    case Op.selection:
      return sink.selection(r.varint(), r.varint(), r.varint(), r.varint());
    case Op.hover:
      return sink.hover(r.varint());
    case Op.fonts:
      return sink.fonts(r.varint(), readStrings(r, table, 'fonts'));
    case Op.about:
      return sink.about(r.text(Limits.MaxControl));
    case Op.event:
      return sink.event(r.varint(), r.varint(), table.read(r), r.text(Limits.MaxControl));
    default:
      return r.fail(`unknown op ${op}`);
  }
}

function bounded(r: Reader, value: number, max: number, what: string): number {
  return value > max ? r.fail(`${what} ${value}, over ${max}`) : value;
}

function readList(r: Reader): number[] {
  const n = r.varint();
  if (n > r.left) r.fail(`${n} numbers in ${r.left} bytes`);
  const out: number[] = [];
  for (let i = 0; i < n; i++) out.push(r.varint());
  return out;
}

/** Ids by what is different from the one before, ended by 0. */
function readRemoved(r: Reader): number[] {
  const out: number[] = [];
  for (let id = 0, step = r.zigzag(); step !== 0; step = r.zigzag()) {
    id = nextId(id, step);
    out.push(id);
  }
  return out;
}

function nextId(before: number, step: number): number {
  const id = before + step;
  if (id < 1 || id > 0xffffffff) throw new DecodeError(`node id ${id}`);
  return id;
}

function readAttributes(r: Reader, table: StringTable, sink: Ops): void {
  const id = r.varint();
  const n = attributeCount(r);
  const changes: (string | null)[] = [];
  for (let i = 0; i < n; i++) {
    changes.push(table.read(r), bounded(r, r.u8(), 1, 'attribute flag') === 1 ? table.read(r) : null);
  }
  sink.attributes(id, changes);
}

function attributeCount(r: Reader): number {
  return bounded(r, r.varint(), Limits.MaxAttributes, 'attributes');
}

function readSheet(r: Reader, table: StringTable, sink: Ops): void {
  const id = r.varint();
  const flags = r.u8();
  const media = table.read(r);
  sink.sheet(id, flags, media, readRules(r, table));
}

function readRules(r: Reader, table: StringTable): string[] {
  const n = bounded(r, r.varint(), Limits.MaxRules, 'rules');
  const rules: string[] = [];
  for (let i = 0; i < n; i++) rules.push(table.read(r));
  return rules;
}

function readRule(r: Reader, table: StringTable, sink: Ops): void {
  const id = r.varint();
  const path = readList(r);
  if (path.length === 0 || path.length > 32) r.fail(`rule path of ${path.length}`);
  const act = bounded(r, r.u8(), 2, 'rule act');
  sink.rule(id, path, act, act === RuleAct.delete ? '' : table.read(r));
}

function readAnimation(r: Reader, table: StringTable, sink: Ops): void {
  const [id, key, pseudo] = [r.varint(), r.varint(), table.read(r)];
  const state = bounded(r, r.u8(), 3, 'animation state');
  sink.animate(id, key, pseudo, state, r.zigzag(), r.zigzag(), table.read(r));
}

function readStrings(r: Reader, table: StringTable, what: string): string[] {
  const n = bounded(r, r.varint(), Limits.MaxAttributes, what);
  const list: string[] = [];
  for (let i = 0; i < n; i++) list.push(table.read(r));
  return list;
}

/** The nodes of one insert, with a loop instead of recursion: depth is the sender's to choose. */
function readNodes(r: Reader, table: StringTable, sink: Ops, ids: NewIds): void {
  const newId = (): number => {
    ids.lastNew = nextId(ids.lastNew, r.zigzag());
    return ids.lastNew;
  };
  for (let depth = 1; depth > 0; ) {
    const kind = r.u8();
    switch (kind) {
      case Node.end:
        sink.end();
        depth--;
        break;
      case Node.element: {
        const id = newId();
        const ns = bounded(r, r.u8(), 2, 'namespace');
        const tag = table.read(r);
        const n = attributeCount(r);
        const attributes: string[] = [];
        for (let i = 0; i < n * 2; i++) attributes.push(table.read(r));
        sink.element(id, ns, tag, attributes);
        depth++;
        break;
      }
      case Node.text:
        sink.text(newId(), table.read(r));
        break;
      case Node.shadow:
        sink.shadow(newId(), bounded(r, r.u8(), 1, 'shadow mode'));
        depth++;
        break;
      case Node.document:
        sink.document(newId(), bounded(r, r.u8(), 2, 'compat'));
        depth++;
        break;
      case Node.blocked:
        sink.blocked(newId(), table.read(r), r.varint(), r.varint());
        break;
      case Node.doctype:
        sink.doctype(newId(), table.read(r), table.read(r), table.read(r));
        break;
      case Node.moved:
        sink.moved(r.varint());
        break;
      default:
        r.fail(`unknown node ${kind}`);
    }
    if (depth > Limits.MaxDepth + 1) r.fail(`nested deeper than ${Limits.MaxDepth}`);
  }
}
