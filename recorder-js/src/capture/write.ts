// Writes nodes as ops: the one walk over the page. Recursion is bounded by the protocol's depth.

import { Limits, type Ops } from '@ridealong/wire';
import {
  attribute,
  attributeNames,
  compatMode,
  computed,
  contentOf,
  data,
  doctypeOf,
  ELEMENT,
  firstChild,
  isHtml,
  isSvg,
  localName,
  modeOf,
  namespaceURI,
  nextSibling,
  nodeType,
  rect,
  scrollLeft,
  scrollTop,
  shadowRootOf,
} from '../dom.ts';
import { maskText } from '../privacy/mask.ts';
import { Level, type Rules } from '../privacy/policy.ts';
import { isPiece } from '../privacy/split.ts';
import { attributesToSend } from './attributes.ts';
import type { Budget } from './budget.ts';
import { type Context, captured, opaque } from './context.ts';
import { isField } from './fields.ts';
import { isCustom, isDefined, UNDEFINED } from './names.ts';
import { isStateful } from './states.ts';

/** What has to be written once the nodes are there. */
export class After {
  /** Elements with a style sheet of their own. */
  readonly sheets = new Set<Element>();
  readonly fields: Element[] = [];
  /** dialog, details, popovers. */
  readonly states: Element[] = [];
  readonly scrolled: (Element | Document)[] = [];
  /** Documents and shadow roots that have to be watched. */
  readonly roots: (Document | ShadowRoot)[] = [];
  readonly blocked: Element[] = [];
  /** Canvases, videos, audios. */
  readonly media: Element[] = [];
  /** Custom elements. */
  readonly custom: Element[] = [];
  /** Fields whose attributes were set: what they hold may come from there. */
  readonly touched: Element[] = [];
  /** Elements with a state whose attributes changed. */
  readonly changed: Element[] = [];
  /** Frames that cannot be looked into. */
  readonly frames: Element[] = [];
  /** Something that the receiving side has went elsewhere. */
  moved = false;
}

const BLOCKED_TAGS = new Set(['object', 'embed', 'applet', 'frameset', 'fencedframe']);
/** Placeholders where nothing of them may be told. */
const MEDIA_TAGS = /^(?:video|audio|canvas)$/;
/** Elements as deep as this are placeholders. */
export const DEEPEST = Limits.MaxDepth - 4;

/** Most elements are of these kinds: nothing but attributes and children; a host may have a shadow root besides. */
const Plain = { bare: 1, host: 2 } as const;
const PLAIN = new Map<string, number>();
for (const [kind, tags] of [
  [Plain.bare, 'a b br button code dd dt em form i label li ol option small strong table tbody td th thead tr ul'],
  [Plain.host, 'article div h2 h3 p section span'],
] as const)
  for (const tag of tags.split(' ')) PLAIN.set(tag, kind);

export class NodeWriter {
  readonly after = new After();
  /** Lists that were opened and not closed. */
  open = 0;

  /** Inside of what is written as a whole. */
  private uncut = 0;

  constructor(
    private readonly c: Context,
    private readonly budget: Budget,
    /** Whether elements may be asked where they are scrolled to; it costs a layout. */
    private readonly withScroll: boolean,
    /** Nodes that wait for their place; what is written leaves it. */
    private readonly pending: Set<Node>,
    /** Parents that there was no time for, with the first child that is missing. */
    private readonly rest: Map<Node, Node | null>,
  ) {}

  private get ops(): Ops {
    return this.c.ops;
  }

  insert(parent: number, previous: number): void {
    this.ops.insert(parent, previous);
    this.open++;
  }

  end(): void {
    this.ops.end();
    this.open--;
  }

  /** A node with its subtree, or `moved` when the receiving side has it. */
  node(node: Node, rules: Rules, depth: number): void {
    const { c } = this;
    if (this.pending.size > 0) this.pending.delete(node);
    if (!captured(c, node)) return;
    const before = c.ids.of(node);
    if (before !== undefined) {
      if (c.alive(before)) {
        this.ops.moved(before);
        this.after.moved = true;
        return;
      }
      c.rules.delete(node);
      c.within.delete(node as Element);
    }
    if (rules !== c.privacy.root) c.rules.set(node, rules);
    const type = nodeType(node);
    if (type === ELEMENT) this.element(node as Element, rules, depth);
    else if (type === 10) {
      const doctype = node as DocumentType;
      const told = c.privacy.strict ? ['html', '', ''] : [doctype.name, doctype.publicId, doctype.systemId];
      this.ops.doctype(c.ids.give(node), ...(told as [string, string, string]));
    } else this.ops.text(c.ids.give(node), textOf(c, node, rules));
  }

  children(parent: Node, rules: Rules, depth: number): void {
    for (let child = firstChild(parent); child; child = nextSibling(child)) {
      if (this.uncut === 0 && this.budget.over()) {
        this.rest.set(parent, child);
        return;
      }
      this.node(child, rules, depth);
    }
  }

  private element(element: Element, around: Rules, depth: number): void {
    const { c, after } = this;
    const names = attributeNames(element);
    const values = names.map((name) => attribute(element, name) ?? '');
    const rules = c.privacy.inside(element, around, names, values);
    if (rules !== around) c.within.set(element, rules);
    const tag = localName(element);
    const id = c.ids.give(element);
    const html = isHtml(element);
    const plain = html ? PLAIN.get(tag) : undefined;
    const frame = html && tag === 'iframe' ? contentOf(element) : undefined;
    const media = !plain && html && MEDIA_TAGS.test(tag);
    const foreign = html && tag === 'iframe' && !frame;
    const hidden = rules.text === Level.block || (!plain && html && BLOCKED_TAGS.has(tag));
    if (hidden || ((media || foreign) && rules.text !== Level.show) || depth >= DEEPEST)
      return this.blocked(id, element, tag);
    const attributes = tag === 'script' ? [] : attributesToSend(c, element, tag, names, values, rules);
    if (!plain && html && isCustom(tag) && !isDefined(element)) attributes.push(UNDEFINED, '');
    this.ops.element(
      id,
      html ? 0 : isSvg(element) ? 1 : namespaceURI(element)?.endsWith('MathML') ? 2 : 0,
      c.privacy.strict?.strictTag(c, tag) ?? tag,
      attributes,
    );
    this.open++;
    // What holds another was opened before it.
    if (isStateful(tag, names)) after.states.push(element);
    const shadow = plain === Plain.bare ? null : shadowRootOf(element);
    if (shadow) this.shadow(shadow, rules, depth + 1);
    if (foreign) {
      c.foreign.set(element, id);
      after.frames.push(element);
    }
    if (plain) this.children(element, rules, depth + 1);
    else this.inner(element, tag, frame, rules, depth + 1);
    this.end();
    if (media) after.media.push(element);
    if (!plain) this.note(element, tag, html);
    if (
      this.withScroll &&
      mayScroll(element, tag, names, values) &&
      (scrollTop(element) !== 0 || scrollLeft(element) !== 0)
    )
      after.scrolled.push(element);
  }

  private inner(element: Element, tag: string, frame: Document | undefined, rules: Rules, depth: number): void {
    if (frame) this.frame(frame, rules, depth);
    // The options that are chosen are told by their numbers.
    const uncut = tag === 'select' ? 1 : 0;
    this.uncut += uncut;
    if (!opaque(element)) this.children(element, rules, depth);
    this.uncut -= uncut;
  }

  /** What has to be written of an element once it is there. */
  private note(element: Element, tag: string, html: boolean): void {
    const { after } = this;
    if (tag === 'style' || (html && tag === 'link')) after.sheets.add(element);
    else if (html && isField(tag)) after.fields.push(element);
    if (html && isCustom(tag)) after.custom.push(element);
  }

  private blocked(id: number, element: Element, tag: string): void {
    const { width, height } = sizeOf(element);
    this.ops.blocked(id, this.c.privacy.strict?.strictTag(this.c, tag) ?? tag, width, height);
    this.c.blocked.set(element, { id, width, height });
    this.after.blocked.push(element);
  }

  private shadow(root: ShadowRoot, rules: Rules, depth: number): void {
    this.ops.shadow(this.c.ids.give(root), modeOf(root) === 'closed' ? 1 : 0);
    this.open++;
    this.after.roots.push(root);
    this.children(root, rules, depth);
    this.end();
  }

  /** What a frame of the same origin shows. */
  private frame(inner: Document, rules: Rules, depth: number): void {
    this.ops.document(this.c.ids.give(inner), compatOf(inner));
    this.open++;
    this.after.roots.push(inner);
    this.after.scrolled.push(inner);
    this.children(inner, this.c.privacy.within(inner, rules), depth);
    this.end();
  }
}

/** Elements that scroll only where a style sheet makes them. */
const STILL =
  /^(?:a|abbr|b|br|button|cite|col|colgroup|em|h[1-6]|hr|i|img|input|label|li|link|meta|option|p|path|script|small|span|strong|style|su[bp]|svg|t[dhr]|title|use|wbr)$/;
/** By tag, then by class: whether the first one of them could scroll; null for tags that may in any case. */
const still = new Map<string, Map<string, boolean> | null>();

/** Whether an element is asked where it is scrolled to: that costs as much as all else that is read of it. */
function mayScroll(element: Element, tag: string, names: readonly string[], values: readonly string[]): boolean {
  let classes = still.get(tag);
  if (classes === undefined) {
    classes = STILL.test(tag) ? new Map() : null;
    if (still.size < 200) still.set(tag, classes);
  }
  if (!classes) return true;
  const name = values[names.indexOf('class')] ?? '';
  let may = classes.get(name);
  if (may === undefined) {
    const style = computed(element);
    may = /auto|scroll|hidden/.test(style.overflow) && style.display !== 'inline';
    if (classes.size < 2000) classes.set(name, may);
  }
  return may || (names.includes('style') && /overflow/.test(attribute(element, 'style') ?? ''));
}

export function sizeOf(element: Element): { width: number; height: number } {
  const box = rect(element);
  return { width: Math.round(box.width), height: Math.round(box.height) };
}

export function compatOf(document: Document): number {
  if (compatMode(document) === 'BackCompat') return 1;
  const doctype = doctypeOf(document);
  return doctype && /^-\/\/W3C\/\/DTD (?:XHTML 1.0|HTML 4.01) (?:Frameset|Transitional)\/\//i.test(doctype.publicId)
    ? 2
    : 0;
}

/** A text as it is sent, within the protocol's limit. */
export function textOf(c: Context, node: Node, rules: Rules): string {
  const raw = data(node);
  const text = rules.text === Level.show && isPiece(node, raw) ? maskText(raw) : c.privacy.text(raw, rules);
  return text.length * 3 <= Limits.MaxText ? text : `${text.slice(0, Math.floor(Limits.MaxText / 3) - 1)}…`;
}
