// The stage as the app sees it: frames of ops go in, the customer's page stands in the host element.
//
// Guarantees: a new document (epoch) is built in a hidden frame while the last picture stands, and takes its place when it is whole.
// Ops are handed on in the order of the calls. A frame that hangs is removed and built again; what is on the stage never gets the
// focus or input. Every `trouble` of `hash` or `decode` wants a keyframe; the other reasons are for the person.

import { DEFAULT_SAMPLE, type Sample } from '../../stage/canonical.ts';
import type { Reason } from '../../stage/fault.ts';
import type { FromStage, ToStage } from '../../stage/messages.ts';
import { Blobs } from './blobs.ts';
import { StageFrame } from './frame.ts';
import { Overlay } from './overlay.ts';

/** The reason of a REFUSED frame: the page shows nothing there either. */
const MISSING = 4;

export interface StageOptions {
  /** Address of the stage's document; one of each mode where it has no server. */
  url: string | ((quirks: boolean) => string);
  /** The way of the pointer is drawn behind it. */
  trail?: boolean;
}

export interface OpsMeta {
  epoch: number;
  seq: number;
  time: number;
  keyframe: boolean;
  fresh: boolean;
}

/** `hash` and `decode`: ask for a keyframe. `too-large`: the page cannot be shown. `stuck`: the page made its frame hang. */
export type TroubleReason = 'hash' | 'decode' | 'too-large' | 'stuck';

export interface StageEvents {
  trouble: (reason: TroubleReason, detail: string) => void;
  viewport: (viewport: { width: number; height: number; ratio: number; scale: number }) => void;
  page: (page: { url: string; title: string }) => void;
  environment: (json: string) => void;
  /** What the site's own code says of its customer, and that happened; `age` is in ms, `n` counts in the epoch. */
  about: (json: string) => void;
  event: (event: { epoch: number; n: number; age: number; name: string; data: string }) => void;
  applied: (at: { epoch: number; seq: number }) => void;
  /** Contents to ask the customer for, by base64url hash. */
  wanted: (hashes: string[]) => void;
  click: (click: { x: number; y: number; button: number }) => void;
  /** The pointer's path as the log has it: x, y and ms before, each time. */
  path: (samples: number[]) => void;
}

/** A page that hangs this often within the time is not tried again. */
const MAX_STUCK = 3;
const STUCK_TIME = 60_000;
/** For how long a picture that may be wrong is shown without a word. */
const STALE_TIME = 2000;
/** A pointer path of the log counts when the pointer lane has been silent for so long. */
const POINTER_SILENCE = 1000;

export class StageView {
  readonly ready: Promise<void>;
  private readonly screen = document.createElement('div');
  private readonly overlay = new Overlay();
  private readonly veil = document.createElement('div');
  private readonly blobs = new Blobs();
  private readonly listeners: { [E in keyof StageEvents]?: StageEvents[E][] } = {};
  private readonly observer: ResizeObserver;
  /** The frame that is seen, and the one that is being built for the next document. */
  private shown: StageFrame;
  private next: StageFrame | null = null;
  private epoch = 0;
  private size = { width: 1280, height: 800 };
  private stuckAt: number[] = [];
  private givenUp = false;
  private blanked = false;
  private lastPointer = Number.NEGATIVE_INFINITY;
  private stale: ReturnType<typeof setTimeout> | undefined;
  private asking: string[] = [];
  private seen = false;
  private focused: Element | null = null;
  /** Clicks are not drawn: what is applied happened before what is to be seen. */
  quiet = false;

  constructor(
    private readonly host: HTMLElement,
    private readonly options: StageOptions,
  ) {
    Object.assign(this.screen.style, {
      position: 'absolute',
      left: '0',
      top: '0',
      transformOrigin: '0 0',
      overflow: 'hidden',
    });
    Object.assign(this.veil.style, {
      position: 'absolute',
      inset: '0',
      display: 'none',
      placeItems: 'center',
      padding: '24px',
      textAlign: 'center',
      background: '#f2f3f6',
      color: '#31374a',
      font: '500 16px/1.5 system-ui, sans-serif',
    });
    this.veil.setAttribute('role', 'status');
    if (getComputedStyle(host).position === 'static') host.style.position = 'relative';
    host.append(this.screen, this.veil);
    this.screen.append(this.overlay.element);
    this.shown = this.build(false);
    this.ready = this.shown.ready;
    this.observer = new ResizeObserver(() => this.fit());
    this.observer.observe(host);
    window.addEventListener('blur', this.keepFocus);
    document.addEventListener('focusin', this.noteFocus);
    this.fit();
  }

  on<E extends keyof StageEvents>(event: E, tell: StageEvents[E]): void {
    const known = (this.listeners[event] ?? []) as StageEvents[E][];
    (this.listeners as Record<E, StageEvents[E][]>)[event] = [...known, tell];
  }

  /** One frame's ops, inflated. The bytes are copied: the caller keeps its own. */
  ops(raw: Uint8Array, meta: OpsMeta): void {
    if (this.givenUp) return;
    const frame = this.frameFor(raw, meta);
    const bytes = raw.slice().buffer;
    frame.send(
      { type: 'ops', raw: bytes, epoch: meta.epoch, seq: meta.seq, keyframe: meta.keyframe, fresh: meta.fresh },
      [bytes],
    );
  }

  /** CSS px in the viewport. */
  pointer(x: number, y: number): void {
    this.lastPointer = performance.now();
    this.overlay.pointer(x, y);
  }

  asset(epoch: number, n: number, hash: string, size: number, mime: string): void {
    if (epoch < this.epoch) return;
    const { messages, missing } = this.blobs.asset(epoch, n, hash, size, mime);
    this.tellEpoch(epoch, messages);
    if (!missing) return;
    if (this.asking.push(hash) === 1) {
      queueMicrotask(() => this.emit('wanted', this.asking.splice(0)));
    }
  }

  blob(hash: string, bytes: Uint8Array): void {
    for (const message of this.blobs.blob(hash, bytes)) for (const frame of this.frames()) frame.send(message);
  }

  refused(epoch: number, n: number, reason = 0, width = 0, height = 0): void {
    if (epoch >= this.epoch) this.tellEpoch(epoch, this.blobs.refused(epoch, n, width, height, reason === MISSING));
  }

  /** The hashes of these whose content is not here. */
  wanted(hashes: readonly string[]): string[] {
    return this.blobs.wanted(hashes);
  }

  /** Contents that were asked for and have not come, for a new link. */
  outstanding(): string[] {
    return this.blobs.outstanding();
  }

  /** Covers the picture with a word: pause, lost contact. Goes away with null, or with the next document. */
  blank(text: string | null): void {
    this.blanked = text !== null;
    this.cover(text);
  }

  /** Nothing of the customer's is left here, neither on the stage nor in memory. */
  clear(): void {
    for (const frame of this.frames()) frame.remove();
    this.next = null;
    this.epoch = 0;
    this.givenUp = false;
    this.stuckAt = [];
    this.seen = false;
    clearTimeout(this.stale);
    this.blobs.clear();
    this.overlay.hide();
    this.shown = this.build(this.shown.quirks);
  }

  /** The canonical form of what is shown (viewer/stage/canonical.ts). */
  serialize(sample: Sample = DEFAULT_SAMPLE): Promise<string> {
    return this.shown.serialize(sample);
  }

  dispose(): void {
    this.observer.disconnect();
    window.removeEventListener('blur', this.keepFocus);
    document.removeEventListener('focusin', this.noteFocus);
    clearTimeout(this.stale);
    for (const frame of this.frames()) frame.remove();
    this.blobs.clear();
    this.overlay.hide();
    this.screen.remove();
    this.veil.remove();
  }

  private frames(): StageFrame[] {
    return this.next ? [this.shown, this.next] : [this.shown];
  }

  private emit<E extends keyof StageEvents>(event: E, ...args: Parameters<StageEvents[E]>): void {
    for (const tell of this.listeners[event] ?? []) (tell as (...args: Parameters<StageEvents[E]>) => void)(...args);
  }

  /** The frame that these ops are for: a new document, or one of the other mode, begins in a frame of its own. */
  private frameFor(raw: Uint8Array, { epoch, keyframe }: OpsMeta): StageFrame {
    const current = this.next ?? this.shown;
    // RESET is the first op of a whole document: 1, mode.
    const resets = raw.length > 1 && raw[0] === 1;
    const quirks = resets ? raw[1] === 1 : current.quirks;
    const begins = epoch > this.epoch && (resets || keyframe);
    if (!begins && quirks === current.quirks) return current;
    if (begins) {
      this.epoch = epoch;
      this.emit('about', '{}'); // said of another document
    }
    const unused = !this.seen && !this.next && current.quirks === quirks;
    const frame = unused ? current : this.replace(quirks);
    for (const message of this.blobs.all(this.epoch)) frame.send(message);
    return frame;
  }

  private replace(quirks: boolean): StageFrame {
    this.next?.remove();
    this.next = this.build(quirks);
    return this.next;
  }

  private build(quirks: boolean): StageFrame {
    const { url } = this.options;
    const frame = new StageFrame({
      url: (mode) => (typeof url === 'string' ? url + (mode ? '?compat=quirks' : '') : url(mode)),
      quirks,
      host: this.screen,
      heard: (from, message) => this.heard(from, message),
      stuck: (which, seconds) => this.onStuck(which, seconds),
    });
    this.screen.append(this.overlay.element); // stays above
    return frame;
  }

  private tellEpoch(epoch: number, messages: ToStage[]): void {
    if (epoch !== this.epoch) return; // told when that epoch begins
    for (const message of messages) (this.next ?? this.shown).send(message);
  }

  private heard(from: StageFrame, message: FromStage): void {
    const newest = from === (this.next ?? this.shown);
    if (!newest) return; // a document that is on its way out
    switch (message.type) {
      case 'applied':
        return this.onApplied(from, message);
      case 'trouble':
        return this.onTrouble(message.reason, message.detail);
      case 'viewport':
        return this.onViewport(message);
      case 'page':
        return this.emit('page', { url: message.url, title: message.title });
      case 'environment':
        return this.emit('environment', message.json);
      case 'about':
        return this.emit('about', message.json);
      case 'event': {
        const { n, age, name, data } = message;
        return this.emit('event', { epoch: this.epoch, n, age, name, data });
      }
      case 'click':
        if (this.quiet) this.overlay.pointer(message.x, message.y);
        else this.overlay.click(message.x, message.y);
        return this.emit('click', { x: message.x, y: message.y, button: message.button });
      case 'path':
        if (performance.now() - this.lastPointer > POINTER_SILENCE) this.point(message.samples);
        this.emit('path', message.samples);
    }
  }

  private onApplied(from: StageFrame, { epoch, seq }: FromStage & { type: 'applied' }): void {
    clearTimeout(this.stale);
    if (from === this.next) {
      this.shown.remove();
      this.shown = from;
      this.next = null;
    }
    this.seen = true;
    from.element.style.visibility = 'visible';
    if (!this.blanked) this.cover(null);
    this.keepFocus();
    this.emit('applied', { epoch, seq });
  }

  private onTrouble(reason: Reason, detail: string): void {
    clearTimeout(this.stale);
    if (reason === 'too-large') {
      this.cover('This page is too large to be shown.');
      this.emit('trouble', 'too-large', detail);
      return;
    }
    // Half a frame may stand there; the keyframe that mends it is one round trip away.
    this.stale = setTimeout(() => !this.blanked && this.cover('Waiting for a whole picture of the page…'), STALE_TIME);
    this.emit('trouble', reason === 'hash' ? 'hash' : 'decode', `${reason}: ${detail}`);
  }

  private onStuck(frame: StageFrame, seconds: number): void {
    const now = performance.now();
    this.stuckAt = [...this.stuckAt.filter((at) => now - at < STUCK_TIME), now];
    const { quirks } = frame;
    for (const one of this.frames()) one.remove();
    this.next = null;
    this.seen = false;
    this.shown = this.build(quirks);
    this.epoch = Math.max(0, this.epoch - 1); // the same epoch begins again with its keyframe
    this.givenUp = this.stuckAt.length >= MAX_STUCK;
    this.cover(this.givenUp ? 'This page is too heavy to be shown.' : 'The page did not answer. Building it again…');
    this.emit('trouble', 'stuck', `no answer in ${seconds} s`);
    if (!this.givenUp) this.emit('trouble', 'decode', 'stuck: the frame was built again');
  }

  private onViewport({ width, height, ratio, scale }: FromStage & { type: 'viewport' }): void {
    this.size = { width: within(width), height: within(height) };
    this.fit();
    this.emit('viewport', { ...this.size, ratio: ratio / 1000, scale: scale / 1000 });
  }

  /** The page keeps the customer's size; a host that is smaller shows it smaller. */
  private fit(): void {
    const { width, height } = this.size;
    const room = { width: this.host.clientWidth || width, height: this.host.clientHeight || height };
    const scale = Math.min(1, room.width / width, room.height / height);
    Object.assign(this.screen.style, {
      width: `${width}px`,
      height: `${height}px`,
      transform: scale === 1 ? '' : `scale(${scale})`,
    });
  }

  private point(samples: readonly number[]): void {
    const x = samples.at(-3);
    const y = samples.at(-2);
    if (x !== undefined && y !== undefined) this.overlay.pointer(x, y);
    if (this.options.trail && !this.quiet) this.overlay.trail(samples);
  }

  private cover(text: string | null): void {
    this.veil.style.display = text === null ? 'none' : 'grid';
    this.veil.textContent = text ?? '';
  }

  private readonly noteFocus = (event: FocusEvent): void => {
    if (event.target instanceof Element && !(event.target instanceof HTMLIFrameElement)) this.focused = event.target;
  };

  /** Nothing in the page may take the agent's keyboard; should a browser let it, it goes back. */
  private readonly keepFocus = (): void => {
    const { activeElement } = document;
    if (!this.frames().some((frame) => frame.element === activeElement)) return;
    (activeElement as HTMLElement).blur();
    if (this.focused instanceof HTMLElement) this.focused.focus({ preventScroll: true });
  };
}

const within = (n: number): number => Math.min(16_384, Math.max(1, Math.round(n)));
