// Generated from package wire by wiregen. Do not edit.

/** Codes of entries. */
export const EntryCode = {
  console: 1,
  repeat: 2,
  leftOut: 3,
  request: 4,
  response: 5,
  done: 6,
  message: 7,
  resource: 8,
  failure: 9,
  environment: 10,
  vital: 11,
  task: 12,
  gauge: 13,
  happening: 14,
} as const;

/** Methods of the console that say something. */
export const ConsoleMethod = {
  log: 0,
  info: 1,
  warn: 2,
  error: 3,
  debug: 4,
  trace: 5,
  assert: 6,
  dir: 7,
  dirxml: 8,
  table: 9,
  group: 10,
  groupCollapsed: 11,
  groupEnd: 12,
  count: 13,
  timeLog: 14,
  timeEnd: 15,
  clear: 16,
} as const;

/** Kinds of entries that are summarised. */
export const LeftOut = {
  console: 0,
  requests: 1,
  messages: 2,
  failures: 3,
  happenings: 4,
  others: 5,
} as const;

/** Kinds of requests that scripts make. */
export const RequestKind = {
  fetch: 0,
  xhr: 1,
  beacon: 2,
  webSocket: 3,
  eventSource: 4,
} as const;

/** Flags of requests. */
export const RequestFlag = {
  keepalive: 1,
  sync: 2,
  /** it was open before anybody watched */
  seenLate: 4,
} as const;

/** States of a body. */
export const BodyState = {
  /** there is none */
  none: 0,
  /** the site does not have it told */
  off: 1,
  /** all of it, without what looks like a secret */
  whole: 2,
  /** its beginning */
  cut: 3,
  /** not a text */
  binary: 4,
  /** a stream, or the page did not read it */
  unread: 5,
  /** whether there is one cannot be told */
  unknown: 6,
} as const;

/** Outcomes of requests. */
export const Outcome = {
  ok: 0,
  /** the network, or CORS: a page is not told which */
  failed: 1,
  /** by the page */
  aborted: 2,
  /** the page's own */
  timeout: 3,
  /** the browser was offline */
  offline: 4,
  /** by the page's content security policy */
  blocked: 5,
  /** http from an https page */
  mixed: 6,
  /** a socket, by either side */
  closed: 7,
  /** the page went away */
  cutOff: 8,
  /** the browser did not take it: a beacon too large */
  refused: 9,
} as const;

/** Flags of transfers. */
export const TimingFlag = {
  /** from the browser's cache */
  cache: 1,
  /** through a service worker */
  worker: 2,
  /** another origin does not let sizes and phases be known */
  hidden: 4,
  /** the page was not shown before it was there */
  blocked: 8,
} as const;

/** Kinds of failures. */
export const FailureKind = {
  exception: 0,
  rejection: 1,
  /** content security policy */
  policy: 2,
  /** a picture, a script, a style sheet */
  resource: 3,
} as const;

/** Ratings. */
export const Rating = {
  good: 0,
  middling: 1,
  poor: 2,
} as const;

/** Kinds of happenings. */
export const HappeningKind = {
  navigation: 0,
  click: 1,
  submit: 2,
  /** many clicks at one place */
  rage: 3,
  /** a click that nothing followed */
  dead: 4,
  /** the page shows an error */
  message: 5,
  /** the site's own code says so */
  custom: 6,
  visibility: 7,
} as const;

/** Kinds of values. Those from ValueObject on have items. */
export const ValueKind = {
  undefined: 0,
  null: 1,
  boolean: 2,
  number: 3,
  bigint: 4,
  string: 5,
  symbol: 6,
  function: 7,
  date: 8,
  regexp: 9,
  /** text describes it, size is its node id */
  node: 10,
  /** is not run */
  getter: 11,
  /** an object around it */
  circle: 12,
  /** an object too deep */
  deep: 13,
  /** a text or a number that is not told; size is its length */
  masked: 14,
  /** a text with placeholders that the values behind it are for */
  format: 15,
  /** text names what it is */
  other: 16,
  /** for a kind without items */
  reserved: 17,
  object: 32,
  array: 33,
  map: 34,
  set: 35,
  /** an Error: text is what it says, and it may have the items "stack" and "cause" */
  fault: 36,
} as const;

/** Value is a value of the page's, as much of it as is told. */
export type Value = readonly [kind: number, text: string, size: number, items?: readonly Item[]];

/** Item of a value. */
export type Item = readonly [name: string, value: Value];

/** Pair of a name and a value. */
export type Pair = readonly [name: string, value: string];

/** ConsoleEntry is one call of the console. */
export interface ConsoleEntry {
  method: number;
  /** groups around it */
  depth: number;
  /** the first may be a ValueFormat */
  values: readonly Value[];
  /** of warn, error, trace and assert, reduced: a line for each frame */
  stack: string;
  /** the page's place that called, `URL:line:column`, where it is known */
  where: string;
}

/** RepeatEntry says that an entry of the console, or a failure, came again. */
export interface RepeatEntry {
  /** the entry's number */
  of: number;
  /** how often it came so far, the first time included */
  count: number;
}

/** LeftOutEntry counts what was not told because there was too much of it. */
export interface LeftOutEntry {
  kind: number;
  count: number;
  /** tenths of a ms before this entry */
  since: number;
  /** of the socket whose messages they are */
  id: number;
  /** how many of each level or kind, and their last one */
  texts: readonly Pair[];
}

/** RequestEntry says that a script began a request. */
export interface RequestEntry {
  /** of the request, in its epoch */
  id: number;
  kind: number;
  flags: number;
  method: string;
  /** reduced */
  url: string;
  /** the page's place that began it */
  initiator: string;
  /** those that may be told; of the others the names, and dots */
  headers: readonly Pair[];
  body: number;
  /** of the body, bytes; 0 where it is not known */
  size: number;
  /** the body */
  text: string;
}

/** ResponseEntry says that its head is there. */
export interface ResponseEntry {
  id: number;
  status: number;
  /** the status' text */
  reason: string;
  /** basic, cors, opaque, opaqueredirect, error */
  kind: string;
  /** where it came from in the end, when that is another address */
  url: string;
  mime: string;
  headers: readonly Pair[];
}

/** DoneEntry says that a request is over. */
export interface DoneEntry {
  id: number;
  outcome: number;
  /** in words of the browser */
  reason: string;
  transfer: Transfer;
  body: number;
  text: string;
}

/** Transfer is what is known of one; times are tenths of a ms. */
export interface Transfer {
  duration: number;
  /** Marks since the beginning, plus 1; 0 where it is not known: fetch start, name lookup start and end, connect start, TLS start, connect end, request start, response start, response end, worker start. */
  marks: readonly number[];
  /** ALPN */
  protocol: string;
  flags: number;
  /** bytes with the head, 0 for the cache */
  moved: number;
  /** bytes of the body as it came */
  encoded: number;
  /** bytes of the body */
  decoded: number;
}

/** MessageEntry is a message of a socket, or of an event source. */
export interface MessageEntry {
  /** of the request that opened it */
  id: number;
  /** 1: sent by the page */
  out: number;
  body: number;
  /** bytes */
  size: number;
  /** its name, of an event source */
  event: string;
  text: string;
}

/** ResourceEntry is a file that the page needed, or the document. At is when it began. */
export interface ResourceEntry {
  /** img, script, link, css, navigation … */
  kind: string;
  url: string;
  /** 0 where it is not known */
  status: number;
  transfer: Transfer;
}

/** FailureEntry is an error that nobody caught, or what the browser refused. */
export interface FailureEntry {
  kind: number;
  name: string;
  message: string;
  /** reduced: a line for each frame */
  stack: string;
  /** each a message and its stack */
  causes: readonly string[];
  /** `URL:line:column` */
  where: string;
  details: readonly Pair[];
}

/** EnvironmentEntry has what is there, or what has changed. */
export interface EnvironmentEntry {
  values: readonly Pair[];
}

/** VitalEntry is a web vital as it stands. */
export interface VitalEntry {
  /** LCP, CLS, INP, FCP, TTFB */
  name: string;
  /** thousandths of a ms; of CLS of the score */
  value: number;
  rating: number;
  /** id of the element behind it, 0 for none */
  node: number;
  detail: string;
}

/** TaskEntry is a task that kept the page from answering. At is when it began. */
export interface TaskEntry {
  /** tenths of a ms */
  duration: number;
  blocking: number;
  /** 1: a long animation frame */
  frame: number;
  /** place, and tenths of a ms */
  scripts: readonly Pair[];
}

/** GaugeEntry is measured now and then. */
export interface GaugeEntry {
  /** per second, × 10; 0 where it was not measured */
  frames: number;
  /** of the scripts' memory, KiB */
  used: number;
  limit: number;
  nodes: number;
  /** ms in long tasks since the last */
  busy: number;
  /** bytes that wait for the line */
  backlog: number;
}

/** HappeningEntry is what a person did. */
export interface HappeningEntry {
  kind: number;
  /** what it was done to, in words that may be told */
  label: string;
  url: string;
  /** id of the element */
  node: number;
  /** CSS px in the viewport */
  x: number;
  y: number;
  count: number;
  /** JSON */
  data: string;
}

export type TransferArgs = readonly [duration: number, marks: readonly number[], protocol: string, flags: number, moved: number, encoded: number, decoded: number];

/** What each entry is made of, by its name. */
export interface EntryKinds {
  console: ConsoleEntry;
  repeat: RepeatEntry;
  leftOut: LeftOutEntry;
  request: RequestEntry;
  response: ResponseEntry;
  done: DoneEntry;
  message: MessageEntry;
  resource: ResourceEntry;
  failure: FailureEntry;
  environment: EnvironmentEntry;
  vital: VitalEntry;
  task: TaskEntry;
  gauge: GaugeEntry;
  happening: HappeningEntry;
}

/** What a writer is given of each, by its code. */
export interface EntryArgs {
  [EntryCode.console]: [method: number, depth: number, values: readonly Value[], stack: string, where: string];
  [EntryCode.repeat]: [of: number, count: number];
  [EntryCode.leftOut]: [kind: number, count: number, since: number, id: number, texts: readonly Pair[]];
  [EntryCode.request]: [id: number, kind: number, flags: number, method: string, url: string, initiator: string, headers: readonly Pair[], body: number, size: number, text: string];
  [EntryCode.response]: [id: number, status: number, reason: string, kind: string, url: string, mime: string, headers: readonly Pair[]];
  [EntryCode.done]: [id: number, outcome: number, reason: string, transfer: TransferArgs, body: number, text: string];
  [EntryCode.message]: [id: number, out: number, body: number, size: number, event: string, text: string];
  [EntryCode.resource]: [kind: string, url: string, status: number, transfer: TransferArgs];
  [EntryCode.failure]: [kind: number, name: string, message: string, stack: string, causes: readonly string[], where: string, details: readonly Pair[]];
  [EntryCode.environment]: [values: readonly Pair[]];
  [EntryCode.vital]: [name: string, value: number, rating: number, node: number, detail: string];
  [EntryCode.task]: [duration: number, blocking: number, frame: number, scripts: readonly Pair[]];
  [EntryCode.gauge]: [frames: number, used: number, limit: number, nodes: number, busy: number, backlog: number];
  [EntryCode.happening]: [kind: number, label: string, url: string, node: number, x: number, y: number, count: number, data: string];
}

/** The fields of each, by its code: b u8, n varint, z zigzag, s text, v value, p pair, t transfer; in capitals a list of these. */
export const EntryShapes: readonly string[] = [
  '',
  'bbVss',
  'nn',
  'bnnnP',
  'nbbsssPbns',
  'nnssssP',
  'nbstbs',
  'nbbnss',
  'ssnt',
  'bsssSsP',
  'P',
  'snbns',
  'nnbP',
  'nnnnnn',
  'bssnzzns',
];

export const TransferShape = 'nNsbnnn';

/** The names of these fields, in the order of the codes. */
export const EntryNames = {
  console: ['method', 'depth', 'values', 'stack', 'where'],
  repeat: ['of', 'count'],
  leftOut: ['kind', 'count', 'since', 'id', 'texts'],
  request: ['id', 'kind', 'flags', 'method', 'url', 'initiator', 'headers', 'body', 'size', 'text'],
  response: ['id', 'status', 'reason', 'kind', 'url', 'mime', 'headers'],
  done: ['id', 'outcome', 'reason', 'transfer', 'body', 'text'],
  message: ['id', 'out', 'body', 'size', 'event', 'text'],
  resource: ['kind', 'url', 'status', 'transfer'],
  failure: ['kind', 'name', 'message', 'stack', 'causes', 'where', 'details'],
  environment: ['values'],
  vital: ['name', 'value', 'rating', 'node', 'detail'],
  task: ['duration', 'blocking', 'frame', 'scripts'],
  gauge: ['frames', 'used', 'limit', 'nodes', 'busy', 'backlog'],
  happening: ['kind', 'label', 'url', 'node', 'x', 'y', 'count', 'data'],
} as const;

export const TransferNames = ['duration', 'marks', 'protocol', 'flags', 'moved', 'encoded', 'decoded'] as const;
