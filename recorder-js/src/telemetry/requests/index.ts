// Requests of the page.

import type { Telling } from '../context.ts';

export function requests(_t: Telling): () => void {
  return () => undefined;
}
