// Sets a page's attributes on the stage's elements, after the allow-list. What could not be set as it was sent is held beside
// the element: to try again when an asset arrives, and to say what the page had.

import { type Build, mayAnimate, ruleOf } from './allow.ts';
import { type Assets, BROKEN } from './assets.ts';
import { rewriteCss } from './css.ts';
import { foreignFrame } from './look.ts';
import * as dom from './natives.ts';
import { paint } from './pictures.ts';
import { spriteIn } from './sprites.ts';

const XHTML = 'http://www.w3.org/1999/xhtml';
const XLINK = 'http://www.w3.org/1999/xlink';
const XML = 'http://www.w3.org/XML/1998/namespace';
/** Where links lead: they look like links, and even one that nobody stops stays on this document. */
const NOWHERE_LINK = '#ridealong';
const FRAGMENT = /^#[^\s"'<>\\]*$/;
/** With the width in CSS px of a picture that the browser chose among several. */
const ASSET = /^asset:(\d{1,9})(?: (\d{1,5}))?$/;

/** What is known of an element beside its node. */
export interface Part {
  id: number;
  ns: number;
  tag: string;
  build: Build;
  /** Attributes that do not stand on the node as they were sent. */
  held: Map<string, string> | null;
}

/** Where the value stands that a field shows in its own way; no attribute can be called so. */
export const SHOWN = ' shown';
/** Of a custom element that no script has defined yet (PROTOCOL.md §4). */
export const UNDEFINED = ':undefined';

export class Attributes {
  private readonly waiting = new Map<number, Set<Element>>();
  private readonly assets: Assets;
  private readonly partOf: (node: Node) => Part | undefined;
  private readonly onRefresh: (node: Element, part: Part, name: string) => void;
  /** UTF-16 units in all attributes. */
  units = 0;

  constructor(assets: Assets, partOf: (node: Node) => Part | undefined, onRefresh: Attributes['onRefresh']) {
    this.assets = assets;
    this.partOf = partOf;
    this.onRefresh = onRefresh;
  }

  set(node: Element, part: Part, name: string, value: string): void {
    this.units += value.length - (this.sent(node, part, name)?.length ?? 0);
    if (part.build.as === 'unseen' || part.build.as === 'style') {
      this.hold(part, name, value);
      this.onRefresh(node, part, name);
      // Selectors find them by these two; nothing else of them counts.
      if (name === 'id' || name === 'class') dom.setAttribute(node, name, value);
      return;
    }
    const shown = this.shown(node, part, name, value);
    // Boxes and frames have attributes of ours too: for them the page's are always held.
    if (shown === value && part.build.as !== 'box' && part.build.as !== 'frame') part.held?.delete(name);
    else this.hold(part, name, value);
    if (shown === null) this.take(node, part, name);
    else this.put(node, part, name, shown);
    if (part.tag === 'canvas' && (name === 'width' || name === 'height')) this.draw(node, part.held?.get('src') ?? '');
    if (part.build.as === 'frame' && (name === 'src' || name === 'style'))
      foreignFrame(node as HTMLElement, part.held?.get('src'));
    if (part.build.as === 'box' && (name === 'width' || name === 'height')) sizeBox(node, name, value);
  }

  remove(node: Element, part: Part, name: string): void {
    this.units -= this.sent(node, part, name)?.length ?? 0;
    part.held?.delete(name);
    this.take(node, part, name);
    this.onRefresh(node, part, name);
  }

  /** The value as it was sent; null when the page's element has no such attribute. */
  sent(node: Element, part: Part, name: string): string | null {
    return part.held?.get(name) ?? dom.getAttribute(node, name);
  }

  /** The asset is here, or never comes. */
  settled(asset: number): void {
    const nodes = this.waiting.get(asset);
    if (!nodes) return;
    this.waiting.delete(asset);
    for (const node of nodes) {
      const part = this.partOf(node);
      if (!part?.held) continue;
      for (const [name, value] of [...part.held])
        if (value.includes(`asset:${asset}`)) this.set(node, part, name, value);
    }
  }

  /** A field whose kind cannot hold its masked value shows it all the same: a number in place of its hint, a date as text. */
  showDots(node: Element, part: Part, value: string): void {
    if (this.sent(node, part, 'type') === 'number') {
      this.hold(part, 'placeholder', this.sent(node, part, 'placeholder') ?? '');
      dom.setAttribute(node, 'placeholder', value);
    } else {
      this.hold(part, 'type', this.sent(node, part, 'type') ?? '');
      dom.setAttribute(node, 'type', 'text');
      (node as HTMLInputElement).value = value;
    }
    this.hold(part, SHOWN, value);
  }

  private hold(part: Part, name: string, value: string): void {
    part.held ??= new Map();
    part.held.set(name, value);
  }

  /** What may stand on the node for this value; null for nothing. */
  private shown(node: Element, part: Part, name: string, value: string): string | null {
    switch (ruleOf(part.ns, part.tag, name)) {
      case 'plain':
        return value;
      case 'style':
      case 'css':
        return this.css(node, value);
      case 'asset':
        return this.picture(node, part, value);
      case 'drawn':
        this.draw(node, value);
        return null;
      case 'image':
        return /^#[\w.:-]+$/.test(value) ? value : this.picture(node, part, value);
      case 'sprite':
        if (!value.startsWith('#')) {
          void this.sprite(node, part, name, value);
          return null;
        }
        return FRAGMENT.test(value) ? value : null;
      case 'fragment':
        return FRAGMENT.test(value) ? value : null;
      case 'link':
        return NOWHERE_LINK;
      case 'animated':
        return mayAnimate(value) ? value : null;
      case 'never':
        return null;
    }
  }

  private css(node: Element, value: string): string {
    const { text, pending } = rewriteCss(value, this.assets.resolve);
    for (const asset of pending) this.wait(asset, node);
    return text;
  }

  private picture(node: Element, part: Part, value: string): string | null {
    const asset = ASSET.exec(value.trim());
    if (!asset) return null;
    const n = Number(asset[1]);
    const url = this.assets.resolve(n);
    const changes = part.tag === 'video'; // its number may be given other contents
    if (url === undefined || changes) this.wait(n, node);
    if (url && part.tag === 'img') void dense(node, url, Number(asset[2] ?? 0));
    return url ?? (this.assets.missing(n) ? BROKEN : null);
  }

  /** A canvas keeps what it has until there is something new, and shows that again when its size changed. */
  private draw(node: Element, value: string): void {
    const n = Number(ASSET.exec(value)?.[1] ?? 0);
    if (n === 0) return;
    this.wait(n, node);
    const content = this.assets.content(n);
    if (content !== undefined) void paint(node, content);
  }

  /** A part of a drawing's file is built where the node will stand, once the file is here. */
  private async sprite(node: Element, part: Part, name: string, value: string): Promise<void> {
    const [, n = '', fragment = ''] = /^asset:(\d{1,9})#([\w.:-]{1,200})$/.exec(value) ?? [];
    if (n === '' || n === '0') return;
    this.wait(Number(n), node);
    const content = this.assets.content(Number(n));
    if (!content) return;
    const address = await spriteIn(node, Number(n), content, fragment);
    if (address && part.held?.get(name) === value) this.put(node, part, name, address);
  }

  private wait(asset: number, node: Element): void {
    const nodes = this.waiting.get(asset);
    if (nodes) nodes.add(node);
    else this.waiting.set(asset, new Set([node]));
  }

  private put(node: Element, part: Part, name: string, value: string): void {
    if (dom.getAttribute(node, name) === value) return;
    if (part.ns !== 0 && name.startsWith('xlink:')) dom.setAttributeNS(node, XLINK, name, value);
    else if (name.startsWith('xml:')) dom.setAttributeNS(node, XML, name, value);
    else dom.setAttribute(node, name, value);
  }

  private take(node: Element, part: Part, name: string): void {
    // Names that no attribute here can have were never put.
    if (ruleOf(part.ns, part.tag, name) === 'never') return;
    dom.removeAttribute(node, name);
  }
}

/** A picture may have more points than CSS px; `width` is what the page's has of them, 0 for as many (HTML §4.8.4.3.7). */
async function dense(node: Element, url: string, width: number): Promise<void> {
  if (dom.getAttribute(node, 'srcset') !== null) {
    dom.removeAttribute(node, 'srcset');
    dom.removeAttribute(node, 'src'); // the same picture again would keep its density
  }
  if (width === 0) return;
  const whole = dom.createElement(XHTML, 'img') as HTMLImageElement;
  whole.src = url;
  await whole.decode().catch(() => undefined);
  const points = whole.naturalWidth / width;
  if (dom.getAttribute(node, 'src') !== url || !(points > 0) || points === 1) return;
  dom.removeAttribute(node, 'src');
  dom.setAttribute(node, 'srcset', `${url} ${points}x`);
}

function sizeBox(node: Element, name: 'width' | 'height', value: string): void {
  if (/^\d{1,5}%?$/.test(value))
    (node as HTMLElement).style.setProperty(name, value.endsWith('%') ? value : `${value}px`);
}
