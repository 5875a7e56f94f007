// A slow line to the server: so many bits in a second each way, each of them so much later, for all connections together.

import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';

export interface Line {
  /** Each way. */
  bitsPerSecond: number;
  /** There and back, ms. */
  roundTrip: number;
}

/** One direction: chunks leave one after the other, as fast as the line takes them. */
class Way {
  bytes = 0;
  /** When the line is free again, ms. */
  private free = 0;

  constructor(private readonly line: Line) {}

  /** Carries what `from` sends to `to`. What waits for the line holds its sender back. */
  carry(from: Socket, to: Socket): void {
    from.on('data', (chunk: Buffer) => {
      this.bytes += chunk.length;
      const now = performance.now();
      this.free = Math.max(now, this.free) + (chunk.length * 8000) / this.line.bitsPerSecond;
      const wait = this.free - now;
      if (wait > 20) {
        from.pause();
        setTimeout(() => from.resume(), wait);
      }
      setTimeout(() => to.destroyed || to.write(chunk), wait + this.line.roundTrip / 2);
    });
    from.on('end', () => setTimeout(() => to.end(), this.free - performance.now() + this.line.roundTrip));
    from.on('error', () => to.destroy());
    from.on('close', () => from.readableEnded || to.destroy());
  }
}

export class SlowLine {
  readonly up: Way;
  readonly down: Way;

  private constructor(
    private readonly server: Server,
    /** Instead of the server's. */
    readonly origin: string,
    line: Line,
  ) {
    this.up = new Way(line);
    this.down = new Way(line);
  }

  static async to(origin: string, line: Line): Promise<SlowLine> {
    const port = Number(new URL(origin).port);
    const server = createServer({ highWaterMark: 4096 });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const slow = new SlowLine(server, `http://localhost:${(server.address() as AddressInfo).port}`, line);
    server.on('connection', (near) => {
      const far = connect({ port, host: '127.0.0.1' });
      near.setNoDelay(true);
      far.setNoDelay(true);
      slow.up.carry(near, far);
      slow.down.carry(far, near);
    });
    return slow;
  }

  close(): void {
    this.server.close();
  }
}
