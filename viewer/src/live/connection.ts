// One live connection: the socket, and a line to each tab of the customer, one of which is shown; told to the facts as events. It
// decides nothing but which tab that is. After close() nothing is dispatched any more.

import { CloseCodes } from '@ridealong/wire';
import type { LiveEvent, Moment } from './facts.ts';
import type { Credential, LinkPart, LinksPart, Parts, SignalPart, StagePart, TelemetryPart } from './parts.ts';
import { type Counts, TabLine } from './tab-line.ts';
import { choose } from './tabs.ts';
import type { Stats, Transport } from './transport.ts';

/** A tab without a word for so long, ms, while the customer has others, was closed. */
const CLOSED_AFTER = 8000;
/** Tabs whose pictures are kept, so that they are there at once. */
const KEPT = 3;

export class Connection implements Transport {
  private readonly signal: SignalPart;
  private readonly links: LinksPart;
  private readonly lines = new Map<number, TabLine>();
  /** Built before there is a tab to show on it. */
  private spare: StagePart | null;
  private readonly counts: Counts = { bytes: 0, frames: 0, keyframes: 0, mismatches: 0 };
  /** The last one shown first. */
  private recent: TabLine[] = [];
  private pinned = false;
  /** The page as it was, in front of what it is. */
  private past: StagePart | null = null;
  private sweeping: ReturnType<typeof setTimeout> | undefined;
  private closed = false;

  constructor(
    private readonly parts: Parts,
    private readonly host: HTMLElement,
    credential: () => Promise<Credential>,
    private readonly tell: (event: LiveEvent) => void,
    private readonly telemetry: TelemetryPart,
    private readonly now: () => number = Date.now,
  ) {
    this.spare = parts.stage(host);
    this.signal = parts.signal(credential);
    this.links = parts.links(this.signal);
    this.listenToSignal();
    this.links.onLink((link) => this.take(link));
    this.links.onDigits((digits) => this.dispatch({ type: 'digits', digits }));
  }

  private get shown(): TabLine | undefined {
    return this.recent[0];
  }

  stats(): Stats {
    const { shown, counts } = this;
    let duplicates = 0;
    for (const line of this.lines.values()) duplicates += line.duplicates;
    return {
      rung: shown?.link?.rung ?? null,
      roundTrip: shown?.roundTrip ?? null,
      ...counts,
      duplicates,
      ...(shown?.at ?? { epoch: 0, seq: 0 }),
    };
  }

  serialize(): Promise<string> {
    return this.shown?.serialize() ?? Promise.resolve('');
  }

  show(leg: number | null): void {
    this.pinned = leg !== null && this.lines.has(leg);
    const line = leg === null ? undefined : this.lines.get(leg);
    if (line) this.turnTo(line);
    else this.follow();
    this.dispatch({ type: 'show', tab: this.shown?.leg ?? null, pinned: this.pinned });
  }

  lookBack(moment: Moment): void {
    const line = this.lines.get(moment.tab);
    const time = moment.at / 10;
    const past = line?.past(moment.epoch, time);
    if (!past) return this.dispatch({ type: 'past', past: { ...moment, kept: false, viewport: null } });
    this.forget();
    this.past = past;
    past.on('viewport', ({ width, height }) => {
      if (past === this.past)
        this.dispatch({ type: 'past', past: { ...moment, kept: true, viewport: { width, height } } });
    });
    this.dispatch({ type: 'past', past: { ...moment, kept: true, viewport: null } });
  }

  live(): void {
    this.forget();
    this.dispatch({ type: 'past', past: null });
  }

  private forget(): void {
    this.past?.clear();
    this.past?.dispose();
    this.past = null;
  }

  again(): void {
    this.shown?.again();
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    clearTimeout(this.sweeping);
    this.links.close();
    this.forget();
    for (const line of this.lines.values()) line.close();
    this.spare?.dispose();
    this.signal.close();
  }

  private dispatch(event: LiveEvent): void {
    if (!this.closed) this.tell(event);
  }

  private listenToSignal(): void {
    this.signal.on('state', (state, code) => {
      this.dispatch({ type: 'socket', state, at: this.now() });
      if (state === 'closed' && code !== undefined) this.refused(code);
    });
    this.signal.on('participants', (participants) => {
      for (const line of this.lines.values()) {
        const here = participants.some((one) => one.leg === line.leg && one.here);
        line.goneAt = here ? null : (line.goneAt ?? this.now());
      }
      this.dispatch({ type: 'presence', participants });
      this.sweep();
    });
    this.signal.on('ended', (reason) => this.dispatch({ type: 'ended', reason, at: this.now() }));
    this.signal.on('secondClaim', () => this.dispatch({ type: 'second-claim', at: this.now() }));
  }

  /** A socket that will not be opened again, by the table of close codes. */
  private refused(code: number): void {
    const line = CloseCodes.find((one) => one.code === code);
    if (line?.name === 'ended') this.dispatch({ type: 'ended', reason: '', at: this.now() });
    else if (line) this.dispatch({ type: 'refused', name: line.name, message: line.message });
  }

  private take(link: LinkPart): void {
    const line = this.lines.get(link.leg) ?? this.line(link.leg);
    line.goneAt = null;
    this.follow();
    line.take(link);
  }

  private line(leg: number): TabLine {
    const { parts, host, counts, now } = this;
    const line = new TabLine(leg, {
      follower: (sink) => parts.follower(sink),
      stage: () => {
        const stage = this.spare ?? parts.stage(host);
        this.spare = null;
        return stage;
      },
      counts,
      telemetry: this.telemetry,
      tell: (event) => this.dispatch({ ...event, tab: leg }),
      tampered: () => this.dispatch({ type: 'ended', reason: 'tampered', at: now() }),
      moved: () => this.follow(),
      now,
    });
    this.lines.set(leg, line);
    return line;
  }

  // Which tab is shown.

  private follow(): void {
    const leg = choose([...this.lines.values()], this.shown?.leg ?? null, this.pinned);
    const line = leg === null ? undefined : this.lines.get(leg);
    if (line) this.turnTo(line);
  }

  private turnTo(line: TabLine): void {
    if (line === this.shown || this.closed) return;
    this.shown?.hide();
    this.recent = [line, ...this.recent.filter((one) => one !== line)];
    for (const old of this.recent.splice(KEPT)) old.drop();
    this.dispatch({ type: 'show', tab: line.leg, pinned: this.pinned });
    line.show();
  }

  /** Tabs that the customer closed go, as long as there is another one. */
  private sweep(): void {
    clearTimeout(this.sweeping);
    const lines = [...this.lines.values()];
    if (!lines.some((line) => line.goneAt === null)) return;
    let next = Number.POSITIVE_INFINITY;
    for (const line of lines) {
      if (line.goneAt === null) continue;
      const silent = this.now() - Math.max(line.goneAt, line.heardAt);
      if (silent >= CLOSED_AFTER) this.gone(line);
      else next = Math.min(next, CLOSED_AFTER - silent);
    }
    if (next < Number.POSITIVE_INFINITY) this.sweeping = setTimeout(() => this.sweep(), next);
  }

  private gone(line: TabLine): void {
    this.lines.delete(line.leg);
    if (line === this.shown) this.pinned = false;
    this.follow();
    this.recent = this.recent.filter((one) => one !== line);
    line.close();
    this.dispatch({ type: 'tab-closed', tab: line.leg });
  }
}
