// Whether the agent sees what the customer has: the customer's page in the stage's canonical form, by code of its own, with what the
// privacy rules say of the shop applied by hand.
import { expect } from '@playwright/test';
import { canonicalText, normalAttribute, normalCss, STYLES } from '../viewer/stage/canonical.ts';
import type { Agent } from './people.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Attributes that never leave the page, or leave it changed. */
const LEFT_OUT = [
  'src', 'srcset', 'href', 'srcdoc', 'action', 'integrity', 'nonce', 'content', 'autofocus', 'value', 'target', 'rel', 'async', 'defer', 'data-price',
]; // biome-ignore format: a list

/** The customer's page as it is, with raw texts; runs in the page. */
function read(options: Reading): Json {
  const secret = new Set(['password', 'cardnumber', 'exp', 'cvc', 'csrf']);
  const dots = (text: string) => text.replace(/\S/gu, '•');
  const captured = (node: Node): boolean => {
    if (node.nodeType === 3 || node.nodeType === 10) return true;
    if (!(node instanceof Element) && node.nodeType !== 1) return false;
    const e = node as Element;
    if (['noscript', 'base', 'ridealong-bar'].includes(e.localName)) return false;
    if (e.localName === 'meta') return e.getAttribute('name') === 'viewport' || e.hasAttribute('charset');
    return e.localName !== 'link' || e.getAttribute('rel') === 'stylesheet';
  };
  const sheetOf = (sheet: CSSStyleSheet): Json => ({
    rules: [...sheet.cssRules].map((rule) => rule.cssText),
    media: sheet.media.mediaText,
    disabled: sheet.disabled,
  });
  const documentOf = (document: Document): Json => {
    let count = 0;
    const list = (parent: Node, masked: boolean): Json[] =>
      [...parent.childNodes].filter(captured).map((n) => one(n, masked));
    const one = (node: Node, masked: boolean): Json => {
      if (node.nodeType === 10) return { doctype: (node as DocumentType).name };
      if (node.nodeType === 3) return { text: masked ? dots((node as Text).data) : (node as Text).data };
      return element(node as Element, masked);
    };
    const element = (e: Element, around: boolean): Json => {
      if (e.hasAttribute('data-ridealong-block')) {
        const box = e.getBoundingClientRect();
        return { blocked: e.localName, width: Math.round(box.width), height: Math.round(box.height) };
      }
      const masked = around || e.hasAttribute('data-ridealong-mask');
      const tag = e.localName;
      const form: { [key: string]: Json } = { tag };
      const sampled = count++ % options.every === 0;
      if (e.namespaceURI?.endsWith('svg')) form.ns = 'svg';
      if (e.namespaceURI?.endsWith('MathML')) form.ns = 'mathml';
      const names = tag === 'script' ? [] : e.getAttributeNames().filter((name) => !name.startsWith('on'));
      form.attributes = Object.fromEntries(names.sort().map((name) => [name, e.getAttribute(name)]));
      if (sampled) {
        const style = getComputedStyle(e);
        form.style = Object.fromEntries(options.styles.map((name) => [name, style.getPropertyValue(name)]));
      }
      state(e, form);
      if (e.shadowRoot) {
        const root = e.shadowRoot;
        form.shadow = { nodes: list(root, masked), adopted: [...root.adoptedStyleSheets].map(sheetOf) };
      }
      form.children = ['script', 'style', 'textarea', 'iframe', 'template'].includes(tag) ? [] : list(e, masked);
      if (tag === 'iframe') {
        const inner = (e as HTMLIFrameElement).contentDocument;
        if (inner) form.document = documentOf(inner);
      }
      return form;
    };
    const state = (e: Element, form: { [key: string]: Json }) => {
      const hidden = (value: string, name: string) => (secret.has(name) ? value && '••••••' : dots(value));
      const view = document.defaultView as Window & typeof globalThis;
      if (e instanceof view.HTMLInputElement) {
        if (e.type === 'checkbox' || e.type === 'radio') {
          form.checked = e.checked;
          if (e.indeterminate) form.indeterminate = true;
        } else form.value = e.type === 'range' ? e.value : hidden(e.value, e.name);
      } else if (e instanceof view.HTMLTextAreaElement) form.value = dots(e.value);
      else if (e instanceof view.HTMLSelectElement)
        form.selected = [...e.options].flatMap((o, i) => (o.selected ? [i] : []));
      else if ((e.localName === 'style' || e.localName === 'link') && (e as HTMLStyleElement).sheet) {
        form.sheet = sheetOf((e as HTMLStyleElement).sheet as CSSStyleSheet);
      }
      if ((e.scrollLeft !== 0 || e.scrollTop !== 0) && e !== document.scrollingElement) {
        form.scroll = [Math.round(e.scrollLeft), Math.round(e.scrollTop)];
      }
      const states: string[] = [];
      if (['dialog', 'details'].includes(e.localName) && e.hasAttribute('open')) states.push('open');
      if (e.localName === 'dialog' && e.matches(':modal')) states.push('modal');
      if (states.length > 0) form.state = states;
    };
    const scroller = document.scrollingElement;
    return {
      compat: document.compatMode === 'BackCompat' ? 'quirks' : 'standards',
      nodes: list(document, false),
      adopted: [...document.adoptedStyleSheets].map(sheetOf),
      scroll: [Math.round(scroller?.scrollLeft ?? 0), Math.round(scroller?.scrollTop ?? 0)],
    };
  };
  return documentOf(document);
}

/** Both sides in the form that is compared: no addresses, none of the attributes that are left out. */
function plain(value: Json, key = ''): Json {
  if (Array.isArray(value))
    return key === 'rules' ? value.map((rule) => normalCss(String(rule))) : value.map((v) => plain(v));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).flatMap(([name, v]): [string, Json][] => {
    if (key === 'attributes') {
      return LEFT_OUT.includes(name) ? [] : [[name, normalAttribute(name, String(v))]];
    }
    if (key === 'style') return [[name, normalCss(String(v))]];
    return [[name, plain(v, name)]];
  });
  return Object.fromEntries(entries);
}

/** Where two forms differ first, '' when they do not. */
function difference(a: Json, b: Json, at = ''): string {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    return a === b ? '' : `${at}: customer ${JSON.stringify(a)}, agent ${JSON.stringify(b)}`.slice(0, 600);
  }
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
  for (const key of keys) {
    const [left, right] = [Reflect.get(a, key) as Json | undefined, Reflect.get(b, key) as Json | undefined];
    if (left === undefined || right === undefined) {
      return `${at}.${key}: customer ${JSON.stringify(left)}, agent ${JSON.stringify(right)}`.slice(0, 600);
    }
    const tag = typeof left === 'object' && left !== null && 'tag' in left ? `<${left.tag}>` : '';
    const found = difference(left, right, `${at}.${key}${tag}`);
    if (found) return found;
  }
  return '';
}

type Reading = { every: number; styles: readonly string[] };

/** Whatever can run a function in the customer's page. */
interface Side {
  page: { evaluate(run: (options: Reading) => Json, options: Reading): Promise<Json> };
}

/** The agent's picture equals the customer's page, within moments. */
export async function same(customer: Side, agent: Agent, where: string): Promise<void> {
  await expect
    .poll(
      async () => {
        const page = plain(await customer.page.evaluate(read, { every: 10, styles: STYLES }));
        const text = await agent.serialize();
        if (text === '') return 'one document goes, the next is not there yet';
        const shown = plain(JSON.parse(text));
        return canonicalText(page as never) === canonicalText(shown as never) ? '' : difference(page, shown) || 'order';
      },
      { message: `the agent's picture at: ${where}`, timeout: 15_000, intervals: [50, 100, 200, 400] },
    )
    .toBe('');
}
