// Boxes that are ours: what stands for hidden and for replaced elements, and the sheet behind the page's own.

import { createElement } from './natives.ts';

const XHTML = 'http://www.w3.org/1999/xhtml';
const BLOCKS = new Set(
  'address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr li main menu nav ol p pre section table ul'.split(
    ' ',
  ),
);

/** These stand on the line with their lower edge, as a box does whose content is cut. */
const REPLACED = /^(?:iframe|video|audio|canvas|object|embed|img|svg)$/;

/** A hatched box of the size that the hidden element has, with a label of its own. */
export function blockedBox(tag: string, width: number, height: number): HTMLElement {
  const box = createElement(XHTML, 'ra-blocked') as HTMLElement;
  const look: Record<string, string> = {
    display: BLOCKS.has(tag) ? 'block' : 'inline-block',
    'box-sizing': 'border-box',
    width: `${Math.min(width, 100_000)}px`,
    height: `${Math.min(height, 100_000)}px`,
    'max-width': '100%',
    overflow: 'hidden',
    'border-radius': '4px',
    'background-color': '#e7e9ee',
    'background-image': 'repeating-linear-gradient(45deg, #d5d9e1 0 2px, transparent 2px 10px)',
  };
  if (!REPLACED.test(tag)) look['vertical-align'] = 'top';
  for (const [name, value] of Object.entries(look)) box.style.setProperty(name, value, 'important');
  if (width < 60 || height < 20) return box;
  const label = createElement(XHTML, 'span') as HTMLElement;
  label.textContent = 'Hidden';
  label.style.cssText =
    'all:initial;display:inline-block;margin:4px;padding:1px 6px;border-radius:3px;font:600 11px/16px system-ui,sans-serif;color:#4a5160;background:#fff';
  box.attachShadow({ mode: 'closed' }).append(label);
  return box;
}

/** A frame of another origin, which cannot be shown: hatched, with the name of who it belongs to. */
export function foreignFrame(frame: HTMLElement, origin: string | undefined): void {
  if (origin === undefined) return;
  const name = origin.slice(0, 200).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
  const hatch = '<pattern id="h" width="10" height="10" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">';
  const label = `<text x="50%" y="50%" text-anchor="middle" font-family="system-ui,sans-serif" font-size="13" fill="#4a5160" stroke="#fff" stroke-width="5" paint-order="stroke">${name}</text>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg"><defs>${hatch}<rect width="10" height="10" fill="#e7e9ee"/><rect width="2" height="10" fill="#d5d9e1"/></pattern></defs><rect width="100%" height="100%" fill="url(#h)"/>${label}</svg>`;
  const picture = encodeURIComponent(svg).replace(/[()']/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
  frame.style.setProperty('background', `url("data:image/svg+xml,${picture}")`, 'important');
}

/** An element that keeps a place among its siblings and shows nothing. */
export function unseen(ns: string): Element {
  const element = createElement(ns, 'ra-unseen');
  (element as HTMLElement).style?.setProperty('display', 'none', 'important');
  return element;
}

/** A box for an element whose content comes from elsewhere. */
export function box(): HTMLElement {
  const element = createElement(XHTML, 'ra-box') as HTMLElement;
  element.style.setProperty('display', 'inline-block');
  return element;
}
