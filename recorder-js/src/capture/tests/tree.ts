// A receiving side for tests: it applies ops and is strict about their order, and has a canonical form.

import { type Ops, OpWriter } from '@ridealong/wire';
import { readOps, StringTable } from '@ridealong/wire/read';

interface Sheet {
  disabled: boolean;
  media: string;
  rules: string[];
}

interface TreeNode {
  id: number;
  kind: 'element' | 'text' | 'shadow' | 'document' | 'blocked' | 'doctype';
  head: string;
  tag: string;
  text: string;
  attributes: Map<string, string>;
  parent: TreeNode | undefined;
  children: TreeNode[];
  value?: string;
  bits?: number;
  options?: readonly number[];
  state?: number;
  at?: string;
  sheet?: Sheet;
  adopted?: readonly number[];
  names?: readonly string[];
  media?: readonly number[];
  animations: Map<number, Animated>;
}

interface Animated {
  pseudo: string;
  state: number;
  time: number;
  rate: number;
  effect: string;
}

function need<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`order: ${what}`);
  return value;
}

export class Tree implements Ops {
  readonly nodes = new Map<number, TreeNode>();
  readonly used = new Set<number>();
  readonly sheets = new Map<number, Sheet>();
  readonly clicks: number[] = [];
  readonly calls: Record<string, number> = {};
  paths = 0;
  focused = 0;
  ring = 0;
  hovered = 0;
  faces: readonly string[] = [];
  selected: readonly number[] = [0, 0, 0, 0];
  url = '';
  title = '';
  env = '';
  said = '';
  readonly events: string[] = [];
  view: number[] = [];
  private open: { parent: TreeNode; index: number }[] = [];

  alive(id: number): boolean {
    return this.nodes.has(id) || this.sheets.has(id);
  }

  private outside(name: string): void {
    if (this.open.length > 0) throw new Error(`order: ${name} within a list`);
    this.calls[name] = (this.calls[name] ?? 0) + 1;
  }

  private node(id: number): TreeNode {
    return need(this.nodes.get(id), `node ${id}`);
  }

  private make(id: number, kind: TreeNode['kind'], head: string, tag = ''): TreeNode {
    const node: TreeNode = {
      id,
      kind,
      head,
      tag,
      text: '',
      attributes: new Map(),
      parent: undefined,
      children: [],
      animations: new Map(),
    };
    if (this.used.has(id)) throw new Error(`order: id ${id} is used again`);
    this.used.add(id);
    this.nodes.set(id, node);
    if (id !== 1) this.put(node);
    return node;
  }

  private put(node: TreeNode): void {
    const at = need(this.open.at(-1), 'node outside of a list');
    const { kind } = at.parent;
    if (kind !== 'element' && kind !== 'shadow' && kind !== 'document') throw new Error(`order: child of ${kind}`);
    if (node.kind === 'shadow' && (at.index !== 0 || kind !== 'element')) throw new Error('order: shadow not first');
    if (node.kind === 'document' && at.parent.tag !== 'iframe') throw new Error('order: document not in a frame');
    for (let up: TreeNode | undefined = at.parent; up; up = up.parent) {
      if (up === node) throw new Error(`order: ${node.id} into itself`);
    }
    at.parent.children.splice(at.index, 0, node);
    node.parent = at.parent;
    at.index++;
  }

  reset(compat: number): void {
    this.outside('reset');
    this.nodes.clear();
    this.sheets.clear();
    this.used.delete(1);
    this.make(1, 'document', `document ${compat}`);
  }

  insert(parent: number, previous: number): void {
    this.outside('insert');
    const node = this.node(parent);
    const index = previous === 0 ? 0 : node.children.indexOf(this.node(previous)) + 1;
    if (previous !== 0 && index === 0) throw new Error(`order: ${previous} is no child of ${parent}`);
    const shadow = previous === 0 && node.children[0]?.kind === 'shadow' ? 1 : 0;
    this.open.push({ parent: node, index: index + shadow });
  }

  element(id: number, ns: number, tag: string, attributes: readonly string[]): void {
    const node = this.make(id, 'element', `${tag} ${ns}`, tag);
    for (let i = 0; i < attributes.length; i += 2) {
      node.attributes.set(attributes[i] as string, attributes[i + 1] as string);
    }
    this.open.push({ parent: node, index: 0 });
  }

  text(id: number, data: string): void {
    this.make(id, 'text', 'text').text = data;
  }

  shadow(id: number, mode: number): void {
    this.open.push({ parent: this.make(id, 'shadow', `shadow ${mode}`), index: 0 });
  }

  document(id: number, compat: number): void {
    this.open.push({ parent: this.make(id, 'document', `document ${compat}`), index: 0 });
  }

  blocked(id: number, tag: string, width: number, height: number): void {
    this.make(id, 'blocked', `blocked ${tag} ${width} ${height}`, tag);
  }

  doctype(id: number, name: string, publicId: string, systemId: string): void {
    this.make(id, 'doctype', `doctype ${name} ${publicId} ${systemId}`);
  }

  moved(id: number): void {
    const node = this.node(id);
    if (node.kind === 'shadow' || node.kind === 'document') throw new Error(`order: ${node.kind} moved`);
    const from = need(node.parent, `${id} has no parent`);
    const index = from.children.indexOf(node);
    from.children.splice(index, 1);
    for (const at of this.open) if (at.parent === from && at.index > index) at.index--;
    this.put(node);
  }

  end(): void {
    need(this.open.pop(), 'end without a list');
  }

  remove(ids: readonly number[]): void {
    this.outside('remove');
    for (const id of ids) {
      const node = this.node(id);
      if (node.kind === 'shadow' || node.kind === 'document') throw new Error(`order: ${node.kind} removed`);
      const siblings = need(node.parent, `${id} has no parent`).children;
      siblings.splice(siblings.indexOf(node), 1);
      this.free(node);
    }
  }

  private free(node: TreeNode): void {
    this.nodes.delete(node.id);
    this.sheets.delete(node.id);
    if (this.focused === node.id) this.focused = 0;
    if (this.hovered === node.id) this.hovered = 0;
    for (const child of node.children) this.free(child);
  }

  attributes(id: number, changes: readonly (string | null)[]): void {
    this.outside('attributes');
    const node = this.node(id);
    if (node.kind !== 'element') throw new Error(`order: attributes of ${node.kind}`);
    for (let i = 0; i < changes.length; i += 2) {
      const [name, value] = [changes[i] as string, changes[i + 1]];
      if (value === null || value === undefined) node.attributes.delete(name);
      else node.attributes.set(name, value);
    }
  }

  setText(id: number, data: string): void {
    this.outside('setText');
    this.node(id).text = data;
  }

  splice(id: number, offset: number, deleted: number, data: string): void {
    this.outside('splice');
    const node = this.node(id);
    if (offset + deleted > node.text.length) throw new Error('order: splice beyond the text');
    node.text = node.text.slice(0, offset) + data + node.text.slice(offset + deleted);
  }

  scroll(id: number, x: number, y: number): void {
    this.outside('scroll');
    this.node(id).at = `${x},${y}`;
  }

  value(id: number, value: string): void {
    this.outside('value');
    this.node(id).value = value;
  }

  check(id: number, bits: number): void {
    this.outside('check');
    this.node(id).bits = bits;
  }

  select(id: number, options: readonly number[]): void {
    this.outside('select');
    this.node(id).options = options;
  }

  viewport(...view: number[]): void {
    this.outside('viewport');
    this.view = view;
  }

  focus(id: number, visible: number): void {
    this.outside('focus');
    if (id !== 0) this.node(id);
    this.focused = id;
    this.ring = visible;
  }

  selection(anchor: number, anchorOffset: number, focus: number, focusOffset: number): void {
    this.outside('selection');
    for (const id of [anchor, focus]) if (id !== 0) this.node(id);
    this.selected = [anchor, anchorOffset, focus, focusOffset];
  }

  hover(id: number): void {
    this.outside('hover');
    if (id !== 0) this.node(id);
    this.hovered = id;
  }

  fonts(document: number, rules: readonly string[]): void {
    this.outside('fonts');
    if (this.node(document).kind !== 'document') throw new Error('order: fonts of no document');
    this.faces = rules;
  }

  names(id: number, names: readonly string[]): void {
    this.outside('names');
    this.node(id).names = [...names];
  }

  media(id: number, ...media: number[]): void {
    this.outside('media');
    this.node(id).media = media;
  }

  animate(id: number, key: number, pseudo: string, state: number, time: number, rate: number, effect: string): void {
    this.outside('animate');
    const { animations } = this.node(id);
    if (state === 0) animations.delete(key);
    else animations.set(key, { pseudo, state, time, rate, effect });
  }

  click(id: number, x: number, y: number, button: number): void {
    this.outside('click');
    this.node(id);
    this.clicks.push(id, x, y, button);
  }

  path(samples: readonly number[]): void {
    this.outside('path');
    this.paths += samples.length / 3;
  }

  sheet(id: number, flags: number, media: string, rules: readonly string[]): void {
    this.outside('sheet');
    const sheet: Sheet = { disabled: flags === 1, media, rules: [...rules] };
    const owner = this.nodes.get(id);
    if (owner) owner.sheet = sheet;
    else {
      if (!this.sheets.has(id) && this.used.has(id)) throw new Error(`order: sheet ${id} is used again`);
      this.used.add(id);
    }
    this.sheets.set(id, sheet);
  }

  adopt(root: number, sheets: readonly number[]): void {
    this.outside('adopt');
    for (const id of sheets) need(this.sheets.get(id), `sheet ${id}`);
    this.node(root).adopted = [...sheets];
  }

  rule(id: number, path: readonly number[], act: number, text: string): void {
    this.outside('rule');
    const { rules } = need(this.sheets.get(id), `sheet ${id}`);
    const [at = -1] = path;
    if (path.length !== 1 || at > rules.length - (act === 1 ? 0 : 1)) throw new Error(`order: rule ${path}`);
    if (act === 0) rules.splice(at, 1);
    else rules.splice(at, act === 1 ? 0 : 1, text);
  }

  rules(id: number, from: number, rules: readonly string[]): void {
    for (const [i, text] of rules.entries()) this.rule(id, [from + i], 1, text);
  }

  disable(id: number, disabled: boolean): void {
    this.outside('disable');
    need(this.sheets.get(id), `sheet ${id}`).disabled = disabled;
  }

  page(url: string, title: string): void {
    this.outside('page');
    this.url = url;
    this.title = title;
  }

  environment(json: string): void {
    this.outside('environment');
    this.env = json;
  }

  about(json: string): void {
    this.outside('about');
    this.said = json;
  }

  event(n: number, _age: number, name: string, data: string): void {
    this.outside('event');
    this.events.push(`${n} ${name} ${data}`);
  }

  hash(): void {}

  state(id: number, bits: number): void {
    this.outside('state');
    this.node(id).state = bits;
  }

  /** The tag and id attribute of what has the focus. */
  focusName(): string {
    const node = this.nodes.get(this.focused);
    return node ? `${node.tag}#${node.attributes.get('id') ?? ''}` : '';
  }

  canonical(): string[] {
    const lines: string[] = [];
    const write = (node: TreeNode, depth: number): void => {
      const pad = ' '.repeat(depth);
      if (node.kind === 'text') {
        lines.push(`${pad}"${node.text}"`);
        return;
      }
      lines.push(pad + node.head + attributesForm(node.attributes) + stateForm(node));
      if (node.sheet) lines.push(`${pad}${sheetForm(node.sheet)}`);
      for (const id of node.adopted ?? []) lines.push(`${pad}adopts ${sheetForm(this.sheets.get(id) as Sheet)}`);
      for (const child of node.children) write(child, depth + 1);
    };
    write(this.node(1), 0);
    return lines;
  }
}

function stateForm(node: TreeNode): string {
  let form = '';
  if (node.tag === 'input' || node.tag === 'textarea') form += ` value=${node.value ?? ''} bits=${node.bits ?? 0}`;
  if (node.tag === 'select') form += ` options=${node.options ?? '?'}`;
  if (node.state) form += ` state=${node.state}`;
  return node.at && node.at !== '0,0' ? `${form} at=${node.at}` : form;
}

export function attributesForm(attributes: Map<string, string>): string {
  return [...attributes]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => ` ${name}="${value}"`)
    .join('');
}

export function sheetForm(sheet: { disabled: boolean; media: string; rules: readonly string[] }): string {
  return `sheet ${sheet.disabled} (${sheet.media}) ${sheet.rules.map((rule) => rule.replace(/\s+/g, ' ')).join(' ')}`;
}

/** Two receivers: one that gets the calls, one that gets the bytes. */
export class Receiver {
  readonly near = new Tree();
  readonly far = new Tree();
  readonly writer = new OpWriter();
  private readonly table = new StringTable();
  readonly raw: string[] = [];
  frames = 0;
  errors: string[] = [];
  readonly ops: Ops;

  constructor() {
    const { near, writer } = this;
    const calls: Record<string, (...args: never[]) => void> = {};
    for (const name of Object.getOwnPropertyNames(Tree.prototype)) {
      const one = Reflect.get(near, name) as (...args: never[]) => void;
      const two: unknown = Reflect.get(writer, name);
      if (typeof two !== 'function') continue;
      calls[name] = (...args) => {
        this.raw.push(JSON.stringify([name, ...args]));
        one.apply(near, args);
        two.apply(writer, args);
      };
    }
    this.ops = calls as unknown as Ops;
  }

  flush(): void {
    if (this.writer.length === 0) return;
    this.frames++;
    readOps(this.writer.take(), this.table, this.far);
  }
}
