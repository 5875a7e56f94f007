// Pictures and fonts, read in the customer's browser: from its cache, with its login, behind its VPN.
//
// Guarantees: each address is read once; a content has one hash however many addresses it has; at most MaxBlob bytes of one and
// KEPT_BYTES of all are kept, what was dropped is read again; the site's own policy is not tried twice. Of a stream, which is what a
// canvas shows, only the newest content is there, for those who come late too.

import { encodeFrame, Kind, Limits, Writer } from '@ridealong/wire';
import { type Bytes, base64url, fromBase64url, sha256 } from '@ridealong/wire/link';
import type { AssetSource } from '../capture/context.ts';

export const Refusal = { unreadable: 1, tooLarge: 2, blocked: 3, missing: 4 } as const;

const KEPT_BYTES = 16 * 1024 * 1024;
const AT_ONCE = 4;
const MAX_ASSETS = 16_384;
const PATIENCE = 20_000;
/** For so long a stream waits for somebody to take what it shows, ms. */
const UNTAKEN = 2000;

const TYPES =
  /^(?:image\/(?:png|jpeg|gif|webp|avif|svg\+xml|bmp|x-icon|vnd\.microsoft\.icon)|font\/[\w.+-]+|application\/(?:font-woff2?|x-font-[\w-]+|vnd\.ms-fontobject))$/;

/** Requests of ours, so that whoever looks at the page's requests can leave them out. */
export const ownRequests = new WeakSet<object>();

interface Content {
  bytes: Bytes | undefined;
  /** Empty for what cannot be read again. */
  url: string;
  /** Somebody got it. */
  taken?: boolean;
}

interface Stream {
  /** Of its announcement. */
  index: number;
  hash: string;
  /** When, ms. */
  at: number;
}

interface Read {
  bytes: Bytes;
  type: string;
}

/** Why an asset cannot be shown. */
class Refused extends Error {
  readonly reason: number;
  constructor(reason: number) {
    super(`refused: ${reason}`);
    this.reason = reason;
  }
}

export class Assets implements AssetSource {
  private readonly numbers = new Map<string, number>();
  private readonly frames: Uint8Array[] = [];
  private readonly contents = new Map<string, Content>();
  private keptBytes = 0;
  private readonly queue: { n: number; url: string }[] = [];
  private busy = 0;
  private readonly watchers = new Set<() => void>();
  private readonly streams = new Map<number, Stream>();

  constructor(
    private readonly epoch: number,
    private readonly read: (url: string) => Promise<Read> = readUrl,
  ) {}

  url(absolute: string, _kind: 'image' | 'font'): number {
    if (!/^(?:https?|data|blob):/.test(absolute) || absolute.length > Limits.MaxBlob * 1.5) return 0;
    const known = this.numbers.get(absolute);
    if (known !== undefined) return known;
    if (this.numbers.size >= MAX_ASSETS) return 0;
    const n = this.numbers.size + 1;
    this.numbers.set(absolute, n);
    this.queue.push({ n, url: absolute });
    void this.work();
    return n;
  }

  /** A number for what is made in the page and changes; 0 when there are no more. */
  stream(): number {
    if (this.numbers.size >= MAX_ASSETS) return 0;
    const n = this.numbers.size + 1;
    this.numbers.set(`:${n}`, n);
    return n;
  }

  /** Streams for somebody else: the next `count` after the number it gives, as far as there are so many. */
  reserve(count: number): number {
    const before = this.numbers.size;
    for (let i = 0; i < count; i++) this.stream();
    return before;
  }

  /** What a stream shows from now on; without a content, that it cannot be shown. */
  async show(n: number, content: Blob | undefined): Promise<void> {
    const bytes = content && new Uint8Array(await content.arrayBuffer());
    const before = this.streams.get(n)?.hash;
    if (!bytes || !globalThis.crypto?.subtle) {
      if (before !== '') this.turn(n, this.refused(n, Refusal.unreadable), '');
      return;
    }
    const type = content.type || sniff(bytes);
    const hash = await hashOf(bytes);
    if (before !== hash) this.turn(n, this.told(n, { bytes, url: '' }, hash, type), hash);
  }

  /** Whether somebody got what a stream showed last, or nobody will. */
  taken(n: number): boolean {
    const stream = this.streams.get(n);
    return !stream || performance.now() - stream.at > UNTAKEN || this.contents.get(stream.hash)?.taken !== false;
  }

  /** What a stream showed is nobody's any more. */
  drop(n: number): void {
    const stream = this.streams.get(n);
    this.streams.delete(n);
    if (!stream) return;
    this.frames[stream.index] = nothing;
    const content = this.contents.get(stream.hash);
    if (content?.url !== '' || [...this.streams.values()].some(({ hash }) => hash === stream.hash)) return;
    this.keptBytes -= content.bytes?.length ?? 0;
    this.contents.delete(stream.hash);
  }

  private turn(n: number, frame: Uint8Array, hash: string): void {
    this.drop(n);
    this.streams.set(n, { index: this.frames.length, hash, at: performance.now() });
    this.announce(frame);
  }

  private announce(frame: Uint8Array): void {
    this.frames.push(frame);
    for (const wake of this.watchers) wake();
  }

  /** Calls back when more is announced. */
  watch(wake: () => void): () => void {
    this.watchers.add(wake);
    return () => this.watchers.delete(wake);
  }

  /** The ASSET and REFUSED frames so far, in the order in which they became known; empty for one that means nothing any more. */
  announced(index: number): Uint8Array | undefined {
    return this.frames[index];
  }

  has(hash: string): boolean {
    return this.contents.has(hash);
  }

  /** The BLOB frame of a content; undefined when it cannot be read any more. */
  async content(hash: string): Promise<Uint8Array | undefined> {
    const content = this.contents.get(hash);
    if (!content) return undefined;
    content.taken = true;
    if (!content.bytes) {
      if (content.url === '') return undefined;
      const { bytes } = await this.read(content.url);
      if ((await hashOf(bytes)) !== hash) return undefined; // it became another one meanwhile
      content.bytes = bytes;
      this.keptBytes += bytes.length;
    }
    const { bytes } = content;
    this.contents.delete(hash);
    this.keep(hash, content);
    return this.frame(Kind.blob, (w) => {
      w.bytes(fromBase64url(hash) ?? nothing);
      w.bytes(bytes);
    });
  }

  private frame(kind: number, write: (w: Writer) => void): Uint8Array {
    const w = new Writer();
    write(w);
    return encodeFrame({ kind, flags: 0, epoch: this.epoch, seq: 0, time: 0, payload: w.take() });
  }

  private async work(): Promise<void> {
    const next = this.busy < AT_ONCE ? this.queue.shift() : undefined;
    if (!next) return;
    this.busy++;
    const frame = await this.load(next.n, next.url).catch((error) => this.otherwise(next.n, next.url, error));
    this.busy--;
    this.announce(frame);
    void this.work();
  }

  /** `width` and `height` are those of the picture itself, where the page knows them. */
  private refused(n: number, reason: number, width = 0, height = 0): Uint8Array {
    return this.frame(Kind.refused, (w) => {
      w.varint(n);
      w.u8(reason);
      w.varint(width);
      w.varint(height);
    });
  }

  /** What cannot be read by its address may be on the page all the same. */
  private async otherwise(n: number, url: string, error: unknown): Promise<Uint8Array> {
    const found = await import('../capture/pictures.ts').then(({ onPage }) => onPage(url)).catch(() => undefined);
    const { content, width = 0, height, broken } = found ?? {};
    // The page may have it from elsewhere.
    const reason = error instanceof Refused && (error.reason !== Refusal.missing || width === 0) && error.reason;
    if (!content) return this.refused(n, broken ? Refusal.missing : reason || Refusal.unreadable, width, height);
    const bytes = new Uint8Array(await content.arrayBuffer());
    return this.told(n, { bytes, url: '' }, await hashOf(bytes), content.type);
  }

  private async load(n: number, url: string): Promise<Uint8Array> {
    if (!globalThis.crypto?.subtle) throw new Refused(Refusal.unreadable);
    const { bytes, type } = await this.read(url);
    const mime = TYPES.test(type) ? type : sniff(bytes);
    if (!mime) throw new Refused(absence(url));
    return this.told(n, { bytes, url }, await hashOf(bytes), mime);
  }

  private told(n: number, content: Content & { bytes: Bytes }, hash: string, mime: string): Uint8Array {
    const { bytes, url } = content;
    const known = this.contents.get(hash);
    if (!known) {
      this.keptBytes += bytes.length;
      this.keep(hash, { bytes, url, taken: false });
    } else known.url ||= url;
    return this.frame(Kind.asset, (w) => {
      w.varint(n);
      w.bytes(fromBase64url(hash) ?? nothing);
      w.varint(bytes.length);
      w.text(mime);
    });
  }

  /** The newest goes last; bytes of the oldest are dropped. */
  private keep(hash: string, content: Content): void {
    this.contents.set(hash, content);
    for (const old of this.contents.values()) {
      if (this.keptBytes <= KEPT_BYTES) break;
      if (old === content || !old.bytes) continue;
      this.keptBytes -= old.bytes.length;
      old.bytes = undefined;
    }
  }
}

const nothing = new Uint8Array(0);

const hashOf = async (bytes: Bytes): Promise<string> => base64url((await sha256(bytes)).subarray(0, 16));

// Reading.

/** Origins that the site's policy does not let us read from; trying again would only fill its reports. */
const closedOrigins = new Set<string>();
let listening = false;

function listenForPolicy(): void {
  if (listening || typeof document === 'undefined') return;
  listening = true;
  document.addEventListener('securitypolicyviolation', (event) => {
    if (event.effectiveDirective === 'connect-src' && /^https?:/.test(event.blockedURI))
      closedOrigins.add(new URL(event.blockedURI).origin);
  });
}

/** From the cache when it is there; with the login of the page's own origin, without one elsewhere. */
export async function readUrl(url: string): Promise<Read> {
  if (url.startsWith('data:')) return readData(url);
  listenForPolicy();
  if (closedOrigins.has(new URL(url).origin)) throw new Refused(Refusal.blocked);
  const request = new Request(url, { cache: 'force-cache', credentials: 'same-origin', mode: 'cors' });
  ownRequests.add(request);
  const response = await fetch(request, { signal: AbortSignal.timeout(PATIENCE) });
  if (!response.ok) throw new Refused(absence(url));
  const type = (response.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  return { bytes: await readAll(response), type };
}

/** An answer of the page's own origin that is no picture is none for the page either; elsewhere it may have been the page's login that lacks. */
const absence = (url: string): number =>
  new URL(url).origin === location.origin ? Refusal.missing : Refusal.unreadable;

/** The body, given up as soon as it is over the limit. */
async function readAll(response: Response): Promise<Bytes> {
  const w = new Writer(Math.min(Limits.MaxBlob, Number(response.headers.get('content-length')) || 16_384));
  const reader = response.body?.getReader();
  for (;;) {
    const part = await reader?.read();
    if (!part || part.done) return w.take();
    if (w.length + part.value.length > Limits.MaxBlob) {
      void reader?.cancel().catch(() => undefined);
      throw new Refused(Refusal.tooLarge);
    }
    w.bytes(part.value);
  }
}

/** A data: URL, without a request that the site's policy would have to allow. */
export function readData(url: string): Read {
  const found = /^data:([^,;]*)((?:;[^,;]*)*),/i.exec(url);
  if (!found) throw new Refused(Refusal.unreadable);
  const [head, type = '', options = ''] = found;
  const body = unescaped(url.slice(head.length));
  const text = /;\s*base64$/i.test(options) ? atob(body.replace(/\s/g, '')) : body;
  if (text.length > Limits.MaxBlob) throw new Refused(Refusal.tooLarge);
  return { bytes: Uint8Array.from(text, (c) => c.charCodeAt(0)), type: type.trim().toLowerCase() };
}

/** Percent escapes as bytes, one character each; other characters as the bytes of their UTF-8. */
function unescaped(text: string): string {
  const plain = text.replace(/[\u0080-\uffff]+/g, (s) => encodeURIComponent(s));
  return plain.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
}

const MAGIC: readonly [string, string][] = [
  ['wOF2', 'font/woff2'],
  ['wOFF', 'font/woff'],
  ['\0\x01\0\0', 'font/ttf'],
  ['OTTO', 'font/otf'],
  ['\x89PNG', 'image/png'],
  ['\xff\xd8\xff', 'image/jpeg'],
  ['GIF8', 'image/gif'],
  ['BM', 'image/bmp'],
  ['<svg', 'image/svg+xml'],
];

/** The type by the first bytes, for servers that do not say it. */
export function sniff(bytes: Uint8Array): string {
  const head = String.fromCharCode(...bytes.subarray(0, 12));
  if (head.startsWith('RIFF') && head.endsWith('WEBP')) return 'image/webp';
  if (head.slice(4) === 'ftypavif') return 'image/avif';
  return MAGIC.find(([magic]) => head.startsWith(magic))?.[1] ?? '';
}
