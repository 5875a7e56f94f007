// Probes as text that runs in a page: in the customer's, in the stage, in the frame of rrweb's player.
import type { Json, Probe, Query } from './case.ts';

/** What probes are given; runs in the page. */
function query(d: Document): Query {
  const w = d.defaultView as Window & typeof globalThis;
  const $ = <T extends Element>(selector: string, within: ParentNode = d): T => {
    const found = within.querySelector<T>(selector);
    if (!found) throw new Error(`there is no ${selector}`);
    return found;
  };
  const one = (at: string | Element): Element => (typeof at === 'string' ? $(at) : at);
  return {
    d,
    w,
    $: $ as Query['$'],
    root: (at) => {
      const kept = Reflect.get(w, 'closedRoots') as WeakMap<Element, ShadowRoot> | undefined;
      const found = one(at).shadowRoot ?? kept?.get(one(at));
      if (!found) throw new Error('there is no shadow root');
      return found;
    },
    css: (at, property, pseudo) => w.getComputedStyle(one(at), pseudo ?? null).getPropertyValue(property),
    text: (at) => ((typeof at === 'string' ? $(at) : at).textContent ?? '').replace(/\s+/g, ' ').trim(),
  };
}

/** Runs in the page. */
function answers(d: Document | null, make: typeof query, reads: Probe['ask'][]): Json[] {
  if (!d) return reads.map(() => 'threw: there is no document');
  const q = make(d);
  return reads.map((read) => {
    try {
      return JSON.parse(JSON.stringify(read(q) ?? null));
    } catch (error) {
      return `threw: ${error instanceof Error ? error.message : error}`;
    }
  });
}

/** An expression for the answers of `probes` in the document that the expression `document` is. */
export function expression(document: string, probes: readonly Probe[]): string {
  return `(${answers})(${document}, ${query}, [${probes.map(({ ask }) => `(${ask})`).join(',\n')}])`;
}

/** An expression for a document in frames of another, where they are of one origin. */
export const within = (document: string, frames: readonly string[] = []): string =>
  frames.reduce((outer, selector) => `${outer}?.querySelector(${JSON.stringify(selector)})?.contentDocument`, document);

/** Probes by the frames that they are in. */
export function grouped(probes: Record<string, Probe>): { frames: string[]; names: string[] }[] {
  const groups = new Map<string, { frames: string[]; names: string[] }>();
  for (const [name, { frames = [] }] of Object.entries(probes)) {
    const key = frames.join(' ');
    const group = groups.get(key) ?? { frames, names: [] };
    group.names.push(name);
    groups.set(key, group);
  }
  return [...groups.values()];
}

export type Answers = Record<string, Json>;
