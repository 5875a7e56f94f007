// The canonical form of what stands on the stage, read from the document itself.

import { SHOWN, UNDEFINED } from './attributes.ts';
import {
  type CanonicalDocument,
  type CanonicalElement,
  type CanonicalNode,
  type CanonicalSheet,
  normalAttribute,
  normalCss,
  REFUSED_RULE,
  type Sample,
  STYLES,
} from './canonical.ts';
import { asWritten, OURS } from './css.ts';
import * as dom from './natives.ts';
import type { Nested } from './nested.ts';
import { REFUSED } from './sheets.ts';
import type { Tree } from './tree.ts';

type NestedIn = (frame: Node) => Nested | undefined;

/** `isOurs` knows the sheets that are not the page's. */
export async function serialize(
  tree: Tree,
  sample: Sample,
  nestedIn: NestedIn,
  isOurs: (sheet: CSSStyleSheet) => boolean,
): Promise<CanonicalDocument> {
  const reading = new Reading(tree, sample, nestedIn, isOurs);
  const root = document.scrollingElement;
  const form: CanonicalDocument = {
    compat: dom.page.compatMode === 'BackCompat' ? 'quirks' : 'standards',
    nodes: reading.children(dom.page),
    adopted: reading.adopted(document),
    scroll: root ? [Math.round(dom.scrollLeft(root)), Math.round(dom.scrollTop(root))] : [0, 0],
  };
  await Promise.all(reading.later);
  return form;
}

class Reading {
  readonly later: Promise<void>[] = [];
  private elements = 0;
  private readonly tree: Tree;
  private readonly sample: Sample;
  private readonly nestedIn: NestedIn;
  private readonly isOurs: (sheet: CSSStyleSheet) => boolean;

  constructor(tree: Tree, sample: Sample, nestedIn: NestedIn, isOurs: (sheet: CSSStyleSheet) => boolean) {
    this.isOurs = isOurs;
    this.tree = tree;
    this.sample = sample;
    this.nestedIn = nestedIn;
  }

  adopted(root: Document | ShadowRoot): CanonicalSheet[] {
    return root.adoptedStyleSheets.filter((sheet) => !this.isOurs(sheet)).map(canonicalSheet);
  }

  children(parent: Node): CanonicalNode[] {
    const nodes: CanonicalNode[] = [];
    for (let child = dom.firstChild(parent); child; child = dom.nextSibling(child)) {
      if (this.tree.part(child)) nodes.push(this.element(child as Element));
      else if (this.tree.mark(child)) nodes.push(this.other(child));
    }
    return nodes;
  }

  private other(node: Node): CanonicalNode {
    const mark = this.tree.mark(node);
    if (mark?.kind === 'blocked') return { blocked: mark.tag ?? '', width: mark.width ?? 0, height: mark.height ?? 0 };
    if (mark?.kind === 'doctype') return { doctype: (node as DocumentType).name };
    return { text: mark?.data ?? dom.dataOf(node as CharacterData) };
  }

  private element(node: Element): CanonicalElement {
    const part = this.tree.part(node);
    const sampled = this.sampled(part?.id ?? 0);
    const form: CanonicalElement = { tag: part?.tag ?? '', attributes: this.attributes(node), children: [] };
    if (part?.ns === 1) form.ns = 'svg';
    if (part?.ns === 2) form.ns = 'mathml';
    if (sampled) form.style = computed(node);
    this.hold(node, form);
    const root = dom.shadowOf(node);
    if (root) form.shadow = { nodes: this.children(root), adopted: this.adopted(root) };
    form.children = this.children(node);
    const nested = this.nestedIn(node);
    if (nested) {
      const inner = nested.serialize(this.sample).then((document) => {
        form.document = document;
      });
      this.later.push(inner);
    }
    return form;
  }

  private sampled(id: number): boolean {
    const n = this.elements++;
    return Array.isArray(this.sample) ? this.sample.includes(id) : this.sample.every > 0 && n % this.sample.every === 0;
  }

  private attributes(node: Element): Record<string, string> {
    const part = this.tree.part(node);
    const found = new Map(part?.held ?? []);
    const ours = part?.build.as === 'unseen' || part?.build.as === 'box' || part?.build.as === 'frame';
    if (!ours) {
      for (const { name, value } of Array.from(dom.attributesOf(node)))
        if (!found.has(name) && !name.startsWith('ra-')) found.set(name, value);
    }
    if (found.has('popover') && dom.getAttribute(node, OURS.fullscreen) !== null && !part?.held?.has('popover'))
      found.delete('popover'); // ours
    if (found.delete(SHOWN) && found.get('placeholder') === '') found.delete('placeholder'); // told as state
    found.delete(UNDEFINED);
    const names = [...found.keys()].sort();
    return Object.fromEntries(names.map((name) => [name, normalAttribute(name, found.get(name) ?? '')]));
  }

  /** What an element holds beside its attributes. */
  private hold(node: Element, form: CanonicalElement): void {
    if (node instanceof HTMLInputElement) {
      if (node.type === 'checkbox' || node.type === 'radio') {
        form.checked = node.checked;
        if (node.indeterminate && node.type === 'checkbox') form.indeterminate = true;
      } else if (node.type !== 'file' && node.type !== 'image')
        form.value = this.tree.part(node)?.held?.get(SHOWN) ?? node.value;
    } else if (node instanceof HTMLTextAreaElement) form.value = node.value;
    else if (node instanceof HTMLSelectElement) {
      form.selected = Array.from(node.options).flatMap((option, index) => (option.selected ? [index] : []));
    } else if (this.tree.part(node)?.build.as === 'style') {
      const sheet = (node as HTMLStyleElement).sheet;
      if (sheet && (sheet.cssRules.length > 0 || this.tree.part(node)?.tag === 'style'))
        form.sheet = canonicalSheet(sheet);
    }
    const scroll: [number, number] = [Math.round(dom.scrollLeft(node)), Math.round(dom.scrollTop(node))];
    if ((scroll[0] !== 0 || scroll[1] !== 0) && node !== document.scrollingElement) form.scroll = scroll;
    const state = states(node);
    if (state.length > 0) form.state = state;
  }
}

function states(node: Element): ('open' | 'modal' | 'popover')[] {
  const found: ('open' | 'modal' | 'popover')[] = [];
  if ((node instanceof HTMLDialogElement || node instanceof HTMLDetailsElement) && node.open) found.push('open');
  if (node instanceof HTMLDialogElement && node.matches(':modal')) found.push('modal');
  const lifted = dom.getAttribute(node, OURS.fullscreen) !== null; // by us
  if (node instanceof HTMLElement && node.popover !== null && !lifted && node.matches(':popover-open'))
    found.push('popover');
  return found;
}

function canonicalSheet(sheet: CSSStyleSheet): CanonicalSheet {
  return {
    rules: Array.from(sheet.cssRules, (rule) => (isRefused(rule) ? REFUSED_RULE : normalCss(asWritten(rule.cssText)))),
    media: sheet.media.mediaText,
    disabled: sheet.disabled,
  };
}

const isRefused = (rule: CSSRule): boolean => rule.cssText.startsWith(REFUSED.slice(0, REFUSED.indexOf('{') - 1));

function computed(node: Element): Record<string, string> {
  const style = getComputedStyle(node);
  return Object.fromEntries(STYLES.map((name) => [name, normalCss(style.getPropertyValue(name))]));
}
