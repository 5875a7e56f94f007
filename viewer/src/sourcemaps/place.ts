// What is said of a place in the sources, and how large a map may be; without the decoder, which only the worker has.

export const MAX_MAP = 64 * 1024 * 1024;

/**
 * Where something is in the sources; line and column count from 1. `context` is its line and as many before it as behind it, at most 3.
 * `exact` when the map has this very column of the script, as it has of most calls; else what it has before it.
 */
export interface Place {
  url: string;
  line: number;
  column: number;
  exact: boolean;
  context?: string[];
}
