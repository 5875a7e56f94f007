// Which of the customer's tabs is shown. Pure.

export interface Candidate {
  readonly leg: number;
  /** The customer sees it. */
  readonly visible: boolean;
  /** When they came to it, ms. */
  readonly lookedAt: number;
}

/** The one that the agent stays at; otherwise the one that the customer came to last, of those that they see. */
export function choose(tabs: readonly Candidate[], shown: number | null, pinned: boolean): number | null {
  const there = tabs.some((tab) => tab.leg === shown);
  if (pinned && there) return shown;
  const seen = tabs.filter((tab) => tab.visible);
  // The customer looks at something else altogether: what they saw last stays.
  if (seen.length === 0 && there) return shown;
  return newest(seen.length > 0 ? seen : tabs)?.leg ?? null;
}

function newest(tabs: readonly Candidate[]): Candidate | undefined {
  return tabs.reduce<Candidate | undefined>(
    (best, tab) => (best && best.lookedAt >= tab.lookedAt ? best : tab),
    undefined,
  );
}
