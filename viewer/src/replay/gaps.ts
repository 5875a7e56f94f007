// Where a recording has nothing: stretches in which nothing came, and those whose chunks are here. Pure.

export interface Stretch {
  from: number;
  to: number;
}

const SHORTEST = 5; // seconds

/** Stretches of at least five seconds without anything, between what came; seconds in, ms out. */
export function inactive(busy: ReadonlySet<number>, duration: number): Stretch[] {
  const found: Stretch[] = [];
  const end = Math.ceil(duration / 1000);
  let from = 0;
  for (const second of [...[...busy].sort((a, b) => a - b), end]) {
    if (second - from >= SHORTEST) found.push({ from: from * 1000, to: Math.min(second * 1000, duration) });
    from = second + 1;
  }
  return found;
}

/** Stretches that touch become one. */
export function joined(stretches: readonly Stretch[], slack = 0): Stretch[] {
  const out: Stretch[] = [];
  for (const { from, to } of [...stretches].sort((a, b) => a.from - b.from)) {
    const last = out[out.length - 1];
    if (last && from <= last.to + slack) last.to = Math.max(last.to, to);
    else out.push({ from, to });
  }
  return out;
}
