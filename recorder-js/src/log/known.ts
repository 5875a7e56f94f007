// What the page's own thread has to know of the receiving side while a worker keeps the mirror: who stands in whom, by id, and what was
// said last of attributes that change. Fed with the same ops as the mirror.
//
// Guarantees: four bytes for each node, given back some time after it has gone; what is gone never comes back, for ids are used once. It
// refuses what would break its own table; everything else that no reader could apply is refused by the mirror, later.

import { DOCUMENT_ID, type Ops } from '@ridealong/wire';

const PAGE_BITS = 8;
const PAGE = 1 << PAGE_BITS;
/** Elements whose attributes changed that are remembered at most. */
const CHANGED = 4096;
/** New nodes after which a look for what has gone is worth it. */
const SWEEP = 20_000;

export class Known implements Partial<Ops> {
  /** The parent of each id, in pages; 0 for what is not there. What stands in something that was removed is found to be gone when it is asked for. */
  private readonly pages = new Map<number, Uint32Array>();
  private readonly open: number[] = [];
  /** Constructed sheets; true until a root has it. */
  private readonly sheets = new Map<number, boolean>();
  private readonly adopted = new Map<number, readonly number[]>();
  /** Flat: name, value. */
  private changed = new Map<number, (string | null)[]>();
  /** A parent that is there: siblings ask one after the other. */
  private sure = 0;
  private fresh = 0;
  private kept = 0;

  /** Whether a reader has this node or sheet. */
  alive(id: number): boolean {
    return this.stands(id) || this.used(id);
  }

  /** The value that a reader has of an attribute; undefined where that is not remembered. */
  told(id: number, name: string): string | null | undefined {
    const list = this.changed.get(id);
    return list?.[placeOf(list, name) + 1];
  }

  private stands(id: number): boolean {
    let at = id;
    for (;;) {
      if (at === DOCUMENT_ID || (at !== 0 && at === this.sure)) break;
      const parent = this.parent(at);
      if (parent === 0) {
        this.forget(id);
        return false;
      }
      at = parent;
    }
    if (id !== DOCUMENT_ID) this.sure = this.parent(id);
    return true;
  }

  /** What stands in what is gone is gone. */
  private forget(id: number): void {
    for (let at = id; at !== 0; ) {
      const parent = this.parent(at);
      if (parent === 0) return;
      this.place(at, 0);
      at = parent;
    }
  }

  private used(sheet: number): boolean {
    const unused = this.sheets.get(sheet);
    if (unused !== false) return unused === true;
    for (const [root, sheets] of this.adopted) {
      if (!this.stands(root)) this.adopted.delete(root);
      else if (sheets.includes(sheet)) return true;
    }
    this.sheets.delete(sheet);
    return false;
  }

  private parent(id: number): number {
    return this.pages.get(id >>> PAGE_BITS)?.[id & (PAGE - 1)] ?? 0;
  }

  private place(id: number, parent: number): void {
    const at = id >>> PAGE_BITS;
    let page = this.pages.get(at);
    if (!page) {
      page = new Uint32Array(PAGE);
      this.pages.set(at, page);
    }
    page[id & (PAGE - 1)] = parent;
  }

  /** Gives back what nodes that are gone took, when there may be as many of them as of others. */
  private sweep(): void {
    if (this.fresh < SWEEP || this.fresh < this.kept) return;
    this.fresh = 0;
    this.kept = 0;
    for (const [at, page] of this.pages) {
      const before = this.kept;
      for (let i = 0; i < PAGE; i++) if (page[i] !== 0 && this.stands(at * PAGE + i)) this.kept++;
      if (before === this.kept) this.pages.delete(at);
    }
    for (const id of this.changed.keys()) if (!this.stands(id)) this.changed.delete(id);
  }

  reset(): void {
    this.pages.clear();
    this.open.length = 0;
    this.sheets.clear();
    this.adopted.clear();
    this.changed.clear();
    this.sure = 0;
    this.fresh = 0;
    this.kept = 0;
  }

  insert(parent: number, previous: number): void {
    if (!this.stands(parent) || (previous !== 0 && this.parent(previous) !== parent))
      fail(`insert ${parent} ${previous}`);
    this.open.push(parent);
  }

  end(): void {
    if (this.open.pop() === undefined) fail('end without a list');
  }

  text(id: number): void {
    const parent = this.open[this.open.length - 1];
    if (parent === undefined || this.parent(id) !== 0) return fail(`node ${id} twice, or outside of an insert`);
    this.fresh++;
    this.place(id, parent);
  }

  element(id: number): void {
    this.text(id);
    this.open.push(id);
  }

  shadow(id: number): void {
    this.element(id);
  }

  document(id: number): void {
    this.element(id);
  }

  blocked(id: number): void {
    this.text(id);
  }

  doctype(id: number): void {
    this.text(id);
  }

  moved(id: number): void {
    const parent = this.open[this.open.length - 1] ?? 0;
    for (let up = parent; up !== DOCUMENT_ID; up = this.parent(up)) if (up === id || up === 0) fail(`node ${id} moved`);
    if (!this.stands(id)) fail(`unknown node ${id}`);
    this.place(id, parent);
  }

  remove(ids: readonly number[]): void {
    for (const id of ids) {
      if (id === DOCUMENT_ID || !this.stands(id)) fail(`unknown node ${id}`);
      this.place(id, 0);
      this.changed.delete(id);
    }
    this.sure = 0;
    if (this.open.length === 0) this.sweep();
  }

  attributes(id: number, changes: readonly (string | null)[]): void {
    const list = this.changed.get(id);
    if (!list) {
      if (this.changed.size >= CHANGED) this.changed = new Map();
      this.changed.set(id, [...changes]);
      return;
    }
    for (let i = 0; i < changes.length; i += 2) {
      const at = placeOf(list, changes[i] as string);
      list[at] = changes[i] as string;
      list[at + 1] = changes[i + 1] as string | null;
    }
  }

  sheet(id: number): void {
    if (!this.stands(id) && !this.sheets.has(id)) this.sheets.set(id, true);
  }

  adopt(root: number, sheets: readonly number[]): void {
    for (const id of sheets) if (this.sheets.has(id)) this.sheets.set(id, false);
    this.adopted.set(root, sheets);
  }
}

/** Where a name stands in a flat list; its end for one that it does not have. */
function placeOf(list: readonly (string | null)[], name: string): number {
  let at = 0;
  while (at < list.length && list[at] !== name) at += 2;
  return at;
}

function fail(what: string): never {
  throw new Error(`known: ${what}`);
}
