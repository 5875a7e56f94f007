// Whatever a link does, the watcher sees only states that the page had, and in the end the page as it is.

import { decodeFrame, Kind, Lane, OpWriter } from '@ridealong/wire';
import { EntryCode } from '@ridealong/wire/entries';
import { Follower, type FollowerSink, type OpsMeta } from '@ridealong/wire/link/follower';
import { readOps, StringTable } from '@ridealong/wire/read';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { RandomPage } from '../../tests/random.ts';
import { type End, pipe } from '../../tests/wire.ts';
import { EntryLog } from '../telemetry/log.ts';
import { Assets } from './assets.ts';
import { type Control, Cursor, controlFrame } from './cursor.ts';
import { FrameLog } from './log.ts';
import { Mirror } from './mirror.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** What a join gets. How long ago an event was is not compared: each side counts from when it heard of it. */
function bytesOf(mirror: Mirror): Buffer {
  const writer = new OpWriter();
  const event = writer.event.bind(writer);
  writer.event = (n, _, name, data) => event(n, 0, name, data);
  mirror.keyframe(writer);
  return Buffer.from(writer.take());
}

const mirrorOf = (log: FrameLog): Mirror => log.tree as Mirror;

/** The page's side: a random page, its log, and what its tree was at each position. */
class Source {
  readonly log = new FrameLog(3);
  readonly assets = new Assets(3, async (url) => ({ bytes: new TextEncoder().encode(url), type: 'image/png' }));
  readonly trees = new Map<number, number>();
  readonly cursors: Cursor[] = [];
  readonly entries = new EntryLog(3, 0);

  constructor(readonly page: RandomPage) {
    page.reset(this.log.ops);
    this.flush();
    this.entries.wake = () => {
      for (const cursor of this.cursors) cursor.more();
    };
  }

  /** Something happens beside the picture. */
  happens(size = 10): void {
    const data = `${this.entries.count + 1} ${'x'.repeat(size)}`;
    this.entries.tell(EntryCode.happening, [6, '', '', 0, 0, 0, 1, data], 0);
    this.entries.flush();
  }

  flush(): void {
    this.log.flush();
    this.trees.set(this.log.seq, mirrorOf(this.log).treeHash().value);
  }

  change(): void {
    this.page.change()(this.log.ops);
    this.flush();
  }

  check(): void {
    this.log.check();
    this.trees.set(this.log.seq, mirrorOf(this.log).treeHash().value);
  }

  watch(end: End): Cursor {
    const cursor = new Cursor(this.log, end.link, this.assets, () => undefined);
    cursor.tail(this.entries);
    this.cursors.push(cursor);
    return cursor;
  }

  tick(): void {
    for (const cursor of this.cursors) cursor.tick();
  }
}

/** The agent's side: a follower and the document it makes. */
class Watcher {
  readonly mirror = new Mirror();
  readonly table = new StringTable();
  readonly wrong: string[] = [];
  /** Numbers of the entries that came. */
  readonly heard: number[] = [];
  readonly follower: Follower;
  ends = pipe();
  mismatches = 0;

  constructor(readonly source: Source) {
    const nothing = () => undefined;
    const sink: FollowerSink = {
      ops: (raw, meta) => this.ops(raw, meta),
      trouble: (why) => void this.wrong.push(why),
      entries: ({ entries }) => {
        for (const one of entries) {
          this.heard.push(one.n);
          if (one.type !== 'happening' || !one.data.startsWith(`${one.n} `)) this.wrong.push(`entry ${one.n}`);
        }
      },
      pointer: nothing,
      asset: nothing,
      blob: nothing,
      refused: nothing,
      control: nothing,
    };
    this.follower = new Follower(sink);
    this.connect();
  }

  /** A new link takes the place of the one before. */
  connect(): void {
    this.ends.customer.finish();
    this.ends = pipe();
    this.source.watch(this.ends.customer);
    this.follower.attach(this.ends.agent.link);
  }

  private ops(raw: Uint8Array, meta: OpsMeta): void {
    if (meta.fresh) this.table.fresh();
    const { mirror } = this;
    const checking = new Proxy(mirror, {
      get: (of, name) =>
        name === 'hash'
          ? (count: number, hash: number) => {
              const h = mirror.treeHash();
              if (h.count !== count || h.value !== hash) this.mismatches++;
            }
          : (Reflect.get(of, name) as (...args: unknown[]) => void).bind(of),
    });
    readOps(raw, meta.keyframe ? new StringTable() : this.table, checking);
    const had = this.source.trees.get(meta.seq);
    if (had !== mirror.treeHash().value) this.wrong.push(`at ${meta.seq} a tree that the page never had`);
  }

  carry(bytes: number, lose?: () => boolean): void {
    this.ends.agent.carry(bytes, lose);
    this.ends.customer.carry(bytes, lose);
  }

  /** Every entry, in order and once. */
  heardAll(): boolean {
    return this.heard.length === this.source.entries.count && this.heard.every((n, i) => n === i + 1);
  }

  equals(): boolean {
    return bytesOf(this.mirror).equals(bytesOf(mirrorOf(this.source.log)));
  }
}

/** Time passes on a good network, until all have caught up. */
function settle(source: Source, watchers: Watcher[], seconds = 60): void {
  for (let i = 0; i < seconds * 5; i++) {
    vi.advanceTimersByTime(200);
    if (i % 5 === 0) source.tick();
    for (const watcher of watchers) watcher.carry(1e6);
    if (i % 10 === 9 && watchers.every((watcher) => watcher.equals() && watcher.heardAll())) return;
  }
}

describe('a watcher', () => {
  test('that turns away gets nothing of the page, and goes on from where it was', () => {
    const source = new Source(new RandomPage(5));
    const watcher = new Watcher(source);
    settle(source, [watcher]);
    watcher.follower.follow(false);
    watcher.carry(1e6);
    const { sent } = watcher.ends.customer;
    for (let i = 0; i < 20; i++) {
      source.change();
      vi.advanceTimersByTime(500);
      source.tick();
      watcher.carry(1e6);
    }
    const pongs = 6 * 40;
    expect(watcher.ends.customer.sent - sent).toBeLessThan(pongs);
    expect(watcher.equals()).toBe(false);
    const keyframes = watcher.follower.counts.keyframes;
    watcher.follower.follow(true);
    settle(source, [watcher]);
    expect(watcher.equals()).toBe(true);
    expect(watcher.follower.counts.keyframes).toBe(keyframes);
    expect(watcher.wrong).toEqual([]);
  });

  test('whose turning away was lost says it again', () => {
    const source = new Source(new RandomPage(6));
    const watcher = new Watcher(source);
    settle(source, [watcher]);
    watcher.ends.agent.carry(1e6);
    watcher.follower.follow(false);
    watcher.ends.agent.carry(1e6, () => true);
    for (let i = 0; i < 10; i++) {
      source.change();
      vi.advanceTimersByTime(500);
      watcher.carry(1e6);
    }
    expect(source.cursors.at(-1)?.watching).toBe(false);
  });

  test('sees only what the page was, and in the end what it is, whatever the links do', () => {
    const step = fc.record({
      changes: fc.nat(6),
      wait: fc.nat(400),
      bytes: fc.constantFrom(0, 500, 5000, 1e6),
      loss: fc.constantFrom(0, 0, 0.05, 0.5),
      event: fc.constantFrom('', '', '', '', 'break', 'half', 'replace', 'join', 'keyframe', 'check', 'tick', 'pause'),
    });
    fc.assert(
      fc.property(fc.integer(), fc.array(step, { minLength: 10, maxLength: 60 }), (seed, steps) => {
        const source = new Source(new RandomPage(seed));
        const watchers = [new Watcher(source)];
        let random = seed >>> 0;
        const chance = () => {
          random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
          return random / 2 ** 32;
        };
        for (const s of steps) {
          for (let i = 0; i < s.changes; i++) {
            source.change();
            if (i % 2) source.happens(s.wait * 20);
          }
          const watcher = watchers[Math.floor(chance() * watchers.length)] as Watcher;
          const { customer, agent } = watcher.ends;
          if (s.event === 'break')
            for (const end of [customer, agent]) end.breaks(chance() < 0.5 ? 'direct' : 'fallback');
          if (s.event === 'half') customer.breaks('fallback');
          if (s.event === 'replace') watcher.connect();
          if (s.event === 'join' && watchers.length < 4) watchers.push(new Watcher(source));
          if (s.event === 'keyframe') watcher.follower.requestKeyframe('hash');
          if (s.event === 'check') source.check();
          if (s.event === 'tick') source.tick();
          if (s.event === 'pause') {
            for (const cursor of source.cursors) cursor.pause(true);
            source.change();
            source.log.forget();
            for (const cursor of source.cursors) cursor.pause(false);
          }
          vi.advanceTimersByTime(s.wait);
          for (const one of watchers) one.carry(s.bytes, () => chance() < s.loss);
        }
        settle(source, watchers);
        for (const watcher of watchers) {
          expect(watcher.wrong).toEqual([]);
          expect(watcher.mismatches).toBe(0);
          expect(watcher.equals()).toBe(true);
          expect(watcher.heard).toEqual(Array.from({ length: source.entries.count }, (_, i) => i + 1));
          watcher.follower.close();
        }
      }),
      { numRuns: 60, endOnFailure: true },
    );
  });
});

// One end spoken to by hand.

function byHand() {
  const source = new Source(new RandomPage(7));
  const { customer, agent } = pipe();
  const got: { lane: Lane; kind: number; seq: number; size: number; brief: boolean }[] = [];
  agent.on('frame', (lane, bytes) => {
    const { kind, seq, step } = decodeFrame(bytes);
    got.push({ lane, kind, seq, size: bytes.length, brief: step !== undefined });
  });
  const cursor = source.watch(customer);
  const say = (message: Control) => customer.other && customerHears(customer, message);
  const kinds = () => got.splice(0).map((one) => `${one.kind}@${one.seq}`);
  return { source, customer, agent, cursor, say, got, kinds, carry: () => customer.carry(1e9) };
}

function customerHears(customer: End, message: Control): void {
  const emit = customer as unknown as { emit(event: string, lane: number, frame: Uint8Array): void };
  emit.emit('frame', Lane.control, controlFrame(message));
}

describe('entries', () => {
  test('that are not kept any more are left out, and the rest comes in order', () => {
    const source = new Source(new RandomPage(8));
    const random = () => Math.random().toString(36).slice(2);
    for (let i = 0; i < 400; i++) {
      const data = `${i + 1} ${Array.from({ length: 1000 }, random).join('')}`;
      source.entries.tell(EntryCode.happening, [6, '', '', 0, 0, 0, 1, data], 0);
      source.entries.flush();
    }
    const watcher = new Watcher(source);
    settle(source, [watcher]);
    expect(watcher.wrong).toEqual([]);
    const [first = 0] = watcher.heard;
    expect(first).toBeGreaterThan(1);
    expect(watcher.heard).toEqual(Array.from({ length: 401 - first }, (_, i) => first + i));
    source.happens();
    settle(source, [watcher]);
    expect(watcher.heard.at(-1)).toBe(401);
  });

  test('wait behind the page, and before contents', () => {
    const { source, say, carry, got } = byHand();
    source.happens();
    say({ type: 'watch' });
    source.change();
    source.happens();
    carry();
    expect(got.splice(0).map(({ lane, seq }) => `${lane}@${seq}`)).toEqual(['1@0', '2@1', '1@1', '2@2']);
  });

  test('go on after the position that somebody has', () => {
    const { source, say, carry, got } = byHand();
    for (let i = 0; i < 4; i++) source.happens();
    say({ type: 'watch', epoch: 3, telemetry: 2 });
    carry();
    expect(
      got
        .splice(0)
        .filter(({ lane }) => lane === Lane.telemetry)
        .map(({ seq }) => seq),
    ).toEqual([3, 4]);
    say({ type: 'resend', epoch: 3, lane: Lane.telemetry, from: 4 });
    carry();
    expect(got.splice(0).map(({ lane, seq }) => `${lane}@${seq}`)).toEqual(['2@4']);
  });

  test('are forgotten where a stricter rule came, and keep their numbers', () => {
    const source = new Source(new RandomPage(9));
    source.happens();
    source.happens();
    source.entries.forget();
    source.happens();
    const watcher = new Watcher(source);
    settle(source, [watcher]);
    expect(watcher.heard).toEqual([3]);
  });
});

describe('a cursor', () => {
  test('sends nothing before somebody watches', () => {
    const { source, customer } = byHand();
    source.change();
    source.tick();
    expect(customer.sent).toBe(0);
  });

  test('gives a brief head to what follows on a rung where nothing gets lost, and to nothing else', () => {
    const { source, customer, say, carry, got } = byHand();
    const heads = (changes: number) => {
      for (let i = 0; i < changes; i++) source.change();
      carry();
      return got.splice(0).map(({ seq, brief }) => (brief ? `+${seq}` : `${seq}`));
    };
    say({ type: 'watch' });
    expect(heads(3)).toEqual(['0', '1', '+2', '+3']);
    say({ type: 'resend', epoch: 3, lane: Lane.dom, from: 2 });
    expect(heads(1)).toEqual(['2', '+3', '+4']);
    const ack = (dom: number) => say({ type: 'ack', epoch: 3, dom, telemetry: 0, bytes: dom });
    ack(4);
    customer.breaks('fallback');
    expect(heads(2)).toEqual(['5', '6']);
    ack(6);
    customer.breaks('direct');
    expect(heads(2)).toEqual(['7', '+8']);
  });

  test('begins with the whole document, then each frame once', () => {
    const { source, say, carry, kinds } = byHand();
    say({ type: 'watch' });
    for (let i = 0; i < 3; i++) source.change();
    carry();
    expect(kinds()).toEqual(['1@0', '2@1', '2@2', '2@3']);
  });

  test('that begins before it is asked does not begin again when it is, and again when it is asked once more', () => {
    const { source, cursor, say, carry, kinds } = byHand();
    cursor.begin();
    source.change();
    say({ type: 'watch' });
    carry();
    expect(kinds()).toEqual(['1@0', '2@1']);
    vi.advanceTimersByTime(1000);
    say({ type: 'watch' });
    carry();
    expect(kinds()).toEqual(['1@1']);
  });

  test('that begins before it is asked heeds a position all the same', () => {
    const { source, cursor, say, carry, kinds } = byHand();
    for (let i = 0; i < 5; i++) source.change();
    cursor.begin();
    say({ type: 'watch', epoch: 3, dom: 3 });
    carry();
    expect(kinds()).toEqual(['1@5', '2@4', '2@5']);
  });

  test('goes on after a position that the ring still has', () => {
    const { source, say, carry, kinds } = byHand();
    for (let i = 0; i < 5; i++) source.change();
    say({ type: 'watch', epoch: 3, dom: 3 });
    carry();
    expect(kinds()).toEqual(['2@4', '2@5']);
  });

  test.each([
    ['of another epoch', { epoch: 2, dom: 3 }],
    ['beyond the log', { epoch: 3, dom: 99 }],
    ['that is no number', { epoch: 3, dom: 'x' }],
    ['that is negative', { epoch: 3, dom: -1 }],
  ])('answers a position %s with the whole document', (_, position) => {
    const { source, say, carry, kinds } = byHand();
    for (let i = 0; i < 5; i++) source.change();
    say({ type: 'watch', ...position });
    carry();
    expect(kinds()).toEqual(['1@5']);
  });

  test('answers a second watcher from the mirror: the page does nothing and the first sees nothing', () => {
    const first = byHand();
    first.say({ type: 'watch' });
    first.source.change();
    first.carry();
    first.kinds();
    const { customer, agent } = pipe();
    const got: number[] = [];
    agent.on('frame', (_, bytes) => got.push(decodeFrame(bytes).kind));
    first.source.watch(customer);
    customerHears(customer, { type: 'watch' });
    customer.carry(1e9);
    first.carry();
    expect(got).toEqual([Kind.keyframe]);
    expect(first.kinds()).toEqual([]);
  });

  test('holds back what a slow link does not take, in bounded memory, and then sends the whole document instead', () => {
    const { source, say, carry, customer, kinds } = byHand();
    say({ type: 'watch' });
    carry();
    kinds();
    const noise = () => Array.from({ length: 20_000 }, () => Math.random().toString(36)[2]).join('');
    source.log.ops.insert(1, 0);
    source.log.ops.text(900_000, '');
    source.log.ops.end();
    for (let i = 0; i < 200; i++) {
      source.log.ops.setText(900_000, noise());
      source.flush();
    }
    expect(customer.backlog(Lane.dom)).toBeLessThan(300 * 1024);
    vi.advanceTimersByTime(1000);
    carry();
    carry();
    const last = kinds().at(-1);
    expect(last).toBe(`1@${source.log.seq}`);
  });

  test('on the fallback no more than 1 MiB is under way without an acknowledgement', () => {
    const { source, say, customer } = byHand();
    customer.rung = 'fallback';
    say({ type: 'watch' });
    const noise = () => Array.from({ length: 20_000 }, () => Math.random().toString(36)[2]).join('');
    source.log.ops.insert(1, 0);
    source.log.ops.text(900_000, '');
    source.log.ops.end();
    for (let i = 0; i < 150; i++) {
      source.log.ops.setText(900_000, noise());
      source.flush();
      customer.carry(1e9);
    }
    expect(customer.sent).toBeGreaterThan(900 * 1024);
    expect(customer.sent).toBeLessThan(1100 * 1024);
    const before = customer.sent;
    say({ type: 'ack', epoch: 3, dom: source.log.seq, telemetry: 0, bytes: before });
    vi.advanceTimersByTime(1000);
    source.tick();
    expect(customer.sent).toBeGreaterThan(before);
  });

  test('sends again what nobody acknowledged, less and less often', () => {
    const { source, say, customer, kinds } = byHand();
    say({ type: 'watch' });
    customer.carry(1e9);
    source.change();
    say({ type: 'ack', epoch: 3, dom: 0, telemetry: 0, bytes: 10 });
    customer.queue = [];
    kinds();
    let again = 0;
    for (let s = 0; s < 60; s++) {
      vi.advanceTimersByTime(1000);
      source.tick();
      customer.carry(1e9);
      if (kinds().length > 0) again++;
    }
    expect(again).toBeGreaterThanOrEqual(3);
    expect(again).toBeLessThanOrEqual(5);
  });

  test('sends no second keyframe while the bytes of one arrive slowly, and one when it came broken', () => {
    const { source, say, customer, kinds } = byHand();
    say({ type: 'watch' });
    customer.carry(1e9);
    expect(kinds()).toEqual(['1@0']);
    const { sent } = customer;
    for (let part = 1; part < 10; part++) {
      vi.advanceTimersByTime(2500);
      say({ type: 'ack', epoch: 0, dom: 0, telemetry: 0, bytes: Math.floor((sent * part) / 10) });
      say({ type: 'keyframe', reason: 'join' });
      source.tick();
      customer.carry(1e9);
    }
    expect(kinds()).toEqual([]);
    say({ type: 'ack', epoch: 0, dom: 0, telemetry: 0, bytes: sent });
    say({ type: 'keyframe', reason: 'decode' });
    customer.carry(1e9);
    expect(kinds()).toEqual(['1@0']);
  });

  test('gives one to a watcher that asks right after the one before has come', () => {
    const source = new Source(new RandomPage(6));
    const watcher = new Watcher(source);
    settle(source, [watcher]);
    for (let i = 0; i < 5; i++) {
      const { keyframes } = watcher.follower.counts;
      watcher.follower.requestKeyframe('hash'); // once: nothing asks again
      for (let ms = 0; ms <= 2000; ms += 50) {
        vi.advanceTimersByTime(50);
        if (ms % 1000 === 0) source.tick();
        watcher.carry(1e6);
        if (watcher.follower.counts.keyframes > keyframes) break;
      }
      expect(watcher.follower.counts.keyframes).toBe(keyframes + 1);
    }
  });

  test('gives a watcher that asks for keyframes all the time one a second', () => {
    const { source, say, carry, kinds } = byHand();
    say({ type: 'watch' });
    let n = 0;
    for (let i = 0; i < 300; i++) {
      source.change();
      say({ type: 'keyframe', reason: 'gap' });
      vi.advanceTimersByTime(10);
      if (i % 100 === 99) source.tick();
      carry();
      n += kinds().filter((k) => k.startsWith('1@')).length;
    }
    expect(n).toBeLessThanOrEqual(4);
  });

  test('sends nothing while paused, and never what happened meanwhile', () => {
    const { source, say, carry, cursor, kinds } = byHand();
    say({ type: 'watch' });
    source.change();
    carry();
    kinds();
    cursor.pause(true);
    const from = source.log.seq;
    source.change();
    source.change();
    say({ type: 'keyframe', reason: 'gap' });
    say({ type: 'resend', epoch: 3, lane: 1, from });
    source.tick();
    carry();
    expect(kinds()).toEqual([]);
    source.log.forget();
    cursor.pause(false);
    say({ type: 'resend', epoch: 3, lane: 1, from: from + 1 });
    vi.advanceTimersByTime(1500);
    source.tick();
    carry();
    const sent = kinds();
    expect(sent.length).toBeGreaterThan(0);
    expect(sent.every((k) => k === `1@${source.log.seq}`)).toBe(true);
  });

  test('reads nonsense without harm', () => {
    const { source, customer, say, carry, kinds } = byHand();
    const emit = customer as unknown as { emit(event: string, lane: number, frame: Uint8Array): void };
    for (const bytes of [[], [5], [5, 0, 0, 0, 0, 123], [9, 9, 9, 9, 9, 9]])
      emit.emit('frame', 0, Uint8Array.from(bytes));
    for (const message of [null, 5, [], {}, { type: 7 }, { type: 'want', hashes: 7 }, { type: 'resend', from: 1e99 }])
      say(message as unknown as Control);
    say({ type: 'want', hashes: ['x', 5, null] });
    say({ type: 'watch' });
    say({ type: 'ack', epoch: 3, dom: 5000, telemetry: 0, bytes: 1e15 });
    source.change();
    carry();
    expect(kinds()).toEqual(['1@0', '2@1']);
  });

  test('after its end nothing is sent', () => {
    const { source, say, carry, cursor, customer } = byHand();
    say({ type: 'watch' });
    carry();
    cursor.stop();
    const { sent } = customer;
    source.change();
    say({ type: 'keyframe', reason: 'gap' });
    expect(customer.sent).toBe(sent);
  });
});

describe('pictures', () => {
  test('are announced, sent when wanted, and wait until the page has gone', async () => {
    vi.useRealTimers();
    const { source, say, carry, customer, got } = byHand();
    source.assets.url('https://shop.test/a.png', 'image');
    await vi.waitFor(() => expect(source.assets.announced(0)).toBeDefined(), { timeout: 20_000 });
    say({ type: 'watch' });
    carry();
    expect(got.map((one) => one.kind)).toEqual([Kind.keyframe, Kind.asset]);
    const hash = [...(source.assets as unknown as { contents: Map<string, unknown> }).contents.keys()][0];
    customer.queue.push({ lane: Lane.dom, frame: new Uint8Array(100_000) });
    say({ type: 'want', hashes: [hash, hash] });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(customer.backlog(Lane.blob)).toBe(0);
    customer.queue = [];
    customer.carry(1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    carry();
    expect(got.slice(2).map((one) => one.kind)).toEqual([Kind.blob]);
  });

  test('wait while a page is written in parts, and go when the last one has gone', async () => {
    vi.useRealTimers();
    const { source, say, carry, got } = byHand();
    say({ type: 'watch' });
    source.assets.url('https://shop.test/a.png', 'image');
    source.page.change()(source.log.ops);
    source.log.flush(true);
    await vi.waitFor(() => expect(source.assets.announced(0)).toBeDefined(), { timeout: 20_000 });
    carry();
    expect(got.map((one) => one.kind)).not.toContain(Kind.asset);
    source.page.change()(source.log.ops);
    source.log.flush(false);
    carry();
    expect(got.at(-1)?.kind).toBe(Kind.asset);
  });
});
