// Fonts that scripts made: told as rules, as if a style sheet had them. A script's font does not say where it is from, so those that were
// made before we came are not known.

import { DOCUMENT_ID } from '@ridealong/wire';
import { baseURI } from '../dom.ts';
import type { Context } from './context.ts';
import { ruleText } from './css.ts';
import type { Patches } from './patch.ts';

const MOST = 100;

export class Fonts {
  private readonly sources = new WeakMap<FontFace, unknown>();
  private readonly numbers = new WeakMap<FontFace, number>();
  private touched = true;
  private told = '';

  constructor(private readonly c: Context) {}

  forget(): void {
    this.touched = true;
    this.told = '';
  }

  patch(window: Window & typeof globalThis, patches: Patches, soon: () => void): void {
    patches.made(window, 'FontFace', (face, [, source]) => {
      // The page may use its bytes for something else.
      this.sources.set(face as FontFace, typeof source === 'string' ? source : new Blob([source as BlobPart]));
    });
    const { FontFaceSet } = window as unknown as { FontFaceSet?: { prototype: object } };
    patches.after(FontFaceSet, 'value', ['add', 'delete', 'clear'], () => {
      this.touched = true;
      soon();
    });
  }

  check(): void {
    if (!this.touched) return;
    this.touched = false;
    const rules: string[] = [];
    for (const face of this.c.window.document.fonts ?? []) {
      const source = this.sources.get(face);
      const rule = source !== undefined && rules.length < MOST && this.rule(face, source);
      if (rule) rules.push(rule);
    }
    if (rules.join() === this.told) return;
    this.told = rules.join();
    this.c.ops.fonts(DOCUMENT_ID, rules);
  }

  private rule(face: FontFace, source: unknown): string | undefined {
    const { c } = this;
    const { family, style, weight, stretch, unicodeRange } = face;
    const name = /^["']/.test(family) ? family : `"${family.replace(/["\\]/g, '\\$&')}"`;
    // Bytes that a script has are no file of the site's.
    if (typeof source !== 'string' && c.privacy.mode === 'strict') return undefined;
    const src = typeof source === 'string' ? source : 'local(x)';
    const sheet = new c.window.CSSStyleSheet();
    sheet.replaceSync(
      `@font-face{font-family:${name};src:${src};font-style:${style};font-weight:${weight};font-stretch:${stretch};unicode-range:${unicodeRange}}`,
    );
    const [rule] = sheet.cssRules;
    const text = rule && ruleText(c, rule, baseURI(c.window.document));
    if (!(source instanceof Blob)) return text;
    let n = this.numbers.get(face);
    if (n === undefined) {
      n = c.assets.stream?.() ?? 0;
      this.numbers.set(face, n);
      if (n > 0) void c.assets.show?.(n, source);
    }
    return text?.replace(/local\([^)]*\)/, `url(asset:${n})`);
  }
}
