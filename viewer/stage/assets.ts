// Asset numbers and their blobs inside one stage. URLs are made here: a blob URL works only in the origin that made it.

export class Assets {
  private readonly hashes = new Map<number, string>();
  private readonly urls = new Map<string, string>();
  private readonly numbers = new Map<string, number[]>();
  private readonly refusedAssets = new Set<number>();
  /** What nested stages need to begin: they make their own URLs. */
  private readonly blobs = new Map<string, Blob>();
  private readonly onSettled: (n: number) => void;

  constructor(onSettled: (n: number) => void) {
    this.onSettled = onSettled;
  }

  /** A blob's URL, null for one that never comes, undefined for not here yet. */
  readonly resolve = (n: number): string | null | undefined => {
    if (n === 0 || this.refusedAssets.has(n)) return null;
    const hash = this.hashes.get(n);
    return hash === undefined ? undefined : this.urls.get(hash);
  };

  asset(n: number, hash: string): void {
    this.hashes.set(n, hash);
    const known = this.numbers.get(hash);
    if (known) known.push(n);
    else this.numbers.set(hash, [n]);
    if (this.urls.has(hash)) this.onSettled(n);
  }

  blob(hash: string, blob: Blob): void {
    if (this.urls.has(hash)) return;
    this.blobs.set(hash, blob);
    this.urls.set(hash, URL.createObjectURL(blob));
    for (const n of this.numbers.get(hash) ?? []) this.onSettled(n);
  }

  refused(n: number): void {
    this.refusedAssets.add(n);
    this.onSettled(n);
  }

  /** Everything so far, for a stage that begins now. */
  tell(to: {
    asset(n: number, hash: string): void;
    blob(hash: string, blob: Blob): void;
    refused(n: number): void;
  }): void {
    for (const [n, hash] of this.hashes) to.asset(n, hash);
    for (const [hash, blob] of this.blobs) to.blob(hash, blob);
    for (const n of this.refusedAssets) to.refused(n);
  }
}
