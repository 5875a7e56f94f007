// One open session in this tab: loads it, finds its key, opens the transport, keeps the facts. The page reads the signals.

import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { type Problem, problemFrom } from '../api/problem.ts';
import { api } from '../auth/account.ts';
import { Poll } from '../sessions/poll.ts';
import { provenKeys, secrets, takeInvite } from '../sessions/secret.ts';
import { Telemetry } from '../telemetry/model.ts';
import { resolveFrame } from '../telemetry/sourcemaps.ts';
import { type Facts, type LiveEvent, type Moment, NOTHING, reduce } from './facts.ts';
import { OVER, type Screen, screenOf } from './screen.ts';
import { NO_STATS, type Stats, type Transport } from './transport.ts';
import { openTransport } from './wiring.ts';

const SESSION_EVERY = 4000; // while the customer is on the way: the socket tells the same, this is for when it cannot

export class LiveStore {
  readonly facts = signal<Facts>(NOTHING);
  readonly stats = signal<Stats>(NO_STATS);
  readonly now = signal(Date.now());
  readonly screen: ReadonlySignal<Screen> = computed(() => screenOf(this.facts.value, this.now.value));
  /** What the customer's page told besides its picture. */
  readonly telemetry = new Telemetry();
  private transport: Transport | null = null;
  private host: HTMLElement | null = null;
  private readonly ticker: ReturnType<typeof setInterval>;
  private readonly poll: Poll<void>;
  private closed = false;

  constructor(readonly session: string) {
    takeInvite(session);
    this.telemetry.resolver.value = resolveFrame;
    this.telemetry.jump.value = (moment) => this.lookBack(moment);
    this.ticker = setInterval(() => this.tick(), 1000);
    this.poll = new Poll(
      () => this.load(),
      SESSION_EVERY,
      (_, problem) => problem && this.failed(problem),
    );
    void this.poll.now();
  }

  readonly dispatch = (event: LiveEvent): void => {
    if (this.closed) return;
    this.facts.value = reduce(this.facts.peek(), event);
    const screen = this.screen.peek();
    if (screen.kind === 'ended' || screen.kind === 'tampered') {
      secrets.forget(this.session);
      provenKeys.forget(this.session);
    }
    if (OVER.has(screen.kind) && screen.kind !== 'problem') this.hangUp();
  };

  /** The stage's place in the page exists; called once. */
  attach(host: HTMLElement): void {
    this.host = host;
    this.open();
  }

  /** Goes on without the link's key: the customer came by the join code, the digits will tell. */
  withoutKey(): void {
    this.dispatch({ type: 'key', key: 'code' });
    this.open();
  }

  retry(): void {
    this.dispatch({ type: 'clear' });
    this.open();
    void this.poll.now();
  }

  async end(): Promise<void> {
    await api.end(this.session);
    this.dispatch({ type: 'ended', reason: 'agent', at: Date.now() });
  }

  /** Stays at a tab of the customer's; with null it goes where the customer goes. */
  show(tab: number | null): void {
    this.transport?.show(tab);
  }

  /** Shows the page as it was; `null`: as it is. */
  lookBack(moment: Moment | null): void {
    if (moment) this.transport?.lookBack(moment);
    else this.transport?.live();
  }

  serialize(): Promise<string> {
    return this.transport?.serialize() ?? Promise.resolve('');
  }

  /** The picture is made anew from a keyframe, for tests. */
  again(): void {
    this.transport?.again();
  }

  /** As they are now; `stats` follows once a second. */
  statsNow(): Stats {
    return this.transport?.stats() ?? NO_STATS;
  }

  close(): void {
    this.closed = true;
    clearInterval(this.ticker);
    this.hangUp();
  }

  private async load(): Promise<void> {
    if (!waiting(this.facts.peek(), this.screen.peek())) return;
    const session = await api.session(this.session);
    this.dispatch({ type: 'session', session });
    if (this.facts.peek().key !== 'unknown') return;
    const key = provenKeys.of(this.session) ?? secrets.of(this.session);
    this.dispatch({ type: 'key', key: key ? 'have' : 'none' });
    this.open();
  }

  private failed(problem: Problem): void {
    const known = this.facts.peek().session !== null;
    // A poll that failed says nothing new while the socket carries the session.
    if (!known || problem.status === 401) this.dispatch({ type: 'problem', problem });
  }

  private open(): void {
    const { key, ended, session } = this.facts.peek();
    if (this.transport || this.closed || !this.host || !session || ended) return;
    if (key !== 'have' && key !== 'code') return;
    try {
      const secret = key === 'have' ? secrets.of(this.session) : null;
      const { host, dispatch, telemetry } = this;
      this.transport = openTransport({ session: this.session, secret, host, dispatch, telemetry });
    } catch (thrown) {
      this.dispatch({ type: 'problem', problem: problemFrom(thrown) });
    }
  }

  private tick(): void {
    this.now.value = Date.now();
    if (!this.transport) return;
    this.stats.value = this.transport.stats();
    const { roundTrip, rung, bytes } = this.stats.peek();
    this.telemetry.sample({ at: this.now.peek(), roundTrip, rung, bytes });
  }

  private hangUp(): void {
    this.poll.stop();
    this.transport?.close();
    this.transport = null;
  }
}

function waiting(facts: Facts, screen: Screen): boolean {
  return facts.session === null || screen.kind === 'waiting' || screen.kind === 'opening' || screen.kind === 'no-key';
}
