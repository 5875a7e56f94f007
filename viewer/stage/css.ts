// Takes every address out of CSS text. A tokenizer after CSS Syntax 3 walks the text once; what is no address passes through as
// it is written. Addresses live on only as `asset:<n>` (→ what `resolve` says) and as `#fragment` of the page itself.
//
// The frame's policy refuses every load as well; this is the wall in front of it, and it does not rely on how a browser reads CSS
// that is broken: text that a tokenizer might read in two ways is made invalid instead.

/** A blob's URL, null for nothing to show, undefined for not here yet. */
export type Resolve = (asset: number) => string | null | undefined;

export interface Rewritten {
  text: string;
  /** The text is one rule that must not stand: @import, @charset, a foreign @namespace. */
  refused: boolean;
  /** Assets that stand in the text as markers. */
  pending: Set<number>;
}

export const NOWHERE = 'about:invalid';
const MARK = /about:invalid#asset-(\d+)-/g;
const NOTHING: ReadonlySet<number> = new Set();

/** Assets whose markers stand in browser-serialised text. */
export function markedAssets(text: string): Set<number> {
  const found = new Set<number>();
  for (const match of text.matchAll(MARK)) found.add(Number(match[1]));
  return found;
}

/** Puts the URL in the place of the asset's markers. */
export function fillAsset(text: string, asset: number, url: string | null): string {
  const mark = new RegExp(`about:invalid#asset-${asset}-([^"\\\\]*)`, 'g');
  return text.replace(mark, (_, fragment: string) => (url === null ? NOWHERE : url + (fragment ? `#${fragment}` : '')));
}

/** What a pointer and the focus are asked by: the document here has neither (person.ts). */
export const OURS = {
  hover: 'ra-hover',
  focus: 'ra-focus',
  'focus-visible': 'ra-ring',
  'focus-within': 'ra-within',
  fullscreen: 'ra-full',
} as const;
const ASKED: ReadonlyMap<string, string> = new Map([...Object.entries(OURS), ['-webkit-full-screen', OURS.fullscreen]]);

/** The page's own text of what was rewritten. */
export function asWritten(css: string): string {
  if (!css.includes('[ra-')) return css;
  for (const [name, ours] of Object.entries(OURS)) css = css.replaceAll(`[${ours}]`, `:${name}`);
  return css;
}

// Text without one of these holds no address, no at-rule that fetches and nothing that a tokenizer could read differently.
const SUSPECT =
  /:(?:hover|focus|fullscreen|-webkit-full)|[\\"'\0\r\f\ud800-\udfff]|\/\*|<!--|url|src\s*\(|image|fade|@im|@ch|@na|expression|binding|behavior|progid|\/\/|:\s*(?:javascript|data|http)/i;
const DEEPEST = 64;

export function rewriteCss(source: string, resolve: Resolve): Rewritten {
  if (!SUSPECT.test(source)) return { text: source, refused: false, pending: NOTHING as Set<number> };
  return new Rewriter(source, resolve).run();
}

/** The URL, ready to stand in url("…"), for what a page's url() held. */
function mapped(value: string, resolve: Resolve, pending: Set<number>): string {
  const trimmed = value.trim();
  if (/^#[^\s"'\\()<>]*$/.test(trimmed)) return trimmed;
  const asset = /^asset:(\d{1,9})(?:#([\w.:-]*))?$/.exec(trimmed);
  if (!asset) return NOWHERE;
  const n = Number(asset[1]);
  const fragment = asset[2] ?? '';
  const url = n === 0 ? null : resolve(n);
  if (url === null) return NOWHERE;
  if (url !== undefined) return url + (fragment ? `#${fragment}` : '');
  pending.add(n);
  return `about:invalid#asset-${n}-${fragment}`;
}

// Functions in which a bare string is an address.
const IMAGES = new Set([
  'image',
  'image-set',
  '-webkit-image-set',
  '-moz-image-set',
  'cross-fade',
  '-webkit-cross-fade',
]);
// Functions that put in text from elsewhere: inside of IMAGES they could bring an address that was a plain string there.
const SUBSTITUTES = new Set(['var', 'env', 'attr', 'if', 'inherit', 'first-valid', 'random-item', 'toggle', 'param']);
// Functions whose strings are text and never addresses.
const SPEAKS = new Set(
  (
    'attr format tech local counter counters symbols target-counter target-counters target-text string type path selector lang dir ' +
    'var is where not has host host-context slotted nth-child nth-last-child matches -webkit-any -moz-any cue part highlight ' +
    'style supports media if layer scope linear'
  ).split(' '),
);
const BANNED_PROPERTIES = new Set(['behavior', '-ms-behavior', '-moz-binding']);
const NAMESPACES = new Set([
  'http://www.w3.org/2000/svg',
  'http://www.w3.org/1999/xhtml',
  'http://www.w3.org/1998/Math/MathML',
  'http://www.w3.org/1999/xlink',
]);
/** Where a selector or a declaration ends. */
const END = /[{};]/g;
const ADDRESS = /^\s*(?:[a-z][a-z0-9+.-]*:|\/\/|\\)/i;

interface Open {
  /** What closes it. */
  close: string;
  /** Lower-case name when it is a function's. */
  name: string;
  /** Inside a function that reads strings as addresses. */
  images: boolean;
}

const space = (c: string) => c === ' ' || c === '\t' || c === '\n';
const hex = (c: string) => /^[0-9a-f]$/i.test(c);
const nameStart = (c: string) => c !== '' && (/[a-z_]/i.test(c) || c.charCodeAt(0) > 127);
const nameChar = (c: string) => nameStart(c) || (c >= '0' && c <= '9') || c === '-';

class Rewriter {
  private readonly s: string;
  private at = 0;
  private out = '';
  private readonly stack: Open[] = [];
  private readonly pending = new Set<number>();
  private refused = false;
  private readonly resolve: Resolve;

  constructor(source: string, resolve: Resolve) {
    // What CSS Syntax does first; after it, our offsets and a browser's see the same characters.
    this.s = source.replace(/\r\n?|\f/g, '\n').replace(/\0|\p{Surrogate}/gu, '\ufffd');
    this.resolve = resolve;
  }

  run(): Rewritten {
    while (this.at < this.s.length) this.token();
    return { text: this.out, refused: this.refused, pending: this.pending };
  }

  private peek(ahead = 0): string {
    return this.s[this.at + ahead] ?? '';
  }

  /** Reads one token and writes what may stand. */
  private token(): void {
    const c = this.peek();
    if (c === '/' && this.peek(1) === '*') return this.comment();
    if (c === '"' || c === "'") return this.stringToken();
    if (c === '@' && this.identAhead(1)) return this.atKeyword();
    if (c === '#' && (nameChar(this.peek(1)) || this.escapeAhead(1))) {
      this.at++;
      this.out += `#${this.raw(() => this.name())}`;
      return this.noFunction();
    }
    if (this.numberAhead()) return this.number();
    if (this.identAhead(0)) return this.identLike();
    if (this.s.startsWith('<!--', this.at) || this.s.startsWith('-->', this.at)) {
      this.at += c === '<' ? 4 : 3;
      this.out += ' '; // ignored by browsers at the top of a sheet, an error elsewhere
      return;
    }
    this.at++;
    this.bracket(c);
    // A lone backslash cannot be read one way by everybody.
    this.out += c === '\\' ? this.invalid() : c;
  }

  private invalid(): string {
    return ' !ra-invalid ';
  }

  private bracket(c: string): void {
    if (c === '(' || c === '[' || c === '{') this.open(c === '(' ? ')' : c === '[' ? ']' : '}', '');
    else if ((c === ')' || c === ']' || c === '}') && this.stack.at(-1)?.close === c) this.stack.pop();
  }

  private open(close: string, name: string): void {
    if (this.stack.length >= DEEPEST) {
      this.refused = true;
      this.at = this.s.length;
      return;
    }
    this.stack.push({
      close,
      name,
      images: IMAGES.has(name) || (close === ')' && (this.stack.at(-1)?.images ?? false)),
    });
  }

  private comment(): void {
    const end = this.s.indexOf('*/', this.at + 2);
    this.at = end < 0 ? this.s.length : end + 2;
    this.out += '/**/';
  }

  /** The text that `read` went over, with its escapes as written. */
  private raw(read: () => unknown): string {
    const from = this.at;
    read();
    return this.s.slice(from, this.at);
  }

  private escapeAhead(ahead: number): boolean {
    return this.peek(ahead) === '\\' && this.peek(ahead + 1) !== '\n' && this.peek(ahead + 1) !== '';
  }

  private identAhead(ahead: number): boolean {
    const c = this.peek(ahead);
    if (c === '-') {
      return nameStart(this.peek(ahead + 1)) || this.peek(ahead + 1) === '-' || this.escapeAhead(ahead + 1);
    }
    return nameStart(c) || this.escapeAhead(ahead);
  }

  private numberAhead(): boolean {
    const digit = (n: number) => /[0-9]/.test(this.peek(n));
    const sign = this.peek() === '+' || this.peek() === '-' ? 1 : 0;
    return digit(sign) || (this.peek(sign) === '.' && digit(sign + 1));
  }

  private number(): void {
    const number = /[+-]?(?:\d+\.?\d+|\.\d+|\d+)(?:e[+-]?\d+)?/iy;
    number.lastIndex = this.at;
    const text = number.exec(this.s)?.[0] ?? this.peek();
    this.at += text.length;
    this.out += text;
    // A unit: part of the same token, so a function cannot begin here.
    if (this.identAhead(0)) this.out += this.raw(() => this.name());
    this.noFunction();
  }

  /** `1url(` and `#url(` open no function: made invalid, so that nobody reads one. */
  private noFunction(): void {
    if (this.peek() === '(') this.out += this.invalid();
  }

  /** Reads an escape after its backslash. */
  private escape(): string {
    let digits = '';
    while (digits.length < 6 && hex(this.peek())) digits += this.s[this.at++];
    if (digits === '') {
      const c = String.fromCodePoint(this.s.codePointAt(this.at) ?? 0xfffd);
      this.at += c.length;
      return c;
    }
    if (space(this.peek())) this.at++;
    const code = Number.parseInt(digits, 16);
    return code === 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? '\ufffd' : String.fromCodePoint(code);
  }

  /** Reads a name and returns what it means, escapes decoded. */
  private name(): string {
    let name = '';
    for (;;) {
      if (nameChar(this.peek())) name += this.s[this.at++];
      else if (this.escapeAhead(0)) {
        this.at++;
        name += this.escape();
      } else return name;
    }
  }

  /** Reads a string at its quote; null when a line ends it. */
  private string(): string | null {
    const quote = this.s[this.at++];
    let value = '';
    while (this.at < this.s.length) {
      const c = this.s[this.at++] as string;
      if (c === quote) return value;
      if (c === '\n') {
        this.at--;
        return null;
      }
      if (c !== '\\') value += c;
      else if (this.peek() === '\n') this.at++;
      else if (this.at < this.s.length) value += this.escape();
    }
    return value;
  }

  private stringToken(): void {
    const value = this.string();
    if (value === null) {
      this.out += this.invalid();
      return;
    }
    const top = this.stack.at(-1);
    // type("image/png") inside image-set() speaks of a format.
    if (top?.images && top.name !== 'type') {
      this.out += quoted(mapped(value, this.resolve, this.pending));
    } else if (top && top.close === ')' && top.name !== '' && !SPEAKS.has(top.name) && ADDRESS.test(value)) {
      this.out += '""';
    } else this.out += quoted(value);
  }

  private atKeyword(): void {
    const from = this.at;
    this.at++;
    const name = this.name().toLowerCase();
    if (name === 'import' || name === 'charset') {
      this.statement();
      this.refused ||= this.out.trim().replaceAll('/**/', '').trim() === '';
      return;
    }
    if (name === 'namespace') return this.namespace(from);
    this.out += this.s.slice(from, this.at);
  }

  private namespace(from: number): void {
    const end = this.statement();
    const text = this.s.slice(from, end);
    const plain =
      /^@namespace\s+(?:([\w-]+)\s+)?(?:url\(\s*(["']?)([^"'()\\\s]+)\2\s*\)|(["'])([^"'\\\n]+)\4)\s*;?$/i.exec(text);
    const uri = plain?.[3] ?? plain?.[5] ?? '';
    if (NAMESPACES.has(uri)) this.out += `@namespace ${plain?.[1] ?? ''} "${uri}";`;
    else this.refused ||= this.out.trim() === '';
  }

  /** Goes to the end of an at-statement: its `;`, or before the `}` of the block around it. */
  private statement(): number {
    const kept = this.out;
    const depth = this.stack.length;
    while (this.at < this.s.length) {
      const c = this.peek();
      if (this.stack.length <= depth && c === '}') break;
      if (this.stack.length <= depth && c === ';') {
        this.at++;
        break;
      }
      this.token();
      if (this.stack.length < depth) break;
      if (c === '}' && this.stack.length === depth) break;
    }
    this.out = kept;
    return this.at;
  }

  private identLike(): void {
    const from = this.at;
    const name = this.name();
    const lower = name.toLowerCase();
    if (this.peek() !== '(') {
      const written = this.s.slice(from, this.at);
      const colon = BANNED_PROPERTIES.has(lower) && /^(?:\s|\/\*[\s\S]*?\*\/)*:/.test(this.s.slice(this.at));
      const asked = ASKED.get(lower);
      if (asked && this.isPseudo()) this.out = `${this.out.slice(0, -1)}[${asked}]`;
      else this.out += colon ? 'ra-banned' : written;
      return;
    }
    this.at++;
    if (lower === 'url' || lower === 'src' || lower === 'url-prefix' || lower === 'domain') return this.url(lower);
    if (SUBSTITUTES.has(lower) && this.stack.at(-1)?.images) {
      this.open(')', lower);
      this.skipFunction();
      this.out += `url("${NOWHERE}")`;
      return;
    }
    this.open(')', lower);
    this.out += lower === 'expression' ? 'ra-expression(' : this.s.slice(from, this.at);
  }

  /** Whether a name stands behind the colon of a pseudo-class: not behind a property's, nor behind a feature's in a media query. */
  private isPseudo(): boolean {
    const top = this.stack.at(-1);
    if (!this.out.endsWith(':') || this.out.endsWith('::') || (top?.close === ')' && top.name === '')) return false;
    END.lastIndex = this.at;
    return END.exec(this.s)?.[0] === '{'; // what a selector comes to
  }

  /** After `url(` or `src(`. */
  private url(name: string): void {
    const from = this.at;
    while (space(this.peek())) this.at++;
    const c = this.peek();
    if (c === '"' || c === "'") {
      const value = this.string();
      this.open(')', name);
      this.skipFunction(); // modifiers, or whatever else follows the string
      this.out += value === null ? this.invalid() : this.written(value);
      return;
    }
    if (name !== 'url') {
      // src(var(--x)): what it would hold is not known here.
      this.at = from;
      this.open(')', name);
      this.skipFunction();
      this.out += `url("${NOWHERE}")`;
      return;
    }
    const value = this.bareUrl();
    this.out += value === null ? this.invalid() : this.written(value);
  }

  private written(value: string): string {
    return `url(${quoted(mapped(value, this.resolve, this.pending))})`;
  }

  /** The rest of an unquoted url token; null when it is a bad one, which is read to its end. */
  private bareUrl(): string | null {
    let value = '';
    while (this.at < this.s.length) {
      const c = this.s[this.at++] as string;
      if (c === ')') return value;
      if (space(c)) {
        while (space(this.peek())) this.at++;
        if (this.peek() === ')' || this.at >= this.s.length) {
          this.at++;
          return value;
        }
        return this.badUrl();
      }
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the standard's non-printable code points.
      if (c === '"' || c === "'" || c === '(' || /[\x01-\x08\x0b\x0e-\x1f\x7f]/.test(c)) return this.badUrl();
      if (c !== '\\') value += c;
      else if (this.peek() === '\n' || this.at >= this.s.length) return this.badUrl();
      else value += this.escape();
    }
    return value;
  }

  private badUrl(): null {
    while (this.at < this.s.length) {
      const c = this.s[this.at++];
      if (c === ')') return null;
      if (c === '\\' && this.peek() !== '\n' && this.at < this.s.length) this.escape();
    }
    return null;
  }

  /** Drops everything up to the end of the function opened last. */
  private skipFunction(): void {
    const kept = this.out;
    const depth = this.stack.length;
    while (this.at < this.s.length && this.stack.length >= depth) this.token();
    this.out = kept;
  }
}

function quoted(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what cannot stand in a CSS string as it is.
  const escaped = value.replace(/["\\\x00-\x1f\x7f<]/g, (c) => `\\${c.charCodeAt(0).toString(16)} `);
  return `"${escaped}"`;
}
