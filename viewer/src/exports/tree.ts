// A document as the ops build it, and its nodes as rrweb writes them (rrweb's snapshot types). Plain data.

/** As rrweb has it: 0 document, 1 doctype, 2 element, 3 text. */
export type RrNode =
  | { type: 0; id: number; childNodes: RrNode[]; compatMode?: string }
  | { type: 1; id: number; name: string; publicId: string; systemId: string }
  | {
      type: 2;
      id: number;
      tagName: string;
      attributes: Record<string, string | number | boolean | null>;
      childNodes: RrNode[];
      isSVG?: true;
      isShadowHost?: true;
      isShadow?: true;
    }
  | { type: 3; id: number; textContent: string; isStyle?: true; isShadow?: true };

export interface Part {
  id: number;
  kind: 'document' | 'shadow' | 'element' | 'text' | 'doctype';
  parent: Part | null;
  children: Part[];
  tag: string;
  ns: number;
  /** Of a text its text; of a doctype its name. */
  data: string;
  ids: [string, string];
  attributes: Map<string, string>;
  shadow: Part | null;
  document: Part | null;
  /** What it holds beside its attributes. */
  held: {
    value?: string;
    checked?: boolean;
    selected?: boolean;
    scroll?: [number, number];
    state?: number;
    size?: [number, number];
  };
  /** Rules of the sheet that it owns. */
  rules: string[] | null;
  media: string;
  disabled: boolean;
  compat: number;
}

export function part(id: number, kind: Part['kind']): Part {
  const empty = { parent: null, children: [], tag: '', ns: 0, data: '', shadow: null, document: null, rules: null };
  return { id, kind, ...empty, ids: ['', ''], attributes: new Map(), held: {}, media: '', disabled: false, compat: 0 };
}

/** Where a part stands for rrweb: in a shadow root by its host. */
export function homeOf(of: Part): Part | null {
  const { parent } = of;
  return parent?.kind === 'shadow' ? parent.parent : parent;
}

/** The part behind it among those that rrweb sees as siblings. */
export function nextOf(of: Part): Part | null {
  const list = of.parent?.children ?? [];
  return list[list.indexOf(of) + 1] ?? null;
}

/** Addresses of contents, as they are at the moment. */
export type Address = (asset: number) => string;

const ASSET = /asset:(\d+)(?: \d+)?/g;

export function withAddresses(text: string, address: Address): string {
  return text.includes('asset:') ? text.replace(ASSET, (_, n) => address(Number(n))) : text;
}

export function cssOf({ rules, media, disabled, kind }: Part, address: Address): string {
  if (!rules || disabled) return '';
  const text = withAddresses(rules.join('\n'), address);
  return media && kind !== 'element' ? `@media ${media} {\n${text}\n}` : text;
}

/** One node without what is in it, or with it. */
export function nodeOf(of: Part, address: Address, deep: boolean): RrNode {
  const isShadow = of.parent?.kind === 'shadow' ? { isShadow: true as const } : {};
  const childNodes = deep ? childrenOf(of, address) : [];
  switch (of.kind) {
    case 'document':
      return { type: 0, id: of.id, childNodes, ...(of.compat === 1 ? { compatMode: 'BackCompat' } : {}) };
    case 'doctype':
      return { type: 1, id: of.id, name: of.data, publicId: of.ids[0], systemId: of.ids[1] };
    case 'text':
      return { type: 3, id: of.id, textContent: of.data, ...isShadow };
    default:
      return {
        type: 2,
        id: of.id,
        tagName: of.tag,
        attributes: attributesOf(of, address),
        childNodes,
        ...(of.ns === 1 ? { isSVG: true as const } : {}),
        ...(of.shadow ? { isShadowHost: true as const } : {}),
        ...isShadow,
      };
  }
}

/** Those of a shadow root first; of a style none, for its sheet says it all. */
export function seenIn(of: Part): Part[] {
  if (of.rules && of.kind === 'element') return [];
  return [...(of.shadow?.children ?? []), ...of.children];
}

function childrenOf(of: Part, address: Address): RrNode[] {
  return seenIn(of).map((child) => nodeOf(child, address, true));
}

function attributesOf(of: Part, address: Address): Record<string, string | number | boolean | null> {
  const out: Record<string, string | number | boolean | null> = {};
  for (const [name, value] of of.attributes) if (!name.startsWith(':')) out[name] = withAddresses(value, address);
  const { value, checked, selected, scroll, state, size } = of.held;
  if (of.tag === 'noscript' || of.tag === 'script') delete out.src;
  if (of.rules) {
    out._cssText = cssOf(of, address);
    if (of.tag === 'link') delete out.href;
  }
  if (value !== undefined) out.value = value;
  if (checked !== undefined) out.checked = checked;
  if (selected !== undefined) out.selected = selected;
  if (scroll?.[0]) out.rr_scrollLeft = scroll[0];
  if (scroll?.[1]) out.rr_scrollTop = scroll[1];
  if (size) Object.assign(out, { rr_width: `${size[0]}px`, rr_height: `${size[1]}px` });
  if (state !== undefined) Object.assign(out, stateOf(of.tag, state));
  return out;
}

/** As rrweb says it of dialogs and details; null: not. */
export function stateOf(tag: string, bits: number): Record<string, string | null> {
  const open = (bits & 3) !== 0;
  if (tag !== 'dialog') return { open: open ? '' : null };
  return { open: open ? '' : null, rr_open_mode: open ? ((bits & 2) !== 0 ? 'modal' : 'non-modal') : null };
}
