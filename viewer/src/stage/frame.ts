// One frame that shows one customer document: the iframe, its port, and a watch over it. The page in it is a stranger's: what comes
// from it is checked, it never gets the focus, and when it does not answer it is given up.

import type { Sample } from '../../stage/canonical.ts';
import { type FromStage, HELLO, PORT, type Start, type ToStage } from '../../stage/messages.ts';

/** Pings without an answer, one a second, after which a frame is given up. Counted, not timed: a tab that slept has not hung. */
const SILENT_PINGS = 3;
const PING_TIME = 1000;

export interface FrameOptions {
  url: string;
  quirks: boolean;
  host: HTMLElement;
  heard(frame: StageFrame, message: FromStage): void;
  stuck(frame: StageFrame): void;
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
    this.watch = setInterval(() => this.ping(), PING_TIME);
  }

  send(message: ToStage, transfer: Transferable[] = []): void {
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
    element.src = this.options.url + (this.quirks ? '?compat=quirks' : '');
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

  private ping(): void {
    if (this.silent >= SILENT_PINGS) {
      clearInterval(this.watch);
      this.options.stuck(this);
      return;
    }
    this.silent++;
    this.send({ type: 'ping', n: this.silent });
  }

  private heard(data: unknown): void {
    const message = checked(data);
    if (!message) return;
    this.silent = 0;
    if (message.type === 'serialized') {
      this.answers.get(message.ask)?.(message.document);
      this.answers.delete(message.ask);
    } else if (message.type !== 'pong') this.options.heard(this, message);
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
  pong: { n: 'number' },
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
