// URLs without what they may carry: no credentials, no query values, no fragment, no segments that look like identifiers.

const IDENTIFIER =
  /^(?:\d{4,}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?=.*\d)[0-9a-f]{16,}|[^@/]+@[^@/]+)$/i;

/** The reduced form; relative URLs are resolved first. Empty for what is no web address. */
export function reduceUrl(raw: string, base: string): string {
  let url: URL;
  try {
    url = new URL(raw, base);
  } catch {
    return '';
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return '';
  const path = url.pathname
    .split('/')
    .map((part) => (IDENTIFIER.test(decode(part)) ? ':id' : part))
    .join('/');
  const keys = [...new Set(url.searchParams.keys())]
    .slice(0, 20)
    .map((key) => `${encodeURIComponent(key.slice(0, 40))}=`);
  return url.origin + path + (keys.length > 0 ? `?${keys.join('&')}` : '');
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
