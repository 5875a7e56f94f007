// The table: a row for each probe, with what our picture and rrweb's answered.
import { isOpen } from './open.ts';
import type { Answer, When } from './run.ts';

/** A probe passes when it does both live and for a late joiner. */
export type Verdict = 'ok' | 'FAIL' | 'FAIL live' | 'FAIL late' | '-';

export interface Row {
  case: string;
  probe: string;
  ours: Verdict;
  rrweb: Verdict;
  note: string;
}

export interface Sides {
  ours: Answer[];
  rrweb: Answer[];
  /** Cases that could not be played. */
  broken: string[];
}

const key = (a: { case: string; probe: string }) => `${a.case}\n${a.probe}`;

export function rowsOf({ ours, rrweb }: Sides): Row[] {
  const keys = [...new Set(ours.map(key))];
  return keys.map((one) => {
    const [mine, theirs] = [ours, rrweb].map((all) => all.filter((a) => key(a) === one)) as [Answer[], Answer[]];
    const first = mine[0] as Answer;
    const note = mine.find(({ ok }) => !ok)?.note ?? '';
    return { case: first.case, probe: first.probe, ours: verdict(mine), rrweb: verdict(theirs), note };
  });
}

function verdict(answers: Answer[]): Verdict {
  const failed = new Set(answers.filter(({ ok }) => !ok).map(({ when }) => when));
  if (answers.length === 0) return '-';
  if (failed.size === 0) return 'ok';
  return failed.size === new Set(answers.map(({ when }) => when)).size ? 'FAIL' : `FAIL ${[...failed][0] as When}`;
}

/** Answers that rrweb's picture gives and ours does not, without those that are known and waited for. */
export function worse({ ours, rrweb }: Sides): string[] {
  const passed = new Set(rrweb.filter(({ ok }) => ok).map((a) => `${key(a)}\n${a.when}`));
  const lost = ours.filter((a) => !a.ok && !isOpen(a) && passed.has(`${key(a)}\n${a.when}`));
  return lost.map((a) => `${a.case}: ${a.probe} (${a.when}): ${a.note}`);
}

/** Probes that the page itself did not answer as it should: they ask of something that this browser does not have. */
export const absent = ({ ours }: Sides): string[] => [
  ...new Set(ours.filter((a) => a.absent).map((a) => `${a.case}: ${a.probe}: ${a.note}`)),
];

export const share = (rows: Row[], side: 'ours' | 'rrweb'): number =>
  rows.filter((row) => row[side] === 'ok').length / rows.length;

const percent = (n: number) => `${(n * 100).toFixed(1)} %`;

export function summary(rows: Row[]): string {
  const count = (side: 'ours' | 'rrweb') => rows.filter((row) => row[side] === 'ok').length;
  const text = `${rows.length} probes: Ridealong ${count('ours')} (${percent(share(rows, 'ours'))})`;
  if (rows.every(({ rrweb }) => rrweb === '-')) return text;
  return `${text}, rrweb ${count('rrweb')} (${percent(share(rows, 'rrweb'))})`;
}

export function plain(rows: Row[]): string {
  const wide = Math.max(...rows.map((row) => row.case.length + row.probe.length)) + 3;
  const lines = rows.map((row) => {
    const name = `${row.case} · ${row.probe}`.padEnd(wide);
    return `${name} ${row.ours.padEnd(9)} ${row.rrweb.padEnd(9)} ${row.note}`.trimEnd();
  });
  return [`${''.padEnd(wide)} ridealong rrweb`, ...lines, '', summary(rows)].join('\n');
}

const cell = (text: string) => text.replace(/[|<>&`*_~[\]\\]/g, (c) => `\\${c}`);

export function page(rows: Row[], browser: string): string {
  const lines = rows.map((row, i) => {
    const name = row.case === rows[i - 1]?.case ? '' : cell(row.case);
    return `| ${name} | ${cell(row.probe)} | ${row.ours} | ${row.rrweb} |`;
  });
  return `# Conformance

Made by \`npm run conformance -w e2e\` with ${browser}; \`e2e/conformance/\` has the pages and the probes.

A probe is a question to a document. It is asked of a page and of the picture of it: once live, after what people and scripts did on the
page, and once of the picture that a late joiner gets. It passes when page and picture give the same answer both times.
The same pages are recorded by \`@rrweb/record\` with all its options on and played live by \`@rrweb/replay\`, without a network in between;
ours go through the real server and two browsers. Typed values are shown on these pages (\`data-ridealong-show\`), for what is masked by
design could not be compared. Of public pages, and where a case is not about one thing, whole documents are compared: the tree, the state
of forms, scroll positions, rules, the top layer, computed styles of up to 400 elements, and pixels (less than 0.1 % may differ).

**${summary(rows)}.**

| page | probe | Ridealong | rrweb |
|---|---|---|---|
${lines.join('\n')}
`;
}
