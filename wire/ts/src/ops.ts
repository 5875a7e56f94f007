// The ops of the dom lane (PROTOCOL.md §4) as one interface: whoever makes, keeps or shows a document implements Ops.
// OpWriter (op-writer.ts) turns calls into bytes, readOps (op-reader.ts) turns bytes into the same calls in the same order.

export const DOCUMENT_ID = 1;

/** Compatibility mode of a document. */
export const Compat = { standards: 0, quirks: 1, limited: 2 } as const;
export const Namespace = { html: 0, svg: 1, mathml: 2 } as const;
export const RuleAct = { delete: 0, insert: 1, replace: 2 } as const;
export const CheckBit = { checked: 1, indeterminate: 2 } as const;
export const MediaBit = { playing: 1, muted: 2, ended: 4 } as const;
export const AnimationState = { gone: 0, running: 1, paused: 2, finished: 3 } as const;
export const StateBit = { open: 1, modal: 2, popover: 4, fullscreen: 8 } as const;

/**
 * What can happen to a document, in order. `insert`, `element`, `shadow` and `document` open a list of nodes that `end` closes;
 * only node calls (element … moved) may stand inside. Attribute lists are flat: name, value, name, value …
 */
export interface Ops {
  reset(compat: number): void;
  insert(parent: number, previous: number): void;
  element(id: number, ns: number, tag: string, attributes: readonly string[]): void;
  text(id: number, data: string): void;
  shadow(id: number, mode: number): void;
  document(id: number, compat: number): void;
  blocked(id: number, tag: string, width: number, height: number): void;
  doctype(id: number, name: string, publicId: string, systemId: string): void;
  moved(id: number): void;
  end(): void;
  remove(ids: readonly number[]): void;
  /** Flat: name, new value or null (removed). */
  attributes(id: number, changes: readonly (string | null)[]): void;
  setText(id: number, data: string): void;
  splice(id: number, offset: number, deleted: number, data: string): void;
  scroll(id: number, x: number, y: number): void;
  value(id: number, value: string): void;
  check(id: number, bits: number): void;
  select(id: number, options: readonly number[]): void;
  /** CSS px; ratio and scale × 1000. */
  viewport(width: number, height: number, ratio: number, scale: number): void;
  /** `visible`: 1 where the browser shows a ring. */
  focus(id: number, visible: number): void;
  click(id: number, x: number, y: number, button: number): void;
  /** Flat: x, y, ms before the frame's time. */
  path(samples: readonly number[]): void;
  sheet(id: number, flags: number, media: string, rules: readonly string[]): void;
  adopt(root: number, sheets: readonly number[]): void;
  rule(id: number, path: readonly number[], act: number, text: string): void;
  /** Rules behind the first `from` of a sheet, which has no others. */
  rules(id: number, from: number, rules: readonly string[]): void;
  disable(id: number, disabled: boolean): void;
  page(url: string, title: string): void;
  environment(json: string): void;
  hash(count: number, hash: number): void;
  state(id: number, bits: number): void;
  /** What a video or an audio does. ms; rate and volume × 1000; duration 0: not known, or without an end. */
  media(id: number, bits: number, time: number, duration: number, rate: number, volume: number): void;
  /** An animation that scripts made; `effect` is JSON of an Effect. ms; rate × 1000. */
  animate(id: number, key: number, pseudo: string, state: number, time: number, rate: number, effect: string): void;
  /** The states that a custom element gave itself. */
  names(id: number, names: readonly string[]): void;
  /** Ids and offsets, UTF-16 units in texts and fields, children elsewhere; 0 for none. */
  selection(anchor: number, anchorOffset: number, focus: number, focusOffset: number): void;
  /** The innermost element under the pointer; 0 for none. */
  hover(id: number): void;
  /** The fonts that scripts gave a document, as `@font-face` rules: all of them. */
  fonts(document: number, rules: readonly string[]): void;
  /** What the site's own code says of its customer: JSON. */
  about(json: string): void;
  /** What the site's own code says has happened: its number in the epoch, ms before the frame's time; `data` is JSON, or empty. */
  event(n: number, age: number, name: string, data: string): void;
}

/** The keyframes and the timing of an animation. */
export interface Effect {
  /** Keyframes: offset, easing, composite, declarations. */
  k: { o?: number; e?: string; c?: string; s: string }[];
  /** As EffectTiming names it; iterations -1 for ever. */
  t: Record<string, number | string>;
}

export const Op = {
  reset: 1,
  insert: 2,
  remove: 3,
  attributes: 4,
  setText: 5,
  splice: 6,
  scroll: 7,
  value: 8,
  check: 9,
  select: 10,
  viewport: 11,
  focus: 12,
  click: 13,
  path: 14,
  sheet: 15,
  adopt: 16,
  rule: 17,
  disable: 18,
  page: 19,
  environment: 20,
  hash: 21,
  state: 22,
  media: 23,
  animate: 24,
  names: 25,
  selection: 26,
  hover: 27,
  fonts: 28,
  about: 33,
  event: 34,
  rules: 35,
} as const;

/** The kinds of nodes in a list. */
export const NodeOp = {
  end: 0,
  element: 1,
  text: 2,
  shadow: 3,
  document: 4,
  blocked: 5,
  doctype: 6,
  moved: 7,
} as const;
