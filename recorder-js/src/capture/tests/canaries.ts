// Canaries: texts that are nowhere else, put where something secret could sit, and looked for in everything that the capture writes.

import { expect } from 'vitest';
import type { Mode } from '../../privacy/tighten.ts';
import type { Bench } from './bench.ts';

/** `K` becomes a text that is nowhere else. */
export interface Canary {
  html?: string;
  head?: string;
  /** After the snapshot. */
  js?: string;
}

/** Eight characters of it are as bad as all: whatever a recorder cuts, folds or encodes. */
const WINDOW = 8;

const key = (n: number): string => {
  let seed = n * 2654435761 + 12345;
  let text = 'kq';
  for (let i = 0; i < 14; i++) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    text += 'bcdfghjkmnpqrstvwxzBCDFGHJKMNPQRSTVWXZ'[seed >>> 27];
  }
  return text;
};

const encodings = (text: string): string[] => [
  text,
  encodeURIComponent([...text].reverse().join('')),
  ...[0, 1, 2].map((shift) =>
    Buffer.from(' '.repeat(shift) + text)
      .toString('base64')
      .slice(2, -4),
  ),
  Buffer.from(text).toString('hex'),
];

function find(all: string, folded: string, secret: string): string {
  for (const text of encodings(secret)) {
    for (let i = 0; i + WINDOW <= text.length; i++) {
      const at = folded.indexOf(text.slice(i, i + WINDOW).toLowerCase());
      if (at >= 0) return all.slice(Math.max(0, at - 80), at + 30);
    }
  }
  return '';
}

/**
 * The cases whose canary was told, with what was told around it. `open` shows the whole page, `without` has a guard of
 * Privacy do nothing: the controls.
 */
export async function leaks(
  bench: Bench,
  cases: Record<string, Canary>,
  mode: Mode,
  open = false,
  without = '',
): Promise<string[]> {
  const names = Object.keys(cases);
  const fill = (text: string | undefined, n: number) => (text ?? '').replaceAll('K', key(n));
  const body = names.map((name, n) => fill(cases[name]?.html, n) && `<section>${fill(cases[name]?.html, n)}</section>`);
  const head = names.map((name, n) => fill(cases[name]?.head, n)).join('');
  const later = '<script>const later = () => new Promise((r) => setTimeout(r, 20))</script>';
  const page = await bench.page(`<main id=m>${body.join('\n')}</main>`, { head: head + later });
  const told = await page.evaluate(
    async ({ mode, scripts, open, without }) => {
      const { rig } = window;
      if (open) document.body.setAttribute('data-ridealong-show', '');
      rig.start(mode, true, 10, without);
      for (const script of scripts) {
        const run = new Function(`return (async () => {${script}\n})()`) as () => Promise<void>;
        await run();
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
      rig.flush();
      // The address of a picture stays in the page; one that holds the picture itself would not.
      const pictures = rig.assets.filter((asset) => asset.includes(' data:'));
      return { raw: [...rig.receiver().raw, ...pictures], errors: rig.errors };
    },
    { mode, scripts: names.map((name, n) => fill(cases[name]?.js, n)), open, without },
  );
  await page.close();
  expect(told.errors).toEqual([]);
  expect(told.raw.length).toBeGreaterThan(50);
  const all = told.raw.join('\n');
  const folded = all.toLowerCase();
  return names.flatMap((name, n) => {
    const around = find(all, folded, key(n));
    return around ? [`${name}: ${around}`] : [];
  });
}
