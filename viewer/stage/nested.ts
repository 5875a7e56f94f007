// A document inside an iframe of the page. It is shown by a stage of its own, loaded into that iframe and fed by a port.
//
// Why a frame and not a tree beside ours: viewport units, media queries, fixed boxes, `:root`, rem and @font-face all mean the inner
// document's own viewport and root, and nothing but a frame gives it those. A frame without a page of its own (about:blank, srcdoc)
// would have another opaque origin that we cannot reach, so it loads /stage and listens like we do. What it costs: its ops are
// applied a message later than ours, and its answers (words of the hash, canonical form) come by promise.

import { OpWriter } from '@ridealong/wire';
import type { CanonicalDocument, Sample } from './canonical.ts';
import { type FromStage, HELLO, PORT, type Start, type ToStage } from './messages.ts';

/** Documents in frames, in one stage. */
export const MAX_NESTED = 64;
/** Stages above one another. */
export const MAX_NESTING = 6;

/** In a file that plays without a server this document has no address; its text, taken before anything else stands in it, is passed on. */
const OWN = location.protocol === 'data:' ? document.documentElement.outerHTML : '';

interface Parent {
  readonly depth: number;
  trouble(message: FromStage & { type: 'trouble' }): void;
  forgot(ids: number[]): void;
}

export class Nested {
  readonly writer = new OpWriter();
  private readonly channel = new MessageChannel();
  private readonly asked = new Map<number, (answer: FromStage) => void>();
  private asks = 0;
  private begun = false;
  readonly frame: HTMLIFrameElement;
  readonly document: number;
  private readonly parent: Parent;

  constructor(frame: HTMLIFrameElement, document: number, compat: number, parent: Parent) {
    this.frame = frame;
    this.document = document;
    this.parent = parent;
    this.channel.port1.onmessage = (event: MessageEvent<FromStage>) => this.heard(event.data);
    window.addEventListener('message', this.hello);
    // Browsers refuse a frame that has the address of two frames above it, so the depth is part of ours.
    frame.src = OWN
      ? `data:text/html;charset=utf-8,${encodeURIComponent(compat === 1 ? OWN : `<!doctype html>${OWN}`)}`
      : `${location.pathname}?depth=${parent.depth + 1}${compat === 1 ? '&compat=quirks' : ''}`;
  }

  send(message: ToStage, transfer: Transferable[] = []): void {
    this.channel.port1.postMessage(message, transfer);
  }

  /** Sends the ops written since the last time. */
  flush(epoch: number, seq: number): void {
    if (this.writer.length === 0) return;
    const raw = this.writer.take().buffer;
    this.writer.fresh();
    this.send({ type: 'ops', raw, epoch, seq, keyframe: false, fresh: true }, [raw]);
  }

  async words(): Promise<{ words: Uint32Array; nodes: number }> {
    const answer = await this.ask((ask) => ({ type: 'words', ask }));
    return answer.type === 'words' ? answer : { words: new Uint32Array(), nodes: 0 };
  }

  async serialize(sample: Sample): Promise<CanonicalDocument | null> {
    const answer = await this.ask((ask) => ({ type: 'serialize', ask, sample }));
    return answer.type === 'serialized' ? (JSON.parse(answer.document) as CanonicalDocument) : null;
  }

  close(): void {
    window.removeEventListener('message', this.hello);
    this.channel.port1.close();
    for (const answer of this.asked.values()) answer({ type: 'pong', n: 0, nodes: 0 });
    this.asked.clear();
  }

  private ask(question: (ask: number) => ToStage): Promise<FromStage> {
    const ask = ++this.asks;
    this.send(question(ask));
    return new Promise((resolve) => this.asked.set(ask, resolve));
  }

  private readonly hello = (event: MessageEvent<unknown>): void => {
    if (event.source === null || event.source !== this.frame.contentWindow || event.data !== HELLO) return;
    if (this.begun) {
      // It was moved in a way that made the browser load it again; what it showed is gone.
      return this.parent.trouble({
        type: 'trouble',
        reason: 'nested',
        detail: `document ${this.document} loaded again`,
      });
    }
    this.begun = true;
    const start: Start = { type: PORT, document: this.document, depth: this.parent.depth + 1 };
    this.frame.contentWindow?.postMessage(start, '*', [this.channel.port2]);
  };

  private heard(message: FromStage): void {
    if (message.type === 'trouble') this.parent.trouble(message);
    else if (message.type === 'forgot') this.parent.forgot(message.ids);
    else if (message.type === 'words' || message.type === 'serialized') {
      this.asked.get(message.ask)?.(message);
      this.asked.delete(message.ask);
    }
  }
}
