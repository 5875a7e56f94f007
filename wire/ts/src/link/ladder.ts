// Which rung a link sends by, and when another try for the direct one is due (PROTOCOL.md §5.3).
//
// Guarantees: a rung that breaks is left at once; tries are bounded, and begin anew when the network or the server comes back; while
// the server is away an open direct rung is not touched.

import type { Direct } from './direct.ts';
import type { Fallback } from './fallback.ts';
import type { Way } from './outbox.ts';
import type { ReadPath } from './path.ts';
import type { Signal } from './signal.ts';

export type Rung = 'direct' | 'turn/udp' | 'turn/tcp' | 'turn/tls' | 'fallback';

/** ms that the first negotiation has, and until the next try after one. */
const FIRST = 8000;
const TRIES = [3000, 5000, 8000, 15_000, 30_000];
/** The other side is given the first word, so that two offers seldom meet. */
const POLITE = 1000;

export class Ladder {
  rung: Rung = 'fallback';
  roundTrip: number | null = null;
  private tries = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly stops: (() => void)[];
  private readonly online = () => this.again();

  constructor(
    private readonly signal: Signal,
    private readonly direct: Direct | undefined,
    private readonly fallback: Fallback,
    private readonly polite: boolean,
    /** Sending goes by another rung now, or what was under way on this one may be lost. */
    private readonly changed: (broke: boolean) => void,
    /** Only a new connection can bring the direct rung back. */
    private readonly failed: () => void,
    /** Tells relayed paths from direct ones; without it all are called direct. */
    private readonly readPath: ReadPath | undefined,
  ) {
    globalThis.addEventListener?.('online', this.online);
    this.stops = [
      () => globalThis.removeEventListener?.('online', this.online),
      signal.on('state', (state) => state === 'open' && this.signalBack()),
    ];
  }

  /** Once the link is ready: what opened before was not told. */
  begin(): void {
    if (this.direct?.open) this.opened();
    else this.expect(FIRST);
  }

  get way(): Way {
    return this.rung !== 'fallback' && this.direct ? this.direct : this.fallback;
  }

  close(): void {
    clearTimeout(this.timer);
    for (const stop of this.stops.splice(0)) stop();
  }

  opened(): void {
    clearTimeout(this.timer);
    this.tries = 0;
    // Where it is shown, the rung is the true one from the start.
    if (this.readPath) void this.measure(true);
    else this.climb('direct');
  }

  private climb(rung: Rung): void {
    if (rung === this.rung) return;
    this.rung = rung;
    this.changed(false);
  }

  broken(): void {
    this.rung = 'fallback';
    this.roundTrip = null;
    this.fallback.reset();
    this.changed(true);
    // The network may have changed, and then the socket is dead too.
    this.signal.probe();
    this.tries = 0;
    if (this.polite && this.direct?.usable) this.timer = setTimeout(() => this.next(), POLITE);
    else this.next();
  }

  /** The other side tries: ours would only undo it. */
  offered(): void {
    this.expect();
  }

  /** Takes the round trip of the path in use, and which one it is; `first`: until now nothing goes by it. */
  async measure(first = false): Promise<void> {
    const { readPath } = this;
    const path = readPath && (await this.direct?.measure(readPath).catch(() => undefined));
    if (!this.direct?.open || (this.rung === 'fallback' && !first)) return;
    if (path) this.roundTrip = path.roundTrip;
    if (path || first) this.climb(path?.relay ? `turn/${path.relay}` : 'direct');
  }

  private signalBack(): void {
    this.fallback.reset();
    // What was sent into the old socket may be lost.
    if (this.rung === 'fallback') this.changed(true);
    this.again();
  }

  private again(): void {
    this.tries = 0;
    if (this.direct && !this.direct.open) this.next();
  }

  private expect(wait = TRIES[this.tries++]): void {
    clearTimeout(this.timer);
    if (this.direct && wait) this.timer = setTimeout(() => this.next(), wait);
  }

  private next(): void {
    const { direct, signal } = this;
    clearTimeout(this.timer);
    if (!direct || direct.open || !signal.open) return; // the socket's return comes back to it
    if (!direct.usable) return this.failed();
    const { welcome } = signal;
    if (welcome) direct.restart(welcome);
    this.expect();
  }
}
