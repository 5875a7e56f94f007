// Whatever rungs do to the frames, the sink gets the log: in order, each once, or a keyframe and what follows it.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Writer } from '../../bytes.ts';
import { Deflater } from '../../deflate.ts';
import { decodeFrame, encodeFrame, Flag, Kind, Lane } from '../../frame.ts';
import { Limits } from '../../limits.gen.ts';
import { Emitter } from '../emitter.ts';
import { Follower, type FollowerSink, type OpsMeta, type Position } from '../follower.ts';
import type { Link } from '../link.ts';
import { base64url } from '../secret.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

type Control = { type: string } & Record<string, unknown>;

class FakeLink extends Emitter<{
  frame: [Lane, Uint8Array];
  partial: [Lane, number];
  state: [string];
  rung: [string, boolean];
}> {
  state = 'ready';
  sent: Control[] = [];
  onSend: (message: Control) => void = () => undefined;
  send(_lane: Lane, frame: Uint8Array): void {
    const message = JSON.parse(new TextDecoder().decode(decodeFrame(frame).payload));
    this.sent.push(message);
    this.onSend(message);
  }
  gives(lane: Lane, frame: Uint8Array): void {
    this.emit('frame', lane, frame);
  }
  partly(lane: Lane, bytes: number): void {
    this.emit('partial', lane, bytes);
  }
  breaks(): void {
    this.emit('rung', 'fallback', true);
  }
  get link(): Link {
    this.fault = (error) => {
      throw error;
    };
    return this as unknown as Link;
  }
}

/** Keeps what it gets and says whether it is the log. */
class Sink implements FollowerSink {
  got: { raw: string; meta: OpsMeta }[] = [];
  troubles: string[] = [];
  controls: Control[] = [];
  others: unknown[][] = [];
  ops(raw: Uint8Array, meta: OpsMeta): void {
    this.got.push({ raw: Buffer.from(raw).toString(), meta });
  }
  entries(...a: unknown[]): void {
    this.others.push(['entries', ...a]);
  }
  pointer(...a: unknown[]): void {
    this.others.push(['pointer', ...a]);
  }
  asset(...a: unknown[]): void {
    this.others.push(['asset', ...a]);
  }
  blob(...a: unknown[]): void {
    this.others.push(['blob', ...a]);
  }
  refused(...a: unknown[]): void {
    this.others.push(['refused', ...a]);
  }
  control(message: Control): void {
    this.controls.push(message);
  }
  trouble(reason: string): void {
    this.troubles.push(reason);
  }
  get seqs(): string[] {
    return this.got.map(({ meta }) => `${meta.keyframe ? 'K' : ''}${meta.epoch}.${meta.seq}`);
  }
}

/** A log whose frame n says "epoch:n" and whose keyframe at n says "whole epoch:n", in one deflate stream as on the wire. */
class Log {
  seq = 0;
  frames: Uint8Array[] = [];
  keyframeAt = -1;
  private fresh = true;
  private readonly deflater = new Deflater();
  constructor(readonly epoch: number) {}

  private encode(kind: number, flags: number, text: string, deflater: Deflater): Uint8Array {
    const payload = deflater.frame(new TextEncoder().encode(text));
    return encodeFrame({ kind, flags: flags | Flag.deflated, epoch: this.epoch, seq: this.seq, time: 0, payload });
  }
  append(): Uint8Array {
    this.seq++;
    if (this.fresh) this.deflater.fresh();
    const frame = this.encode(Kind.ops, this.fresh ? Flag.fresh : 0, `${this.epoch}:${this.seq}`, this.deflater);
    this.fresh = false;
    this.frames.push(frame);
    return frame;
  }
  keyframe(): Uint8Array {
    this.fresh = true;
    return this.encode(Kind.keyframe, 0, `whole ${this.epoch}:${this.seq}`, new Deflater());
  }
  after(seq: number): Uint8Array[] {
    return this.frames.slice(seq);
  }
}

/** In order, each once; a jump only by a keyframe; every text that of its position; a stream begun only where it may be. */
function isLog(sink: Sink): void {
  let at: Position = { epoch: 0, dom: 0 };
  let whole = true;
  for (const { raw, meta } of sink.got) {
    const { epoch, seq, keyframe, fresh } = meta;
    expect(raw).toBe(`${keyframe ? 'whole ' : ''}${epoch}:${seq}`);
    if (keyframe) expect(epoch > at.epoch || seq >= at.dom).toBe(true);
    else {
      expect([epoch, seq]).toEqual([at.epoch, at.dom + 1]);
      if (whole) expect(fresh).toBe(true);
    }
    whole = keyframe;
    at = { epoch, dom: seq };
  }
}

function begin(position?: Position) {
  const sink = new Sink();
  const follower = new Follower(sink, position);
  const link = new FakeLink();
  follower.attach(link.link);
  return { sink, follower, link };
}

describe('a follower', () => {
  test('watches from nothing, or from where it is', () => {
    expect(begin().link.sent).toEqual([{ type: 'watch' }]);
    expect(begin({ epoch: 3, dom: 7 }).link.sent).toEqual([{ type: 'watch', epoch: 3, dom: 7, telemetry: 0 }]);
  });

  test('goes on over a new link from where it was, and leaves the old one alone', () => {
    const { sink, follower, link } = begin();
    const log = new Log(1);
    link.gives(Lane.dom, log.keyframe());
    link.gives(Lane.dom, log.append());
    const next = new FakeLink();
    follower.attach(next.link);
    expect(next.sent[0]).toEqual({ type: 'watch', epoch: 1, dom: 1, telemetry: 0 });
    const second = log.append();
    link.gives(Lane.dom, second);
    expect(sink.seqs).toEqual(['K1.0', '1.1']);
    next.gives(Lane.dom, second);
    expect(sink.seqs).toEqual(['K1.0', '1.1', '1.2']);
  });

  test('drops duplicates, sorts what passed each other, asks after 200 ms for what does not come', () => {
    const { sink, follower, link } = begin();
    const log = new Log(1);
    link.gives(Lane.dom, log.keyframe());
    const frames = Array.from({ length: 6 }, () => log.append());
    for (const n of [0, 2, 1, 1, 0, 4]) link.gives(Lane.dom, frames[n] as Uint8Array);
    expect(sink.seqs).toEqual(['K1.0', '1.1', '1.2', '1.3']);
    expect(follower.counts.duplicates).toBe(2);
    link.sent = [];
    vi.advanceTimersByTime(199);
    expect(link.sent.filter((m) => m.type === 'resend')).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(link.sent.filter((m) => m.type === 'resend')).toEqual([{ type: 'resend', epoch: 1, lane: 1, from: 4 }]);
    link.gives(Lane.dom, frames[3] as Uint8Array);
    expect(sink.seqs.at(-1)).toBe('1.5');
    vi.advanceTimersByTime(5000);
    expect(link.sent.filter((m) => m.type === 'resend').length).toBe(1);
  });

  test('asks for the whole document when nothing helps, with more patience each time', () => {
    const { link } = begin();
    const log = new Log(1);
    link.gives(Lane.dom, log.keyframe());
    log.append();
    link.gives(Lane.dom, log.append());
    const asked: [string, number][] = [];
    const start = performance.now();
    link.onSend = (m) => {
      if (m.type === 'resend' || m.type === 'keyframe') asked.push([m.type, performance.now() - start]);
    };
    vi.advanceTimersByTime(3500);
    expect(asked.slice(0, 4)).toEqual([
      ['resend', 200],
      ['resend', 600],
      ['resend', 1400],
      ['keyframe', 3000],
    ]);
  });

  test('holds a newer epoch until its keyframe, and nothing of the one before gets into it', () => {
    const { sink, link } = begin();
    const [one, two] = [new Log(1), new Log(2)];
    link.gives(Lane.dom, one.keyframe());
    const old = [one.append(), one.append(), one.append()];
    link.gives(Lane.dom, old[2] as Uint8Array); // held: it has the number that the new epoch will ask for
    two.append();
    const whole = two.keyframe();
    const later = [two.append(), two.append()];
    for (const frame of [...later].reverse()) link.gives(Lane.dom, frame);
    expect(sink.seqs).toEqual(['K1.0']);
    link.gives(Lane.dom, whole);
    link.gives(Lane.dom, old[0] as Uint8Array);
    link.gives(Lane.dom, one.keyframe());
    expect(sink.seqs).toEqual(['K1.0', 'K2.1', '2.2', '2.3']);
    isLog(sink);
    expect(sink.troubles).toEqual([]);
  });

  test('drops a keyframe from before, takes one at its place and one ahead', () => {
    const { sink, link } = begin();
    const log = new Log(1);
    const first = log.keyframe();
    link.gives(Lane.dom, first);
    link.gives(Lane.dom, log.append());
    link.gives(Lane.dom, first);
    expect(sink.seqs).toEqual(['K1.0', '1.1']);
    link.gives(Lane.dom, log.keyframe());
    log.append();
    log.append();
    link.gives(Lane.dom, log.keyframe());
    link.gives(Lane.dom, log.append());
    expect(sink.seqs).toEqual(['K1.0', '1.1', 'K1.1', 'K1.3', '1.4']);
    isLog(sink);
  });

  test('holds at most MaxHeld, of this epoch and later ones together', () => {
    const { link } = begin();
    const log = new Log(1);
    link.gives(Lane.dom, log.keyframe());
    const big = (epoch: number, seq: number) =>
      encodeFrame({ kind: Kind.ops, flags: 0, epoch, seq, time: 0, payload: new Uint8Array(60_000) });
    let n = 0;
    for (; n < 40 && !link.sent.some((m) => m.type === 'keyframe'); n++) link.gives(Lane.dom, big(1 + (n % 3), 5 + n));
    expect(n * 60_000).toBeGreaterThan(Limits.MaxHeld - 60_000);
    expect(n * 60_000).toBeLessThan(Limits.MaxHeld + 120_000);
  });

  test('a frame that cannot be read is followed by a keyframe', () => {
    const { sink, link } = begin();
    const log = new Log(1);
    link.gives(Lane.dom, log.keyframe());
    const frame = log.append();
    link.gives(Lane.dom, frame.slice(0, -6));
    expect(sink.troubles.length).toBe(1);
    expect(link.sent.at(-1)).toEqual({ type: 'keyframe', reason: 'decode' });
    link.gives(Lane.dom, log.append());
    expect(sink.seqs).toEqual(['K1.0']);
    link.gives(Lane.dom, log.keyframe());
    link.gives(Lane.dom, log.append());
    expect(sink.seqs).toEqual(['K1.0', 'K1.2', '1.3']);
    for (const lane of Object.values(Lane))
      for (const junk of [
        new Uint8Array(0),
        Uint8Array.of(1),
        Uint8Array.of(5, 0, 0, 0, 0, 123),
        new Uint8Array(50).fill(255),
      ])
        link.gives(lane, junk);
    expect(sink.seqs.length).toBe(3);
  });

  test('asks again for a keyframe that does not come', () => {
    const { follower, link } = begin();
    link.gives(Lane.dom, new Log(1).keyframe());
    follower.requestKeyframe('gap');
    link.sent = [];
    vi.advanceTimersByTime(7000);
    const asked = link.sent.filter((m) => m.type === 'keyframe').length;
    expect(asked).toBeGreaterThan(1);
    expect(asked).toBeLessThan(5);
  });

  test('acknowledges every second what came, and every 64 KiB, whole or not', () => {
    const { link } = begin();
    const log = new Log(1);
    link.gives(Lane.dom, log.keyframe());
    link.gives(Lane.dom, log.append());
    link.sent = [];
    vi.advanceTimersByTime(1000);
    const [ack] = link.sent.filter((m) => m.type === 'ack');
    expect(ack).toMatchObject({ epoch: 1, dom: 1 });
    const before = Number(ack?.bytes);
    link.sent = [];
    for (let i = 0; i < 10; i++) link.partly(Lane.blob, 16_000);
    expect(link.sent.filter((m) => m.type === 'ack').map((m) => Number(m.bytes) - before)).toEqual([80_000, 160_000]);
    const blob = encodeFrame({
      kind: Kind.blob,
      flags: 0,
      epoch: 1,
      seq: 0,
      time: 0,
      payload: new Uint8Array(170_000),
    });
    link.gives(Lane.blob, blob);
    vi.advanceTimersByTime(1000);
    expect(Number(link.sent.filter((m) => m.type === 'ack').at(-1)?.bytes) - before).toBe(blob.length);
    link.sent = [];
    vi.advanceTimersByTime(10_000);
    expect(link.sent.filter((m) => m.type === 'ack')).toEqual([]);
  });

  test('gives the other lanes on, and answers and measures pings', () => {
    const { sink, follower, link } = begin();
    link.gives(Lane.dom, new Log(4).keyframe());
    const frame = (kind: number, write: (w: Writer) => void) => {
      const w = new Writer();
      write(w);
      return encodeFrame({ kind, flags: 0, epoch: 4, seq: 0, time: 9, payload: w.take() });
    };
    const hash = new Uint8Array(16).fill(6);
    const asset = (w: Writer) => {
      w.varint(3);
      w.bytes(hash);
      w.varint(100);
      w.text('image/png');
    };
    link.gives(Lane.blob, frame(Kind.asset, asset));
    link.gives(
      Lane.blob,
      frame(Kind.blob, (w) => w.bytes(new Uint8Array(20).fill(6))),
    );
    link.gives(
      Lane.blob,
      frame(Kind.refused, (w) => {
        w.varint(5);
        w.u8(2);
        w.varint(640);
        w.varint(480);
      }),
    );
    link.gives(
      Lane.pointer,
      frame(Kind.pointer, (w) => {
        w.zigzag(7);
        w.zigzag(-1);
      }),
    );
    const say = (m: object) =>
      link.gives(
        Lane.control,
        frame(Kind.control, (w) => w.bytes(new TextEncoder().encode(JSON.stringify(m)))),
      );
    say({ type: 'leaving', reason: 'hidden' });
    say({ type: 'ping', t: 5 });
    say({ type: 'pong', t: performance.now() - 30 });
    expect(sink.others).toEqual([
      ['asset', 4, 3, base64url(hash), 100, 'image/png'],
      ['blob', base64url(hash), new Uint8Array(4).fill(6)],
      ['refused', 4, 5, 2, 640, 480],
      ['pointer', 7, -1],
    ]);
    expect(sink.controls).toEqual([{ type: 'leaving', reason: 'hidden' }]);
    expect(link.sent.at(-1)).toEqual({ type: 'pong', t: 5 });
    expect(follower.roundTrip).toBe(30);
  });

  test('a place of the pointer that a newer one passed is not shown, and after a pause every one is new', () => {
    const { sink, link } = begin();
    const point = (seq: number) => {
      const w = new Writer();
      w.zigzag(seq);
      w.zigzag(0);
      link.gives(
        Lane.pointer,
        encodeFrame({ kind: Kind.pointer, flags: 0, epoch: 0, seq, time: 0, payload: w.take() }),
      );
    };
    point(1); // of a page that is not there
    link.gives(Lane.dom, new Log(4).keyframe());
    for (const seq of [200, 201, 255, 254, 0, 255, 1, 1]) point(seq);
    vi.advanceTimersByTime(1000);
    point(1);
    expect(sink.others.map(([, x]) => x)).toEqual([200, 201, 255, 0, 1, 1]);
  });

  describe('frames with brief heads', () => {
    /** The newest frame of a log, as it goes to somebody who has the one before it. */
    const brief = (log: Log, step = 7) => encodeFrame({ ...decodeFrame(log.append()), step });

    test('stand behind what came before them over their link, at its time and what went by since', () => {
      const { sink, link } = begin();
      const log = new Log(4);
      link.gives(Lane.dom, log.keyframe());
      link.gives(Lane.dom, encodeFrame({ ...decodeFrame(log.append()), time: 1000 }));
      for (let i = 0; i < 20_000; i++) link.gives(Lane.dom, brief(log));
      isLog(sink);
      expect(sink.got.at(-1)?.meta).toMatchObject({ epoch: 4, seq: 20_001, time: 141_000 });
      expect(sink.troubles).toEqual([]);
    });

    test('that come late by another rung are old, and those that come early wait', () => {
      const { sink, link } = begin();
      const log = new Log(4);
      link.gives(Lane.dom, log.keyframe());
      link.gives(Lane.dom, log.append());
      const frames = Array.from({ length: 40 }, () => brief(log));
      for (const i of [0, 1, 2, 0, 1, 6, 5, 4, 3, 2, 39]) link.gives(Lane.dom, frames[i] as Uint8Array);
      expect(sink.got.at(-1)?.meta.seq).toBe(8);
      for (const frame of frames) link.gives(Lane.dom, frame);
      isLog(sink);
      expect(sink.got.at(-1)?.meta.seq).toBe(41);
    });

    test('are not read on a new link before one of it says where it stands', () => {
      const { sink, follower, link } = begin();
      const old = new Log(4);
      link.gives(Lane.dom, old.keyframe());
      for (let i = 0; i < 5; i++) link.gives(Lane.dom, old.append());
      const next = new FakeLink();
      follower.attach(next.link);
      const log = new Log(5);
      const whole = log.keyframe();
      const first = log.append();
      const early = Array.from({ length: 5 }, () => brief(log)); // by a faster rung than what they follow
      for (const frame of early) next.gives(Lane.dom, frame);
      for (const frame of [whole, first, ...early]) next.gives(Lane.dom, frame);
      isLog(sink);
      expect(sink.seqs.slice(-7)).toEqual(['K5.0', '5.1', '5.2', '5.3', '5.4', '5.5', '5.6']);
    });
  });

  test('asks for contents until they have come, over whatever link there is', () => {
    const { follower, link } = begin();
    const hash = base64url(new Uint8Array(16).fill(6));
    follower.want([hash, 'other']);
    link.sent = [];
    link.breaks();
    expect(link.sent.find((m) => m.type === 'want')).toEqual({ type: 'want', hashes: [hash, 'other'] });
    const payload = new Uint8Array(20).fill(6);
    link.gives(Lane.blob, encodeFrame({ kind: Kind.blob, flags: 0, epoch: 1, seq: 0, time: 0, payload }));
    const next = new FakeLink();
    follower.attach(next.link);
    expect(next.sent.find((m) => m.type === 'want')).toEqual({ type: 'want', hashes: ['other'] });
  });

  test('after close it is silent', () => {
    const { follower, link } = begin();
    link.sent = [];
    follower.close();
    link.gives(Lane.dom, new Log(1).keyframe());
    vi.advanceTimersByTime(60_000);
    expect(link.sent).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

// The simulation: a customer with a log and two rungs that lose, delay, repeat and pass each other, and a follower.

interface Rung {
  queue: { due: number; frame: Uint8Array; lane: Lane }[];
  broken: boolean;
  delay: number;
}

class World {
  now = 0;
  readonly sink = new Sink();
  readonly follower = new Follower(this.sink);
  log = new Log(1);
  link = new FakeLink();
  rungs: Rung[] = [];
  at = 0;
  sent = 0;
  acked = 0;
  watching = false;

  constructor(private readonly chance: () => number) {
    this.connect();
  }

  below(n: number): number {
    return Math.floor(this.chance() * n);
  }

  connect(): void {
    this.watching = false;
    this.link = new FakeLink();
    this.rungs = [0, 1].map(() => ({ queue: [], broken: false, delay: 5 + this.below(200) }));
    const { link } = this;
    // What the agent says takes its time too, and is lost now and then.
    link.onSend = (m) => {
      if (this.below(20) === 0) return;
      setTimeout(() => link === this.link && this.told(m), 5 + this.below(100));
    };
    this.follower.attach(link.link);
  }

  told(m: Control): void {
    const mine = m.epoch === this.log.epoch;
    if (m.type === 'watch' || (m.type === 'ack' && !this.watching)) {
      this.watching = true;
      if (!mine || !(Number(m.dom) > 0)) return this.whole();
      this.acked = Number(m.dom);
      this.sent = this.acked;
      return this.pump();
    }
    if (m.type === 'keyframe' || (m.type === 'ack' && this.acked > 0 && (!mine || m.dom === 0))) return this.whole();
    if (m.type === 'ack' && mine) this.acked = Math.max(this.acked, Math.min(Number(m.dom), this.sent));
    if (m.type === 'resend' && mine) {
      this.sent = Math.min(this.sent, Number(m.from) - 1);
      this.pump();
    }
  }

  whole(): void {
    this.acked = 0;
    this.sent = this.log.seq;
    this.put(this.log.keyframe());
  }

  pump(): void {
    for (const frame of this.log.after(this.sent)) this.put(frame);
    this.sent = this.log.seq;
  }

  put(frame: Uint8Array): void {
    const rung = this.rungs[this.at];
    if (!this.watching || !rung || rung.broken) return;
    const due = Math.max(this.now + rung.delay, rung.queue.at(-1)?.due ?? 0);
    rung.queue.push({ due, frame, lane: Lane.dom });
    // Now and then a frame comes twice, or later by the other rung.
    if (this.below(15) === 0)
      this.rungs[this.below(2)]?.queue.push({ due: due + this.below(400), frame, lane: Lane.dom });
  }

  change(): void {
    this.log.append();
    if (this.watching) this.pump();
  }

  event(): void {
    const what = this.below(60);
    const rung = this.rungs[this.at] as Rung;
    if (what === 0) {
      // The rung breaks, with what is under way; the sender may notice at once or later.
      rung.queue = [];
      this.at = 1 - this.at;
      const other = this.rungs[this.at] as Rung;
      other.broken = false;
      other.delay = 5 + this.below(200);
      this.rewind();
    } else if (what === 1) {
      this.at = 1 - this.at; // climbs: the old one still delivers
      (this.rungs[this.at] as Rung).broken = false;
    } else if (what === 2) rung.queue.splice(this.below(rung.queue.length), 1 + this.below(3));
    else if (what === 3) this.connect();
    else if (what === 4) this.whole();
    else if (what === 5) this.follower.requestKeyframe('hash');
    else if (what === 6 && this.below(3) === 0) {
      this.log = new Log(this.log.epoch + 1);
      this.acked = this.sent = 0;
      if (this.watching) this.whole();
    } else if (what === 7) this.link.breaks();
  }

  rewind(): void {
    if (!this.watching) return;
    if (this.acked < 1) this.whole();
    else {
      this.sent = this.acked;
      this.pump();
    }
  }

  step(ms: number): void {
    this.now += ms;
    vi.advanceTimersByTime(ms);
    for (const rung of this.rungs) {
      const due = rung.queue.filter((one) => one.due <= this.now);
      rung.queue = rung.queue.filter((one) => one.due > this.now);
      for (const { lane, frame } of due.sort((a, b) => a.due - b.due)) this.link.gives(lane, frame);
    }
  }
}

function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    return (state ^ (state >>> 13)) / 2 ** 32 >= 1 ? 0 : ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
  };
}

describe('through any storm', () => {
  test.each(Array.from({ length: 60 }, (_, i) => i + 1))('the sink gets the log and catches up (%i)', (seed) => {
    const chance = random(seed);
    const world = new World(chance);
    for (let i = 0; i < 600; i++) {
      if (world.below(2) === 0) world.change();
      world.event();
      world.step(1 + world.below(60));
    }
    // Calm: no loss any more; the last frames are sent again when nobody acknowledged them, as a sender does.
    world.rungs.forEach((rung) => {
      rung.broken = false;
    });
    for (let i = 0; i < 100; i++) {
      world.step(100);
      if (i % 30 === 29 && world.acked < world.log.seq) world.rewind();
    }
    expect(world.follower.position).toEqual({ epoch: world.log.epoch, dom: world.log.seq });
    expect(world.sink.troubles).toEqual([]);
    isLog(world.sink);
    expect(world.sink.got.length).toBeGreaterThan(50);
    world.follower.close();
  });
});
