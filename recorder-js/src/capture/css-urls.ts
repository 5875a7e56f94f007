// URLs in style sheets: they become numbers of assets.

import type { Context } from './context.ts';

const URL_TOKEN = /url\(\s*(?:"((?:[^"\\]|\\[\s\S])*)"|'((?:[^'\\]|\\[\s\S])*)'|((?:[^)"'\s\\]|\\[\s\S])*))\s*\)/gi;

/** What may be told of the pictures and fonts of a text: `files` are the fonts that are files of the site's, with nothing of anybody in them. */
export type Told = 'image' | 'font' | 'files' | 'none';

/** `url(…)` becomes `url(asset:n)`; references within the document stay. */
export function rewriteUrls(c: Context, text: string, base: string, kind: Told): string {
  if (!/url\(/i.test(text)) return text;
  return text.replace(URL_TOKEN, (_, double?: string, single?: string, bare?: string) => {
    const raw = unescapeCss(double ?? single ?? bare ?? '');
    if (raw.startsWith('#')) return `url("#${c.privacy.word(raw.slice(1)).replace(/["\\]/g, '')}")`;
    try {
      const { href } = new URL(raw, base);
      if (kind === 'none' || (kind === 'files' && !/^https?:/.test(href))) return 'url(asset:0)';
      return `url(asset:${c.assets.url(href, kind === 'image' ? kind : 'font')})`;
    } catch {
      return 'url(asset:0)';
    }
  });
}

export function unescapeCss(text: string): string {
  return text.replace(/\\(?:([0-9a-f]{1,6})\s?|([\s\S]))/gi, (_, hex?: string, char?: string) =>
    hex ? String.fromCodePoint(Math.min(0x10ffff, Number.parseInt(hex, 16)) || 0xfffd) : (char ?? ''),
  );
}
