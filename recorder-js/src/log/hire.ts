// Gets the worker that deflates for large pages. Its file comes from our server as text, because a worker of another origin is none;
// where the site's policy forbids that, there is none, and it is not tried again in this tab.

import type { TabState } from '../tab.ts';
import type { Press } from './press.ts';

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

/** Looks for it once, when the page is large or has become so. */
export async function hire(press: Press, tab: TabState, base: string, large: boolean): Promise<void> {
  if (tab.value.alone || press.hired || !large) return;
  press.hired = true;
  const forgo = () => tab.set({ alone: true });
  try {
    const answer = await fetch(new URL(WORKER, base));
    if (!answer.ok) return;
    const address = URL.createObjectURL(new Blob([await answer.text()], { type: 'text/javascript' }));
    try {
      press.hire(new Worker(address), forgo);
    } finally {
      URL.revokeObjectURL(address);
    }
  } catch {
    forgo();
  }
}
