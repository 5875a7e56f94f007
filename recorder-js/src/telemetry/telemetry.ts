// Telemetry of one document: what DevTools would have shown, as entries. A part of its own, loaded when somebody may watch.
//
// Guarantees: the page observes nothing of it beyond what docs/telemetry.md names; what may not be told is dots before it is an entry; of
// a flood there is a count for everything that was left out; after `stop` nothing of the page is looked at any more.

import { type EntryArgs, EntryCode, LeftOut, type Pair } from '@ridealong/wire/entries';
import type { Ids } from '../capture/context.ts';
import { Patches } from '../capture/patch.ts';
import { listen, native } from '../dom.ts';
import type { Early, Heard } from '../loader/early.ts';
import { maskPatterns } from '../privacy/mask.ts';
import type { Privacy } from '../privacy/policy.ts';
import type { Settings } from '../privacy/tighten.ts';
import { reduceUrl } from '../privacy/url.ts';
import { watchConsole } from './console.ts';
import type { Telling, Told } from './context.ts';
import { watchFailures } from './failures.ts';
import { watchHappenings } from './happenings.ts';
import { EntryLog } from './log.ts';
import { rawStack } from './peek.ts';
import { Repeats } from './repeats.ts';
import { requests } from './requests/index.ts';
import { readStack } from './stacks.ts';
import { watchSurroundings } from './surroundings.ts';
import { watchVitals } from './vitals.ts';

/** Between two frames, ms; and in a flood, when what matters more has the line and both ends to itself. */
const EVERY = 100;
const FLOOD_EVERY = 500;
/** Entries of each kind in a second, and at once after a quiet time. */
const RATES: Record<number, readonly [number, number]> = {
  [LeftOut.console]: [200, 1000],
  [LeftOut.requests]: [500, 3000],
  [LeftOut.messages]: [200, 500],
  [LeftOut.failures]: [50, 200],
  [LeftOut.happenings]: [50, 200],
  [LeftOut.others]: [100, 500],
};
const MAX_NAMES = 20;
const DOTS = '••••••';
/** What stands behind a name that says what it is: `token=…`, `"password": "…"`. */
const NAMED_SECRET =
  /(["']?[\w-]*(?:passw|secret|token|api[_-]?key|session|cvc|cvv|otp|csrf|authorization)[\w-]*["']?\s*[:=]\s*["']?)([^\s"',;&}]+)/gi;
const ADDRESS = /\b(?:https?|wss?):\/\/[^\s"'<>()]+/g;

export interface TelemetryOptions {
  window: Window & typeof globalThis;
  epoch: number;
  /** When the epoch began, by performance.now(). */
  start: number;
  /** What was there before, of the same epoch. */
  log?: EntryLog | undefined;
  privacy: Privacy;
  settings: Settings;
  /** Address of a file of ours. */
  base: string;
  ids: Ids;
  /** Whether the receiving side has a node with this id. */
  alive: (id: number) => boolean;
  ignore: (node: Node) => boolean;
  early?: Early;
  /** A number that is another one when the picture is. */
  changed: () => number;
  /** Whether somebody watches. */
  watched: () => boolean;
  /** Bytes that wait for the line. */
  backlog: () => number;
  /** While the page ends: more was told. */
  last: () => void;
  onError: (error: unknown) => void;
}

/** In strict mode a part of a path is told when it is a word that a programmer chose, and else its ending. */
const plainWord = (part: string): string =>
  /^(?:[a-z._~-]*\d{0,3}[a-z._~-]*|:id)$/.test(part) && part.length <= 40
    ? part
    : `:id${/\.[a-z]{1,5}$/.exec(part)?.[0] ?? ''}`;

/** The name of a value in an address, when a programmer chose it: words, or a few of them joined by capitals. */
const plainName = (all: string, before: string, name: string): string =>
  /^[a-z\d_.~%-]*(?:[A-Z][a-z\d_.~%-]+){0,3}$/.test(name) ? all : `${before}:id=`;

interface Bucket {
  left: number;
  at: number;
  /** Of what was left out: how many of each name, and the last text. */
  lost: Map<number, { kind: number; id: number; count: number; names: Map<string, number>; text: string }>;
  since: number;
}

export class Telemetry implements Telling {
  readonly window: Window & typeof globalThis;
  readonly privacy: Privacy;
  readonly since: number;
  readonly patches: Patches;
  readonly saying: Told;
  readonly bodies: readonly string[];
  readonly log: EntryLog;
  private readonly repeats = new Repeats(this);
  private readonly buckets = new Map<number, Bucket>();
  private readonly undos: (() => void)[] = [];
  private readonly later: Window['setTimeout'];
  private readonly home: string;
  private readonly socket: string;
  private asked = false;
  private running = true;
  /** The page is about to end: no timer will fire. */
  private leaving = false;
  stirred: () => void = () => undefined;
  private happened: (name: string, data: string, at: number) => void = () => undefined;

  constructor(private readonly options: TelemetryOptions) {
    const { window, privacy, settings, base, ids, alive, onError, epoch, start, log } = options;
    this.window = window;
    this.privacy = privacy;
    this.log = log ?? new EntryLog(epoch, start);
    this.since = log ? performance.now() : Number.NEGATIVE_INFINITY;
    this.later = native(window, 'setTimeout') as Window['setTimeout'];
    this.home = base.slice(0, base.lastIndexOf('/') + 1);
    this.socket = `${new URL(base).origin.replace(/^http/, 'ws')}/ws/`;
    const strict = privacy.mode === 'strict';
    this.saying = strict
      ? 'off'
      : settings.tellConsole === 'values' || settings.tellConsole === 'off'
        ? settings.tellConsole
        : 'shapes';
    this.bodies = strict ? [] : (settings.tellBodies ?? '').split(/[\s,]+/).filter(Boolean);
    this.patches = new Patches(onError);
    const guard = <A extends unknown[]>(run: (...args: A) => void) => this.guarded(run);
    const idOf = (node: Node): number => {
      const id = ids.of(node);
      return id !== undefined && alive(id) ? id : 0;
    };
    const begin = (run: () => (() => void) | undefined): void => {
      guard(() => this.undos.push(run() ?? (() => undefined)))();
    };
    begin(() => {
      const happenings = watchHappenings(this, idOf, options.changed, options.ignore);
      this.stirred = guard(happenings.stirred);
      this.happened = guard(happenings.custom);
      const surroundings = watchSurroundings(this, options.watched, options.backlog);
      const unwatch = watchVitals(this, idOf, happenings.nameOf, surroundings.busy);
      return () => {
        unwatch();
        surroundings.stop();
        happenings.stop();
      };
    });
    let heard: readonly Heard[] = [];
    guard(() => {
      heard = options.early?.() ?? [];
    })();
    const events = heard.filter(([, what]) => typeof what !== 'string');
    begin(() => watchFailures(this, this.repeats, events));
    begin(() => watchConsole(this, this.repeats, idOf, heard));
    begin(() => requests(this));
    begin(() =>
      listen(window, 'pagehide', () => {
        this.leaving = true;
      }),
    );
    begin(() =>
      listen(window, 'pageshow', () => {
        this.leaving = false;
      }),
    );
  }

  private guarded<A extends unknown[]>(run: (...args: A) => void): (...args: A) => void {
    return (...args) => {
      if (!this.running) return;
      try {
        run(...args);
      } catch (error) {
        this.options.onError(error);
      }
    };
  }

  /** What the site's own code says has happened. */
  custom(name: string, data: string, at: number): void {
    this.happened(name, data, at);
  }

  stop(): void {
    if (!this.running) return;
    this.guarded(() => this.flush())();
    this.patches.undo();
    for (const undo of this.undos.splice(0)) {
      try {
        undo();
      } catch (error) {
        this.options.onError(error);
      }
    }
    this.running = false;
  }

  // Entries.

  tell<C extends keyof EntryArgs>(code: C, fields: EntryArgs[C], at?: number): number {
    const n = this.log.tell(code, fields, at);
    if (this.leaving) {
      this.flush();
      this.options.last();
    } else this.soon();
    return n;
  }

  private soon(): void {
    if (this.asked || !this.running) return;
    this.asked = true;
    this.later.call(
      this.window,
      this.guarded(() => this.flush()),
      [...this.buckets.values()].some(({ lost }) => lost.size > 0) ? FLOOD_EVERY : EVERY,
    );
  }

  /** What there is becomes a frame. */
  flush(): void {
    this.asked = false;
    if (!this.running) return;
    this.repeats.write();
    for (const bucket of this.buckets.values()) this.sum(bucket);
    this.log.flush();
  }

  room(kind: number, name = '', id = 0, text = ''): boolean {
    const now = performance.now();
    const [rate, most] = RATES[kind] ?? [100, 500];
    let bucket = this.buckets.get(kind);
    if (!bucket) {
      bucket = { left: most, at: now, lost: new Map(), since: 0 };
      this.buckets.set(kind, bucket);
    }
    bucket.left = Math.min(most, bucket.left + ((now - bucket.at) * rate) / 1000);
    bucket.at = now;
    if (bucket.left >= 1) {
      bucket.left--;
      return true;
    }
    if (bucket.lost.size === 0) bucket.since = now;
    let lost = bucket.lost.get(id);
    if (!lost) {
      lost = { kind, id, count: 0, names: new Map(), text: '' };
      bucket.lost.set(id, lost);
    }
    lost.count++;
    const so = lost.names.get(name);
    if (so !== undefined || lost.names.size < MAX_NAMES) lost.names.set(name, (so ?? 0) + 1);
    lost.text = text;
    this.soon();
    return false;
  }

  /** Says each second what was left out in it. */
  private sum(bucket: Bucket): void {
    if (bucket.lost.size === 0) return;
    const since = performance.now() - bucket.since;
    if (since < 1000) return this.soon();
    for (const { kind, id, count, names, text } of bucket.lost.values()) {
      const texts: Pair[] = [...names].map(([name, n]) => [name.slice(0, 60), String(n)]);
      if (text) texts.push(['last', this.saying === 'off' ? DOTS : this.text(text, 200)]);
      this.log.tell(EntryCode.leftOut, [kind, count, Math.round(since * 10), id, texts]);
    }
    bucket.lost.clear();
  }

  // What may be told.

  private get names(): boolean {
    return this.privacy.mode === 'standard';
  }

  url(raw: string): string {
    const web = /^wss?:/i.test(raw);
    const reduced = this.reduced(web ? raw.replace(/^ws/i, 'http') : raw);
    const told = this.names
      ? reduced.replace(/([?&])([^=]*)=/g, plainName)
      : reduced.replace(/(?<=[^/]\/)[^/]+/g, plainWord);
    return web ? told.replace(/^http/, 'ws') : told;
  }

  private reduced(raw: string): string {
    const reduced = raw.length > 10_000 ? '' : reduceUrl(raw, this.window.document.baseURI, this.names);
    return (reduced || /^[a-z][a-z\d+.-]{0,20}:/i.exec(raw)?.[0] || '').slice(0, 2000);
  }

  text(raw: string, max = 1000): string {
    if (this.privacy.mode === 'strict') return raw === '' ? '' : DOTS;
    const cut = raw.slice(0, 9999).replace(ADDRESS, (found) => this.url(found));
    const masked = maskPatterns(cut).replace(NAMED_SECRET, `$1${DOTS}`);
    return masked.length > max ? `${masked.slice(0, max)}…` : masked;
  }

  stack(raw: unknown): string {
    const text = typeof raw === 'string' ? raw : rawStack(raw);
    return readStack(text, (url) => (this.ours(url) ? '' : this.url(url))).join('\n');
  }

  here(): string {
    const [first = ''] = this.stack(new Error()).split('\n');
    return /[^( ]*:\d+:\d+/.exec(first)?.[0] ?? '';
  }

  ours(url: string): boolean {
    return url.includes(this.home) || url.startsWith(this.socket);
  }
}
