// One link between the customer and somebody who watches: the handshake with its proof, then the lanes (PROTOCOL.md §5).
//
// Guarantees: no frame is sent or given before the other side's proof was verified; frames of one lane on one rung keep their order;
// between rungs nothing is promised, the reader of the log sorts and asks again; after 'close' nothing is emitted.

import { decodeFrame, Joiner, Kind, Lane, PieceFlag } from '../frame.ts';
import type { Accept, Description, Greet, Negotiate, Proof, RelayedMessage, Welcome } from '../message.gen.ts';
import { Direct, LOW_MARK } from './direct.ts';
import { Emitter } from './emitter.ts';
import { Fallback } from './fallback.ts';
import { Ladder, type Rung } from './ladder.ts';
import { Outbox } from './outbox.ts';
import type { ReadPath } from './path.ts';
import { checked, fingerprint, other, prove, type Side, Tampered, type Terms, verify } from './proof.ts';
import { Opener, Sealer } from './seal.ts';
import { type Bytes, base64url, random } from './secret.ts';
import type { Signal } from './signal.ts';

export type LinkState = 'greeting' | 'proving' | 'ready' | 'closed';

interface LinkEvents {
  /** The bytes are the listener's. */
  frame: [lane: Lane, frame: Uint8Array];
  /** Bytes of a frame that is not whole yet. */
  partial: [lane: Lane, bytes: number];
  /** ready: frames may be sent. */
  state: [LinkState];
  /** The greeting is on its way: until the answer there is time for other things. */
  greeted: [];
  /** Sending goes over another rung now. `broke`: what was under way may be lost, go on from what was acknowledged. */
  rung: [rung: Rung, broke: boolean];
  /** A lane takes more. */
  drain: [Lane];
  /** The direct rung will not come back on this link. It serves on; a new one may do better. */
  failed: [];
  close: [code: string];
}

type Ground = 'direct' | 'fallback';
interface Early {
  bytes: Bytes;
  /** undefined: sealed. */
  lane?: Lane;
}

/** Bytes that may wait for the proof. */
const MAX_EARLY = 4 * 1024 * 1024;
const MEASURE_EVERY = 2000;

export class Link extends Emitter<LinkEvents> {
  state: LinkState = 'greeting';
  /** What could not be opened or joined. */
  junk = 0;
  /** Of the path by the server; whoever pings sets it. */
  fallbackRoundTrip: number | null = null;
  private direct: Direct | undefined;
  private fallback: Fallback | undefined;
  private ladder: Ladder | undefined;
  private terms: Terms | undefined;
  private sent: Description | null = null;
  /** Lanes whose sender may wait for room. */
  private readonly waiting = new Set<Lane>();
  private readonly outbox = new Outbox();
  private readonly nonce = base64url(random(16));
  private early: Early[] = [];
  private earlyBytes = 0;
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
    private readonly readPath?: ReadPath,
  ) {
    super();
    this.direct = Direct.make(welcome, side === 'agent', {
      description: (description) => this.tell({ type: 'description', description }),
      candidate: (candidate) => this.tell({ type: 'candidate', candidate }),
      piece: (lane, piece) => this.take('direct', lane, piece),
      open: () => this.ladder?.opened(),
      broken: () => this.ladder?.broken(),
      drain: () => this.drained(),
    });
    this.stops.push(
      signal.on('relayed', (message) => {
        if (message.from === leg && message.link === this.id) this.serially(() => this.handle(message));
      }),
      signal.on('fallback', (from, sealed) => from === leg && this.arrived(sealed)),
      signal.on('message', (message) => {
        if (message.type === 'dropped' && message.to === leg && message.reason === 'full') this.dropped();
      }),
      signal.on('state', (state) => state !== 'open' && this.rung === 'fallback' && this.outbox.clear()),
    );
  }

  /** The rung that is used for sending, null before the proof. */
  get rung(): Rung | null {
    return this.ladder?.rung ?? null;
  }

  /** ms there and back. */
  get roundTrip(): number | null {
    return this.rung === 'fallback' ? this.fallbackRoundTrip : (this.ladder?.roundTrip ?? null);
  }

  /** Sealed pieces that were forged, changed or came again. */
  get refused(): number {
    return this.fallback?.refused ?? 0;
  }

  // The handshake.

  /** Customer: begins. */
  greet(): void {
    this.serially(async () => {
      const offer = await this.offered(this.direct?.offer());
      this.tell({ type: 'greet', nonce: this.nonce, ...(offer ? { description: offer } : {}) });
      this.sent = offer;
      this.emit('greeted');
    });
  }

  /** Agent: answers a greet. */
  accept(greet: Greet): void {
    this.serially(async () => {
      const received = checked(greet.description);
      const theirs = fingerprint(received);
      const answer = await this.offered(received ? this.direct?.answer(received) : undefined);
      await this.agree(greet.nonce, this.nonce, theirs, fingerprint(answer));
      this.set('proving');
      const proof = await prove(this.agreed(), 'agent');
      this.tell({ type: 'accept', nonce: this.nonce, proof, ...(answer ? { description: answer } : {}) });
    });
  }

  /** Our first description; without one this link has no direct rung. */
  private async offered(making: Promise<Description | null> | undefined): Promise<Description | null> {
    const description = (await making) ?? null;
    if (!description) this.withoutDirect();
    return description;
  }

  private withoutDirect(): void {
    this.direct?.close();
    this.direct = undefined;
  }

  /** Steps one after the other; what does not hold ends the link and the session, what fails here only the link. */
  private serially(step: () => Promise<void>): void {
    this.work = this.work.then(async () => {
      if (this.state === 'closed') return;
      try {
        await step();
      } catch (error) {
        if (error instanceof Tampered) return this.close('tampered');
        this.fault(error);
        this.close('fault');
      }
    });
  }

  private tell(message: { type: RelayedMessage['type'] } & Record<string, unknown>): void {
    this.signal.send({ ...message, to: this.leg, link: this.id } as RelayedMessage);
  }

  private async agree(nonceC: string, nonceA: string, fingerprintC: string, fingerprintA: string): Promise<void> {
    const { key, side, id } = this;
    const terms = { key, session: this.welcome.session, link: id, nonceC, nonceA, fingerprintC, fingerprintA };
    const [sealer, opener] = await Promise.all([Sealer.of(terms, side), Opener.of(terms, other(side))]);
    this.terms = terms;
    const fault = (error: unknown) => this.fault(error);
    this.fallback = new Fallback(this.signal, this.leg, sealer, opener, () => this.drained(), fault);
  }

  private agreed(): Terms {
    if (!this.terms) throw new Tampered('a proof before the greeting');
    return this.terms;
  }

  private async handle(message: RelayedMessage): Promise<void> {
    const { side, state } = this;
    if (message.type === 'accept' && side === 'customer' && state === 'greeting') await this.accepted(message);
    else if (message.type === 'proof' && side === 'agent' && state === 'proving') await this.proven(message);
    else if (message.type === 'description') await this.described(message);
    else if (message.type === 'candidate') this.direct?.candidate(message.candidate);
    else if (message.type === 'unlink') this.finish(String(message.code));
  }

  private async accepted(accept: Accept): Promise<void> {
    const received = checked(accept.description);
    await this.agree(this.nonce, accept.nonce, fingerprint(this.sent), fingerprint(received));
    await verify(this.agreed(), 'agent', accept.proof);
    const proof = await prove(this.agreed(), 'customer');
    this.tell({ type: 'proof', proof });
    if (!received || !(await this.direct?.accept(received))) this.withoutDirect();
    this.ready();
  }

  private async proven(message: Proof): Promise<void> {
    await verify(this.agreed(), 'customer', message.proof);
    this.ready();
  }

  /** The certificate stays for the life of a connection: another fingerprint is somebody else's. */
  private async described(message: Negotiate): Promise<void> {
    if (this.state !== 'ready' || !this.direct) return;
    const description = checked(message.description);
    const { fingerprintA, fingerprintC } = this.agreed();
    if (fingerprint(description) !== (this.side === 'customer' ? fingerprintA : fingerprintC)) {
      throw new Tampered('another fingerprint');
    }
    if (!description) return;
    if (description.type === 'offer') this.ladder?.offered();
    await this.direct.describe(description);
  }

  private set(state: LinkState): void {
    this.state = state;
    this.emit('state', state);
  }

  private ready(): void {
    const { signal, direct, fallback, side } = this;
    if (this.state === 'closed' || !fallback) return;
    const changed = (broke: boolean) => this.changed(broke);
    const failed = () => this.emit('failed');
    this.ladder = new Ladder(signal, direct, fallback, side === 'agent', changed, failed, this.readPath);
    this.outbox.use(this.ladder.way, false);
    if (side === 'agent') {
      const measuring = setInterval(() => this.ladder?.measure(), MEASURE_EVERY);
      this.stops.push(() => clearInterval(measuring));
    }
    this.set('ready');
    this.ladder.begin();
    for (const { lane, bytes } of this.early.splice(0)) {
      if (lane === undefined) this.arrived(bytes);
      else this.take('direct', lane, bytes);
    }
  }

  // Lanes.

  private changed(broke: boolean): void {
    const { ladder } = this;
    if (this.state !== 'ready' || !ladder) return;
    this.outbox.use(ladder.way, broke);
    this.emit('rung', ladder.rung, broke);
    this.outbox.pump();
  }

  /** The server's queue for the other side was full. */
  private dropped(): void {
    if (this.rung !== 'fallback') return;
    this.fallback?.reset();
    this.changed(true);
  }

  private drained(): void {
    if (this.state !== 'ready') return;
    this.outbox.pump();
    for (const lane of [...this.waiting]) {
      if (this.backlog(lane) > LOW_MARK) continue;
      this.waiting.delete(lane);
      this.emit('drain', lane);
    }
  }

  /** Sends a frame over the best rung. What cannot be sent is lost, and asked for again by the reader where it matters. */
  send(lane: Lane, frame: Uint8Array): void {
    const way = this.state === 'ready' ? this.ladder?.way : undefined;
    if (!way || (way === this.fallback && !this.signal.open)) return;
    if (lane === Lane.pointer && !way.room(lane)) return;
    this.outbox.send(lane, frame);
    if (lane === Lane.pointer) this.outbox.drop(lane);
    else this.waiting.add(lane);
  }

  /** Bytes that were given and are not on the network yet. */
  backlog(lane: Lane): number {
    const below = this.rung === 'fallback' ? this.fallback?.backlog : this.direct?.backlog(lane);
    return this.outbox.backlog(lane) + (below ?? 0);
  }

  private arrived(sealed: Bytes): void {
    if (this.state !== 'ready') return this.keep({ bytes: sealed });
    this.fallback?.arrived(sealed, (lane, piece) => this.take('fallback', lane, piece));
  }

  /** The proof goes by the server and may be slower than what it is for. */
  private keep(early: Early): void {
    this.earlyBytes += early.bytes.length;
    if (this.state !== 'closed' && this.earlyBytes <= MAX_EARLY) this.early.push(early);
  }

  private take(ground: Ground, lane: number, piece: Bytes): void {
    if (lane > Lane.pointer) return;
    if (this.state !== 'ready') return this.keep({ bytes: piece, lane: lane as Lane });
    let joiner = this.joiners[ground].get(lane);
    if (!joiner) {
      joiner = new Joiner();
      this.joiners[ground].set(lane, joiner);
    }
    const frame = this.join(joiner, piece);
    if (!frame) return this.emit('partial', lane as Lane, piece.length - 1);
    if (lane === Lane.control && this.side === 'customer') this.readAck(frame);
    this.emit('frame', lane as Lane, frame);
  }

  private join(joiner: Joiner, piece: Bytes): Uint8Array | undefined {
    for (let again = true; ; again = false) {
      try {
        return joiner.push(piece);
      } catch {
        this.junk++;
        // The end of the frame before was lost with its rung: this one begins anew.
        if (!again || !((piece[0] ?? 0) & PieceFlag.first)) return undefined;
      }
    }
  }

  /** What the other side has says how much more may be under way by the server. Whether it is true is no question of safety. */
  private readAck(frame: Uint8Array): void {
    if (frame.length > 256) return;
    try {
      const { kind, payload } = decodeFrame(frame);
      const message = kind === Kind.control && JSON.parse(new TextDecoder().decode(payload));
      if (message?.type === 'ack' && Number.isSafeInteger(message.bytes)) this.fallback?.received(message.bytes);
    } catch {
      // Whoever reads control messages says so.
    }
  }

  // The end.

  /** Gives the link up and says so, but for `replaced`, which the other side knows from the new one. */
  close(code: string): void {
    if (this.state === 'closed') return;
    if (code !== 'replaced') this.tell({ type: 'unlink', code });
    this.finish(code);
  }

  private finish(code: string): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    for (const stop of this.stops.splice(0)) stop();
    this.ladder?.close();
    this.fallback?.close();
    this.withoutDirect();
    this.outbox.clear();
    this.early = [];
    this.emit('close', code);
  }
}
