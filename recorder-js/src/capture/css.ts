// Text of rules with their URLs turned into assets; in strict mode also without the page's own words.

import { Limits } from '@ridealong/wire';
import { ruleStyle } from '../dom.ts';
import { maskText } from '../privacy/mask.ts';
import type { Context } from './context.ts';

const URL_TOKEN = /url\(\s*(?:"((?:[^"\\]|\\[\s\S])*)"|'((?:[^'\\]|\\[\s\S])*)'|([^)"'\s]*))\s*\)/gi;

/** `url(…)` becomes `url(asset:n)`; references within the document stay. */
export function rewriteUrls(c: Context, text: string, base: string, kind: 'image' | 'font'): string {
  if (!/url\(/i.test(text)) return text;
  return text.replace(URL_TOKEN, (_, double?: string, single?: string, bare?: string) => {
    const raw = unescapeCss(double ?? single ?? bare ?? '');
    if (raw.startsWith('#')) return `url("#${c.privacy.word(raw.slice(1)).replace(/["\\]/g, '')}")`;
    try {
      return `url(asset:${c.assets.url(new URL(raw, base).href, kind)})`;
    } catch {
      return 'url(asset:0)';
    }
  });
}

function unescapeCss(text: string): string {
  return text.replace(/\\(?:([0-9a-f]{1,6})\s?|([\s\S]))/gi, (_, hex?: string, char?: string) =>
    hex ? String.fromCodePoint(Math.min(0x10ffff, Number.parseInt(hex, 16)) || 0xfffd) : (char ?? ''),
  );
}

const STYLE = 1;
const IMPORT = 3;
const FONT_FACE = 5;

/** The text of one rule as it is sent. An import becomes what it imports, so that indices stay. */
export function ruleText(c: Context, rule: CSSRule, base: string, depth = 0): string {
  let text: string;
  if (rule.type === IMPORT) text = importText(c, rule as CSSImportRule, base, depth);
  else if (rule.type === FONT_FACE) text = rewriteUrls(c, rule.cssText, base, 'font');
  else text = rewriteUrls(c, c.privacy.mode === 'strict' ? strictText(c, rule) : rule.cssText, base, 'image');
  return text.length * 3 > Limits.MaxText ? '@media not all {}' : text;
}

function importText(c: Context, rule: CSSImportRule, base: string, depth: number): string {
  const sheet = rule.styleSheet;
  const rules = sheet && depth < 8 ? rulesOf(sheet) : undefined;
  let text = '';
  if (rules && sheet) for (const r of rules) text += `${ruleText(c, r, sheet.href ?? base, depth + 1)}\n`;
  const { layerName, supportsText } = rule;
  if (layerName !== null && layerName !== undefined) text = `@layer ${layerName} {\n${text}}`;
  if (supportsText) text = `@supports ${supportsText} {\n${text}}`;
  return `@media ${rule.media.mediaText || 'all'} {\n${text}}`;
}

/** The rules of a sheet, undefined where another origin keeps them to itself. */
export function rulesOf(sheet: CSSStyleSheet): CSSRuleList | undefined {
  try {
    return sheet.cssRules;
  } catch {
    return undefined;
  }
}

function strictText(c: Context, rule: CSSRule): string {
  const { selectorText, cssRules } = rule as CSSStyleRule;
  const isSelector = rule.type === STYLE;
  if (!isSelector && !cssRules) return strictDeclarations(rule.cssText);
  const head = isSelector ? selectorText : rule.cssText.slice(0, rule.cssText.indexOf('{'));
  const words = isSelector || head.startsWith('@scope') ? strictSelector(c, head) : head;
  let body = isSelector ? strictDeclarations(ruleStyle(rule).cssText) : '';
  if (cssRules) for (const inner of cssRules) body += ` ${strictText(c, inner)}`;
  return `${words} { ${body} }`;
}

const SELECTOR_TOKEN =
  /\[[^\]"]*(?:"(?:[^"\\]|\\.)*"[^\]"]*)*\]|([.#])((?:[\w-]|[^\0-\x7f]|\\[0-9a-f]{1,6}\s?|\\.)+)/gi;
const PLAIN_ATTRIBUTE = /^\[(?:type|dir|lang|role|hidden|open|disabled|checked|multiple|aria-[a-z]+)(?=[\]~|^$*=])/;

/** Classes and ids by the words that elements get; attributes by what may be sent of them. */
function strictSelector(c: Context, selector: string): string {
  return selector.replace(SELECTOR_TOKEN, (all, mark?: string, token?: string) => {
    if (mark && token) return mark + c.privacy.word(unescapeCss(token));
    return PLAIN_ATTRIBUTE.test(all) ? all : all.replace(/"(?:[^"\\]|\\.)*"/g, '"\u2022"');
  });
}

const STRING = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g;
const WORDY =
  /(^|[;{\s])(content|quotes|string-set|list-style(?:-type)?|symbols|prefix|suffix|text-emphasis[\w-]*|hyphenate-character|--[\w-]+)(\s*:)((?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^;{}"'])*)/g;

/** Declarations without the strings that they show, and custom properties without words. */
export function strictDeclarations(text: string): string {
  return text.replace(WORDY, (_, before: string, name: string, colon: string, value: string) => {
    const masked = value.replace(STRING, (s) => (s.length > 4 && !/^.\\[ef]/i.test(s) ? maskText(s.slice(1, -1)) : s));
    const quoted = masked.replace(/[^\s,/]*\u2022[^\s,/]*/g, '"$&"');
    if (!name.startsWith('--')) return before + name + colon + quoted;
    return before + name + colon + quoted.replace(/(?<![#\w-])(?=[\w-]*[A-Z\d])[a-z][\w-]*(?!\()/gi, 'initial');
  });
}
