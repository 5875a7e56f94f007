// What is drawn over the page, in a layer of ours: the caret, what is selected in a field, whether a video plays.

import * as dom from './natives.ts';

const XHTML = 'http://www.w3.org/1999/xhtml';
const MOST_BADGES = 50;
const SELECTION = 'ra-selection';

type Field = HTMLInputElement | HTMLTextAreaElement;

const isField = (node: unknown): node is Field =>
  node instanceof HTMLTextAreaElement ||
  (node instanceof HTMLInputElement && /^(?:text|search|url|tel|email|password|number)$/.test(node.type));

interface End {
  node: Node;
  at: number;
}

export class Marks {
  private readonly layer = dom.createElement(XHTML, 'ra-marks') as HTMLElement;
  private readonly root: ShadowRoot;
  private readonly badges = new Map<Element, HTMLElement>();
  private ends: [End, End] | null = null;
  private focused: Element | null = null;
  private asked = false;

  constructor() {
    this.layer.style.cssText =
      'all:initial;position:fixed;inset:0;width:100%;height:100%;overflow:hidden;pointer-events:none;z-index:2147483647;border:0;padding:0;background:none';
    this.root = dom.attachShadow(this.layer, { mode: 'closed' });
    window.addEventListener('resize', this.soon);
    window.addEventListener('scroll', this.soon, true);
  }

  field(element: Element | null): void {
    this.focused = element;
  }

  select(anchor: Node | null, anchorAt: number, focus: Node | null, focusAt: number): void {
    this.ends =
      anchor && focus
        ? [
            { node: anchor, at: anchorAt },
            { node: focus, at: focusAt },
          ]
        : null;
    const range = this.ends && !isField(anchor) ? rangeOf(...this.ends) : null;
    const { highlights } = CSS as { highlights?: Map<string, unknown> };
    if (range && !range.collapsed && typeof Highlight === 'function') highlights?.set(SELECTION, new Highlight(range));
    else highlights?.delete(SELECTION);
  }

  badge(element: Element, text: string): void {
    const known = this.badges.get(element);
    if (!known && this.badges.size >= MOST_BADGES) return;
    const badge =
      known ??
      piece(
        'padding:2px 7px;border-radius:9px;font:600 11px/16px system-ui,sans-serif;color:#fff;background:#1c2230cc',
      );
    badge.textContent = text;
    this.badges.set(element, badge);
  }

  clear(): void {
    this.badges.clear();
    this.select(null, 0, null, 0);
    this.focused = null;
    this.root.replaceChildren();
    this.layer.remove();
  }

  /** Above what was opened last. */
  above(): void {
    if (!this.layer.isConnected || !('popover' in this.layer)) return;
    this.layer.popover = 'manual';
    if (this.layer.matches(':popover-open')) this.layer.hidePopover();
    this.layer.showPopover();
  }

  private readonly soon = (): void => {
    if (this.asked || (this.badges.size === 0 && !this.ends)) return;
    this.asked = true;
    requestAnimationFrame(() => {
      this.asked = false;
      this.settle();
    });
  };

  settle(): void {
    const drawn: HTMLElement[] = [];
    for (const [element, badge] of this.badges) {
      const { left, top, width, height } = element.getBoundingClientRect();
      if (!dom.isConnected(element)) this.badges.delete(element);
      else if (width > 0 && height > 0) drawn.push(at(badge, left + 6, top + 6));
    }
    if (drawn.length === 0 && !this.ends) return this.layer.remove();
    const html = dom.documentElement();
    if (html && dom.parentOf(this.layer) !== html) dom.insertBefore(html, this.layer, null);
    this.root.replaceChildren(...drawn);
    if (this.ends) this.root.append(...this.caret(...this.ends));
  }

  private caret(anchor: End, focus: End): HTMLElement[] {
    const { node } = focus;
    if (isField(node)) return node === this.focused ? inField(this.root, node, anchor.at, focus.at) : [];
    const range = rangeOf(focus, focus);
    if (!range || (anchor.node === focus.node && anchor.at === focus.at && !editable(node))) return [];
    const [box = boxOf(node)] = range.getClientRects();
    return box && editable(node) ? [line(box.left, box.top, box.height)] : [];
  }
}

function editable(node: Node): boolean {
  const element = dom.nodeType(node) === 1 ? node : dom.parentOf(node);
  return element instanceof HTMLElement && element.isContentEditable;
}

function boxOf(node: Node): DOMRect | undefined {
  const element = (dom.nodeType(node) === 1 ? node : dom.parentOf(node)) as Element | null;
  const box = element?.getBoundingClientRect();
  if (!box || !element) return undefined;
  const height = Number.parseFloat(getComputedStyle(element).lineHeight) || 18;
  return new DOMRect(box.left, box.top, 0, Math.min(box.height, height));
}

/** From one end to the other, whichever comes first; null where they are not of one tree. */
function rangeOf(anchor: End, focus: End): Range | null {
  try {
    const range = document.createRange();
    range.setStart(anchor.node, within(anchor));
    range.collapse(true);
    const before = range.comparePoint(focus.node, within(focus)) < 0;
    if (before) range.setStart(focus.node, within(focus));
    else range.setEnd(focus.node, within(focus));
    return range;
  } catch {
    return null;
  }
}

const within = ({ node, at }: End): number =>
  Math.min(at, dom.nodeType(node) === 3 ? dom.dataOf(node as Text).length : node.childNodes.length);

const COPIED = ['font', 'letterSpacing', 'wordSpacing', 'textTransform', 'textIndent', 'textAlign', 'direction', 'padding', 'borderStyle', 'borderWidth', 'boxSizing', 'tabSize', 'lineHeight'] as const; // biome-ignore format: a list

/** Caret and selection within a field: its text stands once more in its place, unseen, to be measured. */
function inField(root: ShadowRoot, field: Field, anchor: number, focus: number): HTMLElement[] {
  const box = field.getBoundingClientRect();
  const style = getComputedStyle(field);
  const copy = piece('visibility:hidden;overflow:hidden;border-color:transparent');
  for (const name of COPIED) copy.style[name] = style[name];
  Object.assign(copy.style, {
    left: `${box.left}px`,
    top: `${box.top}px`,
    width: `${box.width}px`,
    height: `${box.height}px`,
  });
  const many = field instanceof HTMLTextAreaElement;
  copy.style.whiteSpace = many ? 'pre-wrap' : 'pre';
  if (!many)
    copy.style.lineHeight = `${field.clientHeight - Number.parseFloat(style.paddingTop) - Number.parseFloat(style.paddingBottom)}px`;
  const text = document.createTextNode(
    `${field.type === 'password' ? '•'.repeat(field.value.length) : field.value}\u200b`,
  );
  copy.append(text);
  root.append(copy);
  copy.scrollTo(dom.scrollLeft(field), dom.scrollTop(field));
  const [from, to] = [Math.min(anchor, focus), Math.max(anchor, focus)].map((n) => Math.min(n, text.length - 1)) as [
    number,
    number,
  ];
  const range = document.createRange();
  range.setStart(text, from);
  range.setEnd(text, to);
  const inside = (rect: DOMRect) =>
    rect.right >= box.left && rect.left <= box.right && rect.bottom >= box.top && rect.top <= box.bottom;
  const drawn = [...range.getClientRects()].filter((rect) => inside(rect) && (from < to || rect.width === 0));
  const marks =
    from === to ? drawn.slice(0, 1).map(({ left, top, height }) => line(left, top, height)) : drawn.map(shade);
  copy.remove();
  return marks;
}

function shade({ left, top, width, height }: DOMRect): HTMLElement {
  return at(piece(`width:${width}px;height:${height}px;background:#2f6df655`), left, top);
}

const line = (left: number, top: number, height: number): HTMLElement =>
  at(piece(`width:2px;height:${Math.min(height, 400)}px;background:#2f6df6`), left, top);

function piece(css: string): HTMLElement {
  const made = dom.createElement(XHTML, 'div') as HTMLElement;
  made.style.cssText = `all:initial;position:fixed;display:block;${css}`;
  return made;
}

function at(made: HTMLElement, left: number, top: number): HTMLElement {
  made.style.left = `${left}px`;
  made.style.top = `${top}px`;
  return made;
}
