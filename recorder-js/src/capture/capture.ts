// The capture: one snapshot, then every change, as calls on Ops. It writes nothing into the page, throws nothing into it, and puts
// back what it patched.
//
// Groups: the first change after a pause goes out in the observer's own microtask; in a flood once a frame. Ops of events
// (fields, scrolling, clicks) come after the changes of the tree that happened before them, so that they name nodes that exist.

import { DOCUMENT_ID, type Ops } from '@ridealong/wire';
import { attribute, has, localName, ownerDocument, scrollLeft, scrollTop } from '../dom.ts';
import type { Privacy } from '../privacy/policy.ts';
import { reduceUrl } from '../privacy/url.ts';
import { assetOf } from './attributes.ts';
import { type AssetSource, type Context, Ids, known } from './context.ts';
import { environment } from './environment.ts';
import { Events } from './events.ts';
import { Fields } from './fields.ts';
import { Mutations } from './mutations.ts';
import { Patches } from './patch.ts';
import { Sheets } from './sheets.ts';
import { type After, compatOf, contentOf, NodeWriter, stateOf } from './write.ts';

export interface CaptureOptions {
  window: Window & typeof globalThis;
  ops: Ops;
  /** After each group: the ops so far are one frame. */
  flush: () => void;
  privacy: Privacy;
  assets: AssetSource;
  /** Whether the receiving side has this id. */
  alive: (id: number) => boolean;
  ignore: (node: Node) => boolean;
  onError: (error: unknown) => void;
  /** Every pointer movement, in CSS px of the viewport. */
  onPointer: (x: number, y: number) => void;
}

/** Between two groups that go out at once, ms. */
const PAUSE = 8;
/** Records that are few enough for the observer's own task. */
const SMALL = 400;

export class Capture {
  private readonly c: Context;
  private readonly patches: Patches;
  private readonly sheets: Sheets;
  private readonly fields: Fields;
  private readonly events: Events;
  private readonly mutations: Mutations;
  private readonly observer: MutationObserver;
  private readonly watched = new WeakSet<Node>();
  private readonly windows = new WeakSet<object>();
  private lastGroup = 0;
  private scheduled = false;
  private running = true;
  private url = '';
  private title = '';

  constructor(private readonly options: CaptureOptions) {
    const guard = <A extends unknown[]>(f: (...args: A) => void) => this.guarded(f);
    this.c = { ...options, ids: new Ids() };
    this.c.ids.give(options.window.document); // DOCUMENT_ID
    this.patches = new Patches(options.onError);
    this.sheets = new Sheets(this.c, (write) => this.change(write));
    this.fields = new Fields(this.c, (write) => this.change(write));
    this.mutations = new Mutations(this.c);
    this.observer = new options.window.MutationObserver(guard((records) => this.observed(records)));
    this.events = new Events(this.c, {
      guard,
      change: (write) => this.change(write),
      frame: () => this.schedule(),
      fields: this.fields,
      loaded: (element) => this.loaded(element),
      state: (element) => this.state(element),
      page: () => this.schedule(),
      onPointer: options.onPointer,
    });
  }

  /** RESET and the whole document, as one group. */
  snapshot(): void {
    const { window, ops } = this.options;
    const { document } = window;
    this.sheets.forget();
    ops.reset(compatOf(document));
    this.url = '';
    this.viewport();
    this.page();
    ops.environment(environment(window));
    const writer = new NodeWriter(this.c, true);
    writer.after.roots.push(document);
    ops.insert(DOCUMENT_ID, 0);
    writer.children(document, this.c.privacy.root, 1);
    ops.end();
    this.follow(writer.after);
    this.scrollOf(document, DOCUMENT_ID);
    this.events.focus();
    this.end();
  }

  /** Writes what has happened until now. */
  flushNow(): void {
    this.group(this.observer.takeRecords());
  }

  /** Stops, and puts back what was patched. */
  stop(): void {
    this.running = false;
    this.observer.disconnect();
    this.events.stop();
    this.patches.undo();
  }

  /** A function of ours as the page may call it. */
  private guarded<A extends unknown[]>(f: (...args: A) => void): (...args: A) => void {
    return (...args) => {
      if (!this.running) return;
      try {
        f(...args);
      } catch (error) {
        this.options.onError(error);
      }
    };
  }

  private observed(records: MutationRecord[]): void {
    this.mutations.add(records);
    const quiet = performance.now() - this.lastGroup >= PAUSE;
    if (quiet && this.mutations.size <= SMALL) this.group([]);
    else this.schedule();
  }

  /** A group in the next frame; in a hidden page, where frames do not come, soon. */
  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    const run = this.guarded(() => {
      if (!this.scheduled) return;
      this.scheduled = false;
      this.events.frame();
      this.sheets.check();
      this.group(this.observer.takeRecords());
    });
    const { window } = this.options;
    if (window.document.visibilityState === 'visible') window.requestAnimationFrame(run);
    window.setTimeout(run, 100);
  }

  /** Ops of an event, after the changes before it; they go out at once. */
  private change(write: () => void): void {
    this.tree(this.observer.takeRecords());
    write();
    this.end();
  }

  private group(records: MutationRecord[]): void {
    this.tree(records);
    this.page();
    this.end();
  }

  private tree(records: MutationRecord[]): void {
    this.mutations.add(records);
    const after = this.mutations.write();
    if (after) this.follow(after);
  }

  private end(): void {
    this.lastGroup = performance.now();
    this.options.flush();
  }

  /** What new nodes need besides themselves. */
  private follow(after: After): void {
    for (const root of after.roots) this.watch(root);
    for (const element of after.sheets) this.sheets.element(element);
    for (const root of after.roots) this.sheets.root(root);
    for (const [element, rules] of after.fields) this.fields.write(element, rules);
    for (const element of after.states) this.writeState(element);
    for (const element of after.scrolled) this.scrollOf(element, known(this.c, element));
    for (const frame of after.frames) this.scrollOf(contentOf(frame), known(this.c, contentOf(frame) ?? frame));
  }

  private watch(root: Document | ShadowRoot): void {
    if (this.watched.has(root)) return;
    this.watched.add(root);
    this.observer.observe(root, { subtree: true, childList: true, attributes: true, characterData: true });
    this.events.root(root);
    const window = (root.nodeType === 9 ? (root as Document).defaultView : undefined) as
      | (Window & typeof globalThis)
      | null
      | undefined;
    if (!window || this.windows.has(window)) return;
    this.windows.add(window);
    this.sheets.patch(window, this.patches);
    this.fields.patch(window, this.patches);
    this.patchNodes(window);
  }

  private patchNodes(window: Window & typeof globalThis): void {
    const capture = this;
    this.patches.after(window.Element.prototype, 'attachShadow', function (this: Element, _: unknown[], root: unknown) {
      // The root is filled after this call; it is written with what is in it then.
      if (known(capture.c, this) !== undefined && (root as ShadowRoot).mode === 'open') {
        capture.mutations.resend(this);
        capture.schedule();
      }
    });
    const shown = function (this: Element) {
      capture.state(this);
    };
    for (const name of ['show', 'showModal', 'close'])
      this.patches.after(window.HTMLDialogElement.prototype, name, shown);
    for (const name of ['showPopover', 'hidePopover', 'togglePopover']) {
      this.patches.after(window.HTMLElement.prototype, name, shown);
    }
    for (const name of ['pushState', 'replaceState']) {
      this.patches.after(window.History.prototype, name, () => capture.schedule());
    }
  }

  /** Something outside the tree made an element look different. */
  private state(element: Element): void {
    if (known(this.c, element) !== undefined) this.change(() => this.writeState(element));
  }

  private writeState(element: Element): void {
    const id = known(this.c, element);
    const bits = stateOf(element);
    if (id === undefined) return;
    const stateful = localName(element) === 'dialog' || has(element, 'popover') || bits !== 0;
    if (stateful || localName(element) === 'details') this.c.ops.state(id, bits);
  }

  /** A load event: a sheet is there, a picture was chosen, a frame shows another document. */
  private loaded(element: Element): void {
    const id = known(this.c, element);
    if (id === undefined) return;
    const tag = localName(element);
    if (tag === 'link' || tag === 'style') this.change(() => this.sheets.element(element));
    else if (tag === 'img' && attribute(element, 'srcset') !== null) {
      const source = assetOf(this.c, (element as HTMLImageElement).currentSrc, ownerDocument(element).baseURI);
      this.change(() => this.c.ops.attributes(id, ['src', source]));
    } else if (tag === 'iframe') {
      this.mutations.resend(element);
      this.schedule();
    }
  }

  private scrollOf(target: Element | Document | undefined, id: number | undefined): void {
    if (!target || id === undefined) return;
    const [x, y] =
      target.nodeType === 9
        ? [(target as Document).defaultView?.scrollX ?? 0, (target as Document).defaultView?.scrollY ?? 0]
        : [scrollLeft(target as Element), scrollTop(target as Element)];
    if (x !== 0 || y !== 0) this.c.ops.scroll(id, Math.round(x), Math.round(y));
  }

  private viewport(): void {
    const { window, ops } = this.options;
    const scale = window.visualViewport?.scale ?? 1;
    ops.viewport(
      window.innerWidth,
      window.innerHeight,
      Math.round(window.devicePixelRatio * 1000),
      Math.round(scale * 1000),
    );
  }

  private page(): void {
    const { document, location } = this.options.window;
    if (location.href === this.url && document.title === this.title) return;
    this.url = location.href;
    this.title = document.title;
    this.c.ops.page(reduceUrl(this.url, this.url), this.c.privacy.text(this.title.slice(0, 500), this.c.privacy.root));
  }
}

export type { AssetSource };
