// The tree's hash (PROTOCOL.md §4.1) over the nodes that stand in the document, not over what the ops said of them.

import { TreeHash } from '@ridealong/wire';
import * as dom from './natives.ts';
import type { Nested } from './nested.ts';
import type { Tree } from './tree.ts';

/** Words to be mixed; a part of another stage comes later. */
type Piece = number[] | Promise<{ words: Uint32Array; nodes: number }>;

const KIND = { end: 0, element: 1, text: 2, shadow: 3, document: 4, doctype: 5 } as const;

export class Words {
  private pieces: Piece[] = [];
  private last: number[] = [];
  private nodes = 0;
  private readonly tree: Tree;
  private readonly nestedIn: (frame: Node) => Nested | undefined;

  constructor(tree: Tree, nestedIn: (frame: Node) => Nested | undefined) {
    this.tree = tree;
    this.nestedIn = nestedIn;
    this.pieces.push(this.last);
    this.walk(dom.page);
  }

  /** At once when no other stage takes part. */
  result(): { words: number[] | Uint32Array; nodes: number } | Promise<{ words: Uint32Array; nodes: number }> {
    if (this.pieces.length === 1) return { words: this.last, nodes: this.nodes };
    return Promise.all(this.pieces).then((pieces) => {
      let nodes = this.nodes;
      const all: number[] = [];
      for (const piece of pieces) {
        if (!Array.isArray(piece)) nodes += piece.nodes;
        for (const word of Array.isArray(piece) ? piece : piece.words) all.push(word);
      }
      return { words: Uint32Array.from(all), nodes };
    });
  }

  private walk(top: Node): void {
    const todo: (Node | null)[] = [top];
    while (todo.length > 0) {
      const node = todo.pop();
      if (!node) {
        this.last.push(KIND.end);
        continue;
      }
      if (!this.visit(node)) continue;
      todo.push(null);
      const children: Node[] = [];
      for (let child = dom.firstChild(node); child; child = dom.nextSibling(child)) {
        if (this.tree.isPages(child)) children.push(child);
      }
      const root = this.tree.part(node) ? dom.shadowOf(node as Element) : null;
      for (let i = children.length - 1; i >= 0; i--) todo.push(children[i] as Node);
      if (root) todo.push(root);
    }
  }

  /** Writes a node's words; true when its children and an end follow. */
  private visit(node: Node): boolean {
    const id = this.tree.idOf(node);
    const mark = this.tree.mark(node);
    this.nodes++;
    switch (mark?.kind) {
      case 'text':
      case 'styleText':
        this.last.push(KIND.text, id, this.tree.textLength(node));
        return false;
      case 'blocked':
        this.last.push(KIND.element, id);
        return false;
      case 'doctype':
        this.last.push(KIND.doctype, id);
        return false;
      case 'shadow':
      case 'document':
        this.last.push(mark.kind === 'shadow' ? KIND.shadow : KIND.document, id);
        return true;
      case undefined:
        this.last.push(KIND.element, id);
        this.frame(node);
        return true;
    }
  }

  private frame(node: Node): void {
    const nested = this.nestedIn(node);
    if (!nested) return;
    this.last = [];
    this.pieces.push(nested.words(), this.last);
  }
}

export function hashOf(words: Iterable<number>): number {
  const hash = new TreeHash();
  const next = words[Symbol.iterator]();
  const take = (): number => next.next().value ?? 0;
  for (let word = next.next(); !word.done; word = next.next()) {
    if (word.value === KIND.end) hash.end();
    else if (word.value === KIND.element) hash.element(take());
    else if (word.value === KIND.text) hash.text(take(), take());
    else if (word.value === KIND.shadow) hash.shadow(take());
    else if (word.value === KIND.document) hash.document(take());
    else hash.doctype(take());
  }
  return hash.value;
}
