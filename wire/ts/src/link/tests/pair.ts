// A customer and an agent in one room, each with its links.

import { decodeFrame, encodeFrame, Kind, Lane } from '../../frame.ts';
import type { Link } from '../link.ts';
import { Links } from '../links.ts';
import { readPath } from '../path.ts';
import type { Bytes } from '../secret.ts';
import type { Signal } from '../signal.ts';
import { Room, until } from './room.ts';

export const KEY: Bytes = new Uint8Array(32).fill(5);

export class End {
  readonly links: Links;
  /** Every link that there was. */
  readonly all: Link[] = [];
  readonly frames: { lane: Lane; frame: Uint8Array }[] = [];
  readonly rungs: string[] = [];
  readonly closes: string[] = [];
  readonly faults: unknown[] = [];
  tampered = 0;
  onFrame: (lane: Lane, frame: Uint8Array) => void = (lane, frame) => void this.frames.push({ lane, frame });

  constructor(
    readonly signal: Signal,
    role: 'customer' | 'watcher',
    key: Bytes = KEY,
  ) {
    this.links = new Links(signal, key, role, readPath);
    this.links.fault = (error) => void this.faults.push(error);
    this.links.on('tampered', () => this.tampered++);
    this.links.on('link', (link) => {
      this.all.push(link);
      link.on('frame', (lane, frame) => this.onFrame(lane, frame));
      link.on('rung', (rung, broke) => this.rungs.push(broke ? `${rung}!` : rung));
      link.on('close', (code) => this.closes.push(code));
    });
    this.links.begin();
  }

  /** The link that serves. */
  get link(): Link {
    const [link] = this.links.ready.values();
    if (!link) throw new Error('no link');
    return link;
  }

  get ready(): boolean {
    return this.links.ready.size > 0;
  }

  close(): void {
    this.links.close('test');
    this.signal.close();
  }
}

export class Pair {
  readonly room = new Room();
  readonly customer: End;
  readonly agent: End;

  constructor(keys: { customer?: Bytes; agent?: Bytes } = {}, setUp: (room: Room) => void = () => undefined) {
    setUp(this.room);
    this.agent = new End(this.room.signal(2), 'watcher', keys.agent ?? KEY);
    this.customer = new End(this.room.signal(1), 'customer', keys.customer ?? KEY);
  }

  async ready(): Promise<this> {
    await until(() => this.customer.ready && this.agent.ready);
    return this;
  }

  async on(rung: string): Promise<void> {
    await until(() => this.customer.ready && this.agent.ready);
    await until(() => this.customer.link.rung === rung && this.agent.link.rung === rung);
  }

  close(): void {
    this.customer.close();
    this.agent.close();
  }
}

/** A frame with a number and a size. */
export function numbered(n: number, size = 0): Uint8Array {
  const payload = new Uint8Array(4 + size).fill(n);
  new DataView(payload.buffer).setUint32(0, n);
  return encodeFrame({ kind: Kind.ops, flags: 0, epoch: 1, seq: n, time: 0, payload });
}

export const control = (message: object): Uint8Array =>
  encodeFrame({
    kind: Kind.control,
    flags: 0,
    epoch: 0,
    seq: 0,
    time: 0,
    payload: new TextEncoder().encode(JSON.stringify(message)),
  });

export const seqs = (end: End, lane: Lane = Lane.dom): number[] =>
  end.frames.filter((one) => one.lane === lane).map((one) => decodeFrame(one.frame).seq);
