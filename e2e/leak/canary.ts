// Canaries: texts that are nowhere else, and the search for them in whatever form somebody could have made of them.

/** Consonants, so that no word of a language is one. */
const LETTERS = 'bcdfghjkmnpqrstvwxz';
const RUN = new RegExp(`[${LETTERS}]+`, 'g');
/** Nine letters in a row are as bad as all of them: whatever cuts, folds or encodes. */
const PIECE = 9;

/** The canary of a number; lower and upper case, so that folding shows. */
export function canary(n: number): string {
  let seed = Math.imul(n + 1, 2654435761) + 977;
  let text = 'kq';
  while (text.length < 18) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    const letter = LETTERS[(seed >>> 24) % LETTERS.length] as string;
    text += seed & 0x10000 ? letter.toUpperCase() : letter;
  }
  return text;
}

const latin1 = (text: string, encoding: 'hex' | 'base64'): string => Buffer.from(text, encoding).toString('latin1');
const code = (digits: string, base: number): string => String.fromCharCode(Number.parseInt(digits, base) & 0xffff);

/** What a text may be read as. Each gives '' or the text itself where there is nothing of its kind. */
const readings: ((text: string) => string)[] = [
  (text) => text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => code(hex, 16)),
  // JSON, JavaScript, CSS; the space behind an escape of CSS belongs to it.
  (text) =>
    text
      .replace(/\\u\{?([0-9a-f]{1,6})\}?/gi, (_, hex: string) => code(hex, 16))
      .replace(/\\x([0-9a-f]{2})/gi, (_, hex: string) => code(hex, 16))
      .replace(/\\([0-9a-f]{1,6})\s?/gi, (_, hex: string) => code(hex, 16))
      .replace(/\\/g, ''),
  (text) =>
    text.replace(/&#x([0-9a-f]+);?/gi, (_, hex: string) => code(hex, 16)).replace(/&#(\d+);?/g, (_, n) => code(n, 10)),
  // Cut in pieces: by tags, and by what is between characters (the zero bytes of UTF-16 and UTF-32 too).
  (text) => text.replace(/<[^<>]*>/g, ''),
  (text) => text.replace(/[^A-Za-z]{1,3}(?=[A-Za-z])/g, ''),
  (text) => [...text.matchAll(/(?:[0-9a-f]{2}[\s:,-]?){9,}/gi)].map(([run]) => bothHex(run)).join('\n'),
  (text) => [...text.matchAll(/[\w+/-]{12,}/g)].map(([run]) => allBase64(run)).join('\n'),
];

function bothHex(run: string): string {
  const digits = run.replace(/[^0-9a-f]/gi, '');
  return `${latin1(digits, 'hex')}\n${latin1(digits.slice(1), 'hex')}`;
}

/** From each of the four places where a group could begin. */
function allBase64(run: string): string {
  return [0, 1, 2, 3].map((from) => latin1(run.slice(from), 'base64')).join('\n');
}

/** A piece of evidence: where it was found and what it says, bytes as Latin-1. */
export interface Evidence {
  where: string;
  text: string;
}

export interface Found {
  /** Of the canary. */
  n: number;
  where: string;
  /** What stands around it. */
  around: string;
}

/** Looks for canaries. */
export class Search {
  private readonly pieces = new Map<string, number>();

  constructor(numbers: Iterable<number>) {
    for (const n of numbers) {
      const text = canary(n).toLowerCase();
      for (const way of [text, [...text].reverse().join('')])
        for (let i = 0; i + PIECE <= way.length; i++) this.pieces.set(way.slice(i, i + PIECE), n);
    }
  }

  /** Each canary once for each place where it is. */
  in(evidence: Iterable<Evidence>): Found[] {
    const found = new Map<string, Found>();
    for (const { where, text } of evidence) {
      for (const reading of read(text)) {
        for (const { n, around } of this.scan(reading)) {
          if (!found.has(`${n} ${where}`)) found.set(`${n} ${where}`, { n, where, around });
        }
      }
    }
    return [...found.values()];
  }

  private *scan(text: string): Generator<{ n: number; around: string }> {
    const folded = text.toLowerCase();
    for (const run of folded.matchAll(RUN)) {
      for (let i = 0; i + PIECE <= run[0].length; i++) {
        const n = this.pieces.get(run[0].slice(i, i + PIECE));
        if (n !== undefined) yield { n, around: text.slice(Math.max(0, run.index + i - 60), run.index + i + 30) };
      }
    }
  }
}

/** The text, every reading of it, and every reading of those: what is encoded is often encoded again. */
function* read(text: string): Generator<string> {
  yield text;
  const first = readings.map((reading) => reading(text)).filter((other) => other !== '' && other !== text);
  for (const other of first) {
    yield other;
    for (const reading of readings) {
      const second = reading(other);
      if (second !== '' && second !== other) yield second;
    }
  }
}
