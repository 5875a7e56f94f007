// What a case is: a small page, what a person and a script do on it, and the probes that are asked of the page and of each picture of it.
//
// A probe is a function that runs in a page, with nothing but what it is given: it is sent as text. Its answer is JSON. A probe passes
// when the picture answers as the page itself does; where `want` is given, the page has to answer that, so that no probe asks of nothing.

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** What a probe is given. */
export interface Query {
  d: Document;
  w: Window & typeof globalThis;
  /** The first match; a probe that finds nothing fails. */
  $<T extends Element = HTMLElement>(selector: string, within?: ParentNode): T;
  /** A shadow root, also a closed one that a script made. */
  root(selector: string | Element): ShadowRoot;
  /** A computed value. */
  css(selector: string | Element, property: string, pseudo?: string): string;
  /** Texts of an element and of what is in it, with white space as one space. */
  text(selector: string | Element | ShadowRoot): string;
}

export interface Probe {
  ask: (q: Query) => Json;
  want?: Json;
  /** Selectors of the frames to go into. */
  frames?: string[];
}

/** Who acts on the page, as a person does and as the page's own script does. */
export interface Hand {
  run(act: () => unknown): Promise<void>;
  click(selector: string): Promise<void>;
  hover(selector: string): Promise<void>;
  /** Types into what is clicked at first. */
  type(selector: string, text: string): Promise<void>;
  press(key: string): Promise<void>;
}

/** What is asked of whole documents. */
export type Aspect = 'tree' | 'form' | 'scroll' | 'rules' | 'top layer' | 'styles' | 'pixels';

export interface Case {
  name: string;
  head?: string;
  html?: string;
  /** The address below /npm, for a public page. */
  at?: string;
  /** Further files, by path below the page. */
  files?: Record<string, { type: string; body: string | Buffer }>;
  act?: (hand: Hand) => Promise<void>;
  probes?: Record<string, Probe>;
  whole: Aspect[];
  /** A mode without a doctype. */
  quirks?: boolean;
}

/** A probe; `want` is what the page itself has to answer. */
export const ask = (read: Probe['ask'], want?: Json, ...frames: string[]): Probe => ({
  ask: read,
  ...(want !== undefined && { want }),
  ...(frames.length > 0 && { frames }),
});
