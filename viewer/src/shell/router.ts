// Where the app is: the path as a signal, and links that change it without loading the document again.

import { signal } from '@preact/signals';

export type Route =
  | { name: 'sessions' }
  | { name: 'login' }
  | { name: 'setup' }
  | { name: 'live'; session: string }
  | { name: 'recordings' }
  | { name: 'recording'; recording: string }
  | { name: 'moment' }
  | { name: 'unknown' };

/** A path of this app as a route. */
export function routeOf(path: string): Route {
  if (path === '/') return { name: 'sessions' };
  if (path === '/login') return { name: 'login' };
  if (path === '/setup') return { name: 'setup' };
  const live = /^\/s\/([0-9A-Za-z]{1,64})$/.exec(path);
  if (live?.[1]) return { name: 'live', session: live[1] };
  if (path === '/recordings') return { name: 'recordings' };
  if (path === '/m') return { name: 'moment' };
  const recording = /^\/recordings\/([0-9A-Za-z_-]{1,64})$/.exec(path);
  if (recording?.[1]) return { name: 'recording', recording: recording[1] };
  return { name: 'unknown' };
}

export const route = signal<Route>(routeOf(location.pathname));

function follow(): void {
  const next = routeOf(location.pathname);
  if (JSON.stringify(next) !== JSON.stringify(route.peek())) route.value = next;
}

addEventListener('popstate', follow);

/** Goes to a path of this app. */
export function go(path: string, how: { replace?: boolean } = {}): void {
  if (how.replace) history.replaceState(null, '', path);
  else history.pushState(null, '', path);
  follow();
  scrollTo(0, 0);
}

/** Click handler of an `<a href>` inside the app; leaves new-tab clicks to the browser. */
export function stay(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
    return;
  const link = event.currentTarget;
  if (!(link instanceof HTMLAnchorElement) || link.origin !== location.origin) return;
  event.preventDefault();
  go(link.pathname + link.search + link.hash);
}

/** A path to return to after signing in; anything but a path of this app is `/`. */
export function safeReturn(path: string | null): string {
  if (!path?.startsWith('/')) return '/';
  const url = new URL(path, location.origin);
  if (url.origin !== location.origin || routeOf(url.pathname).name === 'unknown') return '/';
  if (url.pathname === '/login' || url.pathname === '/setup') return '/';
  return url.pathname + url.search + url.hash;
}
