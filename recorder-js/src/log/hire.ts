// Gets the worker of large pages. Its file comes from our server as text, because a worker of another origin is none;
// where the site's policy forbids that, there is none, and it is not tried again in this tab.

import type { TabState } from '../tab.ts';

/** Set by the build: the worker's file beside the recorder's. */
declare const WORKER: string;

/** Pages with fewer elements and rules are done sooner without. */
const LARGE = 1500;

export function isLarge(document: Document): boolean {
  const { styleSheets } = document;
  let size = document.getElementsByTagName('*').length;
  for (const sheet of styleSheets) {
    try {
      size += sheet.cssRules.length;
    } catch {
      // Another origin's.
    }
  }
  return size > LARGE;
}

/** Looks for it once, when the page is large or has become so. `got` hears when it is there and answers; until then nothing waits for it. */
export async function hire(
  tab: TabState,
  base: string,
  got: (worker: Worker, gone: () => void) => void,
): Promise<void> {
  const forgo = () => tab.set({ alone: true });
  try {
    const answer = await fetch(new URL(WORKER, base));
    if (!answer.ok) return;
    const address = URL.createObjectURL(new Blob([await answer.text()], { type: 'text/javascript' }));
    try {
      const worker = new Worker(address);
      worker.onerror = (event) => {
        event.preventDefault();
        forgo();
      };
      worker.onmessage = () => got(worker, forgo);
    } finally {
      URL.revokeObjectURL(address);
    }
  } catch {
    forgo();
  }
}
