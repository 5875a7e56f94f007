// The stages of the player: one that is seen, one that is built for another moment, one that waits ready for the next.
//
// Guarantees: what is seen stays until the other moment is whole, with the contents that it has at hand; what a hidden stage tells of its
// page is told when it is seen.

import type { PersonEvents, WholeStagePart } from '../live/stage-part.ts';

/** For contents that are still on their way, ms. */
const CONTENTS_TIME = 250;
/** A moment that does not become whole is shown as it is, ms. */
const PATIENCE = 8000;

export type Seen = PersonEvents;

type Told = { [E in keyof Seen]?: Parameters<Seen[E]> };

/** A stage for one moment and what comes after it. */
export class Take {
  seen = false;
  private told: Told = {};
  private waiting = 0;
  private applied = { epoch: 0, seq: -1 };
  private check: () => void = () => undefined;
  private quietUntil: { epoch: number; seq: number } | null = null;

  constructor(
    readonly stage: WholeStagePart,
    content: (hash: string) => Promise<Uint8Array | undefined>,
    private readonly tell: <E extends keyof Seen>(event: E, ...of: Parameters<Seen[E]>) => void,
  ) {
    const events = ['page', 'viewport', 'environment', 'about', 'event', 'trouble', 'path', 'click'] as const;
    for (const event of events) stage.on(event, (...of: unknown[]) => this.hear(event, of as never));
    stage.on('applied', (at) => {
      this.applied = at;
      if (this.quietUntil && reached(at, this.quietUntil)) this.loud();
      this.hear('applied', [at]);
      this.check();
    });
    stage.on('wanted', (hashes) => {
      for (const hash of hashes) {
        this.waiting++;
        void content(hash).then((bytes) => {
          if (bytes) stage.blob(hash, bytes);
          this.waiting--;
          this.check();
        });
      }
    });
    stage.show(false);
  }

  /** What goes by until this place is not shown as it happens. */
  hush(until: { epoch: number; seq: number }): void {
    if (reached(this.applied, until)) return;
    this.quietUntil = until;
    this.stage.quiet(true);
  }

  /** Resolves when the moment at this place is whole. */
  whole(place: { epoch: number; seq: number }): Promise<void> {
    return new Promise((resolve) => {
      let late = false;
      const timers = [
        setTimeout(() => {
          late = true;
          this.check();
        }, CONTENTS_TIME),
        setTimeout(() => done(), PATIENCE),
      ];
      const done = () => {
        for (const timer of timers) clearTimeout(timer);
        this.check = () => undefined;
        resolve();
      };
      this.check = () => {
        if (this.told.trouble || (reached(this.applied, place) && (this.waiting === 0 || late))) done();
      };
      this.check();
    });
  }

  see(): void {
    this.seen = true;
    this.stage.show(true);
    for (const [event, of] of Object.entries(this.told)) this.tell(event as keyof Seen, ...(of as never));
    this.told = {};
  }

  dispose(): void {
    this.stage.clear();
    this.stage.dispose();
  }

  private loud(): void {
    this.quietUntil = null;
    this.stage.quiet(false);
  }

  private hear<E extends keyof Seen>(event: E, of: Parameters<Seen[E]>): void {
    if (this.seen) return this.tell(event, ...of);
    if (event === 'click') return;
    (this.told as Record<string, unknown>)[event] = of;
    if (event === 'trouble') this.check();
  }
}

function reached(at: { epoch: number; seq: number }, place: { epoch: number; seq: number }): boolean {
  return at.epoch > place.epoch || (at.epoch === place.epoch && at.seq >= place.seq);
}

export class Screen {
  private take: Take | null = null;
  private spare: Take | null = null;
  private closed = false;

  constructor(private readonly make: () => Take) {
    this.spare = make();
  }

  get shown(): Take | null {
    return this.take;
  }

  /** One to build a moment on; it is seen once `turn` is called. */
  begin(): Take {
    const take = this.spare ?? this.make();
    this.spare = null;
    return take;
  }

  turn(take: Take): void {
    const before = this.take;
    this.take = take;
    take.see();
    before?.dispose();
    if (!this.closed) this.spare ??= this.make();
  }

  close(): void {
    this.closed = true;
    this.take?.dispose();
    this.spare?.dispose();
  }
}
