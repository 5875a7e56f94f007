// Text of rules with their URLs turned into assets.

import type { Context } from './context.ts';

const URL_TOKEN = /url\(\s*(?:"((?:[^"\\]|\\[\s\S])*)"|'((?:[^'\\]|\\[\s\S])*)'|([^)"'\s]*))\s*\)/gi;

/** `url(…)` becomes `url(asset:n)`; references within the document stay. */
export function rewriteUrls(c: Context, text: string, base: string, kind: 'image' | 'font'): string {
  if (!/url\(/i.test(text)) return text;
  return text.replace(URL_TOKEN, (_, double?: string, single?: string, bare?: string) => {
    const raw = unescapeCss(double ?? single ?? bare ?? '');
    if (raw.startsWith('#')) return `url("${raw.replace(/["\\]/g, '')}")`;
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

/** The text of one rule as it is sent. An import becomes what it imports, so that indices stay. */
export function ruleText(c: Context, rule: CSSRule, base: string, depth = 0): string {
  if (rule instanceof c.window.CSSImportRule) return importText(c, rule, base, depth);
  const font = rule instanceof c.window.CSSFontFaceRule;
  return rewriteUrls(c, rule.cssText, base, font ? 'font' : 'image');
}

function importText(c: Context, rule: CSSImportRule, base: string, depth: number): string {
  const sheet = rule.styleSheet;
  const rules = sheet && depth < 8 ? rulesOf(sheet) : undefined;
  const inner = rules && sheet ? [...rules].map((r) => ruleText(c, r, sheet.href ?? base, depth + 1)).join('\n') : '';
  return `@media ${rule.media.mediaText || 'all'} {\n${inner}\n}`;
}

/** The rules of a sheet, undefined where another origin keeps them to itself. */
export function rulesOf(sheet: CSSStyleSheet): CSSRuleList | undefined {
  try {
    return sheet.cssRules;
  } catch {
    return undefined;
  }
}
