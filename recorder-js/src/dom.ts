// The platform's own accessors, taken before a page can shadow them: a form with a field named `childNodes` answers with the field,
// a document with a form named `title` with the form.

function getter<T>(prototype: object, name: string): (of: object) => T {
  const get = Object.getOwnPropertyDescriptor(prototype, name)?.get;
  return (of) => (get ? get.call(of) : Reflect.get(of, name)) as T;
}

const node = Node.prototype;
export const nodeType = getter<number>(node, 'nodeType');
export const firstChild = getter<Node | null>(node, 'firstChild');
export const nextSibling = getter<Node | null>(node, 'nextSibling');
export const previousSibling = getter<Node | null>(node, 'previousSibling');
export const parentNode = getter<Node | null>(node, 'parentNode');
export const isConnected = getter<boolean>(node, 'isConnected');
export const ownerDocument = getter<Document>(node, 'ownerDocument');
export const baseURI = getter<string>(node, 'baseURI');
const { getRootNode } = node;
/** The document or shadow root that a node stands in, or the outermost node of a part that stands in none. */
export const rootOf = (of: Node): Node => getRootNode.call(of);
export const textContent = getter<string | null>(node, 'textContent');
export const data = getter<string>(CharacterData.prototype, 'data');

const element = Element.prototype;
export const localName = getter<string>(element, 'localName');
export const namespaceURI = getter<string | null>(element, 'namespaceURI');
const openRoot = getter<ShadowRoot | null>(element, 'shadowRoot');
/** Closed roots that were seen being made. */
const closedRoots = new WeakMap<Element, ShadowRoot>();
let anyClosed = false;
export const shadowRootOf = (of: Element): ShadowRoot | null =>
  openRoot(of) ?? (anyClosed ? (closedRoots.get(of) ?? null) : null);
export function noteRoot(host: Element, root: ShadowRoot): void {
  if (modeOf(root) !== 'closed') return;
  anyClosed = true;
  closedRoots.set(host, root);
}
export const scrollLeft = getter<number>(element, 'scrollLeft');
export const scrollTop = getter<number>(element, 'scrollTop');

const document = Document.prototype;
export const compatMode = getter<string>(document, 'compatMode');
export const doctypeOf = getter<DocumentType | null>(document, 'doctype');
export const defaultView = getter<(Window & typeof globalThis) | null>(document, 'defaultView');
export const titleOf = getter<string>(document, 'title');
export const bodyOf = getter<HTMLElement | null>(document, 'body');
export const scrollingElement = getter<Element | null>(document, 'scrollingElement');
export const visibilityState = getter<string>(document, 'visibilityState');
export const readyState = getter<string>(document, 'readyState');
export const designMode = getter<string>(document, 'designMode');
const documentActive = getter<Element | null>(document, 'activeElement');
const documentAdopted = getter<CSSStyleSheet[] | undefined>(document, 'adoptedStyleSheets');

const shadow = ShadowRoot.prototype;
export const modeOf = getter<string>(shadow, 'mode');
export const hostOf = getter<Element | null>(shadow, 'host');
const shadowActive = getter<Element | null>(shadow, 'activeElement');
const shadowAdopted = getter<CSSStyleSheet[] | undefined>(shadow, 'adoptedStyleSheets');

export const inputType = getter<string>(HTMLInputElement.prototype, 'type');
export const inputValue = getter<string>(HTMLInputElement.prototype, 'value');
export const inputChecked = getter<boolean>(HTMLInputElement.prototype, 'checked');
export const inputIndeterminate = getter<boolean>(HTMLInputElement.prototype, 'indeterminate');
export const areaValue = getter<string>(HTMLTextAreaElement.prototype, 'value');
export const optionsOf = getter<HTMLOptionsCollection>(HTMLSelectElement.prototype, 'options');
export const multipleOf = getter<boolean>(HTMLSelectElement.prototype, 'multiple');
export const selectedIndex = getter<number>(HTMLSelectElement.prototype, 'selectedIndex');
export const optionSelected = getter<boolean>(HTMLOptionElement.prototype, 'selected');
export const currentSrc = getter<string>(HTMLImageElement.prototype, 'currentSrc');
export const naturalWidth = getter<number>(HTMLImageElement.prototype, 'naturalWidth');
const frameDocument = getter<Document | null>(HTMLIFrameElement.prototype, 'contentDocument');
const styleSheetOf = getter<CSSStyleSheet | null>(HTMLStyleElement.prototype, 'sheet');
const linkSheetOf = getter<CSSStyleSheet | null>(HTMLLinkElement.prototype, 'sheet');
export const mediaOf = getter<MediaList>(StyleSheet.prototype, 'media');
export const ruleStyle = getter<CSSStyleDeclaration>(CSSStyleRule.prototype, 'style');
const htmlStyle = getter<CSSStyleDeclaration>(HTMLElement.prototype, 'style');
const svgStyle = getter<CSSStyleDeclaration>(SVGElement.prototype, 'style');

const { getAttribute, hasAttribute, getAttributeNames, getBoundingClientRect, matches } = element;
export const attribute = (of: Element, name: string): string | null => getAttribute.call(of, name);
export const has = (of: Element, name: string): boolean => hasAttribute.call(of, name);
export const attributeNames = (of: Element): string[] => getAttributeNames.call(of);
export const rect = (of: Element): DOMRect => getBoundingClientRect.call(of);
const { getComputedStyle } = globalThis;
export const computed = (of: Element): CSSStyleDeclaration => getComputedStyle(of);
/** False also where the browser does not know the selector: then it does not have the state. */
export function is(of: Element, selector: string): boolean {
  try {
    return matches.call(of, selector);
  } catch {
    return false;
  }
}

const { querySelectorAll } = element;
/** The elements below a node that match; none where the browser does not know the selector. */
export function all(below: Element, selector: string): readonly Element[] {
  try {
    return [...querySelectorAll.call(below, selector)];
  } catch {
    return [];
  }
}

export const ELEMENT = 1;
export const TEXT = 3;
export const DOCUMENT = 9;
export const DOCTYPE = 10;
export const FRAGMENT = 11;

const HTML = 'http://www.w3.org/1999/xhtml';
export const isHtml = (of: Element): boolean => namespaceURI(of) === HTML;
export const isSvg = (of: Element): boolean => namespaceURI(of) === 'http://www.w3.org/2000/svg';

/** Whether what an event or a script names is an element, of whatever window. */
export function isElement(target: unknown): target is Element {
  try {
    return nodeType(target as Node) === ELEMENT;
  } catch {
    return false;
  }
}

export function styleOf(of: Element): CSSStyleDeclaration | undefined {
  if (isHtml(of)) return htmlStyle(of);
  return isSvg(of) ? svgStyle(of) : undefined;
}

export function sheetOf(of: Element): CSSStyleSheet | null {
  if (!isHtml(of)) return (of as SVGStyleElement).sheet ?? null;
  return localName(of) === 'link' ? linkSheetOf(of) : styleSheetOf(of);
}

export function activeElement(root: Document | ShadowRoot): Element | null {
  return nodeType(root) === DOCUMENT ? documentActive(root) : shadowActive(root);
}

export function adoptedSheets(root: Document | ShadowRoot): readonly CSSStyleSheet[] {
  return (nodeType(root) === DOCUMENT ? documentAdopted(root) : shadowAdopted(root)) ?? [];
}

/** The document in a frame, undefined where another origin or a sandbox keeps it. */
export function contentOf(frame: Element): Document | undefined {
  try {
    return frameDocument(frame) ?? undefined;
  } catch {
    return undefined;
  }
}

/** What a shadow root or a frame's document stands in. */
export function around(root: Node): Element | null {
  const type = nodeType(root);
  if (type === FRAGMENT) return hostOf(root);
  if (type !== DOCUMENT) return null;
  try {
    return defaultView(root)?.frameElement ?? null;
  } catch {
    return null;
  }
}

/** The node around a node, through shadow roots and frames of the same origin. */
export const above = (of: Node): Node | null => parentNode(of) ?? around(of);

/** The element around a node, in the same way. */
export function parentElement(of: Node): Element | null {
  let at = above(of);
  while (at && nodeType(at) !== ELEMENT) at = above(at);
  return at as Element | null;
}

/** A function of a window without a framework's wrapper: Zone.js renders the page again after every callback that it sees. */
export function native<K extends 'requestAnimationFrame' | 'setTimeout' | 'MutationObserver'>(
  window: Window & typeof globalThis,
  name: K,
): (Window & typeof globalThis)[K] {
  return (Reflect.get(window, `__zone_symbol__${name}`) as (Window & typeof globalThis)[K] | undefined) ?? window[name];
}

const { addEventListener, removeEventListener } = EventTarget.prototype;
/** What all of us listen to. */
const heard = new Set<() => void>();

/** Listens in the capture phase unless that is false, to prevent nothing unless `passive` is false; returns what ends it. */
export function listen(
  target: EventTarget,
  name: string,
  handle: (event: Event) => void,
  passive = true,
  capture = true,
): () => void {
  const listening = { capture, passive };
  const pick = (symbol: string, own: typeof addEventListener): typeof addEventListener =>
    Reflect.get(EventTarget.prototype, symbol) ?? own;
  const add = () => pick('__zone_symbol__addEventListener', addEventListener).call(target, name, handle, listening);
  const remove = pick('__zone_symbol__removeEventListener', removeEventListener);
  heard.add(add);
  add();
  return () => {
    heard.delete(add);
    remove.call(target, name, handle, listening);
  };
}

/** Listens behind everybody who listened before `again` was called last. */
export function listenLast(target: EventTarget, name: string, handle: (event: Event) => void) {
  let stop: () => void = () => undefined;
  const again = () => {
    stop();
    stop = listen(target, name, handle, true, false);
  };
  again();
  return { again, stop: () => stop() };
}

/** After `document.open()`, which takes every listener from its document and window. */
export function listenAgain(): void {
  for (const add of heard) add();
}
