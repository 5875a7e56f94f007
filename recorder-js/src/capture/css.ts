// Text of rules with their URLs turned into assets; in strict mode also without the page's own words.

import { Limits } from '@ridealong/wire';
import type { Context } from './context.ts';
import { strictMedia, strictText, unescapeCss } from './strict-css.ts';

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

const IMPORT = 3;
const FONT_FACE = 5;

/** The text of one rule as it is sent. An import becomes what it imports, so that indices stay. */
export function ruleText(c: Context, rule: CSSRule, base: string, depth = 0): string {
  let text: string;
  if (rule.type === IMPORT) text = importText(c, rule as CSSImportRule, base, depth);
  else {
    const own = c.privacy.mode === 'strict' ? strictText(c, rule) : rule.cssText;
    text = rewriteUrls(c, own, base, rule.type === FONT_FACE ? 'font' : 'image');
  }
  return text.length * 3 > Limits.MaxText ? '@media not all {}' : text;
}

function importText(c: Context, rule: CSSImportRule, base: string, depth: number): string {
  const sheet = rule.styleSheet;
  const rules = sheet && depth < 8 ? rulesOf(sheet) : undefined;
  let text = '';
  if (rules && sheet) for (const r of rules) text += `${ruleText(c, r, sheet.href ?? base, depth + 1)}\n`;
  const { layerName, supportsText } = rule;
  const name = (words: string): string => (c.privacy.mode === 'strict' ? strictMedia(c, words) : words);
  if (layerName !== null && layerName !== undefined) text = `@layer ${name(layerName)} {\n${text}}`;
  if (supportsText) text = `@media ${CSS.supports(supportsText) ? 'all' : 'not all'} {\n${text}}`;
  return `@media ${mediaText(c, rule.media) || 'all'} {\n${text}}`;
}

/** The media of a sheet or an import. */
export function mediaText(c: Context, { mediaText }: MediaList): string {
  return c.privacy.mode === 'strict' ? strictMedia(c, mediaText) : mediaText;
}

/** The rules of a sheet, undefined where another origin keeps them to itself. */
export function rulesOf(sheet: CSSStyleSheet): CSSRuleList | undefined {
  try {
    return sheet.cssRules;
  } catch {
    return undefined;
  }
}
