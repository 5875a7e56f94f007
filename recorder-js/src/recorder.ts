// The recorder of one document: socket, links, log and capture.
//
// Guarantees: nothing is captured before somebody who may watch is there, nothing is sent before they have proven themselves, and a
// minute after the last one left nothing is captured any more; a second watcher costs the page nothing; stop and pause act before they are told to anybody; a fault of ours never reaches the page, and the third one ends us.

import { Lane } from '@ridealong/wire';
import { type Bytes, base64url, fromBase64url, type Link, Links, Signal } from '@ridealong/wire/link';
import type { Ask, AskedKeys } from '@ridealong/wire/link/code-keys';
import type { Credential, EndReason, Participant, Welcome } from '@ridealong/wire/signal';
import { Beside } from './beside.ts';
import { Capture } from './capture/capture.ts';
import { Ids } from './capture/context.ts';
import { listen, listenLast } from './dom.ts';
import type { Kept } from './kept.ts';
import type { Early } from './loader/early.ts';
import { Assets } from './log/assets.ts';
import { type Control, Cursor, controlFrame } from './log/cursor.ts';
import { hire, isLarge } from './log/hire.ts';
import { FrameLog } from './log/log.ts';
import { Press } from './log/press.ts';
import { PointerLane } from './pointer.ts';
import type { Privacy } from './privacy/policy.ts';
import type { Settings } from './privacy/tighten.ts';
import { reduceUrl } from './privacy/url.ts';
import type { Said } from './said.ts';
import type { TabState } from './tab.ts';

export type RecorderState = 'connecting' | 'waiting' | 'live' | 'paused' | 'ended' | 'fault';

export interface RecorderEvents {
  state(state: RecorderState, reason?: string): void;
  /** Who can see the page now, and whether it is recorded. */
  watchers(names: readonly string[], recorded: boolean): void;
  /** Shows the number of a link that was joined by code. */
  compare: Ask;
}

export interface RecorderOptions {
  /** The server's origin. */
  origin: string;
  /** The loader's address: other files of ours are beside it. */
  base: string;
  tab: TabState;
  /** What may be seen, by the site and by what the server says besides; rejects where the rules for it are not to be had. */
  privacy: (remote: unknown) => Promise<Privacy>;
  settings: () => Settings;
  /** What was heard before there was a recorder. */
  early?: Early;
  /** Frames of other origins that may be seen. */
  guests: readonly string[];
  /** What the site's own code says, when it says something. */
  said: () => Said | undefined;
  events: RecorderEvents;
  /** The page goes; it may come back from the browser's cache. */
  gone: (persisted: boolean) => void;
  /** Keys that the customer agreed to, for the other tabs. */
  agreed?: (keys: Record<string, string>) => void;
  /** Our own nodes, which are not captured. */
  ignore: (node: Node) => boolean;
}

const MAX_FAULTS = 3;
const TICK = 1000;
const HASH_EVERY = 5000;
/** A watcher that lost its link comes back to the log within this time, ms. */
const LINGER = 60_000;
/** Between the last word over a link and its end, ms. */
const LAST_WORD = 300;
/** Bytes of a document that are made before somebody takes them. */
const AHEAD = 1024 * 1024;
/** Before anybody watches: all of it is in one frame, which shows nothing until its end has come. */
const FIRST = 128 * 1024;
/** The server is told of a stop that was made offline within this time, ms. */
const TELL_LATER = 120_000;

const whenIdle = globalThis.requestIdleCallback ?? ((run: () => void) => setTimeout(run));

/** What one document has while its epoch lasts. */
interface Session {
  readonly log: FrameLog;
  readonly assets: Assets;
  readonly pointer: PointerLane;
}

export class Recorder {
  state: RecorderState = 'connecting';
  private readonly signal: Signal;
  private links: Links | undefined;
  private asked: AskedKeys | undefined;
  private session: Session | undefined;
  private capture: Capture | undefined;
  private readonly beside = new Beside();
  private readonly ids = new Ids();
  private readonly press = new Press();
  private hired = false;
  /** None before the server has said what it hides: until then nothing is told. */
  private privacy: Privacy | undefined;
  private hidden = '';
  private readonly cursors = new Map<Link, Cursor>();
  /** The key of links with the archiver, and what of earlier pages it has not got; where the customer agreed to a recording. */
  private archive: Bytes | undefined;
  private kept: Kept | undefined;
  private archived: Cursor | undefined;
  private consent: Welcome['consent'] | undefined;
  /** Legs that were sent something of this document. */
  private readonly told = new Set<number>();
  private people: Participant[] = [];
  private faults = 0;
  private checkedSeq = 0;
  private checkedAt = 0;
  private watchedAt = 0;
  private paused: boolean;
  private leaving = false;
  private page = '';
  private title = '';
  /** When the customer came to this tab. */
  private lookedAt = performance.now();
  private readonly hiding: ReturnType<typeof listenLast>;
  private readonly openings: ((handoff?: string) => void)[] = [];
  private readonly undos: (() => void)[] = [];

  constructor(private readonly options: RecorderOptions) {
    const { origin, tab } = options;
    this.paused = tab.value.paused === true;
    this.signal = new Signal({
      url: `${origin.replace(/^http/, 'ws')}/ws/peer`,
      credential: async () => this.credential(),
      keep: (resume) => this.over || tab.set({ resume, handoff: '' }),
      page: () => (this.shown ? this.here() : undefined),
    });
    this.signal.fault = (error) => this.fault(error);
    this.signal.on('welcome', (welcome) => {
      // Without the rules of strict mode, and without the part that makes keys, there is no session.
      this.welcomed(welcome).catch((error) => this.fault(error, MAX_FAULTS));
    });
    this.signal.on('message', (message) => {
      if (message.type === 'ended') this.end(message.reason);
      else if (message.type === 'presence') this.present(message.participants);
      else if (message.type === 'handoff') this.openings.shift()?.(message.value);
      else if (message.type === 'error' && message.code === 'too-many-tabs') this.openings.shift()?.();
    });
    this.signal.on('state', () => {
      for (const refuse of this.openings.splice(0)) refuse();
    });
    this.signal.on('closed', (code) => this.end(code));
    const ticking = setInterval(() => this.guard(() => this.tick()), TICK);
    this.undos.push(() => clearInterval(ticking));
    this.listen(window, 'pagehide', () => {
      this.leaving = true;
      this.last();
    });
    // The page's own listeners may tell somebody of its end, and that is telemetry: once more, behind them.
    this.hiding = listenLast(window, 'pagehide', (event) => {
      this.guard(() => this.last());
      options.gone((event as PageTransitionEvent).persisted);
    });
    this.undos.push(this.hiding.stop);
    this.listen(document, 'visibilitychange', () => {
      if (this.leaving) return; // a page that goes is hidden, too
      if (this.state === 'live') this.tell(this.standing() ?? { type: 'resumed' });
      this.looked();
    });
    this.listen(window, 'focus', () => this.looked());
  }

  get over(): boolean {
    return this.state === 'ended' || this.state === 'fault';
  }

  // The session.

  private credential(): Credential | undefined {
    const { resume, handoff } = this.options.tab.value;
    if (resume) return { kind: 'resume', value: resume };
    return handoff ? { kind: 'handoff', value: handoff } : undefined;
  }

  private async welcomed(welcome: Welcome): Promise<void> {
    if (this.over) return; // it came back to be told of the end
    if (!welcome.consent.view) return this.end('withdrawn');
    // Not by the server's word alone.
    const { record } = this.options.tab.value;
    this.archive = record && welcome.consent.record ? keyOf(welcome.archive) : undefined;
    this.consent = welcome.consent;
    if (record === '' && welcome.consent.record) this.takeBack(); // it could not be said when it was meant
    this.present(welcome.participants);
    await this.tighten(welcome.privacy);
    if (this.over) return;
    this.tellPage();
    if (this.session) return;
    const { epoch } = welcome;
    const log = new FrameLog(epoch, undefined, this.press);
    if (this.archive) {
      log.keepAfter = 0;
      this.kept = new (await import('./kept.ts')).Kept();
      if (this.over || this.session) return;
    }
    const pointer = new PointerLane((frame) => this.send(Lane.pointer, frame));
    this.session = { log, assets: new Assets(epoch), pointer };
    this.set(this.paused ? 'paused' : 'waiting');
    if (isLarge(document)) this.hire();
    await this.greet();
  }

  /** Looks for the worker, once. */
  private hire(): void {
    const { tab, base } = this.options;
    if (this.hired || tab.value.alone) return;
    this.hired = true;
    void hire(tab, base, (worker, gone) => {
      const { log } = this.session ?? {};
      if (this.over || !log) return worker.terminate();
      const lost = () => {
        gone();
        this.guard(() => this.again());
      };
      this.guard(() => log.hire(worker, lost, (error) => this.fault(error)));
    });
  }

  /** The server may hide more than before, also while the page is seen: then it is seen anew. */
  private async tighten(remote: unknown): Promise<void> {
    const hidden = JSON.stringify(remote ?? null);
    if (this.privacy && hidden === this.hidden) return;
    this.privacy = await this.options.privacy(remote);
    this.hidden = hidden;
    if (!this.capture) return;
    this.rest();
    this.session?.log.discard();
    this.session?.log.forget();
    this.beside.forget();
    this.start();
  }

  /** Begins to greet whoever may watch: by the link's key, or without one by a key for each that both people saw the digits of. */
  private async greet(): Promise<void> {
    const key = keyOf(this.options.tab.value.key);
    const asked = key ? undefined : await this.asking();
    if (this.over) return asked?.close();
    const keyFor = (leg: number) => (this.archives(leg) ? this.archive : (key ?? asked?.keys.get(leg)));
    const links = new Links(this.signal, keyFor, 'customer');
    this.links = links;
    this.asked = asked;
    links.fault = (error) => this.fault(error);
    links.on('tampered', () => this.tampered());
    links.on('link', (link) => this.linked(link));
    links.begin();
    asked?.on('key', (leg) => links.greet(leg));
    asked?.next();
  }

  private async asking(): Promise<AskedKeys> {
    const { AskedKeys } = await import('@ridealong/wire/link/code-keys');
    const { tab, events, agreed } = this.options;
    const keys = new Map<number, Bytes>();
    for (const [leg, text] of Object.entries(tab.value.keys ?? {})) {
      const key = keyOf(text);
      if (key) keys.set(Number(leg), key);
    }
    const asked = new AskedKeys(this.signal, keys, (digits, withdrawn) => events.compare(digits, withdrawn));
    asked.fault = (error) => this.fault(error);
    asked.on('key', (leg, key) => {
      const all = { ...tab.value.keys, [leg]: base64url(key) };
      tab.set({ keys: all });
      agreed?.(all);
    });
    asked.on('differ', () => this.tampered());
    return asked;
  }

  /** The customer said yes in another tab of the session. */
  learn(keys: unknown): void {
    this.asked?.learn(keys);
  }

  private tampered(): void {
    this.signal.send({ type: 'end', reason: 'tampered' });
    this.end('tampered');
  }

  private linked(link: Link): void {
    if (!this.session || this.cursors.has(link)) return;
    const { log, assets } = this.session;
    const archive = this.archives(link.leg);
    const watched = () => this.watched(cursor, link.leg);
    const acked = (...ack: [number, number, number]) => this.kept?.acked(...ack);
    const cursor = new Cursor(log, link, assets, watched, undefined, archive ? acked : undefined);
    if (archive) this.archived = cursor;
    if (this.paused) cursor.pause(true);
    if (this.beside.entries) cursor.tail(this.beside.entries);
    this.cursors.set(link, cursor);
    // While the answer is on its way the first picture is made; it goes with the proof. A tab that the customer does not look at
    // waits until it is asked for.
    link.on('greeted', () => {
      if (!this.shown) return;
      this.watchedAt = performance.now();
      this.start();
    });
    link.on('state', (state) => {
      if (state !== 'ready') return;
      cursor.send(Lane.control, controlFrame(this.card()));
      if (archive) this.kept?.give((lane, frame) => cursor.send(lane, frame));
      if (this.shown && !this.told.has(link.leg)) cursor.begin();
      this.stand();
    });
    link.on('rung', (_, broke) => broke && cursor.send(Lane.control, controlFrame(this.card())));
    link.on('close', () => {
      this.cursors.delete(link);
      this.names();
    });
  }

  private present(participants: Participant[]): void {
    if (this.over) return;
    this.people = participants.filter((p) => p.role !== 'customer');
    this.names();
  }

  /** Whether the participant with this leg keeps a recording. */
  private archives(leg: number): boolean {
    return this.people.some((p) => p.leg === leg && p.role === 'archiver');
  }

  private names(): void {
    const legs = new Set(this.ready().map((link) => link.leg));
    const here = this.people.filter((p) => legs.has(p.leg));
    const people = here.filter((p) => p.role !== 'archiver');
    this.options.events.watchers(
      people.map((p) => p.name),
      here.length > people.length,
    );
  }

  /** Who can see this page when they choose to. */
  private ready(): Link[] {
    return [...this.cursors.keys()].filter((link) => link.state === 'ready');
  }

  private stand(): void {
    this.set(this.paused ? 'paused' : this.ready().length > 0 ? 'live' : 'waiting');
    this.names();
  }

  // The tabs.

  /** A hand-off for another tab; undefined when there is none to be had. */
  newTab(): Promise<string | undefined> {
    return new Promise((resolve) => {
      if (this.over || !this.signal.send({ type: 'new-tab' })) resolve(undefined);
      else this.openings.push(resolve);
    });
  }

  /** The customer looks at this tab, and may be seen. */
  private get shown(): boolean {
    return !this.paused && document.visibilityState === 'visible';
  }

  /** What the agents know of this tab while they look at another. */
  private card(): Control {
    const idle = Math.round(performance.now() - this.lookedAt);
    const page = this.paused ? {} : this.here();
    const { epoch } = this.session?.log ?? {};
    return { type: 'tab', epoch, visible: document.visibilityState === 'visible', idle, ...page };
  }

  private tellTab(): void {
    const frame = controlFrame(this.card());
    for (const link of this.ready()) this.cursors.get(link)?.send(Lane.control, frame);
  }

  /** The customer came to this tab, or went. */
  private looked(): void {
    this.page = ''; // the server heard of other tabs since
    if (document.visibilityState === 'visible') this.lookedAt = performance.now();
    this.tellTab();
  }

  // The page.

  /** Somebody watches. */
  private watched(cursor: Cursor, leg: number): void {
    this.watchedAt = performance.now();
    this.told.add(leg);
    this.start();
    const standing = this.standing();
    if (standing) cursor.send(Lane.control, controlFrame(standing));
    this.stand();
  }

  /** Begins to capture, if nobody has yet. */
  private start(): void {
    const { privacy } = this;
    if (!this.session || !privacy || this.capture || this.over) return;
    const { log, assets, pointer } = this.session;
    this.capture = new Capture({
      window,
      ops: log.ops,
      flush: (partial) => {
        const told = log.flush(partial);
        if (log.grown) this.hire();
        return told;
      },
      room: () => this.room(),
      privacy,
      assets,
      ids: this.ids,
      alive: (id) => log.tree.alive(id),
      told: (id, name) => log.tree.told(id, name),
      ignore: this.options.ignore,
      watched: () => !this.paused && [...this.cursors.values()].some((cursor) => cursor.watching),
      onError: (error) => this.fault(error),
      onPointer: (x, y) => this.paused || pointer.move(x, y),
      guests: { origins: this.options.guests, settings: this.options.settings() },
    });
    this.guard(() => this.picture());
    this.observe().catch(() => undefined);
  }

  /** The whole document, and what the site says besides. */
  private picture(): void {
    try {
      this.capture?.snapshot();
    } catch (error) {
      this.session?.log.discard(); // half a group is sent to nobody
      throw error;
    }
    this.say(true);
  }

  /** Tells what the site says: what is new, or all of it anew. */
  say(anew = false): void {
    const said = this.options.said();
    const { log } = this.session ?? {};
    if (!said || !log || !this.capture || this.paused) return;
    const { partial } = this.capture;
    this.guard(() => {
      said.write(log.ops, anew, this.beside.custom);
      log.flush(partial);
    });
  }

  /** A large document is taken as fast as somebody gets it; before anybody does, a part of it. */
  private room(): boolean {
    const { ringBytes = 0, waiting = 0 } = this.session?.log ?? {};
    const watching = [...this.cursors.values()].filter((cursor) => cursor.watching);
    if (watching.length > 0) return waiting < AHEAD && watching.some((cursor) => cursor.current);
    return ringBytes + waiting < FIRST;
  }

  /** Why there is nothing to see now; undefined when there is. */
  private standing(): Control | undefined {
    if (this.paused) return { type: 'leaving', reason: 'pause' };
    return document.visibilityState === 'hidden' ? { type: 'leaving', reason: 'hidden' } : undefined;
  }

  private tick(): void {
    this.hiding.again();
    const now = performance.now();
    let watching = false;
    for (const cursor of this.cursors.values()) {
      cursor.tick();
      watching ||= cursor.watching;
    }
    if (watching) this.watchedAt = now;
    else if (this.capture && now - this.watchedAt > LINGER) this.rest();
    if (this.paused) return;
    this.tellPage();
    if (!this.capture || !this.session) return;
    if (!watching || now - this.checkedAt < HASH_EVERY) return;
    this.checkedAt = now;
    whenIdle(() => this.guard(() => this.compare()));
  }

  /** Nobody has watched for a while, or may: the page is left alone until somebody does. */
  private rest(): void {
    this.beside.stop();
    this.capture?.stop();
    this.capture = undefined;
    this.stand();
  }

  /** Begins what DevTools would show, where the site wants it. */
  private async observe(): Promise<void> {
    const { capture, session, privacy, options, ids, beside } = this;
    if (!session || !privacy) return;
    const { log } = session;
    const { epoch, start } = log;
    const { base, ignore, early } = options;
    const began = await beside.begin(
      {
        ...{ window, epoch, start, privacy, settings: options.settings(), base, ids, ignore, early },
        alive: (id) => log.tree.alive(id),
        changed: () => log.seq,
        watched: () => [...this.cursors.values()].some((cursor) => cursor.watching),
        backlog: () =>
          Math.max(0, ...[...this.cursors.keys()].map((link) => link.backlog(Lane.dom) + link.backlog(Lane.blob))),
        last: () => this.last(),
      },
      () => !this.over && !this.paused && capture !== undefined && capture === this.capture,
      () => {
        for (const cursor of this.cursors.values()) cursor.more();
      },
    );
    if (!began) return;
    for (const cursor of this.cursors.values()) if (beside.entries) cursor.tail(beside.entries);
    this.say();
  }

  /** The page goes. */
  private last(): void {
    this.beside.flush();
    for (const cursor of this.cursors.values()) cursor.last();
    this.keep();
    this.tell({ type: 'leaving', reason: 'navigate', entries: this.beside.count });
  }

  /** What the archiver has not got of this page stays with the tab. */
  private keep(): void {
    const { kept, archived, session, capture } = this;
    if (!kept || this.paused) return;
    // A page that goes before the archiver has answered was seen all the same, when it was seen at all.
    kept.keep(archived?.unkept() ?? { whole: capture && session?.log.keyframe(), frames: [] });
  }

  /** Both sides compare their trees when something changed. */
  private compare(): void {
    const { log } = this.session as Session;
    if (!this.capture || this.paused) return;
    this.capture.flushNow();
    if (log.seq === this.checkedSeq) return;
    log.check();
    this.checkedSeq = log.seq;
  }

  private here(): { url: string; title: string } {
    const { privacy } = this;
    const title = privacy?.text(document.title.slice(0, 200), privacy.root) ?? '';
    return { url: reduceUrl(location.href, location.href, privacy?.mode === 'standard'), title };
  }

  /** For the server's list of sessions, and for the agents' list of tabs. */
  private tellPage(): void {
    const page = `${location.href}\n${document.title}`;
    if (page !== this.title) this.tellTab();
    this.title = page;
    if (page === this.page || !this.shown) return;
    if (this.signal.send({ type: 'page', ...this.here() })) this.page = page;
  }

  private send(lane: Lane, frame: Uint8Array): void {
    for (const cursor of this.cursors.values()) if (cursor.watching) cursor.send(lane, frame);
  }

  private tell(message: Control): void {
    this.send(Lane.control, controlFrame(message));
  }

  private set(state: RecorderState): void {
    if (state === this.state || this.over) return;
    this.state = state;
    this.options.events.state(state);
  }

  // What the customer decides.

  /** Nobody sees anything until `resume`. */
  pause(): void {
    if (this.paused || this.over) return;
    this.paused = true;
    this.options.tab.set({ paused: true });
    this.beside.stop();
    for (const cursor of this.cursors.values()) cursor.pause(true);
    this.session?.pointer.stop();
    this.tell({ type: 'leaving', reason: 'pause' });
    this.set('paused');
  }

  resume(): void {
    if (!this.paused || this.over) return;
    this.paused = false;
    this.options.tab.set({ paused: false });
    this.guard(() => this.capture?.flushNow());
    this.session?.log.forget(); // what happened meanwhile stays here
    this.say();
    this.observe().catch(() => undefined);
    for (const cursor of this.cursors.values()) cursor.pause(false);
    this.tell(this.standing() ?? { type: 'resumed' });
    this.tellTab();
    this.stand();
  }

  /** The customer takes the recording back: nothing more goes to it, and what there is of it is deleted. */
  unrecord(): void {
    const { cursors, session, options } = this;
    options.tab.set({ record: '' });
    this.archive = undefined;
    this.kept = undefined;
    if (session) session.log.keepAfter = Number.POSITIVE_INFINITY;
    if (this.beside.entries) this.beside.entries.keepAfter = Number.POSITIVE_INFINITY;
    for (const link of [...cursors.keys()]) if (this.archives(link.leg)) link.close('withdrawn');
    this.takeBack();
    this.names();
  }

  private takeBack(): void {
    const { consent } = this;
    if (consent) this.signal.send({ type: 'consent', consent: { ...consent, record: false } });
  }

  /** The customer's own stop: at once, whether or not anybody can be told. */
  stop(): void {
    if (this.over) return;
    const told = this.signal.send({ type: 'end', reason: 'customer' satisfies EndReason });
    if (!told) this.tellLater();
    this.end('customer', 'stop', told);
  }

  /** The socket is down: the server is told when it comes back, and of nothing else. */
  private tellLater(): void {
    const { signal } = this;
    if (signal.state === 'closed') return;
    const give = setTimeout(() => signal.close(), TELL_LATER);
    signal.on('welcome', () => {
      clearTimeout(give);
      signal.send({ type: 'end', reason: 'customer' });
      signal.close();
    });
  }

  // The end.

  private end(reason: string, word?: 'stop', hangUp = true): void {
    if (this.over) return;
    this.state = 'ended';
    this.options.tab.clear();
    this.quit(word, hangUp);
    this.options.events.state('ended', reason);
  }

  /** Leaves the session to the next document of this tab; the page may come back from the browser's cache. */
  detach(): void {
    this.state = 'ended'; // without a word: the bar shows the next one's
    this.quit(undefined, true, 'navigate');
  }

  /** First nothing is captured or sent any more, then it is said. What a step meets in a broken page does not keep us from the next. */
  private quit(word?: 'stop' | 'fault', hangUp = true, code = 'ended'): void {
    const { capture, links, signal, session } = this;
    this.capture = undefined;
    this.links = undefined;
    attempt(() => {
      for (const undo of this.undos.splice(0)) attempt(undo);
    });
    attempt(() => this.beside.stop());
    attempt(() => capture?.stop());
    attempt(() => session?.pointer.stop());
    attempt(() => this.press.dismiss());
    if (word) attempt(() => this.tell({ type: 'leaving', reason: word }));
    attempt(() => {
      for (const cursor of this.cursors.values()) cursor.stop();
      this.cursors.clear();
    });
    attempt(() => this.asked?.close());
    const leave = () => {
      attempt(() => links?.close(code));
      if (hangUp) attempt(() => signal.close());
    };
    let later: unknown;
    if (word)
      attempt(() => {
        later = setTimeout(leave, LAST_WORD);
      });
    if (!later) leave();
  }

  private listen(target: EventTarget, name: string, handle: () => void): void {
    this.undos.push(listen(target, name, () => this.guard(handle)));
  }

  private guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.fault(error);
    }
  }

  /** After a fault the document is taken anew, because half a group may have been written; the third fault ends us. */
  fault(_error: unknown, weight = 1): void {
    if (this.over) return;
    this.faults += weight;
    if (this.faults >= MAX_FAULTS) {
      this.state = 'fault';
      attempt(() => this.options.tab.clear());
      this.quit('fault');
      attempt(() => this.options.events.state('fault'));
    } else if (this.capture) attempt(() => queueMicrotask(() => this.guard(() => this.again())));
  }

  private again(): void {
    if (!this.capture) return;
    this.session?.log.discard();
    this.picture();
  }
}

function keyOf(text: string | undefined): Bytes | undefined {
  const key = fromBase64url(text);
  return key?.length === 32 ? key : undefined;
}

function attempt(run: () => void): void {
  try {
    run();
  } catch {
    // On the way out there is nobody to tell.
  }
}
