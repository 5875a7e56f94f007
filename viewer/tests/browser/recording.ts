// A recording made with the wire's own writers, as the server would hand it out: two tabs, three documents, a keyframe every ten seconds.

import { Deflater, encodeFrame, Flag, Kind, Lane, OpWriter, Writer } from '@ridealong/wire';
import { ConsoleMethod, EntryCode, EntryWriter, HappeningKind, ValueKind } from '@ridealong/wire/entries';
import type { Marker, RecordedChunk, RecordedDocument, RecordingDetail } from '../../src/api/recordings.ts';

export const RECORDING = '01REC0000000000000000000AA';
const KEY_EVERY = 10_000;

export interface Built {
  detail: RecordingDetail;
  chunks: Map<number, Uint8Array>;
}

interface Stored {
  at: number;
  tab: number;
  lane: number;
  frame: Uint8Array;
}

interface DocumentOptions {
  tab: number;
  epoch: number;
  beganAt: number;
  lasts: number;
  url: string;
  title: string;
  /** Nothing of the page between these times of the document. */
  still?: [number, number];
  leaveOut?: (seq: number) => boolean;
  every?: number;
}

/** A page whose `#n` holds the seconds of the document, and whose list grows: by its text one knows which moment is shown. */
export class DocumentMaker {
  readonly stored: Stored[] = [];
  readonly keyframes: { tab: number; epoch: number; seq: number; at: number }[] = [];
  private readonly ops = new OpWriter();
  private deflater = new Deflater();
  private readonly entries = new EntryWriter();
  private seq = 0;
  private entrySeq = 0;
  private rows = 0;
  private shown = '';
  private fresh = true;

  constructor(private readonly of: DocumentOptions) {
    const { lasts, still, every = 500 } = of;
    this.happened(HappeningKind.navigation, 0, of.title, of.url);
    for (let time = 0; time <= lasts; time += every) {
      if (time % KEY_EVERY === 0) this.keyframe(time);
      if (still && time > still[0] && time < still[1]) continue;
      this.change(time);
    }
  }

  happened(kind: number, time: number, label: string, url = this.of.url): void {
    this.entries.write(EntryCode.happening, time * 10, time, [kind, label, url, 0, 0, 0, 1, '']);
    this.entryFrame(time);
  }

  log(time: number, method: number, text: string): void {
    this.entries.write(EntryCode.console, time * 10, time, [
      method,
      0,
      [[ValueKind.string, text, text.length]],
      '',
      '',
    ]);
    this.entryFrame(time);
  }

  private entryFrame(time: number): void {
    const frame = encodeFrame({
      kind: Kind.entries,
      flags: Flag.fresh,
      epoch: this.of.epoch,
      seq: ++this.entrySeq,
      time,
      payload: this.entries.take(),
    });
    this.store(Lane.telemetry, time, frame);
  }

  private keyframe(time: number): void {
    const w = new OpWriter();
    w.reset(0);
    w.page(this.of.url, this.of.title);
    w.viewport(1000, 640, 1000, 1000);
    w.insert(1, 0);
    w.doctype(2, 'html', '', '');
    w.element(3, 0, 'html', ['lang', 'en']);
    w.element(4, 0, 'head', []);
    w.end();
    w.element(5, 0, 'body', [
      'style',
      'margin: 0; padding: 40px 56px; font: 20px sans-serif; color: #14201f; background: #f4f6fb',
    ]);
    w.element(6, 0, 'h1', ['style', 'font-size: 34px']);
    w.text(7, this.of.title);
    w.end();
    w.element(8, 0, 'p', ['id', 'n', 'style', 'padding: 14px; background: #fff; border: 1px solid #ccd']);
    w.text(9, this.shown || '0');
    w.end();
    w.element(10, 0, 'ul', ['id', 'list']);
    for (let i = 1; i <= this.rows; i++) this.row(w, i);
    w.end();
    w.end();
    w.end();
    w.end();
    const frame = encodeFrame({
      kind: Kind.keyframe,
      flags: Flag.deflated,
      epoch: this.of.epoch,
      seq: this.seq,
      time,
      payload: new Deflater().frame(w.take()),
    });
    this.keyframes.push({ tab: this.of.tab, epoch: this.of.epoch, seq: this.seq, at: this.of.beganAt + time + 20 });
    this.store(Lane.dom, time, frame);
    this.fresh = true;
  }

  private row(w: OpWriter, i: number): void {
    w.element(100 + i * 2, 0, 'li', []);
    w.text(101 + i * 2, `Row ${i}`);
    w.end();
  }

  private change(time: number): void {
    const { ops } = this;
    const fresh = this.fresh;
    this.fresh = false;
    if (fresh) {
      ops.fresh();
      this.deflater.fresh();
    }
    this.shown = `${this.of.title} ${(time / 1000).toFixed(1)} s`;
    ops.setText(9, this.shown);
    if (time % 2000 === 0 && this.rows < 12) {
      ops.insert(10, this.rows === 0 ? 0 : 100 + this.rows * 2);
      this.row(ops, ++this.rows);
      ops.end();
    }
    if (time % 3000 === 0) ops.click(8, 120 + ((time / 100) % 500), 200, 0);
    const x = 100 + ((time / 20) % 700);
    ops.path([x, 300, 200, x + 40, 320, 100, x + 80, 330, 0]);
    const raw = ops.take();
    const frame = encodeFrame({
      kind: Kind.ops,
      flags: Flag.deflated | (fresh ? Flag.fresh : 0),
      epoch: this.of.epoch,
      seq: ++this.seq,
      time,
      payload: this.deflater.frame(raw),
    });
    if (!this.of.leaveOut?.(this.seq)) this.store(Lane.dom, time, frame);
  }

  private store(lane: number, time: number, frame: Uint8Array): void {
    this.stored.push({ at: this.of.beganAt + time + 20, tab: this.of.tab, lane, frame });
  }
}

/** Joins documents into chunks of this many ms. */
export function build(documents: DocumentOptions[], more: Partial<RecordingDetail> = {}, chunkMs = 30_000): Built {
  const makers = documents.map((of) => {
    const maker = new DocumentMaker(of);
    maker.log(1500, ConsoleMethod.info, `${of.title} loaded`);
    maker.log(5500, ConsoleMethod.error, `${of.title} failed to load the prices`);
    return maker;
  });
  const all = makers.flatMap(({ stored }) => stored).sort((a, b) => a.at - b.at);
  const end = all[all.length - 1]?.at ?? 0;
  const chunks = new Map<number, Uint8Array>();
  const list: RecordedChunk[] = [];
  for (let n = 1; (n - 1) * chunkMs <= end; n++) {
    const here = all.filter(({ at }) => at >= (n - 1) * chunkMs && at < n * chunkMs);
    if (here.length === 0) continue;
    const w = new Writer();
    for (const { at, tab, lane, frame } of here) {
      const record = new Writer();
      record.varint(at);
      record.varint(tab);
      record.u8(lane);
      record.bytes(frame);
      const bytes = record.take();
      w.varint(bytes.length);
      w.bytes(bytes);
    }
    const bytes = w.take();
    chunks.set(n, bytes);
    const [from, to] = [here[0]?.at ?? 0, here[here.length - 1]?.at ?? 0];
    const keyframes = makers.flatMap((maker) => maker.keyframes).filter(({ at }) => at >= from && at <= to);
    list.push({ n, bytes: bytes.length, from, to, sealed: true, keyframes });
  }
  const told: RecordedDocument[] = documents.map(({ tab, epoch, beganAt, lasts, url, title }) => ({
    tab,
    epoch,
    beganAt,
    endedAt: beganAt + lasts,
    url,
    title,
    gaps: [],
  }));
  return {
    chunks,
    detail: { ...SUMMARY, durationMs: end, documents: told, chunks: list, markers: MARKERS, notes: [], ...more },
  };
}

const SUMMARY = {
  id: RECORDING,
  state: 'complete' as const,
  startedAt: Date.UTC(2026, 10, 30, 9, 12),
  reference: 'Ticket 4711, Mrs Okafor',
  owner: 'Ana Silva',
  title: 'Checkout – Acme shop',
  url: 'https://shop.acme.example/checkout',
  pages: 3,
  errors: 2,
  failedRequests: 1,
  clicks: 14,
  bytes: 2_400_000,
  browser: 'Firefox 144',
  os: 'Windows',
  tags: ['payment'],
  hold: false,
};

const MARKERS: Marker[] = [
  { at: 20, tab: 2, epoch: 1, kind: 'navigation', label: 'https://shop.acme.example/cart' },
  { at: 3020, tab: 2, epoch: 1, kind: 'click', label: 'Add to cart' },
  { at: 5520, tab: 2, epoch: 1, kind: 'error', label: 'Cart failed to load the prices' },
  { at: 9020, tab: 2, epoch: 1, kind: 'click', label: 'Voucher' },
  { at: 40_020, tab: 2, epoch: 2, kind: 'navigation', label: 'https://shop.acme.example/checkout' },
  { at: 45_520, tab: 2, epoch: 2, kind: 'failed-request', label: 'POST /api/pay 402' },
  { at: 58_020, tab: 2, epoch: 2, kind: 'rage-click', label: 'Pay now' },
];

/** Two minutes: a cart with twenty quiet seconds in it, a checkout, and a help page in another tab. */
export function shopping(more: Partial<RecordingDetail> = {}): Built {
  return build(
    [
      {
        tab: 2,
        epoch: 1,
        beganAt: 0,
        lasts: 40_000,
        url: 'https://shop.acme.example/cart',
        title: 'Cart',
        still: [12_000, 32_000],
      },
      {
        tab: 2,
        epoch: 2,
        beganAt: 40_000,
        lasts: 80_000,
        url: 'https://shop.acme.example/checkout',
        title: 'Checkout',
      },
      { tab: 3, epoch: 3, beganAt: 70_000, lasts: 20_000, url: 'https://help.acme.example/', title: 'Help' },
    ],
    more,
  );
}
