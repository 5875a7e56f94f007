// What the live view needs of the connection and the stage. wiring.ts opens the real one; the tests have one of their own.

import type { LiveEvent, Moment } from './facts.ts';
import type { TelemetryPart } from './parts.ts';

export interface Stats {
  rung: string | null;
  /** ms to the customer and back; null before the first answer. */
  roundTrip: number | null;
  /** Bytes of frames received in this view. */
  bytes: number;
  frames: number;
  keyframes: number;
  /** Frames that came twice and were dropped. */
  duplicates: number;
  /** Times the tree's hash did not match the customer's. */
  mismatches: number;
  epoch: number;
  seq: number;
}

export interface TransportOptions {
  session: string;
  /** The link's secret; null when the agent goes on without it. */
  secret: Uint8Array | null;
  /** Where the stage is built; stays in the document as long as the transport lives. */
  host: HTMLElement;
  dispatch: (event: LiveEvent) => void;
  telemetry: TelemetryPart;
}

export interface Transport {
  stats(): Stats;
  /** Stays at one tab of the customer's, by its leg; with null it goes where the customer goes. */
  show(tab: number | null): void;
  /** Shows the page as it was at a moment, in front of the live one, until `live`. */
  lookBack(moment: Moment): void;
  live(): void;
  /** The stage's canonical form, for tests. */
  serialize(): Promise<string>;
  /** Asks for a keyframe, for tests. */
  again(): void;
  /** Leaves: sockets, links and stage are gone afterwards, nothing is dispatched any more. */
  close(): void;
}

export const NO_STATS: Stats = {
  rung: null,
  roundTrip: null,
  bytes: 0,
  frames: 0,
  keyframes: 0,
  duplicates: 0,
  mismatches: 0,
  epoch: 0,
  seq: 0,
};
