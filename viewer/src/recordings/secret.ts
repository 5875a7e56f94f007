// The secret of a link to a moment, on its way from the address to who asks with it.

const KEY = 'ridealong.moment';
const SECRET = /^#([\w-]{1,128})$/;

/** The secret goes from the address to this tab, where a sign-in on the way does not lose it. */
export function takeMoment(): void {
  const secret = SECRET.exec(location.hash)?.[1];
  if (!secret) return;
  history.replaceState(history.state, '', location.pathname);
  try {
    sessionStorage.setItem(KEY, secret);
  } catch {
    held = secret;
  }
}

let held = '';

/** The secret that was taken. */
export function secretOf(): string {
  try {
    return sessionStorage.getItem(KEY) ?? held;
  } catch {
    return held;
  }
}
