// Stacks of V8, SpiderMonkey and JavaScriptCore as frames. Tolerant: what is no frame is left out, and a text of any length is read in
// one pass, a line at a time.

export interface StackFrame {
  /** '' for code outside of functions. */
  fn: string;
  url: string;
  line: number;
  column: number;
}

/** A frame in the sources; `context` are its lines and those around it. */
export interface SourceFrame extends StackFrame {
  context?: string[];
}

/** Finds a frame in the sources that it was built from; null when it cannot be known. */
export type ResolveFrame = (frame: StackFrame) => Promise<SourceFrame | null>;

const MAX_LINES = 200;
const LONGEST_LINE = 4000;

/** The frames of a stack, and the text before them. */
export function parseStack(stack: string): { head: string; frames: StackFrame[] } {
  const frames: StackFrame[] = [];
  const head: string[] = [];
  for (const line of stack.split('\n', MAX_LINES)) {
    const frame = parseFrame(line);
    if (frame) frames.push(frame);
    else if (frames.length === 0 && line.trim() !== '') head.push(line.slice(0, LONGEST_LINE));
  }
  return { head: head.join('\n'), frames };
}

/** One line: `at fn (url:line:column)`, `fn (url:line:column)`, `fn@url:line:column`, or the place alone. */
export function parseFrame(text: string): StackFrame | null {
  const line = text.slice(0, LONGEST_LINE).trim();
  const bare = line.startsWith('at ') ? line.slice(3).trim() : line;
  if (bare.endsWith(')')) {
    const evaluated = bare.indexOf(' (eval at ');
    const open = evaluated < 0 ? bare.lastIndexOf(' (') : evaluated;
    const place = open < 0 && !bare.startsWith('(') ? null : parsePlace(bare.slice(open < 0 ? 1 : open + 2, -1));
    if (place) return { fn: nameOf(open < 0 ? '' : bare.slice(0, open)), ...place };
  }
  const place = parsePlace(bare);
  if (!place) return null;
  const at = place.url.search(/@(?=[a-z][a-z0-9+.-]*:|\/)/i);
  if (at >= 0) return { ...place, fn: nameOf(place.url.slice(0, at)), url: place.url.slice(at + 1) };
  if (/\s/.test(place.url)) return null; // words with numbers behind them
  return { fn: '', ...place };
}

/** `url:line:column`, or `url:line`. */
export function parsePlace(place: string): Omit<StackFrame, 'fn'> | null {
  const found = /^(.*?):(\d{1,9})(?::(\d{1,9}))?$/.exec(place.trim());
  if (!found?.[1]) return null;
  // V8 writes `eval at f (url:1:2), <anonymous>:3:4`: the place within the text that was evaluated says nothing to anybody.
  const url = found[1].startsWith('eval at ') ? (/\((\S+?):\d+:\d+\)/.exec(found[1])?.[1] ?? found[1]) : found[1];
  return { url, line: Number(found[2]), column: Number(found[3] ?? 0) };
}

function nameOf(fn: string): string {
  const name = fn.replace(/^async\s+/, '').trim();
  return name === '<anonymous>' || name === 'anonymous' ? '' : name;
}

/** `cart.js:12` for a place. */
export function shortPlace({ url, line }: Omit<StackFrame, 'fn'>): string {
  return `${fileOf(url)}${line > 0 ? `:${line}` : ''}`;
}

/** The last part of an address's path, or its host. */
export function fileOf(url: string): string {
  const path = url.replace(/[?#].*$/s, '');
  const last = path.slice(path.lastIndexOf('/', path.length - 2) + 1);
  return (last || path || url).slice(0, 120);
}
