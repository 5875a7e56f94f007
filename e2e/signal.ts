// The way between a browser and the server, seen from in between: what is sent is kept, and can be changed on the way.
import type { BrowserContext } from '@playwright/test';
import type { House } from './house.ts';

export type Change = (message: string) => string;

export class Wire {
  /** Binary messages that went to or came from the server. */
  fallbackFrames = 0;
  readonly #seen: string[] = [];

  /** Everything that passed, as Latin-1 text, so that plain text shows. */
  text(): string {
    return this.#seen.join('\n');
  }

  /** Stands between the pages of `context` and the server. Text messages pass through the given changes. */
  static async tap(context: BrowserContext, house: House, changes: { up?: Change; down?: Change } = {}): Promise<Wire> {
    const wire = new Wire();
    await context.routeWebSocket(`${house.relay.replace('http', 'ws')}/ws/**`, (socket) => {
      const server = socket.connectToServer();
      socket.onMessage((message) => server.send(wire.#pass(message, changes.up)));
      server.onMessage((message) => socket.send(wire.#pass(message, changes.down)));
    });
    return wire;
  }

  #pass(message: string | Buffer, change?: Change): string | Buffer {
    if (typeof message === 'string') {
      this.#seen.push(message);
      return change ? change(message) : message;
    }
    this.fallbackFrames++;
    this.#seen.push(message.toString('latin1'));
    return message;
  }
}

/** Replaces the DTLS fingerprint in a description by another of the same form. */
export function swapFingerprint(message: string): string {
  return message.replace(
    /(a=fingerprint:sha-256 )([0-9A-F]{2})/gi,
    (_, head: string, byte: string) => head + (byte === 'AA' ? 'BB' : 'AA'),
  );
}
