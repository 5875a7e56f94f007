// The socket to the server, which comes back by itself (PROTOCOL.md §2).
//
// Guarantees: after `closed` nothing is emitted; a message is sent now or not at all; a socket over which nothing comes any more is
// given up within half a minute, or within seconds when `probe` is asked.

import { CloseCodes } from '../code.gen.ts';
import { Limits } from '../limits.gen.ts';
import type { ClientMessage, Credential, Participant, RelayedMessage, ServerMessage, Welcome } from '../message.gen.ts';
import { Emitter } from './emitter.ts';
import { MIN_SEALED } from './seal.ts';
import type { Bytes } from './secret.ts';

export type SignalState = 'connecting' | 'open' | 'waiting' | 'closed';

export interface SignalOptions {
  /** ws: or wss: */
  url: string;
  /** A credential for the first hello, and a new one whenever the server says `renew`. undefined: there is none any more. */
  credential: () => Promise<Credential | undefined>;
  /** Keeps the resume token where it survives a reload. */
  keep?: (resume: string) => void;
  /** For hello: where the customer is, if it may be told. */
  page?: () => { url: string; title: string } | undefined;
  /** Stands in for the platform's. */
  WebSocket?: new (
    url: string,
  ) => WebSocket;
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

const HEADER = 5;
const RELAYED = /^(greet|accept|proof|description|candidate|unlink|key-(commit|share|reveal))$/;
/** ms for the way from connecting to welcome. */
const PATIENCE = 10_000;
/** ms in which something has to come. */
const SILENCE = 12_000;
const PROBE = 2500;

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
  /** Of the latest welcome or presence. */
  participants: Participant[] = [];
  private socket: WebSocket | undefined;
  private resume: string | undefined;
  private refusals = 0; // credentials that were refused in a row
  private epoch = 0;
  private tries = 0;
  private heard = 0; // messages of this socket
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly online = () => (this.state === 'open' ? this.probe() : this.state === 'waiting' && this.connect());

  constructor(private readonly options: SignalOptions) {
    super();
    globalThis.addEventListener?.('online', this.online);
    this.connect();
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
    return this.put(JSON.stringify(message));
  }

  /** Sends a sealed frame; false when there is no socket now. */
  sendFallback(leg: number, sealed: Bytes): boolean {
    const frame = new Uint8Array(sealed.length + HEADER);
    frame[0] = 1;
    new DataView(frame.buffer).setUint32(1, leg);
    frame.set(sealed, HEADER);
    return this.put(frame);
  }

  private put(data: string | Bytes): boolean {
    if (this.state !== 'open' || !this.socket) return false;
    this.socket.send(data);
    return true;
  }

  /** Asks for a sign of life: the network may have changed. */
  probe(patience = PROBE): void {
    if (!this.send({ type: 'ping', t: performance.now() })) return;
    const { heard } = this;
    this.after(patience, () => (this.heard === heard ? this.lost() : this.listen()));
  }

  /** Ends for good. With a reason the server is told first. */
  close(reason?: string): void {
    if (reason) this.send({ type: 'leave', reason });
    this.finish('left');
  }

  private finish(code: string): void {
    if (this.state === 'closed') return;
    this.drop();
    globalThis.removeEventListener?.('online', this.online);
    this.set('closed');
    this.emit('closed', code);
  }

  /** One thing at a time is waited for; a page's own timers that call at once are not heard. */
  private after(ms: number, then: () => void): void {
    clearTimeout(this.timer);
    let later = false;
    this.timer = setTimeout(() => later && then(), ms);
    later = true;
  }

  private drop(): void {
    const { socket } = this;
    this.socket = undefined;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
    clearTimeout(this.timer);
  }

  private set(state: SignalState): void {
    if (state === this.state) return;
    this.state = state;
    this.emit('state', state);
  }

  private async connect(): Promise<void> {
    clearTimeout(this.timer);
    this.set('connecting');
    try {
      const credential: Credential | undefined = this.resume
        ? { kind: 'resume', value: this.resume }
        : await this.options.credential();
      if (this.state !== 'connecting') return;
      if (!credential) return this.finish('no-credential');
      this.dial(credential);
    } catch {
      this.lost();
    }
  }

  private dial(credential: Credential): void {
    const socket = new (this.options.WebSocket ?? WebSocket)(this.options.url);
    this.socket = socket;
    this.heard = 0;
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => socket.send(this.hello(credential));
    socket.onmessage = ({ data }) => this.receive(data);
    socket.onclose = ({ code }) => this.closed(code);
    this.after(PATIENCE, () => this.lost());
  }

  private hello(credential: Credential): string {
    let page = {};
    try {
      page = this.options.page?.() ?? {};
    } catch (error) {
      this.fault(error);
    }
    const epoch = this.epoch ? { epoch: this.epoch } : {};
    return JSON.stringify({ type: 'hello', v: Limits.Version, credential, ...epoch, ...page });
  }

  private receive(data: unknown): void {
    this.heard++;
    if (data instanceof ArrayBuffer) {
      const size = data.byteLength;
      if (size < HEADER + MIN_SEALED || size > Limits.MaxFallback) return;
      const view = new DataView(data);
      if (view.getUint8(0) === 1) this.emit('fallback', view.getUint32(1), new Uint8Array(data, HEADER));
      return;
    }
    const message = parse(data);
    if (!message) return;
    if (RELAYED.test(message.type)) return this.emit('relayed', message as RelayedMessage);
    if (message.type === 'welcome' || message.type === 'presence') {
      if (!Array.isArray(message.participants)) return;
      this.participants = message.participants;
    }
    if (message.type === 'ice') {
      if (this.welcome && Array.isArray(message.iceServers)) this.welcome.iceServers = message.iceServers;
    } else if (message.type === 'welcome') this.welcomed(message);
    else this.emit('message', message);
  }

  private welcomed(welcome: Welcome): void {
    this.resume = welcome.resume;
    this.epoch = welcome.epoch;
    this.tries = this.refusals = 0;
    this.welcome = welcome;
    try {
      this.options.keep?.(welcome.resume);
    } catch (error) {
      this.fault(error);
    }
    this.listen();
    this.set('open');
    this.emit('welcome', welcome);
    this.emit('message', welcome);
  }

  /** A socket can die without a word: when nothing comes for a while it is asked. */
  private listen(): void {
    const { heard } = this;
    this.after(SILENCE, () => (this.heard === heard ? this.probe(SILENCE) : this.listen()));
  }

  private closed(code: number): void {
    const known = CloseCodes.find((c) => c.code === code);
    if (known?.next === 'stop') return this.finish(known.name);
    if (known?.next === 'renew') {
      // A token that is too old is no refusal of what comes after it.
      if (!this.resume && ++this.refusals > 1) return this.finish(known.name);
      this.resume = undefined;
    }
    this.lost();
  }

  /** Tries again after a while. */
  private lost(): void {
    if (this.state === 'closed') return;
    this.drop();
    this.set('waiting');
    this.after(backoff(this.tries++), () => this.connect());
  }
}

function parse(data: unknown): ServerMessage | undefined {
  if (typeof data !== 'string' || data.length > Limits.MaxMessage) return undefined;
  try {
    const message: ServerMessage | null = JSON.parse(data);
    return typeof message?.type === 'string' ? message : undefined;
  } catch {
    return undefined;
  }
}
