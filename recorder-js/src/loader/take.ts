// What the tab keeps of its session, or the hand-off in the address, which is gone afterwards.

const KEY = 'ridealong';

export function take(): object | null {
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
