// A session in the tests' process: the server's part of it, and an agent who follows the customer's page and has its tree.

import { type Bytes, Links, Signal } from '@ridealong/wire/link';
import { Follower } from '@ridealong/wire/link/follower';
import { type Entry, readOps, StringTable } from '@ridealong/wire/read';
import { Tree } from '../../src/capture/tests/tree.ts';
import type { Peer } from './socket.ts';

export const KEY = Buffer.alloc(32, 7).toString('base64url');

const CUSTOMER = { id: 'c', leg: 1, role: 'customer', name: 'Customer', here: true };
const WATCHER = { id: 'a', leg: 2, role: 'agent', name: 'Ana', here: true };
type Message = { type: string } & Record<string, unknown>;

/** The agent's end of the socket to the server, without one. */
class Near {
  binaryType = '';
  bufferedAmount = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor(readonly send: (data: string | Uint8Array) => void) {
    setTimeout(() => this.onopen?.());
  }

  close(): void {}
}

function parsed(data: string): Message | undefined {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}

/** One customer and one agent. */
export class Session {
  /** What the customer told the server. */
  readonly heard: Message[] = [];
  /** Control messages that the agent got of the customer. */
  readonly told: Message[] = [];
  /** What went wrong at the agent's. */
  readonly troubles: string[] = [];
  readonly entries: Entry[] = [];
  tree = new Tree();
  /** Frames that were applied. */
  frames = 0;
  private table = new StringTable();
  private customer: Peer | undefined;
  private near: Near | undefined;
  private readonly signal: Signal;
  private readonly links: Links;
  private readonly follower: Follower;
  private epoch = 0;

  constructor(
    /** What its credentials are. */
    readonly name: string,
  ) {
    const session = this;
    class Socket extends Near {
      constructor() {
        super((data) => session.fromAgent(data));
        session.near = this;
      }
    }
    this.signal = new Signal({
      url: 'ws://agent',
      credential: async () => ({ kind: 'ticket', value: 't' }),
      WebSocket: Socket as unknown as typeof WebSocket,
    });
    this.links = new Links(this.signal, Buffer.from(KEY, 'base64url') as unknown as Bytes, 'watcher');
    const nothing = () => undefined;
    this.follower = new Follower({
      ops: (raw, { keyframe, fresh }) => this.ops(raw, keyframe, fresh),
      control: (message) => this.told.push(message),
      trouble: (reason) => this.troubles.push(reason),
      entries: ({ entries }) => this.entries.push(...entries),
      pointer: nothing,
      asset: nothing,
      blob: nothing,
      refused: nothing,
    });
    this.links.on('link', (link) => this.follower.attach(link));
  }

  /** The customer's socket, which said this. */
  accept(peer: Peer, hello: string): void {
    this.customer = peer;
    peer.message = (data) => this.fromCustomer(data);
    this.fromCustomer(hello);
  }

  /** Whether the customer's socket has gone: the server tells the agent, whose view says so. */
  get gone(): boolean {
    return this.customer?.closed === true;
  }

  /** All text that the agent sees, in the tree's order. */
  text(): string {
    return [...this.tree.nodes.values()].map((node) => node.text).join('\n');
  }

  close(): void {
    this.links.close('gone');
    this.follower.close();
    this.signal.close();
  }

  private ops(raw: Uint8Array, keyframe: boolean, fresh: boolean): void {
    const table = keyframe ? new StringTable() : this.table;
    if (fresh && !keyframe) this.table = new StringTable();
    if (keyframe) this.tree = new Tree();
    try {
      readOps(raw, keyframe ? table : this.table, this.tree);
      this.frames++;
    } catch (error) {
      this.troubles.push(String(error));
      this.follower.requestKeyframe('decode');
    }
  }

  private welcome(participant: unknown): string {
    const fixed = { v: 1, session: 'S', epoch: this.epoch, iceServers: [], relayOnly: false, resume: this.name };
    const consent = { view: true, control: false, record: false, textVersion: '1' };
    return JSON.stringify({ type: 'welcome', ...fixed, participant, participants: [CUSTOMER, WATCHER], consent });
  }

  private fromCustomer(data: string | Buffer): void {
    if (typeof data !== 'string') return this.toAgent(Uint8Array.from(data).fill(0, 1, 5), 1);
    const message = parsed(data);
    if (!message) return this.customer?.end(); // as the server does
    this.heard.push(message);
    if (message.type === 'hello') {
      this.epoch++;
      this.customer?.send(this.welcome(CUSTOMER));
    } else if (message.type === 'ping') this.customer?.send(JSON.stringify({ type: 'pong', t: message.t }));
    else if (message.to === 2) this.near?.onmessage?.({ data: JSON.stringify({ ...message, to: undefined, from: 1 }) });
  }

  private toAgent(frame: Uint8Array, from: number): void {
    frame[4] = from;
    this.near?.onmessage?.({ data: frame.buffer });
  }

  private fromAgent(data: string | Uint8Array): void {
    if (typeof data !== 'string') {
      const frame = Uint8Array.from(data).fill(0, 1, 5);
      frame[4] = 2;
      this.customer?.send(frame);
      return;
    }
    const message = JSON.parse(data) as Message;
    if (message.type === 'hello') this.near?.onmessage?.({ data: this.welcome(WATCHER) });
    else if (message.to === 1) this.customer?.send(JSON.stringify({ ...message, to: undefined, from: 2 }));
  }
}
