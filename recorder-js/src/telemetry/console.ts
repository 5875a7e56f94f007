// What the page says to its console.
//
// Guarantees: the page's own console does what it did, and none of the page's code runs by us; what is said again at once is counted, not
// told again; of a flood each level is counted. Objects are looked at when the page's code is over, in the order of the calls.

import { ConsoleMethod, EntryCode, LeftOut, type Value, ValueKind } from '@ridealong/wire/entries';
import type { Heard } from '../loader/early.ts';
import type { Telling } from './context.ts';
import { isObject } from './peek.ts';
import type { Repeats } from './repeats.ts';
import { firstPlace } from './stacks.ts';
import { Describer } from './values.ts';

const { log, info, warn, error, debug, trace, assert, dir, dirxml, table } = ConsoleMethod;
const { group, groupCollapsed, groupEnd, count, timeLog, timeEnd, clear } = ConsoleMethod;

const METHODS: Record<string, number> = {
  ...{ log, info, warn, error, debug, trace, assert, dir, dirxml, table },
  ...{ group, groupCollapsed, groupEnd, count, timeLog, timeEnd, clear },
  ...{ time: -1, countReset: -2, exception: error },
};
/** Methods that are told with a stack. */
const WITH_STACK: readonly number[] = [warn, error, trace, assert];
const MAX_VALUES = 20;
const MAX_LABELS = 200;
const MAX_GROUPS = 50;
/** Of a second, for looking at objects, ms: beyond that only their class is told. */
const LOOKING = 20;

interface Said {
  method: number;
  at: number;
  depth: number;
  args: readonly unknown[];
  stack: string;
  where: string;
  /** How often it was said once more, before it was told. */
  again: number;
}

/** `idOf` gives a node's id; `heard` has calls from before. */
export function watchConsole(
  t: Telling,
  repeats: Repeats,
  idOf: (node: Node) => number,
  heard: readonly Heard[] = [],
): undefined {
  /** When the call at hand was, if not now, and that nothing of ours knows where. */
  let then: number | undefined;
  const counts = new Map<string, number>();
  const timers = new Map<string, number>();
  let depth = 0;
  let waiting: Said[] = [];
  let last: { said: Said; n: number } | undefined;
  let spent = 0;
  let second = 0;

  /** A label that can be had without asking an object for its text. */
  const label = (of: unknown): string => (of === undefined ? 'default' : isObject(of) ? 'object' : String(of));

  function* counted(method: number, args: readonly unknown[]): Generator<unknown[]> {
    const name = label(args[0]);
    if (method === count) {
      const n = (counts.get(name) ?? 0) + 1;
      if (n > 1 || counts.size < MAX_LABELS) counts.set(name, n);
      yield [`${name}: ${n}`];
    } else if (method === METHODS.countReset) counts.delete(name);
    else if (method === METHODS.time) {
      if (!timers.has(name) && timers.size < MAX_LABELS) timers.set(name, performance.now());
    } else {
      const start = timers.get(name);
      if (method === timeEnd) timers.delete(name);
      if (start !== undefined) yield [`${name}: ${(performance.now() - start).toFixed(2)} ms`, ...args.slice(1)];
    }
  }

  function call(name: string, args: readonly unknown[]): void {
    const method = METHODS[name] as number;
    if (method < 0 || method === count || method === timeLog || method === timeEnd) {
      for (const told of counted(method, args)) say(method, told);
    } else if (method === assert) {
      if (!args[0]) say(method, args.slice(1));
    } else if (method === groupEnd) {
      if (depth === 0) return;
      depth--;
      say(method, []);
    } else {
      say(method, args);
      if (method === group || method === groupCollapsed) depth = Math.min(depth + 1, MAX_GROUPS);
    }
  }

  function say(method: number, args: readonly unknown[]): void {
    const next = waiting[waiting.length - 1];
    const before = next ?? last?.said;
    const same =
      before?.method === method &&
      before.depth === depth &&
      before.args.length === args.length &&
      args.length > 0 &&
      args.every((one, i) => one === before.args[i] && !isObject(one));
    if (same && next) {
      next.again++;
      return;
    }
    if (same && last) return repeats.again(last.n);
    const [first] = args;
    const words = typeof first === 'string' ? first : '';
    if (!t.room(LeftOut.console, levelOf(method), 0, words)) return;
    const stack = then === undefined && WITH_STACK.includes(method) ? t.stack(new Error()) : '';
    const where = then === undefined ? firstPlace(stack) || t.here() : '';
    const at = then ?? performance.now();
    const said = { method, at, depth, args: args.slice(0, MAX_VALUES), stack, where, again: 0 };
    if (waiting.length === 0 && !said.args.some(isObject)) return tell(said);
    waiting.push(said);
    if (waiting.length === 1) queueMicrotask(() => t.patches.run(tellAll));
  }

  function tellAll(): void {
    const all = waiting;
    waiting = [];
    for (const said of all) tell(said);
  }

  function tell(said: Said): void {
    const { method, at, args, stack, where } = said;
    const start = performance.now();
    if (start - second > 1000) {
      second = start;
      spent = 0;
    }
    const describer = new Describer(t, idOf);
    const values = args.map((one, i): Value => {
      if (i === 0 && typeof one === 'string') return words(describer, one, args.length);
      if (spent > LOOKING && isObject(one)) return [ValueKind.deep, '', 0];
      return describer.value(one);
    });
    spent += performance.now() - start;
    const n = t.tell(EntryCode.console, [method, said.depth, values, stack, where], at);
    for (let i = 0; i < said.again; i++) repeats.again(n);
    last = { said: args.some(isObject) ? { ...said, args: [] } : said, n };
  }

  for (const [at, name, args = []] of heard) {
    then = at;
    if (typeof name === 'string' && Object.hasOwn(METHODS, name)) call(name, args);
  }
  then = undefined;
  for (const name of Object.keys(METHODS))
    t.patches.around(t.window.console, name, (_, args) => {
      call(name, args);
      return undefined;
    });
}

/** The first text of a call, with places for the values behind it, or none. */
function words(describer: Describer, text: string, count: number): Value {
  const value = describer.words(text);
  const [kind, shown, size] = value;
  return kind === ValueKind.string && count > 1 && /%[sdifoOc]/.test(text) ? [ValueKind.format, shown, size] : value;
}

function levelOf(method: number): string {
  if (method === error || method === assert) return 'error';
  return method === warn ? 'warn' : method === debug ? 'debug' : 'info';
}
