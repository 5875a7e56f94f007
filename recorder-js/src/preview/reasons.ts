// Why each thing of the page may be seen or not, counted by rule. It asks the recorder's own rules what holds; what it adds is the name of
// the rule that they go by.

import { attribute, attributeNames } from '../dom.ts';
import { onFloor } from '../privacy/floor.ts';
import { Ask, markAsk } from '../privacy/markers.ts';
import { maskPatterns } from '../privacy/mask.ts';
import { Level, type Privacy } from '../privacy/policy.ts';
import { isPiece } from '../privacy/split.ts';
import { listOf, type Settings } from '../privacy/tighten.ts';

export type Outcome = 'blocked' | 'masked' | 'shown';

export interface Reason {
  outcome: Outcome;
  /** What it is of: texts, fields, pictures, parts. */
  what: string;
  rule: string;
  count: number;
  /** Where; the first ones. */
  elements: Element[];
}

const MOST_MARKED = 300;
/** Rows in a page are bounded by what a person would wait for. */
const MOST = 100_000;
const UNSEEN = /^(?:script|style|noscript|template|head|meta|link|title|base)$/;
const PICTURES = /^(?:img|image|picture)$/;
const BOXES = /^(?:video|audio|canvas|object|embed)$/;

interface Why {
  ask: Ask;
  rule: string;
}

export class Reasons {
  private readonly found = new Map<string, Reason>();
  private readonly whys = new Map<Element, Why>();
  private left = MOST;

  constructor(
    private readonly settings: Settings,
    private readonly privacy: Privacy,
    private readonly ignore: (node: Node) => boolean,
  ) {}

  of(document: Document): Reason[] {
    this.walk(document.documentElement);
    const order: Outcome[] = ['blocked', 'masked', 'shown'];
    return [...this.found.values()].sort(
      (a, b) => order.indexOf(a.outcome) - order.indexOf(b.outcome) || b.count - a.count,
    );
  }

  private note(outcome: Outcome, what: string, rule: string, element: Element): void {
    const key = `${outcome} ${what} ${rule}`;
    const reason = this.found.get(key) ?? { outcome, what, rule, count: 0, elements: [] };
    reason.count++;
    if (reason.elements.length < MOST_MARKED && reason.elements.at(-1) !== element) reason.elements.push(element);
    this.found.set(key, reason);
  }

  private walk(element: Element): void {
    if (this.left-- <= 0 || UNSEEN.test(element.localName) || this.ignore(element)) return;
    const { privacy } = this;
    const rules = privacy.of(element);
    const { localName } = element;
    if (rules.text === Level.block) return this.note('blocked', 'part', this.why(element, Ask.block), element);
    if (BOXES.test(localName)) return this.note('blocked', 'part', `<${localName}>: a box of its size`, element);
    const shown = rules.text === Level.show;
    const rule = () => (shown ? this.shownBy(element) : this.maskedBy(element));
    if (localName === 'input' || localName === 'textarea' || localName === 'select')
      this.field(element, shown, rules.inputs);
    else if (PICTURES.test(localName)) this.note(shown ? 'shown' : 'masked', 'picture', rule(), element);
    if (localName === 'textarea' || localName === 'select') return;
    for (let child = element.firstChild; child; child = child.nextSibling) {
      if (child.nodeType === 1) this.walk(child as Element);
      else if (child.nodeType === 3 && (child as Text).data.trim() !== '')
        this.text(child as Text, element, shown, rule);
    }
    for (const child of element.shadowRoot?.children ?? []) this.walk(child);
    if (localName === 'iframe') this.frame(element as HTMLIFrameElement);
  }

  private text(node: Text, element: Element, shown: boolean, rule: () => string): void {
    if (shown && maskPatterns(node.data) !== node.data) this.note('masked', 'text', 'looks like a secret', element);
    else if (shown && isPiece(node, node.data))
      this.note('masked', 'text', 'piece of what looks like a secret', element);
    else this.note(shown ? 'shown' : 'masked', 'text', rule(), element);
  }

  private field(element: Element, shown: boolean, inputs: boolean): void {
    if (onFloor(element)) this.note('masked', 'field', 'never leaves: password, card, code, hidden or file', element);
    else if (shown && inputs) this.note('shown', 'field', this.shownBy(element), element);
    else this.note('masked', 'field', shown ? 'what a person types' : this.maskedBy(element), element);
  }

  private frame(frame: HTMLIFrameElement): void {
    let inner: Document | null = null;
    try {
      inner = frame.contentDocument;
    } catch {
      // Of another origin.
    }
    if (inner?.documentElement) this.walk(inner.documentElement);
    else this.note('blocked', 'part', 'frame of another origin', frame);
  }

  private maskedBy(element: Element): string {
    return this.around(element, Ask.mask) ?? (this.privacy.mode === 'strict' ? 'strict mode' : 'editable');
  }

  private shownBy(element: Element): string {
    return this.around(element, Ask.show) ?? 'standard mode';
  }

  private why(element: Element, ask: Ask): string {
    return this.around(element, ask) ?? 'blocked';
  }

  /** The rule of the nearest element around that asks for it. */
  private around(element: Element, ask: Ask): string | undefined {
    for (let at: Element | null = element; at; at = at.parentElement ?? hostOf(at)) {
      const why = this.asks(at);
      if (why.ask === ask) return why.rule;
    }
    return undefined;
  }

  private asks(element: Element): Why {
    const known = this.whys.get(element);
    if (known) return known;
    let why: Why = { ask: Ask.nothing, rule: '' };
    for (const name of attributeNames(element)) {
      const ask = markAsk(name, attribute(element, name) ?? '');
      if (ask > why.ask) why = { ask, rule: name === 'class' ? `class of another tool: ${element.className}` : name };
    }
    const { block, mask, show } = this.settings;
    for (const [ask, list, name] of [
      [Ask.block, block, 'block'],
      [Ask.mask, mask, 'mask'],
      [Ask.show, show, 'show'],
    ] as const)
      for (const selector of listOf(list))
        if (ask > why.ask && matches(element, selector)) why = { ask, rule: `${name} ${selector}` };
    this.whys.set(element, why);
    return why;
  }
}

function matches(element: Element, selector: string): boolean {
  try {
    return element.matches(selector);
  } catch {
    return false;
  }
}

function hostOf(element: Element): Element | null {
  const root = element.getRootNode() as ShadowRoot | Document;
  return 'host' in root ? root.host : (root.defaultView?.frameElement ?? null);
}
