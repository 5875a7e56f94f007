// Ridealong.preview(): shows a site's developer, in their own page, what an agent would see of it and by which rules. The recorder's own
// capture runs under the page's own rules; what it writes is read again into a frame beside. Without a session, and nothing is sent.
//
// A file of its own that no customer loads. All it adds to the page is one element with a closed shadow root.

import * as strict from '../capture/strict-css.ts';
import { Privacy } from '../privacy/policy.ts';
import { type Mode, type Settings, tighten } from '../privacy/tighten.ts';
import { Hear, settingsOfThePage } from './hear.ts';
import { type Outcome, type Reason, Reasons } from './reasons.ts';
import { style } from './style.ts';
import { View } from './view.ts';

/** What changes in a page is counted again after so long, ms. */
const AGAIN = 400;
const HEADS: Record<Outcome, string> = { blocked: 'Blocked', masked: 'Masked', shown: 'Shown' };
const OURS = [
  'click',
  'pointerdown',
  'pointerup',
  'mousedown',
  'mouseup',
  'keydown',
  'keyup',
  'keypress',
  'focusin',
  'wheel',
];

function make<K extends keyof HTMLElementTagNameMap>(tag: K, className = '', text = ''): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

function button(text: string, act: () => void, pressed?: boolean): HTMLButtonElement {
  const element = make('button', '', text);
  element.type = 'button';
  if (pressed !== undefined) element.setAttribute('aria-pressed', String(pressed));
  element.addEventListener('click', act);
  return element;
}

class Preview {
  private readonly host = document.createElement('ridealong-preview');
  private readonly root = this.host.attachShadow({ mode: 'closed' });
  private readonly all = make('div', 'all');
  private readonly place = make('div', 'place');
  private readonly marks = make('div', 'marks');
  private readonly aside = make('aside');
  private readonly modes = make('div', 'group');
  private readonly looks = make('div', 'group');
  private frame: HTMLIFrameElement | undefined;
  private view: View | undefined;
  private hear: Hear | undefined;
  private mode: Mode;
  private through = false;
  private marked = '';
  private reasons: Reason[] = [];
  private counting: ReturnType<typeof setTimeout> | undefined;
  private trouble = '';
  private readonly before = document.activeElement;
  private readonly undos: (() => void)[] = [];

  constructor(
    private readonly settings: Settings,
    private readonly closed: () => void,
  ) {
    this.mode = new Privacy(settings, strict).mode;
    this.build();
    void this.show();
  }

  private build(): void {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    this.root.adoptedStyleSheets = [sheet];
    const header = make('header');
    const title = make('h1', '', 'What an agent would see');
    title.id = 'title';
    this.modes.setAttribute('role', 'group');
    this.modes.setAttribute('aria-label', 'Mode');
    this.looks.setAttribute('role', 'group');
    this.looks.setAttribute('aria-label', 'Compare');
    const close = button('Close', () => this.close());
    close.classList.add('close');
    header.append(title, this.modes, this.looks, close);
    this.marks.setAttribute('aria-hidden', 'true');
    this.place.append(this.marks);
    this.all.setAttribute('role', 'dialog');
    this.all.setAttribute('aria-modal', 'true');
    this.all.setAttribute('aria-labelledby', 'title');
    this.all.append(header, this.place, this.aside);
    this.root.append(this.all);
    for (const name of OURS) this.root.addEventListener(name, (event) => event.stopPropagation());
    this.root.addEventListener('keydown', (event) => this.key(event as KeyboardEvent));
    this.listen(window, 'keydown', (event) => (event as KeyboardEvent).key === 'Escape' && this.close());
    this.listen(window, 'resize', () => this.fit());
    this.listen(document, 'scroll', () => this.mark());
    document.documentElement.append(this.host);
    if ('showPopover' in this.host) {
      this.host.popover = 'manual';
      this.host.showPopover();
    }
    this.bars();
    close.focus();
  }

  private listen(target: EventTarget, name: string, handle: (event: Event) => void): void {
    target.addEventListener(name, handle, true);
    this.undos.push(() => target.removeEventListener(name, handle, true));
  }

  private bars(): void {
    const fixed = new Privacy({ ...this.settings }, strict).mode === 'strict';
    const modes = (['standard', 'strict'] as const).map((mode) => {
      const one = button(mode === 'strict' ? 'Strict' : 'Standard', () => this.change(mode), mode === this.mode);
      one.disabled = fixed && mode === 'standard';
      if (one.disabled) one.title = 'Your page says that it is strict';
      return one;
    });
    this.modes.replaceChildren(...modes);
    this.looks.replaceChildren(
      button('Agent', () => this.look(false), !this.through),
      button('Page', () => this.look(true), this.through),
    );
    this.host.className = this.through ? 'through' : '';
    this.all.classList.toggle('through', this.through);
    this.place.classList.toggle('through', this.through);
    this.all.style.background = this.through ? 'none' : '';
  }

  private change(mode: Mode): void {
    this.mode = mode;
    this.marked = '';
    this.bars();
    this.focus(this.modes, mode === 'strict' ? 1 : 0);
    void this.show();
  }

  private look(through: boolean): void {
    this.through = through;
    this.bars();
    this.focus(this.looks, through ? 1 : 0);
    this.mark();
  }

  private focus(group: HTMLElement, n: number): void {
    (group.children[n] as HTMLElement | undefined)?.focus();
  }

  /** Everything anew, for this mode. */
  private async show(): Promise<void> {
    this.stop();
    const settings: Settings = { ...this.settings, mode: this.mode };
    const privacy = new Privacy(settings, strict);
    const frame = make('iframe');
    frame.title = 'The page as an agent would see it';
    frame.setAttribute('sandbox', 'allow-same-origin');
    frame.tabIndex = -1;
    try {
      frame.srcdoc = '<!doctype html>';
    } catch {
      // Trusted Types: then it is shown in quirks mode.
    }
    this.frame = frame;
    const loaded = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }));
    this.place.prepend(frame);
    await loaded;
    if (this.frame !== frame || !frame.contentDocument) return;
    const pictures = new Map<number, string>();
    const view = new View(frame.contentDocument, (n) => pictures.get(n) ?? '');
    this.view = view;
    this.trouble = '';
    this.hear = new Hear({
      privacy,
      sink: view,
      asset: (address, n) => pictures.set(n, address),
      flushed: () => {
        view.flush();
        this.fit();
        this.counting ??= setTimeout(() => this.count(settings, privacy), AGAIN);
      },
      onError: (error) => {
        this.trouble = String(error);
      },
      ignore: (node) => node === this.host,
    });
    this.hear.begin();
    this.count(settings, privacy);
  }

  private stop(): void {
    clearTimeout(this.counting);
    this.counting = undefined;
    this.hear?.stop();
    this.hear = undefined;
    this.view = undefined;
    this.frame?.remove();
  }

  private count(settings: Settings, privacy: Privacy): void {
    this.counting = undefined;
    if (!this.hear) return;
    this.reasons = new Reasons(settings, privacy, (node) => node === this.host).of(document);
    this.list();
    this.mark();
  }

  private list(): void {
    const { scrollTop } = this.aside;
    const focused = (this.root.activeElement as HTMLElement | null)?.dataset.key;
    const counts = make('div', 'counts');
    const lists: HTMLElement[] = [];
    for (const outcome of ['blocked', 'masked', 'shown'] as const) {
      const mine = this.reasons.filter((reason) => reason.outcome === outcome);
      const one = make('div', outcome);
      one.append(make('b', '', String(mine.reduce((n, { count }) => n + count, 0))), HEADS[outcome]);
      counts.append(one);
      if (mine.length === 0) continue;
      const list = make('ul');
      list.append(...mine.map((reason) => this.row(reason)));
      lists.push(make('h2', outcome, HEADS[outcome]), list);
    }
    const note = this.trouble
      ? `The page could not be read whole: ${this.trouble}`
      : 'Texts, fields, pictures and parts, by the rule that decides. Choose a rule to see where. This is your own page: nothing is sent.';
    this.aside.replaceChildren(counts, ...lists, make('p', '', note));
    this.aside.scrollTop = scrollTop;
    if (focused) this.aside.querySelector<HTMLElement>(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  }

  private row(reason: Reason): HTMLElement {
    const key = keyOf(reason);
    const act = () => {
      this.marked = this.marked === key ? '' : key;
      this.list();
      this.mark();
      if (this.marked) reason.elements[0]?.scrollIntoView({ block: 'center', behavior: 'instant' });
    };
    const one = button('', act, this.marked === key);
    one.dataset.key = key;
    one.append(make('span', '', `${reason.rule}: ${reason.what}`), make('i', '', String(reason.count)));
    const item = make('li');
    item.append(one);
    return item;
  }

  /** Boxes over what the chosen rule decides, over the page and over its picture alike. */
  private mark(): void {
    const reason = this.reasons.find((one) => keyOf(one) === this.marked);
    const inside = make('div', `inside ${reason?.outcome ?? ''}`);
    const origin = this.place.getBoundingClientRect();
    if (this.through) inside.style.transform = `translate(${-origin.left}px, ${-origin.top}px)`;
    else inside.style.transform = this.frame?.style.transform ?? '';
    for (const there of reason?.elements ?? []) {
      // Masked text has other widths: in the picture it may stand elsewhere than in the page.
      const element = this.through ? there : this.view?.standsFor(this.hear?.idOf(there) ?? 0);
      if (!element) continue;
      const { left, top, width, height } = element.getBoundingClientRect();
      const around = frameOffset(element, this.frame);
      if (width === 0 || height === 0) continue;
      const box = make('div');
      box.style.cssText = `left:${left + around.x}px;top:${top + around.y}px;width:${width}px;height:${height}px`;
      inside.append(box);
    }
    this.marks.replaceChildren(inside);
  }

  private fit(): void {
    const { frame, view } = this;
    if (!frame || !view) return;
    const [width, height] = view.size;
    const room = this.place.getBoundingClientRect();
    const scale = Math.min(1, room.width / Math.max(1, width), room.height / Math.max(1, height));
    const left = Math.max(0, (room.width - width * scale) / 2);
    frame.style.cssText = `width:${width}px;height:${height}px;transform:translate(${left}px, 0) scale(${scale})`;
    this.mark();
  }

  private key(event: KeyboardEvent): void {
    if (event.key === 'Escape') return this.close();
    if (event.key !== 'Tab') return;
    const stops = [...this.root.querySelectorAll('button')].filter((one) => !one.disabled);
    const last = event.shiftKey ? stops[0] : stops.at(-1);
    if (this.root.activeElement !== last) return;
    event.preventDefault();
    (event.shiftKey ? stops.at(-1) : stops[0])?.focus();
  }

  close(): void {
    this.stop();
    for (const undo of this.undos.splice(0)) undo();
    this.host.remove();
    if (this.before instanceof HTMLElement) this.before.focus({ preventScroll: true });
    this.closed();
  }
}

const keyOf = ({ outcome, what, rule }: Reason): string => `${outcome} ${what} ${rule}`;

/** Where the frame that an element is in stands in the page, or in the outermost frame. */
function frameOffset(element: Element, outermost: Element | undefined): { x: number; y: number } {
  let [x, y] = [0, 0];
  for (
    let frame = element.ownerDocument.defaultView?.frameElement;
    frame && frame !== outermost;
    frame = frame.ownerDocument.defaultView?.frameElement
  ) {
    const { left, top } = frame.getBoundingClientRect();
    x += left + frame.clientLeft;
    y += top + frame.clientTop;
  }
  return { x, y };
}

let open: Preview | undefined;

/** Opens it, under the rules of the page's script element and these; again closes it. Gives what closes it. */
export function preview(rules: Settings = {}): () => void {
  if (open) open.close();
  else {
    const own = settingsOfThePage();
    const { mode, mask, block, show } = rules;
    const all = tighten({ ...own, show: [own.show ?? [], show ?? []].flat() }, { mode, mask, block });
    open = new Preview(all, () => {
      open = undefined;
    });
  }
  return () => open?.close();
}
