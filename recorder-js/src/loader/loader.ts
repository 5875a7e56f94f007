// The one script that sites carry. Dormant: without a hand-off in the address, a session of this tab or one in another tab of the
// site it looks at three things and ends.

import { type Early, hearEarly } from './early.ts';
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

const script: From | undefined =
  (document.currentScript as HTMLScriptElement | null) ?? (window as { ridealong?: { from?: From } }).ridealong?.from;

/** What both ends know a question by. */
const ASK = 'ridealong-1';

// import() takes a string under Trusted Types, and carries the nonce of this script: no policy of ours is needed.
const recorder = (src: string) => import(/* @vite-ignore */ new URL(RECORDER, src).href);

/** A page in a frame: pages around it that its site names may ask what it shows. */
function hear({ src, dataset }: From): void {
  const origins = dataset.within?.split(/[\s,]+/);
  if (self === top || !origins) return;
  addEventListener('message', async ({ source, origin, data, ports: [port] }) => {
    if (source !== parent || !origins.includes(origin) || data?.[0] !== ASK || !port) return;
    try {
      await (await recorder(src)).ask(port, dataset, data);
    } catch {}
  });
}

async function run(): Promise<void> {
  // Whatever the page has made of the platform: at the worst there is no session, and nothing is thrown into it.
  try {
    const { src, dataset, tab = src && take() } = (script ?? {}) as Partial<From>;
    if (src) hear(script as From);
    const heard = src && tab && top === self && !(tab as { paused?: boolean }).paused;
    let early: Early;
    // A page that has broken what this needs has a session all the same.
    try {
      if (heard) early = hearEarly();
    } catch {}
    if (!src || !(tab || (top === self && (await elsewhere())))) return;
    await (await recorder(src)).start(tab, src, dataset, early);
  } catch {}
}

// A page that nobody has looked at yet does nothing.
if ((document as { prerendering?: boolean }).prerendering)
  document.addEventListener('prerenderingchange', run, { once: true });
else run();
