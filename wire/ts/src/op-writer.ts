// Ops as bytes (PROTOCOL.md §4).

import { Writer } from './bytes.ts';
import { Limits } from './limits.gen.ts';
import { NodeOp, Op, type Ops, RuleAct } from './ops.ts';

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
    this.node(NodeOp.element, id);
    this.out.u8(ns);
    this.str(tag);
    this.out.varint(attributes.length >> 1);
    for (const s of attributes) this.str(s);
  }

  text(id: number, data: string): void {
    this.node(NodeOp.text, id);
    this.str(data, KEEP_TEXT);
  }

  shadow(id: number, mode: number): void {
    this.node(NodeOp.shadow, id);
    this.op(mode);
  }

  document(id: number, compat: number): void {
    this.node(NodeOp.document, id);
    this.op(compat);
  }

  blocked(id: number, tag: string, width: number, height: number): void {
    this.node(NodeOp.blocked, id);
    this.str(tag);
    this.op(width, height);
  }

  doctype(id: number, name: string, publicId: string, systemId: string): void {
    this.node(NodeOp.doctype, id);
    for (const s of [name, publicId, systemId]) this.str(s);
  }

  moved(id: number): void {
    this.op(NodeOp.moved, id);
  }

  end(): void {
    this.out.u8(NodeOp.end);
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
