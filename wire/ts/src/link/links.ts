// All links of one participant: the customer greets everybody who may watch, everybody else answers (PROTOCOL.md §5).

import type { Participant, Welcome } from '../message.gen.ts';
import { Emitter } from './emitter.ts';
import { Link } from './link.ts';
import type { Bytes, Side } from './secret.ts';
import { backoff, type Signal } from './signal.ts';

interface LinksEvents {
  /** A link that takes the place of the one before with the same leg. It is not ready yet. */
  link: [Link];
  /** A proof was wrong. The session has to end. */
  tampered: [];
}

export class Links extends Emitter<LinksEvents> {
  /** The newest ready link of each leg. */
  readonly ready = new Map<number, Link>();
  private readonly opening = new Map<number, Link>();
  private readonly retries = new Map<number, { tries: number; timer: ReturnType<typeof setTimeout> | undefined }>();
  private readonly stops: (() => void)[];
  private readonly side: Side;

  constructor(
    private readonly signal: Signal,
    private readonly key: Bytes,
    role: 'customer' | 'watcher',
  ) {
    super();
    this.side = role === 'customer' ? 'customer' : 'agent';
    this.stops =
      this.side === 'customer'
        ? [
            signal.on('welcome', (welcome) => this.present(welcome.participants)),
            signal.on('message', (message) => message.type === 'presence' && this.present(message.participants)),
          ]
        : [
            signal.on('relayed', (message) => {
              if (message.type !== 'greet' || !message.from) return;
              const link = this.make(message.from, message.link);
              link?.accept(message);
            }),
          ];
  }

  /** Customer: greets whoever is there already. Called when the listeners are in place. */
  begin(): void {
    if (this.signal.welcome && this.side === 'customer') this.present(this.signal.welcome.participants);
  }

  /** Customer: greets whoever came, forgets whoever left for good. */
  private present(participants: Participant[]): void {
    for (const p of participants) {
      if (p.role === 'customer' || !p.here) continue;
      if (!this.ready.has(p.leg) && !this.opening.has(p.leg)) this.greet(p.leg);
    }
  }

  /** Asks for a link anew, as when the other side's page is a new one. */
  greet(leg: number): void {
    this.make(leg)?.greet();
  }

  private make(leg: number, id?: string): Link | undefined {
    const welcome: Welcome | undefined = this.signal.welcome;
    if (!welcome) return undefined;
    this.opening.get(leg)?.close('replaced');
    const link = new Link(this.signal, this.side, leg, this.key, welcome, id);
    link.fault = this.fault;
    this.opening.set(leg, link);
    const patience = setTimeout(() => link.state !== 'ready' && link.close('timeout'), 15_000);
    link.on('state', (state) => {
      if (state !== 'ready') return;
      clearTimeout(patience);
      this.opening.delete(leg);
      const before = this.ready.get(leg);
      this.ready.set(leg, link);
      before?.close('replaced');
    });
    link.on('rung', (rung) => this.rungChanged(link, rung === 'fallback' && link.failed));
    link.on('close', (code) => {
      clearTimeout(patience);
      if (this.opening.get(leg) === link) this.opening.delete(leg);
      if (this.ready.get(leg) === link) this.ready.delete(leg);
      if (code === 'tampered') this.emit('tampered');
      else if (code === 'timeout' || code === 'fault') this.retry(leg);
    });
    this.emit('link', link);
    return link;
  }

  /** Customer: a link without its direct rung is replaced by a new one now and then; until it is ready the old one serves. */
  private rungChanged(link: Link, failed: boolean): void {
    const retry = this.retries.get(link.leg);
    if (!failed) {
      if (link.rung === 'direct' || link.rung === 'turn') this.retries.delete(link.leg);
      return;
    }
    if (typeof RTCPeerConnection === 'undefined' || retry?.timer) return;
    this.retry(link.leg);
  }

  private retry(leg: number): void {
    if (this.side !== 'customer') return;
    const retry = this.retries.get(leg) ?? { tries: 0, timer: undefined };
    if (retry.timer || retry.tries > 8) return;
    retry.timer = setTimeout(
      () => {
        retry.timer = undefined;
        const here = this.signal.welcome && this.signal.open;
        if (here && !this.opening.has(leg)) this.greet(leg);
      },
      backoff(retry.tries++),
    );
    this.retries.set(leg, retry);
  }

  close(code: string): void {
    for (const stop of this.stops.splice(0)) stop();
    for (const retry of this.retries.values()) clearTimeout(retry.timer);
    for (const link of [...this.opening.values(), ...this.ready.values()]) link.close(code);
  }
}
