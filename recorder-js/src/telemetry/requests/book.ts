// The requests that are under way, from where a script begins one to where its timing says that it is over.
//
// Guarantees: a request without room is not told at all; each is done once; of those that never end there are at most MAX_OPEN.

import {
  BodyState,
  EntryCode,
  LeftOut,
  Outcome,
  type Pair,
  RequestKind,
  type TransferArgs,
} from '@ridealong/wire/entries';
import { baseURI, listen, native } from '../../dom.ts';
import type { Telling } from '../context.ts';
import { Bodies, type Body } from './bodies.ts';
import { mimeOf, tellHeaders, typeIn } from './headers.ts';
import { getter, peek } from './platform.ts';
import { NOTHING_MOVED, type Timing, transferOf } from './timings.ts';

/** A request that was told. */
export interface Open {
  readonly id: number;
  readonly kind: number;
  readonly begin: number;
  /** As its timing will name it; empty where that is not known. */
  full: string;
  /** Whether its bodies may be told. */
  may: boolean;
  /** Of what was told last. */
  at: number;
  /** Its head is there. */
  head: boolean;
  /** The page has all that it will have but for the body. */
  settled: boolean;
  outcome: number;
  reason: string;
  timing: Timing | undefined;
  /** How many reads of its body are under way. */
  reading: number;
  type: string;
  body: readonly [state: number, text: string];
  done: boolean;
  /** When it is over. */
  over: () => void;
}

type Headers = readonly (readonly [string, unknown])[];

const MAX_OPEN = 5000;
/** How long what comes with a failure may take, ms: a policy's report, the timing. */
const SOON = 50;
/** … and a timing that may not come at all. */
const LATE = 1000;
/** A timing that comes later is one of its own. */
const FORGET = 10_000;
const GOES_ON = -1;

/** Browsers say of beacons and event sources that they are something else, not what. */
const keyOf = (kind: number, address = ''): string => `${Math.min(kind, 2)} ${address}`;

const nameOf = getter<string>(DOMException, 'name');
const messageOf = getter<string>(DOMException, 'message');

/** Its name, and in words what a promise was rejected with. */
export function reasonOf(thrown: unknown): readonly [name: string, text: string] {
  const name = nameOf(thrown);
  if (name !== undefined) return [name, `${name}: ${messageOf(thrown)}`];
  const [kind, message] = [peek(thrown, 'name'), peek(thrown, 'message')];
  if (typeof kind !== 'string' || typeof message !== 'string') return ['', ''];
  return [kind, `${kind}: ${message}`];
}

export class Book {
  readonly bodies: Bodies;
  private readonly open = new Map<number, Open>();
  /** By kind and address. */
  private readonly waiting = new Map<string, Open[]>();
  /** Addresses that the page's policy has just refused. */
  private readonly refused = new Map<string, number>();
  private readonly later: (run: () => void, ms: number) => void;
  private readonly unlisten: () => void;
  /** How many there was no room for, whose timings are not told either. */
  private readonly unseen = new Map<string, number>();
  /** What a link had loaded ahead: the request that gets it has no timing of its own. */
  private readonly ahead = new Set<string>();
  private last = 0;
  /** Whether there are timings at all. */
  timed = true;

  constructor(readonly t: Telling) {
    this.bodies = new Bodies(t);
    const { window, patches } = t;
    const timer = native(window, 'setTimeout');
    this.later = (run, ms) => void Reflect.apply(timer, window, [() => patches.run(run), ms]);
    this.unlisten = listen(window.document, 'securitypolicyviolation', (event) =>
      patches.run(() => {
        const { blockedURI, effectiveDirective } = event as SecurityPolicyViolationEvent;
        if (effectiveDirective === 'connect-src') this.refused.set(blockedURI, performance.now());
        if (this.refused.size > 100) this.refused.clear();
      }),
    );
  }

  stop(): void {
    this.unlisten();
    for (const open of this.open.values()) {
      open.done = true;
      open.over();
    }
    this.open.clear();
    this.waiting.clear();
  }

  /** A whole address, without its fragment; empty for none. */
  full(raw: string): string {
    if (/^(?:data|blob):/i.test(raw)) return '';
    try {
      const url = new URL(raw, baseURI(this.t.window.document));
      url.hash = '';
      return url.href;
    } catch {
      return '';
    }
  }

  /**
   * Tells that a request begins; undefined where it is ours, or there is no room. `body` is asked for when it is known whether it may be
   * told.
   */
  begin(
    kind: (typeof RequestKind)[keyof typeof RequestKind],
    flags: number,
    method: string,
    raw: string | undefined,
    headers: Headers,
    body: (may: boolean) => Body,
  ): Open | undefined {
    const { t } = this;
    const full = raw === undefined ? '' : this.full(raw);
    if (t.ours(full)) return undefined;
    t.stirred();
    const address = full || raw?.slice(0, 2000);
    const url = (address && t.url(address).slice(0, 2000)) || 'unknown';
    const key = keyOf(kind, full);
    if (!t.room(LeftOut.requests, method.slice(0, 20), 0, url)) {
      if (this.unseen.size > MAX_OPEN) this.unseen.clear();
      this.unseen.set(key, (this.unseen.get(key) ?? 0) + 1);
      return undefined;
    }
    const begin = performance.now();
    const may = this.bodies.may(full);
    const open: Open = {
      id: ++this.last,
      kind,
      begin,
      full,
      may,
      at: begin,
      head: false,
      settled: false,
      outcome: GOES_ON,
      reason: '',
      timing: undefined,
      reading: 0,
      type: '',
      body: [kind > 1 ? BodyState.none : may ? BodyState.unread : BodyState.off, ''],
      done: false,
      over: () => undefined,
    };
    t.tell(
      EntryCode.request,
      [open.id, kind, flags, method.slice(0, 20), url, t.here(), tellHeaders(t, headers), ...body(may)],
      begin,
    );
    this.open.set(open.id, open);
    this.wait(open);
    if (this.open.size > MAX_OPEN) {
      const [oldest] = this.open.values();
      if (oldest) this.drop(oldest);
    }
    return open;
  }

  private wait(open: Open): void {
    if (!open.full) return;
    const key = keyOf(open.kind, open.full);
    const same = this.waiting.get(key);
    if (same) same.push(open);
    else this.waiting.set(key, [open]);
  }

  /** The head of the answer; `url` is where it came from in the end. */
  head(open: Open, status: number, reason: string, kind: string, url: string, headers: Headers): void {
    if (open.head || open.done) return;
    open.head = true;
    open.at = performance.now();
    const { t } = this;
    const end = url && this.full(url);
    const elsewhere = end && end !== open.full;
    open.type = typeIn(headers);
    if (elsewhere && !this.bodies.may(end)) {
      open.may = false;
      open.body = [BodyState.off, ''];
    }
    if (status === 204 || status === 205 || status === 304) open.body = [BodyState.none, ''];
    if (!open.full && end) {
      // What only the page's own code could say, the answer does.
      open.full = end;
      this.wait(open);
    }
    t.tell(
      EntryCode.response,
      [
        open.id,
        status,
        t.text(reason, 100),
        kind,
        elsewhere ? t.url(end) : '',
        mimeOf(open.type),
        tellHeaders(t, headers),
      ],
      open.at,
    );
  }

  /** The page knows the end of it. */
  end(open: Open, outcome: number, reason = ''): void {
    if (open.outcome !== GOES_ON || open.done) return;
    open.settled = true;
    open.outcome = outcome;
    open.reason = reason;
    open.at = performance.now();
    if (outcome === Outcome.ok) this.check(open);
    else this.later(() => this.done(open), SOON);
  }

  /** What it was rejected with; `aborted`: the page did that. */
  fail(open: Open, thrown: unknown, aborted: boolean): void {
    const [name, text] = reasonOf(thrown);
    const outcome =
      name === 'TimeoutError' ? Outcome.timeout : aborted || name === 'AbortError' ? Outcome.aborted : Outcome.failed;
    this.end(open, outcome, text);
  }

  /** Whether a timing is one of these requests'. */
  timing(timing: Timing): boolean {
    const { initiatorType, name, startTime } = timing;
    const key = keyOf(initiatorType === 'fetch' ? 0 : initiatorType === 'xmlhttprequest' ? 1 : 2, name.split('#')[0]);
    if (initiatorType === 'link' && this.ahead.size < MAX_OPEN) this.ahead.add(name);
    let found: Open | undefined;
    for (const open of this.waiting.get(key) ?? []) {
      // Clocks are coarse.
      if (open.begin > startTime + 1) continue;
      if (!found || Math.abs(startTime - open.begin) < Math.abs(startTime - found.begin)) found = open;
    }
    if (!found) {
      const unseen = this.unseen.get(key);
      if (unseen === 1) this.unseen.delete(key);
      else if (unseen) this.unseen.set(key, unseen - 1);
      return unseen !== undefined;
    }
    found.timing = timing;
    if (found.kind === RequestKind.eventSource) return true; // it may be connected again
    this.forget(found);
    if (found.kind === RequestKind.beacon) found.outcome = Outcome.ok;
    this.check(found);
    return true;
  }

  /** Whether it is over. */
  check(open: Open): void {
    const { kind, timing, outcome, reading } = open;
    if (open.done || reading > 0 || outcome > Outcome.ok) return;
    const known = timing || (outcome === Outcome.ok && !this.timed) || (!open.full && open.settled);
    if (!known) {
      // Some are never timed.
      if (kind < 2 && open.settled && (outcome === Outcome.ok || this.ahead.delete(open.full)))
        this.later(() => this.done(open), LATE);
    } else if (kind === 0 && (!open.settled || (open.may && open.body[0] === BodyState.unread))) {
      // The page has a while to read it.
      this.later(() => open.reading || this.done(open), LATE);
    } else this.done(open);
  }

  done(open: Open): void {
    if (open.done) return;
    open.done = true;
    const { t } = this;
    const { timing, begin, full } = open;
    let { outcome } = open;
    const status = timing?.responseStatus ?? 0;
    if (!open.head && status > 0) this.told(open, status);
    const end = timing ? timing.startTime + timing.duration : open.at;
    // It was aborted when all of it was there.
    if (outcome === GOES_ON || (outcome === Outcome.aborted && open.head && status > 0 && end < open.at))
      outcome = Outcome.ok;
    if (outcome === Outcome.failed) outcome = this.why(full);
    const transfer: TransferArgs = timing
      ? transferOf(timing, t.window)
      : [Math.max(0, Math.round((open.at - begin) * 10)), ...NOTHING_MOVED];
    const at = Math.max(open.head ? open.at : begin, end);
    let [state, text] = open.body;
    if (state === BodyState.off && timing?.responseStatus && !timing.decodedBodySize && timing.transferSize)
      state = BodyState.none;
    if (outcome !== Outcome.ok && !open.head) [state, text] = [BodyState.none, ''];
    t.tell(
      EntryCode.done,
      [open.id, outcome, outcome === Outcome.ok ? '' : t.text(open.reason, 300), transfer, state, text],
      at,
    );
    open.over();
    this.open.delete(open.id);
    // Its timing may come yet.
    if (!timing) this.later(() => this.forget(open), FORGET);
    else this.forget(open);
  }

  /** Nobody else has told of its head. */
  private told(open: Open, status: number): void {
    open.done = false;
    this.head(open, status, '', '', '', []);
    open.done = true;
  }

  private forget(open: Open): void {
    const key = keyOf(open.kind, open.full);
    const same = this.waiting.get(key);
    const at = same?.indexOf(open) ?? -1;
    if (at < 0) return;
    same?.splice(at, 1);
    if (same?.length === 0) this.waiting.delete(key);
  }

  private drop(open: Open): void {
    open.done = true;
    open.over();
    this.open.delete(open.id);
    this.forget(open);
  }

  /** The browser does not say why, but some of it can be known. */
  why(full: string): number {
    const { navigator, location } = this.t.window;
    const moment = this.refused.get(full) ?? this.refused.get(full.replace(/^(\w+:\/\/[^/]*).*/, '$1'));
    if (moment !== undefined && performance.now() - moment < LATE) return Outcome.blocked;
    if (!navigator.onLine) return Outcome.offline;
    const bare = /^(?:http|ws):\/\/(?!localhost[:/]|127\.|\[::1\])/.test(full);
    return bare && location.protocol === 'https:' ? Outcome.mixed : Outcome.failed;
  }

  /** Pairs of what is known of a socket's head. */
  opened(open: Open, headers: readonly Pair[], status: number): void {
    this.head(open, status, '', '', '', headers);
  }
}
