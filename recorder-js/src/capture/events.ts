// What happens besides changes of the tree: scrolling, the viewport, the pointer, clicks, focus, loads. Listeners note what happened
// and ask for a group; only a click is written at once, for it stands at a place in the order of things.

import {
  above,
  activeElement,
  around,
  bodyOf,
  contentOf,
  DOCUMENT,
  ELEMENT,
  is,
  isElement,
  listen,
  localName,
  nodeType,
  ownerDocument,
  rect,
  shadowRootOf,
} from '../dom.ts';
import { type Context, known } from './context.ts';
import type { Scrolls } from './scrolls.ts';
import { selectionOf } from './selection.ts';
import type { States } from './states.ts';

export interface EventHost {
  guard: <A extends unknown[]>(f: (...args: A) => void) => (...args: A) => void;
  /** Writes ops after what happened before them, and sends them. */
  change: (write: () => void) => void;
  /** Asks for a group: at once after a pause, else in the next frame. */
  soon: () => void;
  /** Asks for a group: a field was typed into. */
  typed: (field: Element) => void;
  /** Asks for a group in the next frame, or in the first one after so many ms. */
  frame: (ms?: number) => void;
  loaded: (element: Element) => void;
  parsed: () => void;
  scrolls: Scrolls;
  states: States;
  onPointer: (x: number, y: number) => void;
}

/** The kept pointer path has a sample each so many ms. */
const PATH_STEP = 50;
/** … and goes out after so many samples or this time. */
const PATH_LENGTH = 20;
const PATH_TIME = 1000;
/** What is selected is asked for at most one part in this many of the time. */
const SHARE = 20;
/** Between two things that the pointer is over, ms. */
const HOVER_STEP = 100;

export class Events {
  private readonly undos: (() => void)[] = [];
  private resized = false;
  private focusMoved = false;
  private focused = 0;
  private selected = '0,0,0,0';
  private selecting = false;
  /** When what is selected may be asked for again: it may cost a layout. */
  private selectAt = 0;
  private selectAsked = false;
  /** What the pointer is over, as last told, and when. */
  private under: Node | null = null;
  private hovered = 0;
  private hoveredAt = 0;
  private path: { x: number; y: number; at: number }[] = [];

  constructor(
    private readonly c: Context,
    private readonly host: EventHost,
  ) {
    const { window } = c;
    for (const target of [window, window.visualViewport]) if (target) this.on(target, ['resize'], () => this.resize());
    this.on(window, ['popstate', 'hashchange', 'keyup'], () => host.soon());
    this.on(window.document, ['DOMContentLoaded'], () => host.parsed());
  }

  /** Listens in a document or a shadow root. */
  root(root: Document | ShadowRoot): void {
    const { host } = this;
    this.on(root, ['scroll'], (event) => {
      host.scrolls.touch(event.target as Element | Document);
      host.frame();
    });
    // Those that stay within a shadow root.
    this.on(root, ['change', 'toggle', 'close', 'cancel', 'reset', 'slotchange'], () => host.soon());
    this.on(root, ['load'], (event) => isElement(event.target) && host.loaded(event.target));
    if (nodeType(root) !== DOCUMENT) return;
    this.on(root, ['input'], (event) => {
      const [target] = event.composedPath();
      if (isElement(target)) host.typed(target);
    });
    this.on(root, ['pointermove', 'touchmove'], (event) => this.move(event));
    this.on(root, ['pointerover'], (event) => {
      const [target] = event.composedPath();
      this.over((event as PointerEvent).pointerType === 'touch' ? null : (target as Node));
    });
    this.on(root, ['pointerout'], (event) => (event as PointerEvent).relatedTarget || this.over(null));
    this.on(root, ['selectionchange'], (event) => {
      const [target] = event.composedPath();
      // A caret in a field that has not the focus stands nowhere: scripts move it with every value that they set.
      if (!isElement(target) || target === this.active()) this.reselect();
    });
    this.on(root, ['click'], (event) => this.click(event as MouseEvent));
    this.on(root, ['focusin', 'focusout'], () => {
      this.focusMoved = true;
      host.soon();
    });
    this.on(root, ['fullscreenchange'], (event) => {
      const [target] = event.composedPath();
      if (isElement(target)) host.states.touch(target);
      host.soon();
    });
  }

  private on(target: EventTarget, names: readonly string[], handle: (event: Event) => void): void {
    const guarded = this.host.guard(handle);
    for (const name of names) this.undos.push(listen(target, name, guarded));
  }

  stop(): void {
    for (const undo of this.undos.splice(0)) undo();
  }

  /** The part of the first group. */
  snapshot(): void {
    this.focused = 0;
    this.focusMoved = true;
    this.hovered = 0;
    this.selected = '0,0,0,0';
    this.all();
    this.path = [];
    this.viewport();
  }

  /** Everything is there: what has the focus may have been missing. */
  settled(): void {
    this.focusMoved = true;
  }

  /** The next group tells all that is known. */
  all(): void {
    this.selectAt = 0;
  }

  /** What is due, with every group; `framed` when the page's layout comes next. */
  write(framed: boolean): void {
    if (this.resized) this.viewport();
    if (this.focusMoved) this.focus();
    if (this.selecting && (framed || this.selectAt === 0)) this.selection();
    this.hover();
    const [first] = this.path;
    if (first && performance.now() - first.at >= PATH_TIME) this.writePath();
  }

  private reselect(): void {
    this.selecting = true;
    if (this.selectAsked) return;
    this.selectAsked = true;
    this.host.frame(this.selectAt - performance.now());
  }

  private resize(): void {
    this.resized = true;
    this.host.frame();
  }

  private viewport(): void {
    this.resized = false;
    const { window } = this.c;
    const scale = window.visualViewport?.scale ?? 1;
    const { innerWidth, innerHeight, devicePixelRatio } = window;
    this.c.ops.viewport(innerWidth, innerHeight, Math.round(devicePixelRatio * 1000), Math.round(scale * 1000));
  }

  private move(event: Event): void {
    const place = (event as TouchEvent).touches?.[0] ?? (event as PointerEvent);
    const [x, y] = this.inViewport(event, place.clientX, place.clientY);
    this.host.onPointer(x, y);
    const at = performance.now();
    const last = this.path[this.path.length - 1];
    if (last && at - last.at < PATH_STEP) return;
    this.path.push({ x, y, at });
    if (this.path.length >= PATH_LENGTH) this.host.frame();
    else if (!last) this.host.frame(PATH_TIME);
  }

  private over(node: Node | null): void {
    this.under = node;
    this.host.frame(this.hoveredAt + HOVER_STEP - performance.now());
  }

  private hover(): void {
    const now = performance.now();
    if (now - this.hoveredAt < HOVER_STEP) return;
    const id = this.idAt(this.under);
    if (id === this.hovered) return;
    this.hoveredAt = now;
    this.hovered = id;
    this.c.ops.hover(id);
  }

  /** Of the innermost element at a node that the receiving side has; 0 for none, and for what is ours. */
  private idAt(node: Node | null): number {
    for (let at = node; at; at = above(at)) {
      if (this.c.ignore(at)) return 0;
      const id = nodeType(at) === ELEMENT ? known(this.c, at) : undefined;
      if (id !== undefined) return id;
    }
    return 0;
  }

  private writePath(): void {
    const now = performance.now();
    this.c.ops.path(this.path.flatMap((p) => [p.x, p.y, Math.round(now - p.at)]));
    this.path = [];
  }

  /** CSS px of the outermost viewport, for a place in that of an event's frame. */
  private inViewport(event: Event, x: number, y: number): [number, number] {
    const target = event.target as Node | null;
    let document = target && (nodeType(target) === DOCUMENT ? target : ownerDocument(target));
    for (let frame = document && around(document); frame && document; frame = around(document)) {
      const box = rect(frame);
      x += box.left + frame.clientLeft;
      y += box.top + frame.clientTop;
      document = ownerDocument(frame);
    }
    return [Math.round(x), Math.round(y)];
  }

  private click(event: MouseEvent): void {
    this.host.soon(); // handlers change fields after us
    if (!event.isTrusted) return;
    const [target] = event.composedPath();
    const clicked = this.idAt((target as Node | undefined) ?? null);
    if (clicked === 0) return;
    let { clientX, clientY } = event;
    if (event.detail === 0 && isElement(target)) {
      // By the keyboard.
      const box = rect(target);
      clientX = box.left + box.width / 2;
      clientY = box.top + box.height / 2;
    }
    const [x, y] = this.inViewport(event, clientX, clientY);
    this.host.change(() => {
      if (this.path.length > 0) this.writePath();
      this.c.ops.click(clicked, x, y, Math.max(0, event.button));
    });
  }

  /** Tells where the focus is, through shadow roots and frames; what is selected there is told in a frame. */
  private focus(): void {
    this.focusMoved = false;
    const active = this.active();
    const id = active && active !== bodyOf(this.c.window.document) ? (known(this.c, active) ?? 0) : 0;
    if (id !== this.focused) this.c.ops.focus(id, active && id !== 0 && is(active, ':focus-visible') ? 1 : 0);
    this.focused = id;
    this.reselect();
  }

  private active(): Element | null {
    const { document } = this.c.window;
    let active = activeElement(document);
    for (let inner = active; inner; ) {
      active = inner;
      const root = shadowRootOf(inner) ?? (localName(inner) === 'iframe' ? contentOf(inner) : undefined);
      const next: Element | null = root ? activeElement(root) : null;
      inner = next && next !== bodyOf(ownerDocument(next)) ? next : null;
    }
    return active;
  }

  /** Asks where the page's layout comes next, and of one that is slow seldom: to be asked may cost a layout. */
  private selection(): void {
    this.selectAsked = false;
    const start = performance.now();
    if (start < this.selectAt) return this.reselect();
    this.selecting = false;
    const told = selectionOf(this.c, this.active());
    const end = performance.now();
    this.selectAt = end + (end - start) * SHARE;
    if (told.join() === this.selected) return;
    this.selected = told.join();
    this.c.ops.selection(...told);
  }
}
