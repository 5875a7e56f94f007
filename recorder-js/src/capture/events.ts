// What happens besides changes of the tree: scrolling, the viewport, the pointer, clicks, focus, loads.

import { DOCUMENT_ID } from '@ridealong/wire';
import { scrollLeft, scrollTop } from '../dom.ts';
import { type Context, known } from './context.ts';
import type { Fields } from './fields.ts';

export interface EventHost {
  guard: <A extends unknown[]>(f: (...args: A) => void) => (...args: A) => void;
  /** Runs ops after what happened before them. */
  change: (write: () => void) => void;
  /** Asks for a call of `frame`. */
  frame: () => void;
  fields: Fields;
  loaded: (element: Element) => void;
  state: (element: Element) => void;
  page: () => void;
  onPointer: (x: number, y: number) => void;
}

/** The kept pointer path has a sample each so many ms. */
const PATH_STEP = 50;
/** … and goes out after so many samples or this time. */
const PATH_LENGTH = 20;
const PATH_TIME = 1000;

export class Events {
  private readonly undos: (() => void)[] = [];
  private readonly scrolled = new Set<Element | Document>();
  private resized = false;
  private focused = 0;
  private path: { x: number; y: number; at: number }[] = [];

  constructor(
    private readonly c: Context,
    private readonly host: EventHost,
  ) {
    const { window } = c;
    this.listen(window, 'resize', () => this.resize());
    if (window.visualViewport) this.listen(window.visualViewport, 'resize', () => this.resize());
    for (const name of ['popstate', 'hashchange']) this.listen(window, name, () => host.page());
  }

  /** Listens in a document or a shadow root. */
  root(root: Document | ShadowRoot): void {
    if (root.nodeType === 9) {
      this.listen(root, 'scroll', (event) => this.scroll(event.target));
      this.listen(root, 'pointermove', (event) => this.move(event as PointerEvent));
      this.listen(root, 'click', (event) => this.click(event as MouseEvent));
      for (const name of ['focusin', 'focusout']) this.listen(root, name, () => this.focus());
      this.listen(
        root,
        'fullscreenchange',
        (event) => event.target instanceof Element && this.host.state(event.target),
      );
    } else this.listen(root, 'scroll', (event) => this.scroll(event.target));
    // `input` crosses shadow roots and is heard at the document.
    if (root.nodeType === 9) this.listen(root, 'input', (event) => this.field(event));
    this.listen(root, 'change', (event) => this.field(event));
    this.listen(root, 'reset', (event) => this.reset(event.target));
    this.listen(root, 'load', (event) => this.load(event.target));
    for (const name of ['toggle', 'close']) this.listen(root, name, (event) => this.toggle(event.target));
  }

  private listen(target: EventTarget, name: string, handle: (event: Event) => void): void {
    const guarded = this.host.guard(handle);
    const options = { capture: true, passive: true };
    target.addEventListener(name, guarded, options);
    this.undos.push(() => target.removeEventListener(name, guarded, options));
  }

  stop(): void {
    for (const undo of this.undos.splice(0)) undo();
  }

  /** Once a frame, when something asked for it. */
  frame(): void {
    if (this.scrolled.size === 0 && !this.resized && this.path.length === 0) return;
    this.host.change(() => {
      if (this.resized) this.viewport();
      for (const target of this.scrolled) this.writeScroll(target);
      this.scrolled.clear();
      const first = this.path[0];
      if (first && (this.path.length >= PATH_LENGTH || performance.now() - first.at > PATH_TIME)) this.writePath();
    });
  }

  private resize(): void {
    this.resized = true;
    this.host.frame();
  }

  private viewport(): void {
    this.resized = false;
    const { window } = this.c;
    const scale = window.visualViewport?.scale ?? 1;
    this.c.ops.viewport(
      window.innerWidth,
      window.innerHeight,
      Math.round(window.devicePixelRatio * 1000),
      Math.round(scale * 1000),
    );
  }

  private scroll(target: EventTarget | null): void {
    if (!target) return;
    this.scrolled.add(target as Element | Document);
    this.host.frame();
  }

  private writeScroll(target: Element | Document): void {
    const document = target.nodeType === 9 ? (target as Document) : undefined;
    const id = target === this.c.window.document ? DOCUMENT_ID : known(this.c, target);
    if (id === undefined) return;
    const view = document?.defaultView;
    const x = view ? view.scrollX : scrollLeft(target as Element);
    const y = view ? view.scrollY : scrollTop(target as Element);
    this.c.ops.scroll(id, Math.round(x), Math.round(y));
  }

  private move(event: PointerEvent): void {
    const at = performance.now();
    const x = Math.round(event.clientX);
    const y = Math.round(event.clientY);
    this.host.onPointer(x, y);
    const last = this.path[this.path.length - 1];
    if (last && at - last.at < PATH_STEP) return;
    this.path.push({ x, y, at });
    if (this.path.length >= PATH_LENGTH) this.host.frame();
  }

  private writePath(): void {
    const now = performance.now();
    this.c.ops.path(this.path.flatMap((p) => [p.x, p.y, Math.round(now - p.at)]));
    this.path = [];
  }

  private click(event: MouseEvent): void {
    const target = deepTarget(event);
    const id = target ? known(this.c, target) : undefined;
    if (id === undefined || (target && this.c.ignore(target))) return;
    this.host.change(() => {
      if (this.path.length > 0) this.writePath();
      this.c.ops.click(id, Math.round(event.clientX), Math.round(event.clientY), Math.max(0, event.button));
    });
  }

  /** Tells where the focus is. */
  focus(): void {
    let active: Element | null = this.c.window.document.activeElement;
    while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
    const id = active && active !== this.c.window.document.body ? (known(this.c, active) ?? 0) : 0;
    if (id === this.focused) return;
    this.focused = id;
    this.host.change(() => this.c.ops.focus(id));
  }

  private field(event: Event): void {
    const target = deepTarget(event);
    if (target) this.host.fields.changed(target);
  }

  private reset(form: EventTarget | null): void {
    if (!form || !('elements' in form)) return;
    // The fields have their defaults when the event is over.
    this.c.window.setTimeout(
      this.host.guard(() => {
        for (const field of HTMLFormElement.prototype.querySelectorAll.call(
          form as HTMLFormElement,
          'input, textarea, select',
        )) {
          this.host.fields.changed(field);
        }
      }),
    );
  }

  private load(target: EventTarget | null): void {
    if (target && 'nodeType' in target && target.nodeType === 1) this.host.loaded(target as Element);
  }

  private toggle(target: EventTarget | null): void {
    if (target && 'nodeType' in target && target.nodeType === 1) this.host.state(target as Element);
  }
}

function deepTarget(event: Event): Element | undefined {
  const target = event.composedPath()[0];
  return target && 'nodeType' in target && target.nodeType === 1 ? (target as Element) : undefined;
}
