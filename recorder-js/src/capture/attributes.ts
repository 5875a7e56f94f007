// Which attributes are sent, and with what value. What is on no list is sent only where text is shown, and only if it is short and
// plain: pages keep whole records in attributes of their own.

import { Limits } from '@ridealong/wire';
import {
  attribute,
  baseURI,
  contentOf,
  currentSrc,
  inputType,
  isHtml,
  isSvg,
  localName,
  naturalWidth,
  parentNode,
  styleOf,
} from '../dom.ts';
import { maskPatterns } from '../privacy/mask.ts';
import { Level, type Rules } from '../privacy/policy.ts';
import { reduceOrigin, reduceUrl } from '../privacy/url.ts';
import type { Context } from './context.ts';
import { rewriteUrls } from './css-urls.ts';

/** What an attribute is for, in the order of KINDS. */
export const Kind = {
  never: 0,
  value: 1,
  style: 2,
  picture: 3,
  reference: 4,
  words: 5,
  names: 6,
  layout: 7,
  drawing: 8,
} as const;

/** Text for people. */
const WORDS =
  /^(?:title|alt|placeholder|label|abbr|summary|aria-(?:label|description|valuetext|placeholder|roledescription|braillelabel))$/;
/** Never sent: script, policy, and what the viewer must not act on. */
const NEVER =
  /^on|^(?:srcdoc|nonce|integrity|action|formaction|ping|target|cite|data|manifest|longdesc|usemap|http-equiv|crossorigin|referrerpolicy|content|imagesrcset|srcset|autofocus|download|code|archive|codebase|classid|is|xml:base|pattern|attributionsrc)$/;
/** Pictures. */
const PICTURES = /^(?:src|poster|background)$/;
/** Names that style sheets use, and that point from element to element. */
const NAMES =
  /^(?:class|id|name|for|list|headers|itemid|form|popovertarget|commandfor|slot|part|exportparts|aria-(?:labelledby|describedby|controls|owns|activedescendant|details))$/;
/** What layout needs, in strict mode too. */
const LAYOUT =
  /^(?:role|dir|lang|type|hidden|open|disabled|readonly|required|checked|selected|multiple|size|rows|cols|colspan|rowspan|span|scope|width|height|align|valign|border|cellpadding|cellspacing|start|reversed|wrap|min|max|step|inert|popover|tabindex|media|rel|charset|contenteditable|bgcolor|color|face|nowrap|shape|autocomplete|inputmode|maxlength|shadowrootmode|aria-(?:hidden|expanded|selected|checked|pressed|current|disabled|invalid|busy|level|orientation|sort)|data-ridealong-(?:mask|block|show))$/;
/** SVG's and MathML's own. */
const DRAWING =
  /^(?:d|points|viewBox|transform|x|y|[xy][12]|[crfd][xy]|r|pathLength|preserveAspectRatio|offset|opacity|overflow|visibility|display|dominant-baseline|vector-effect|spreadMethod|in2?|result|values|mode|operator|k[1-4]|stdDeviation|version|xmlns(?::xlink)?|displaystyle|math(?:variant|size|color|background)|(?:fill|stroke|clip|mask|filter|gradient|stop|text|font|marker|pattern|flood|refX|refY|letter|word|shape|color)[\w-]*)$/;

/** The first that knows a name says its kind. */
const KINDS = [NEVER, /^value$/, /^style$/, PICTURES, /^(?:xlink:)?href$/, WORDS, NAMES, LAYOUT, DRAWING];

const kinds = new Map<string, number>();

/** -1 for an attribute of the page's own. */
export function kindOf(name: string): number {
  let kind = kinds.get(name);
  if (kind === undefined) {
    kind = KINDS.findIndex((known) => known.test(name));
    if (kinds.size < 4096) kinds.set(name, kind);
  }
  return kind;
}

/** The value to send for an attribute, null to leave it out. */
export function attributeValue(c: Context, element: Element, name: string, value: string, rules: Rules): string | null {
  const shown = rules.text === Level.show;
  const { strict } = c.privacy;
  switch (kindOf(name)) {
    case Kind.never:
      return null;
    case Kind.value:
      return valueAttribute(c, element, value, rules);
    case Kind.style:
      return styleText(c, element, value, shown);
    case Kind.picture:
      return picture(c, element, name, value, rules);
    case Kind.reference:
      return reference(c, element, value, shown);
    case Kind.words:
      return value.length > 4000 ? '' : c.privacy.text(value, rules);
    case Kind.names:
      if (value.length > 8000) return '';
      return strict
        ? value.replace(name === 'exportparts' ? /[^\s:,]+/g : /\S+/g, (word) => c.privacy.word(word))
        : value;
    case Kind.layout:
      if (value.length > 8000) return '';
      return strict ? strict.strictLayout(c, name, value, shown) : value;
    case Kind.drawing:
      if (!isHtml(element)) return drawing(c, element, name, value);
  }
  return shown ? other(value) : null;
}

function drawing(c: Context, element: Element, name: string, value: string): string | null {
  if (value.length > 1_000_000 || /https?:|data:|javascript:/i.test(value)) return null;
  const { strict } = c.privacy;
  return strict ? strict.strictDrawing(c, name, rewriteUrls(c, value, baseURI(element), 'none')) : value;
}

/** An attribute of the page's own. It stays, for style sheets ask for it; a value that may be a record does not. */
function other(value: string): string {
  if (
    value.length > 120 ||
    /[@{}<>]|:\/\/|\d{6,}|^\s*(?:javascript|vbscript|data):|(?=\S*\d)(?=\S*[a-z])[\w.~+/-]{20,}/i.test(value)
  )
    return '';
  return maskPatterns(value);
}

function valueAttribute(c: Context, element: Element, value: string, rules: Rules): string | null {
  const tag = localName(element);
  if (tag === 'input') {
    const type = inputType(element);
    if (type === 'submit' || type === 'reset' || type === 'button') return c.privacy.text(value, rules);
    return null; // its state comes as VALUE and CHECK
  }
  if (tag !== 'li' && tag !== 'meter' && tag !== 'progress') return null;
  return rules.text === Level.show ? value.slice(0, 40) : null;
}

function styleText(c: Context, element: Element, value: string, shown: boolean): string {
  const strict = shown ? undefined : c.privacy.strict;
  if (!strict && !/url|src\(|image/i.test(value)) return value.slice(0, 100_000);
  // The platform's own form has every URL as url("…").
  const text = styleOf(element)?.cssText ?? '';
  const kept = rewriteUrls(c, text, baseURI(element), shown ? 'image' : 'none');
  return (strict?.strictDeclarations(c, kept) ?? kept).slice(0, 100_000);
}

/** Pictures of what is masked are masked too. */
function picture(c: Context, element: Element, name: string, value: string, rules: Rules): string | null {
  const shown = rules.text === Level.show;
  const tag = localName(element);
  // Of a frame that cannot be looked into it is said whose it is.
  if (tag === 'iframe' && name === 'src' && !contentOf(element)) return reduceOrigin(value, baseURI(element));
  const film = tag === 'video' && name === 'poster';
  const image = tag === 'img' || tag === 'image' || name === 'background' || film;
  if (!image && !(tag === 'input' && inputType(element) === 'image')) return null;
  return shown
    ? (tag === 'img' && isHtml(element) && chosenPicture(c, element, rules)) || assetOf(c, value, baseURI(element))
    : 'asset:0';
}

export function assetOf(c: Context, url: string, base: string): string {
  try {
    return `asset:${url ? c.assets.url(new URL(url, base).href, 'image') : 0}`;
  } catch {
    return 'asset:0';
  }
}

/** A part of a drawing's file. */
function spriteOf(c: Context, url: string, base: string): string | null {
  const [file = '', part = ''] = url.split('#');
  return /^[\w.:-]{1,200}$/.test(part) && !/^(?:data|blob):/.test(file) ? `${assetOf(c, file, base)}#${part}` : null;
}

/** What a picture shows now, when that is not by its `src` alone; null otherwise. */
export function chosenPicture(c: Context, img: Element, rules: Rules): string | null {
  const parent = parentNode(img) as Element | null;
  if (attribute(img, 'srcset') === null && !(parent && localName(parent) === 'picture')) return null;
  if (rules.text !== Level.show) return 'asset:0';
  const width = naturalWidth(img);
  return assetOf(c, currentSrc(img), baseURI(img)) + (width ? ` ${width}` : '');
}

function reference(c: Context, element: Element, value: string, shown: boolean): string | null {
  const tag = localName(element);
  if (tag === 'image' || tag === 'feImage') return shown ? assetOf(c, value, baseURI(element)) : 'asset:0';
  if (isSvg(element) && tag !== 'a') {
    if (tag === 'use' && !value.startsWith('#')) return shown ? spriteOf(c, value, baseURI(element)) : null;
    return /^#[^\s]{1,200}$/.test(value) ? `#${c.privacy.word(value.slice(1))}` : null;
  }
  if (tag !== 'a' && tag !== 'area') return null;
  return reduceUrl(value, baseURI(element), c.privacy.mode === 'standard');
}

/** All attributes of an element that are sent, flat. */
export function attributesToSend(
  c: Context,
  element: Element,
  tag: string,
  names: readonly string[],
  values: readonly string[],
  rules: Rules,
): string[] {
  const out: string[] = [];
  for (let i = 0; i < names.length && out.length < Limits.MaxAttributes * 2; i++) {
    const name = names[i] as string;
    const value = attributeValue(c, element, name, values[i] as string, rules);
    if (value !== null) out.push(name, value);
  }
  // A picture chosen from srcset has no src of its own.
  if (tag === 'img' && isHtml(element) && !out.includes('src')) {
    const chosen = chosenPicture(c, element, rules);
    if (chosen !== null) out.push('src', chosen);
  }
  return out;
}
