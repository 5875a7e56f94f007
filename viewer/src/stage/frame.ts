// One frame that shows one customer document: the iframe, its port, and a watch over it. The page in it is a stranger's: what comes
// from it is checked, it never gets the focus, and when it does not answer it is given up.
//
// What comes while the frame is at work waits here and is handed over together: a browser lays a large page out once then, not after
// every tenth of a second. The order stays.

import { Limits } from '@ridealong/wire';
import type { Sample } from '../../stage/canonical.ts';
import { type FromStage, HELLO, PORT, type Start, type ToStage } from '../../stage/messages.ts';

/** Seconds without an answer after which a frame is given up. Counted, not timed: a tab that slept has not hung. */
const SILENT = 3;
const SECOND = 1000;
/** One more for every so many nodes: a browser that lays out a list of 100,000 rows answers nothing for as long as that takes. */
const NODES = 10_000;
/** A node that is being handed over takes at least so many bytes. */
const NODE_BYTES = 4;
/** Bytes of ops that are handed over together. */
const MOST = 4 << 20;

/** How many seconds a frame may be silent that has so many nodes and so many bytes of ops before it. */
export function patience(nodes: number, bytes: number): number {
  return SILENT + Math.ceil(Math.min(Limits.MaxNodes, nodes + bytes / NODE_BYTES) / NODES);
}

export interface FrameOptions {
  url: (quirks: boolean) => string;
  quirks: boolean;
  host: HTMLElement;
  heard(frame: StageFrame, message: FromStage): void;
  stuck(frame: StageFrame, seconds: number): void;
}

export class StageFrame {
  readonly element = document.createElement('iframe');
  readonly quirks: boolean;
  /** Resolves when the frame has its port. */
  readonly ready: Promise<void>;
  private readonly channel = new MessageChannel();
  private readonly answers = new Map<number, (text: string) => void>();
  private asks = 0;
  private silent = 0;
  private pings = 0;
  /** Not handed over yet. */
  private waiting: { message: ToStage; transfer: Transferable[] }[] = [];
  /** Something was handed over and not answered, and how many bytes of ops. */
  private busy = false;
  private bytes = 0;
  private nodes = 0;
  private begun: () => void = () => undefined;
  private readonly watch: ReturnType<typeof setInterval>;

  constructor(private readonly options: FrameOptions) {
    this.quirks = options.quirks;
    this.ready = new Promise((resolve) => {
      this.begun = resolve;
    });
    this.channel.port1.onmessage = (event: MessageEvent<unknown>) => this.heard(event.data);
    window.addEventListener('message', this.hello);
    this.build();
    this.watch = setInterval(() => this.look(), SECOND);
  }

  send(message: ToStage, transfer: Transferable[] = []): void {
    if (this.waiting.push({ message, transfer }) === 1 && !this.busy) queueMicrotask(() => this.hand());
  }

  private hand(): void {
    if (this.busy || this.waiting.length === 0) return;
    let many = 0;
    for (const { message } of this.waiting) {
      this.bytes += message.type === 'ops' ? message.raw.byteLength : 0;
      many++;
      if (this.bytes >= MOST) break;
    }
    const taken = this.waiting.splice(0, many);
    const messages = taken.map(({ message }) => message);
    this.post(
      { type: 'many', messages },
      taken.flatMap(({ transfer }) => transfer),
    );
    this.ping();
  }

  private post(message: ToStage, transfer: Transferable[] = []): void {
    this.channel.port1.postMessage(message, transfer);
  }

  serialize(sample: Sample): Promise<string> {
    const ask = ++this.asks;
    this.send({ type: 'serialize', ask, sample });
    return new Promise((resolve) => this.answers.set(ask, resolve));
  }

  remove(): void {
    clearInterval(this.watch);
    window.removeEventListener('message', this.hello);
    this.channel.port1.close();
    this.element.remove();
    for (const answer of this.answers.values()) answer('');
  }

  private build(): void {
    const { element } = this;
    element.setAttribute('sandbox', 'allow-scripts'); // and nothing else: an origin of its own, no forms, windows, downloads
    // Not `credentialless`: Chromium shows every link in such a frame as a visited one, and the policy allows no request that could carry any.
    element.referrerPolicy = 'no-referrer';
    element.allow = '';
    element.tabIndex = -1;
    element.inert = true;
    element.title = 'The customer’s page';
    Object.assign(element.style, {
      position: 'absolute',
      left: '0',
      top: '0',
      width: '100%',
      height: '100%',
      border: '0',
      background: '#fff',
      colorScheme: 'light',
      pointerEvents: 'none',
      visibility: 'hidden',
    });
    element.src = this.options.url(this.quirks);
    this.options.host.append(element);
  }

  private readonly hello = (event: MessageEvent<unknown>): void => {
    if (event.source === null || event.source !== this.element.contentWindow || event.data !== HELLO) return;
    window.removeEventListener('message', this.hello);
    const start: Start = { type: PORT, document: 1, depth: 0 };
    // The frame's origin is opaque and has no name; that it is the frame is checked by its window.
    this.element.contentWindow?.postMessage(start, '*', [this.channel.port2]);
    this.begun();
  };

  /** Answered in a task of its own, after all that was handed over before it. */
  private ping(): void {
    this.busy = true;
    this.post({ type: 'ping', n: ++this.pings });
  }

  private look(): void {
    if (this.silent >= patience(this.nodes, this.bytes)) {
      clearInterval(this.watch);
      this.options.stuck(this, this.silent);
      return;
    }
    this.silent++;
    if (!this.busy) this.ping();
  }

  private heard(data: unknown): void {
    const message = checked(data);
    if (!message) return;
    this.silent = 0;
    if (message.type === 'serialized') {
      this.answers.get(message.ask)?.(message.document);
      this.answers.delete(message.ask);
    } else if (message.type !== 'pong') this.options.heard(this, message);
    else if (message.n === this.pings) {
      this.nodes = message.nodes;
      this.bytes = 0;
      this.busy = false;
      this.hand();
    }
  }
}

const SHAPES: Partial<Record<FromStage['type'], Record<string, 'number' | 'string' | 'boolean' | 'object'>>> = {
  applied: { epoch: 'number', seq: 'number', keyframe: 'boolean' },
  trouble: { reason: 'string', detail: 'string' },
  viewport: { width: 'number', height: 'number', ratio: 'number', scale: 'number' },
  page: { url: 'string', title: 'string' },
  environment: { json: 'string' },
  about: { json: 'string' },
  event: { n: 'number', age: 'number', name: 'string', data: 'string' },
  click: { x: 'number', y: 'number', button: 'number' },
  path: { samples: 'object' },
  pong: { n: 'number', nodes: 'number' },
  serialized: { ask: 'number', document: 'string' },
};

/** The message when it has the shape its type says. */
function checked(data: unknown): FromStage | null {
  if (typeof data !== 'object' || data === null) return null;
  const fields = data as Record<string, unknown>;
  const type = fields.type;
  if (typeof type !== 'string' || !Object.hasOwn(SHAPES, type)) return null;
  const shape = SHAPES[type as FromStage['type']] ?? {};
  for (const [name, kind] of Object.entries(shape)) if (typeof fields[name] !== kind) return null;
  if (type === 'path' && !(Array.isArray(fields.samples) && fields.samples.every((n) => typeof n === 'number')))
    return null;
  return data as FromStage;
}
