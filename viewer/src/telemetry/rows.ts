// The rows of the panels: what the entries of the telemetry lane come to. Plain data; texts are the customer's page's and stay texts.

import type {
  ConsoleEntry,
  FailureEntry,
  GaugeEntry,
  HappeningEntry,
  LeftOutEntry,
  MessageEntry,
  Pair,
  RequestEntry,
  ResourceEntry,
  ResponseEntry,
  TaskEntry,
  Transfer,
  VitalEntry,
} from '@ridealong/wire/entries';

/** One document of a tab of the customer's: an epoch. */
export interface Doc {
  readonly tab: number;
  readonly epoch: number;
  /** When it began, by the agent's clock in ms: the earliest that its frames allow. */
  start: number;
  /** Of its first entry, tenths of a ms. */
  firstAt: number;
  /** Number of the last entry that came. */
  last: number;
  over: boolean;
}

/** A moment in a document, tenths of a ms since it began. */
export interface Moment {
  readonly tab: number;
  readonly epoch: number;
  readonly at: number;
}

export interface RowBase {
  /** Counts all rows, in the order in which they came. */
  readonly key: number;
  readonly doc: Doc;
  readonly at: number;
}

/** Entries that did not arrive. */
export interface GapRow extends RowBase {
  readonly type: 'gap';
  readonly count: number;
}

/** What the customer's browser did not tell, because there was too much of it. */
export interface LeftOutRow extends RowBase {
  readonly type: 'leftOut';
  readonly entry: LeftOutEntry;
}

export interface ConsoleRow extends RowBase {
  readonly type: 'console';
  readonly n: number;
  readonly entry: ConsoleEntry;
  count: number;
}

/** A page began, in the console. */
export interface PageRow extends RowBase {
  readonly type: 'page';
  readonly url: string;
}

export interface MessageRow extends RowBase {
  readonly type: 'message';
  readonly entry: MessageEntry;
}

/** Messages of one socket; the oldest go when there are too many. */
export interface Talk {
  rows: (MessageRow | LeftOutRow)[];
  gone: number;
}

export interface RequestRow extends RowBase {
  readonly type: 'request';
  readonly id: number;
  /** Null when only what came later arrived. */
  request: RequestEntry | null;
  response: ResponseEntry | null;
  responseAt: number;
  done: { outcome: number; reason: string; transfer: Transfer; body: number; text: string; at: number } | null;
  /** Its document was over before it was. */
  cut: boolean;
  readonly talk: Talk;
}

export interface ResourceRow extends RowBase {
  readonly type: 'resource';
  readonly entry: ResourceEntry;
}

/** An error, each once. */
export interface ErrorRow extends RowBase {
  readonly type: 'error';
  readonly source: 'failure' | 'console' | 'request' | 'document';
  readonly failure: FailureEntry | null;
  readonly console: ConsoleEntry | null;
  readonly request: RequestRow | null;
  readonly document: ResourceRow | null;
  count: number;
  /** The last one. */
  lastAt: number;
  lastDoc: Doc;
}

export interface HappeningRow extends RowBase {
  readonly type: 'happening';
  readonly entry: HappeningEntry;
}

export interface VitalRow extends RowBase {
  readonly type: 'vital';
  readonly entry: VitalEntry;
}

export interface TaskRow extends RowBase {
  readonly type: 'task';
  readonly entry: TaskEntry;
}

export interface GaugeRow extends RowBase {
  readonly type: 'gauge';
  readonly entry: GaugeEntry;
}

export interface EnvironmentRow extends RowBase {
  readonly type: 'environment';
  /** The document's first: what there is. Else what has changed. */
  readonly whole: boolean;
  readonly values: readonly Pair[];
}

export type ConsolePanelRow = ConsoleRow | PageRow | GapRow | LeftOutRow;
export type NetworkPanelRow = RequestRow | ResourceRow | GapRow | LeftOutRow;
export type ErrorPanelRow = ErrorRow | LeftOutRow;
export type EventPanelRow = HappeningRow | GapRow | LeftOutRow;
export type AnyRow =
  | ConsolePanelRow
  | NetworkPanelRow
  | ErrorPanelRow
  | EventPanelRow
  | MessageRow
  | VitalRow
  | TaskRow
  | GaugeRow
  | EnvironmentRow;

/** When a row was, by the agent's clock in ms. */
export function wallOf(row: Pick<RowBase, 'doc' | 'at'>): number {
  return row.doc.start + row.at / 10;
}
