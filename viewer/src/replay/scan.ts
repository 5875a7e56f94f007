// Reads a recording from front to back beside the picture: the telemetry for the panels, the chunks for the time line.
//
// Guarantees: entries of a document come in order and each once; what cannot be read is left out, which the numbers of the entries tell.

import { decodeFrame } from '@ridealong/wire';
import { HappeningKind } from '@ridealong/wire/entries';
import { EntryLane } from '@ridealong/wire/link/entry-lane';
import type { Entries } from '@ridealong/wire/read';
import type { TelemetryPart } from '../live/parts.ts';
import type { Archive } from './archive.ts';
import type { Stored } from './records.ts';
import type { Looked } from './tabs.ts';

const LIVE_EVERY = 2000;

export class Scan {
  private readonly lanes = new Map<string, { lane: EntryLane; last: number }>();
  /** How many telemetry frames of each chunk were read. */
  private readonly done = new Map<number, number>();
  private closed = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly archive: Archive,
    private readonly telemetry: TelemetryPart,
    private readonly looked: (one: Looked) => void,
    private readonly progress: () => void,
  ) {}

  /** All that is there; then, of a live one, what comes. */
  async run(): Promise<void> {
    for (const { n } of [...this.archive.chunks()]) {
      if (this.closed) return;
      if (!this.archive.read(n)) await this.archive.need(n);
      if (this.closed) return;
      this.take(n);
      this.progress();
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    this.end();
    if (this.archive.detail?.state === 'live') this.timer = setTimeout(() => void this.again(), LIVE_EVERY);
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
  }

  private async again(): Promise<void> {
    await this.archive.refresh().catch(() => undefined);
    if (!this.closed) await this.run();
  }

  private take(n: number): void {
    const entries = this.archive.entries(n);
    for (const frame of entries.slice(this.done.get(n) ?? 0)) this.frame(frame);
    this.done.set(n, entries.length);
  }

  private frame(frame: Stored): void {
    const bytes = this.archive.bytes(frame);
    if (!bytes) return;
    const lane = this.lane(frame.tab, frame.epoch);
    const decoded = decodeFrame(bytes);
    // There is nobody to ask for what is missing; what follows can be read from the next frame on that stands alone.
    if (frame.seq > lane.last + 1) {
      lane.lane.gone(frame.epoch, frame.seq - 1);
      lane.lane.broken({ ...decoded, seq: frame.seq - 1 });
    }
    lane.last = Math.max(lane.last, frame.seq);
    try {
      lane.lane.frame(decoded);
    } catch {
      lane.lane.broken(decoded);
    }
  }

  private lane(tab: number, epoch: number): { lane: EntryLane; last: number } {
    const name = `${tab}.${epoch}`;
    const known = this.lanes.get(name);
    if (known) return known;
    const lane = new EntryLane(
      (entries, { time }) => this.entries(tab, epoch, time, entries),
      () => undefined,
    );
    const one = { lane, last: 0 };
    this.lanes.set(name, one);
    return one;
  }

  private entries(tab: number, epoch: number, time: number, entries: Entries): void {
    const { detail } = this.archive;
    const beganAt = this.archive.document(tab, epoch)?.beganAt ?? 0;
    this.telemetry.take({ ...entries, tab, epoch, time, at: (detail?.startedAt ?? 0) + beganAt + time });
    for (const entry of entries.entries)
      if (entry.type === 'happening' && entry.kind === HappeningKind.visibility)
        this.looked({ at: beganAt + entry.at / 10, tab, came: entry.label !== 'hidden' });
  }

  /** What a document did not finish, it will not. */
  private end(): void {
    for (const { tab, epoch, endedAt } of this.archive.detail?.documents ?? [])
      if (endedAt || this.archive.detail?.state !== 'live') this.telemetry.left({ tab, epoch });
  }
}
