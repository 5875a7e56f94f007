// The recorder: socket, links, log and capture of one document. Nothing is captured before somebody watches; a second watcher costs
// the page nothing; after three faults of ours it takes itself out.

import { encodeFrame, Kind, Lane, Writer, writeSamples } from '@ridealong/wire';
import { type Bytes, fromBase64url, type Link, Links, Signal } from '@ridealong/wire/link';
import type { EndReason, Participant, Welcome } from '@ridealong/wire/signal';
import { Capture } from './capture/capture.ts';
import { Assets } from './log/assets.ts';
import { type Control, Cursor, controlFrame } from './log/cursor.ts';
import { FrameLog } from './log/log.ts';
import { Privacy } from './privacy/policy.ts';
import { reduceUrl } from './privacy/url.ts';
import type { TabState } from './tab.ts';

export type RecorderState = 'connecting' | 'waiting' | 'live' | 'paused' | 'ended' | 'fault';

export interface RecorderEvents {
  state(state: RecorderState, reason?: string): void;
  /** Who can see the page now. */
  watchers(names: string[]): void;
}

const MAX_FAULTS = 3;
const HASH_EVERY = 5000;

export class Recorder {
  state: RecorderState = 'connecting';
  private readonly signal: Signal;
  private links: Links | undefined;
  private log: FrameLog | undefined;
  private assets: Assets | undefined;
  private capture: Capture | undefined;
  private readonly cursors = new Map<Link, Cursor>();
  private faults = 0;
  private checked = 0;
  private paused = false;
  private readonly checking: ReturnType<typeof setInterval>;
  private readonly undos: (() => void)[] = [];
  private page = '';

  constructor(
    origin: string,
    private readonly tab: TabState,
    private readonly events: RecorderEvents,
    private readonly ignore: (node: Node) => boolean,
  ) {
    this.signal = new Signal({
      url: `${origin.replace(/^http/, 'ws')}/ws/peer`,
      credential: async () => this.credential(),
      keep: (resume) => tab.set({ resume }),
      page: () => this.here(),
    });
    this.signal.fault = (error) => this.fault(error);
    this.signal.on('welcome', (welcome) => this.welcomed(welcome));
    this.signal.on('message', (message) => {
      if (message.type === 'ended') this.end(message.reason);
      else if (message.type === 'presence') this.present(message.participants);
    });
    this.signal.on('closed', (code) => this.end(code));
    this.checking = setInterval(() => this.check(), HASH_EVERY);
    this.listen('pagehide', () => this.tell({ type: 'leaving', reason: 'navigate' }));
  }

  private listen(name: string, handle: () => void): void {
    addEventListener(name, handle);
    this.undos.push(() => removeEventListener(name, handle));
  }

  private credential() {
    const { resume, handoff } = this.tab.value;
    if (resume) return { kind: 'resume', value: resume };
    if (!handoff) return undefined;
    this.tab.set({ handoff: '' });
    return { kind: 'handoff', value: handoff };
  }

  private here(): { url: string; title: string } {
    return {
      url: reduceUrl(location.href, location.href),
      title: new Privacy().text(document.title.slice(0, 200), new Privacy().root),
    };
  }

  private welcomed(welcome: Welcome): void {
    this.tab.set({ session: welcome.session });
    this.present(welcome.participants);
    if (this.links) return;
    this.log = new FrameLog(welcome.epoch);
    this.assets = new Assets(welcome.epoch);
    this.set('waiting');
    const key = fromBase64url(this.tab.value.key ?? '');
    if (key?.length === 32) this.open(key);
  }

  /** Begins to greet whoever may watch. */
  private open(key: Bytes): void {
    const links = new Links(this.signal, key, 'customer');
    this.links = links;
    links.fault = (error) => this.fault(error);
    links.on('tampered', () => {
      this.signal.send({ type: 'end', reason: 'tampered' });
      this.end('tampered');
    });
    links.on('link', (link) => this.linked(link));
    for (const link of links.ready.values()) this.linked(link);
    links.begin();
  }

  private linked(link: Link): void {
    const { log, assets } = this;
    if (!log || !assets || this.cursors.has(link)) return;
    const cursor = new Cursor(log, link, assets, () => this.watched());
    if (this.paused) cursor.pause(true);
    this.cursors.set(link, cursor);
    link.on('close', () => {
      this.cursors.delete(link);
      this.names();
    });
  }

  /** Somebody watches: the first one starts the capture. */
  private watched(): void {
    this.set(this.paused ? 'paused' : 'live');
    this.names();
    const { log, assets } = this;
    if (this.capture || !log || !assets) return;
    this.capture = new Capture({
      window,
      ops: log.ops,
      flush: () => this.flush(),
      privacy: new Privacy(),
      assets,
      alive: (id) => log.mirror.alive(id),
      ignore: this.ignore,
      onError: (error) => this.fault(error),
      onPointer: (x, y) => this.pointer(x, y),
    });
    try {
      this.capture.snapshot();
    } catch (error) {
      this.fault(error);
    }
  }

  private flush(): void {
    this.log?.flush();
    const { url, title } = this.here();
    if (`${url}\n${title}` === this.page) return;
    this.page = `${url}\n${title}`;
    this.signal.send({ type: 'page', url, title });
  }

  private pointer(x: number, y: number): void {
    if (!this.log || this.paused) return;
    const w = new Writer(16);
    writeSamples(w, [x, y, 0]);
    const frame = encodeFrame({
      kind: Kind.pointer,
      flags: 0,
      epoch: this.log.epoch,
      seq: 0,
      time: this.log.time(),
      payload: w.take(),
    });
    for (const cursor of this.cursors.values()) if (cursor.watching) cursor.send(Lane.pointer, frame);
  }

  /** Every few seconds both sides compare their trees. */
  private check(): void {
    const { log } = this;
    if (!log || !this.capture || this.paused || log.seq === this.checked) return;
    try {
      this.capture.flushNow();
      log.check();
      this.checked = log.seq;
    } catch (error) {
      this.fault(error);
    }
  }

  private present(participants: Participant[]): void {
    this.people = participants.filter((p) => p.role !== 'customer');
    this.names();
  }

  private people: Participant[] = [];

  private names(): void {
    const legs = new Set([...this.cursors].filter(([, cursor]) => cursor.watching).map(([link]) => link.leg));
    this.events.watchers(this.people.filter((p) => legs.has(p.leg)).map((p) => p.name));
  }

  private tell(message: Control): void {
    const frame = controlFrame(message);
    for (const cursor of this.cursors.values()) cursor.send(Lane.control, frame);
  }

  private set(state: RecorderState, reason?: string): void {
    if (state === this.state) return;
    this.state = state;
    this.events.state(state, reason);
  }

  /** Nobody sees anything until `resume`. */
  pause(): void {
    if (this.paused || this.state === 'ended') return;
    this.paused = true;
    this.tell({ type: 'leaving', reason: 'pause' });
    for (const cursor of this.cursors.values()) cursor.pause(true);
    this.set('paused');
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    this.tell({ type: 'resumed' });
    for (const cursor of this.cursors.values()) cursor.pause(false);
    this.set(this.capture ? 'live' : 'waiting');
  }

  /** The customer's own stop: at once, whether or not anybody can be told. */
  stop(): void {
    this.tell({ type: 'leaving', reason: 'stop' });
    this.signal.send({ type: 'end', reason: 'customer' satisfies EndReason });
    this.end('customer');
  }

  get over(): boolean {
    return this.state === 'ended' || this.state === 'fault';
  }

  /** Leaves the session to another recorder of this tab. */
  detach(): void {
    this.quit();
  }

  private end(reason: string): void {
    if (this.over) return;
    this.set('ended', reason);
    this.tab.clear();
    this.quit();
  }

  private quit(): void {
    this.capture?.stop();
    clearInterval(this.checking);
    for (const undo of this.undos.splice(0)) undo();
    this.links?.close('ended');
    this.signal.close('ended');
  }

  /** A fault of ours never reaches the page; the third one ends us. */
  private fault(_error: unknown): void {
    if (++this.faults < MAX_FAULTS || this.state === 'fault') return;
    this.tell({ type: 'leaving', reason: 'fault' });
    this.set('fault');
    this.tab.clear();
    this.quit();
  }
}
