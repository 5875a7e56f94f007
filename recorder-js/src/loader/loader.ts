// The one script that sites carry. Dormant: without a hand-off in the address, a session of this tab or one in another tab of the
// site it looks at three things and ends.

import { elsewhere, take } from './take.ts';

/** Set by the build: the file name of the recorder beside this one. */
declare const RECORDER: string;

/** The script element, or what the npm package says in its place: that one imports this file. */
interface From {
  src: string;
  dataset: DOMStringMap;
  /** What was taken before. */
  tab?: object | null;
}

const script =
  (document.currentScript as HTMLScriptElement | null) ?? (window as { ridealong?: { from?: From } }).ridealong?.from;

async function run(): Promise<void> {
  // Whatever the page has made of the platform: at the worst there is no session, and nothing is thrown into it.
  try {
    const { src, dataset, tab = src && take() } = (script ?? {}) as Partial<From>;
    if (!src || !(tab || (top === self && (await elsewhere())))) return;
    // import() takes a string under Trusted Types, and carries the nonce of this script: no policy of ours is needed.
    const { start } = await import(/* @vite-ignore */ new URL(RECORDER, src).href);
    await start(tab, src, dataset);
  } catch {}
}

// A page that nobody has looked at yet does nothing.
if ((document as { prerendering?: boolean }).prerendering)
  document.addEventListener('prerenderingchange', run, { once: true });
else run();
