// A server and a network in memory: sockets that can be cut, messages that can be changed, fallback frames that can be lost.

import { expect } from 'vitest';
import type { Participant, Role, ServerMessage } from '../../message.gen.ts';
import { Signal } from '../signal.ts';

type Json = Record<string, unknown>;

/** Stands in for WebSocket. */
class Socket {
  readyState = 0;
  binaryType = '';
  bufferedAmount = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  leg = 0;

  constructor(private readonly room: Room) {
    room.dialled(this);
  }

  opens(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  send(data: string | Uint8Array): void {
    if (this.readyState === 1) this.room.took(this, typeof data === 'string' ? data : data.slice());
  }

  gives(data: unknown): void {
    queueMicrotask(() => this.readyState === 1 && this.onmessage?.({ data }));
  }

  close(): void {
    this.cut(1000);
  }

  cut(code: number): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.room.left(this);
    this.onclose?.({ code });
  }
}

export class Room {
  up = true;
  /** Sockets stay open and say nothing. */
  dead = false;
  readonly people = new Map<number, Participant>();
  readonly sockets = new Map<number, Socket>();
  readonly dials: Socket[] = [];
  readonly hellos: Json[] = [];
  readonly seen: Json[] = [];
  fallbackFrames: Uint8Array[] = [];
  change: (message: Json) => Json | undefined = (message) => message;
  lose: () => boolean = () => false;
  resumes = 0;
  refuseResume = false;

  constructor(roles: Role[] = ['customer', 'agent']) {
    roles.forEach((role, i) => {
      this.people.set(i + 1, { id: `p${i + 1}`, leg: i + 1, role, name: role, here: false });
    });
  }

  /** A participant's signal; its credential names its leg. */
  signal(leg: number): Signal {
    const room = this;
    const signal = new Signal({
      url: 'ws://test',
      credential: async () => ({ kind: 'ticket', value: String(leg) }),
      WebSocket: class {
        constructor() {
          // biome-ignore lint/correctness/noConstructorReturn: it stands in for the platform's class
          return new Socket(room);
        }
      } as unknown as new (
        url: string,
      ) => WebSocket,
    });
    signal.fault = (error) => {
      throw error;
    };
    return signal;
  }

  dialled(socket: Socket): void {
    this.dials.push(socket);
    queueMicrotask(() => (this.up ? socket.opens() : socket.cut(1006)));
  }

  took(socket: Socket, data: string | Uint8Array): void {
    if (this.dead) return;
    if (typeof data !== 'string') return this.fallback(socket, data);
    const message: Json = JSON.parse(data);
    if (message.type === 'hello') return this.hello(socket, message);
    if (message.type === 'ping') return socket.gives(JSON.stringify({ type: 'pong', t: message.t }));
    const { to, ...rest } = message;
    const changed = this.change({ ...rest, from: socket.leg });
    if (!changed) return;
    this.seen.push(changed);
    this.sockets.get(Number(to))?.gives(JSON.stringify(changed));
  }

  private fallback(socket: Socket, data: Uint8Array): void {
    this.fallbackFrames.push(data);
    if (this.lose()) return;
    const view = new DataView(data.buffer, data.byteOffset);
    const to = view.getUint32(1);
    const copy = data.slice();
    new DataView(copy.buffer).setUint32(1, socket.leg);
    this.sockets.get(to)?.gives(copy.buffer);
  }

  private hello(socket: Socket, message: Json): void {
    this.hellos.push(message);
    const { kind, value } = message.credential as { kind: string; value: string };
    if (kind === 'resume' && this.refuseResume) return socket.cut(4100);
    socket.leg = Number(value.split('.')[0]);
    const participant = this.people.get(socket.leg);
    if (!participant) return socket.cut(4100);
    this.sockets.get(socket.leg)?.cut(4409);
    this.sockets.set(socket.leg, socket);
    this.people.set(socket.leg, { ...participant, here: true });
    const consent = { view: true, control: false, record: false, textVersion: '1' };
    this.give(socket.leg, {
      type: 'welcome',
      v: 1,
      session: 's1',
      participant: { ...participant, here: true },
      resume: `${socket.leg}.${++this.resumes}`,
      epoch: 1,
      iceServers: [],
      relayOnly: false,
      participants: [...this.people.values()],
      consent,
    });
    this.presence(socket.leg);
  }

  give(leg: number, message: ServerMessage): void {
    this.sockets.get(leg)?.gives(JSON.stringify(message));
  }

  presence(except = 0): void {
    const participants = [...this.people.values()];
    for (const leg of this.sockets.keys()) if (leg !== except) this.give(leg, { type: 'presence', participants });
  }

  left(socket: Socket): void {
    if (this.sockets.get(socket.leg) !== socket) return;
    this.sockets.delete(socket.leg);
    const participant = this.people.get(socket.leg);
    if (participant) this.people.set(socket.leg, { ...participant, here: false });
    this.presence();
  }

  /** The server goes away. */
  down(): void {
    this.up = false;
    for (const socket of [...this.sockets.values()]) socket.cut(1006);
  }

  /** The frames that the server carried hold none of these bytes. */
  neverSaw(text: string): void {
    for (const frame of this.fallbackFrames) expect(Buffer.from(frame).includes(text)).toBe(false);
  }
}

/** Waits for real time to make it true. */
export async function until(what: () => boolean, ms = 5000): Promise<void> {
  const end = performance.now() + ms;
  while (!what()) {
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
