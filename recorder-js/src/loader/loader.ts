// The one script that sites carry. Dormant: without a hand-off in the address or a session of this tab it looks at two things and ends.

/** Set by the build: the file name of the recorder beside this one. */
declare const RECORDER: string;

/** What a tab keeps while a session runs. */
interface Tab {
  handoff?: string;
  key?: string;
  resume?: string;
}

const KEY = 'ridealong';

function take(): Tab | undefined {
  const found = /[#&]ridealong=1\.([\w-]+)\.([\w-]*)/.exec(location.hash);
  let tab: Tab | undefined;
  try {
    tab = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') ?? undefined;
  } catch {
    // No storage: the session ends with this page.
  }
  if (!found) return tab;
  const [part, handoff, key] = found;
  const rest = location.hash.replace(part, '').replace(/^&/, '#');
  history.replaceState(history.state, '', location.pathname + location.search + rest);
  tab = { handoff: handoff ?? '', key: key ?? '' };
  try {
    sessionStorage.setItem(KEY, JSON.stringify(tab));
  } catch {
    // As above.
  }
  return tab;
}

const base = (document.currentScript as HTMLScriptElement | null)?.src;

function run(): void {
  const tab = base && take();
  if (tab)
    import(/* @vite-ignore */ new URL(RECORDER, base).href).then((m) => m.start(tab, base)).catch(() => undefined);
}

if ((document as { prerendering?: boolean }).prerendering)
  document.addEventListener('prerenderingchange', run, { once: true });
else run();
