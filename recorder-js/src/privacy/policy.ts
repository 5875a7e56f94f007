// What of a node may be shown, decided in the page before anything is encoded. The rules that nothing lifts are in floor.ts.

import type * as Strict from '../capture/strict-css.ts';
import {
  all,
  attribute,
  attributeNames,
  DOCUMENT,
  designMode,
  ELEMENT,
  FRAGMENT,
  hostOf,
  is,
  nodeType,
  parentElement,
  parentNode,
} from '../dom.ts';
import { onFloor } from './floor.ts';
import { Ask, isMark, markAsk } from './markers.ts';
import { maskPatterns, maskText } from './mask.ts';
import { listOf, type Mode, type Settings } from './tighten.ts';

export const Level = { show: 0, mask: 1, block: 2 } as const;
export type Level = (typeof Level)[keyof typeof Level];

/** What strict mode does to style sheets, drawings and names: a part of its own, for most pages never need it. */
export type StrictRules = typeof Strict;

const EDIT = 'contenteditable';

/** What an element inherits: how text is treated and whether inputs were unmasked. */
export interface Rules {
  readonly text: Level;
  readonly inputs: boolean;
}

const blocked: Rules = { text: Level.block, inputs: false };
const masked: Rules = { text: Level.mask, inputs: false };
const shown: Rules = { text: Level.show, inputs: true };
const plain: Rules = { text: Level.show, inputs: false };
/** A mask that somebody asked for: nothing below it is shown. */
const forcedMask: Rules = { text: Level.mask, inputs: false };

export class Privacy {
  readonly mode: Mode;
  /** In strict mode only. */
  readonly strict: StrictRules | undefined;
  readonly root: Rules;
  private cache = new Map<Element, Rules>();
  private readonly words = new Map<string, string>();
  /** Strongest first. */
  private readonly selectors: readonly (readonly [Ask, string])[];
  /** What elements asked for when they were written, where it was something. */
  private readonly asks = new WeakMap<Element, Ask>();

  /** In strict mode there are its rules, which `rulesFor` gets. */
  constructor(settings: Settings = {}, strict?: StrictRules) {
    const { block, mask, show } = settings;
    const asked = [[Ask.block, block] as const, [Ask.mask, mask] as const, [Ask.show, show] as const];
    this.selectors = asked.flatMap(([ask, selectors]) =>
      listOf(selectors)
        .filter(isSelector)
        .map((selector) => [ask, selector] as const),
    );
    this.mode = modeOf(settings);
    if (this.mode === 'strict' && !strict) throw new Error('strict mode without its rules');
    this.strict = this.mode === 'strict' ? strict : undefined;
    this.root = this.mode === 'strict' ? masked : plain;
  }

  /** Whether what is around an element may make other rules for it at any time. */
  get bySelectors(): boolean {
    return this.selectors.length > 0;
  }

  /** The rules inside an element, given those around it. Mask is final for a subtree; show lifts the mode, not a mask. */
  inside(
    element: Element,
    around: Rules,
    names: readonly string[] = attributeNames(element),
    values?: readonly string[],
  ): Rules {
    if (around === blocked || (names.length === 0 && this.selectors.length === 0)) return around;
    const ask = this.ask(element, names, values);
    if (ask !== Ask.nothing) this.asks.set(element, ask);
    if (ask === Ask.block) return blocked;
    if (around === forcedMask || ask === Ask.mask) return forcedMask;
    if (ask === Ask.show) return shown;
    if (this.mode === 'standard' && around === plain && names.includes(EDIT) && isEditable(element)) return masked;
    return around;
  }

  private ask(element: Element, names: readonly string[], values?: readonly string[]): Ask {
    let ask: Ask = Ask.nothing;
    for (let i = 0; i < names.length; i++) {
      const name = names[i] as string;
      if (name.charCodeAt(0) > 100) continue; // marks begin with c or d
      const asked = markAsk(name, values?.[i] ?? attribute(element, name) ?? '');
      if (asked > ask) ask = asked;
    }
    for (const [asked, selector] of this.selectors) if (asked > ask && is(element, selector)) ask = asked;
    return ask;
  }

  /** Whether an attribute that changed makes other rules for what is at an element or below it. */
  changed(element: Element, name: string): boolean {
    if (name === EDIT) return true;
    if (this.selectors.length === 0) {
      if (!isMark(name)) return false;
      const plain = !this.asks.has(element) && markAsk(name, attribute(element, name) ?? '') === Ask.nothing;
      return !plain && this.differs(element);
    }
    return this.differs(element) || this.differsBelow(parentElement(element) ?? element);
  }

  /** Whether a node that moved has something in it that other selectors match now. */
  outOfPlace(node: Node): boolean {
    if (this.selectors.length === 0 || nodeType(node) !== ELEMENT) return false;
    return this.differs(node as Element) || this.differsBelow(node as Element);
  }

  /** A selector may ask for what stands around an element. */
  private differsBelow(element: Element): boolean {
    for (const [, selector] of this.selectors) {
      if (!/[\s>+~:]/.test(selector)) continue;
      for (const found of all(element, selector)) if (this.differs(found)) return true;
    }
    return false;
  }

  private differs(element: Element): boolean {
    const ask = this.ask(element, attributeNames(element));
    if (ask === (this.asks.get(element) ?? Ask.nothing)) return false;
    this.asks.set(element, ask);
    return true;
  }

  /** The rules for what a frame shows. */
  within(document: Document, around: Rules): Rules {
    return around === plain && designMode(document) === 'on' ? masked : around;
  }

  /** The rules at an element, by all its ancestors, through shadow roots and frames. */
  of(element: Element): Rules {
    const chain: Element[] = [];
    let rules: Rules | undefined;
    for (let at: Element | null = element; at && !rules; at = parentElement(at)) {
      rules = this.cache.get(at);
      if (!rules) chain.push(at);
    }
    rules ??= this.root;
    for (let i = chain.length - 1; i >= 0; i--) {
      const at = chain[i] as Element;
      const parent = parentNode(at);
      if (parent && nodeType(parent) === DOCUMENT) rules = this.within(parent as Document, rules);
      rules = this.inside(at, rules);
      this.cache.set(at, rules);
    }
    return rules;
  }

  /** The rules for children of an element, a shadow root or a document. */
  below(parent: Node): Rules {
    const type = nodeType(parent);
    const element = type === ELEMENT ? (parent as Element) : type === FRAGMENT ? hostOf(parent) : parentElement(parent);
    const rules = element ? this.of(element) : this.root;
    return type === DOCUMENT ? this.within(parent as Document, rules) : rules;
  }

  /** Attributes and places may have changed: nothing is known of any element's rules. */
  forget(): void {
    if (this.cache.size > 0) this.cache = new Map();
  }

  text(data: string, rules: Rules): string {
    return rules.text === Level.show ? maskPatterns(data) : maskText(data);
  }

  /** The value of an input, a text area or an option list. */
  value(element: Element, value: string, rules: Rules): string {
    if (this.floor(element)) return value === '' ? '' : '••••••';
    if (rules.inputs && rules.text === Level.show) return maskPatterns(value);
    return maskText(value);
  }

  /** Whether checks, choices and ranges may be told. */
  choice(element: Element, rules: Rules): boolean {
    return rules.text === Level.show && !this.floor(element);
  }

  private floor(element: Element): boolean {
    return onFloor(element) || (this.mode === 'strict' && PERSONAL.test(attribute(element, 'autocomplete') ?? ''));
  }

  /** In strict mode a class or an id is a word that tells nothing, the same one wherever it stands. */
  word(name: string): string {
    if (this.mode !== 'strict' || name === '') return name;
    let word = this.words.get(name);
    if (word === undefined) {
      word = `r${this.words.size.toString(36)}`;
      this.words.set(name, word);
    }
    return word;
  }
}

/** A selector that the browser does not understand hides too much instead of too little: the mode is strict then. */
function modeOf({ mode, block, mask }: Settings): Mode {
  const wrong = [...listOf(block), ...listOf(mask)].some((selector) => !isSelector(selector));
  return wrong ? 'strict' : (mode ?? 'standard');
}

/** The rules that these settings need. Rejects where they are not to be had: nothing may be captured then. */
export async function rulesFor(settings: Settings): Promise<StrictRules | undefined> {
  return modeOf(settings) === 'strict' ? import('../capture/strict-css.ts') : undefined;
}

const PERSONAL = /(?:^|\s)(?:bday|tel|email|impp)/i;

function isEditable(element: Element): boolean {
  return attribute(element, EDIT)?.toLowerCase() !== 'false';
}

function isSelector(selector: string): boolean {
  try {
    new DocumentFragment().querySelector(selector);
    return true;
  } catch {
    return false;
  }
}
