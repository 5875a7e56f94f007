// One open recording in this tab: loads it, plays it, keeps what the page shows as signals.

import { signal } from '@preact/signals';
import { type Problem, problemFrom } from '../api/problem.ts';
import type { Marker, RecordedDocument, RecordingDetail } from '../api/recordings.ts';
import { type Facts, type LiveEvent, NOTHING, reduce } from '../live/facts.ts';
import { stageIn } from '../live/stage-part.ts';
import { Telemetry } from '../telemetry/model.ts';
import { resolveFrame } from '../telemetry/sourcemaps.ts';
import { Archive, type Source } from './archive.ts';
import { Player } from './player.ts';
import { Scan } from './scan.ts';
import { Screen, type Seen, Take } from './screen.ts';
import { Still, stillAt } from './still.ts';
import { tabAt } from './tabs.ts';

/** The panels follow the playhead so often, ms. */
const PANELS_EVERY = 200;

export type Trouble = 'gap' | 'damaged' | 'nothing' | (string & {});

export class PlayerStore {
  readonly detail = signal<RecordingDetail | null>(null);
  readonly problem = signal<Problem | null>(null);
  readonly facts = signal<Facts>(NOTHING);
  readonly at = signal(0);
  readonly playing = signal(false);
  readonly waiting = signal(true);
  readonly speed = signal(1);
  readonly skips = signal(true);
  readonly skipped = signal(0);
  readonly trouble = signal<Trouble | null>(null);
  /** Changes when more of the recording was read. */
  readonly read = signal(0);
  /** The first picture is there. */
  readonly opened = signal(false);
  readonly telemetry = new Telemetry();
  readonly archive: Archive;
  player: Player | null = null;
  private scan: Scan | null = null;
  private host: HTMLElement | null = null;
  private ticking = 0;
  private panelsAt = 0;
  private closed = false;

  constructor(
    readonly source: Source,
    private readonly from: number,
  ) {
    this.archive = new Archive(source);
    this.telemetry.resolver.value = resolveFrame;
    this.telemetry.jump.value = ({ tab, epoch, at }) => {
      const document = this.archive.document(tab, epoch);
      if (!document) return;
      if (this.player?.pinned != null && this.player.pinned !== tab) void this.pin(tab);
      void this.seek(document.beganAt + at / 10);
    };
  }

  /** The stage's place in the page exists; called once. */
  attach(host: HTMLElement): void {
    this.host = host;
    void this.open();
  }

  async open(): Promise<void> {
    const { host } = this;
    if (!host || this.closed) return;
    this.problem.value = null;
    // Most begin at the beginning: its chunk is asked for together with what there is.
    const first = this.from < 1000 ? this.archive.need(1) : undefined;
    const screen = this.player ? null : new Screen(() => this.take(host));
    try {
      this.detail.value = await this.archive.refresh();
    } catch (thrown) {
      screen?.close();
      this.problem.value = problemFrom(thrown);
      return;
    }
    await first;
    if (this.closed || !screen) return;
    this.begin(screen);
  }

  private begin(screen: Screen): void {
    const { detail } = this.archive;
    if (!detail || detail.state === 'erased' || detail.chunks.length === 0) {
      screen.close();
      return;
    }
    this.telemetry.origin = detail.startedAt;
    this.player = new Player(this.archive, screen, {
      playhead: (at) => this.moved(at),
      playing: (on) => {
        this.playing.value = on;
      },
      waiting: (on) => {
        this.waiting.value = on;
      },
      shows: (document) => this.shows(document),
      skipped: (ms) => {
        this.skipped.value = ms;
      },
      trouble: (reason) => {
        this.trouble.value = reason;
      },
    });
    this.told(detail);
    this.scan = new Scan(
      this.archive,
      this.telemetry,
      (one) => this.player?.looked.push(one),
      () => {
        this.read.value++;
        if (this.archive.detail && this.archive.detail !== this.detail.peek()) this.told(this.archive.detail);
      },
    );
    void this.seek(this.from).then(() => {
      this.opened.value = true;
      this.waiting.value = false;
      void this.scan?.run();
    });
    let last = performance.now();
    const tick = (now: number) => {
      this.player?.tick(Math.min(250, now - last));
      last = now;
      if (!this.closed) this.ticking = requestAnimationFrame(tick);
    };
    this.ticking = requestAnimationFrame(tick);
  }

  seek(at: number): Promise<void> {
    this.skipped.value = 0;
    return this.player?.seek(at) ?? Promise.resolve();
  }

  toggle(): void {
    if (this.player?.playing) this.player.pause();
    else this.player?.play();
  }

  setSpeed(speed: number): void {
    this.speed.value = speed;
    if (this.player) this.player.speed = speed;
  }

  setSkips(on: boolean): void {
    this.skips.value = on;
    if (this.player) this.player.skips = on;
  }

  pin(tab: number | null): Promise<void> {
    const shown = this.facts.peek().shown;
    this.dispatch({ type: 'show', tab: tab ?? shown, pinned: tab !== null });
    return this.player?.pin(tab) ?? Promise.resolve();
  }

  /** The next event of the time line, or the one before; null when there is none. */
  step(by: 1 | -1, of: readonly Marker[]): Marker | null {
    const at = this.at.peek();
    const sorted = [...of].sort((a, b) => a.at - b.at);
    const next = by > 0 ? sorted.find((one) => one.at > at + 50) : sorted.findLast((one) => one.at < at - 300);
    if (next) void this.seek(next.at);
    return next ?? null;
  }

  /** A small picture of about a moment; false when there is none at hand. */
  async preview(host: HTMLElement, at: number): Promise<boolean> {
    const tab =
      this.player?.pinned ?? tabAt(this.player?.looked ?? [], this.archive.detail?.documents ?? [], at) ?? null;
    const keyframe = stillAt(this.archive, tab, at);
    if (!keyframe || this.closed) return false;
    this.still ??= new Still(host, this.archive);
    return this.still.show(keyframe);
  }

  serialize(): Promise<string> {
    return this.player ? (this.shown?.stage.serialize() ?? Promise.resolve('')) : Promise.resolve('');
  }

  close(): void {
    this.closed = true;
    cancelAnimationFrame(this.ticking);
    this.scan?.close();
    this.still?.close();
    this.player?.close();
    this.telemetry.clear();
  }

  private shown: Take | null = null;
  private still: Still | null = null;

  private take(host: HTMLElement): Take {
    const take: Take = new Take(
      stageIn(host, true),
      (hash) => this.archive.content(hash),
      (event, ...of) => this.heard(take, event, of),
    );
    return take;
  }

  private heard<E extends keyof Seen>(take: Take, event: E, of: Parameters<Seen[E]>): void {
    if (this.closed) return;
    this.shown = take;
    const tab = this.facts.peek().shown;
    const [first] = of as unknown[];
    if (tab === null || event === 'path' || event === 'click') return;
    if (event === 'applied') {
      const { epoch } = first as { epoch: number };
      if (this.facts.peek().picture !== epoch) this.dispatch({ type: 'picture', epoch, tab });
    } else if (event === 'page') this.dispatch({ type: 'page', ...(first as { url: string; title: string }), tab });
    else if (event === 'viewport')
      this.dispatch({ type: 'viewport', viewport: first as { width: number; height: number }, tab });
    else if (event === 'trouble') this.trouble.value = String(first);
    else if (event === 'environment' || event === 'about') this.said(event, String(first), tab);
    else if (event === 'event') {
      const { epoch, n, age, name, data } = first as Parameters<Seen['event']>[0];
      const at = (this.detail.peek()?.startedAt ?? 0) + this.at.peek() - age;
      this.dispatch({ type: 'event', event: { epoch, n, at, name: name.slice(0, 80), data: data.slice(0, 2000) } });
    }
  }

  private said(type: 'environment' | 'about', json: string, tab: number): void {
    let value: unknown;
    try {
      value = JSON.parse(json.slice(0, 64 * 1024));
    } catch {
      return;
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    if (type === 'about') this.dispatch({ type, about: { ...value }, tab });
    else this.dispatch({ type, environment: { ...value }, tab });
  }

  private dispatch(event: LiveEvent): void {
    this.facts.value = reduce(this.facts.peek(), event);
  }

  private told(detail: RecordingDetail): void {
    this.detail.value = detail;
    for (const { tab, url, title } of detail.documents) {
      const known = this.facts.peek().tabs.find(({ leg }) => leg === tab);
      if (!known) this.dispatch({ type: 'card', visible: false, lookedAt: 0, card: { url, title }, tab });
    }
  }

  private shows({ tab, url, title }: RecordedDocument): void {
    this.dispatch({ type: 'show', tab, pinned: this.player?.pinned !== null });
    const seen = tabAt(this.player?.looked ?? [], this.archive.detail?.documents ?? [], this.at.peek());
    for (const { leg } of this.facts.peek().tabs)
      this.dispatch({
        type: 'card',
        visible: leg === seen,
        lookedAt: 0,
        card: leg === tab ? { url, title } : null,
        tab: leg,
      });
    if (!this.facts.peek().page) this.dispatch({ type: 'page', url, title, tab });
  }

  private moved(at: number): void {
    this.at.value = at;
    const now = performance.now();
    if (this.player?.playing && now - this.panelsAt < PANELS_EVERY) return;
    this.panelsAt = now;
    this.telemetry.playhead.value = (this.detail.peek()?.startedAt ?? 0) + at;
  }
}
