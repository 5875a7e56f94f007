// Pictures and fonts, read in the customer's browser: from its cache, with its login, behind its VPN. Sent once for each content.

import { encodeFrame, Kind, Limits, Writer } from '@ridealong/wire';
import { base64url, sha256 } from '@ridealong/wire/link';
import type { AssetSource } from '../capture/context.ts';

const Refused = { unreadable: 1, tooLarge: 2, blocked: 3 } as const;

/** Contents kept at most; what was dropped is read again. */
const KEPT_BYTES = 16 * 1024 * 1024;
const AT_ONCE = 4;
const MAX_ASSETS = 5000;

const TYPES =
  /^(?:image\/(?:png|jpeg|gif|webp|avif|svg\+xml|bmp|x-icon|vnd\.microsoft\.icon)|font\/[\w.+-]+|application\/(?:font-woff2?|x-font-[\w-]+|vnd\.ms-fontobject))$/;

interface Content {
  bytes: Uint8Array<ArrayBuffer> | undefined;
  url: string;
}

export class Assets implements AssetSource {
  private readonly numbers = new Map<string, number>();
  private readonly frames: Uint8Array[] = [];
  private readonly contents = new Map<string, Content>();
  private keptBytes = 0;
  private readonly queue: { n: number; url: string; kind: 'image' | 'font' }[] = [];
  private busy = 0;
  private readonly watchers = new Set<(frame: Uint8Array) => void>();

  constructor(
    private readonly epoch: number,
    private readonly read: (url: string) => Promise<Response> = (url) => readOf(url),
  ) {}

  url(absolute: string, kind: 'image' | 'font'): number {
    if (!/^(?:https?|data|blob):/.test(absolute)) return 0;
    const known = this.numbers.get(absolute);
    if (known !== undefined) return known;
    if (this.numbers.size >= MAX_ASSETS) return 0;
    const n = this.numbers.size + 1;
    this.numbers.set(absolute, n);
    this.queue.push({ n, url: absolute, kind });
    void this.work();
    return n;
  }

  /** Calls back with every ASSET and REFUSED frame from now on. */
  watch(tell: (frame: Uint8Array) => void): () => void {
    this.watchers.add(tell);
    return () => this.watchers.delete(tell);
  }

  /** The ASSET and REFUSED frames so far. */
  known(): Uint8Array[] {
    return [...this.frames];
  }

  /** The BLOB frame of a content, undefined when its bytes are gone; they are read again then. */
  content(hash: string): Uint8Array | undefined {
    const content = this.contents.get(hash);
    if (!content) return undefined;
    if (!content.bytes) {
      void this.again(hash, content);
      return undefined;
    }
    return this.blobFrame(hash, content.bytes);
  }

  private async again(hash: string, content: Content): Promise<void> {
    try {
      const bytes = new Uint8Array(await (await this.read(content.url)).arrayBuffer());
      if (base64url((await sha256(bytes)).subarray(0, 16)) === hash) this.tell(this.blobFrame(hash, bytes));
    } catch {
      // It was readable once and is not now: the receiving side keeps its placeholder.
    }
  }

  private blobFrame(hash: string, bytes: Uint8Array): Uint8Array {
    const w = new Writer(bytes.length + 16);
    w.bytes(hashBytes(hash));
    w.bytes(bytes);
    return this.frame(Kind.blob, w.take());
  }

  private frame(kind: number, payload: Uint8Array): Uint8Array {
    return encodeFrame({ kind, flags: 0, epoch: this.epoch, seq: 0, time: 0, payload });
  }

  private tell(frame: Uint8Array): void {
    for (const watcher of this.watchers) watcher(frame);
  }

  private async work(): Promise<void> {
    if (this.busy >= AT_ONCE) return;
    const next = this.queue.shift();
    if (!next) return;
    this.busy++;
    const frame = await this.load(next.n, next.url).catch(() => this.refuse(next.n, Refused.unreadable));
    this.busy--;
    this.frames.push(frame);
    this.tell(frame);
    void this.work();
  }

  private refuse(n: number, reason: number): Uint8Array {
    const w = new Writer(8);
    w.varint(n);
    w.u8(reason);
    return this.frame(Kind.refused, w.take());
  }

  private async load(n: number, url: string): Promise<Uint8Array> {
    const response = await this.read(url);
    const type = (response.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
    if (!response.ok) return this.refuse(n, Refused.unreadable);
    if (Number(response.headers.get('content-length') ?? 0) > Limits.MaxBlob) return this.refuse(n, Refused.tooLarge);
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (bytes.length > Limits.MaxBlob) return this.refuse(n, Refused.tooLarge);
    const mime = TYPES.test(type) ? type : sniff(bytes);
    if (!mime) return this.refuse(n, Refused.blocked);
    const hash = (await sha256(bytes)).subarray(0, 16);
    this.keep(base64url(hash), { bytes, url });
    const w = new Writer(64);
    w.varint(n);
    w.bytes(hash);
    w.varint(bytes.length);
    w.text(mime);
    return this.frame(Kind.asset, w.take());
  }

  private keep(hash: string, content: Content): void {
    if (this.contents.get(hash)?.bytes) return;
    this.contents.set(hash, content);
    this.keptBytes += content.bytes?.length ?? 0;
    for (const old of this.contents.values()) {
      if (this.keptBytes <= KEPT_BYTES) break;
      if (old === content || !old.bytes || old.url.startsWith('blob:')) continue;
      this.keptBytes -= old.bytes.length;
      old.bytes = undefined;
    }
  }
}

/** From the cache when it is there; with the login of the page's own origin, without one elsewhere. */
function readOf(url: string): Promise<Response> {
  return fetch(url, {
    cache: 'force-cache',
    credentials: 'same-origin',
    redirect: 'follow',
    signal: AbortSignal.timeout(20_000),
  });
}

function hashBytes(hash: string): Uint8Array {
  return Uint8Array.from(atob(hash.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
}

/** The type by the first bytes, for servers that do not say it. */
function sniff(bytes: Uint8Array): string {
  const head = String.fromCharCode(...bytes.subarray(0, 12));
  if (head.startsWith('wOF2')) return 'font/woff2';
  if (head.startsWith('wOFF')) return 'font/woff';
  if (head.startsWith('\x89PNG')) return 'image/png';
  if (head.startsWith('\xff\xd8')) return 'image/jpeg';
  if (head.startsWith('GIF8')) return 'image/gif';
  if (head.startsWith('RIFF') && head.endsWith('WEBP')) return 'image/webp';
  if (head.startsWith('\0\x01\0\0') || head.startsWith('OTTO')) return 'font/ttf';
  return '';
}
