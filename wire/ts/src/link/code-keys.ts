// Keys of a session that was joined by code: one for each pair, made by an exchange and kept when two people saw the same digits
// (PROTOCOL.md §5.4).
//
// Guarantees: the customer is asked about one number at a time; a key is used only after the customer's yes; an exchange that was
// cut off begins anew, with other digits.

import type { KeyCommit } from '../message.gen.ts';
import { CodeKey } from './code-key.ts';
import { Emitter } from './emitter.ts';
import { type Bytes, fromBase64url } from './secret.ts';
import type { Signal } from './signal.ts';

interface AskedEvents {
  /** This leg may be greeted. */
  key: [leg: number, key: Bytes];
  /** The numbers differ, or the exchange was tampered with. The session has to end. */
  differ: [];
}

/** Shows the digits and gives the person's answer; undefined when the signal took the question back. */
export type Ask = (digits: string, withdrawn: AbortSignal) => Promise<boolean | undefined>;

/** The customer's side: asks about everybody who may watch and has no key yet. */
export class AskedKeys extends Emitter<AskedEvents> {
  private exchange: CodeKey | undefined;
  private question: AbortController | undefined;
  private readonly stops: (() => void)[];

  constructor(
    private readonly signal: Signal,
    /** Keys by leg. */
    readonly keys: Map<number, Bytes>,
    private readonly ask: Ask,
  ) {
    super();
    this.stops = [
      signal.on('welcome', () => {
        this.drop();
        this.next();
      }),
      signal.on('message', (message) => message.type === 'presence' && this.next()),
    ];
  }

  /** Called when the listeners are in place, and after each key. */
  next(): void {
    const { participants, welcome } = this.signal;
    // Of a customer's tabs the first one asks.
    const asks = participants.find((p) => p.here && p.role === 'customer');
    if (asks && asks.leg !== welcome?.participant.leg) return this.drop();
    const people = participants.filter((p) => p.here && p.role !== 'customer' && p.role !== 'archiver');
    const waiting = people.filter((p) => !this.keys.has(p.leg));
    if (this.exchange && !waiting.some((p) => p.leg === this.exchange?.leg)) this.drop();
    const [first] = waiting;
    if (first && !this.exchange) this.begin(first.leg);
  }

  /** Takes keys by leg, base64url, that another tab of the customer's has. */
  learn(texts: unknown): void {
    for (const [leg, text] of Object.entries(texts ?? {})) {
      const key = fromBase64url(text);
      if (key?.length !== 32 || this.keys.has(Number(leg))) continue;
      this.keys.set(Number(leg), key);
      this.emit('key', Number(leg), key);
    }
  }

  close(): void {
    for (const stop of this.stops.splice(0)) stop();
    this.drop();
  }

  private begin(leg: number): void {
    const exchange = new CodeKey(this.signal, 'customer', leg);
    this.exchange = exchange;
    exchange.on('failed', () => this.emit('differ'));
    exchange.on('made', async (key, digits) => {
      const question = new AbortController();
      this.question = question;
      const same = await this.ask(digits, question.signal);
      if (this.exchange !== exchange) return;
      this.drop();
      if (!same) return this.emit('differ');
      this.keys.set(leg, key);
      this.emit('key', leg, key);
      this.next();
    });
    exchange.begin();
  }

  private drop(): void {
    this.question?.abort();
    this.exchange?.close();
    this.question = this.exchange = undefined;
  }
}

interface AnsweredEvents {
  /** The customer may greet with this key once the digits were compared. */
  made: [key: Bytes, digits: string];
  /** The digits are of no use any more. */
  over: [code: string];
}

/** The agent's side: answers the session's customer, always the newest exchange. */
export class AnsweredKeys extends Emitter<AnsweredEvents> {
  private exchange: CodeKey | undefined;
  private readonly stop: () => void;

  constructor(private readonly signal: Signal) {
    super();
    this.stop = signal.on('relayed', (message) => message.type === 'key-commit' && this.answer(message));
  }

  close(): void {
    this.stop();
    this.exchange?.close();
  }

  private answer(commit: KeyCommit): void {
    const { from } = commit;
    if (!from || !this.signal.participants.some((p) => p.leg === from && p.role === 'customer')) return;
    this.exchange?.close();
    const exchange = new CodeKey(this.signal, 'agent', from);
    this.exchange = exchange;
    exchange.on('made', (key, digits) => this.emit('made', key, digits));
    exchange.on('failed', (code) => this.emit('over', code));
    exchange.answer(commit);
  }
}
