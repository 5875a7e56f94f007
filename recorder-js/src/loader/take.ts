// Whether there is a session: what the tab keeps of one, or the hand-off in the address, which is gone afterwards; or one in another tab.

const KEY = 'ridealong';

export function take(): object | null {
  const { href } = location;
  let tab: object | null = null;
  // Storage may be forbidden; then the session ends with this page.
  try {
    tab = JSON.parse(sessionStorage.getItem(KEY) as string);
  } catch {}
  const found = /[#&]ridealong=1\.([\w-]+)\.([\w-]*)(\.r)?/.exec(href);
  if (!found) return tab;
  const [part, handoff, key, record] = found;
  // Before the site's own router looks at the address; what else the fragment holds stays.
  const [page, rest = ''] = href.replace(part, part[0] === '#' ? '#' : '').split(/#&?(.*)/s);
  history.replaceState(history.state, '', rest ? `${page}#${rest}` : page);
  tab = { handoff, key, record };
  try {
    sessionStorage.setItem(KEY, JSON.stringify(tab));
  } catch {}
  return tab;
}

/** Whether another tab of this site has a session. It holds a lock of ours then; nothing is kept anywhere that could be out of date. */
export async function elsewhere(): Promise<boolean> {
  try {
    const { held } = await navigator.locks.query();
    return held?.some(({ name }) => name?.startsWith(`${KEY}:`)) ?? false;
  } catch {
    return false;
  }
}
