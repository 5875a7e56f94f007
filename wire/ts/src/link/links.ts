// All links of one participant: the customer greets everybody who may watch, everybody else answers (PROTOCOL.md §5).
//
// Guarantees: with each leg there is at most one ready link and one that may take its place; the one before serves until then.

import type { Greet, Participant } from '../message.gen.ts';
import { Emitter } from './emitter.ts';
import { Link } from './link.ts';
import type { ReadPath } from './path.ts';
import type { Side } from './proof.ts';
import type { Bytes } from './secret.ts';
import { backoff, type Signal } from './signal.ts';

interface LinksEvents {
  /** A link that takes the place of the one before with the same leg. It is not ready yet. */
  link: [Link];
  /** A proof was wrong. The session has to end. */
  tampered: [];
}

interface Retry {
  tries: number;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** The key for a leg: one for all, or undefined where there is none (yet). */
export type KeyOf = (leg: number) => Bytes | undefined;

/** ms for a handshake. */
const PATIENCE = 15_000;
const MAX_TRIES = 8;
/** A watcher pings every 2 s: one that says nothing for so long has another page now. */
const SILENCE = 2500;

export class Links extends Emitter<LinksEvents> {
  /** The newest ready link of each leg. */
  readonly ready = new Map<number, Link>();
  private readonly opening = new Map<number, Link>();
  private readonly retries = new Map<number, Retry>();
  private readonly timers = new Set<ReturnType<typeof setTimeout>>();
  private readonly stops: (() => void)[];
  private readonly side: Side;
  private readonly keyOf: KeyOf;
  private here = new Set<number>();

  constructor(
    private readonly signal: Signal,
    key: Bytes | KeyOf,
    role: 'customer' | 'watcher',
    /** For whoever shows which path it is. */
    private readonly readPath?: ReadPath,
  ) {
    super();
    this.side = role === 'customer' ? 'customer' : 'agent';
    this.keyOf = typeof key === 'function' ? key : () => key;
    this.stops = [
      signal.on('welcome', () => this.present(true)),
      signal.on('message', (message) => message.type === 'presence' && this.present(false)),
      signal.on('relayed', (message) => message.type === 'greet' && this.greeted(message)),
    ];
  }

  /** Customer: greets whoever is there already. Called when the listeners are in place. */
  begin(): void {
    if (this.signal.open) this.present(true);
  }

  /** Customer: begins a link anew, as when there is a key now, or the other side's page is a new one. */
  greet(leg: number): void {
    if (this.side === 'customer') this.make(leg)?.greet();
  }

  close(code: string): void {
    for (const stop of this.stops.splice(0)) stop();
    for (const retry of this.retries.values()) clearTimeout(retry.timer);
    for (const timer of this.timers) clearTimeout(timer);
    for (const link of this.all()) link.close(code);
  }

  private all(): Link[] {
    return [...this.opening.values(), ...this.ready.values()];
  }

  /** Forgets whoever left for good. Customer: greets whoever came. `anew`: what happened while the socket was down is not known. */
  private present(anew: boolean): void {
    const { participants } = this.signal;
    for (const link of this.all()) if (!participants.some((p) => p.leg === link.leg)) link.close('gone');
    const before = this.here;
    this.here = new Set(participants.filter((p) => p.here).map((p) => p.leg));
    if (this.side !== 'customer') return;
    for (const p of participants) if (p.here && p.role !== 'customer') this.meet(p, anew || !before.has(p.leg));
  }

  private meet({ leg }: Participant, came: boolean): void {
    const link = this.ready.get(leg);
    if (came) this.settle(leg);
    if (this.opening.has(leg) ? came : !link) this.greet(leg);
    else if (link?.rung === 'fallback') {
      // By the server nobody sees whether the other side's page is the one before. An open direct rung says so itself.
      if (came) this.greet(leg);
      else this.listen(link);
    }
  }

  private listen(link: Link): void {
    let heard = false;
    const stop = link.on('frame', () => {
      heard = true;
    });
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      stop();
      const current = this.ready.get(link.leg) === link && !this.opening.has(link.leg);
      if (!heard && current && link.rung === 'fallback' && this.reachable(link.leg)) this.greet(link.leg);
    }, SILENCE);
    this.timers.add(timer);
  }

  private reachable(leg: number): boolean {
    return this.signal.open && this.here.has(leg);
  }

  /** Agent: only the session's customer begins links. */
  private greeted(greet: Greet): void {
    const { from, link } = greet;
    const customer = this.signal.participants.some((p) => p.leg === from && p.role === 'customer');
    if (this.side === 'agent' && customer && from && /^[\w-]{22}$/.test(link)) this.make(from, link)?.accept(greet);
  }

  private make(leg: number, id?: string): Link | undefined {
    const { welcome } = this.signal;
    const key = this.keyOf(leg);
    if (!welcome || !key) return undefined;
    this.opening.get(leg)?.close('replaced');
    const link = new Link(this.signal, this.side, leg, key, welcome, id, this.readPath);
    link.fault = (error) => this.fault(error);
    this.opening.set(leg, link);
    const patience = setTimeout(() => link.close('timeout'), PATIENCE);
    link.on('state', (state) => {
      if (state !== 'ready') return;
      clearTimeout(patience);
      this.serve(link);
    });
    link.on('rung', (rung) => rung !== 'fallback' && this.settle(leg));
    link.on('failed', () => this.retry(leg));
    link.on('close', (code) => {
      clearTimeout(patience);
      this.forget(link, code);
    });
    this.emit('link', link);
    return link;
  }

  private serve(link: Link): void {
    const { leg } = link;
    this.opening.delete(leg);
    const before = this.ready.get(leg);
    this.ready.set(leg, link);
    before?.close('replaced');
  }

  private forget(link: Link, code: string): void {
    for (const map of [this.opening, this.ready]) if (map.get(link.leg) === link) map.delete(link.leg);
    if (code === 'tampered') this.emit('tampered');
    else if (code === 'timeout' || code === 'fault') this.retry(link.leg);
  }

  private settle(leg: number): void {
    clearTimeout(this.retries.get(leg)?.timer);
    this.retries.delete(leg);
  }

  /** Customer: a link that did not come about, or lost its direct rung for good, is followed by a new one. */
  private retry(leg: number): void {
    if (this.side !== 'customer' || this.stops.length === 0) return;
    const retry = this.retries.get(leg) ?? { tries: 0, timer: undefined };
    this.retries.set(leg, retry);
    if (retry.timer || retry.tries >= MAX_TRIES) return;
    retry.timer = setTimeout(
      () => {
        retry.timer = undefined;
        if (this.reachable(leg) && !this.opening.has(leg)) this.greet(leg);
      },
      backoff(retry.tries++),
    );
  }
}
