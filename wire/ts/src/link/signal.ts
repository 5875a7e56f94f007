// The socket to the server, which comes back by itself (PROTOCOL.md §2).

import { CloseCodes } from '../code.gen.ts';
import { Limits } from '../limits.gen.ts';
import type { ClientMessage, Credential, RelayedMessage, ServerMessage, Welcome } from '../message.gen.ts';
import { Emitter } from './emitter.ts';
import type { Bytes } from './secret.ts';

export type SignalState = 'connecting' | 'open' | 'waiting' | 'closed';

export interface SignalOptions {
  /** ws: or wss: */
  url: string;
  /** A credential for the first hello, and a new one whenever the server says `renew`. undefined: there is none any more. */
  credential: () => Promise<Credential | undefined>;
  /** Keeps the resume token where it survives a reload. */
  keep?: (resume: string) => void;
  /** For hello: where the customer is. */
  page?: () => { url: string; title: string };
}

interface SignalEvents {
  welcome: [Welcome];
  message: [ServerMessage];
  relayed: [RelayedMessage];
  fallback: [leg: number, sealed: Bytes];
  state: [SignalState];
  /** The socket will not come back: the name of the close code. */
  closed: [code: string];
}

const relayed = new Set([
  'greet',
  'accept',
  'proof',
  'description',
  'candidate',
  'unlink',
  'key-commit',
  'key-share',
  'key-reveal',
]);

/** Milliseconds before try n (from 0): soon at first, then doubling to 8 s, with half of it by chance. */
export function backoff(n: number, chance = Math.random()): number {
  if (n === 0) return chance * 1000;
  const full = Math.min(8000, 500 * 2 ** n);
  return full / 2 + (full / 2) * chance;
}

export class Signal extends Emitter<SignalEvents> {
  state: SignalState = 'connecting';
  /** Of the latest welcome. */
  welcome: Welcome | undefined;
  private socket: WebSocket | undefined;
  private resume: string | undefined;
  private epoch = 0;
  private tries = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly online = () => this.state === 'waiting' && this.connect();

  constructor(private readonly options: SignalOptions) {
    super();
    globalThis.addEventListener?.('online', this.online);
    void this.connect();
  }

  /** Bytes that wait in the socket. */
  get backlog(): number {
    return this.socket?.bufferedAmount ?? 0;
  }

  get open(): boolean {
    return this.state === 'open';
  }

  /** False when there is no socket now; the message is lost. */
  send(message: ClientMessage): boolean {
    if (this.state !== 'open' || !this.socket) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  /** Sends a sealed frame; false when there is no socket now. */
  sendFallback(leg: number, sealed: Bytes): boolean {
    if (this.state !== 'open' || !this.socket) return false;
    const frame = new Uint8Array(sealed.length + 5);
    frame[0] = 1;
    new DataView(frame.buffer).setUint32(1, leg);
    frame.set(sealed, 5);
    this.socket.send(frame);
    return true;
  }

  /** Ends for good. With a reason the server is told first. */
  close(reason?: string): void {
    if (this.state === 'closed') return;
    if (reason) this.send({ type: 'leave', reason });
    this.finish('left');
  }

  private finish(code: string): void {
    this.set('closed');
    clearTimeout(this.timer);
    globalThis.removeEventListener?.('online', this.online);
    this.drop();
    this.emit('closed', code);
  }

  private drop(): void {
    const socket = this.socket;
    this.socket = undefined;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    try {
      socket.close();
    } catch {
      // It was closing already.
    }
  }

  private set(state: SignalState): void {
    if (state === this.state) return;
    this.state = state;
    this.emit('state', state);
  }

  private async connect(renew = false): Promise<void> {
    clearTimeout(this.timer);
    this.set('connecting');
    let credential: Credential | undefined;
    try {
      credential = this.resume && !renew ? { kind: 'resume', value: this.resume } : await this.options.credential();
    } catch {
      return this.wait();
    }
    if (this.state === 'closed') return;
    if (!credential) return this.finish('no-credential');
    const hello = credential;
    this.drop();
    let socket: WebSocket;
    try {
      socket = new WebSocket(this.options.url);
    } catch {
      return this.wait();
    }
    this.socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      const page = this.options.page?.() ?? {};
      socket.send(
        JSON.stringify({
          type: 'hello',
          v: Limits.Version,
          credential: hello,
          ...(this.epoch ? { epoch: this.epoch } : {}),
          ...page,
        }),
      );
    };
    socket.onmessage = (event) => this.receive(event.data);
    socket.onclose = (event) => this.closed(event.code);
  }

  private receive(data: unknown): void {
    if (data instanceof ArrayBuffer) {
      if (data.byteLength < 32 || data.byteLength > Limits.MaxFallback) return;
      this.emit('fallback', new DataView(data).getUint32(1), new Uint8Array(data, 5));
      return;
    }
    if (typeof data !== 'string' || data.length > Limits.MaxMessage) return;
    let message: ServerMessage;
    try {
      message = JSON.parse(data);
    } catch {
      return;
    }
    if (typeof message !== 'object' || message === null) return;
    if (message.type === 'welcome') this.welcomed(message);
    if (relayed.has(message.type)) this.emit('relayed', message as RelayedMessage);
    else this.emit('message', message);
  }

  private welcomed(welcome: Welcome): void {
    this.resume = welcome.resume;
    this.epoch = welcome.epoch;
    this.tries = 0;
    this.welcome = welcome;
    this.options.keep?.(welcome.resume);
    this.set('open');
    this.emit('welcome', welcome);
  }

  private closed(code: number): void {
    this.socket = undefined;
    const known = CloseCodes.find((c) => c.code === code);
    if (known?.next === 'stop') return this.finish(known.name);
    if (known?.next === 'renew') {
      if (this.tries > 0 && !this.resume) return this.finish(known.name);
      this.resume = undefined;
    }
    this.wait();
  }

  private wait(): void {
    if (this.state === 'closed') return;
    this.set('waiting');
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.connect(), backoff(this.tries++));
  }
}
