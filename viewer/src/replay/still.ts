// A small picture of one moment of a recording, on a stage of its own: the whole document that is nearest before it.
//
// Guarantees: shows what is at hand and fetches contents, not chunks; of several moments the last one counts.

import { Kind } from '@ridealong/wire';
import { stageIn, type WholeStagePart } from '../live/stage-part.ts';
import type { Archive } from './archive.ts';
import { Reading } from './reading.ts';
import type { Stored } from './records.ts';

export class Still {
  private readonly stage: WholeStagePart;
  private shown: Stored | null = null;
  /** Each picture is a document to the stage, so that the one before stands until it is whole. */
  private turn = 0;
  private closed = false;

  constructor(
    host: HTMLElement,
    private readonly archive: Archive,
  ) {
    this.stage = stageIn(host);
    this.stage.quiet(true);
    this.stage.show(true);
    this.stage.on('wanted', (hashes) => {
      for (const hash of hashes)
        void archive.content(hash).then((bytes) => bytes && !this.closed && this.stage.blob(hash, bytes));
    });
  }

  /** Resolves when the picture is there; false when there is none to show. */
  show(keyframe: Stored): Promise<boolean> {
    if (this.shown === keyframe) return Promise.resolve(true);
    if (keyframe.kind !== Kind.keyframe || !this.archive.bytes(keyframe)) return Promise.resolve(false);
    const epoch = ++this.turn;
    const { stage } = this;
    const reading = new Reading(this.archive.log(keyframe.tab, keyframe.epoch), this.archive, {
      ops: (raw, meta) => stage.ops(raw, { ...meta, epoch }),
      asset: (_, n, hash, size, mime) => stage.asset(epoch, n, hash, size, mime),
      refused: (_, n, reason, width, height) => stage.refused(epoch, n, reason, width, height),
    });
    if (!reading.begin(keyframe, keyframe.time)) return Promise.resolve(false);
    this.shown = keyframe;
    return new Promise((resolve) => {
      stage.on('applied', (at) => at.epoch >= epoch && resolve(true));
      stage.on('trouble', () => resolve(false));
    });
  }

  close(): void {
    this.closed = true;
    this.stage.clear();
    this.stage.dispose();
  }
}

/** The picture that is nearest before a moment, of the chunks that are here. */
export function stillAt(archive: Archive, tab: number | null, at: number): Stored | undefined {
  let best: Stored | undefined;
  let when = Number.NEGATIVE_INFINITY;
  for (const document of archive.detail?.documents ?? []) {
    if (tab !== null && document.tab !== tab) continue;
    const keyframe = archive.log(document.tab, document.epoch).keyframeAt(at - document.beganAt);
    const stands = document.beganAt + (keyframe?.time ?? 0);
    if (!keyframe || stands < when || !archive.bytes(keyframe)) continue;
    best = keyframe;
    when = stands;
  }
  return best;
}
