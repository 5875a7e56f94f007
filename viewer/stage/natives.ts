// The DOM's own functions, taken before any of the customer's nodes exist. A form answers to the names of its fields and a
// document to those of its images (`<input name=setAttribute>`), so no method is ever looked up on a node of theirs.

type Method<T, A extends unknown[], R> = (target: T, ...rest: A) => R;

function method<T, A extends unknown[], R>(f: (this: T, ...rest: A) => R): Method<T, A, R> {
  return (target, ...rest) => f.apply(target, rest);
}

function getter<T extends object, K extends keyof T>(owner: T, name: K): (target: T) => T[K] {
  const get = Object.getOwnPropertyDescriptor(owner, name)?.get;
  if (!get) throw new Error(`no ${String(name)} here`);
  return (target) => get.call(target) as T[K];
}

const N = Node.prototype;
const E = Element.prototype;
const D = Document.prototype;

/** The document; by this name, so that it is never taken for a page's. */
export const page: Document = globalThis.document;

export const parentOf = getter(N, 'parentNode');
export const firstChild = getter(N, 'firstChild');
export const nextSibling = getter(N, 'nextSibling');
const { getRootNode } = N;
export const rootOf = (node: Node): Node => getRootNode.call(node);
export const nodeType = getter(N, 'nodeType');
export const isConnected = getter(N, 'isConnected');
export const insertBefore = method(N.insertBefore as (this: Node, node: Node, child: Node | null) => Node);
export const removeChild = method(N.removeChild as (this: Node, child: Node) => Node);

/** Moves a node and keeps what it holds (frames, sheets, open popovers); absent in older browsers. */
type MoveBefore = (this: Node, node: Node, child: Node | null) => void;
const mover = (E as unknown as { moveBefore?: MoveBefore }).moveBefore;
const fragmentMover = (DocumentFragment.prototype as unknown as { moveBefore?: MoveBefore }).moveBefore;
/** Elements that show none of their children: Chromium goes on showing what is moved into them. */
const SHUT = /^(?:input|textarea|select|option|progress|meter|video|audio|object|img|canvas)$/;
export function moveBefore(parent: Node, node: Node, child: Node | null): boolean {
  if (SHUT.test((parent as Element).localName)) return false;
  const move = nodeType(parent) === 1 ? mover : nodeType(parent) === 11 ? fragmentMover : undefined;
  if (!move || !isConnected(parent) || !isConnected(node)) return false;
  try {
    move.call(parent, node, child);
    return true;
  } catch {
    return false; // other root, or a kind of node that cannot be moved: the plain way says whether it is an error
  }
}

const createElementNS = method(D.createElementNS as (this: Document, ns: string, name: string) => Element);
const createText = method(D.createTextNode);
const createMark = method(D.createComment);
const implementation = getter(D, 'implementation')(page);
const emptyDocument = method(D.replaceChildren);
const emptyFragment = method(DocumentFragment.prototype.replaceChildren);
const sheetsOfDocument = Object.getOwnPropertyDescriptor(D, 'adoptedStyleSheets')?.set;

export const createElement = (ns: string, name: string): Element => createElementNS(page, ns, name);
export const createTextNode = (data: string): Text => createText(page, data);
export const createComment = (): Comment => createMark(page, '');
export const createDoctype = (name: string, publicId: string, systemId: string): DocumentType => {
  try {
    return implementation.createDocumentType(name, publicId, systemId);
  } catch {
    return implementation.createDocumentType('html', '', '');
  }
};
export const clearDocument = (): void => emptyDocument(page);
export const clearFragment = (root: DocumentFragment): void => emptyFragment(root);
export function adoptSheets(root: Document | ShadowRoot, sheets: CSSStyleSheet[]): void {
  if (root === page && sheetsOfDocument) sheetsOfDocument.call(page, sheets);
  else root.adoptedStyleSheets = sheets;
}

export const setAttribute = method(E.setAttribute as (this: Element, name: string, value: string) => void);
export const getAttribute = method(E.getAttribute);
export const removeAttribute = method(E.removeAttribute);
export const setAttributeNS = method(E.setAttributeNS as (this: Element, ns: string, name: string, v: string) => void);
export const removeAttributeNS = method(E.removeAttributeNS as (this: Element, ns: string, name: string) => void);
export const attributesOf = getter(E, 'attributes');
export const localName = getter(E, 'localName');
export const shadowOf = getter(E, 'shadowRoot');
export const attachShadow = method(E.attachShadow);
export const scrollLeft = getter(E, 'scrollLeft');
export const scrollTop = getter(E, 'scrollTop');
export const scrollTo = method(E.scrollTo as (this: Element, options: ScrollToOptions) => void);
export const dataOf = getter(CharacterData.prototype, 'data');
export const replaceData = method(CharacterData.prototype.replaceData);
const dataSetter = Object.getOwnPropertyDescriptor(CharacterData.prototype, 'data')?.set;
export const setData = (node: CharacterData, data: string): void => dataSetter?.call(node, data);
const rootElement = getter(D, 'documentElement');
export const documentElement = (): Element | null => rootElement(page) as Element | null;
