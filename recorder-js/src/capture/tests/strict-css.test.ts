// Style sheets in strict mode keep their shape: every rule and every declaration, and names that still find each other.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Bench } from './bench.ts';

const bootstrap = readFileSync(createRequire(import.meta.url).resolve('bootstrap/dist/css/bootstrap.css'), 'utf8');

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.open();
});
afterAll(() => bench.close());

/** What a page's sheet became, and what of it the browser does not take as it took the page's own. */
async function strict(css: string): Promise<{ rules: string[]; lost: string[] }> {
  const page = await bench.page(`<style id=css>${css}</style>`);
  const result = await page.evaluate(() => {
    window.rig.start('strict');
    window.rig.flush();
    const id = [...window.rig.receiver().far.nodes.values()].find((node) => node.tag === 'style')?.id;
    const rules = window.rig.receiver().far.sheets.get(id ?? 0)?.rules ?? [];
    const shape = (rule: CSSRule): string => {
      const inner = (rule as CSSGroupingRule).cssRules;
      const style = (rule as CSSStyleRule).style;
      const kind = rule.constructor.name.replace('CSSSupportsRule', 'CSSMediaRule');
      return `${kind} ${style?.length ?? ''} (${inner ? Array.from(inner, shape).join() : ''})`;
    };
    const own = Array.from((document.querySelector('#css') as HTMLStyleElement).sheet?.cssRules ?? []);
    const lost = own.flatMap((rule, i) => {
      // Some texts that the platform gives of rules are none that it takes; that is so in every mode.
      const [before, now] = [rule.cssText, rules[i] ?? ''].map((text) => {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(text);
        return Array.from(sheet.cssRules, shape).join();
      });
      return now === before ? [] : [`${rule.cssText}\n→ ${rules[i]}\n${before} → ${now}`];
    });
    return { rules, lost };
  });
  await page.close();
  return result;
}

test('every rule and declaration of a large framework stays', { timeout: 30_000 }, async () => {
  const { rules, lost } = await strict(bootstrap);
  expect(rules.length).toBeGreaterThan(1000);
  expect(lost.slice(0, 5)).toEqual([]);
});

test('every kind of rule stays', async () => {
  const { lost } = await strict(`
    @layer base, theme; @layer base { .card > .title { color: var(--accent, teal); } }
    @property --accent { syntax: "<color>"; inherits: true; initial-value: red; }
    @font-face { font-family: "Acme Sans"; src: local("Acme"), url("/a.woff2") format("woff2"); unicode-range: U+25-FF; }
    @keyframes slide { from { left: 0; } 50% { left: 5px; } to { left: 10px; } }
    .a { animation: slide 1s ease-in-out infinite; grid-template-areas: "head head" "side main"; font: 12px/1.5 "Acme Sans", serif; }
    @container sidebar (width > 400px) { .b { grid-area: side; container: sidebar / inline-size; } }
    @media (min-width: 10px) and (prefers-color-scheme: dark) { .c { inset: 0; &:hover { color: red; } } }
    @supports (display: grid) { .d { display: grid; } } @scope (.e) to (.f) { .g { top: 0; } }
    @counter-style dots { system: cyclic; symbols: "•"; suffix: " "; } ul { list-style: dots inside; }
    .h::after { content: "\\e001" attr(data-x) counter(item); counter-increment: item 2; transition: opacity 1s, left 2s; }
    .i { background: linear-gradient(to right, rgb(1 2 3 / 50%), #fff 10%) no-repeat center / cover; will-change: transform; }
    @page { margin: 1cm; } .j { width: calc((100% - var(--gap)) / 3); view-transition-name: hero; }`);
  expect(lost).toEqual([]);
});

test('names find each other', async () => {
  const { rules } = await strict(
    '@keyframes slide { to { top: 1px; } } .a { animation-name: slide; --gap: 1px; margin: var(--gap); grid-template-areas: "one two"; } .b { grid-area: two; font-family: "Acme Sans"; } @font-face { font-family: "Acme Sans"; src: url(/a); }',
  );
  const all = rules.join('\n');
  const of = (pattern: RegExp) => pattern.exec(all)?.[1];
  expect(of(/@keyframes (\w+)/)).toBe(of(/animation-name: (\w+)/));
  expect(of(/--(\w+): 1px/)).toBe(of(/var\(--(\w+)\)/));
  expect(of(/"\w+ (\w+)"/)).toBe(of(/grid-area: (\w+)/));
  expect(of(/\.\w+ \{[^}]*font-family: "(\w+)"/)).toBe(of(/@font-face +\{[^}]*font-family: "(\w+)"/));
  expect(all).not.toMatch(/slide|gap|two|Acme/);
});
