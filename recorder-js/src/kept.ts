// What an archiver had not acknowledged when a page went: kept with the tab, and sent by the tab's next page.
//
// Guarantees: nothing is kept for anybody but an archiver that the customer agreed to; it takes at most MOST characters of the tab's
// storage, the oldest first, so that what is kept has no holes; it is forgotten when it has arrived.

import { decodeFrame, encodeFrame, type Frame, Lane } from '@ridealong/wire';
import { base64url, fromBase64url } from '@ridealong/wire/link';

const KEY = 'ridealong-kept';
/** The site's own data has the rest of the storage. */
const MOST = 1024 * 1024;

type One = [epoch: number, lane: Lane, seq: number, frame: string];
/** What a page leaves: frames, and before them the whole document, encoded, when not even that has arrived. */
export interface Unkept {
  whole?: Uint8Array | undefined;
  frames: readonly [Lane, Frame][];
}

export class Kept {
  private frames: One[] = [];

  /** Takes what the page before has left. */
  constructor() {
    try {
      const kept: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? '[]');
      sessionStorage.removeItem(KEY);
      if (Array.isArray(kept)) this.frames = kept.filter(isOne);
    } catch {
      // Without storage nothing was kept.
    }
  }

  /** Sends all of it. */
  give(send: (lane: Lane, frame: Uint8Array) => void): void {
    for (const [, lane, , text] of this.frames) {
      const frame = fromBase64url(text);
      if (frame) send(lane, frame);
    }
  }

  /** So much of a document is on the archiver's disk. */
  acked(epoch: number, dom: number, telemetry: number): void {
    if (this.frames.length === 0) return;
    this.frames = this.frames.filter(([of, lane, seq]) => of !== epoch || seq > (lane === Lane.dom ? dom : telemetry));
  }

  /** The page goes: what has not arrived yet stays, then what it has itself. */
  keep({ whole, frames }: Unkept): void {
    const all = [...this.frames];
    if (whole) {
      const { epoch, seq } = decodeFrame(whole);
      all.push([epoch, Lane.dom, seq, base64url(whole)]);
    }
    for (const [lane, frame] of frames) {
      all.push([frame.epoch, lane, frame.seq, base64url(encodeFrame({ ...frame, step: undefined }))]);
    }
    let size = 0;
    const some = all.filter(([, , , text]) => {
      size += text.length + 30;
      return size <= MOST;
    });
    try {
      if (some.length > 0) sessionStorage.setItem(KEY, JSON.stringify(some));
      else sessionStorage.removeItem(KEY);
    } catch {
      // The site has filled the storage.
    }
  }
}

function isOne(one: unknown): one is One {
  if (!Array.isArray(one)) return false;
  const [epoch, lane, seq, text] = one;
  const numbers = [epoch, lane, seq].every((n) => Number.isSafeInteger(n) && n >= 0);
  return numbers && (lane === Lane.dom || lane === Lane.telemetry) && typeof text === 'string';
}
