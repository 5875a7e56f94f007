// What a query in the search box asks for: recordings, or moments in them. The language itself is the server's.

/** Fields that say something of a whole recording; all others, and plain words, are found at moments. */
const OF_RECORDINGS = new Set(
  'customer reference owner agent browser os tag has state after since before until'.split(' '),
);

/** The terms of a query, as they are written: words, "phrases", field:value, -negated. */
export function termsOf(q: string): string[] {
  return q.match(/-?(?:[\w-]+:)?"[^"]*"?|\S+/g) ?? [];
}

export function asksForMoments(q: string): boolean {
  return termsOf(q).some((term) => {
    const field = /^-?([\w-]+):/.exec(term)?.[1]?.toLowerCase();
    return field === undefined || !OF_RECORDINGS.has(field);
  });
}

/** The query with one more term, unless it is there. */
export function withTerm(q: string, field: string, value: string): string {
  const term = `${field}:${/[\s"]/.test(value) ? `"${value.replaceAll('"', '')}"` : value}`;
  return termsOf(q).includes(term) ? q : `${q.trim()} ${term}`.trim();
}

/** The query after a completion was chosen, and where the cursor stands then. */
export function completed(q: string, from: number, to: number, text: string): { q: string; cursor: number } {
  const begin = Math.max(0, Math.min(from, q.length));
  const end = Math.max(begin, Math.min(to, q.length));
  // A field waits for its value; what is whole is followed by a space.
  const put = text.endsWith(':') || q[end] === ' ' ? text : `${text} `;
  return { q: q.slice(0, begin) + put + q.slice(end), cursor: begin + put.length };
}
