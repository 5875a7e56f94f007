// A recording as this browser has it: chunks as they are needed, and what is known of all that were here.
//
// Guarantees: at most about MAX_BYTES of chunks are kept, those that were used last; a chunk is asked for once at a time; a chunk that
// cannot be had or read is told in `lost` and `damaged`, and the others are none the worse for it.

import type { Chunk, RecordedChunk, RecordedDocument, RecordingDetail } from '../api/recordings.ts';
import { DocumentLog } from './log.ts';
import { readRecords, type Stored } from './records.ts';

const MAX_BYTES = 96 << 20;
const MAX_CONTENTS = 128 << 20;

/** Where recordings come from. */
export interface Source {
  detail(): Promise<RecordingDetail>;
  chunk(n: number): Promise<Chunk>;
  content(hash: string): Promise<Uint8Array>;
}

interface Held {
  bytes: Uint8Array | null;
  /** How far it was read. */
  end: number;
  whole: boolean;
  /** Its size by the server when it was asked for. */
  asOf: number;
  usedAt: number;
  coming: Promise<void> | null;
  /** Telemetry, for who reads it in order. */
  entries: Stored[];
  /** Records that could not be read, here or by the server. */
  damaged: number;
  /** Of those, here. */
  torn: number;
}

export class Archive {
  detail: RecordingDetail | null = null;
  /** Chunks that could not be had. */
  readonly lost = new Set<number>();
  /** Seconds of the recording in which something came. */
  readonly busy = new Set<number>();
  private readonly held = new Map<number, Held>();
  private readonly logs = new Map<string, DocumentLog>();
  private readonly contents = new Map<string, Promise<Uint8Array | undefined>>();
  private readonly sizes = new Map<string, number>();
  private uses = 0;

  constructor(
    private readonly source: Source,
    private readonly max = MAX_BYTES,
  ) {}

  /** What the server knows now; of an open chunk there may be more. */
  async refresh(): Promise<RecordingDetail> {
    this.detail = await this.source.detail();
    return this.detail;
  }

  /** Records that could not be read. */
  get damaged(): number {
    let sum = 0;
    for (const held of this.held.values()) sum += held.damaged;
    return sum;
  }

  chunks(): readonly RecordedChunk[] {
    return this.detail?.chunks ?? [];
  }

  document(tab: number, epoch: number): RecordedDocument | undefined {
    return this.detail?.documents.find((one) => one.tab === tab && one.epoch === epoch);
  }

  log(tab: number, epoch: number): DocumentLog {
    const name = `${tab}.${epoch}`;
    let log = this.logs.get(name);
    if (!log) {
      log = new DocumentLog(tab, epoch);
      this.logs.set(name, log);
    }
    return log;
  }

  /** Whether it was read as far as the server has it. */
  read(n: number): boolean {
    const held = this.held.get(n);
    const chunk = this.chunks().find((one) => one.n === n);
    if (this.lost.has(n)) return true;
    return held !== undefined && held.end > 0 && (held.whole || held.asOf >= (chunk?.bytes ?? 0));
  }

  here(n: number): boolean {
    return this.held.get(n)?.bytes != null;
  }

  /** The frames of the telemetry that came in a chunk. */
  entries(n: number): readonly Stored[] {
    return this.held.get(n)?.entries ?? [];
  }

  /** The bytes of a frame; undefined when its chunk is not here. */
  bytes(frame: Stored): Uint8Array | undefined {
    const held = this.held.get(frame.chunk);
    if (!held?.bytes) return undefined;
    held.usedAt = ++this.uses;
    return held.bytes.subarray(frame.start, frame.end);
  }

  /** The chunk is here, as far as there is any of it. Never rejects. */
  async need(n: number): Promise<void> {
    const none: Held = {
      bytes: null,
      end: 0,
      whole: false,
      asOf: 0,
      usedAt: 0,
      coming: null,
      entries: [],
      damaged: 0,
      torn: 0,
    };
    const held = this.held.get(n) ?? none;
    this.held.set(n, held);
    held.usedAt = ++this.uses;
    if (held.coming) return held.coming;
    if (held.bytes && this.read(n)) return;
    held.asOf = this.chunks().find((one) => one.n === n)?.bytes ?? 0;
    held.coming = this.fetch(n, held).finally(() => {
      held.coming = null;
    });
    return held.coming;
  }

  /** All bytes of a chunk, read; undefined when it cannot be had. */
  async whole(n: number): Promise<Uint8Array | undefined> {
    await this.need(n);
    return this.held.get(n)?.bytes ?? undefined;
  }

  /** A content by its hash; each is asked for once. */
  content(hash: string): Promise<Uint8Array | undefined> {
    const known = this.contents.get(hash);
    if (known) return known;
    const coming = this.source.content(hash).then(
      (bytes) => {
        this.sizes.set(hash, bytes.length);
        this.shrinkContents();
        return bytes;
      },
      () => {
        this.contents.delete(hash);
        return undefined;
      },
    );
    this.contents.set(hash, coming);
    return coming;
  }

  clear(): void {
    for (const map of [this.held, this.logs, this.contents, this.sizes]) map.clear();
  }

  private async fetch(n: number, held: Held): Promise<void> {
    let chunk: Chunk;
    try {
      chunk = await this.source.chunk(n);
    } catch {
      // A live recording's newest may not be there yet.
      if (this.chunks().some((one) => one.n === n && one.sealed)) this.lost.add(n);
      return;
    }
    if (chunk.bytes.length < held.end) return void this.lost.add(n); // not the one that it was
    this.lost.delete(n);
    held.bytes = chunk.bytes;
    const { frames, end, damaged } = readRecords(chunk.bytes, n, held.end);
    held.end = end;
    held.whole = !chunk.open;
    held.torn += damaged;
    held.damaged = held.torn + (chunk.damaged ?? 0) + (held.whole && end < chunk.bytes.length ? 1 : 0);
    for (const frame of frames) this.add(frame, held);
    this.shrink(n);
  }

  private add(frame: Stored, held: Held): void {
    this.busy.add(Math.floor(frame.at / 1000));
    if (frame.lane === 2) held.entries.push(frame);
    else this.log(frame.tab, frame.epoch).add(frame);
  }

  private shrink(newest: number): void {
    let sum = 0;
    for (const { bytes } of this.held.values()) sum += bytes?.length ?? 0;
    const oldestFirst = [...this.held].sort(([, a], [, b]) => a.usedAt - b.usedAt);
    for (const [n, held] of oldestFirst) {
      if (sum <= this.max) return;
      if (n === newest || !held.bytes) continue;
      sum -= held.bytes.length;
      held.bytes = null;
    }
  }

  private shrinkContents(): void {
    let sum = 0;
    for (const size of this.sizes.values()) sum += size;
    for (const [hash, size] of this.sizes) {
      if (sum <= MAX_CONTENTS) return;
      sum -= size;
      this.sizes.delete(hash);
      this.contents.delete(hash);
    }
  }
}
