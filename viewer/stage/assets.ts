// Asset numbers and their blobs inside one stage. URLs are made here: a blob URL works only in the origin that made it.
//
// A number may be given another content: the one before it stands until that one is here, and is forgotten then.

/** How one that never comes stands there. */
export interface Refusal {
  /** Of the picture itself, 0 where it is not known. */
  width: number;
  height: number;
  /** The page shows nothing there either. */
  missing: boolean;
}

/** For an image element that shows what the browser shows in the place of one that it cannot load. */
export const BROKEN = 'data:,';

export class Assets {
  private readonly hashes = new Map<number, string>();
  private readonly urls = new Map<string, string>();
  private readonly numbers = new Map<string, Set<number>>();
  private readonly refusedAssets = new Map<number, Refusal>();
  /** The content that is shown now, where another one is on its way or was. */
  private readonly stands = new Map<number, string>();
  /** What nested stages need to begin: they make their own URLs. */
  private readonly blobs = new Map<string, Blob>();
  private readonly onSettled: (n: number) => void;

  constructor(onSettled: (n: number) => void) {
    this.onSettled = onSettled;
  }

  /** A blob's URL, a placeholder's for one that never comes, null for nothing to show, undefined for not here yet. */
  readonly resolve = (n: number): string | null | undefined => {
    if (n === 0) return null;
    const refused = this.refusedAssets.get(n);
    if (refused) return refused.missing ? null : placeholder(refused);
    return this.urls.get(this.shown(n));
  };

  /** As resolve, the content itself; null for one that never comes. */
  content(n: number): Blob | null | undefined {
    if (n === 0 || this.refusedAssets.has(n)) return null;
    return this.blobs.get(this.shown(n));
  }

  missing(n: number): boolean {
    return this.refusedAssets.get(n)?.missing === true;
  }

  private shown(n: number): string {
    return this.stands.get(n) ?? this.hashes.get(n) ?? '';
  }

  asset(n: number, hash: string): void {
    const before = this.hashes.get(n);
    if (before !== undefined && before !== hash) this.leave(n, before);
    this.hashes.set(n, hash);
    const known = this.numbers.get(hash);
    if (known) known.add(n);
    else this.numbers.set(hash, new Set([n]));
    if (this.urls.has(hash)) this.settle(n);
  }

  blob(hash: string, blob: Blob): void {
    if (this.urls.has(hash)) return;
    this.blobs.set(hash, blob);
    this.urls.set(hash, URL.createObjectURL(blob));
    for (const n of this.numbers.get(hash) ?? []) this.settle(n);
  }

  refused(n: number, { width, height, missing }: Refusal): void {
    const before = this.hashes.get(n);
    if (before !== undefined) this.leave(n, before);
    this.hashes.delete(n);
    this.refusedAssets.set(n, { width, height, missing });
    this.onSettled(n);
  }

  /** Another content comes in the place of this one, which stands until then if it is here. */
  private leave(n: number, before: string): void {
    this.numbers.get(before)?.delete(n);
    if (this.urls.has(before)) this.stands.set(n, before);
    else this.stands.set(n, this.stands.get(n) ?? '');
  }

  private settle(n: number): void {
    const before = this.stands.get(n);
    this.refusedAssets.delete(n);
    if (before !== undefined) this.stands.set(n, this.hashes.get(n) ?? '');
    this.onSettled(n);
    if (before) this.forget(before);
  }

  private forget(hash: string): void {
    if ((this.numbers.get(hash)?.size ?? 0) > 0 || [...this.stands.values()].includes(hash)) return;
    this.numbers.delete(hash);
    this.blobs.delete(hash);
    URL.revokeObjectURL(this.urls.get(hash) ?? '');
    this.urls.delete(hash);
  }

  /** Everything so far, for a stage that begins now. */
  tell(to: {
    asset(n: number, hash: string): void;
    blob(hash: string, blob: Blob): void;
    refused(n: number, refusal: Refusal): void;
  }): void {
    for (const [n, hash] of this.hashes) to.asset(n, hash);
    for (const [hash, blob] of this.blobs) to.blob(hash, blob);
    for (const [n, refusal] of this.refusedAssets) to.refused(n, refusal);
  }
}

/** Hatched, as large as the picture itself; as large as its place where that is not known. */
function placeholder({ width, height }: Refusal): string {
  const size =
    width > 0 && height > 0 ? ` width="${Math.min(width, 20_000)}" height="${Math.min(height, 20_000)}"` : '';
  const hatch = '<pattern id="h" width="10" height="10" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">';
  const svg = `<svg xmlns="http://www.w3.org/2000/svg"${size}><defs>${hatch}<rect width="10" height="10" fill="#e7e9ee"/><rect width="2" height="10" fill="#c3c8d2"/></pattern></defs><rect width="100%" height="100%" fill="url(#h)"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg).replace(/[()']/g, (c) => `%${c.charCodeAt(0).toString(16)}`)}`;
}
