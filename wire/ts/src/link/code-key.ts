// A key for a link that was joined by code and has none: ECDH with a commitment, and six digits that both people compare
// (PROTOCOL.md §5.4).
//
// Guarantees: the customer's public key is fixed before it sees the agent's, and the agent's before it sees the customer's, so that
// somebody in between has one guess in a million; one exchange makes one key; what does not fit the commitment ends it, and the other
// side's giving up is heard until close.

import type { RelayedMessage } from '../message.gen.ts';
import { Emitter } from './emitter.ts';
import type { Side } from './proof.ts';
import { type Bytes, base64url, concat, fromBase64url, hkdf, random, sha256 } from './secret.ts';
import type { Signal } from './signal.ts';

interface CodeKeyEvents {
  /** To be used when both people see the same digits. */
  made: [key: Bytes, digits: string];
  /** What came did not fit: somebody is in between, or the other side gave up. */
  failed: [code: string];
}

const CURVE = { name: 'ECDH', namedCurve: 'P-256' };
const PUBLIC = 65; // uncompressed point
const RANDOM = 32;

const bytesOf = (value: unknown, length: number): Bytes => {
  const bytes = fromBase64url(value);
  if (bytes?.length !== length) throw new Error('key exchange');
  return bytes;
};

const equal = (a: Bytes, b: Bytes): boolean => a.length === b.length && a.every((x, i) => x === b[i]);

/** Key and digits from what both sides know in the end. */
export async function codeKey(
  own: CryptoKey,
  theirs: Bytes,
  { pubC, rC, pubA }: { pubC: Bytes; rC: Bytes; pubA: Bytes },
): Promise<{ key: Bytes; digits: string }> {
  const point = await crypto.subtle.importKey('raw', theirs, CURVE, false, []);
  const shared = new Uint8Array(await crypto.subtle.deriveBits({ name: 'ECDH', public: point }, own, 256));
  const salt = await sha256(concat(pubC, rC, pubA));
  const key = await hkdf(shared, salt, 'ridealong code v1', 32);
  const sas = await hkdf(shared, salt, 'ridealong sas v1', 4);
  const number = new DataView(sas.buffer).getUint32(0) % 1_000_000;
  return { key, digits: String(number).padStart(6, '0') };
}

/** One exchange with one leg. The customer calls `begin`; the agent's waits for it. */
export class CodeKey extends Emitter<CodeKeyEvents> {
  private id: string | undefined;
  private pair: CryptoKeyPair | undefined;
  private pub: Bytes = new Uint8Array(0);
  private readonly r = random(RANDOM);
  private commit: Bytes | undefined;
  private over = false;
  private done = false;
  private work: Promise<void> = Promise.resolve();
  private readonly stop: () => void;

  constructor(
    private readonly signal: Signal,
    private readonly side: Side,
    readonly leg: number,
  ) {
    super();
    this.stop = signal.on('relayed', (message) => {
      if (message.from === leg) this.serially(() => this.handle(message));
    });
  }

  /** Customer: commits to a key. */
  begin(): void {
    this.serially(async () => {
      if (this.side !== 'customer' || this.id) return;
      this.id = base64url(random(16));
      await this.generate();
      this.tell({ type: 'key-commit', commit: base64url(await sha256(concat(this.pub, this.r))) });
    });
  }

  /** Agent: takes a commitment that was heard before this was made. */
  answer(commit: RelayedMessage): void {
    this.serially(() => this.handle(commit));
  }

  close(): void {
    this.over = true;
    this.stop();
  }

  private serially(step: () => Promise<void>): void {
    this.work = this.work.then(async () => {
      try {
        if (!this.over) await step();
      } catch {
        this.fail('tampered', true);
      }
    });
  }

  private fail(code: string, tell: boolean): void {
    if (this.over) return;
    if (tell) this.tell({ type: 'unlink', code });
    this.close();
    this.emit('failed', code);
  }

  private tell(message: { type: RelayedMessage['type'] } & Record<string, unknown>): void {
    this.signal.send({ ...message, to: this.leg, link: this.id } as RelayedMessage);
  }

  private async generate(): Promise<void> {
    this.pair = (await crypto.subtle.generateKey(CURVE, false, ['deriveBits'])) as CryptoKeyPair;
    this.pub = new Uint8Array(await crypto.subtle.exportKey('raw', this.pair.publicKey));
  }

  private async handle(message: RelayedMessage): Promise<void> {
    if (message.type === 'key-commit' && this.side === 'agent' && !this.id) {
      this.id = String(message.link);
      this.commit = bytesOf(message.commit, 32);
      await this.generate();
      return this.tell({ type: 'key-share', pub: base64url(this.pub) });
    }
    if (!this.id || message.link !== this.id) return;
    if (message.type === 'unlink') return this.fail(String(message.code), false);
    if (this.done) return;
    if (message.type === 'key-share' && this.side === 'customer') await this.shared(message.pub);
    else if (message.type === 'key-reveal' && this.side === 'agent') await this.revealed(message.pub, message.r);
  }

  private async shared(pub: unknown): Promise<void> {
    const pubA = bytesOf(pub, PUBLIC);
    this.tell({ type: 'key-reveal', pub: base64url(this.pub), r: base64url(this.r) });
    await this.make(pubA, { pubC: this.pub, rC: this.r, pubA });
  }

  private async revealed(pub: unknown, r: unknown): Promise<void> {
    const [pubC, rC] = [bytesOf(pub, PUBLIC), bytesOf(r, RANDOM)];
    if (!this.commit || !equal(await sha256(concat(pubC, rC)), this.commit)) throw new Error('commitment');
    await this.make(pubC, { pubC, rC, pubA: this.pub });
  }

  private async make(theirs: Bytes, parts: { pubC: Bytes; rC: Bytes; pubA: Bytes }): Promise<void> {
    if (!this.pair) throw new Error('no key');
    const { key, digits } = await codeKey(this.pair.privateKey, theirs, parts);
    this.done = true;
    this.emit('made', key, digits);
  }
}
