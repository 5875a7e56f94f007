// The way between a browser and the server, seen from in between: what is sent is kept, and can be changed on the way.
import type { BrowserContext } from '@playwright/test';
import type { House } from './house.ts';

export type Change = (message: string) => string;

export interface Changes {
  up?: Change;
  down?: Change;
  /** What becomes of a sealed frame, either way. */
  frames?: (frame: Buffer) => Buffer[];
}

export class Wire {
  /** Binary messages that went to or came from the server. */
  fallbackFrames = 0;
  readonly #seen: string[] = [];

  /** Everything that passed, as Latin-1 text, so that plain text shows. */
  text(): string {
    return this.#seen.join('\n');
  }

  /** Stands between the pages of `context` and the server. */
  static async tap(context: BrowserContext, house: House, { up, down, frames }: Changes = {}): Promise<Wire> {
    const wire = new Wire();
    await context.routeWebSocket(`${house.relay.replace('http', 'ws')}/ws/**`, (socket) => {
      const server = socket.connectToServer();
      socket.onMessage((message) => wire.#pass(message, (m) => server.send(m), up, frames));
      server.onMessage((message) => wire.#pass(message, (m) => socket.send(m), down, frames));
    });
    return wire;
  }

  #pass(
    message: string | Buffer,
    on: (message: string | Buffer) => void,
    change?: Change,
    frames?: Changes['frames'],
  ): void {
    if (typeof message === 'string') {
      this.#seen.push(message);
      return on(change ? change(message) : message);
    }
    this.fallbackFrames++;
    this.#seen.push(message.toString('latin1'));
    for (const frame of frames ? frames(message) : [message]) on(frame);
  }
}

/** Replaces the DTLS fingerprint in a description by another of the same form. */
export function swapFingerprint(message: string): string {
  return message.replace(
    /(a=fingerprint:sha-256 )([0-9A-F]{2})/gi,
    (_, head: string, byte: string) => head + (byte === 'AA' ? 'BB' : 'AA'),
  );
}
