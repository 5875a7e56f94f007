// The filter of a panel: words that must all be there, words with a minus that must not, or a /regular expression/. Pure.

export interface Filter {
  readonly empty: boolean;
  /** What is wrong with it; '' when nothing. */
  readonly fault: string;
  matches(text: string): boolean;
}

const LONGEST = 10_000;

const ALL: Filter = { empty: true, fault: '', matches: () => true };

export function filterOf(typed: string): Filter {
  const text = typed.trim().slice(0, 500);
  if (text === '') return ALL;
  const pattern = /^\/(.+)\/([imsu]*)$/.exec(text);
  if (pattern) return byPattern(pattern[1] ?? '', pattern[2] ?? '');
  const words = text.toLowerCase().split(/\s+/);
  const without = words.filter((word) => word.length > 1 && word.startsWith('-')).map((word) => word.slice(1));
  const within = words.filter((word) => word.length === 1 || !word.startsWith('-'));
  return {
    empty: false,
    fault: '',
    matches: (raw) => {
      const line = raw.slice(0, LONGEST).toLowerCase();
      return within.every((word) => line.includes(word)) && !without.some((word) => line.includes(word));
    },
  };
}

function byPattern(source: string, flags: string): Filter {
  try {
    const pattern = new RegExp(source, flags);
    return { empty: false, fault: '', matches: (text) => pattern.test(text.slice(0, LONGEST)) };
  } catch {
    return { empty: false, fault: 'This regular expression is not whole.', matches: () => false };
  }
}
