// In the tests' page: a StageView, a forged recorder that sends whatever ops it is told, and the negative control.

import { OpWriter, TreeHash } from '@ridealong/wire';
import { StageView } from '../../src/stage/view.ts';

/** One op: the method's name in Ops and its arguments. */
export type Call = [string, ...unknown[]];

const writer = new OpWriter();

function bytes(calls: Call[]): Uint8Array {
  writer.fresh();
  for (const [name, ...args] of calls) {
    (writer as unknown as Record<string, (...args: unknown[]) => void>)[name]?.(...args);
  }
  return writer.take();
}

/** The hash of what was sent, by the ops alone: what an honest recorder says. */
function hashOf(calls: Call[]): [number, number] {
  const hash = new TreeHash();
  hash.document(1);
  let open = 0;
  for (const [name, id, second] of calls) {
    if (name === 'element') hash.element(id as number);
    if (name === 'blocked') hash.element(id as number);
    if (name === 'text') hash.text(id as number, (second as string).length);
    if (name === 'shadow') hash.shadow(id as number);
    if (name === 'document') hash.document(id as number);
    if (name === 'doctype') hash.doctype(id as number);
    if (name === 'insert' || name === 'element' || name === 'shadow' || name === 'document') open++;
    if (name === 'end' && --open > 0) hash.end();
  }
  hash.end();
  return [hash.count, hash.value];
}

const events: [string, ...unknown[]][] = [];
const ran: string[] = [];
let view: StageView | null = null;
let seq = 0;

const until = async (test: () => boolean, time = 8000): Promise<void> => {
  const end = performance.now() + time;
  while (!test()) {
    if (performance.now() > end) throw new Error(`not within ${time} ms; events: ${JSON.stringify(events.slice(-5))}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

const harness = {
  events,
  ran,
  view: () => view,
  open(): Promise<void> {
    view?.dispose();
    const host = document.querySelector<HTMLElement>('#host') as HTMLElement;
    Object.assign(host.style, { position: 'relative', width: '1000px', height: '700px' });
    view = new StageView(host, { url: '/stage' });
    events.length = 0;
    seq = 0;
    for (const name of ['trouble', 'viewport', 'page', 'environment', 'applied', 'wanted', 'click'] as const) {
      view.on(name, (...args: unknown[]) => void events.push([name, ...args]));
    }
    return view.ready;
  },
  /** Sends ops; resolves when they are on the stage or the stage complains. */
  async send(calls: Call[], epoch = 1, keyframe = false): Promise<void> {
    const mine = ++seq;
    const before = events.length;
    view?.ops(bytes(calls), { epoch, seq: mine, time: 0, keyframe, fresh: true });
    await until(
      () =>
        events
          .slice(before)
          .some(([name, at]) => name === 'trouble' || (name === 'applied' && (at as { seq: number }).seq === mine)),
      30_000,
    );
  },
  post(calls: Call[], epoch = 1): void {
    view?.ops(bytes(calls), { epoch, seq: ++seq, time: 0, keyframe: false, fresh: true });
  },
  raw(values: number[], keyframe = false): void {
    view?.ops(Uint8Array.from(values), { epoch: 1, seq: ++seq, time: 0, keyframe, fresh: true });
  },
  /** Documents too large to be passed in as JSON. */
  bomb(kind: 'nodes' | 'depth' | 'text'): Promise<void> {
    const calls: Call[] = [
      ['reset', 0],
      ['insert', 1, 0],
      ['element', 2, 0, 'html', []],
    ];
    const deep = kind === 'depth' ? 600 : 0;
    for (let i = 0; i < deep; i++) calls.push(['element', i + 10, 0, 'div', []]);
    for (let i = 0; i <= deep; i++) calls.push(['end']);
    calls.push(['end']);
    if (kind === 'nodes') {
      calls.push(['insert', 2, 0]);
      for (let i = 0; i < 250_000; i++) calls.push(['text', i + 10, 'x']);
      calls.push(['end']);
    }
    if (kind === 'text') {
      const long = 'x'.repeat(4_000_000);
      calls.push(['insert', 2, 0], ['element', 3, 0, 'div', []]);
      for (let i = 0; i < 17; i++) calls.push(['text', i + 10, long]);
      calls.push(['end'], ['end']);
    }
    return this.send(calls);
  },
  hashOf,
  until: (name: string, time?: number) => until(() => events.some((event) => event[0] === name), time),
  async form(sample?: number[] | { every: number }): Promise<unknown> {
    return JSON.parse((await view?.serialize(sample ?? { every: 0 })) || 'null');
  },
  blobOf(type: 'png' | 'text'): Uint8Array {
    const red = 'iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAIAAAACUFjqAAAAEklEQVR42mP8z4APMOGVHbHSAEEsAROxCnMTAAAAAElFTkSuQmCC';
    return type === 'png' ? Uint8Array.from(atob(red), (c) => c.charCodeAt(0)) : new TextEncoder().encode('text');
  },
  /** A content of one colour comes. */
  async paint(hash: string, color: string): Promise<void> {
    const surface = Object.assign(document.createElement('canvas'), { width: 30, height: 30 });
    const context = surface.getContext('2d') as CanvasRenderingContext2D;
    context.fillStyle = color;
    context.fillRect(0, 0, 30, 30);
    const blob = await new Promise<Blob | null>((resolve) => surface.toBlob(resolve, 'image/png'));
    view?.blob(hash, new Uint8Array(await (blob as Blob).arrayBuffer()));
  },
  naive,
};

/** The negative control: the same ops, applied as they come into a frame without any wall. */
function naive(calls: Call[]): void {
  const frame = document.createElement('iframe');
  document.body.append(frame);
  const inner = frame.contentDocument as Document;
  inner.replaceChildren();
  const nodes = new Map<number, Node>([[1, inner]]);
  const stack: Node[] = [];
  const spaces = ['http://www.w3.org/1999/xhtml', 'http://www.w3.org/2000/svg', 'http://www.w3.org/1998/Math/MathML'];
  const put = (node: Node) => {
    try {
      stack.at(-1)?.appendChild(node);
    } catch {
      // not here
    }
  };
  for (const [name, a, b, c, d] of calls) {
    try {
      if (name === 'insert') stack.push(nodes.get(a as number) as Node);
      else if (name === 'element') {
        // As players do that know names only in lower case.
        const element = inner.createElementNS(
          spaces[b as number] ?? null,
          b === 0 ? (c as string).toLowerCase() : (c as string),
        );
        const attributes = d as string[];
        for (let i = 0; i < attributes.length; i += 2) {
          const [key, value] = [attributes[i] as string, attributes[i + 1] as string];
          if (key === 'xlink:href') element.setAttributeNS('http://www.w3.org/1999/xlink', key, value);
          else element.setAttribute(key, value);
        }
        nodes.set(a as number, element);
        put(element);
        stack.push(element);
      } else if (name === 'text') put(inner.createTextNode(b as string));
      else if (name === 'shadow') stack.push((stack.at(-1) as Element).attachShadow({ mode: 'open' }));
      else if (name === 'document')
        stack.push((stack.at(-1) as HTMLIFrameElement).contentDocument?.body ?? inner.createElement('i'));
      else if (name === 'end') stack.pop();
      else if (name === 'attributes') {
        const list = b as string[];
        for (let i = 0; i < list.length; i += 2)
          (nodes.get(a as number) as Element).setAttribute(list[i] as string, list[i + 1] as string);
      } else if (name === 'sheet') {
        const style = nodes.get(a as number) as HTMLStyleElement;
        style.textContent = (d as string[]).join('\n');
      }
    } catch {
      // what one vector breaks must not stop the others
    }
  }
  for (const link of inner.querySelectorAll<HTMLElement>('[data-click]')) {
    try {
      link.click();
    } catch {
      // not clickable
    }
  }
}

window.addEventListener('message', (event: MessageEvent<unknown>) => {
  if (typeof event.data === 'string' && event.data.startsWith('ran:')) ran.push(event.data);
});
Object.assign(window, { harness });
