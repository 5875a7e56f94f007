// The page as an agent would see it, built from ops in a frame without scripts. Small beside the agent's stage: animations, media and the
// selection are left out, and pictures that would be sent are taken from where the page has them.
//
// The frame has no scripts and takes no input; elements that load or run something are not made.

import type { Ops } from '@ridealong/wire';

const NS = ['http://www.w3.org/1999/xhtml', 'http://www.w3.org/2000/svg', 'http://www.w3.org/1998/Math/MathML'];
const XLINK = 'http://www.w3.org/1999/xlink';
/** Made as something that does nothing. */
const INERT = /^(?:script|link|meta|base|object|embed|frame|portal|style|template)$/;
const HATCH = 'repeating-linear-gradient(45deg, #8884 0 6px, #8882 6px 12px)';

interface Sheet {
  owner: Node | undefined;
  rules: string[];
  media: string;
  disabled: boolean;
  made?: CSSStyleSheet | undefined;
}

type Root = Document | ShadowRoot;
type Scope = Window & typeof globalThis;

export class View implements Partial<Ops> {
  private readonly nodes = new Map<number, Node>();
  private readonly sheets = new Map<number, Sheet>();
  private readonly adopted = new Map<Root, readonly number[]>();
  private readonly roots = new Set<Root>();
  private open: { parent: Node; before: Node | null }[] = [];
  private dirty = false;
  size: readonly [number, number] = [0, 0];

  constructor(
    /** The frame's. */
    private readonly top: Document,
    /** Where the picture or the font with this number is; empty for none. */
    private readonly asset: (n: number) => string,
  ) {}

  private node<T extends Node>(id: number): T {
    return this.nodes.get(id) as T;
  }

  /** What stands for a node of the page. */
  standsFor(id: number): Element | undefined {
    const node = this.nodes.get(id);
    return node?.nodeType === 1 ? (node as Element) : undefined;
  }

  private put(id: number, node: Node): void {
    this.nodes.set(id, node);
    const at = this.open.at(-1);
    if (!at) return;
    try {
      at.parent.insertBefore(node, at.before);
    } catch {
      // A second document element, as broken pages have.
    }
  }

  reset(): void {
    this.nodes.clear();
    this.sheets.clear();
    this.adopted.clear();
    this.roots.clear();
    this.open = [];
    for (const child of [...this.top.childNodes]) child.remove();
    this.nodes.set(1, this.top);
    this.roots.add(this.top);
  }

  insert(parent: number, previous: number): void {
    const at = this.node(parent);
    this.open.push({ parent: at, before: previous ? this.node(previous).nextSibling : at.firstChild });
  }

  private enter(node: Node): void {
    this.open.push({ parent: node, before: null });
  }

  element(id: number, ns: number, tag: string, attributes: readonly string[]): void {
    const document = this.scope().document;
    const name = INERT.test(tag) ? 'ridealong-inert' : tag;
    let element: Element;
    try {
      element = document.createElementNS(NS[ns] as string, name);
    } catch {
      element = document.createElement('ridealong-inert');
    }
    if (name !== tag) element.setAttribute('hidden', '');
    for (let i = 0; i < attributes.length; i += 2)
      this.attribute(element, attributes[i] as string, attributes[i + 1] as string);
    this.put(id, element);
    this.enter(element);
  }

  /** The frame's own window for what is being built now. */
  private scope(): Scope {
    const at = this.open.at(-1)?.parent ?? this.top;
    const document = at.nodeType === 9 ? (at as Document) : (at.ownerDocument as Document);
    return (document.defaultView ?? this.top.defaultView) as Scope;
  }

  private attribute(element: Element, name: string, value: string): void {
    if (/^on|^srcdoc$|^autofocus$/i.test(name)) return;
    const found = /^asset:(\d+)$/.exec(value);
    const told = found ? this.asset(Number(found[1])) : value;
    try {
      if (name === 'style') (element as HTMLElement).style.cssText = this.css(value);
      else if (name === 'href' && !found && element.localName === 'a') element.setAttribute('data-href', value);
      else if (name.startsWith('xlink:')) element.setAttributeNS(XLINK, name, told);
      else element.setAttribute(name, told);
    } catch {
      // A name that only a parser takes.
    }
  }

  private css(text: string): string {
    return text.replace(/url\("?asset:(\d+)"?\)/g, (_, n: string) => `url(${JSON.stringify(this.asset(Number(n)))})`);
  }

  text(id: number, data: string): void {
    this.put(id, this.scope().document.createTextNode(data));
  }

  shadow(id: number): void {
    const host = this.open.at(-1)?.parent as Element;
    let root: Node;
    try {
      root = host.attachShadow({ mode: 'open' });
      this.roots.add(root as ShadowRoot);
    } catch {
      root = this.scope().document.createDocumentFragment();
    }
    this.nodes.set(id, root);
    this.enter(root);
  }

  /** What a frame shows. */
  document(id: number): void {
    const frame = this.open.at(-1)?.parent as HTMLIFrameElement;
    const inner = frame.contentDocument;
    const into = inner ?? this.scope().document.createDocumentFragment();
    for (const child of [...into.childNodes]) child.remove();
    if (inner) this.roots.add(inner);
    this.nodes.set(id, into);
    this.enter(into);
  }

  blocked(id: number, _tag: string, width: number, height: number): void {
    const box = this.scope().document.createElement('ridealong-box');
    Object.assign(box.style, {
      display: 'inline-block',
      width: `${width}px`,
      height: `${height}px`,
      background: HATCH,
    });
    this.put(id, box);
  }

  doctype(id: number, name: string): void {
    this.nodes.set(id, this.top.implementation.createDocumentType(name || 'html', '', ''));
  }

  moved(id: number): void {
    this.put(id, this.node(id));
  }

  end(): void {
    this.open.pop();
  }

  remove(ids: readonly number[]): void {
    for (const id of ids) (this.node(id) as ChildNode | undefined)?.remove?.();
    this.dirty = true;
  }

  attributes(id: number, changes: readonly (string | null)[]): void {
    const element = this.node<Element>(id);
    for (let i = 0; i < changes.length; i += 2) {
      const [name, value] = [changes[i] as string, changes[i + 1] ?? null];
      if (value === null) element.removeAttribute?.(name);
      else this.attribute(element, name, value);
    }
  }

  setText(id: number, data: string): void {
    this.node<Text>(id).data = data;
  }

  splice(id: number, offset: number, deleted: number, data: string): void {
    this.node<Text>(id).replaceData(offset, deleted, data);
  }

  value(id: number, value: string): void {
    const field = this.node<HTMLInputElement>(id);
    // A mask is no date and no number.
    if (/^(?:date|month|week|time|datetime-local|number|email|url)$/.test(field.type)) field.type = 'text';
    field.value = value;
  }

  check(id: number, bits: number): void {
    const field = this.node<HTMLInputElement>(id);
    field.checked = (bits & 1) !== 0;
    field.indeterminate = (bits & 2) !== 0;
  }

  select(id: number, options: readonly number[]): void {
    const list = this.node<HTMLSelectElement>(id).options;
    for (let i = 0; i < list.length; i++) (list[i] as HTMLOptionElement).selected = options.includes(i);
  }

  scroll(id: number, x: number, y: number): void {
    const node = this.node<Element | Document>(id);
    const element = node?.nodeType === 9 ? (node as Document).scrollingElement : (node as Element | undefined);
    element?.scrollTo({ left: x, top: y, behavior: 'instant' });
  }

  viewport(width: number, height: number): void {
    this.size = [width, height];
  }

  state(id: number, bits: number): void {
    const element = this.node<HTMLElement>(id);
    element.toggleAttribute?.('open', (bits & 3) !== 0);
    if (element.hasAttribute?.('popover')) {
      element.removeAttribute('popover');
      element.hidden = (bits & 4) === 0;
    }
  }

  sheet(id: number, flags: number, media: string, rules: readonly string[]): void {
    this.sheets.set(id, { owner: this.nodes.get(id), rules: [...rules], media, disabled: (flags & 1) !== 0 });
    this.dirty = true;
  }

  adopt(root: number, sheets: readonly number[]): void {
    this.adopted.set(this.node(root) as Root, sheets);
    this.dirty = true;
  }

  rule(id: number, path: readonly number[], act: number, text: string): void {
    const sheet = this.sheets.get(id);
    if (!sheet || path.length !== 1) return;
    const [at = 0] = path;
    if (act === 0) sheet.rules.splice(at, 1);
    else sheet.rules.splice(at, act === 1 ? 0 : 1, text);
    sheet.made = undefined;
    this.dirty = true;
  }

  disable(id: number, disabled: boolean): void {
    const sheet = this.sheets.get(id);
    if (sheet) sheet.disabled = disabled;
    this.dirty = true;
  }

  /** After a group: every root gets its sheets, in order. Constructed ones, which a site's policy does not ask about. */
  flush(): void {
    if (!this.dirty) return;
    this.dirty = false;
    for (const root of this.roots) {
      const scope = ((root as Document).defaultView ?? root.ownerDocument?.defaultView) as Scope | null;
      if (!scope) continue;
      const own = [...this.sheets.values()].filter(({ owner }) => owner?.isConnected && owner.getRootNode() === root);
      const inOrder = own.sort((a, b) => ((a.owner as Node).compareDocumentPosition(b.owner as Node) & 2 ? 1 : -1));
      const adopted = (this.adopted.get(root) ?? [])
        .map((id) => this.sheets.get(id))
        .filter((one) => one !== undefined);
      try {
        root.adoptedStyleSheets = [...inOrder, ...adopted]
          .filter(({ disabled }) => !disabled)
          .map((sheet) => this.made(sheet, scope));
      } catch {
        // A sheet that two documents adopt belongs to one only.
      }
    }
  }

  private made(sheet: Sheet, scope: Scope): CSSStyleSheet {
    if (!sheet.made) {
      sheet.made = new scope.CSSStyleSheet(sheet.media ? { media: sheet.media } : {});
      sheet.made.replaceSync(sheet.rules.map((rule) => this.css(rule)).join('\n'));
    }
    return sheet.made;
  }
}
