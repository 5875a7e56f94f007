// A WebSocket server of the tests' own: a page that breaks its platform breaks what a driver would put in a socket's place.

import { createHash } from 'node:crypto';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** The server's end of one socket. Whole messages only, as browsers send them when they are small. */
export class Peer {
  message: (data: string | Buffer) => void = () => undefined;
  closed = false;
  private closing = false;
  private rest = Buffer.alloc(0);

  constructor(private readonly socket: Socket) {
    socket.on('data', (chunk) => this.take(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.closed = true;
    });
  }

  send(data: string | Uint8Array): void {
    const body = Buffer.from(data as string);
    const size = body.length < 126 ? 0 : body.length < 65_536 ? 2 : 8;
    const head = Buffer.alloc(2 + size);
    head[0] = typeof data === 'string' ? 0x81 : 0x82;
    head[1] = [body.length, 0, 126, 0, 0, 0, 0, 0, 127][size] as number;
    if (size === 2) head.writeUInt16BE(body.length, 2);
    if (size === 8) head.writeBigUInt64BE(BigInt(body.length), 2);
    if (!this.closed) this.socket.write(Buffer.concat([head, body]));
  }

  /** Closes it, or answers that it is closed: `said` is a code and a reason. Who is asked first ends the connection. */
  close(said: Buffer, answer = false): void {
    if (!this.closing) this.socket.write(Buffer.concat([Buffer.from([0x88, said.length]), said]));
    this.closing = true;
    if (answer) this.socket.end();
  }

  end(): void {
    this.socket.end();
  }

  private take(chunk: Buffer): void {
    this.rest = Buffer.concat([this.rest, chunk]);
    for (;;) {
      const { rest } = this;
      if (rest.length < 2) return;
      const short = (rest[1] as number) & 127;
      const at = short === 126 ? 4 : short === 127 ? 10 : 2;
      if (rest.length < at + 4) return;
      const length = short === 126 ? rest.readUInt16BE(2) : short === 127 ? Number(rest.readBigUInt64BE(2)) : short;
      const end = at + 4 + length;
      if (rest.length < end) return;
      const mask = rest.subarray(at, at + 4);
      const body = Buffer.from(rest.subarray(at + 4, end).map((byte, i) => byte ^ (mask[i % 4] as number)));
      this.rest = rest.subarray(end);
      const kind = (rest[0] as number) & 15;
      if (kind === 8) return void this.close(body, true);
      if (kind === 1) this.message(body.toString());
      if (kind === 2) this.message(body);
    }
  }
}

/** Answers every request for a socket on `server`. */
export function sockets(server: Server, accept: (peer: Peer, path: string) => void): void {
  server.on('upgrade', (request, socket) => {
    const key = createHash('sha1').update(`${request.headers['sec-websocket-key']}${GUID}`);
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key.digest('base64')}\r\n\r\n`,
    );
    accept(new Peer(socket as Socket), request.url ?? '/');
  });
}
