// One tab of the customer as the agent has it: its link, the follower of its log, and a stage while it is shown or was lately.
//
// Guarantees: a tab that is not shown is sent nothing of its page; what is shown again stands there at once and goes on from where it
// was. After close() nothing is told.

import type { LeavingReason, TabEvent } from './facts.ts';
import { History } from './history.ts';
import type { FollowerPart, FrameMeta, LinkPart, Parts, Sink, StagePart, TelemetryPart } from './parts.ts';
import type { Candidate } from './tabs.ts';

const LONGEST_JSON = 64 * 1024;
/** Entries may come behind the word that their document is over, ms. */
const LAST_ENTRIES = 1500;
const DAY = 24 * 60 * 60_000;

/** Of all tabs together. */
export interface Counts {
  bytes: number;
  frames: number;
  keyframes: number;
  mismatches: number;
}

export interface LineOptions {
  follower: Parts['follower'];
  stage: () => StagePart;
  counts: Counts;
  telemetry: TelemetryPart;
  tell: (event: TabEvent) => void;
  /** The session has to end: a proof was wrong. */
  tampered: () => void;
  /** The customer came to this tab, or went. */
  moved: () => void;
  now: () => number;
}

export class TabLine implements Candidate {
  visible = false;
  lookedAt = 0;
  link: LinkPart | null = null;
  /** When something came from it. */
  heardAt: number;
  /** When the server said that it has no socket; null while it has. */
  goneAt: number | null = null;
  at = { epoch: 0, seq: 0 };
  readonly history: History;
  private follower: FollowerPart;
  private stage: StagePart | null = null;
  private told = 0; // the epoch whose picture was told
  private awayInEpoch = false; // the customer said that this document goes away
  private closed = false;
  /** The newest document that told entries. */
  private entriesOf = 0;
  private parting: { timer: ReturnType<typeof setTimeout>; done: () => void } | null = null;

  constructor(
    readonly leg: number,
    private readonly options: LineOptions,
  ) {
    this.heardAt = options.now();
    this.history = new History(() => this.again(), options.now);
    this.follower = options.follower(this.sink());
  }

  get duplicates(): number {
    return this.follower.duplicates;
  }

  get roundTrip(): number | null {
    return this.follower.roundTrip;
  }

  serialize(): Promise<string> {
    return this.stage?.serialize() ?? Promise.resolve('');
  }

  show(): void {
    if (!this.stage) {
      this.stage = this.options.stage();
      this.listen(this.stage);
    }
    this.stage.show(true);
    this.follower.follow(true);
  }

  hide(): void {
    this.follower.follow(false);
    this.stage?.show(false);
  }

  /** Its picture is given up: shown again it begins anew. */
  drop(): void {
    if (!this.stage) return;
    this.stage.clear();
    this.stage.dispose();
    this.stage = null;
    this.follower.close();
    this.follower = this.options.follower(this.sink());
    if (this.link) this.follower.attach(this.link);
    this.told = 0;
    this.tell({ type: 'picture', epoch: null });
  }

  /** The picture is built anew. */
  again(): void {
    this.follower.requestKeyframe('hash');
  }

  close(): void {
    this.parted();
    this.closed = true;
    this.history.clear();
    this.follower.close();
    this.stage?.clear();
    this.stage?.dispose();
  }

  private tell(event: TabEvent): void {
    if (!this.closed) this.options.tell(event);
  }

  take(link: LinkPart): void {
    const { counts, now, tampered } = this.options;
    this.link = link;
    const mine = () => this.link === link;
    this.follower.attach(link);
    const stands = () => {
      if (!mine()) return;
      this.tell({ type: 'link', state: link.state, at: now() });
      this.tell({ type: 'rung', rung: link.rung }); // the first one is no change, and so not told
    };
    stands();
    link.on('state', stands);
    link.on('rung', (rung) => mine() && this.tell({ type: 'rung', rung }));
    link.on('frame', (_, bytes) => {
      counts.bytes += bytes.length;
      this.heardAt = now();
    });
    link.on('close', (code) => {
      if (code === 'tampered') return tampered();
      if (!mine() || code === 'replaced') return;
      if (code === 'navigate') this.leave('navigate');
      this.tell({ type: 'link', state: 'closed', at: now() });
    });
  }

  private sink(): Sink {
    return {
      ops: (raw, frame) => this.ops(raw, frame),
      entries: (entries, { epoch, time }) => {
        if (epoch > this.entriesOf) this.parted();
        this.entriesOf = Math.max(this.entriesOf, epoch);
        this.options.telemetry.take({ ...entries, tab: this.leg, epoch, time, at: this.options.now() });
      },
      pointer: (x, y) => this.stage?.pointer(x, y),
      asset: (...asset) => {
        this.history.asset(...asset);
        this.stage?.asset(...asset);
      },
      blob: (hash, bytes) => {
        this.history.blob(hash, bytes);
        this.stage?.blob(hash, bytes);
      },
      refused: (...refused) => {
        this.history.refused(...refused);
        this.stage?.refused(...refused);
      },
      control: (message) => this.control(message),
      trouble: (reason) => this.tell({ type: 'trouble', reason }),
    };
  }

  private ops(raw: Uint8Array, frame: FrameMeta): void {
    const { counts } = this.options;
    counts.frames++;
    if (frame.keyframe) counts.keyframes++;
    this.history.ops(raw, frame);
    this.stage?.ops(raw, frame);
    // A navigation that did not happen (a download, a cancelled dialog): the same document goes on.
    if (this.awayInEpoch && frame.epoch === this.told && !frame.keyframe) this.back();
  }

  private control(message: unknown): void {
    if (typeof message !== 'object' || message === null || !('type' in message)) return;
    if (message.type === 'tab') this.came({ ...message });
    if (message.type === 'resumed') this.back();
    if (message.type !== 'leaving' || !('reason' in message)) return;
    const reason = LEAVING.find((one) => one === message.reason);
    if (reason) this.leave(reason);
    if (reason === 'navigate' && 'entries' in message && Number.isSafeInteger(message.entries))
      this.part(Number(message.entries));
  }

  /** The document is over when nothing more of it comes. */
  private part(entries: number): void {
    const epoch = this.entriesOf || this.at.epoch;
    if (this.parting) clearTimeout(this.parting.timer);
    const done = () => this.options.telemetry.left({ tab: this.leg, epoch, entries });
    this.parting = { timer: setTimeout(() => this.parted(), LAST_ENTRIES), done };
  }

  private parted(): void {
    if (!this.parting) return;
    clearTimeout(this.parting.timer);
    const { done } = this.parting;
    this.parting = null;
    done();
  }

  /** What the tab says of itself. */
  private came({ visible, idle, url, title }: Record<string, unknown>): void {
    this.visible = visible === true;
    this.lookedAt = this.options.now() - (Number.isFinite(idle) ? Math.min(Math.max(Number(idle), 0), DAY) : DAY);
    const told = typeof url === 'string' && typeof title === 'string';
    const card = told ? { url: url.slice(0, 2000), title: title.slice(0, 200) } : null;
    this.tell({ type: 'card', visible: this.visible, lookedAt: this.lookedAt, card });
    this.options.moved();
  }

  private leave(reason: LeavingReason): void {
    this.awayInEpoch = reason === 'navigate';
    this.tell({ type: 'leaving', reason, at: this.options.now() });
  }

  private back(): void {
    this.awayInEpoch = false;
    if (this.parting) clearTimeout(this.parting.timer);
    this.parting = null;
    this.tell({ type: 'resumed' });
  }

  /** A stage of the page as it was; undefined when that is not kept. */
  past(epoch: number, time: number): StagePart | undefined {
    const past = this.history.at(epoch, time);
    if (!past) return undefined;
    const stage = this.options.stage();
    stage.on('wanted', (hashes) => {
      for (const hash of hashes) {
        const bytes = this.history.content(hash);
        if (bytes) stage.blob(hash, bytes);
      }
    });
    stage.show(true);
    past.feed(stage);
    return stage;
  }

  private listen(stage: StagePart): void {
    stage.on('wanted', (hashes) => this.follower.want(hashes));
    stage.on('applied', (at) => {
      this.at = at;
      if (at.epoch === this.told) return;
      this.told = at.epoch;
      this.awayInEpoch = false;
      this.tell({ type: 'picture', epoch: at.epoch });
    });
    stage.on('page', (page) => this.tell({ type: 'page', ...page }));
    stage.on('viewport', ({ width, height }) => this.tell({ type: 'viewport', viewport: { width, height } }));
    stage.on('environment', (json) => {
      const environment = objectOf(json);
      if (environment) this.tell({ type: 'environment', environment });
    });
    stage.on('about', (json) => {
      const about = objectOf(json);
      if (about) this.tell({ type: 'about', about });
    });
    stage.on('event', ({ epoch, n, age, name, data }) => {
      const event = { epoch, n, at: this.options.now() - age, name: name.slice(0, 80), data: data.slice(0, 2000) };
      this.tell({ type: 'event', event });
    });
    stage.on('trouble', (reason) => this.trouble(reason));
  }

  private trouble(reason: string): void {
    if (reason === 'hash') this.options.counts.mismatches++;
    if (reason === 'hash' || reason === 'decode') this.follower.requestKeyframe(reason);
    else this.tell({ type: 'trouble', reason });
  }
}

const LEAVING: readonly LeavingReason[] = ['navigate', 'stop', 'pause', 'hidden', 'fault'];

function objectOf(json: string): Record<string, unknown> | null {
  if (json.length > LONGEST_JSON) return null;
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}
