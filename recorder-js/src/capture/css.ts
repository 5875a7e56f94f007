// Text of rules as it is sent.

import { Limits } from '@ridealong/wire';
import type { Budget } from './budget.ts';
import type { Context } from './context.ts';
import { rewriteUrls } from './css-urls.ts';

const IMPORT = 3;
const FONT_FACE = 5;

/** The text of one rule as it is sent. An import becomes what it imports, so that indices stay. */
export function ruleText(c: Context, rule: CSSRule, base: string, depth = 0, given?: string): string {
  let text: string;
  if (rule.type === IMPORT) text = importText(c, rule as CSSImportRule, base, depth);
  else if (c.privacy.strict) text = c.privacy.strict.strictText(c, rule, base);
  else {
    const cssText = given ?? rule.cssText;
    if (given === undefined) c.named(cssText);
    text = rewriteUrls(c, cssText, base, rule.type === FONT_FACE ? 'font' : 'image');
  }
  return text.length * 3 > Limits.MaxText ? '@media not all {}' : text;
}

/** How many rules are looked at as one text: asking each by itself costs more than reading it. */
const AT_ONCE = 64;

/** The texts of the rules from `from` on, as many as there is time for. */
export function ruleTexts(c: Context, list: CSSRuleList, from: number, base: string, budget?: Budget): string[] {
  const end = Math.min(list.length, Limits.MaxRules);
  const out: string[] = [];
  for (let at = from; at < end; ) {
    const stop = Math.min(end, at + AT_ONCE);
    const texts: string[] = [];
    let all = '';
    if (c.privacy.mode === 'standard') {
      for (let i = at; i < stop; i++) {
        const { cssText } = list[i] as CSSRule;
        texts.push(cssText);
        all += cssText;
      }
      c.named(all);
    }
    const plain = all !== '' && all.length * 3 <= Limits.MaxText && !/url\(|@import/i.test(all);
    for (let i = at; i < stop; i++)
      out.push(plain ? (texts[i - at] as string) : ruleText(c, list[i] as CSSRule, base, 0, texts[i - at]));
    at = stop;
    if (budget?.now()) break;
  }
  return out;
}

function importText(c: Context, rule: CSSImportRule, base: string, depth: number): string {
  const sheet = rule.styleSheet;
  const rules = sheet && depth < 8 ? rulesOf(sheet) : undefined;
  let text = '';
  if (rules && sheet) for (const r of rules) text += `${ruleText(c, r, sheet.href ?? base, depth + 1)}\n`;
  const { layerName, supportsText } = rule;
  if (layerName !== null && layerName !== undefined)
    text = `@layer ${c.privacy.strict?.strictMedia(c, layerName) ?? layerName} {\n${text}}`;
  if (supportsText) text = `@media ${CSS.supports(supportsText) ? 'all' : 'not all'} {\n${text}}`;
  return `@media ${mediaText(c, rule.media) || 'all'} {\n${text}}`;
}

/** The media of a sheet or an import. */
export function mediaText(c: Context, { mediaText }: MediaList): string {
  return c.privacy.strict?.strictMedia(c, mediaText) ?? mediaText;
}

/** The rules of a sheet, undefined where another origin keeps them to itself. */
export function rulesOf(sheet: CSSStyleSheet): CSSRuleList | undefined {
  try {
    return sheet.cssRules;
  } catch {
    return undefined;
  }
}
