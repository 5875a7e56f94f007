// A page that changes by chance, as ops that a capture could have written. For tests.

import type { Ops } from '@ridealong/wire';

type Change = (ops: Ops) => void;

interface Node {
  id: number;
  kind: 'element' | 'text' | 'shadow' | 'document' | 'blocked' | 'doctype' | 'root';
  length: number;
  parent: Node | undefined;
  children: Node[];
}

const TAGS = ['div', 'p', 'input', 'select', 'style', 'dialog', 'svg', 'iframe', 'my-card'];
const TEXTS = ['', 'a', 'Grüße', '🙂', '\ud800', 'long '.repeat(60)];

export class RandomPage {
  private state: number;
  private last = 1;
  private nodes = new Map<number, Node>();
  /** Constructed sheets that a root has, and how many rules each sheet has. */
  private adopted = new Map<number, number[]>();
  private rules = new Map<number, number>();

  constructor(seed: number) {
    this.state = seed | 0 || 1;
  }

  /** 0 … n - 1. */
  private below(n: number): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return (this.state >>> 0) % n;
  }

  private pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T;
  }

  private id(): number {
    this.last += 1 + this.below(3);
    return this.last;
  }

  reset(ops: Ops): void {
    this.begin()(ops);
  }

  /** One group. */
  change(): Change {
    const changes = [
      () => this.insert(),
      () => this.insert(),
      () => this.insert(),
      () => this.remove(),
      () => this.attributes(),
      () => this.text(),
      () => this.besides(),
      () => this.sheet(),
      () => this.around(),
      () => (this.below(40) === 0 ? this.begin() : this.insert()),
    ];
    const calls: Change[] = [];
    for (let i = 1 + this.below(4); i > 0; i--) calls.push(this.pick(changes)());
    return (ops) => {
      for (const call of calls) call(ops);
    };
  }

  private begin(): Change {
    const root: Node = { id: 1, kind: 'root', length: 0, parent: undefined, children: [] };
    this.nodes = new Map([[1, root]]);
    this.adopted.clear();
    this.rules.clear();
    const compat = this.below(3);
    return (ops) => ops.reset(compat);
  }

  private all(test: (node: Node) => boolean): Node[] {
    return [...this.nodes.values()].filter(test);
  }

  private add(kind: Node['kind'], parent: Node, at: number, length = 0): Node {
    const node: Node = { id: this.id(), kind, length, parent, children: [] };
    parent.children.splice(at, 0, node);
    this.nodes.set(node.id, node);
    return node;
  }

  /** New and moved nodes into one place. */
  private insert(): Change {
    const parent = this.pick(this.all((n) => holds(n)));
    const first = parent.children[0]?.kind === 'shadow' ? 1 : 0;
    let at = first + this.below(parent.children.length - first + 1);
    const previous = at === 0 || at === first ? 0 : (parent.children[at - 1]?.id ?? 0);
    const calls: Change[] = [];
    for (let i = this.below(4); i >= 0; i--) {
      const moved = this.below(4) === 0 ? this.movable(parent, previous) : undefined;
      if (moved) {
        const from = moved.parent as Node;
        const index = from.children.indexOf(moved);
        from.children.splice(index, 1);
        if (from === parent && index < at) at--;
        moved.parent = parent;
        parent.children.splice(at, 0, moved);
        calls.push((ops) => ops.moved(moved.id));
      } else calls.push(this.make(parent, at, 0));
      at++;
    }
    return (ops) => {
      ops.insert(parent.id, previous);
      for (const call of calls) call(ops);
      ops.end();
    };
  }

  private movable(parent: Node, previous: number): Node | undefined {
    const above = new Set<Node>();
    for (let up: Node | undefined = parent; up; up = up.parent) above.add(up);
    const fits = (n: Node) => !above.has(n) && n.kind !== 'shadow' && n.kind !== 'document' && n.id !== previous;
    const found = this.all(fits);
    return found.length > 0 ? this.pick(found) : undefined;
  }

  private make(parent: Node, at: number, depth: number): Change {
    const kind = this.below(10);
    if (kind < 4) {
      const data = this.pick(TEXTS);
      const { id } = this.add('text', parent, at, data.length);
      return (ops) => ops.text(id, data);
    }
    if (kind === 4) {
      const { id } = this.add('blocked', parent, at);
      const width = this.below(900);
      return (ops) => ops.blocked(id, 'video', width, 30);
    }
    if (kind === 5) {
      const { id } = this.add('doctype', parent, at);
      return (ops) => ops.doctype(id, 'html', 'p', 's');
    }
    return this.element(parent, at, depth);
  }

  private element(parent: Node, at: number, depth: number): Change {
    const tag = this.pick(TAGS);
    const node = this.add('element', parent, at);
    const ns = this.below(3);
    const attributes = ['class', this.pick(TEXTS), `data-${this.below(5)}`, 'x'].slice(0, this.below(3) * 2);
    const calls: Change[] = [];
    if (depth < 4 && this.below(5) === 0) {
      const shadow = this.add('shadow', node, 0);
      const inner = this.make(shadow, 0, depth + 1);
      const mode = this.below(2);
      calls.push((ops) => {
        ops.shadow(shadow.id, mode);
        inner(ops);
        ops.end();
      });
    } else if (depth < 4 && this.below(8) === 0) {
      const document = this.add('document', node, 0);
      calls.push((ops) => {
        ops.document(document.id, 1);
        ops.end();
      });
    }
    for (let i = depth < 4 ? this.below(3) : 0; i > 0; i--)
      calls.push(this.make(node, node.children.length, depth + 1));
    return (ops) => {
      ops.element(node.id, ns, tag, attributes);
      for (const call of calls) call(ops);
      ops.end();
    };
  }

  private remove(): Change {
    const found = this.all((n) => n.kind !== 'root' && n.kind !== 'shadow');
    if (found.length === 0) return () => undefined;
    const node = this.pick(found);
    const siblings = node.parent?.children ?? [];
    siblings.splice(siblings.indexOf(node), 1);
    this.forget(node);
    return (ops) => ops.remove([node.id]);
  }

  private forget(node: Node): void {
    this.nodes.delete(node.id);
    this.rules.delete(node.id);
    this.unadopt(this.adopted.get(node.id) ?? [], node.id);
    for (const child of node.children) this.forget(child);
  }

  private unadopt(sheets: readonly number[], root: number): void {
    this.adopted.delete(root);
    const used = new Set([...this.adopted.values()].flat());
    for (const id of sheets) if (!used.has(id)) this.rules.delete(id);
  }

  private attributes(): Change {
    const node = this.pick(this.all((n) => n.kind === 'element' || n.kind === 'root'));
    if (node.kind === 'root') return () => undefined;
    const value = this.below(3) === 0 ? null : this.pick(TEXTS);
    const name = `data-${this.below(5)}`;
    return (ops) => ops.attributes(node.id, [name, value, 'class', 'now']);
  }

  private text(): Change {
    const found = this.all((n) => n.kind === 'text');
    if (found.length === 0) return () => undefined;
    const node = this.pick(found);
    const data = this.pick(TEXTS);
    if (this.below(2) === 0) {
      node.length = data.length;
      return (ops) => ops.setText(node.id, data);
    }
    const offset = this.below(node.length + 1);
    const deleted = this.below(node.length - offset + 1);
    node.length += data.length - deleted;
    return (ops) => ops.splice(node.id, offset, deleted, data);
  }

  /** Fields, scrolling, states. */
  private besides(): Change {
    const { id } = this.pick(this.all((n) => n.kind === 'element' || n.kind === 'root'));
    const n = this.below(4);
    const text = this.pick(TEXTS);
    const calls: Change[] = [
      (ops) => ops.scroll(id, n, -n),
      (ops) => ops.value(id, text),
      (ops) => ops.check(id, n),
      (ops) => ops.select(id, [n, n + 1]),
      (ops) => ops.state(id, n),
      (ops) => ops.focus(n === 0 ? 0 : id, n & 1),
      (ops) => ops.names(id, [text, 'a'].slice(0, n)),
      (ops) => ops.media(id, n & 6, n, 10, 1000, n),
      (ops) => ops.animate(id, n % 2, '', n < 2 ? 0 : n, -n, -1000, n === 0 ? '' : '{}'),
      (ops) => ops.selection(id, n, id, 0),
      (ops) => ops.selection(0, 0, 0, 0),
      (ops) => ops.hover(n % 2 ? id : 0),
      (ops) => ops.fonts(1, [text, 'a'].slice(0, n)),
      (ops) => ops.click(id, 1, 2, 0),
    ];
    return this.pick(calls);
  }

  private sheet(): Change {
    const rules = ['a{color:red}', 'b{}'].slice(0, this.below(3));
    const owners = this.all((n) => n.kind === 'element');
    const known = [...this.rules.keys()];
    if (known.length > 0 && this.below(2) === 0) return this.rule(this.pick(known));
    if (owners.length > 0 && this.below(2) === 0) {
      const { id } = this.pick(owners);
      this.rules.set(id, rules.length);
      return (ops) => ops.sheet(id, 0, 'print', rules);
    }
    const root = this.pick(this.all((n) => n.kind === 'root' || n.kind === 'shadow' || n.kind === 'document'));
    const id = this.id();
    const before = this.adopted.get(root.id) ?? [];
    const now = [...before.slice(this.below(before.length + 1)), id];
    this.unadopt(
      before.filter((one) => !now.includes(one)),
      root.id,
    );
    this.adopted.set(root.id, now);
    this.rules.set(id, rules.length);
    return (ops) => {
      ops.sheet(id, 0, '', rules);
      ops.adopt(root.id, now);
    };
  }

  private rule(id: number): Change {
    if (this.below(5) === 0) return (ops) => ops.disable(id, true);
    const n = this.rules.get(id) ?? 0;
    const act = n === 0 ? 1 : this.below(3);
    const at = this.below(act === 1 ? n + 1 : n);
    this.rules.set(id, n + (act === 1 ? 1 : act === 0 ? -1 : 0));
    return (ops) => ops.rule(id, [at], act, 'i{}');
  }

  private around(): Change {
    const n = this.below(2000);
    return this.pick<Change>([
      (ops) => ops.viewport(n, n, 1000, 1500),
      (ops) => ops.page(`https://shop.test/${n}`, 'Shop'),
      (ops) => ops.environment(`{"n":${n}}`),
      (ops) => ops.path([n, n, 5]),
      (ops) => ops.about(`{"metadata":{"n":${n}}}`),
      (ops) => ops.event(n, 5, 'cart', n % 2 === 0 ? '' : '1'),
    ]);
  }
}

const holds = (n: Node): boolean => n.kind !== 'text' && n.kind !== 'blocked' && n.kind !== 'doctype';
