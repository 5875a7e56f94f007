// The page's canonical form, read by code of its own. It knows the rules of standard mode for what the tests' pages hold.

import { attributesForm, sheetForm } from './tree.ts';

const get = <T>(prototype: object, name: string): ((of: object) => T) => {
  const read = Object.getOwnPropertyDescriptor(prototype, name)?.get as () => T;
  return (of) => read.call(of);
};
const childNodes = get<NodeListOf<ChildNode>>(Node.prototype, 'childNodes');
const type = get<number>(Node.prototype, 'nodeType');
const attributes = get<NamedNodeMap>(Element.prototype, 'attributes');
const local = get<string>(Element.prototype, 'localName');
const space = get<string | null>(Element.prototype, 'namespaceURI');
const open = get<ShadowRoot | null>(Element.prototype, 'shadowRoot');
/** A page that is to be asked for its closed roots keeps them here. */
const shadow = (of: Element): ShadowRoot | null =>
  open(of) ?? (Reflect.get(globalThis, 'closedRoots') as WeakMap<Element, ShadowRoot> | undefined)?.get(of) ?? null;
const left = get<number>(Element.prototype, 'scrollLeft');
const top = get<number>(Element.prototype, 'scrollTop');
const compat = get<string>(Document.prototype, 'compatMode');
const scroller = get<Element | null>(Document.prototype, 'scrollingElement');
const adopted = get<CSSStyleSheet[]>(Document.prototype, 'adoptedStyleSheets');
const owner = get<Document | null>(Node.prototype, 'ownerDocument');
const data = get<string>(CharacterData.prototype, 'data');
const sheetGet = get<CSSStyleSheet | null>(HTMLStyleElement.prototype, 'sheet');
const linkGet = get<CSSStyleSheet | null>(HTMLLinkElement.prototype, 'sheet');
const content = get<Document | null>(HTMLIFrameElement.prototype, 'contentDocument');
const rules = get<CSSRuleList>(CSSStyleSheet.prototype, 'cssRules');
const media = get<MediaList>(StyleSheet.prototype, 'media');
const matches = Element.prototype.matches;
const box = Element.prototype.getBoundingClientRect;

/** 0 shown, 1 masked as a field is, 2 masked for good. */
type Mask = 0 | 1 | 2;

const HIDDEN = new Set(['value', 'href', 'src', 'srcset', 'action', 'content', 'srcdoc', 'target', 'is', 'sandbox']);
const UNTOLD = new Set(['script', 'style', 'textarea', 'iframe', 'template']);
const FOREIGN = new Set(['object', 'embed']);
/** Elements where they are shown. */
const MEDIA = new Set(['video', 'audio', 'canvas']);
const secret = (input: HTMLInputElement): boolean =>
  input.type === 'hidden' || input.type === 'password' || /card|cvc/.test(input.name);
const dots = (text: string): string => [...text].map((c) => (/\s/.test(c) ? c : '•')).join('');

function present(node: Node): boolean {
  if (type(node) !== 1) return type(node) === 3 || type(node) === 10;
  const tag = local(node);
  if (tag === 'noscript' || tag === 'base') return false;
  const e = node as Element;
  if (tag === 'meta') return Element.prototype.hasAttribute.call(e, 'charset');
  return tag !== 'link' || Element.prototype.getAttribute.call(e, 'rel') === 'stylesheet';
}

function sheet(css: CSSStyleSheet): string {
  const list = Array.from(rules(css), (rule) => rule.cssText);
  return sheetForm({ disabled: css.disabled, media: media(css).mediaText, rules: list });
}

export function canonical(): string[] {
  const lines: string[] = [];
  const line = (depth: number, text: string) => lines.push(' '.repeat(depth) + text);

  const root = (document: Document | ShadowRoot, head: string, depth: number, masked: Mask, inputs: boolean) => {
    let at = '';
    if (type(document) === 9) {
      const element = scroller(document);
      if (element && (top(element) !== 0 || left(element) !== 0)) {
        at = ` at=${Math.round(left(element))},${Math.round(top(element))}`;
      }
    }
    line(depth, head + at);
    const sheets = type(document) === 9 ? adopted(document) : document.adoptedStyleSheets;
    for (const css of sheets) line(depth, `adopts ${sheet(css)}`);
    for (const child of childNodes(document)) one(child, depth + 1, masked, inputs);
  };

  const one = (node: Node, depth: number, masked: Mask, inputs: boolean): void => {
    if (!present(node)) return;
    if (type(node) === 3) line(depth, `"${masked ? dots(data(node)) : data(node)}"`);
    else if (type(node) === 10) {
      const { name, publicId, systemId } = node as DocumentType;
      line(depth, `doctype ${name} ${publicId} ${systemId}`);
    } else element(node as Element, depth, masked, inputs);
  };

  const element = (e: Element, depth: number, around: Mask, open: boolean): void => {
    const tag = local(e);
    const own = new Map<string, string>();
    for (const { name, value } of attributes(e)) own.set(name, value);
    const html = space(e)?.endsWith('xhtml') === true;
    const inner = html && tag === 'iframe' ? content(e) : null;
    const forced = own.has('data-ridealong-mask');
    let [masked, shows] = [around, open];
    if (around === 2 || forced) [masked, shows] = [2, false];
    else if (own.has('data-ridealong-show')) [masked, shows] = [0, true];
    else if (!open && own.has('contenteditable')) masked = 1;
    const foreign = html && (FOREIGN.has(tag) || ((MEDIA.has(tag) || (tag === 'iframe' && !inner)) && masked));
    if (own.has('data-ridealong-block') || foreign) {
      const { width, height } = box.call(e);
      line(depth, `blocked ${tag} ${Math.round(width)} ${Math.round(height)}`);
      return;
    }
    for (const name of [...own.keys()]) {
      if (HIDDEN.has(name) || name.startsWith('on') || tag === 'script') own.delete(name);
      else if (name === 'title' && masked) own.set(name, dots(own.get(name) ?? ''));
      else if (
        masked &&
        !/^(?:class|id|style|name|type|open|checked|data-ridealong.*|contenteditable|multiple|selected|popover)$/.test(
          name,
        )
      )
        own.delete(name);
    }
    if (html && tag.includes('-') && !matches.call(e, ':defined')) own.set(':undefined', '');
    const ns = html ? 0 : space(e)?.endsWith('svg') ? 1 : 2;
    line(depth, `${tag} ${ns}${attributesForm(own)}${state(e, tag, masked, shows && masked === 0)}`);
    if (tag === 'style' || tag === 'link') {
      const css = html ? (tag === 'style' ? sheetGet(e) : linkGet(e)) : (e as SVGStyleElement).sheet;
      line(depth, css ? sheet(css) : sheetForm({ disabled: false, media: '', rules: [] }));
    }
    const host = shadow(e);
    if (host) root(host, `shadow ${host.mode === 'closed' ? 1 : 0}`, depth + 1, masked, shows);
    if (inner) root(inner, `document ${compat(inner) === 'BackCompat' ? 1 : 0}`, depth + 1, masked, shows);
    if (!UNTOLD.has(tag)) for (const child of childNodes(e)) one(child, depth + 1, masked, shows);
  };

  const state = (e: Element, tag: string, masked: Mask, inputs: boolean): string => {
    let form = '';
    if (tag === 'input') {
      const input = e as HTMLInputElement;
      const checkable = input.type === 'checkbox' || input.type === 'radio';
      const bits = checkable && !masked ? Number(input.checked) + 2 * Number(input.indeterminate) : 0;
      let value = checkable || ['submit', 'button', 'reset', 'image'].includes(input.type) ? '' : input.value;
      if (secret(input)) value = value && '••••••';
      else if (input.type === 'range') value = masked ? '' : value;
      else if (!inputs) value = dots(value);
      form = ` value=${value} bits=${bits}`;
    } else if (tag === 'textarea') {
      const { value } = e as HTMLTextAreaElement;
      form = ` value=${inputs ? value : dots(value)} bits=0`;
    } else if (tag === 'select') {
      const all = Array.from((e as HTMLSelectElement).options);
      form = ` options=${masked ? '' : all.flatMap((o, i) => (o.selected ? [i] : []))}`;
    }
    let bits = 0;
    if ((tag === 'dialog' || tag === 'details') && matches.call(e, '[open]')) bits |= 1;
    if (tag === 'dialog' && matches.call(e, ':modal')) bits |= 2;
    if (matches.call(e, '[popover]:popover-open')) bits |= 4;
    if (matches.call(e, ':fullscreen')) bits |= 8;
    if (bits) form += ` state=${bits}`;
    const [x, y] = [Math.round(left(e)), Math.round(top(e))];
    const document = owner(e);
    return (x || y) && !(document && scroller(document) === e) ? `${form} at=${x},${y}` : form;
  };

  root(document, `document ${compat(document) === 'BackCompat' ? 1 : 0}`, 0, 0, false);
  return lines;
}
