// The accessibility checker, run inside the page. Returns what is wrong as short lines.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Axe {
  run(
    of: object,
    how: object,
  ): Promise<{ violations: { id: string; nodes: { target: unknown[]; failureSummary?: string }[] }[] }>;
}

export async function wrongFor(page: Page): Promise<string[]> {
  await page.evaluate(source); // by the debugger: the page's CSP would refuse a script tag
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: Axe };
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    // The library's focus guards are hidden and focusable on purpose: they pass the focus on. Its layers stand outside of the
    // landmarks and belong to what opened them.
    const page = { include: document, exclude: ['[data-base-ui-focus-guard]'] };
    const layered = (selector: unknown) =>
      typeof selector === 'string' && document.querySelector(selector)?.closest('[data-base-ui-portal]');
    const { violations } = await axe.run(page, { runOnly: tags });
    return violations.flatMap((one) =>
      one.nodes
        .filter((node) => one.id !== 'region' || !node.target.some(layered))
        .map((node) => `${one.id}: ${node.target.join(' ')} — ${node.failureSummary ?? ''}`),
    );
  });
}
