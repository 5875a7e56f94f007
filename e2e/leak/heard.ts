// What the recorder gives to its links, before anything is encrypted: pieces as they go to data channels and into the sealing, joined,
// inflated and read as ops.
import type { BrowserContext } from '@playwright/test';
import { decodeFrame, Flag, type Frame, Joiner, Kind, LANES, type Ops, type Place, place } from '@ridealong/wire';
import { type Entry, Inflater, readEntries, readOps, StringTable } from '@ridealong/wire/read';
import type { Evidence } from './canary.ts';

interface Piece {
  /** Of one data channel, or of one sealing key. */
  stream: string;
  lane: number;
  sealed: boolean;
  base64: string;
}

/** Before the page's own scripts. */
const listen = () => {
  const here = Math.random().toString(36);
  const numbers = new Map<object, number>();
  const tell: (piece: Piece) => void = Reflect.get(globalThis, 'tellPiece');
  const heard = (from: object, lane: number, sealed: boolean, bytes: Uint8Array) => {
    if (!numbers.has(from)) numbers.set(from, numbers.size);
    const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
    tell({ stream: `${here} ${numbers.get(from)} ${lane}`, lane, sealed, base64 });
  };
  const bytesOf = (data: unknown) =>
    ArrayBuffer.isView(data)
      ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      : new Uint8Array(data as ArrayBuffer);
  const { send } = RTCDataChannel.prototype as { send: (this: RTCDataChannel, data: unknown) => void };
  RTCDataChannel.prototype.send = function (this: RTCDataChannel, data: unknown) {
    heard(this, this.id ?? -1, false, bytesOf(data));
    send.call(this, data);
  };
  const { encrypt } = SubtleCrypto.prototype;
  SubtleCrypto.prototype.encrypt = function (how, key, data) {
    const [lane = -1, ...piece] = bytesOf(data);
    heard(key, lane, true, Uint8Array.from(piece));
    return encrypt.call(this, how, key, data);
  };
};

export class Heard {
  /** Pieces that went to data channels, and into the sealing. */
  readonly count = { direct: 0, sealed: 0 };
  private readonly joiners = new Map<string, Joiner>();
  /** The newest frame of the log on each way. */
  private readonly places = new Map<string, Place>();
  /** What was read of the telemetry. */
  readonly told: Entry[] = [];
  private readonly frames: { lane: number; frame: Frame; sealed: boolean }[] = [];

  /** Listens to every page of a customer. */
  static async by(context: BrowserContext): Promise<Heard> {
    const heard = new Heard();
    await context.exposeBinding('tellPiece', (_, piece: Piece) => heard.piece(piece));
    await context.addInitScript(listen);
    return heard;
  }

  private piece({ stream, lane, sealed, base64 }: Piece): void {
    this.count[sealed ? 'sealed' : 'direct']++;
    const joiner = this.joiners.get(stream) ?? new Joiner();
    this.joiners.set(stream, joiner);
    const bytes = Uint8Array.from(Buffer.from(base64, 'base64'));
    // A frame that changes its way begins anew: what was open stays open on the way that it left.
    if ((bytes[0] ?? 0) & 1) joiner.reset();
    const whole = joiner.push(bytes);
    if (!whole) return;
    const frame = decodeFrame(whole);
    if (!place(frame, this.places.get(stream))) throw new Error('a frame that stands nowhere');
    if (frame.kind <= Kind.ops) this.places.set(stream, frame);
    this.frames.push({ lane, frame, sealed });
  }

  /** Frames of the log that went to data channels: what the agent got while the path was direct. */
  direct(): Frame[] {
    return this.frames.filter(({ frame, sealed }) => !sealed && frame.kind <= Kind.entries).map(({ frame }) => frame);
  }

  /** Numbers of the epochs that were told. */
  epochs(): number[] {
    return [...new Set(this.frames.map(({ frame }) => frame.epoch))].filter((epoch) => epoch > 0);
  }

  /** Everything that was told. Throws for what cannot be read: it could be anything. */
  evidence(): Evidence[] {
    const all: Evidence[] = [];
    for (const { lane, frame } of this.frames) {
      if (frame.kind === Kind.ops || frame.kind === Kind.entries) continue;
      const name = LANES[lane] ?? `lane ${lane}`;
      if (frame.kind === Kind.keyframe)
        all.push(...read(`dom: keyframe ${frame.epoch}/${frame.seq}`, new Inflater(), new StringTable(), frame));
      else all.push({ where: `${name}: kind ${frame.kind}`, text: Buffer.from(frame.payload).toString('latin1') });
    }
    for (const epoch of this.epochs()) all.push(...this.logged(epoch), ...this.entries(epoch));
    return all;
  }

  /** The telemetry of one epoch, in the same way. */
  private entries(epoch: number): Evidence[] {
    const frames = new Map<number, Frame>();
    for (const { frame } of this.frames)
      if (frame.kind === Kind.entries && frame.epoch === epoch) frames.set(frame.seq, frame);
    const inflater = new Inflater();
    return [...frames.values()]
      .sort((a, b) => a.seq - b.seq)
      .flatMap((frame) => {
        if (frame.flags & Flag.fresh) inflater.fresh();
        const raw = frame.flags & Flag.deflated ? inflater.frame(frame.payload) : frame.payload;
        const { entries } = readEntries(raw, frame.time);
        this.told.push(...entries);
        return entries.map((entry) => ({
          where: `telemetry: ${entry.type} ${epoch}/${entry.n}`,
          text: JSON.stringify(entry),
        }));
      });
  }

  /** The log of one epoch: each frame once, in order, whoever got it by whatever way. */
  private logged(epoch: number): Evidence[] {
    const frames = new Map<number, Frame>();
    for (const { frame } of this.frames)
      if (frame.kind === Kind.ops && frame.epoch === epoch) frames.set(frame.seq, frame);
    const [inflater, table] = [new Inflater(), new StringTable()];
    return [...frames.values()]
      .sort((a, b) => a.seq - b.seq)
      .flatMap((frame) => read(`dom: frame ${epoch}/${frame.seq}`, inflater, table, frame));
  }
}

/** The bytes of a frame, and each op of it with the place where it stands. */
function read(where: string, inflater: Inflater, table: StringTable, frame: Frame): Evidence[] {
  if (frame.flags & Flag.fresh) {
    inflater.fresh();
    table.fresh();
  }
  const raw = frame.flags & Flag.deflated ? inflater.frame(frame.payload) : frame.payload;
  const all: Evidence[] = [];
  let texts = '';
  const sink = new Proxy({} as Ops, {
    get: (_, op) => {
      return (...fields: unknown[]) => {
        all.push({ where: `${where} ${String(op)}`, text: JSON.stringify(fields) });
        // What was cut in pieces stands one behind the other.
        if (op === 'text') texts += fields[1];
      };
    },
  });
  readOps(raw, table, sink);
  all.push({ where: `${where} bytes`, text: Buffer.from(raw).toString('latin1') });
  all.push({ where: `${where} texts`, text: texts });
  return all;
}
