// What the build gives: hashed files, nothing inline, within the budget.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../.cache/fake/', import.meta.url));
const page = readFileSync(`${root}index.html`, 'utf8');
const brotli = (path: string) => brotliCompressSync(readFileSync(root + path)).length;

const FIRST_LOAD = 130 * 1024;

test('the page has no inline script, no inline style and no event attribute', () => {
  for (const script of page.match(/<script[^>]*>(?:.|\n)*?<\/script>/g) ?? []) {
    expect(script).toMatch(/^<script type="module" crossorigin src="\/assets\/[\w-]+\.js"><\/script>$/);
  }
  expect(page).not.toMatch(/<style|\sstyle=|\son\w+=/);
});

test('every file but the page has a hash in its name', () => {
  const files = readdirSync(`${root}assets`);
  expect(files.length).toBeGreaterThan(3);
  for (const file of files) expect(file).toMatch(/-[\w-]{8}\.(js|css|svg)$/);
});

test('the first load is at most 130 KiB, brotli', () => {
  const first = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+\.(?:js|css))"/g)].map((match) => match[1] ?? '');
  expect(first.length).toBeGreaterThanOrEqual(2);
  const size = first.reduce((sum, path) => sum + brotli(path), brotli('index.html'));
  expect(size).toBeLessThanOrEqual(FIRST_LOAD);
});

/** What the dock loads when it is opened, the charts, and the worker that reads source maps; the recordings, their player and what is made of them. */
const LATER =
  /^(?:panels|uPlot|worker|list-page|player-page|moment-page|thumbnail|still|source|contents|html|events)[.-]/;

test('even with the live view’s chunk it stays within that', () => {
  const all = readdirSync(`${root}assets`).filter((file) => /\.(js|css)$/.test(file) && !LATER.test(file));
  expect(all.reduce((sum, file) => sum + brotli(`assets/${file}`), 0)).toBeLessThanOrEqual(FIRST_LOAD);
});

test('the panels are at most 40 KiB more, and the charts 20', () => {
  const later = readdirSync(`${root}assets`).filter((file) => LATER.test(file));
  const sum = (name: string) =>
    later.filter((file) => file.startsWith(name)).reduce((size, file) => size + brotli(`assets/${file}`), 0);
  expect(sum('panels')).toBeGreaterThan(0);
  expect(sum('panels')).toBeLessThanOrEqual(40 * 1024);
  expect(sum('uPlot')).toBeGreaterThan(0);
  expect(sum('uPlot')).toBeLessThanOrEqual(20 * 1024);
});

test('the recordings are at most 12 KiB more, their player 24, and what is handed over 80', () => {
  const sum = (names: RegExp) =>
    readdirSync(`${root}assets`)
      .filter((file) => names.test(file))
      .reduce((size, file) => size + brotli(`assets/${file}`), 0);
  for (const [names, most] of [
    [/^list-page[.-]/, 12],
    [/^player-page[.-]/, 24],
    [/^(?:html|events)[.-]/, 80],
  ] as const) {
    expect(sum(names)).toBeGreaterThan(0);
    expect(sum(names)).toBeLessThanOrEqual(most * 1024);
  }
});
