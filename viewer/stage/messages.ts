// What the app and the stage say to each other over the port, and a stage to the stages of its nested frames.

import type { Sample } from './canonical.ts';
import type { Reason } from './fault.ts';

/** In the other direction of the first handshake: the frame is loaded and waits for its port. */
export const HELLO = 'ridealong-stage';
/** With the port: which document this is. */
export const PORT = 'ridealong-port';

export interface Start {
  type: typeof PORT;
  /** The id of the document that this stage shows: 1, or a DOCUMENT node's. */
  document: number;
  /** How many stages stand above. */
  depth: number;
}

export type ToStage =
  /** In one task, so that what they change is laid out once. */
  | { type: 'many'; messages: ToStage[] }
  | { type: 'ops'; raw: ArrayBuffer; epoch: number; seq: number; keyframe: boolean; fresh: boolean }
  | { type: 'asset'; n: number; hash: string }
  | { type: 'blob'; hash: string; blob: Blob }
  | { type: 'refused'; n: number; width: number; height: number; missing: boolean }
  | { type: 'ping'; n: number }
  | { type: 'words'; ask: number }
  | { type: 'serialize'; ask: number; sample: Sample };

export type FromStage =
  | { type: 'applied'; epoch: number; seq: number; keyframe: boolean }
  | { type: 'trouble'; reason: Reason; detail: string }
  | { type: 'viewport'; width: number; height: number; ratio: number; scale: number }
  | { type: 'page'; url: string; title: string }
  | { type: 'environment'; json: string }
  | { type: 'about'; json: string }
  | { type: 'event'; n: number; age: number; name: string; data: string }
  | { type: 'click'; x: number; y: number; button: number }
  | { type: 'path'; samples: number[] }
  | { type: 'pong'; n: number; nodes: number }
  | { type: 'forgot'; ids: number[] }
  | { type: 'words'; ask: number; words: Uint32Array; nodes: number }
  | { type: 'serialized'; ask: number; document: string };
