// The one script that sites carry. Dormant: without a hand-off in the address or a session of this tab it looks at two things and ends.

/** Set by the build: the file name of the recorder beside this one. */
declare const RECORDER: string;

const KEY = 'ridealong';

/** What the tab keeps of its session, or the hand-off in the address, which is gone afterwards. */
function take(): object | null {
  const { href } = location;
  let tab: object | null = null;
  // Storage may be forbidden; then the session ends with this page.
  try {
    tab = JSON.parse(sessionStorage.getItem(KEY) as string);
  } catch {}
  const found = /[#&]ridealong=1\.([\w-]+)\.([\w-]*)/.exec(href);
  if (!found) return tab;
  const [part, handoff, key] = found;
  // Before the site's own router looks at the address; what else the fragment holds stays.
  const [page, rest = ''] = href.replace(part, part[0] === '#' ? '#' : '').split(/#&?(.*)/s);
  history.replaceState(history.state, '', rest ? `${page}#${rest}` : page);
  tab = { handoff, key };
  try {
    sessionStorage.setItem(KEY, JSON.stringify(tab));
  } catch {}
  return tab;
}

const script = document.currentScript as HTMLScriptElement | null;

function run(): void {
  const base = script?.src;
  const tab = base && take();
  // import() takes a string under Trusted Types, and carries the nonce of this script: no policy of ours is needed.
  if (tab)
    import(/* @vite-ignore */ new URL(RECORDER, base).href)
      .then((m) => m.start(tab, base, script.dataset))
      .catch(() => {});
}

// A page that nobody has looked at yet does nothing.
if ((document as { prerendering?: boolean }).prerendering)
  document.addEventListener('prerenderingchange', run, { once: true });
else run();
