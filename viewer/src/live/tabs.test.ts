// Several tabs of one customer: which one is shown, what the others cost, and when one is gone.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { customer } from '../../tests/browser/cast.ts';
import { Connection } from './connection.ts';
import { type Facts, type LinkState, type LiveEvent, NOTHING, type Rung, reduce } from './facts.ts';
import type { LinkEvents, LinkPart, Parts, SignalEvents, Sink, StageEvents } from './parts.ts';
import { choose } from './tabs.ts';

describe('the tab that is shown', () => {
  const tab = (leg: number, visible: boolean, lookedAt: number) => ({ leg, visible, lookedAt });
  test.each([
    ['none of none', [], null, false, null],
    ['the only one, whatever it is', [tab(2, false, 0)], null, false, 2],
    ['the one that is seen', [tab(2, false, 9), tab(3, true, 1)], 2, false, 3],
    ['of two that are seen the one that was come to last', [tab(2, true, 5), tab(3, true, 6)], 2, false, 3],
    ['the same, when none is seen', [tab(2, false, 5), tab(3, false, 6)], 2, false, 2],
    ['the last one, when the one that was shown is gone', [tab(2, false, 5), tab(3, false, 6)], 4, false, 3],
    ['the one that the agent stays at', [tab(2, false, 1), tab(3, true, 6)], 2, true, 2],
    ['another, when that one is gone', [tab(3, true, 6)], 2, true, 3],
  ])('%s', (_, tabs, shown, pinned, leg) => {
    expect(choose(tabs, shown, pinned)).toBe(leg);
  });
});

class Link implements LinkPart {
  state: LinkState = 'ready';
  rung: Rung | null = 'direct';
  closes: (code: string) => void = () => undefined;
  hears: () => void = () => undefined;
  constructor(readonly leg: number) {}
  on<E extends keyof LinkEvents>(event: E, tell: LinkEvents[E]): void {
    if (event === 'close') this.closes = tell as LinkEvents['close'];
    if (event === 'frame') this.hears = () => (tell as LinkEvents['frame'])(0, new Uint8Array(1));
  }
}

/** A connection whose tabs the test speaks for; what it does with followers and stages is noted by leg. */
class World {
  readonly log: string[] = [];
  facts: Facts = NOTHING;
  give: (link: LinkPart) => void = () => undefined;
  people: SignalEvents['participants'] = () => undefined;
  readonly sinks = new Map<number, Sink>();
  readonly applied = new Map<number, StageEvents['applied']>();
  private stages = 0;
  private followers = 0;

  readonly parts: Parts = {
    signal: () => ({
      on: (event, tell) => {
        if (event === 'participants') this.people = tell as SignalEvents['participants'];
      },
      close: () => undefined,
    }),
    links: () => ({
      onLink: (tell) => {
        this.give = tell;
      },
      onDigits: () => undefined,
      close: () => undefined,
    }),
    follower: (sink) => {
      const name = `follower ${++this.followers}`;
      let leg = 0;
      return {
        attach: (link) => {
          leg = link.leg;
          this.sinks.set(leg, sink);
        },
        follow: (on) => this.log.push(`${leg || name} ${on ? 'on' : 'off'}`),
        want: () => undefined,
        requestKeyframe: () => undefined,
        duplicates: 0,
        roundTrip: null,
        close: () => this.log.push(`${leg || name} closed`),
      };
    },
    stage: () => {
      const n = ++this.stages;
      const nothing = () => undefined;
      return {
        on: (event, tell) => {
          if (event === 'applied') this.applied.set(n, tell as StageEvents['applied']);
        },
        ops: nothing,
        pointer: nothing,
        asset: nothing,
        blob: nothing,
        refused: nothing,
        show: (on) => this.log.push(`stage ${n} ${on ? 'shown' : 'hidden'}`),
        serialize: () => Promise.resolve(`stage ${n}`),
        clear: nothing,
        dispose: () => this.log.push(`stage ${n} disposed`),
      };
    },
  };

  readonly connection = new Connection(
    this.parts,
    {} as HTMLElement,
    () => Promise.resolve({ kind: 'ticket', value: 't' }),
    (event: LiveEvent) => {
      this.facts = reduce(this.facts, event);
    },
    { take: () => undefined, left: () => undefined },
    () => Date.now(),
  );

  tab(leg: number, visible = true): Link {
    const link = new Link(leg);
    this.give(link);
    this.says(leg, { visible, idle: 0, url: `https://x/${leg}`, title: `Tab ${leg}` });
    return link;
  }

  says(leg: number, card: Record<string, unknown>): void {
    this.sinks.get(leg)?.control({ type: 'tab', ...card });
    vi.advanceTimersByTime(10);
  }

  here(...legs: number[]): void {
    const known = new Set([2, 3, 4, ...legs]);
    this.people([...known].map((leg) => ({ ...customer, id: `p${leg}`, leg, here: legs.includes(leg) })));
  }

  took(): string[] {
    return this.log.splice(0);
  }

  legs(): number[] {
    return this.facts.tabs.map((tab) => tab.leg);
  }
}

let world: World;
beforeEach(() => {
  vi.useFakeTimers();
  world = new World();
});
afterEach(() => {
  world.connection.close();
  vi.useRealTimers();
});

describe('following', () => {
  test('the first tab is shown at once, on the stage that was built before it came', () => {
    world.give(new Link(2));
    expect(world.facts.shown).toBe(2);
    expect(world.took()).toEqual(['stage 1 shown', 'follower 1 on']);
  });

  test('the view goes where the customer goes; a tab that is left is sent nothing and keeps its picture', () => {
    world.tab(2);
    world.took();
    world.tab(3);
    expect(world.facts.shown).toBe(3);
    expect(world.took()).toEqual(['2 off', 'stage 1 hidden', 'stage 2 shown', '3 on']);
    world.says(3, { visible: false, idle: 50 });
    world.says(2, { visible: true, idle: 0 });
    expect(world.facts.shown).toBe(2);
    expect(world.took()).toEqual(['3 off', 'stage 2 hidden', 'stage 1 shown', '2 on']);
    expect(world.facts.tabs.map(({ leg, visible, card }) => [leg, visible, card?.title])).toEqual([
      [2, true, 'Tab 2'],
      [3, false, 'Tab 3'],
    ]);
  });

  test('a tab that opens behind the one that is seen is not turned to, and not asked for its page', () => {
    world.tab(2);
    world.took();
    world.tab(3, false);
    expect(world.facts.shown).toBe(2);
    expect(world.took()).toEqual([]);
    expect(world.legs()).toEqual([2, 3]);
  });

  test('three pictures are kept: the one shown longest ago begins anew', () => {
    for (const leg of [2, 3, 4]) world.tab(leg);
    world.applied.get(1)?.({ epoch: 1, seq: 1 });
    expect(world.facts.tabs[0]?.picture).toBe(1);
    world.took();
    world.tab(5);
    expect(world.took()).toEqual(['4 off', 'stage 3 hidden', 'stage 1 disposed', '2 closed', 'stage 4 shown', '5 on']);
    expect(world.facts.tabs[0]?.picture).toBeNull();
    world.connection.show(2);
    expect(world.facts).toMatchObject({ shown: 2, picture: null, pinned: true });
  });

  test('what is known of the page is that of the tab that is shown', () => {
    world.tab(2);
    world.applied.get(1)?.({ epoch: 1, seq: 1 });
    expect(world.facts.picture).toBe(1);
    world.tab(3);
    expect(world.facts.picture).toBeNull();
    world.sinks.get(2)?.control({ type: 'leaving', reason: 'pause' });
    expect(world.facts.leaving).toBeNull();
    world.says(2, { visible: true, idle: 0 });
    expect(world.facts).toMatchObject({ picture: 1, leaving: { reason: 'pause' } });
  });
});

describe('staying at a tab', () => {
  test('holds while the customer goes elsewhere, until the agent follows again', () => {
    world.tab(2);
    world.tab(3);
    world.connection.show(2);
    expect(world.facts).toMatchObject({ shown: 2, pinned: true });
    world.says(3, { visible: true, idle: 0 });
    world.tab(4);
    expect(world.facts.shown).toBe(2);
    world.connection.show(null);
    expect(world.facts).toMatchObject({ shown: 4, pinned: false });
  });

  test('a tab that there is not changes nothing', () => {
    world.tab(2);
    world.connection.show(9);
    expect(world.facts).toMatchObject({ shown: 2, pinned: false });
  });
});

describe('closing', () => {
  test('a tab without a socket or a word for eight seconds was closed, and the view goes to another', () => {
    world.here(2, 3);
    world.tab(2);
    const second = world.tab(3);
    world.here(2);
    vi.advanceTimersByTime(5000);
    second.hears(); // its link lives on
    vi.advanceTimersByTime(5000);
    expect(world.legs()).toEqual([2, 3]);
    vi.advanceTimersByTime(3100);
    expect(world.legs()).toEqual([2]);
    expect(world.facts.shown).toBe(2);
  });

  test('the only one left is waited for', () => {
    world.here(2);
    world.tab(2);
    world.here();
    vi.advanceTimersByTime(60_000);
    expect(world.facts.shown).toBe(2);
    expect(world.legs()).toEqual([2]);
  });

  test('a page that is followed by the next is no closed tab', () => {
    world.here(2, 3);
    world.tab(2, false);
    world.tab(3).closes('navigate');
    world.here(2);
    expect(world.facts).toMatchObject({ shown: 3, leaving: { reason: 'navigate' } });
    vi.advanceTimersByTime(6000);
    world.here(2, 3);
    world.tab(3);
    vi.advanceTimersByTime(60_000);
    expect(world.facts.shown).toBe(3);
    expect(world.legs()).toEqual([2, 3]);
  });

  test('a pinned one that is closed ends the staying', () => {
    world.here(2, 3);
    world.tab(2);
    world.tab(3);
    world.connection.show(3);
    world.here(2);
    vi.advanceTimersByTime(9000);
    expect(world.facts).toMatchObject({ shown: 2, pinned: false });
  });
});

test.each([
  [{ visible: 'yes', idle: 'long' }],
  [{ visible: 1, idle: -5, url: 7, title: {} }],
  [{ idle: Number.NaN, url: 'x'.repeat(9000), title: 'y'.repeat(9000) }],
  [{}],
])('a tab that says %j of itself breaks nothing', (card) => {
  world.give(new Link(2));
  world.says(2, card);
  const [tab] = world.facts.tabs;
  expect(tab?.visible).toBe(false);
  expect(tab?.card?.title.length ?? 0).toBeLessThanOrEqual(200);
});
