// What the customer's page told besides its picture, as rows for the panels. Pure: no DOM, no network.
//
// Guarantees: takes anything in any order and never throws; keeps at most MAX_ROWS rows, of which the oldest go first and are counted;
// an entry counts once, and those that are missing are a row that says how many. `version` changes at most once per frame of the screen.

import { signal } from '@preact/signals';
import { type EnvironmentEntry, HappeningKind, LeftOut, type LeftOutEntry } from '@ridealong/wire/entries';
import type { Entries, Entry } from '@ridealong/wire/read';
import { consoleFails, failureSign, requestFails, requestSign } from './failing.ts';
import { Log } from './log.ts';
import type {
  AnyRow,
  ConsolePanelRow,
  ConsoleRow,
  Doc,
  EnvironmentRow,
  ErrorPanelRow,
  ErrorRow,
  EventPanelRow,
  GaugeRow,
  MessageRow,
  Moment,
  NetworkPanelRow,
  RequestRow,
  RowBase,
  Talk,
  TaskRow,
  VitalRow,
} from './rows.ts';
import { wallOf } from './rows.ts';
import type { ResolveFrame } from './stack.ts';

export const MAX_ROWS = 200_000;
const MAX_DOCS = 500;
const MAX_TALK = 5000;
const MAX_LINK = 3600;
const NEAR = 500; // ms
const MAX_COUNT = 2 ** 32;
const MAX_COUNTED = 50_000;
const LONGEST_LIFE = 400 * 24 * 3_600_000; // of a document, ms

export interface Batch extends Entries {
  tab: number;
  epoch: number;
  /** Of the frame, ms since the epoch began. */
  time: number;
  /** Date.now() when it came. */
  at: number;
}

/** What the connection was like in a second. */
export interface LinkSample {
  at: number;
  roundTrip: number | null;
  rung: string | null;
  bytes: number;
}

interface Counted {
  console: ConsoleRow | null;
  error: ErrorRow | null;
  count: number;
}

interface Known extends Doc {
  requests: Map<number, RequestRow>;
  /** By the entry's number: what a REPEAT is of. */
  counted: Map<number, Counted>;
  vitals: Map<string, VitalRow>;
  environment: boolean;
  /** Where it was last. */
  url: string;
}

export class Telemetry {
  /** Changes when rows did. */
  readonly version = signal(0);
  /** The moment that the panels mark. */
  readonly moment = signal<Moment | null>(null);
  /** Shows the page at a moment; null while nothing can. */
  readonly jump = signal<((moment: Moment) => void) | null>(null);
  /** Where the picture is, by the wall clock in ms: what comes later has not happened there yet. Null while all that is there has. */
  readonly playhead = signal<number | null>(null);
  /** Rows that come later are not shown; else they are pale. */
  readonly hidesLater = signal(false);
  /** What times count from; null: from the first entry. */
  origin: number | null = null;
  /** Finds a stack's frames in the sources; null while nothing can. */
  readonly resolver = signal<ResolveFrame | null>(null);

  readonly console = new Log<ConsolePanelRow>();
  readonly network = new Log<NetworkPanelRow>();
  readonly errors = new Log<ErrorPanelRow>();
  readonly events = new Log<EventPanelRow>();
  readonly vitals = new Log<VitalRow>();
  readonly tasks = new Log<TaskRow>();
  readonly gauges = new Log<GaugeRow>();
  readonly environment = new Log<EnvironmentRow>();
  private readonly messages = new Log<MessageRow>();
  readonly link = new Log<LinkSample>();
  /** Errors with their repeats. */
  errorCount = 0;
  /** Grows when a row that was there is another now. */
  changes = 0;

  private readonly docs = new Map<string, Known>();
  private readonly newest = new Map<number, number>();
  private readonly signs = new Map<string, ErrorRow>();
  private readonly signOf = new Map<ErrorRow, string>();
  private readonly logs: readonly Log<AnyRow>[];
  private key = 0;
  private queued = false;
  private zeroWall: number | null = null;

  constructor(
    private readonly soon: (run: () => void) => void = nextFrame,
    private readonly max = MAX_ROWS,
  ) {
    const logs = [this.console, this.network, this.errors, this.events, this.vitals, this.tasks, this.gauges];
    this.logs = [...logs, this.environment, this.messages] as unknown as Log<AnyRow>[];
  }

  get rows(): number {
    return this.logs.reduce((sum, log) => sum + log.length, 0);
  }

  /** Rows that are not kept any more. */
  get gone(): number {
    return this.logs.reduce((sum, log) => sum + log.gone, 0);
  }

  /** When the first entry was, by the agent's clock in ms. */
  get zero(): number {
    this.zeroWall ??= this.findZero();
    return this.origin ?? this.zeroWall;
  }

  /** Takes a batch of decoded entries; those that were here before count once. */
  take({ tab, epoch, time, at, first, count, entries }: Batch): void {
    const doc = this.doc(tab, epoch);
    const began = at - Math.min(time, LONGEST_LIFE);
    if (began < doc.start) {
      doc.start = began;
      this.zeroWall = null;
    }
    const past = this.newest.get(tab);
    if (past === undefined || past < epoch) {
      this.newest.set(tab, epoch);
      for (const one of this.docs.values()) if (one.tab === tab && one.epoch < epoch && !one.over) this.end(one);
    }
    if (first > doc.last + 1) this.gap(doc, first - doc.last - 1, entries[0]?.at ?? time * 10);
    for (const entry of entries) {
      if (!(entry.n > doc.last)) continue;
      doc.last = entry.n;
      if (entry.at < doc.firstAt) {
        doc.firstAt = entry.at;
        this.zeroWall = null;
      }
      this.entry(doc, entry);
    }
    doc.last = Math.max(doc.last, first + count - 1);
    this.changed();
  }

  /** A document is over; `entries` is how many it had. */
  left({ tab, epoch, entries }: { tab: number; epoch: number; entries?: number }): void {
    const doc = this.docs.get(`${tab}.${epoch}`) ?? (entries ? this.doc(tab, epoch) : undefined);
    if (!doc) return;
    if (entries !== undefined && entries > doc.last) {
      this.gap(doc, entries - doc.last, Number.isFinite(doc.firstAt) ? this.latest(doc) : 0);
      doc.last = entries;
    }
    this.end(doc);
    this.changed();
  }

  /** What the connection is like; once a second. */
  sample(sample: LinkSample): void {
    this.link.push(sample);
    if (this.link.length > MAX_LINK) this.link.shift();
    this.changed();
  }

  clear(): void {
    for (const log of this.logs) log.clear();
    for (const map of [this.docs, this.newest, this.signs, this.signOf]) map.clear();
    this.link.clear();
    this.errorCount = 0;
    this.zeroWall = null;
    this.moment.value = null;
    this.changes++;
    this.changed();
  }

  /** Whether the moment is within half a second of a row, in its tab or in another; of what lasted, of any of its time. */
  near(row: RowBase, moment: Moment): boolean {
    const wall = this.wallOfMoment(moment);
    const begun = wallOf(row);
    return wall >= begun - NEAR && wall <= begun + lasted(row as AnyRow) / 10 + NEAR;
  }

  wallOfMoment({ tab, epoch, at }: Moment): number {
    return (this.docs.get(`${tab}.${epoch}`)?.start ?? 0) + at / 10;
  }

  private entry(doc: Known, entry: Entry): void {
    switch (entry.type) {
      case 'console':
        return this.onConsole(doc, entry);
      case 'repeat':
        return this.onRepeat(doc, entry);
      case 'leftOut':
        return this.onLeftOut(doc, entry);
      case 'request':
        this.request(doc, entry.id, entry.at).request = entry;
        this.changes++;
        return;
      case 'response':
        return this.onResponse(doc, entry);
      case 'done':
        return this.onDone(doc, entry);
      case 'message':
        return this.onMessage(doc, entry);
      case 'resource':
        return this.onResource(doc, entry);
      case 'failure':
        this.error(doc, failureSign(entry), entry.n, null, { source: 'failure', failure: entry, at: entry.at });
        return;
      case 'environment':
        return this.onEnvironment(doc, entry);
      case 'vital':
        return this.onVital(doc, entry);
      case 'task':
        return this.keep(this.tasks, { type: 'task', key: ++this.key, doc, at: entry.at, entry });
      case 'gauge':
        return this.keep(this.gauges, { type: 'gauge', key: ++this.key, doc, at: entry.at, entry });
      case 'happening':
        return this.onHappening(doc, entry);
    }
  }

  private onConsole(doc: Known, entry: Entry & { type: 'console' }): void {
    const row: ConsoleRow = { type: 'console', key: ++this.key, doc, at: entry.at, n: entry.n, entry, count: 1 };
    this.keep(this.console, row);
    const sign = consoleFails(entry);
    if (sign) this.error(doc, sign, entry.n, row, { source: 'console', console: entry, at: entry.at });
    else count(doc, entry.n, { console: row, error: null, count: 1 });
  }

  private onRepeat(doc: Known, { of, count, at }: Entry & { type: 'repeat' }): void {
    const known = doc.counted.get(of);
    const now = Math.min(count, MAX_COUNT);
    if (!known || now <= known.count) return;
    if (known.console) known.console.count = now;
    if (known.error) {
      known.error.count += now - known.count;
      known.error.lastAt = at;
      known.error.lastDoc = doc;
      this.errorCount += now - known.count;
    }
    known.count = now;
    this.changes++;
  }

  private onLeftOut(doc: Known, entry: LeftOutEntry & { at: number }): void {
    const row = { type: 'leftOut' as const, key: ++this.key, doc, at: entry.at, entry };
    const socket = entry.kind === LeftOut.messages ? doc.requests.get(entry.id) : undefined;
    if (socket) {
      said(socket.talk, row);
      this.changes++;
    } else if (entry.kind === LeftOut.requests || entry.kind === LeftOut.messages) this.keep(this.network, row);
    else if (entry.kind === LeftOut.failures) this.keep(this.errors, row);
    else if (entry.kind === LeftOut.console) this.keep(this.console, row);
    else this.keep(this.events, row);
  }

  private onResponse(doc: Known, entry: Entry & { type: 'response' }): void {
    const row = this.request(doc, entry.id, entry.at);
    if (row.response) return;
    row.response = entry;
    row.responseAt = entry.at;
    this.changes++;
    this.failed(doc, row, false);
  }

  private onDone(doc: Known, entry: Entry & { type: 'done' }): void {
    const row = this.request(doc, entry.id, entry.at);
    if (row.done) return;
    const { outcome, reason, transfer, body, text, at } = entry;
    const before = requestFails(row);
    row.done = { outcome, reason, transfer, body, text, at };
    row.cut = false;
    this.changes++;
    this.failed(doc, row, before);
  }

  private onMessage(doc: Known, entry: Entry & { type: 'message' }): void {
    const { talk } = this.request(doc, entry.id, entry.at);
    const row: MessageRow = { type: 'message', key: ++this.key, doc, at: entry.at, entry };
    said(talk, row);
    this.changes++;
    this.keep(this.messages, row);
  }

  private onResource(doc: Known, entry: Entry & { type: 'resource' }): void {
    const row = { type: 'resource' as const, key: ++this.key, doc, at: entry.at, entry };
    this.keep(this.network, row);
    if (entry.kind === 'navigation' && entry.status >= 400)
      this.error(doc, `document ${entry.status} ${entry.url}`, 0, null, {
        source: 'document',
        document: row,
        at: entry.at,
      });
  }

  private onEnvironment(doc: Known, entry: EnvironmentEntry & { at: number }): void {
    const { at, values } = entry;
    this.keep(this.environment, { type: 'environment', key: ++this.key, doc, at, whole: !doc.environment, values });
    doc.environment = true;
  }

  /** A vital that was told before is another now. */
  private onVital(doc: Known, entry: Entry & { type: 'vital' }): void {
    const row: VitalRow = { type: 'vital', key: ++this.key, doc, at: entry.at, entry };
    if (doc.vitals.size < 20 || doc.vitals.has(entry.name)) doc.vitals.set(entry.name, row);
    this.keep(this.vitals, row);
  }

  private onHappening(doc: Known, entry: Entry & { type: 'happening' }): void {
    const { at } = entry;
    this.keep(this.events, { type: 'happening', key: ++this.key, doc, at, entry });
    if (entry.kind !== HappeningKind.navigation || !entry.url || entry.url === doc.url) return;
    doc.url = entry.url;
    this.keep(this.console, { type: 'page', key: ++this.key, doc, at, url: entry.url });
  }

  /** The request of this id; one that began unseen has a row too. */
  private request(doc: Known, id: number, at: number): RequestRow {
    const known = doc.requests.get(id);
    if (known) return known;
    const talk = { rows: [], gone: 0 };
    const empty = { request: null, response: null, responseAt: 0, done: null, cut: doc.over };
    const row: RequestRow = { type: 'request', key: ++this.key, doc, at, id, ...empty, talk };
    doc.requests.set(id, row);
    this.keep(this.network, row);
    return row;
  }

  private failed(doc: Known, row: RequestRow, before: boolean): void {
    if (before || !requestFails(row)) return;
    this.error(doc, requestSign(row), 0, null, { source: 'request', request: row, at: row.done?.at ?? row.responseAt });
  }

  /** One more of an error; the same one again is counted where it was first. */
  private error(
    doc: Known,
    sign: string,
    n: number,
    console: ConsoleRow | null,
    of: Pick<ErrorRow, 'source' | 'at'> & Partial<ErrorRow>,
  ): void {
    this.errorCount++;
    let row = this.signs.get(sign);
    if (row) {
      row.count++;
      row.lastAt = of.at;
      row.lastDoc = doc;
      this.changes++;
    } else {
      const none = { failure: null, console: null, request: null, document: null };
      row = { ...none, ...of, type: 'error', key: ++this.key, doc, count: 1, lastAt: of.at, lastDoc: doc };
      this.signs.set(sign, row);
      this.signOf.set(row, sign);
      this.keep(this.errors, row);
    }
    if (n > 0) count(doc, n, { console, error: row, count: 1 });
  }

  private gap(doc: Known, count: number, at: number): void {
    const row = { type: 'gap' as const, key: ++this.key, doc, at, count: Math.min(count, MAX_COUNT) };
    this.keep(this.console, row);
    this.keep(this.network, { ...row, key: ++this.key });
    this.keep(this.events, { ...row, key: ++this.key });
  }

  private end(doc: Known): void {
    doc.over = true;
    for (const row of doc.requests.values()) row.cut = row.done === null;
    this.changes++;
  }

  private keep<T extends AnyRow>(log: Log<T>, row: T): void {
    log.push(row);
    if (this.rows > this.max) this.dropOldest();
  }

  private dropOldest(): void {
    let oldest: Log<AnyRow> | undefined;
    for (const log of this.logs) if (log.first && !(oldest?.first && oldest.first.key < log.first.key)) oldest = log;
    const row = oldest?.shift();
    if (!row) return;
    const doc = row.doc as Known;
    if (row.type === 'console') doc.counted.delete(row.n);
    if (row.type === 'request' && doc.requests.get(row.id) === row) doc.requests.delete(row.id);
    if (row.type === 'message') this.forget(doc, row);
    if (row.type === 'error') {
      this.signs.delete(this.signOf.get(row) ?? '');
      this.signOf.delete(row);
      for (const [n, known] of doc.counted) if (known.error === row) doc.counted.delete(n);
    }
  }

  private forget(doc: Known, row: MessageRow): void {
    const talk = doc.requests.get(row.entry.id)?.talk;
    if (talk?.rows[0] !== row) return;
    talk.rows.shift();
    talk.gone++;
  }

  private doc(tab: number, epoch: number): Known {
    const name = `${tab}.${epoch}`;
    const known = this.docs.get(name);
    if (known) return known;
    const when = { start: Number.POSITIVE_INFINITY, firstAt: Number.POSITIVE_INFINITY, last: 0 };
    const over = epoch < (this.newest.get(tab) ?? 0);
    const maps = { requests: new Map(), counted: new Map(), vitals: new Map(), environment: false, url: '' };
    const doc: Known = { tab, epoch, ...when, over, ...maps };
    this.docs.set(name, doc);
    if (this.docs.size > MAX_DOCS) this.docs.delete(this.docs.keys().next().value ?? '');
    if (this.newest.size > MAX_DOCS) this.newest.delete(this.newest.keys().next().value ?? 0);
    return doc;
  }

  private latest(doc: Doc): number {
    for (const log of [this.console, this.events, this.network])
      for (let i = log.length - 1, tries = 0; i >= 0 && tries < 50; i--, tries++) {
        const row = log.at(i);
        if (row?.doc === doc) return row.at;
      }
    return doc.firstAt;
  }

  private findZero(): number {
    let zero = Number.POSITIVE_INFINITY;
    for (const { start, firstAt } of this.docs.values())
      if (Number.isFinite(firstAt)) zero = Math.min(zero, start + Math.max(0, firstAt) / 10);
    return Number.isFinite(zero) ? zero : 0;
  }

  private changed(): void {
    if (this.queued) return;
    this.queued = true;
    this.soon(() => {
      this.queued = false;
      this.version.value++;
    });
  }
}

/** Tenths of a ms. */
function lasted(row: AnyRow): number {
  if (row.type === 'request') return Math.max(0, (row.done?.at ?? row.at) - row.at);
  if (row.type === 'resource') return row.entry.transfer.duration;
  return row.type === 'task' ? row.entry.duration : 0;
}

function said(talk: Talk, row: Talk['rows'][number]): void {
  talk.rows.push(row);
  if (talk.rows.length <= MAX_TALK) return;
  talk.rows = talk.rows.slice(MAX_TALK / 5);
  talk.gone += MAX_TALK / 5;
}

function count({ counted }: Known, n: number, of: Counted): void {
  counted.set(n, of);
  if (counted.size > MAX_COUNTED) counted.delete(counted.keys().next().value ?? 0);
}

/** The next frame of the screen; in a hidden page, which draws none, soon. */
function nextFrame(run: () => void): void {
  if (typeof requestAnimationFrame === 'function' && !document.hidden) requestAnimationFrame(run);
  else setTimeout(run, 100);
}
