// Stacks as the lane has them: a line for each frame, `name (URL:line:column)`, without the message above them, whose text may be anything.

const MAX_FRAMES = 30;
/** V8: `at name (URL:1:2)`, `at URL:1:2`; of what was evaluated the place that did it. */
const V8 = /^\s*at (?:(?:async |new )*([^(]*?) )?\(?(?:eval at [^(]*\()?([^()]*?:\d+:\d+)\)?/;
/** SpiderMonkey and JavaScriptCore: `name@URL:1:2`. */
const OTHER = /^([^@\s]*)@(.*:\d+:\d+)$/;
const PLACE = /^(.*?)(:\d+:\d+)$/;

/** `url` reduces an address; one that it makes nothing of is left out, and so is the frame. */
export function readStack(raw: string, url: (raw: string) => string): string[] {
  const lines: string[] = [];
  for (const line of raw.slice(0, 20_000).split('\n')) {
    const found = V8.exec(line) ?? OTHER.exec(line);
    const [, address = '', at = ''] = PLACE.exec(found?.[2] ?? '') ?? [];
    const place = address.startsWith('<') ? address : address && url(address);
    if (!found || !place) continue;
    const name = (found[1] ?? '').slice(0, 100);
    lines.push(name ? `${name} (${place}${at})` : place + at);
    if (lines.length === MAX_FRAMES) break;
  }
  return lines;
}

/** Of a stack as it is told, the place of its first frame. */
export const firstPlace = (stack = ''): string => /[^( ]*:\d+:\d+/.exec(stack)?.[0] ?? '';
