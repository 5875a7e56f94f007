// Sealed pieces for the way by the server (PROTOCOL.md §5.2).

import { type Side, salt, type Terms } from './proof.ts';
import { type Bytes, concat, fromBase64url, hkdf } from './secret.ts';

const COUNTER = 8;
const TAG = 16;
/** The least that can be one: a lane and a piece's flags. */
export const MIN_SEALED = COUNTER + 2 + TAG;

async function sealKey(t: Terms, from: Side): Promise<CryptoKey> {
  const raw = await hkdf(t.key, salt(t), `ridealong seal ${from} v1`, 32);
  return crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
}

const aadOf = (t: Terms): Bytes => fromBase64url(t.link) ?? new Uint8Array(0);

const algorithm = (iv: Bytes, additionalData: Bytes) => ({ name: 'AES-GCM', iv, additionalData });

/** Seals the pieces of one direction; the counter rises with every call. */
export class Sealer {
  private counter = 0;

  private constructor(
    private readonly key: CryptoKey,
    private readonly aad: Bytes,
  ) {}

  static async of(t: Terms, from: Side): Promise<Sealer> {
    return new Sealer(await sealKey(t, from), aadOf(t));
  }

  async seal(lane: number, piece: Uint8Array): Promise<Bytes> {
    const iv = new Uint8Array(12);
    const view = new DataView(iv.buffer);
    const counter = ++this.counter;
    view.setUint32(4, counter / 2 ** 32);
    view.setUint32(8, counter);
    const sealed = await crypto.subtle.encrypt(algorithm(iv, this.aad), this.key, concat(Uint8Array.of(lane), piece));
    return concat(iv.subarray(4), new Uint8Array(sealed));
  }
}

/** Opens what the other side sealed: each counter once and rising. Calls may overlap; their results come in the order of the calls. */
export class Opener {
  /** What did not open or came again. */
  refused = 0;
  private last = 0;
  private chain: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly key: CryptoKey,
    private readonly aad: Bytes,
  ) {}

  static async of(t: Terms, from: Side): Promise<Opener> {
    return new Opener(await sealKey(t, from), aadOf(t));
  }

  /** Gives the piece to `take`, in order, or counts it as refused. */
  open(sealed: Bytes, take: (lane: number, piece: Bytes) => void): Promise<void> {
    const plain = this.decrypt(sealed);
    const done = this.chain.then(async () => {
      const bytes = await plain;
      const view = new DataView(sealed.buffer, sealed.byteOffset);
      const counter = bytes ? view.getUint32(0) * 2 ** 32 + view.getUint32(4) : 0;
      if (!bytes || counter <= this.last) {
        this.refused++;
        return;
      }
      this.last = counter;
      take(bytes[0] as number, bytes.subarray(1));
    });
    this.chain = done;
    return done;
  }

  private async decrypt(sealed: Bytes): Promise<Bytes | undefined> {
    if (sealed.length < MIN_SEALED) return undefined;
    const iv = new Uint8Array(12);
    iv.set(sealed.subarray(0, COUNTER), 4);
    try {
      return new Uint8Array(await crypto.subtle.decrypt(algorithm(iv, this.aad), this.key, sealed.subarray(COUNTER)));
    } catch {
      return undefined;
    }
  }
}
