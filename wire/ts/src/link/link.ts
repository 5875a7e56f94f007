// One link between the customer and somebody who watches: the handshake with its proof, the rungs, the lanes (PROTOCOL.md §5).
//
// Guarantees: no frame is sent or given before the other side's proof was verified; frames of one lane on one rung keep their order;
// between rungs nothing is promised, the reader of the log sorts and asks again; after 'close' nothing is emitted.

import { Joiner, Lane, pieces } from '../frame.ts';
import { Limits } from '../limits.gen.ts';
import type {
  Accept,
  Candidate,
  Description,
  Greet,
  Negotiate,
  Proof,
  RelayedMessage,
  Welcome,
} from '../message.gen.ts';
import { Direct, LOW_MARK } from './direct.ts';
import { Emitter } from './emitter.ts';
import {
  type Bytes,
  base64url,
  fingerprint,
  Opener,
  prove,
  proves,
  random,
  Sealer,
  type Side,
  type Terms,
} from './secret.ts';
import type { Signal } from './signal.ts';

export type Rung = 'direct' | 'turn' | 'fallback';
export type LinkState = 'greeting' | 'proving' | 'ready' | 'closed';

interface LinkEvents {
  frame: [lane: Lane, frame: Uint8Array];
  /** ready: frames may be sent. */
  state: [LinkState];
  /** Sending goes over another rung now. `broke`: what was under way on the one before may be lost. */
  rung: [rung: Rung, broke: boolean];
  /** A lane that was above its mark takes more. */
  drain: [Lane];
  close: [code: string];
}

/** Sealed frames that may wait for the handshake to end. */
const MAX_EARLY = 64;

export class Link extends Emitter<LinkEvents> {
  state: LinkState = 'greeting';
  rung: Rung | null = null;
  /** When the direct rung was lost or never came; the customer begins a new link then. */
  failed = false;
  private direct: Direct | undefined;
  private sent: Description | null = null;
  private received: Description | null = null;
  private readonly nonce = base64url(random(16));
  private sealer: Sealer | undefined;
  private opener: Opener | undefined;
  private sealing: Promise<void> = Promise.resolve();
  private opening: Promise<void> = Promise.resolve();
  private queued = 0; // bytes being sealed
  private early: Bytes[] = [];
  private terms: Terms | undefined;
  private work: Promise<void> = Promise.resolve();
  private readonly joiners = { direct: new Map<number, Joiner>(), fallback: new Map<number, Joiner>() };
  private readonly stops: (() => void)[] = [];

  constructor(
    private readonly signal: Signal,
    readonly side: Side,
    readonly leg: number,
    private readonly key: Bytes,
    private readonly welcome: Welcome,
    /** base64url */
    readonly id: string = base64url(random(16)),
  ) {
    super();
    this.direct = Direct.make(welcome, side === 'agent', {
      description: (description) => this.tell({ type: 'description', description: description as Description }),
      candidate: (candidate) => this.tell({ type: 'candidate', candidate }),
      piece: (lane, piece) => this.take('direct', lane, piece),
      open: (relayed) => this.climb(relayed ? 'turn' : 'direct'),
      broken: () => this.fall(),
      drain: (lane) => this.rung !== 'fallback' && this.emit('drain', lane),
    });
    this.stops.push(
      signal.on('relayed', (message) => {
        if (message.from === leg && message.link === this.id) this.serially(() => this.handle(message));
      }),
      signal.on('fallback', (from, sealed) => from === leg && this.arrived(sealed)),
      signal.on('state', (state) => this.signalChanged(state === 'open')),
    );
  }

  /** Customer: begins. */
  greet(): void {
    this.serially(async () => {
      this.sent = ((await this.direct?.offer().catch(() => undefined)) as Description | undefined) ?? null;
      if (!this.sent) this.withoutDirect();
      this.tell({ type: 'greet', nonce: this.nonce, ...(this.sent ? { description: this.sent } : {}) });
    });
  }

  /** Agent: answers a greet. */
  accept(greet: Greet): void {
    this.serially(async () => {
      this.received = checked(greet.description);
      if (this.received && this.direct) {
        this.sent =
          ((await this.direct.answer(this.received).catch(() => undefined)) as Description | undefined) ?? null;
      }
      if (!this.sent) this.withoutDirect();
      await this.agree(greet.nonce, this.nonce);
      this.set('proving');
      const proof = await prove(this.agreed(), 'agent');
      this.tell({ type: 'accept', nonce: this.nonce, proof, ...(this.sent ? { description: this.sent } : {}) });
    });
  }

  private withoutDirect(): void {
    this.direct?.close();
    this.direct = undefined;
  }

  /** Handshake steps one after the other; a step that fails ends the link. */
  private serially(step: () => Promise<void>): void {
    this.work = this.work.then(async () => {
      if (this.state === 'closed') return;
      try {
        await step();
      } catch (error) {
        this.fault(error);
        this.close('fault');
      }
    });
  }

  private tell(message: { type: RelayedMessage['type'] } & Record<string, unknown>): void {
    this.signal.send({ ...message, to: this.leg, link: this.id } as RelayedMessage);
  }

  private async agree(nonceC: string, nonceA: string): Promise<void> {
    const [ours, theirs] = [fingerprint(this.sent), fingerprint(this.received)];
    const customer = this.side === 'customer';
    this.terms = {
      key: this.key,
      session: this.welcome.session,
      link: this.id,
      nonceC,
      nonceA,
      fingerprintC: customer ? ours : theirs,
      fingerprintA: customer ? theirs : ours,
    };
    [this.sealer, this.opener] = await Promise.all([
      Sealer.of(this.terms, this.side),
      Opener.of(this.terms, other(this.side)),
    ]);
  }

  private agreed(): Terms {
    if (!this.terms) throw new Error('a proof before the descriptions');
    return this.terms;
  }

  private async handle(message: RelayedMessage): Promise<void> {
    switch (message.type) {
      case 'accept':
        return this.side === 'customer' && this.state === 'greeting' ? this.accepted(message) : undefined;
      case 'proof':
        return this.side === 'agent' && this.state === 'proving' ? this.proven(message) : undefined;
      case 'description':
        return this.described(message);
      case 'candidate':
        return this.candidate(message);
      case 'unlink':
        return this.finish(message.code);
      default:
        return undefined;
    }
  }

  private async accepted(accept: Accept): Promise<void> {
    let right = false;
    try {
      this.received = checked(accept.description);
      await this.agree(this.nonce, accept.nonce);
      right = await proves(this.agreed(), 'agent', accept.proof);
    } catch {
      // What cannot be read proves nothing.
    }
    if (!right) return this.tampered();
    const proof = await prove(this.agreed(), 'customer');
    if (this.received && this.direct) await this.direct.accept(this.received).catch(() => this.withoutDirect());
    else this.withoutDirect();
    this.tell({ type: 'proof', proof });
    this.ready();
  }

  private async proven(message: Proof): Promise<void> {
    if (!(await proves(this.agreed(), 'customer', message.proof))) return this.tampered();
    this.ready();
  }

  private async described(message: Negotiate): Promise<void> {
    if (this.state !== 'ready' || !this.direct) return;
    // The certificate stays for the life of a connection; another fingerprint is somebody else's.
    const proven = this.side === 'customer' ? this.agreed().fingerprintA : this.agreed().fingerprintC;
    let same = false;
    try {
      same = fingerprint(checked(message.description)) === proven;
    } catch {
      // Counted as another.
    }
    if (!same) return this.tampered();
    await this.direct.describe(message.description).catch(() => undefined);
  }

  private async candidate(message: Candidate): Promise<void> {
    this.direct?.candidate(message.candidate);
  }

  private tampered(): void {
    this.tell({ type: 'unlink', code: 'tampered' });
    this.finish('tampered');
  }

  private set(state: LinkState): void {
    this.state = state;
    this.emit('state', state);
  }

  private ready(): void {
    this.rung = this.direct?.open ? 'direct' : 'fallback';
    this.set('ready');
    this.emit('rung', this.rung, false);
    for (const sealed of this.early.splice(0)) this.arrived(sealed);
    if (this.direct && !this.direct.open) this.expectDirect();
  }

  /** Gives the direct rung a while; then this link says so and a new one may be tried. */
  private expectDirect(): void {
    const timer = setTimeout(() => {
      if (!this.direct?.open && this.state === 'ready') {
        this.failed = true;
        this.emit('rung', 'fallback', false);
      }
    }, 15_000);
    this.stops.push(() => clearTimeout(timer));
  }

  // Rungs.

  private climb(rung: Rung): void {
    if (this.state !== 'ready') {
      const stop = this.on('state', (state) => {
        stop();
        if (state === 'ready' && this.direct?.open) this.climb(rung);
      });
      return;
    }
    this.failed = false;
    if (this.rung === rung) return;
    this.rung = rung;
    this.emit('rung', rung, false);
  }

  private fall(): void {
    if (this.state !== 'ready' || this.rung === 'fallback') return;
    this.rung = 'fallback';
    for (const joiner of this.joiners.direct.values()) joiner.reset();
    this.emit('rung', 'fallback', true);
    if (this.direct?.usable) {
      this.direct.restart();
      this.expectDirect();
    } else {
      this.failed = true;
      this.emit('rung', 'fallback', false);
    }
  }

  private signalChanged(open: boolean): void {
    if (!open) {
      for (const joiner of this.joiners.fallback.values()) joiner.reset();
      return;
    }
    // What was sent into the old socket may be lost.
    if (this.state === 'ready' && this.rung === 'fallback') this.emit('rung', 'fallback', true);
  }

  // Lanes.

  /** Sends a frame over the best rung. What cannot be sent is lost, and asked for again by the reader where it matters. */
  send(lane: Lane, frame: Uint8Array): void {
    if (this.state !== 'ready') return;
    const direct = this.rung !== 'fallback' ? this.direct : undefined;
    if (lane === Lane.pointer) {
      if (direct) for (const piece of pieces(frame)) direct.send(lane, piece);
      else if (this.signal.backlog + this.queued === 0) this.seal(lane, frame);
      return;
    }
    if (!direct) return this.seal(lane, frame);
    for (const piece of pieces(frame)) {
      if (!direct.send(lane, piece)) return;
    }
  }

  private seal(lane: Lane, frame: Uint8Array): void {
    const sealer = this.sealer;
    if (!sealer || !this.signal.open) return;
    for (const piece of pieces(frame)) {
      this.queued += piece.length;
      const sealed = sealer.seal(lane, piece);
      this.sealing = this.sealing
        .then(async () => this.signal.sendFallback(this.leg, await sealed))
        .then(() => {
          this.queued -= piece.length;
          if (this.queued < LOW_MARK) this.emit('drain', lane);
        }, this.fault);
    }
  }

  /** Bytes that were given and are not on the network yet. */
  backlog(lane: Lane): number {
    if (this.rung !== 'fallback' && this.direct) return this.direct.backlog(lane);
    return this.queued + this.signal.backlog;
  }

  private arrived(sealed: Bytes): void {
    if (this.state !== 'ready') {
      if (this.early.length < MAX_EARLY) this.early.push(sealed);
      return;
    }
    const opener = this.opener;
    if (!opener) return;
    const opened = opener.open(sealed);
    this.opening = this.opening.then(async () => {
      const plain = await opened;
      if (!plain || !opener.accept(plain.counter)) opener.refused++;
      else this.take('fallback', plain.lane, plain.piece);
    }, this.fault);
  }

  private take(rung: 'direct' | 'fallback', lane: number, piece: Bytes): void {
    if (lane > Lane.pointer) return;
    if (this.state === 'proving' || this.state === 'greeting') {
      // DTLS may be faster than the proof's way by the server: it is the same channel, so what comes is kept in order.
      const stop = this.on('state', (state) => {
        stop();
        if (state === 'ready') this.take(rung, lane, piece);
      });
      return;
    }
    if (this.state !== 'ready') return;
    let joiner = this.joiners[rung].get(lane);
    if (!joiner) {
      joiner = new Joiner();
      this.joiners[rung].set(lane, joiner);
    }
    let frame: Uint8Array | undefined;
    try {
      frame = joiner.push(piece);
    } catch (error) {
      this.fault(error);
    }
    if (frame) this.emit('frame', lane as Lane, frame);
  }

  // The end.

  /** Gives the link up and says so. */
  close(code: string): void {
    if (this.state === 'closed') return;
    this.tell({ type: 'unlink', code });
    this.finish(code);
  }

  private finish(code: string): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    for (const stop of this.stops.splice(0)) stop();
    this.direct?.close();
    this.early = [];
    this.emit('close', code);
  }
}

const other = (side: Side): Side => (side === 'customer' ? 'agent' : 'customer');

/** A description within limits, null when there is none. */
function checked(description: Description | undefined): Description | null {
  if (!description) return null;
  if (typeof description.sdp !== 'string' || description.sdp.length > Limits.MaxSDP) throw new Error('description');
  return description;
}
