// Drawings that a page uses from a file of its own (`<use href="/icons.svg#cart">`): the part that is named is built here, by the same
// allow-list as everything else, beside the page's nodes and unseen. The file is read as XML, and only by us.

import { buildOf, ruleOf } from './allow.ts';
import { rewriteCss } from './css.ts';
import * as dom from './natives.ts';

const SVG = 'http://www.w3.org/2000/svg';
const MOST_BYTES = 2 << 20;
const MOST_NODES = 2000;

/** Builds a part in the root of a node, once; the address by which it is used there. Null when the file has no such part. */
export async function spriteIn(node: Node, asset: number, content: Blob, part: string): Promise<string | null> {
  if (content.size > MOST_BYTES) return null;
  const text = await content.text(); // by then the node is where it belongs
  const name = `ra-sprite-${asset}-${part}`;
  const root = dom.rootOf(node);
  const holder = root === dom.page ? dom.documentElement() : root;
  if (!(holder instanceof Element || holder instanceof ShadowRoot)) return null;
  if (find(holder, name)) return `#${name}`;
  const file = new DOMParser().parseFromString(text, 'image/svg+xml');
  const source = file.getElementById(part);
  const made = source && copy(source, { left: MOST_NODES });
  if (!made) return null;
  dom.setAttribute(made, 'id', name);
  const shelf = dom.createElement(SVG, 'svg') as SVGElement;
  shelf.style.cssText = 'position:absolute!important;width:0!important;height:0!important;overflow:hidden!important';
  dom.setAttribute(shelf, 'aria-hidden', 'true');
  dom.insertBefore(shelf, made, null);
  dom.insertBefore(holder, shelf, null);
  return `#${name}`;
}

const find = (holder: Element | ShadowRoot, name: string): Element | null =>
  holder.querySelector(`svg > [id="${CSS.escape(name)}"]`);

function copy(source: Element, budget: { left: number }): Element | null {
  const tag = source.localName;
  if (--budget.left < 0 || source.namespaceURI !== SVG || tag === 'style' || buildOf(1, tag).as !== 'same') return null;
  const made = dom.createElement(SVG, tag);
  for (const { name, value } of source.attributes) {
    const rule = ruleOf(1, tag, name);
    if (rule === 'plain') dom.setAttribute(made, name, value);
    else if (rule === 'css' || rule === 'style') dom.setAttribute(made, name, rewriteCss(value, () => null).text);
  }
  for (const child of source.childNodes) {
    const inner =
      child instanceof Element ? copy(child, budget) : child instanceof Text ? dom.createTextNode(child.data) : null;
    if (inner) dom.insertBefore(made, inner, null);
  }
  return made;
}
