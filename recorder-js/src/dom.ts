// The platform's own accessors, taken before a page can shadow them: a form with a field named `childNodes` answers with the field.

function getter<T>(prototype: object, name: string): (of: object) => T {
  const get = Object.getOwnPropertyDescriptor(prototype, name)?.get;
  return (of) => (get ? get.call(of) : Reflect.get(of, name)) as T;
}

export const nodeType = getter<number>(Node.prototype, 'nodeType');
export const firstChild = getter<Node | null>(Node.prototype, 'firstChild');
export const nextSibling = getter<Node | null>(Node.prototype, 'nextSibling');
export const previousSibling = getter<Node | null>(Node.prototype, 'previousSibling');
export const parentNode = getter<Node | null>(Node.prototype, 'parentNode');
export const isConnected = getter<boolean>(Node.prototype, 'isConnected');
export const ownerDocument = getter<Document>(Node.prototype, 'ownerDocument');
export const localName = getter<string>(Element.prototype, 'localName');
export const namespaceURI = getter<string | null>(Element.prototype, 'namespaceURI');
export const attributesOf = getter<NamedNodeMap>(Element.prototype, 'attributes');
export const shadowRootOf = getter<ShadowRoot | null>(Element.prototype, 'shadowRoot');
export const data = getter<string>(CharacterData.prototype, 'data');
export const scrollLeft = getter<number>(Element.prototype, 'scrollLeft');
export const scrollTop = getter<number>(Element.prototype, 'scrollTop');

const { getAttribute, hasAttribute, getBoundingClientRect, matches } = Element.prototype;
export const attribute = (element: Element, name: string): string | null => getAttribute.call(element, name);
export const has = (element: Element, name: string): boolean => hasAttribute.call(element, name);
export const rect = (element: Element): DOMRect => getBoundingClientRect.call(element);
export const is = (element: Element, selector: string): boolean => matches.call(element, selector);

export const ELEMENT = 1;
export const TEXT = 3;
export const DOCUMENT = 9;
export const DOCTYPE = 10;
export const FRAGMENT = 11;

/** The element around a node, through shadow roots and frames of the same origin. */
export function parentElement(node: Node): Element | null {
  const parent = parentNode(node);
  if (parent) {
    if (nodeType(parent) === ELEMENT) return parent as Element;
    if (nodeType(parent) === FRAGMENT) return (parent as ShadowRoot).host ?? null;
    if (nodeType(parent) === DOCUMENT) return frameOf(parent as Document);
  }
  return null;
}

/** The element that shows a document, null for the outermost one. */
export function frameOf(document: Document): Element | null {
  try {
    return document.defaultView?.frameElement ?? null;
  } catch {
    return null;
  }
}
