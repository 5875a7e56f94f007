// Style sheets in strict mode: every name that the page made up is a word without a meaning, the same one wherever it stands, and what
// strings show is masked. What is left is what the platform itself gives a meaning.

import { maskText } from '../privacy/mask.ts';
import { Kind, kindOf } from './attributes.ts';
import type { Context } from './context.ts';
import { rewriteUrls, unescapeCss } from './css-urls.ts';

const STYLE = 1;
const FONT_FACE = 5;

/** Values of these are keywords: a name of the page's is none. */
const CLOSED =
  'color display position float clear overflow font-style font-weight font-size font-stretch font-variant text-align text-decoration text-transform text-overflow text-wrap vertical-align white-space word-break overflow-wrap hyphens cursor pointer-events visibility background background-size background-repeat background-position background-clip border border-width border-collapse outline box-sizing box-shadow flex flex-direction flex-wrap align-items align-content align-self justify-content justify-items animation-timing-function animation-direction animation-fill-mode animation-play-state animation-iteration-count object-fit object-position resize user-select mix-blend-mode image-rendering writing-mode direction unicode-bidi appearance table-layout isolation contain content-visibility scroll-behavior scroll-snap-type scroll-snap-align touch-action text-rendering transform transform-style transform-origin transform-box fill fill-rule stroke-linecap stroke-linejoin text-anchor dominant-baseline shape-rendering clip-path break-inside caption-side grid-auto-flow inset width height max-width aspect-ratio filter container-type quotes content';
const PLAIN =
  /^(?:true|false|inside|outside|serif|sans-serif|monospace|cursive|fantasy|system-ui|ui-(?:serif|sans-serif|monospace|rounded)|emoji|math|-apple-system|blinkmacsystemfont|arial|helvetica(?: neue)?|verdana|tahoma|georgia|times(?: new roman)?|courier(?: new)?|segoe ui|roboto|ubuntu|cantarell|noto sans|menlo|monaco|consolas|disc|circle|square|decimal(?:-leading-zero)?|(?:lower|upper)-(?:roman|alpha|latin|greek)|span|auto-fit|auto-fill|from|to|important|infinite|screen|print|and|or|not|only|style|scroll-state|(?:min-|max-)?(?:width|height|inline-size|block-size|aspect-ratio|resolution|color)|orientation|portrait|landscape|prefers-(?:color-scheme|reduced-motion|contrast|reduced-transparency)|dark|light|reduce|no-preference|more|less|hover|any-hover|pointer|any-pointer|coarse|fine|forced-colors|active|display-mode|standalone|scripting|update|syntax|inherits|initial-value|dppx|dpi)$/i;

const words = new Map<string, boolean>();

/** Whether a word means something to every browser. */
function isKeyword(word: string): boolean {
  const name = word.toLowerCase();
  let known = words.get(name);
  if (known === undefined) {
    known =
      PLAIN.test(name) ||
      CSS.supports(name, 'inherit') ||
      CLOSED.split(' ').some((property) => CSS.supports(property, name));
    if (words.size < 4096) words.set(name, known);
  }
  return known;
}

const ESCAPE = '\\\\(?:[0-9a-f]{1,6}\\s?|[^0-9a-f])';
const NAME = `-?(?:[a-z_]|[^\\0-\\x7f]|${ESCAPE})(?:[\\w-]|[^\\0-\\x7f]|${ESCAPE})*`;
/** Addresses, strings, dashed names, numbers and colours, functions and names. */
const TOKEN = new RegExp(
  `(url\\([^)]*\\))|("(?:[^"\\\\]|\\\\[sS])*"|'(?:[^'\\\\]|\\\\[sS])*')|--((?:[\\w-]|[^\\0-\\x7f]|${ESCAPE})+)|([#\\d.][\\w%.]*)|(${NAME})(\\(?)`,
  'gi',
);

const OWN_URL = /^url\((?:asset:\d+|"#[\w-]*")\)$/;
/** Measures and colours: a longer one would be somebody's number. */
const NUMBER = /^(?:#[\da-f]{3,8}|\d{0,8}(?:\.\d{0,17})?(?:e\d*)?(?:%|[a-z]{1,5})?)$/i;

const CALLS =
  /^(?:var|env|attr|calc|min|max|clamp|round|mod|rem|a?(?:sin|cos|tan)|atan2|pow|sqrt|hypot|log|exp|abs|sign|progress|(?:rgb|hsl)a?|hwb|(?:ok)?l(?:ab|ch)|color(?:-mix)?|light-dark|(?:repeating-)?(?:linear|radial|conic)-gradient|image-set|cross-fade|counters?|symbols|(?:translate|scale|rotate)(?:x|y|z|3d)?|skew[xy]?|matrix(?:3d)?|perspective|blur|brightness|contrast|drop-shadow|grayscale|hue-rotate|invert|opacity|saturate|sepia|inset|circle|ellipse|polygon|path|rect|xywh|shape|ray|cubic-bezier|steps|linear|minmax|repeat|fit-content|calc-size|anchor(?:-size)?|scroll|view|style|scroll-state|local|format|tech|not|if)$/i;

/** A value, or whatever stands before a block: with no word and no text of the page's. */
function strictValue(c: Context, text: string, areas = false): string {
  return text.replace(
    TOKEN,
    (all, url?: string, string?: string, dashed?: string, number?: string, name?: string, call?: string) => {
      if (url) return OWN_URL.test(url) ? url : 'none';
      if (number) return NUMBER.test(number) ? number : '0';
      if (string && areas) return string.replace(/[\w-]+/g, (area) => c.privacy.word(area));
      if (string) return strictString(c, string.slice(1, -1));
      if (dashed) return `--${c.privacy.word(dashed)}`;
      const known = call ? CALLS.test(name as string) : isKeyword(name as string);
      return known ? all : c.privacy.word(name as string) + call;
    },
  );
}

/** Short marks stay; a family is the same name wherever it stands. */
function strictString(c: Context, text: string): string {
  if (text.length <= 2 || /^\\[ef]|^•+$/i.test(text) || PLAIN.test(text)) return `"${text}"`;
  return `"${/^[\w -]+$/.test(text) ? c.privacy.word(text) : maskText(text)}"`;
}

const DECLARATION = /([\w-]+)\s*:\s*((?:"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'|\([^)]*\)|[^;{}"'(])*)/g;

/** Of descriptors of at-rules that are no properties too. */
const DESCRIPTOR =
  /^(?:src|unicode-range|font-display|(?:ascent|descent|line-gap)-override|size-adjust|system|symbols|additive-symbols|negative|prefix|suffix|range|pad|fallback|syntax|inherits|initial-value|base-palette|override-colors|navigation)$/;

/** Declarations, as the platform writes them; what is none is left out. */
export function strictDeclarations(c: Context, text: string): string {
  let out = '';
  for (const [, name = '', value = ''] of text.matchAll(DECLARATION)) {
    const lower = name.toLowerCase();
    if (name.startsWith('--')) out += `--${c.privacy.word(name.slice(2))}: ${strictDeclared(c, lower, value)}; `;
    else if (DESCRIPTOR.test(lower) || CSS.supports(lower, 'inherit'))
      out += `${lower}: ${strictDeclared(c, lower, value)}; `;
  }
  return out;
}

const takers = new Map<string, boolean>();
const SOME = ['n-o', '--n-o', '"n-o"', '"n-o" "n-o"', '1px n-o', '[n-o] 1px', 'n-o 1'];

/** Whether a name or a text of the page's can stand in a property: in the others the platform leaves only what it knows. */
function takesNames(property: string): boolean {
  let takes = takers.get(property);
  if (takes === undefined) {
    takes = !CSS.supports(property, 'inherit') || SOME.some((value) => CSS.supports(property, value));
    if (takers.size < 1024) takers.set(property, takes);
  }
  return takes;
}

function strictDeclared(c: Context, property: string, value: string): string {
  if (!takesNames(property) && !/var\(|env\(|attr\(/i.test(value)) return value;
  switch (property) {
    case 'content':
      return strictValue(c, value.replace(STRING, shownText));
    case 'src': // of a font
      return value.replace(/local\([^)]*\)/gi, 'local("•")').replace(STRING, (s) => (FORMAT.test(s) ? s : '"•"'));
    case 'unicode-range':
      return value;
    case 'syntax':
      return /^\s*"(?:<[a-z-]+>[+#]?|[*|\s])+"\s*$/.test(value) ? value : '"*"';
  }
  return strictValue(c, value, property.startsWith('grid'));
}

const FORMAT = /^"(?:woff2?|truetype|opentype|collection|svg|embedded-opentype)(?:-variations)?"$/;
const STRING = /"(?:[^"\\]|\\[\s\S])*"/g;

/** What a style sheet shows as text keeps its length, and icons of a font what they are. */
function shownText(string: string): string {
  const text = string.slice(1, -1);
  return text.length <= 2 || /^\\[ef]/i.test(text) ? string : `"${maskText(text)}"`;
}

/** A rule with all that it holds. Pictures stay in the page; of fonts the site's files are shown. */
export function strictText(c: Context, rule: CSSRule, base: string): string {
  const { cssRules } = rule as CSSGroupingRule;
  const { style } = rule as CSSPageRule;
  const declared = (text: string) =>
    strictDeclarations(c, rewriteUrls(c, text, base, rule.type === FONT_FACE ? 'files' : 'none'));
  const inside = () => (cssRules ? [...cssRules].map((r) => ` ${strictText(c, r, base)}`).join('') : '');
  if (rule.type === STYLE) {
    const { selectorText } = rule as CSSStyleRule;
    c.named(selectorText);
    return `${strictSelector(c, selectorText)} { ${declared(style.cssText)}${inside()} }`;
  }
  const { cssText } = rule;
  const brace = cssText.indexOf('{');
  if (brace < 0) return style ? declared(cssText) : strictHead(c, rewriteUrls(c, cssText, base, 'none'));
  const words = strictHead(c, cssText.slice(0, brace));
  if (cssRules) return `${words} { ${style ? declared(style.cssText) : ''}${inside()} }`;
  return `${words} { ${declared(cssText.slice(brace + 1, cssText.lastIndexOf('}')))} }`;
}

function strictHead(c: Context, head: string): string {
  const [, at = '', rest = ''] = /^(@[\w-]+|)([\s\S]*)$/.exec(head) ?? [];
  if (at === '@scope') return at + strictSelector(c, rest);
  // What the customer's browser made of it is what counts.
  if (at === '@supports') return `@media ${CSS.supports(rest.trim()) ? 'all' : 'not all'}`;
  return at + strictValue(c, rest);
}

const SELECTOR_TOKEN =
  /\[[^\]"]*(?:"(?:[^"\\]|\\.)*"[^\]"]*)*\]|([.#])((?:[\w-]|[^\0-\x7f]|\\[0-9a-f]{1,6}\s?|\\.)+)|(::?(?:part|state|highlight|lang|view-transition-[a-z-]+)\()([^)]*)|(?<![\w:.#\\-])([a-z](?:[\w-]|[^\0-\x7f]|\\.)*)(?!\()/gi;
const PLAIN_ATTRIBUTE = /^\[(?:type|dir|lang|role|hidden|open|disabled|checked|multiple|aria-[a-z]+)(?=[\]~|^$*=])/;

/** Classes and ids by the words that elements get; attributes by what may be sent of them. */
function strictSelector(c: Context, selector: string): string {
  const word = (name: string): string => c.privacy.word(unescapeCss(name));
  return selector.replace(
    SELECTOR_TOKEN,
    (all, mark?: string, token?: string, call?: string, names?: string, tag?: string) => {
      if (mark && token) return mark + word(token);
      if (tag)
        return /^(?:even|odd|n|of|ltr|rtl|from|to)$/i.test(tag) ? tag : strictTag(c, unescapeCss(tag).toLowerCase());
      if (call && names !== undefined)
        return call + names.replace(/[^\s,*"]+/g, (n) => (LANGUAGE.test(n) ? n : word(n)));
      const kept = PLAIN_ATTRIBUTE.test(all) ? all : all.replace(/"(?:[^"\\]|\\.)*"/g, '"\u2022"');
      return kept.replace(/^\[((?:\*?\|)?)((?:[\w-]|[^\0-\x7f]|\\.)+)/, (_, prefix: string, name: string) => {
        return `[${prefix}${isListed(name) ? name : word(name)}`;
      });
    },
  );
}

const LANGUAGE = /^[a-z]{2,3}(?:-[a-z]{2})?$/i;

/** What the drawings' own words are, beside those of style sheets. */
const DRAWING =
  /^(?:(?:linear|s)RGB|(?:userSpaceOnUse|objectBoundingBox)|x(?:Min|Mid|Max)Y(?:Min|Mid|Max)|meet|slice|Source(?:Graphic|Alpha)|(?:Fill|Stroke)Paint|pad|reflect|over|in|out|atop|xor|arithmetic|matrix|saturate|hueRotate|luminanceToAlpha|discrete|paced|spline|sum|replace|stretch|spacing(?:AndGlyphs)?|strokeWidth|(?:bold-)?(?:fraktur|script)|double-struck|(?:bold-)?sans-serif(?:-italic)?|bold-italic|bold|italic|normal)$/;
const PATH = /^\s*(?:[mlhvcsqta]\s*[-+.\d](?:[\s,.\d+-]|e[-+]?\d)*|z[\s,]*)*$/i;
const NUMBERS = /^(?:[\s\d.,;+%-]|\de[-+]?\d)*$/i;
const NAMESPACE = /^http:\/\/www\.w3\.org\/(?:1999\/(?:xhtml|xlink)|2000\/svg|1998\/Math\/MathML)$/;

/** The value of an attribute of a drawing or a formula; null for one that the platform does not know. */
export function strictDrawing(c: Context, name: string, value: string): string | null {
  if (!isListed(name)) return null;
  if (NUMBERS.test(value) || (name === 'd' && PATH.test(value)) || NAMESPACE.test(value)) return value;
  return value.replace(/url\([^)]*\)|[^;\s,()]+\(?/g, (part) => {
    if (part.startsWith('url(')) return OWN_URL.test(part) ? part : 'none';
    return DRAWING.test(part) ? part : strictValue(c, part);
  });
}

const FORMULA =
  /^(?:math|m(?:action|enclose|error|fenced|frac|i|multiscripts|n|o|over|padded|phantom|prescripts|root|row|s|space|sqrt|style|su[bp]|subsup|table|td|text|tr|under|underover)|none|semantics|annotation(?:-xml)?)$/;
const tags = new Map<string, boolean>();

/** Whether an element of this name is the platform's, in any of its three languages. */
function isPlatforms(tag: string): boolean {
  let known = tags.get(tag);
  if (known === undefined) {
    const made = /^[a-z][\w.]*$/i.test(tag) && document.createElement(tag);
    const drawn = made && document.createElementNS('http://www.w3.org/2000/svg', tag);
    known =
      FORMULA.test(tag) ||
      (made && !(made instanceof HTMLUnknownElement)) ||
      (drawn && drawn.constructor !== SVGElement);
    if (tags.size < 2048) tags.set(tag, known);
  }
  return known;
}

/** The name of an element, with one that the page made up as a word; a dash stays in it. */
export function strictTag(c: Context, tag: string): string {
  return isPlatforms(tag) ? tag : `${tag.includes('-') ? 'x-' : 'x'}${c.privacy.word(tag)}`;
}

/** Names that the last part of DRAWING means and that are no properties of style sheets. */
const DRAWN =
  /^(?:(?:gradient|pattern)(?:Units|Transform)|(?:pattern|mask)ContentUnits|(?:clipPath|mask|marker|filter)Units|marker(?:Width|Height)|textLength|textPath|ref[XY])$/;

/** Whether an attribute is one that the platform knows, and that may be told. */
function isListed(name: string): boolean {
  const kind = kindOf(name);
  if (
    kind !== Kind.drawing ||
    !/^(?:fill|stroke|clip|mask|filter|gradient|stop|text|font|marker|pattern|flood|ref|letter|word|shape|color)/.test(
      name,
    )
  )
    return kind > 0;
  return DRAWN.test(name) || CSS.supports(name, 'inherit');
}

/** Values that the platform gives a meaning, and measures: in strict mode nothing else is told of an attribute for layout. */
const SAFE =
  /^(?:|-?[\d.]{1,8}(?:px|%|em|rem)?|[a-z]{2,3}(?:-[a-z]{2})?|true|false|mixed|undefined|auto|manual|hint|on|off|ltr|rtl|left|right|center|justify|char|top|middle|bottom|baseline|(?:row|col)(?:group|umnheader|header)?|hard|soft|none|page|step|location|date|time|(?:de|a)scending|other|horizontal|vertical|stylesheet|utf-8|polite|assertive|open|closed|plaintext-only|until-found|hidden|text|search|tel|url|email|password|month|week|datetime-local|number|range|color|checkbox|radio|file|submit|image|reset|button|alert(?:dialog)?|application|article|banner|cell|combobox|complementary|contentinfo|definition|dialog|document|feed|figure|form|(?:tree)?grid(?:cell)?|group|heading|img|link|list(?:box|item)?|log|main|marquee|math|menu(?:bar|item(?:checkbox|radio)?)?|navigation|note|option|presentation|progressbar|radiogroup|region|scrollbar|searchbox|separator|slider|spinbutton|status|switch|tab(?:le|list|panel)?|term|textbox|timer|toolbar|tooltip|tree(?:item)?)$/i;

/** The value of an attribute for layout. */
export function strictLayout(c: Context, name: string, value: string, shown: boolean): string {
  if (name === 'media') return strictMedia(c, value);
  return shown || SAFE.test(value) ? value : '';
}

/** The media that a sheet is for. */
export const strictMedia = strictValue;
