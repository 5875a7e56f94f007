// Canaries: texts that are nowhere else, and the search for them: whole, in pieces, and encoded as programs encode texts.

/** So many characters of one are as bad as all of it. */
const WINDOW = 8;
/** Of hex, which pages have of their own, more. */
const HEX_WINDOW = 14;
const LETTERS = 'bcdfghjkmnpqrstvwxzBCDFGHJKMNPQRSTVWXZ';
const LENGTH = 16;

/** The canary with this number, in a run with this seed. */
export function canary(n: number, seed: number): string {
  let state = (seed ^ Math.imul(n + 1, 0x9e3779b1)) >>> 0;
  let text = '';
  while (text.length < LENGTH) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    text += LETTERS[(state >>> 16) % LETTERS.length];
  }
  return text;
}

const hex = (text: string): string => [...text].map((c) => c.charCodeAt(0).toString(16)).join('');

function encodings(text: string): [form: string, window: number][] {
  return [
    [text, WINDOW],
    [[...text].reverse().join(''), WINDOW],
    // Wherever it stands among other bytes; the ends depend on what is around.
    ...[0, 1, 2].map((shift): [string, number] => [
      btoa(' '.repeat(shift) + text).slice(shift === 0 ? 0 : 4, -4),
      WINDOW,
    ]),
    [hex(text), HEX_WINDOW],
  ];
}

/** One op that was written, with every text in it. */
export interface Told {
  op: string;
  texts: string[];
}

export interface Found {
  /** The number of the canary. */
  n: number;
  op: string;
}

/** Which canaries are in what was told, and in which ops. `%` is looked through: what is percent-encoded is hex. */
export function search(told: readonly Told[], canaries: readonly string[]): Found[] {
  const windows = new Map<string, number>();
  for (const [n, text] of canaries.entries())
    for (const [form, window] of encodings(text)) {
      const folded = form.toLowerCase();
      for (let i = 0; i + window <= folded.length; i++) windows.set(folded.slice(i, i + window), n);
    }
  const found = new Map<string, Found>();
  // Once as it is and once as if one op went on where the one before ended: a text may go out letter by letter.
  for (const between of ['\n', '']) {
    let all = '';
    const starts: number[] = [];
    for (const { texts } of told) {
      starts.push(all.length);
      all += texts.join(between) + between;
    }
    for (const plain of [all, ...(all.includes('%') ? [all.replaceAll('%', '')] : [])]) {
      const folded = plain.toLowerCase();
      for (const window of [WINDOW, HEX_WINDOW])
        for (let i = 0; i + window <= folded.length; i++) {
          const n = windows.get(folded.slice(i, i + window));
          if (n === undefined) continue;
          const op = plain === all ? (told[opAt(starts, i)]?.op ?? '') : 'percent-encoded';
          found.set(`${n} ${op}`, { n, op });
        }
    }
  }
  return [...found.values()];
}

function opAt(starts: readonly number[], at: number): number {
  let low = 0;
  for (let high = starts.length - 1; low < high; ) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}
