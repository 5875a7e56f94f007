// Plays a recording: where the playhead is, which chunks it needs, which frames the stage is given. No widgets.
//
// Guarantees: a seek shows the moment from the nearest keyframe before it and all that followed, or says why not; of several seeks the last
// one counts; while a chunk is not here yet the clock stands. After close() nothing is told.

import type { RecordedDocument } from '../api/recordings.ts';
import type { Archive } from './archive.ts';
import { Reading } from './reading.ts';
import type { Stored } from './records.ts';
import type { Screen, Take } from './screen.ts';
import { documentAt, type Looked, tabAt } from './tabs.ts';

/** Frames may come so much later than they were made, ms. */
const LATE = 3000;
/** So much of a recording is fetched ahead, ms, times the speed. */
const AHEAD = 20_000;
/** Further ahead than this, a keyframe is begun with anew. */
const FAR = 5000;
/** Nothing happens for so long: inactivity, ms; so much of it is left before what comes next. */
const IDLE = 4000;
const LEAD = 700;
export const SPEEDS = [0.5, 1, 2, 4, 8, 16] as const;

export interface Told {
  playhead(at: number): void;
  playing(on: boolean): void;
  /** The clock stands, because chunks are on their way. */
  waiting(on: boolean): void;
  /** Which tab and document are shown. */
  shows(document: RecordedDocument): void;
  skipped(ms: number): void;
  trouble(reason: string | null): void;
}

export class Player {
  at = 0;
  speed = 1;
  skips = true;
  playing = false;
  /** A tab that one stays at. */
  pinned: number | null = null;
  readonly looked: Looked[] = [];
  /** How long seeks took, ms: the last hundred. */
  readonly seeks: number[] = [];
  private reading: Reading | null = null;
  private document: RecordedDocument | null = null;
  private wanted: number | null = null;
  private busy: Promise<void> | null = null;
  private closed = false;
  private stalled = false;

  constructor(
    private readonly archive: Archive,
    private readonly screen: Screen,
    private readonly tell: Told,
    private readonly now: () => number = () => performance.now(),
  ) {}

  get duration(): number {
    const { detail } = this.archive;
    const last = detail?.chunks[detail.chunks.length - 1]?.to ?? 0;
    return Math.max(detail?.durationMs ?? 0, last);
  }

  /** The last frame that the stage was given. */
  get place(): { epoch: number; seq: number } {
    return { epoch: this.reading?.epoch ?? 0, seq: this.reading?.seq ?? 0 };
  }

  play(): void {
    if (this.playing || this.closed) return;
    if (this.at >= this.duration - 50 && this.archive.detail?.state !== 'live') void this.seek(0);
    this.playing = true;
    this.tell.playing(true);
  }

  pause(): void {
    this.playing = false;
    this.tell.playing(false);
  }

  /** Resolves when the moment is seen, or another one was asked for. */
  seek(at: number): Promise<void> {
    if (this.closed) return Promise.resolve();
    this.at = Math.max(0, Math.min(at, this.duration));
    this.wanted = this.at;
    this.tell.playhead(this.at);
    this.busy ??= this.work().finally(() => {
      this.busy = null;
    });
    return this.busy;
  }

  /** To the page's next change, or back to the one before. */
  stepFrame(by: 1 | -1): Promise<void> {
    const { reading, document } = this;
    if (!reading || !document) return Promise.resolve();
    const time = this.at - document.beganAt;
    const { ops } = reading.log;
    const next = by > 0 ? ops.find((one) => one.time > time) : ops.findLast((one) => one.time < time);
    return next ? this.seek(document.beganAt + next.time) : Promise.resolve();
  }

  /** The tab to stay at; null: the one that the customer saw. */
  pin(tab: number | null): Promise<void> {
    this.pinned = tab;
    return this.seek(this.at);
  }

  /** Called for every frame of the screen, with the ms since the last. */
  tick(elapsed: number): void {
    if (!this.playing || this.busy || this.closed) return;
    const to = this.at + elapsed * this.speed;
    if (!this.ready(to)) return this.stall(true);
    this.stall(false);
    this.at = Math.min(to, this.duration);
    this.advance();
    this.skip();
    this.tell.playhead(this.at);
    if (this.at >= this.duration && this.archive.detail?.state !== 'live') this.pause();
  }

  close(): void {
    this.closed = true;
    this.screen.close();
    this.archive.clear();
  }

  private async work(): Promise<void> {
    while (this.wanted !== null && !this.closed) {
      const at = this.wanted;
      this.wanted = null;
      const began = this.now();
      await this.show(at);
      this.seeks.push(this.now() - began);
      if (this.seeks.length > 100) this.seeks.shift();
    }
  }

  private documentFor(at: number): RecordedDocument | undefined {
    const documents = this.archive.detail?.documents ?? [];
    const tab = this.pinned ?? tabAt(this.looked, documents, at);
    return tab === undefined ? undefined : documentAt(documents, tab, at, (one) => this.hasPicture(one));
  }

  private hasPicture({ tab, epoch }: RecordedDocument): boolean {
    if (this.archive.log(tab, epoch).keyframes.length > 0) return true;
    return this.archive
      .chunks()
      .some(({ keyframes }) => keyframes.some((one) => one.tab === tab && one.epoch === epoch));
  }

  private async show(at: number): Promise<void> {
    await this.fetch(at);
    const document = this.documentFor(at);
    if (!document || this.wanted !== null || this.closed) return;
    const keyframe = await this.keyframeFor(document, at);
    if (this.wanted !== null || this.closed) return;
    if (!keyframe) return this.tell.trouble('nothing');
    if (this.goesOn(document, keyframe, at)) {
      this.screen.shown?.hush({ epoch: document.epoch, seq: this.lastSeq(document, at) });
      this.reading?.to(at - document.beganAt);
    } else await this.build(document, keyframe, at);
    this.tell.trouble(this.reading?.broken ? 'gap' : null);
  }

  /** The stage that is seen can go on to the moment. */
  private goesOn({ tab, epoch, beganAt }: RecordedDocument, keyframe: Stored, at: number): boolean {
    const { reading } = this;
    if (!reading || reading.log.tab !== tab || reading.epoch !== epoch || this.document?.epoch !== epoch) return false;
    const time = at - beganAt;
    if (reading.broken || reading.time > time) return false;
    return keyframe.seq <= reading.seq || time - reading.time < FAR;
  }

  private lastSeq({ tab, epoch, beganAt }: RecordedDocument, at: number): number {
    return this.archive.log(tab, epoch).ops.findLast(({ time }) => time <= at - beganAt)?.seq ?? 0;
  }

  private async build(document: RecordedDocument, keyframe: Stored, at: number): Promise<void> {
    const take = this.screen.begin();
    take.stage.quiet(true);
    const reading = new Reading(this.archive.log(document.tab, document.epoch), this.archive, take.stage);
    const time = at - document.beganAt;
    if (!reading.begin(keyframe, time)) {
      take.dispose();
      return this.tell.trouble('damaged');
    }
    reading.to(time);
    const place = { epoch: document.epoch, seq: reading.seq };
    await take.whole(place);
    if (this.closed) return take.dispose();
    this.turn(take, reading, document);
  }

  private turn(take: Take, reading: Reading, document: RecordedDocument): void {
    this.reading = reading;
    this.document = document;
    this.tell.shows(document);
    this.screen.turn(take);
    take.stage.quiet(false);
  }

  /** The last keyframe at the moment or before it; the first one when there is none. Its chunk and those up to the moment are here. */
  private async keyframeFor({ tab, epoch, beganAt }: RecordedDocument, at: number): Promise<Stored | undefined> {
    const log = this.archive.log(tab, epoch);
    const told = this.archive
      .chunks()
      .flatMap((chunk) =>
        chunk.keyframes
          .filter((one) => one.tab === tab && one.epoch === epoch)
          .map((one) => ({ ...one, chunk: chunk.n })),
      );
    // It is on its way for a moment, so that one which came after the moment may be of before it.
    const near = told.filter((one) => one.at <= at + LATE).reverse();
    for (const one of near.length > 0 ? near : told.slice(0, 1)) {
      await this.archive.need(one.chunk);
      const keyframe = log.keyframeAt(at - beganAt);
      if (keyframe && keyframe.seq >= one.seq) return this.between(keyframe, at);
    }
    const any = log.keyframeAt(at - beganAt) ?? log.keyframes[0];
    return any && this.between(any, at);
  }

  private async between(keyframe: Stored, at: number): Promise<Stored> {
    const chunks = this.archive.chunks().filter(({ n, from }) => n >= keyframe.chunk && from <= at + LATE);
    await Promise.all(chunks.map(({ n }) => this.archive.need(n)));
    return keyframe;
  }

  private chunksAt(from: number, to: number): number[] {
    return this.archive
      .chunks()
      .filter((one) => one.to >= from && one.from <= to)
      .map(({ n }) => n);
  }

  private async fetch(at: number): Promise<void> {
    await Promise.all(this.chunksAt(at, at + LATE).map((n) => this.archive.need(n)));
  }

  /** What is needed up to this moment is here; what comes next is fetched. */
  private ready(to: number): boolean {
    for (const n of this.chunksAt(to, to + AHEAD * this.speed).slice(0, 4)) void this.archive.need(n);
    return this.chunksAt(to, to).every((n) => this.archive.here(n) || this.archive.lost.has(n));
  }

  private stall(on: boolean): void {
    if (on === this.stalled) return;
    this.stalled = on;
    this.tell.waiting(on);
  }

  /** On the stage that is seen, to where the playhead is. */
  private advance(): void {
    const { reading, document } = this;
    const next = this.documentFor(this.at);
    if (!reading || !document || !next) return;
    if (next.tab !== document.tab) return void this.seek(this.at);
    if (next.epoch !== document.epoch) return this.navigate(next);
    if (!reading.to(this.at - document.beganAt)) void this.seek(this.at);
    if (reading.broken) this.tell.trouble('gap');
  }

  /** The tab's next document begins, on the same stage: what stands stays until the new one is there. */
  private navigate(next: RecordedDocument): void {
    const log = this.archive.log(next.tab, next.epoch);
    const time = this.at - next.beganAt;
    const keyframe = log.keyframeAt(time);
    const stage = this.screen.shown?.stage;
    if (!keyframe || !stage) {
      // Its first picture is told of later.
      if (!log.keyframes.some((one) => one.time > time)) void this.seek(this.at);
      return;
    }
    if (next.epoch < (this.document?.epoch ?? 0)) return void this.seek(this.at);
    const reading = new Reading(log, this.archive, stage);
    if (!reading.begin(keyframe, time)) return this.tell.trouble('damaged');
    reading.to(time);
    this.reading = reading;
    this.document = next;
    this.tell.shows(next);
  }

  /** Over what nothing happens in. */
  private skip(): void {
    if (!this.skips) return;
    const next = this.nextBusy();
    if (next === undefined || next - this.at < IDLE) return;
    const to = next - LEAD;
    this.tell.skipped(to - this.at);
    this.at = to;
  }

  /** When something comes next, if that is known. */
  private nextBusy(): number | undefined {
    const { busy } = this.archive;
    const second = Math.floor(this.at / 1000);
    if (busy.has(second) || busy.has(second + 1)) return undefined;
    const end = Math.ceil(this.duration / 1000);
    for (let s = second + 2; s <= end; s++) {
      if (busy.has(s)) return s * 1000;
      if (!this.chunksAt(s * 1000, s * 1000).every((n) => this.archive.read(n))) return undefined;
    }
    return this.archive.detail?.state === 'live' ? undefined : this.duration;
  }
}
