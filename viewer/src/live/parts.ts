// What the connection needs of the link library and of the stage, as small as its need. wiring.ts joins it to the real ones.

import type { Entries } from '@ridealong/wire/read';
import type { EndReason, Participant as RoomParticipant } from '@ridealong/wire/signal';
import type { LinkState, Rung, SocketState } from './facts.ts';

export interface Credential {
  kind: 'ticket';
  value: string;
}

export interface SignalEvents {
  /** The close code when the state is `closed`. */
  state: (state: SocketState, code?: number) => void;
  participants: (participants: RoomParticipant[]) => void;
  ended: (reason: EndReason) => void;
  secondClaim: () => void;
}

export interface SignalPart {
  on<E extends keyof SignalEvents>(event: E, tell: SignalEvents[E]): void;
  close(): void;
}

export interface LinkEvents {
  state: (state: LinkState) => void;
  rung: (rung: Rung | null) => void;
  /** Bytes of a whole frame that came. */
  frame: (lane: number, bytes: Uint8Array) => void;
  close: (code: string) => void;
}

export interface LinkPart {
  /** Which of the customer's tabs. */
  readonly leg: number;
  readonly state: LinkState;
  readonly rung: Rung | null;
  on<E extends keyof LinkEvents>(event: E, tell: LinkEvents[E]): void;
}

export interface LinksPart {
  /** The newest link of a tab of the customer's; it replaces the one before. */
  onLink(tell: (link: LinkPart) => void): void;
  /** The customer came by join code: the number that both compare, null when it is of no use any more. */
  onDigits(tell: (digits: string | null) => void): void;
  close(): void;
}

export interface FrameMeta {
  epoch: number;
  seq: number;
  time: number;
  keyframe: boolean;
  fresh: boolean;
}

/** The end of the log in this browser. */
export interface Sink {
  ops(raw: Uint8Array, frame: FrameMeta): void;
  /** Of the telemetry, in order; `time` of their frame in ms since the epoch began. */
  entries(entries: Entries, frame: Pick<FrameMeta, 'epoch' | 'seq' | 'time'>): void;
  /** CSS px in the viewport. */
  pointer(x: number, y: number): void;
  /** Hashes are base64url. */
  asset(epoch: number, n: number, hash: string, size: number, mime: string): void;
  blob(hash: string, bytes: Uint8Array): void;
  refused(epoch: number, n: number, reason: number, width: number, height: number): void;
  control(message: unknown): void;
  trouble(reason: string): void;
}

/** Where telemetry goes; `at` by Date.now(). */
export interface TelemetryPart {
  take(batch: Entries & { tab: number; epoch: number; time: number; at: number }): void;
  /** A document is over, which had so many entries. */
  left(document: { tab: number; epoch: number; entries?: number }): void;
}

export interface FollowerPart {
  attach(link: LinkPart): void;
  /** Whether the page is asked for; not, at first. */
  follow(following: boolean): void;
  /** Asks for contents. */
  want(hashes: readonly string[]): void;
  readonly roundTrip: number | null;
  requestKeyframe(reason: 'hash' | 'decode'): void;
  readonly duplicates: number;
  close(): void;
}

export interface StageEvents {
  applied: (at: { epoch: number; seq: number }) => void;
  page: (page: { url: string; title: string }) => void;
  viewport: (viewport: { width: number; height: number }) => void;
  environment: (json: string) => void;
  about: (json: string) => void;
  event: (event: { epoch: number; n: number; age: number; name: string; data: string }) => void;
  /** Contents that it has not. */
  wanted: (hashes: string[]) => void;
  /** The picture may be wrong (`hash`, `decode`: a new keyframe is needed) or lacks something. */
  trouble: (reason: string) => void;
}

export interface StagePart extends Pick<Sink, 'ops' | 'pointer' | 'asset' | 'blob' | 'refused'> {
  on<E extends keyof StageEvents>(event: E, tell: StageEvents[E]): void;
  show(on: boolean): void;
  serialize(): Promise<string>;
  clear(): void;
  dispose(): void;
}

export interface Parts {
  signal(credential: () => Promise<Credential>): SignalPart;
  links(signal: SignalPart): LinksPart;
  follower(sink: Sink): FollowerPart;
  stage(host: HTMLElement): StagePart;
}
