// Ops from bytes (PROTOCOL.md §4), within the protocol's limits.

import { DecodeError } from './bytes.ts';
import { Limits } from './limits.gen.ts';
import { NodeOp, Op, type Ops, RuleAct } from './ops.ts';
import { Reader } from './reader.ts';

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
      case NodeOp.end:
        sink.end();
        depth--;
        break;
      case NodeOp.element: {
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
      case NodeOp.text:
        sink.text(newId(), table.read(r));
        break;
      case NodeOp.shadow:
        sink.shadow(newId(), bounded(r, r.u8(), 1, 'shadow mode'));
        depth++;
        break;
      case NodeOp.document:
        sink.document(newId(), bounded(r, r.u8(), 2, 'compat'));
        depth++;
        break;
      case NodeOp.blocked:
        sink.blocked(newId(), table.read(r), r.varint(), r.varint());
        break;
      case NodeOp.doctype:
        sink.doctype(newId(), table.read(r), table.read(r), table.read(r));
        break;
      case NodeOp.moved:
        sink.moved(r.varint());
        break;
      default:
        r.fail(`unknown node ${kind}`);
    }
    if (depth > Limits.MaxDepth + 1) r.fail(`nested deeper than ${Limits.MaxDepth}`);
  }
}
