// The canonical form of a document: what the stage answers to `serialize`, and what a test makes of the customer's page by code of its
// own to compare. It holds no ids and no addresses. Two documents look the same when their texts (`canonicalText`) are equal.

export interface CanonicalDocument {
  compat: 'standards' | 'quirks';
  nodes: CanonicalNode[];
  /** Rules of the adopted sheets, in order. */
  adopted: CanonicalSheet[];
  scroll: [number, number];
}

export type CanonicalNode =
  | CanonicalElement
  | { text: string }
  | { doctype: string }
  | { blocked: string; width: number; height: number };

export interface CanonicalElement {
  /** The page's tag name, HTML in lower case. */
  tag: string;
  ns?: 'svg' | 'mathml';
  /** As the page has them; addresses are ''. Sorted by name. */
  attributes: Record<string, string>;
  children: CanonicalNode[];
  shadow?: { nodes: CanonicalNode[]; adopted: CanonicalSheet[] };
  /** What an iframe shows. */
  document?: CanonicalDocument | null;
  /** Of style and link elements that have one. */
  sheet?: CanonicalSheet;
  /** input (not checkbox and radio), textarea. */
  value?: string;
  checked?: boolean;
  indeterminate?: boolean;
  /** Indices of the selected options of a select. */
  selected?: number[];
  /** When not 0,0. */
  scroll?: [number, number];
  /** Of details, dialogs and popovers, when there is something to say. */
  state?: ('open' | 'modal' | 'popover')[];
  /** Of sampled elements. */
  style?: Record<string, string>;
}

export interface CanonicalSheet {
  /** cssText after normalCss; REFUSED_RULE for a rule that is not shown (@import). */
  rules: string[];
  media: string;
  disabled: boolean;
}

export const REFUSED_RULE = '(refused)';

/** Which elements carry computed style: those with these ids, or every n-th ELEMENT in preorder of its document (shadow roots before children), from the first. */
export type Sample = number[] | { every: number };
export const DEFAULT_SAMPLE: Sample = { every: 10 };

/** Properties of the computed style that are compared. */
export const STYLES = [
  'display', 'position', 'float', 'visibility', 'opacity', 'z-index', 'overflow-x', 'overflow-y', 'box-sizing', 'width', 'height',
  'margin-top', 'margin-right', 'margin-bottom', 'margin-left', 'padding-top', 'padding-right', 'padding-bottom', 'padding-left',
  'border-top-width', 'border-left-width', 'border-top-style', 'border-top-color', 'border-top-left-radius', 'color',
  'background-color', 'background-image', 'font-family', 'font-size', 'font-weight', 'font-style', 'line-height', 'text-align',
  'text-decoration-line', 'text-transform', 'letter-spacing', 'white-space-collapse', 'flex-direction', 'justify-content',
  'align-items', 'grid-template-columns', 'transform', 'list-style-type', 'content', 'fill', 'stroke',
] as const; // biome-ignore format: a table of words

/** CSS text without addresses and without the browser's choice of white space. */
export function normalCss(text: string): string {
  return text
    .replace(/url\(\s*(?:"([^"]*)"|'([^']*)'|([^)"']*?))\s*\)/g, (_, a, b, c) => {
      const address: string = a ?? b ?? c ?? '';
      return address.startsWith('#') ? `url("${address}")` : 'url("")';
    })
    .replace(/\s+/g, ' ')
    .trim();
}

/** An attribute's value without addresses: `asset:<n>` in the stage, whatever URL in the page. */
export function normalAttribute(name: string, value: string): string {
  if (/^asset:\d+$/.test(value)) return '';
  return name === 'style' || value.includes('url(') ? normalCss(value) : value;
}

/** One text for one document; keys in a fixed order. */
export function canonicalText(document: CanonicalDocument): string {
  return JSON.stringify(document, (_, value: unknown) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  });
}
