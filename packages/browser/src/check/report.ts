// The allow list, and the result of a check as lines for people and an exit code.

import type { Checked, Leak } from './page.ts';
import type { Allowed } from './plant.ts';

export type Allow = Allowed;

/** `kind selectors`, one a line; `#` and a space begin a comment, as a name after `#` is a selector. */
export function parseAllow(file: string): Allow[] {
  const lines = file.split(/\r?\n/).map((line) => line.replace(/(?:^|\s)#(?:\s.*|$)/, '').trim());
  return lines.filter(Boolean).map((line) => {
    const found = /^("[^"]+"|\S+)\s+(.+)$/.exec(line);
    if (!found) throw new Error(`the allow list has a line without selectors: ${line}`);
    return { kind: (found[1] as string).replaceAll('"', ''), selector: found[2] as string };
  });
}

/** What to do about a leak. */
function advice({ kind, where }: Leak): string {
  if (/^(?:text|attribute|title|button)/.test(kind))
    return kind === 'title'
      ? 'keep secrets out of the title, or use strict mode'
      : 'put data-ridealong-mask or data-ridealong-block on it, or give its selector to data-mask';
  if (/^(?:field|editable)/.test(kind))
    return `something shows it: look for data-ridealong-show and data-show around ${where}`;
  return 'this should never leave: please report it, with the page';
}

interface Row {
  leak: Leak;
  count: number;
}

/** Alike ones, such as the rows of a table, are one. */
function alike(leaks: readonly Leak[]): Row[] {
  const rows = new Map<string, Row>();
  for (const leak of leaks) {
    const key = `${leak.kind} ${leak.where.replace(/:nth-of-type\(\d+\)/g, '')}`;
    const row = rows.get(key);
    if (row) row.count++;
    else rows.set(key, { leak, count: 1 });
  }
  return [...rows.values()];
}

function pageLines(url: string, checked: Checked, meant: number, leaks: readonly Leak[]): string[] {
  const head = `${url}  ${checked.mode} mode, ${checked.planted} canaries, ${checked.told} ops with text`;
  if (leaks.length === 0) return [`ok    ${head}${meant > 0 ? `, ${meant} leave as the allow list says` : ''}`];
  const lines = [`LEAKS ${head}: ${leaks.length} leave`, ''];
  for (const { leak, count } of alike(leaks)) {
    const kind = /\s/.test(leak.kind) ? `"${leak.kind}"` : leak.kind;
    lines.push(`  ${leak.kind.padEnd(22)} ${leak.where}${count > 1 ? `  and ${count - 1} alike` : ''}`);
    lines.push(`  ${''.padEnd(22)} told by ${[...new Set(leak.ops)].slice(0, 4).join(', ')}`);
    lines.push(`  ${''.padEnd(22)} → ${advice(leak)}; if it is meant, allow: ${kind} ${leak.where}`, '');
  }
  return lines;
}

export function report(
  results: readonly { url: string; checked: Checked }[],
  allow: readonly Allow[],
): { lines: string[]; exit: number } {
  const lines: string[] = [];
  let exit = 0;
  const used = new Set<string>();
  for (const { url, checked } of results) {
    const leaks = checked.leaks.filter((leak) => leak.allowed === undefined);
    for (const { allowed } of checked.leaks) if (allowed) used.add(allowed);
    lines.push(...pageLines(url, checked, checked.leaks.length - leaks.length, leaks));
    if (leaks.length > 0) exit = Math.max(exit, 1);
    if (!checked.control || checked.errors.length > 0) {
      const why = checked.errors[0] ?? 'a text that is meant to be seen was not';
      lines.push(`      ${url} was not checked: ${why}`);
      exit = 2;
    }
  }
  for (const { kind, selector } of allow)
    if (!used.has(`${kind} ${selector}`))
      lines.push(`note  nothing leaves by this line of the allow list: ${kind} ${selector}`);
  return { lines, exit };
}
