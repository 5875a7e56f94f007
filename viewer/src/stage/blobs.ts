// The contents that pages name by number: kept by hash, so that each is asked for once in a session, and told to the frames.

import { Limits } from '@ridealong/wire';
import { blobType } from '../../stage/allow.ts';
import type { ToStage } from '../../stage/messages.ts';

/** Contents of one session, at most. */
const MAX_BYTES = 256 << 20;
const MAX_ASSETS = 20_000;

interface Asset {
  hash: string;
  type: string;
}

export class Blobs {
  private readonly contents = new Map<string, Blob>();
  private bytes = 0;
  private readonly epochs = new Map<number, { assets: Map<number, Asset>; refused: Map<number, ToStage> }>();
  private readonly asked = new Set<string>();

  /** The hashes of these that are not here. */
  wanted(hashes: readonly string[]): string[] {
    return hashes.filter((hash) => !this.contents.has(hash));
  }

  /** What a frame of that epoch is told; `missing` when its content has to be asked for. */
  asset(epoch: number, n: number, hash: string, size: number, mime: string): { messages: ToStage[]; missing: boolean } {
    const { assets, refused } = this.epoch(epoch);
    const before = assets.get(n);
    if (size > Limits.MaxBlob || (!before && assets.size >= MAX_ASSETS))
      return { messages: this.refused(epoch, n), missing: false };
    assets.set(n, { hash, type: blobType(mime) });
    refused.delete(n);
    if (before && before.hash !== hash) this.forget(before.hash);
    const content = this.contents.get(hash);
    const messages: ToStage[] = [{ type: 'asset', n, hash }];
    if (content) messages.unshift({ type: 'blob', hash, blob: this.typed(content, hash) });
    const missing = !content && !this.asked.has(hash);
    if (missing) this.asked.add(hash);
    return { messages, missing };
  }

  blob(hash: string, bytes: Uint8Array): ToStage[] {
    if (this.contents.has(hash) || this.bytes + bytes.length > MAX_BYTES) return [];
    this.bytes += bytes.length;
    const content = new Blob([new Uint8Array(bytes)], { type: this.typeOf(hash) });
    this.contents.set(hash, content);
    return [{ type: 'blob', hash, blob: content }];
  }

  /** The size is that of the picture itself, 0 where it is not known; `missing` when the page shows nothing there either. */
  refused(epoch: number, n: number, width = 0, height = 0, missing = false): ToStage[] {
    const { assets, refused } = this.epoch(epoch);
    const message: ToStage = { type: 'refused', n, width, height, missing };
    const before = assets.get(n);
    assets.delete(n);
    if (before) this.forget(before.hash);
    if (refused.size < MAX_ASSETS) refused.set(n, message);
    return [message];
  }

  /** Everything that a new frame of this epoch needs. Epochs before it are forgotten. */
  all(epoch: number): ToStage[] {
    for (const old of this.epochs.keys()) if (old < epoch) this.epochs.delete(old);
    const { assets, refused } = this.epoch(epoch);
    const messages: ToStage[] = [];
    const told = new Set<string>();
    for (const [n, { hash }] of assets) {
      const content = this.contents.get(hash);
      if (content && !told.has(hash)) messages.push({ type: 'blob', hash, blob: this.typed(content, hash) });
      told.add(hash);
      messages.push({ type: 'asset', n, hash });
    }
    messages.push(...refused.values());
    return messages;
  }

  /** After a new link: what was asked for and did not come. */
  outstanding(): string[] {
    return this.wanted([...this.asked]);
  }

  /** The customer's contents leave this browser's memory. */
  clear(): void {
    this.contents.clear();
    this.epochs.clear();
    this.asked.clear();
    this.bytes = 0;
  }

  private epoch(epoch: number): { assets: Map<number, Asset>; refused: Map<number, ToStage> } {
    let known = this.epochs.get(epoch);
    if (!known) {
      known = { assets: new Map(), refused: new Map() };
      this.epochs.set(epoch, known);
    }
    return known;
  }

  /** A content that a number had before is kept for nobody. */
  private forget(hash: string): void {
    for (const { assets } of this.epochs.values()) for (const asset of assets.values()) if (asset.hash === hash) return;
    this.bytes -= this.contents.get(hash)?.size ?? 0;
    this.contents.delete(hash);
    this.asked.delete(hash);
  }

  /** The type is the asset's; a content that came before its asset has none yet. */
  private typeOf(hash: string): string {
    for (const { assets } of this.epochs.values()) {
      for (const asset of assets.values()) if (asset.hash === hash) return asset.type;
    }
    return 'application/octet-stream';
  }

  private typed(content: Blob, hash: string): Blob {
    const type = this.typeOf(hash);
    if (content.type === type) return content;
    const typed = content.slice(0, content.size, type);
    this.contents.set(hash, typed);
    return typed;
  }
}
