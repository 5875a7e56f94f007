// Two ends of a link with a slow, lossy network between them, driven by the test's clock. Stands in for Link: whole frames, no
// sealing.

import { LANES, type Lane } from '@ridealong/wire';
import { Emitter, type Link } from '@ridealong/wire/link';

interface Events {
  frame: [lane: Lane, frame: Uint8Array];
  state: [Link['state']];
  rung: [rung: 'direct' | 'turn/udp' | 'turn/tcp' | 'turn/tls' | 'fallback', broke: boolean];
  drain: [Lane];
  close: [code: string];
}

class End extends Emitter<Events> {
  state: Link['state'] = 'ready';
  rung: Link['rung'] = 'direct';
  sent = 0;
  other: End | undefined;
  queue: { lane: Lane; frame: Uint8Array }[] = [];

  send(lane: Lane, frame: Uint8Array): void {
    if (this.state !== 'ready') return;
    this.sent += frame.length;
    this.queue.push({ lane, frame });
  }

  backlog(lane: Lane): number {
    return this.queue.reduce((n, one) => n + (one.lane === lane ? one.frame.length : 0), 0);
  }

  /** Delivers up to so many bytes; a frame is lost when lose says so. */
  carry(bytes: number, lose: () => boolean = () => false): void {
    for (let left = bytes; left > 0; ) {
      const next = this.queue.shift();
      if (!next) break;
      left -= next.frame.length;
      if (!lose()) this.other?.emit('frame', next.lane, next.frame);
    }
    LANES.forEach((_, lane) => {
      if (this.backlog(lane as Lane) < 64 * 1024) this.emit('drain', lane as Lane);
    });
  }

  /** The rung breaks: what was under way is lost. */
  breaks(rung: 'direct' | 'fallback'): void {
    this.queue = [];
    this.rung = rung;
    this.emit('rung', rung, true);
  }

  finish(): void {
    this.state = 'closed';
    this.queue = [];
    this.emit('close', 'replaced');
  }

  /** As the classes take it. */
  get link(): Link {
    return this as unknown as Link;
  }
}

export function pipe(): { customer: End; agent: End } {
  const customer = new End();
  const agent = new End();
  customer.other = agent;
  agent.other = customer;
  for (const end of [customer, agent]) {
    end.fault = (error) => {
      throw error;
    };
  }
  return { customer, agent };
}

export type { End };
