// The capture: one snapshot, then every change, as calls on Ops. It writes nothing into the page, throws nothing into it, and puts
// back what it patched.
//
// Groups: the first change after a pause goes out in the observer's own microtask; in a flood once a frame. In a group the changes of the
// tree come first, so that whatever else is told names nodes that exist. A group takes its time slice and no more: a large document, or
// a storm of changes, is as many groups as it needs, with the page's own tasks in between. After an error of ours everything is sent anew.

import type { Ops } from '@ridealong/wire';
import {
  contentOf,
  DOCUMENT,
  defaultView,
  firstChild,
  isHtml,
  listenAgain,
  localName,
  native,
  nextSibling,
  nodeType,
  noteRoot,
  parentNode,
  shadowRootOf,
  titleOf,
  visibilityState,
} from '../dom.ts';
import type { Privacy } from '../privacy/policy.ts';
import type { Settings } from '../privacy/tighten.ts';
import { reduceUrl } from '../privacy/url.ts';
import { chosenPicture } from './attributes.ts';
import { Budget } from './budget.ts';
import { type AssetSource, beganAnew, type Context, Ids, known, rulesOf } from './context.ts';
import { environment } from './environment.ts';
import { Events } from './events.ts';
import { Fields } from './fields.ts';
import { Fonts } from './fonts.ts';
import type { Guests } from './guests.ts';
import { Mutations } from './mutations.ts';
import { Names } from './names.ts';
import { Patches } from './patch.ts';
import type { Pictures } from './pictures.ts';
import { Scripted } from './scripted.ts';
import { Scrolls } from './scrolls.ts';
import { Sheets } from './sheets.ts';
import { States } from './states.ts';
import { After, compatOf, sizeOf } from './write.ts';

export interface CaptureOptions {
  window: Window & typeof globalThis;
  ops: Ops;
  /** After each group: the ops so far are one frame. `partial` while a part of the document is still missing. False when there were none. */
  flush: (partial: boolean) => unknown;
  privacy: Privacy;
  assets: AssetSource;
  /** Shared by the captures of one document, so that no id is used twice. */
  ids?: Ids;
  /** Whether the receiving side has this id. */
  alive: (id: number) => boolean;
  /** The value that the receiving side has of an attribute; null for none, undefined where that is not remembered. */
  told: (id: number, name: string) => string | null | undefined;
  ignore: (node: Node) => boolean;
  onError: (error: unknown) => void;
  /** Whether more of a large document can be taken now; else it is asked again after a while. */
  room?: () => boolean;
  /** Whether somebody watches now: pictures of canvases are made for nobody else. */
  watched?: () => boolean;
  /** Origins of frames that are asked for what they show, and what the site says may be seen. */
  guests?: { origins: readonly string[]; settings: Settings };
  /** Every pointer movement, in CSS px of the viewport. */
  onPointer: (x: number, y: number) => void;
  /** A group's slice of the time, ms; compressing it and sending it come on top. */
  slice?: number;
}

/** Between two groups that go out at once, ms: what comes with every frame does, what comes faster waits for the next frame. */
const PAUSE = 12;
const SLICE = 10;
/** Between two questions for room, ms. */
const ROOM_EVERY = 30;
/** Changes that are few enough for the observer's own task. */
const SMALL = 400;
/** What nobody told of is compared so seldom that it takes at most one part in this many of the time, and in a flood not more often than so, ms. */
const SHARE = 20;
const CHECK_EVERY = 20;
/** A page that gets no frames gets its groups after this time, ms. */
const FRAMELESS = 100;

export class Capture {
  private readonly c: Context;
  private readonly patches: Patches;
  private readonly sheets: Sheets;
  private readonly fields: Fields;
  private readonly states: States;
  private readonly scrolls: Scrolls;
  private readonly events: Events;
  private readonly names: Names;
  private readonly animations: Scripted;
  private readonly fonts: Fonts;
  /** Of canvases, videos and audios: loaded when there is one. */
  private pictures: Pictures | undefined;
  private readonly unseen: Element[] = [];
  /** Loaded when there is a frame to be asked. */
  private guests: Promise<Guests> | undefined;
  private readonly mutations: Mutations;
  private readonly observer: MutationObserver;
  private readonly sizes: ResizeObserver;
  private readonly watched = new WeakSet<Node>();
  private readonly windows = new WeakSet<object>();
  private lastGroup = 0;
  private nextCheck = 0;
  private checkCost = 0;
  private hinted = false;
  private scheduled = false;
  /** Timers that are set. */
  private frameless = false;
  private checking = false;
  /** Something was written since what nobody tells of was compared. */
  private unchecked = false;
  private called = false;
  private slicing = false;
  private readonly turn = new MessageChannel();
  /** Looked up once: to ask a window for what it does not have is slow. */
  private readonly frame: (run: () => void) => unknown;
  private readonly timer: (run: () => void, ms: number) => unknown;
  private running = true;
  private broken = false;
  private url = '';
  private title = '';

  constructor(private readonly options: CaptureOptions) {
    const { window, ids = new Ids(), onError } = options;
    const guard = <A extends unknown[]>(f: (...args: A) => void) => this.guarded(f);
    const soon = () => this.soon();
    const named = (text: string) => this.names.rule(text);
    this.c = {
      ...options,
      ids,
      named,
      blocked: new WeakMap(),
      foreign: new WeakMap(),
      rules: new WeakMap(),
      within: new WeakMap(),
    };
    if (ids.of(window.document) === undefined) ids.give(window.document); // DOCUMENT_ID
    this.patches = new Patches(onError);
    this.names = new Names(this.c, soon);
    this.animations = new Scripted(this.c, this.patches, soon);
    this.fonts = new Fonts(this.c);
    this.sheets = new Sheets(this.c, soon);
    this.fields = new Fields(this.c);
    this.states = new States(this.c);
    this.scrolls = new Scrolls(this.c);
    this.mutations = new Mutations(this.c, this.watched);
    this.frame = native(window, 'requestAnimationFrame').bind(window);
    this.timer = native(window, 'setTimeout').bind(window);
    const Observer = native(window, 'MutationObserver');
    this.observer = new Observer(guard((records) => this.observed(records)));
    this.sizes = new window.ResizeObserver(guard((entries) => this.resized(entries)));
    this.turn.port1.onmessage = guard(() => {
      this.slicing = false;
      this.group(this.observer.takeRecords());
    });
    this.events = new Events(this.c, {
      guard,
      soon,
      typed: (field) => this.typed(field),
      change: (write) => this.change(write),
      frame: (ms = 0) => (ms > 0 ? this.after(ms, () => this.schedule()) : this.schedule()),
      loaded: (element) => this.loaded(element),
      parsed: () => this.parsed(window.document),
      scrolls: this.scrolls,
      states: this.states,
      onPointer: options.onPointer,
    });
  }

  /** RESET and the whole document, in as many groups as it takes. */
  snapshot(): void {
    const { window, ops } = this.options;
    const { document } = window;
    this.broken = false;
    this.observer.takeRecords();
    this.mutations.begin();
    this.sheets.forget();
    this.scrolls.forget();
    this.animations.forget();
    this.fonts.forget();
    ops.reset(compatOf(document));
    this.url = '';
    this.title = '';
    this.hinted = true;
    this.events.snapshot();
    ops.environment(environment(window, this.c.privacy.mode === 'standard'));
    const after = new After();
    after.roots.push(document);
    after.scrolled.push(document);
    this.follow(after);
    this.group([]);
  }

  /** Writes what has happened until now, or as much of it as there is time for. */
  flushNow(): void {
    this.hinted = true;
    this.events.all();
    this.group(this.observer.takeRecords());
  }

  /** Whether a part of what was seen was not written yet. */
  get partial(): boolean {
    return this.mutations.size > 0 || this.sheets.partial;
  }

  /** Stops, and puts back what was patched. */
  stop(): void {
    this.running = false;
    this.patches.undo();
    this.events.stop();
    this.observer.disconnect();
    this.sizes.disconnect();
    this.turn.port1.close();
    this.pictures?.stop();
    void this.guests?.then((guests) => guests.stop());
  }

  /** A function of ours as the page may call it. */
  private guarded<A extends unknown[]>(f: (...args: A) => void): (...args: A) => void {
    return (...args) => {
      if (!this.running) return;
      try {
        f(...args);
      } catch (error) {
        this.failed(error);
      }
    };
  }

  private failed(error: unknown): void {
    this.mutations.abandon();
    this.broken = true;
    this.options.onError(error);
    if (this.running) this.schedule();
  }

  private observed(records: MutationRecord[]): void {
    this.mutations.add(records);
    if (this.slicing) return;
    if (this.quiet() && this.mutations.size <= SMALL) this.group([]);
    else this.schedule();
  }

  private quiet(): boolean {
    return !this.broken && performance.now() - this.lastGroup >= PAUSE;
  }

  /** A group as soon as the page's own code has come to its end, or in the next frame; there is something to compare. */
  private soon(): void {
    this.hinted = true;
    this.call();
  }

  /** Something was typed into a field, or a script set it: when it has to do with no others, it alone is compared. */
  private typed(field: Element): void {
    if (this.fields.touch(field)) this.call();
    else this.soon();
  }

  private call(): void {
    if (this.called || this.scheduled || !this.running) return;
    if (!this.quiet()) return this.schedule();
    this.called = true;
    void this.afterwards();
  }

  /** Not by a promise of the page's: frameworks put their own in its place. */
  private async afterwards(): Promise<void> {
    await null;
    this.calledGroup();
  }

  private readonly calledGroup = this.guarded(() => {
    this.called = false;
    this.group(this.observer.takeRecords());
  });

  /** A group in the next frame; in a hidden page, where frames do not come, soon. */
  private schedule(): void {
    if (this.scheduled || !this.running) return;
    if (visibilityState(this.options.window.document) === 'visible') this.frame(this.scheduledGroup);
    this.scheduled = true; // after: a page's own timers may call at once
    if (this.frameless) return;
    this.frameless = true;
    this.after(FRAMELESS, () => {
      this.frameless = false;
      this.scheduledGroup();
    });
  }

  private readonly scheduledGroup = this.guarded(() => {
    if (!this.scheduled) return;
    this.scheduled = false;
    if (this.broken) this.snapshot();
    else this.group(this.observer.takeRecords(), true);
  });

  private after(ms: number, run: () => void): void {
    let later = false;
    const ours = this.guarded(() => {
      if (later) run();
    });
    this.timer(ours, ms);
    later = true;
  }

  /** Ops of an event, after the changes before it; they go out at once. */
  private change(write: () => void): void {
    this.tree(this.observer.takeRecords(), this.slice());
    write();
    this.end();
  }

  /** `framed`: the page's own layout comes next. */
  private group(records: MutationRecord[], framed = false): void {
    if (this.broken) return this.schedule();
    const budget = this.slice();
    this.tree(records, budget);
    this.sheets.write(budget);
    this.scrolls.write();
    this.fields.write();
    this.check();
    this.events.write(framed);
    this.end();
  }

  /** What is compared instead of heard of. */
  private check(): void {
    const start = performance.now();
    if (!this.hinted && start < this.nextCheck) {
      this.unchecked = true;
      return this.checkLater(this.nextCheck - start);
    }
    this.hinted = false;
    this.unchecked = false;
    this.sheets.check();
    this.fields.check();
    this.states.check();
    this.names.check();
    this.animations.check();
    this.fonts.check();
    this.page();
    const end = performance.now();
    // One that was interrupted says little: what it costs grows by doubling.
    this.checkCost = Math.min(end - start, this.checkCost * 2 + 0.1);
    this.nextCheck = end + Math.max(CHECK_EVERY, this.checkCost * SHARE);
  }

  private checkLater(ms: number): void {
    if (this.checking) return;
    this.checking = true;
    this.after(ms, () => {
      this.checking = false;
      if (this.unchecked) this.group(this.observer.takeRecords());
    });
  }

  private tree(records: MutationRecord[], budget: Budget): void {
    this.mutations.add(records);
    const { partial } = this;
    const after = this.mutations.write(budget);
    if (!after) return;
    this.follow(after);
    if (partial && !this.partial) this.events.settled();
  }

  private slice(): Budget {
    return new Budget(this.options.slice ?? SLICE);
  }

  private end(): void {
    const now = performance.now();
    // A look at what nobody tells of, which found nothing, is no group that the next one would come too soon after.
    if (this.options.flush(this.partial) !== false) this.lastGroup = now;
    if (!this.partial || this.slicing) return;
    this.slicing = true;
    this.next();
  }

  /** The next slice, after whatever else the page has to do. */
  private next(): void {
    if (!this.running) return;
    if (this.options.room?.() !== false) return this.turn.port2.postMessage(0);
    this.after(ROOM_EVERY, () => this.next());
  }

  /** What new nodes need besides themselves. */
  private follow(after: After): void {
    for (const root of after.roots) this.watch(root);
    for (const element of after.sheets) this.sheets.element(element);
    for (const root of after.roots) this.sheets.root(root);
    for (const element of after.fields) this.fields.add(element);
    for (const element of after.states) this.states.add(element);
    for (const element of after.custom) this.names.add(element);
    for (const element of after.media) this.picture(element);
    for (const element of after.frames) this.guest(element);
    if (after.states.length + after.custom.length + after.changed.length > 0) this.hinted = true;
    for (const element of after.touched) if (!this.fields.touch(element)) this.hinted = true;
    for (const element of after.changed) {
      this.fields.again(element);
      this.states.touch(element);
    }
    for (const element of after.blocked) this.sizes.observe(element);
    for (const target of after.scrolled) this.scrolls.touch(target);
    if (after.moved) this.scrolls.moved();
  }

  private picture(element: Element): void {
    if (this.pictures) return this.pictures.add(element);
    if (this.unseen.push(element) > 1) return;
    const begin = this.guarded(({ pictures }: typeof import('./pictures.ts')) => {
      const { watched = () => true } = this.options;
      const guard = <A extends unknown[]>(f: (...args: A) => void) => this.guarded(f);
      this.pictures = pictures(this.c, {
        guard,
        change: (write) => this.change(write),
        watched,
        patches: this.patches,
      });
      for (const element of this.unseen) this.pictures.add(element);
    });
    // Without it they are empty.
    import('./pictures.ts').then(begin, () => undefined);
  }

  /** The page in a frame of another origin, where both sites want that it is seen. */
  private guest(frame: Element): void {
    const { guests, onPointer } = this.options;
    if (!guests?.origins.length) return;
    this.guests ??= import('./guests.ts').then((part) =>
      part.guests(this.c, {
        ...guests,
        guard: (f) => this.guarded(f),
        change: (write) => this.change(write),
        point: onPointer,
      }),
    );
    this.guests.then(
      this.guarded((guests: Guests) => guests.ask(frame)),
      () => undefined,
    );
  }

  private watch(root: Document | ShadowRoot): void {
    if (this.watched.has(root)) return;
    this.observer.observe(root, { subtree: true, childList: true, attributes: true, characterData: true });
    this.watched.add(root); // after: where that throws it is tried again
    this.events.root(root);
    this.animations.root(root);
    const window = nodeType(root) === DOCUMENT ? defaultView(root) : null;
    if (!window || this.windows.has(window)) return;
    this.windows.add(window);
    this.sheets.patch(window, this.patches);
    this.fields.patch(window, this.patches, (field) => this.typed(field));
    this.names.patch(window, this.patches);
    this.animations.patch(window);
    this.fonts.patch(window, this.patches, () => this.soon());
    this.patchNodes(window);
  }

  private patchNodes(window: Window & typeof globalThis): void {
    const { patches } = this;
    patches.after(window.Element, 'value', ['attachShadow'], (host, _, root) => {
      noteRoot(host, root as ShadowRoot);
      // The root is filled after this call; it is written with what is in it then.
      if (known(this.c, host) !== undefined && shadowRootOf(host)) this.again(host);
    });
    patches.after(window.Document, 'value', ['open', 'write', 'writeln'], () => {
      listenAgain();
      this.soon();
    });
    for (const [owner, ...names] of [
      [window.HTMLDialogElement, 'show', 'showModal', 'close'],
      [window.HTMLElement, 'showPopover', 'hidePopover', 'togglePopover'],
      [window.History, 'pushState', 'replaceState'],
    ] as const)
      patches.after<object>(owner, 'value', names, (on) => {
        this.states.opened(on as Element);
        this.soon();
      });
  }

  /** An element is sent anew. */
  private again(element: Element): void {
    this.mutations.resend(element);
    this.soon();
  }

  /** A load event: a sheet is there, a picture was chosen, a frame shows another document. */
  private loaded(element: Element): void {
    const id = known(this.c, element);
    const tag = localName(element);
    if (id === undefined || !isHtml(element)) return;
    if (tag === 'link' || tag === 'style') {
      this.sheets.element(element);
      this.soon();
    } else if (tag === 'img') {
      const source = chosenPicture(this.c, element, rulesOf(this.c, element));
      if (source !== null) this.change(() => this.c.ops.attributes(id, ['src', source]));
    } else if (tag === 'iframe') {
      const inner = contentOf(element);
      if (beganAnew(this.c, element)) this.again(element);
      else if (inner) this.parsed(inner);
      else this.guest(element);
    }
  }

  /** Shadow roots that came by markup while their hosts were there already: nothing else tells of them. */
  private parsed(document: Document): void {
    for (let at: Node | null = firstChild(document); at; at = following(at, document)) {
      const root = nodeType(at) === 1 ? shadowRootOf(at as Element) : null;
      if (root && known(this.c, root) === undefined && known(this.c, at) !== undefined) this.again(at as Element);
    }
  }

  /** Placeholders have the size of what they stand for. */
  private resized(entries: ResizeObserverEntry[]): void {
    for (const { target } of entries) {
      const placeholder = this.c.blocked.get(target);
      if (!placeholder || known(this.c, target) !== placeholder.id) {
        this.sizes.unobserve(target);
        continue;
      }
      const { width, height } = sizeOf(target);
      if (width !== placeholder.width || height !== placeholder.height) this.again(target);
    }
  }

  private page(): void {
    const { document, location } = this.options.window;
    const title = titleOf(document);
    if (location.href === this.url && title === this.title) return;
    this.url = location.href;
    this.title = title;
    const { privacy, ops } = this.c;
    ops.page(
      reduceUrl(this.url, this.url, privacy.mode === 'standard'),
      privacy.text(title.slice(0, 500), privacy.root),
    );
  }
}

/** The next node in document order. */
function following(node: Node, root: Node): Node | null {
  const child = firstChild(node);
  if (child) return child;
  for (let at: Node | null = node; at && at !== root; at = parentNode(at)) {
    const next = nextSibling(at);
    if (next) return next;
  }
  return null;
}

export type { AssetSource };
