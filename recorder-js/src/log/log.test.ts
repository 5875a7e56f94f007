// Frames: each made once, readable from any keyframe, kept within bounds.

import { decodeFrame, Flag, type Frame, Kind, Limits, OpWriter } from '@ridealong/wire';
import { Inflater, readOps, StringTable } from '@ridealong/wire/read';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { RandomPage } from '../../tests/random.ts';
import { nearWorker } from '../../tests/worker.ts';
import { FrameLog } from './log.ts';
import { Mirror } from './mirror.ts';

const mirrorOf = (log: FrameLog): Mirror => log.tree as Mirror;

const begun = (now = () => 0) => {
  const log = new FrameLog(7, now);
  log.ops.reset(0);
  log.flush();
  return log;
};

/** A text that is in the page, changed to n incompressible characters. */
function noise(log: FrameLog, n: number): void {
  if (!log.tree.alive(2)) {
    log.ops.insert(1, 0);
    log.ops.text(2, '');
    log.ops.end();
  }
  log.ops.setText(2, String.fromCharCode(...Array.from({ length: n }, () => 33 + Math.floor(Math.random() * 90))));
  log.flush();
}

describe('the first group', () => {
  test('is the keyframe at 0, made once', () => {
    const log = begun();
    const frame = log.keyframe();
    expect(log.seq).toBe(0);
    expect(decodeFrame(frame ?? new Uint8Array()).kind).toBe(Kind.keyframe);
    expect(log.keyframe()).toBe(frame);
  });

  test('before it there is no keyframe', () => {
    expect(new FrameLog(1).keyframe()).toBeUndefined();
  });
});

describe('frames', () => {
  test('from any keyframe on can be read from nothing', () => {
    const page = new RandomPage(11);
    const log = new FrameLog(7);
    page.reset(log.ops);
    log.flush();
    for (let round = 0; round < 30; round++) {
      const reader = new Mirror();
      const inflater = new Inflater();
      const table = new StringTable();
      const whole = decodeFrame(log.keyframe() ?? new Uint8Array());
      readOps(new Inflater().frame(whole.payload), new StringTable(), reader);
      for (let i = 0; i < 7; i++) {
        page.change()(log.ops);
        log.flush();
      }
      for (const frame of log.since(whole.seq) ?? []) {
        if (frame.flags & Flag.fresh) {
          inflater.fresh();
          table.fresh();
        }
        readOps(frame.flags & Flag.deflated ? inflater.frame(frame.payload) : frame.payload, table, reader);
      }
      expect(reader.treeHash().value).toBe(mirrorOf(log).treeHash().value);
    }
  });

  test('are numbered from 1, and the one after a keyframe is fresh', () => {
    const log = begun();
    const seen: [number, boolean][] = [];
    for (let i = 0; i < 4; i++) {
      if (i === 2) log.keyframe();
      noise(log, 10);
      const [frame] = log.since(log.seq - 1) ?? [];
      const { seq = 0, flags = 0 } = frame ?? {};
      seen.push([seq, (flags & Flag.fresh) !== 0]);
    }
    expect(seen).toEqual([
      [1, true],
      [2, false],
      [3, true],
      [4, false],
    ]);
  });

  test('nothing written is no frame', () => {
    const log = begun();
    log.flush();
    log.flush();
    expect(log.seq).toBe(0);
  });

  test('after half a group was thrown away, a reset goes on', () => {
    const log = begun();
    noise(log, 10);
    log.ops.insert(1, 2);
    log.ops.element(9, 0, 'half', []);
    expect(() => log.ops.insert(99, 0)).toThrow();
    log.discard();
    log.ops.reset(0);
    log.flush();
    const reader = new Mirror();
    const [frame] = log.since(log.seq - 1) ?? [];
    const { payload = new Uint8Array(), flags = 0 } = frame ?? {};
    expect(flags & Flag.fresh).toBeTruthy();
    expect(flags & Flag.deflated).toBeFalsy(); // three bytes
    readOps(payload, new StringTable(), reader);
    expect(reader.count).toBe(1);
  });
});

describe('the ring', () => {
  test('holds a bounded number of bytes', () => {
    const log = begun();
    for (let i = 0; i < 100; i++) noise(log, 60_000);
    const { ring } = log as unknown as { ring: { frame: Frame }[] };
    expect(ring.reduce((n, kept) => n + kept.frame.payload.length, 0)).toBeLessThanOrEqual(Limits.RingBytes);
    expect(log.since(0)).toBeUndefined();
    expect(log.since(log.seq - 5)?.length).toBe(5);
  });

  test('forgets what is older than its age', () => {
    let now = 0;
    const log = begun(() => now);
    noise(log, 10);
    now = Limits.RingAge + 1;
    noise(log, 10);
    expect(log.since(0)).toBeUndefined();
    expect(log.since(1)?.length).toBe(1);
  });

  test.each([-1, 2, 99])('has nothing after %i', (seq) => {
    const log = begun();
    noise(log, 10);
    expect(log.since(seq)).toBeUndefined();
  });
});

test('time is the monotonic clock, in ms', () => {
  let now = 5000;
  const log = new FrameLog(1, () => now);
  now += 12.34;
  expect(log.time()).toBe(12);
});

test('the steps of the frames add up to their times', () => {
  let now = 0;
  const log = begun(() => now);
  for (let i = 0; i < 9; i++) {
    now += i * 40.7;
    noise(log, 10);
  }
  const [first, ...more] = log.since(0) ?? [];
  expect(first?.step).toBeUndefined();
  let time = first?.time ?? 0;
  for (const frame of more) {
    time += frame.step ?? Number.NaN;
    expect(frame.time).toBe(time);
  }
  expect(more).toHaveLength(8);
});

function bytesOf(mirror: Mirror): Buffer {
  const writer = new OpWriter();
  mirror.keyframe(writer);
  return Buffer.from(writer.take());
}

/** Reads a log's frames as a watcher from the start does. */
class Reader {
  readonly mirror = new Mirror();
  seq = 0;
  /** What the document was at each position. */
  readonly was = new Map<number, Buffer>();
  /** Hashes that were told and are not those of the document. */
  readonly wrong: number[] = [];
  private readonly inflater = new Inflater();
  private readonly table = new StringTable();
  private readonly sink = new Proxy(this.mirror, {
    get: (mirror, name) =>
      name === 'hash'
        ? (_: number, value: number) => mirror.treeHash().value === value || this.wrong.push(this.seq)
        : (Reflect.get(mirror, name) as () => void).bind(mirror),
  });

  constructor(private readonly log: FrameLog) {
    this.read();
    log.watch(() => this.read());
  }

  /** Whatever is new; the keyframe first. */
  private read(): void {
    const whole = this.was.size === 0 ? this.log.keyframe() : undefined;
    if (whole) {
      readOps(new Inflater().frame(decodeFrame(whole).payload), new StringTable(), this.mirror);
      this.was.set(0, bytesOf(this.mirror));
    }
    if (this.was.size === 0) return;
    for (const frame of this.log.since(this.seq) ?? []) {
      if (frame.flags & Flag.fresh) {
        this.inflater.fresh();
        this.table.fresh();
      }
      this.seq = frame.seq;
      readOps(frame.flags & Flag.deflated ? this.inflater.frame(frame.payload) : frame.payload, this.table, this.sink);
      this.was.set(frame.seq, bytesOf(this.mirror));
    }
  }
}

describe('with a worker that comes, and goes', () => {
  afterEach(() => vi.restoreAllMocks());

  test('every frame can be read, every keyframe is the document at its position, every hash is right', () => {
    vi.spyOn(performance, 'now').mockReturnValue(0);
    const act = fc.oneof(
      { weight: 12, arbitrary: fc.integer({ min: 1, max: 12 }) },
      { weight: 6, arbitrary: fc.constant('step' as const) },
      { weight: 2, arbitrary: fc.constantFrom('hire' as const, 'keyframe' as const, 'check' as const) },
      { weight: 1, arbitrary: fc.constantFrom('fail' as const, 'refuse' as const) },
    );
    let keyframes = 0;
    fc.assert(
      fc.property(fc.integer(), fc.array(act, { minLength: 20, maxLength: 60 }), (seed, acts) => {
        const page = new RandomPage(seed);
        const document = new Mirror();
        const log = new FrameLog(7);
        page.reset(document);
        document.keyframe(log.ops);
        log.flush();
        const reader = new Reader(log);
        let far: ReturnType<typeof nearWorker> | undefined;
        const faults: unknown[] = [];
        const anew = () => {
          log.discard();
          document.keyframe(log.ops);
          log.flush();
        };
        const wholes: Uint8Array[] = [];
        for (const one of acts) {
          if (typeof one === 'number') {
            for (let i = 0; i < one; i++) {
              const change = page.change();
              change(document);
              change(log.ops);
            }
            log.flush();
          } else if (one === 'step') far?.step();
          else if (one === 'check') log.check();
          else if (one === 'hire' && (!far || far.ended())) {
            far = nearWorker();
            log.hire(far.worker, anew, (error) => {
              faults.push(error);
              anew();
            });
          } else if (one === 'fail') far?.fail();
          else if (one === 'refuse' && log.tree instanceof Mirror === false) {
            log.ops.splice(1, 0, 5, ''); // the table here knows nothing of texts
            log.discard(); // and no reader hears of it
          } else if (one === 'keyframe') {
            const whole = log.keyframe();
            if (whole) wholes.push(whole);
          }
        }
        while (far?.step());
        const last = log.keyframe();
        while (far?.step());
        wholes.push(log.keyframe() ?? last ?? new Uint8Array());
        for (const whole of wholes) {
          const { seq, payload } = decodeFrame(whole);
          const joined = new Mirror();
          readOps(new Inflater().frame(payload), new StringTable(), joined);
          expect(bytesOf(joined).equals(reader.was.get(seq) ?? Buffer.alloc(0))).toBe(true);
          keyframes++;
        }
        expect(reader.seq).toBe(log.seq);
        expect(reader.wrong).toEqual([]);
        expect(faults).toEqual([]);
        expect(bytesOf(reader.mirror).equals(bytesOf(document))).toBe(true);
      }),
      { numRuns: 150 },
    );
    expect(keyframes).toBeGreaterThan(200);
  });

  test('what its mirror refuses is a fault, and a reset mends it', () => {
    const log = begun();
    const far = nearWorker();
    const faults: unknown[] = [];
    log.hire(
      far.worker,
      () => undefined,
      (error) => faults.push(String(error)),
    );
    log.ops.insert(1, 0);
    log.ops.text(2, 'short');
    log.ops.end();
    log.ops.splice(2, 3, 99, '');
    log.flush();
    log.keyframe();
    while (far.step());
    expect(faults).toEqual([expect.stringMatching(/mirror: splice/)]);
    expect(log.keyframe()).toBeUndefined();
    while (far.step());
    log.discard();
    log.ops.reset(1);
    log.flush();
    log.keyframe();
    while (far.step());
    expect(log.keyframe()).toBeDefined();
  });

  test('how long something has been playing is told by the clock of the page', () => {
    const now = vi.spyOn(performance, 'now').mockReturnValue(1000);
    const log = begun();
    const far = nearWorker();
    log.hire(
      far.worker,
      () => undefined,
      () => undefined,
    );
    log.ops.event(1, 50, 'begun', '');
    log.flush();
    now.mockReturnValue(4000);
    log.keyframe();
    while (far.step());
    const ages: number[] = [];
    const { payload } = decodeFrame(log.keyframe() ?? new Uint8Array());
    const sink = new Proxy(new Mirror(), {
      get: (mirror, name) =>
        name === 'event'
          ? (_: number, age: number) => ages.push(age)
          : (Reflect.get(mirror, name) as () => void).bind(mirror),
    });
    readOps(new Inflater().frame(payload), new StringTable(), sink);
    expect(ages).toEqual([3050]);
  });
});
