// URLs without what they may carry: no credentials, no query values, no fragment, no segments that look like identifiers.

const IDENTIFIER =
  /^(?:.*\d{4,}.*|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?=.*\d)[0-9a-f]{16,}|.*@.*|.{100,})$/i;
/** Tokens are long and mix digits and capitals. */
const TOKEN = /^(?=.*\d)(?=.*[A-Z])[\w.~-]{12,}$/;

/** What a bundler calls a file: a name, a hash of what is in it, an ending. */
const BUILT = /^[a-z]\w*(?:[.-]\w+)*?[.-][\w-]{6,24}\.(?:m?js|css)$/i;

/** A path from the root that means itself: nothing to resolve, to decode or to take away but segments. */
const PLAIN = /^\/(?!\/)(?:[\w~-][\w.~-]*\/?)*$/;
/** Of the newest base: pages have one. */
let plainBase = '';
let plainOrigin = '';

/** The reduced form; relative URLs are resolved first. Empty for what is no web address. `withKeys` keeps the names in the query. */
export function reduceUrl(raw: string, base: string, withKeys = true): string {
  if (raw.length < 200 && PLAIN.test(raw)) {
    if (base !== plainBase) {
      plainOrigin = /^https?:\/\/(?:[\w.-]+|\[[\da-f:]+\])(?::\d+)?(?=\/)/.exec(base)?.[0] ?? '';
      plainBase = base;
    }
    if (plainOrigin) return plainOrigin + raw.split('/').map(reduceSegment).join('/');
  }
  return reduceAny(raw, base, withKeys);
}

/** Where an address is, without what it is there; empty for what is no web address. */
export function reduceOrigin(raw: string, base: string): string {
  try {
    const { protocol, hostname, port } = new URL(raw, base);
    if (!/^https?:$/.test(protocol)) return '';
    return `${protocol}//${hostname.split('.').map(reduceSegment).join('.')}${port && `:${port}`}`;
  } catch {
    return '';
  }
}

function reduceAny(raw: string, base: string, withKeys: boolean): string {
  let url: URL;
  try {
    url = new URL(raw, base);
  } catch {
    return '';
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return '';
  const path = url.pathname.split('/').map(reduceSegment).join('/');
  const keys = [...new Set(url.searchParams.keys())].slice(0, 20).map((key) => `${reduceKey(key)}=`);
  return url.origin + path + (withKeys && keys.length > 0 ? `?${keys.join('&')}` : '');
}

function reduceSegment(part: string): string {
  const [name = ''] = part.split(';'); // what follows are parameters
  const plain = decode(name);
  if (plain.length < 100 && BUILT.test(plain)) return name;
  return IDENTIFIER.test(plain) || TOKEN.test(plain) ? ':id' : name;
}

function reduceKey(key: string): string {
  return IDENTIFIER.test(key) || TOKEN.test(key) ? ':id' : encodeURIComponent(key.slice(0, 40));
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
