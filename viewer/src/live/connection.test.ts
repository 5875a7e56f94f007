// The connection between its parts: what each of them says becomes an event, and nothing after the close.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { agent, customer } from '../../tests/browser/cast.ts';
import { Connection } from './connection.ts';
import type { LinkState, LiveEvent, Rung } from './facts.ts';
import type { FrameMeta, LinkEvents, LinkPart, Parts, SignalEvents, Sink, StageEvents } from './parts.ts';

/** Keeps the listeners of one part, so that the test can speak for it. */
class Says<E extends object> {
  private readonly tellers: { [K in keyof E]?: E[K] } = {};
  on<K extends keyof E>(event: K, tell: E[K]): void {
    this.tellers[event] = tell;
  }
  says<K extends keyof E>(event: K): E[K] {
    const tell = this.tellers[event];
    if (!tell) throw new Error(`nobody listens to ${String(event)}`);
    return tell;
  }
}

class FakeLink extends Says<LinkEvents> implements LinkPart {
  state: LinkState = 'greeting';
  rung: Rung | null = null;
  constructor(readonly leg = 2) {
    super();
  }
}

class World {
  readonly signal = Object.assign(new Says<SignalEvents>(), { close: () => this.log.push('signal closed') });
  readonly stage = Object.assign(new Says<StageEvents>(), {
    ops: (_: Uint8Array, frame: FrameMeta) => this.log.push(`ops ${frame.epoch}:${frame.seq}`),
    pointer: () => this.log.push('pointer'),
    asset: () => this.log.push('asset'),
    blob: () => this.log.push('blob'),
    refused: () => this.log.push('refused'),
    show: (on: boolean) => this.log.push(on ? 'stage shown' : 'stage hidden'),
    serialize: () => Promise.resolve('canonical'),
    clear: () => this.log.push('stage cleared'),
    dispose: () => this.log.push('stage disposed'),
  });
  readonly log: unknown[] = [];
  readonly events: LiveEvent[] = [];
  sink: Sink | null = null;
  give: (link: LinkPart) => void = () => undefined;
  digits: (digits: string | null) => void = () => undefined;

  readonly parts: Parts = {
    signal: () => this.signal as ReturnType<Parts['signal']>,
    stage: () => this.stage as ReturnType<Parts['stage']>,
    links: () => ({
      onLink: (tell) => {
        this.give = tell;
      },
      onDigits: (tell) => {
        this.digits = tell;
      },
      close: () => this.log.push('links closed'),
    }),
    follower: (sink) => {
      this.sink = sink;
      return {
        attach: () => this.log.push('attached'),
        requestKeyframe: (reason) => this.log.push(`keyframe ${reason}`),
        follow: (on) => this.log.push(on ? 'follows' : 'turns away'),
        want: (hashes) => this.log.push(`wants ${hashes}`),
        duplicates: 3,
        roundTrip: 31,
        close: () => this.log.push('follower closed'),
      };
    },
  };

  readonly connection = new Connection(
    this.parts,
    {} as HTMLElement,
    () => Promise.resolve({ kind: 'ticket', value: 't' }),
    (event) => this.events.push(event),
    {
      take: ({ tab, epoch, first, count, at }) => this.log.push(`entries ${tab}:${epoch} ${first}+${count} at ${at}`),
      left: ({ tab, epoch, entries }) => this.log.push(`left ${tab}:${epoch} of ${entries}`),
    },
    () => 7,
  );

  ops(epoch: number, seq: number, keyframe = false): void {
    this.sink?.ops(new Uint8Array(9), { epoch, seq, time: 0, keyframe, fresh: keyframe });
  }
  /** A tab is there, and shown. */
  linked(leg = 2): FakeLink {
    const link = new FakeLink(leg);
    this.give(link);
    this.since();
    this.log.length = 0;
    return link;
  }
  since(): LiveEvent[] {
    return this.events.splice(0);
  }
}

let world: World;
beforeEach(() => {
  world = new World();
});

describe('telemetry', () => {
  const batch = (first: number, count: number) => ({ first, count, entries: [] });
  const leaving = (entries?: number) => world.sink?.control({ type: 'leaving', reason: 'navigate', entries });

  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('is told with its tab and the time when it came', () => {
    world.linked();
    world.sink?.entries(batch(1, 3), { epoch: 4, seq: 1, time: 10 });
    expect(world.log).toEqual(['entries 2:4 1+3 at 7']);
  });

  test('of a document that is over is over a moment later, with the newest count', () => {
    world.linked();
    world.sink?.entries(batch(1, 3), { epoch: 4, seq: 1, time: 10 });
    leaving(4);
    leaving(5);
    world.sink?.entries(batch(4, 2), { epoch: 4, seq: 2, time: 10 });
    vi.advanceTimersByTime(2000);
    expect(world.log.slice(1)).toEqual(['entries 2:4 4+2 at 7', 'left 2:4 of 5']);
  });

  test('of the next document comes after the end of the one before', () => {
    world.linked();
    world.sink?.entries(batch(1, 3), { epoch: 4, seq: 1, time: 10 });
    leaving(4);
    world.sink?.entries(batch(1, 1), { epoch: 5, seq: 1, time: 10 });
    vi.advanceTimersByTime(2000);
    expect(world.log.slice(1)).toEqual(['left 2:4 of 4', 'entries 2:5 1+1 at 7']);
  });

  test('of a document that stays after all goes on', () => {
    world.linked();
    world.sink?.entries(batch(1, 3), { epoch: 4, seq: 1, time: 10 });
    leaving(4);
    world.sink?.control({ type: 'resumed' });
    vi.advanceTimersByTime(2000);
    expect(world.log).toHaveLength(1);
  });
});

describe('the socket', () => {
  test('its state, the room, a second claim and the end are told', () => {
    world.signal.says('state')('open');
    world.signal.says('participants')([agent, customer]);
    world.signal.says('secondClaim')();
    world.signal.says('ended')('customer');
    expect(world.since()).toEqual([
      { type: 'socket', state: 'open', at: 7 },
      { type: 'presence', participants: [agent, customer] },
      { type: 'second-claim', at: 7 },
      { type: 'ended', reason: 'customer', at: 7 },
    ]);
  });

  test.each([
    [4409, { type: 'refused', name: 'superseded', message: 'This session was opened somewhere else.' }],
    [4426, { type: 'refused', name: 'bad-version', message: 'This page is out of date. Reload it.' }],
    [4410, { type: 'ended', reason: '', at: 7 }],
  ])('closed for good by %d', (code, event) => {
    world.signal.says('state')('closed', code);
    expect(world.since()).toEqual([{ type: 'socket', state: 'closed', at: 7 }, event]);
  });

  test('an unknown code says nothing more than closed', () => {
    world.signal.says('state')('closed', 1006);
    expect(world.since()).toEqual([{ type: 'socket', state: 'closed', at: 7 }]);
  });
});

describe('links', () => {
  test('the follower moves to the newest one, and the old one is not listened to', () => {
    const old = world.linked();
    const next = new FakeLink();
    world.give(next);
    world.since();
    expect(world.log).toEqual(['attached']);
    old.says('state')('closed');
    old.says('rung')(null);
    old.says('close')('replaced');
    expect(world.since()).toEqual([]);
    next.state = 'ready';
    next.rung = 'fallback';
    next.says('state')('ready');
    next.says('rung')('direct');
    expect(world.since()).toEqual([
      { type: 'link', state: 'ready', at: 7, tab: 2 },
      { type: 'rung', rung: 'fallback', tab: 2 },
      { type: 'rung', rung: 'direct', tab: 2 },
    ]);
  });

  test('tampering ends it, on whichever link it was found', () => {
    const old = world.linked();
    world.linked();
    old.says('close')('tampered');
    expect(world.since()).toEqual([{ type: 'ended', reason: 'tampered', at: 7 }]);
  });

  test('digits are told, and that they are of no use any more', () => {
    world.digits('012345');
    world.digits(null);
    expect(world.since()).toEqual([
      { type: 'digits', digits: '012345' },
      { type: 'digits', digits: null },
    ]);
  });
});

describe('the picture', () => {
  beforeEach(() => void world.linked());

  test('is told once per document, when the stage has applied it', () => {
    world.ops(1, 10, true);
    expect(world.since()).toEqual([]);
    world.stage.says('applied')({ epoch: 1, seq: 10 });
    world.ops(1, 11);
    world.stage.says('applied')({ epoch: 1, seq: 11 });
    world.stage.says('applied')({ epoch: 2, seq: 0 });
    expect(world.since()).toEqual([
      { type: 'picture', epoch: 1, tab: 2 },
      { type: 'picture', epoch: 2, tab: 2 },
    ]);
    expect(world.log).toEqual(['ops 1:10', 'ops 1:11']);
  });

  test('where the customer is, their size and their environment are told', () => {
    world.stage.says('page')({ url: 'https://x/', title: 'X' });
    world.stage.says('viewport')({ width: 390, height: 844 });
    world.stage.says('environment')('{"timeZone":"UTC"}');
    expect(world.since()).toEqual([
      { type: 'page', url: 'https://x/', title: 'X', tab: 2 },
      { type: 'viewport', viewport: { width: 390, height: 844 }, tab: 2 },
      { type: 'environment', environment: { timeZone: 'UTC' }, tab: 2 },
    ]);
  });

  test.each(['', '{', '[]', 'null', '7', `"${'x'.repeat(70_000)}"`])(
    'an environment that is none is left out: %.9s',
    (json) => {
      world.stage.says('environment')(json);
      expect(world.since()).toEqual([]);
    },
  );

  test('what the site says of its customer and of what happened is told, cut to size', () => {
    world.stage.says('about')('{"identity":{"name":"Ada"}}');
    world.stage.says('about')('[]');
    world.stage.says('event')({ epoch: 2, n: 1, age: 500, name: 'n'.repeat(200), data: 'd'.repeat(9000) });
    const [about, event] = world.since();
    expect(about).toEqual({ type: 'about', about: { identity: { name: 'Ada' } }, tab: 2 });
    expect(event).toMatchObject({
      type: 'event',
      event: { epoch: 2, n: 1, name: 'n'.repeat(80), data: 'd'.repeat(2000) },
    });
    expect(world.since()).toEqual([]);
  });

  test('a wrong hash and an undecodable frame ask for a keyframe; the hash is counted', () => {
    world.stage.says('trouble')('hash');
    world.stage.says('trouble')('decode');
    world.stage.says('trouble')('a style sheet was too large');
    expect(world.log).toEqual(['keyframe hash', 'keyframe decode']);
    expect(world.connection.stats().mismatches).toBe(1);
    expect(world.since()).toEqual([{ type: 'trouble', reason: 'a style sheet was too large', tab: 2 }]);
  });
});

describe('leaving and coming back', () => {
  beforeEach(() => void world.linked());

  const leave = (reason: string) => world.sink?.control({ type: 'leaving', reason });
  beforeEach(() => {
    world.ops(1, 1, true);
    world.stage.says('applied')({ epoch: 1, seq: 1 });
    world.since();
  });

  test.each(['navigate', 'stop', 'pause', 'hidden', 'fault'] as const)('%s', (reason) => {
    leave(reason);
    expect(world.since()).toEqual([{ type: 'leaving', reason, at: 7, tab: 2 }]);
  });

  test('resumed', () => {
    leave('pause');
    world.sink?.control({ type: 'resumed' });
    expect(world.since().at(-1)).toEqual({ type: 'resumed', tab: 2 });
  });

  test('a navigation that did not happen: the same document goes on', () => {
    leave('navigate');
    world.ops(1, 2);
    expect(world.since().at(-1)).toEqual({ type: 'resumed', tab: 2 });
  });

  test('a paused page is not taken for resumed by a late frame', () => {
    leave('pause');
    world.since();
    world.ops(1, 2);
    expect(world.since()).toEqual([]);
  });

  test.each([null, 7, 'leaving', {}, { type: 'leaving' }, { type: 'leaving', reason: 'fun' }, { type: 'other' }])(
    'a control message that is none is left out: %j',
    (message) => {
      world.sink?.control(message);
      expect(world.since()).toEqual([]);
    },
  );
});

describe('counting and closing', () => {
  test('the counters', () => {
    const link = world.linked();
    link.says('frame')(1, new Uint8Array(100));
    link.says('frame')(4, new Uint8Array(20));
    link.rung = 'turn/udp';
    world.ops(2, 5, true);
    world.ops(2, 6);
    world.stage.says('applied')({ epoch: 2, seq: 6 });
    expect(world.connection.stats()).toEqual({
      rung: 'turn/udp',
      roundTrip: 31,
      bytes: 120,
      frames: 2,
      keyframes: 1,
      duplicates: 3,
      mismatches: 0,
      epoch: 2,
      seq: 6,
    });
  });

  test('closing closes every part once, and nothing is told afterwards', () => {
    world.linked();
    world.connection.close();
    world.connection.close();
    expect(world.log).toEqual(['links closed', 'follower closed', 'stage cleared', 'stage disposed', 'signal closed']);
    world.signal.says('state')('open');
    world.stage.says('page')({ url: 'https://x/', title: 'X' });
    expect(world.since()).toEqual([]);
  });
});
