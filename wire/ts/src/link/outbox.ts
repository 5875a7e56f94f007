// Frames that wait for their way, lane by lane, and are cut into pieces when there is room (PROTOCOL.md §3).
//
// Guarantees: the frames of a lane go in order, and the pieces of one frame follow one another; nothing waits that could go now; a
// lower lane goes first where lanes share their room; a frame that changes its way begins anew.

import { LANES, Lane, PieceFlag } from '../frame.ts';
import { Limits } from '../limits.gen.ts';
import type { Bytes } from './secret.ts';

/** Where pieces go. */
export interface Way {
  /** Whether it takes another piece of this lane now. Whoever owns it calls `pump` when that becomes true again. */
  room(lane: Lane): boolean;
  /** False when it is closed. */
  put(lane: Lane, piece: Bytes): boolean;
}

interface Waiting {
  frame: Uint8Array;
  at: number;
}

const BODY = Limits.MaxPiece - 1;

function cut({ frame, at }: Waiting): Bytes {
  const end = Math.min(frame.length, at + BODY);
  const piece = new Uint8Array(end - at + 1);
  piece[0] = (at === 0 ? PieceFlag.first : 0) | (end === frame.length ? PieceFlag.last : 0);
  piece.set(frame.subarray(at, end), 1);
  return piece;
}

export class Outbox {
  private readonly queues = LANES.map((): Waiting[] => []);
  private way: Way | undefined;

  send(lane: Lane, frame: Uint8Array): void {
    this.queues[lane]?.push({ frame, at: 0 });
    this.pumpLane(lane);
  }

  /** Bytes of a lane that wait here. */
  backlog(lane: Lane): number {
    return this.queues[lane]?.reduce((n, one) => n + one.frame.length - one.at, 0) ?? 0;
  }

  /** Goes on by another way. When the one before broke, its sender starts again somewhere else: only control messages are kept. */
  use(way: Way | undefined, broke: boolean): void {
    this.way = way;
    this.queues.forEach((queue, lane) => {
      if (broke && lane !== Lane.control) queue.length = 0;
      if (queue[0]) queue[0].at = 0;
    });
  }

  drop(lane: Lane): void {
    (this.queues[lane] as Waiting[]).length = 0;
  }

  clear(): void {
    for (const queue of this.queues) queue.length = 0;
  }

  pump(): void {
    for (let lane = 0; lane < LANES.length; lane++) this.pumpLane(lane as Lane);
  }

  private pumpLane(lane: Lane): void {
    const queue = this.queues[lane];
    for (let head = queue?.[0]; head && this.way?.room(lane); head = queue?.[0]) {
      if (!this.way.put(lane, cut(head))) return;
      head.at += BODY;
      if (head.at >= head.frame.length) queue?.shift();
    }
  }
}
