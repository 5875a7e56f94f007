// Makes ops from trees that a test can be read by: ['div', {class: 'x', '@': 'name'}, 'text', ['svg:rect', {…}], ['#shadow', {}, …]].

import type { Call } from './harness.ts';

export type Tree = string | [string, Record<string, string | number>, ...Tree[]];

/** Calls for one node and what is in it; `ids` gets the names given with '@'. */
export class Forge {
  readonly ids: Record<string, number> = {};
  private next = 1;

  id(name = ''): number {
    const id = ++this.next;
    if (name) this.ids[name] = id;
    return id;
  }

  node(tree: Tree): Call[] {
    if (typeof tree === 'string') return [['text', this.id(), tree]];
    const [name, { '@': key = '', ...attributes }, ...children] = tree;
    const id = this.id(String(key));
    const inner = () => [...children.flatMap((child) => this.node(child)), ['end'] as Call];
    if (name === '#shadow') return [['shadow', id, 1], ...inner()];
    if (name === '#document') return [['document', id, Number(attributes.compat ?? 0)], ...inner()];
    if (name === '#blocked')
      return [['blocked', id, String(attributes.tag), Number(attributes.width), Number(attributes.height)]];
    if (name === '#doctype') return [['doctype', id, 'html', '', '']];
    const [space, tag] = name.includes(':') ? name.split(':', 2) : ['', name];
    const ns = space === 'svg' ? 1 : space === 'math' ? 2 : 0;
    return [['element', id, ns, tag, Object.entries(attributes).flatMap(([k, v]) => [k, String(v)])], ...inner()];
  }

  /** A whole document with this in its body. */
  page(body: Tree[], head: Tree[] = [], compat = 0): Call[] {
    const nodes = [
      ...this.node(['#doctype', {}]),
      ...this.node(['html', { '@': 'html' }, ['head', { '@': 'head' }, ...head], ['body', { '@': 'body' }, ...body]]),
    ];
    return [['reset', compat], ['insert', 1, 0], ...nodes, ['end']];
  }

  insert(parent: string | number, previous: string | number, ...nodes: Tree[]): Call[] {
    return [['insert', this.of(parent), this.of(previous)], ...nodes.flatMap((node) => this.node(node)), ['end']];
  }

  of(key: string | number): number {
    if (typeof key === 'number') return key;
    const id = this.ids[key];
    if (id === undefined) throw new Error(`no node is named ${key}`);
    return id;
  }
}
