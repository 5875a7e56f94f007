// Which attributes are sent, and with what value.

import { attribute, attributesOf, localName, namespaceURI, ownerDocument } from '../dom.ts';
import { Level, type Rules } from '../privacy/policy.ts';
import { reduceUrl } from '../privacy/url.ts';
import type { Context } from './context.ts';
import { rewriteUrls } from './css.ts';

const SVG = 'http://www.w3.org/2000/svg';

/** Text for people. */
const WORDS =
  /^(?:title|alt|placeholder|label|aria-(?:label|description|valuetext|placeholder|roledescription|braillelabel))$/;
/** Never sent: script, policy, and what the viewer must not act on. */
const NEVER =
  /^on|^(?:srcdoc|nonce|integrity|action|formaction|ping|target|cite|data|manifest|longdesc|usemap|http-equiv|crossorigin|referrerpolicy|content|imagesrcset|srcset|autofocus|download|code|archive|codebase|classid|is)$/;
/** Pictures. */
const PICTURES = /^(?:src|poster|background)$/;
/** What layout needs, in strict mode too. */
const LAYOUT =
  /^(?:class|id|style|role|dir|lang|type|name|hidden|open|disabled|readonly|checked|selected|multiple|size|rows|cols|colspan|rowspan|span|scope|width|height|align|valign|border|cellpadding|cellspacing|start|reversed|wrap|min|max|step|for|inert|popover|tabindex|slot|part|media|rel|contenteditable|aria-(?:hidden|expanded|selected|checked|pressed|current|disabled|invalid|busy|level|orientation|sort)|data-ridealong-[a-z]+)$/;

/** The value to send for an attribute, null to leave it out. */
export function attributeValue(c: Context, element: Element, name: string, value: string, rules: Rules): string | null {
  if (NEVER.test(name)) return null;
  const tag = localName(element);
  if (name === 'value') return valueAttribute(c, element, tag, value, rules);
  if (name === 'style') return /url|src\(|image/i.test(value) ? styleWithUrls(c, element, value) : value;
  if (PICTURES.test(name)) return picture(c, element, tag, name, value);
  if (name === 'href' || name === 'xlink:href') return reference(c, element, tag, value);
  if (WORDS.test(name)) return c.privacy.text(value, rules);
  if (LAYOUT.test(name)) return value;
  if (rules.text !== Level.show) return namespaceURI(element) === SVG && !/\s*https?:/.test(value) ? value : null;
  if (/^\s*(?:javascript|vbscript|data|https?):/i.test(value) || value.length > 4000) return null;
  if (namespaceURI(element) === SVG) return value;
  return value.length <= 200 ? c.privacy.text(value, rules) : '';
}

function valueAttribute(c: Context, element: Element, tag: string, value: string, rules: Rules): string | null {
  if (tag === 'input') {
    const type = (attribute(element, 'type') ?? '').toLowerCase();
    if (type === 'submit' || type === 'reset' || type === 'button') return c.privacy.text(value, rules);
    return null; // its state comes as VALUE and CHECK
  }
  if (tag === 'button' || tag === 'option' || tag === 'data' || tag === 'param') return null;
  return rules.text === Level.show ? value : null; // li, meter, progress
}

function styleWithUrls(c: Context, element: Element, value: string): string {
  // The platform's own form has every URL as url("…").
  const text = (element as Partial<ElementCSSInlineStyle>).style?.cssText ?? value;
  return rewriteUrls(c, text, ownerDocument(element).baseURI, 'image');
}

function picture(c: Context, element: Element, tag: string, name: string, value: string): string | null {
  const image =
    tag === 'img' ||
    (tag === 'input' && attribute(element, 'type') === 'image') ||
    name === 'background' ||
    tag === 'image';
  if (!image) return null;
  const current = tag === 'img' ? (element as HTMLImageElement).currentSrc : '';
  return assetOf(c, current || value, ownerDocument(element).baseURI);
}

export function assetOf(c: Context, url: string, base: string): string {
  try {
    return `asset:${c.assets.url(new URL(url, base).href, 'image')}`;
  } catch {
    return 'asset:0';
  }
}

function reference(c: Context, element: Element, tag: string, value: string): string | null {
  if (tag === 'image' || tag === 'feImage') return assetOf(c, value, ownerDocument(element).baseURI);
  if (value.startsWith('#')) return value.length <= 200 ? value : null;
  if (tag !== 'a' && tag !== 'area') return null;
  return reduceUrl(value, ownerDocument(element).baseURI);
}

/** All attributes of an element that are sent, flat. */
export function attributesToSend(c: Context, element: Element, rules: Rules, limit: number): string[] {
  const out: string[] = [];
  const attributes = attributesOf(element);
  const n = attributes.length;
  for (let i = 0; i < n && out.length < limit * 2; i++) {
    const a = attributes[i] as Attr;
    const value = attributeValue(c, element, a.name, a.value, rules);
    if (value !== null) out.push(a.name, value);
  }
  // A picture chosen from srcset has no src of its own.
  if (localName(element) === 'img' && attribute(element, 'src') === null && attribute(element, 'srcset') !== null) {
    out.push('src', assetOf(c, (element as HTMLImageElement).currentSrc, ownerDocument(element).baseURI));
  }
  return out;
}
