// What changed since it was written last: records of the observer, sorted by what has to be done for them. Nothing in here is a
// difference: whatever is noted is compared with the page when it is written, so that it may wait, and be noted twice.

import { ELEMENT, localName, nodeType, parentNode, rootOf } from '../dom.ts';
import { Budget } from './budget.ts';
import { type Context, opaque } from './context.ts';

/** Names of one element's attributes that changed. */
export interface Changes {
  /** The first of them, and the others: there is seldom more than one. */
  readonly name: string;
  more: Set<string> | undefined;
  /** In which of the observer's turns the last one was noted. */
  turn: number;
}

/** Prefixes that markup uses; the observer tells local names. */
const PREFIXES: Record<string, string> = {
  'http://www.w3.org/1999/xlink': 'xlink:',
  'http://www.w3.org/XML/1998/namespace': 'xml:',
};
const PREFIXED = /^(?:href|title|show|actuate|role|arcrole|type|label|from|to|base|lang|space|id)$/;

/** What the observer brings is sorted at once, as far as there is time, ms. */
const AT_ONCE = 5;

export class Batch {
  /** Came, went or moved. */
  readonly touched = new Set<Node>();
  readonly attributes = new Map<Element, Changes>();
  readonly texts = new Set<CharacterData>();
  readonly restyled = new Set<Element>();
  /** Have to be sent anew. */
  readonly anew = new Set<Node>();
  /** Went where the observer does not look: what became of them there is not known. */
  readonly lost = new Set<Node>();
  /** The tree, or what holds for its parts, changed since those that wait were looked at. */
  stale = false;
  private records: readonly MutationRecord[] = [];
  private sorted = 0;
  /** Nodes of the next record that were looked at. */
  private within = 0;
  private turn = 0;
  /** The attribute of the record before, and whether its name may have a prefix: floods have one name. */
  private name = '';
  private prefixed = false;

  constructor(
    private readonly c: Context,
    /** Documents and shadow roots that the observer looks at. */
    private readonly watched: WeakSet<Node>,
  ) {}

  get size(): number {
    const { touched, attributes, texts, restyled, anew, lost } = this;
    return this.waiting + touched.size + attributes.size + texts.size + restyled.size + anew.size + lost.size;
  }

  private get waiting(): number {
    return this.records.length - this.sorted;
  }

  /** Takes what the observer saw. */
  add(records: readonly MutationRecord[]): void {
    const first = this.waiting === 0;
    this.turn++;
    this.records = first ? records : [...this.records.slice(this.sorted), ...records];
    this.sorted = 0;
    if (first) this.sort(new Budget(AT_ONCE), false);
  }

  /** Sorts what was taken; false when there was no time for all of it. `late`: the page went on since. */
  sort(budget: Budget, late = true): boolean {
    for (; this.sorted < this.records.length; this.sorted++) {
      if (budget.over() || !this.one(this.records[this.sorted] as MutationRecord, late, budget)) return false;
    }
    this.records = [];
    this.sorted = 0;
    return true;
  }

  /** False when there was no time for all of it. */
  private one(record: MutationRecord, late: boolean, budget: Budget): boolean {
    const { target } = record;
    const name = record.attributeName;
    if (name !== null) this.attribute(target as Element, name, record);
    else if (record.type === 'characterData') this.text(target as CharacterData);
    else if (nodeType(target) === ELEMENT && opaque(target as Element)) this.opaque(target as Element);
    else return this.children(record, late, budget);
    return true;
  }

  private children({ addedNodes, removedNodes }: MutationRecord, late: boolean, budget: Budget): boolean {
    const added = addedNodes.length;
    this.stale = true;
    for (; this.within < added + removedNodes.length; this.within++) {
      if (budget.over()) return false;
      const i = this.within;
      const node = (i < added ? addedNodes[i] : removedNodes[i - added]) as Node;
      this.touched.add(node);
      // Where one that went was in between is known only now.
      if (i >= added && (late || !this.watched.has(rootOf(node)))) this.lost.add(node);
    }
    this.within = 0;
    return true;
  }

  private attribute(element: Element, local: string, record: MutationRecord): void {
    if (local !== this.name) {
      this.name = local;
      this.prefixed = PREFIXED.test(local);
    }
    const name = this.prefixed ? (PREFIXES[record.attributeNamespace ?? ''] ?? '') + local : local;
    const { turn } = this;
    const changes = this.attributes.get(element);
    if (!changes) this.attributes.set(element, { name, more: undefined, turn });
    else if (changes.name !== name) {
      changes.more ??= new Set();
      changes.more.add(name);
    } else if (changes.turn === turn)
      return; // the value is the one that was looked at
    else changes.turn = turn;
    if (this.c.privacy.changed(element, name) || makesOther(element, name)) {
      this.anew.add(element);
      this.stale = true;
    }
  }

  private text(node: CharacterData): void {
    const parent = parentNode(node);
    if (parent && nodeType(parent) === ELEMENT && opaque(parent as Element)) this.opaque(parent as Element);
    else this.texts.add(node);
  }

  private opaque(element: Element): void {
    if (localName(element) === 'style') this.restyled.add(element);
  }
}

/** Attributes that make another kind of thing of an element. */
function makesOther(element: Element, name: string): boolean {
  switch (name) {
    case 'rel':
      return localName(element) === 'link';
    case 'name':
    case 'charset':
      return localName(element) === 'meta';
  }
  return false;
}
