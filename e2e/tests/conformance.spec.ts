// Conformance: the same questions to a page, to our picture of it and to rrweb's. It takes minutes, and runs with CONFORMANCE=1 only
// (`npm run conformance -w e2e`); docs/conformance.md is the table that it makes with CONFORMANCE_DOCS=1.
// CONFORMANCE_ONLY chooses cases by name.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { cases } from '../conformance/cases.ts';
import { absent, page, plain, rowsOf, share, summary, worse } from '../conformance/report.ts';
import { standing, suite, write } from '../conformance/suite.ts';
import { expect, test } from '../test.ts';

const docs = fileURLToPath(new URL('../../docs/conformance.md', import.meta.url));
const only = new RegExp(process.env.CONFORMANCE_ONLY ?? '');

test('no probe that rrweb passes fails, and 95 % of all pass', async () => {
  test.setTimeout(1_800_000);
  const chosen = cases.filter(({ name }) => only.test(name));
  const sides = await standing('chromium', chosen, (stand) =>
    suite(stand, chosen, { beside: true, interrupt: chosen.length === cases.length }),
  );
  const rows = rowsOf(sides);
  write('chromium.txt', plain(rows));
  write('chromium.json', JSON.stringify(sides));
  if (process.env.CONFORMANCE_DOCS) writeFileSync(docs, page(rows, 'Chromium'));
  console.log(plain(rows));
  expect.soft(sides.broken, 'cases that could not be played').toEqual([]);
  expect.soft(absent(sides), 'probes that the page itself does not pass').toEqual([]);
  expect.soft(worse(sides), 'probes that rrweb passes and we do not').toEqual([]);
  expect(share(rows, 'ours'), summary(rows)).toBeGreaterThanOrEqual(0.95);
  const written = existsSync(docs) ? readFileSync(docs, 'utf8') : '';
  if (!written) return;
  const missing = chosen
    .flatMap(({ probes = {} }) => Object.keys(probes))
    .filter((name) => !written.includes(cellOf(name)));
  expect(missing, 'not in docs/conformance.md: make it anew').toEqual([]);
});

/** As the table has it, without what a table escapes. */
const cellOf = (name: string): string => name.split(/[|<>&`*_~[\]\\]/)[0] as string;

/** What the stage of the control does not do any more: the effects of CHECK, SCROLL, RULE, SPLICE and TEXT, STATE, ANIMATE and NAMES. */
function lame(): void {
  if (location.pathname !== '/stage') return;
  const nothing = () => undefined;
  const unset = (owner: object, name: string) => {
    const was = Object.getOwnPropertyDescriptor(owner, name);
    Object.defineProperty(owner, name, { ...was, set: nothing });
  };
  unset(HTMLInputElement.prototype, 'indeterminate');
  unset(HTMLInputElement.prototype, 'checked');
  unset(CharacterData.prototype, 'data');
  for (const [owner, ...names] of [
    [Element.prototype, 'scrollTo'],
    [globalThis, 'scrollTo'],
    [CharacterData.prototype, 'replaceData'],
    [CSSStyleSheet.prototype, 'insertRule', 'deleteRule'],
    [HTMLDialogElement.prototype, 'showModal'],
    [HTMLElement.prototype, 'showPopover'],
    [CustomStateSet.prototype, 'add'],
  ] as [object, ...string[]][])
    for (const name of names) Object.defineProperty(owner, name, { value: nothing, configurable: true });
}

const LOST = [
  'indeterminate',
  'checkbox: checked by a click',
  'text: insertData',
  'scroll: window',
  'scroll: element, both ways',
  'rule: inserted',
  'dialog: modal',
  'popover open',
  ':state()',
  'form',
  'scroll',
  'rules',
  'top layer',
  'tree',
  'styles',
  'pixels',
];

test('control: what a stage does not do is noticed, by the probe for it and by the comparison of the whole', async () => {
  test.setTimeout(300_000);
  const names = [
    'boxes and buttons',
    'texts',
    'scroll positions',
    'rules by script',
    'dialogs',
    'popovers',
    'custom elements',
  ];
  const chosen = cases.filter(({ name }) => names.includes(name));
  expect(chosen.length).toBe(names.length);
  const sides = await standing('chromium', chosen, (stand) => suite(stand, chosen, { prepare: lame }));
  expect(sides.broken).toEqual([]);
  const failed = new Set(rowsOf(sides).flatMap(({ probe, ours }) => (ours === 'ok' ? [] : [probe])));
  expect(
    LOST.filter((probe) => !failed.has(probe)),
    'lost and not noticed',
  ).toEqual([]);
  const fine = rowsOf(sides).filter(({ ours }) => ours === 'ok');
  expect(fine.length, 'what the stage still does').toBeGreaterThan(20);
});
