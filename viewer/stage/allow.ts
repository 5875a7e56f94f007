// The elements and attributes that a customer's page may have in the stage. What is not listed is not there, but for attributes in which
// this browser reads nothing.

import { createElement } from './natives.ts';

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

const HTML = words(
  `a abbr acronym address area article aside audio b bdi bdo big blockquote body br button canvas caption center cite code col
  colgroup data datalist dd del details dfn dialog dir div dl dt em fieldset figcaption figure font footer form h1 h2 h3 h4 h5 h6 head
  header hgroup hr html i iframe img input ins kbd label legend li listing main map mark marquee menu meter nav nobr ol optgroup option
  output p picture pre progress q rb rp rt rtc ruby s samp search section select selectedcontent slot small source span strike strong
  sub summary sup table tbody td template textarea tfoot th thead time title tr tt u ul var video wbr xmp`,
);

const SVG = words(
  `svg g a defs symbol use image switch view title desc metadata style path rect circle ellipse line polyline polygon text tspan
  textPath foreignObject marker pattern clipPath mask linearGradient radialGradient stop filter feBlend feColorMatrix
  feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap feDistantLight feDropShadow feFlood feFuncA
  feFuncB feFuncG feFuncR feGaussianBlur feImage feMerge feMergeNode feMorphology feOffset fePointLight feSpecularLighting feSpotLight
  feTile feTurbulence animate animateTransform animateMotion mpath set`,
);

const MATHML = words(
  `math maction annotation annotation-xml menclose merror mfenced mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot
  mrow ms mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover none semantics`,
);

/** Elements that never show anything themselves: a place is kept for them, so that siblings stay countable. */
const UNSEEN = words('script noscript base basefont meta param track bgsound noframes noembed');
/** Elements whose content is replaced by something from elsewhere: a box is kept. */
const REPLACED = words('object embed applet portal fencedframe frameset frame');

export type Build =
  | { as: 'same' }
  /** A style element that takes rules only from SHEET ops and rewritten text. */
  | { as: 'style' }
  | { as: 'frame' }
  | { as: 'custom' }
  | { as: 'unseen' }
  | { as: 'box' }
  | { as: 'unknown' };

const SAME: Build = { as: 'same' };
const STYLE: Build = { as: 'style' };
const CUSTOM = /^[a-z][a-z0-9._\u00b7-\u{effff}]*-[-a-z0-9._\u00b7-\u{effff}]*$/u;
const NOT_CUSTOM = words(
  'annotation-xml color-profile font-face font-face-src font-face-uri font-face-format font-face-name missing-glyph ra-unseen ra-box ra-unknown ra-blocked',
);

/** How an element of the page is built here. */
export function buildOf(ns: number, tag: string): Build {
  if (ns === 1) return tag === 'style' ? STYLE : SVG.has(tag) ? SAME : { as: 'unseen' };
  if (ns === 2) return MATHML.has(tag) ? SAME : { as: 'unknown' };
  if (tag === 'style' || tag === 'link') return STYLE;
  if (tag === 'iframe') return { as: 'frame' };
  if (HTML.has(tag)) return SAME;
  if (UNSEEN.has(tag)) return { as: 'unseen' };
  if (REPLACED.has(tag)) return { as: 'box' };
  return tag.length <= 100 && CUSTOM.test(tag) && !NOT_CUSTOM.has(tag) ? { as: 'custom' } : { as: 'unknown' };
}

/** What becomes of an attribute. */
export type Rule =
  | 'plain'
  | 'style'
  /** CSS values: presentation attributes. */
  | 'css'
  /** A picture: asset:<n> only. */
  | 'asset'
  /** What stands on a canvas: asset:<n> only. */
  | 'drawn'
  /** #id of the page itself only. */
  | 'fragment'
  /** #id of the page itself, or of a drawing's file: asset:<n>#id. */
  | 'sprite'
  /** Either of the first two. */
  | 'image'
  /** Makes a link of it, to nowhere. */
  | 'link'
  /** The name of an attribute that an animation changes. */
  | 'animated'
  | 'never';

const GLOBAL = words(
  `id class dir lang title role hidden slot part exportparts draggable contenteditable inert popover translate itemscope itemprop
  itemtype itemid tabindex align valign bgcolor xml:lang xml:space`,
);

const PER_ELEMENT: Record<string, ReadonlySet<string>> = {
  area: words('alt shape coords'),
  audio: words('controls'),
  body: words('text link vlink alink leftmargin topmargin marginwidth marginheight'),
  br: words('clear'),
  button: words('type disabled value name'),
  canvas: words('width height'),
  col: words('span width'),
  colgroup: words('span width'),
  data: words('value'),
  details: words('open name'),
  dialog: words('open'),
  del: words('datetime'),
  dl: words('compact'),
  fieldset: words('disabled name'),
  font: words('color face size'),
  hr: words('color noshade size width'),
  iframe: words('width height frameborder scrolling marginwidth marginheight'),
  img: words('alt width height border hspace vspace'),
  input: words(
    `type value checked disabled readonly required placeholder size min max step minlength maxlength multiple name pattern width height
    alt list inputmode`,
  ),
  ins: words('datetime'),
  label: words('for'),
  li: words('value type'),
  map: words('name'),
  marquee: words('behavior direction height width hspace vspace loop scrollamount scrolldelay truespeed'),
  meter: words('value min max low high optimum'),
  ol: words('start reversed type compact'),
  optgroup: words('label disabled'),
  option: words('value label selected disabled'),
  output: words('for name'),
  pre: words('width wrap'),
  progress: words('value max'),
  select: words('multiple size disabled required name'),
  slot: words('name'),
  table: words('border cellpadding cellspacing width height frame rules summary bordercolor'),
  tbody: words('height'),
  td: words('colspan rowspan headers width height nowrap abbr scope axis'),
  textarea: words('rows cols placeholder disabled readonly required minlength maxlength wrap name'),
  tfoot: words('height'),
  th: words('colspan rowspan headers width height nowrap abbr scope axis'),
  thead: words('height'),
  time: words('datetime'),
  tr: words('height width'),
  ul: words('type compact'),
  video: words('controls width height'),
};

const SVG_PLAIN = words(
  `viewBox preserveAspectRatio width height x y x1 y1 x2 y2 cx cy r rx ry fx fy fr d points transform pathLength version baseProfile
  gradientUnits gradientTransform spreadMethod offset patternUnits patternContentUnits patternTransform clipPathUnits maskUnits
  maskContentUnits markerUnits markerWidth markerHeight refX refY orient filterUnits primitiveUnits in in2 result type values mode
  operator k1 k2 k3 k4 stdDeviation edgeMode order kernelMatrix divisor bias targetX targetY preserveAlpha surfaceScale diffuseConstant
  specularConstant specularExponent kernelUnitLength limitingConeAngle azimuth elevation z pointsAtX pointsAtY pointsAtZ scale
  xChannelSelector yChannelSelector radius dx dy rotate baseFrequency numOctaves seed stitchTiles tableValues slope intercept amplitude
  exponent textLength lengthAdjust startOffset method spacing side systemLanguage requiredExtensions xmlns
  attributeType begin dur end min max restart repeatCount repeatDur fill calcMode keyTimes keySplines keyPoints additive accumulate
  path origin media`,
);

const SVG_CSS = words(
  `alignment-baseline baseline-shift clip clip-path clip-rule color color-interpolation color-interpolation-filters color-rendering
  cursor direction display dominant-baseline enable-background fill fill-opacity fill-rule filter flood-color flood-opacity font-family
  font-size font-size-adjust font-stretch font-style font-variant font-weight glyph-orientation-horizontal glyph-orientation-vertical
  image-rendering letter-spacing lighting-color marker marker-end marker-mid marker-start mask mask-type opacity overflow paint-order
  pointer-events shape-rendering stop-color stop-opacity stroke stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin
  stroke-miterlimit stroke-opacity stroke-width text-anchor text-decoration text-overflow text-rendering transform-origin unicode-bidi
  vector-effect visibility white-space word-spacing writing-mode from to by values`,
);

const ANIMATED = new Set([...SVG_PLAIN, ...SVG_CSS, 'class']);
for (const name of ['attributeType', 'begin', 'dur', 'end', 'from', 'to', 'by', 'media', 'type']) ANIMATED.delete(name);

const MATH_PLAIN = words(
  `display displaystyle mathvariant mathsize mathcolor mathbackground scriptlevel linethickness stretchy symmetric fence separator
  largeop movablelimits accent accentunder lspace rspace minsize maxsize form width height depth voffset columnspan rowspan columnalign
  rowalign columnlines rowlines columnspacing rowspacing frame framespacing notation open close separators encoding intent arg xmlns
  numalign denomalign bevelled subscriptshift superscriptshift equalcolumns equalrows actiontype selection`,
);

// Attributes that mean something on any element, also on one that no browser knows.
const MEANING = words(
  `style nonce autofocus accesskey is src srcset srcdoc href data action formaction ping poster background cite code codebase archive
  manifest profile classid longdesc usemap target download popovertarget popovertargetaction commandfor command invoketarget interesttarget http-equiv
  accept-charset autocapitalize autocorrect spellcheck writingsuggestions virtualkeyboardpolicy enterkeyhint elementtiming
  shadowrootmode anchor xlink:href`,
);
const NAME = /^[a-z_][a-z0-9_.-]*$/;
const IMAGE_SOURCES = words('img input');
const SVG_PICTURES = words('image feImage');

/** What an attribute may do; `name` as sent. HTML names are compared in lower case. */
export function ruleOf(ns: number, tag: string, name: string): Rule {
  const lower = name.toLowerCase();
  if (lower.startsWith('on') || lower.startsWith('ra-') || name.length > 256) return 'never';
  if (lower === 'style') return 'style';
  if (ns === 0) return htmlRule(tag, lower);
  if (lower === 'href' || lower === 'xlink:href') {
    if (ns !== 1) return 'never';
    return tag === 'a' ? 'link' : tag === 'use' ? 'sprite' : SVG_PICTURES.has(tag) ? 'image' : 'fragment';
  }
  if (lower === 'tabindex' || GLOBAL.has(name) || harmless(lower))
    return ns === 1 && SVG_CSS.has(name) ? 'css' : 'plain';
  if (ns === 2) return MATH_PLAIN.has(name) ? 'plain' : 'never';
  if (name === 'attributeName') return 'animated';
  return SVG_CSS.has(name) ? 'css' : SVG_PLAIN.has(name) ? 'plain' : 'never';
}

function htmlRule(tag: string, name: string): Rule {
  if (name === 'href') return tag === 'a' || tag === 'area' ? 'link' : 'never';
  if (name === 'src') return IMAGE_SOURCES.has(tag) ? 'asset' : tag === 'canvas' ? 'drawn' : 'never';
  if (name === 'poster') return tag === 'video' ? 'asset' : 'never';
  if (name === 'background') return /^(?:body|table|t[drh]|thead|tbody|tfoot)$/.test(tag) ? 'asset' : 'never';
  if (PER_ELEMENT[tag]?.has(name) || GLOBAL.has(name) || harmless(name)) return 'plain';
  // Attributes of the page's own, in which no browser reads anything: styles select by them.
  return NAME.test(name) && !MEANING.has(name) && (tag.includes('-') || !read(tag).has(name)) ? 'plain' : 'never';
}

const properties = new Map<string, ReadonlySet<string>>();

/** What this browser may read in an element's attributes: the names of its properties, in lower case. */
function read(tag: string): ReadonlySet<string> {
  let names = properties.get(tag);
  if (!names) {
    const all: string[] = [];
    for (let at: object = createElement('http://www.w3.org/1999/xhtml', tag); at; at = Object.getPrototypeOf(at))
      all.push(...Object.getOwnPropertyNames(at));
    names = new Set(all.map((name) => name.toLowerCase()));
    if (properties.size < 200) properties.set(tag, names);
  }
  return names;
}

/** data-*, aria-*, and names with a dash or an underscore in front, in which no browser reads anything (_ngcontent-…, v-cloak). */
function harmless(name: string): boolean {
  return NAME.test(name) && (name.includes('-') || name.startsWith('_')) && !MEANING.has(name) && !SVG_CSS.has(name);
}

/** Whether an animation may change this attribute. */
export const mayAnimate = (name: string): boolean => ANIMATED.has(name);

const TYPES =
  /^(?:image\/(?:png|jpeg|gif|webp|avif|bmp|apng|x-icon|vnd\.microsoft\.icon|svg\+xml)|font\/[a-z0-9.+-]{1,20}|application\/(?:x-)?font-[a-z0-9.+-]{1,20}|application\/vnd\.ms-fontobject)$/;

/** The type a blob gets: pictures and fonts, nothing else. */
export const blobType = (mime: string): string => {
  const type = mime.split(';')[0]?.trim().toLowerCase() ?? '';
  return TYPES.test(type) ? type : 'application/octet-stream';
};
