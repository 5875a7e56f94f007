// What the live view shows after which events: the table is the promise.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { agent, customer, session } from '../../tests/browser/cast.ts';
import { Problem } from '../api/problem.ts';
import { type Facts, type LiveEvent, NOTHING, reduce } from './facts.ts';
import { LONG_NAVIGATION, noticesOf, OVER, screenOf, stageOf } from './screen.ts';
import { sentenceOf, titleOf } from './spoken.ts';

const T = 1_000_000;
const away = { ...customer, here: false };

const loaded: LiveEvent[] = [
  { type: 'session', session: session() },
  { type: 'key', key: 'have' },
  { type: 'socket', state: 'open', at: T },
];
const came: LiveEvent[] = [
  { type: 'presence', participants: [agent, customer] },
  { type: 'link', state: 'greeting', at: T },
];
const live: LiveEvent[] = [
  ...loaded,
  ...came,
  { type: 'link', state: 'ready', at: T },
  { type: 'rung', rung: 'fallback' },
  { type: 'picture', epoch: 1 },
];

function after(...events: LiveEvent[]): Facts {
  return events.reduce(reduce, NOTHING);
}

const gone = new Problem('not-found', 'No.', 404);
const offline = new Problem('offline', 'No.');
const out = new Problem('signed-out', 'No.', 401);

const TABLE: [string, LiveEvent[], string, 'shown' | 'dimmed' | 'hidden'][] = [
  ['nothing is known yet', [], 'loading', 'hidden'],
  ['the session is known, the key not looked for', [{ type: 'session', session: session() }], 'loading', 'hidden'],
  ['there is no such session', [{ type: 'problem', problem: gone }], 'missing', 'hidden'],
  ['the server cannot be reached', [{ type: 'problem', problem: offline }], 'problem', 'hidden'],
  ['it can again', [{ type: 'problem', problem: offline }, { type: 'clear' }, ...loaded], 'waiting', 'hidden'],
  ['the agent is signed out', [...live, { type: 'problem', problem: out }], 'signed-out', 'hidden'],
  [
    'another problem does not take a standing picture away',
    [...live, { type: 'problem', problem: offline }],
    'live',
    'shown',
  ],
  [
    'this tab has no key',
    [
      { type: 'session', session: session() },
      { type: 'key', key: 'none' },
    ],
    'no-key',
    'hidden',
  ],
  [
    'the agent goes on without one',
    [
      { type: 'session', session: session() },
      { type: 'key', key: 'code' },
    ],
    'waiting',
    'hidden',
  ],
  ['nobody used the link', loaded, 'waiting', 'hidden'],
  ['the agents are alone', [...loaded, { type: 'presence', participants: [agent] }], 'waiting', 'hidden'],
  [
    'the link was claimed',
    [
      { type: 'session', session: session({ state: 'claimed' }) },
      { type: 'key', key: 'have' },
    ],
    'opening',
    'hidden',
  ],
  [
    'the customer is known and not here',
    [...loaded, { type: 'presence', participants: [agent, away] }],
    'opening',
    'hidden',
  ],
  ['the customer is here', [...loaded, { type: 'presence', participants: [agent, customer] }], 'linking', 'hidden'],
  ['the link is being proven', [...loaded, ...came, { type: 'link', state: 'proving', at: T }], 'linking', 'hidden'],
  [
    'the link is proven, no picture yet',
    [...loaded, ...came, { type: 'link', state: 'ready', at: T }],
    'linking',
    'hidden',
  ],
  ['digits are to be compared', [...loaded, ...came, { type: 'digits', digits: '123456' }], 'compare', 'hidden'],
  [
    'the digits were confirmed',
    [...loaded, ...came, { type: 'digits', digits: '123456' }, { type: 'link', state: 'ready', at: T }],
    'linking',
    'hidden',
  ],
  ['the first picture came', live, 'live', 'shown'],
  [
    'the customer goes to the next page',
    [...live, { type: 'leaving', reason: 'navigate', at: T }],
    'navigating',
    'dimmed',
  ],
  [
    '… and the old link closed',
    [...live, { type: 'leaving', reason: 'navigate', at: T }, { type: 'link', state: 'closed', at: T }],
    'navigating',
    'dimmed',
  ],
  [
    '… and is away meanwhile',
    [...live, { type: 'leaving', reason: 'navigate', at: T }, { type: 'presence', participants: [agent, away] }],
    'navigating',
    'dimmed',
  ],
  [
    '… and the new link is proven, no picture yet',
    [...live, { type: 'leaving', reason: 'navigate', at: T }, { type: 'link', state: 'ready', at: T }],
    'navigating',
    'dimmed',
  ],
  [
    'the next page’s picture came',
    [
      ...live,
      { type: 'leaving', reason: 'navigate', at: T },
      { type: 'link', state: 'ready', at: T },
      { type: 'picture', epoch: 2 },
    ],
    'live',
    'shown',
  ],
  ['the link broke without a word', [...live, { type: 'link', state: 'closed', at: T }], 'lost', 'dimmed'],
  [
    'a new link begins after that',
    [...live, { type: 'link', state: 'closed', at: T }, { type: 'link', state: 'greeting', at: T }],
    'lost',
    'dimmed',
  ],
  [
    'the same document is back without a keyframe',
    [...live, { type: 'link', state: 'closed', at: T }, { type: 'link', state: 'ready', at: T }],
    'live',
    'shown',
  ],
  ['only the server is away, the link lives', [...live, { type: 'socket', state: 'waiting', at: T }], 'live', 'shown'],
  [
    'server and link are gone',
    [...live, { type: 'socket', state: 'waiting', at: T }, { type: 'link', state: 'closed', at: T }],
    'lost',
    'dimmed',
  ],
  ['the server goes before anybody came', [...loaded, { type: 'socket', state: 'waiting', at: T }], 'lost', 'hidden'],
  ['the customer pauses', [...live, { type: 'leaving', reason: 'pause', at: T }], 'paused', 'hidden'],
  [
    'the customer pauses before the first picture',
    [...loaded, ...came, { type: 'leaving', reason: 'pause', at: T }],
    'paused',
    'hidden',
  ],
  [
    'the customer goes on',
    [...live, { type: 'leaving', reason: 'pause', at: T }, { type: 'resumed' }],
    'live',
    'shown',
  ],
  ['the customer stops', [...live, { type: 'leaving', reason: 'stop', at: T }], 'left', 'hidden'],
  ['the recorder takes itself out', [...live, { type: 'leaving', reason: 'fault', at: T }], 'left', 'hidden'],
  ['the customer’s tab is hidden', [...live, { type: 'leaving', reason: 'hidden', at: T }], 'live', 'shown'],
  ['it ended', [...live, { type: 'ended', reason: 'customer', at: T }], 'ended', 'hidden'],
  [
    'it had ended before',
    [{ type: 'session', session: session({ state: 'ended', endReason: 'agent' }) }],
    'ended',
    'hidden',
  ],
  ['the link was never used in time', [{ type: 'session', session: session({ state: 'expired' }) }], 'ended', 'hidden'],
  ['tampered', [...live, { type: 'ended', reason: 'tampered', at: T }], 'tampered', 'hidden'],
  [
    'the first end stays the end',
    [...live, { type: 'ended', reason: 'tampered', at: T }, { type: 'ended', reason: 'agent', at: T }],
    'tampered',
    'hidden',
  ],
  [
    'tampered before the sign-out',
    [...live, { type: 'ended', reason: 'tampered', at: T }, { type: 'problem', problem: out }],
    'tampered',
    'hidden',
  ],
  ['opened somewhere else', [...live, { type: 'refused', name: 'superseded', message: '' }], 'superseded', 'hidden'],
  [
    'the page is out of date',
    [...live, { type: 'refused', name: 'bad-version', message: 'Reload.' }],
    'refused',
    'hidden',
  ],
];

describe('the screen', () => {
  test.each(TABLE)('%s', (_, events, kind, stage) => {
    const screen = screenOf(after(...events), T);
    expect(screen.kind).toBe(kind);
    // Before the first picture there is nothing to dim: the stage is empty, and the table says so.
    if (after(...events).picture !== null) expect(stageOf(screen)).toBe(stage);
  });

  test('a navigation that takes long says so', () => {
    const facts = after(...live, { type: 'leaving', reason: 'navigate', at: T });
    expect(screenOf(facts, T + LONG_NAVIGATION)).toMatchObject({ long: false });
    expect(screenOf(facts, T + LONG_NAVIGATION + 1)).toMatchObject({ long: true });
  });

  test('lost contact names the side and keeps the first moment', () => {
    const facts = after(
      ...live,
      { type: 'link', state: 'closed', at: T },
      { type: 'link', state: 'greeting', at: T + 5000 },
    );
    expect(screenOf(facts, T + 9000)).toEqual({ kind: 'lost', side: 'customer', since: T });
    const both = after(
      ...live,
      { type: 'socket', state: 'waiting', at: T },
      { type: 'link', state: 'closed', at: T + 1 },
    );
    expect(screenOf(both, T)).toMatchObject({ side: 'server' });
  });

  test('a closed link has no rung', () => {
    expect(after(...live, { type: 'link', state: 'closed', at: T }).rung).toBeNull();
  });

  test('every screen has a sentence for the ear, but the short loading', () => {
    for (const [, events] of TABLE) {
      const screen = screenOf(after(...events), T);
      if (screen.kind !== 'loading') expect(sentenceOf(screen)).not.toBe('');
      expect(titleOf(after(...events), screen)).not.toBe('');
    }
  });
});

describe('notices', () => {
  const claim: LiveEvent = { type: 'second-claim', at: T };
  const TABLE_OF_NOTICES: [string, LiveEvent[], string[]][] = [
    ['none', live, []],
    ['a second claim, before anybody came', [...loaded, claim], ['second-claim']],
    ['a second claim, live', [...live, claim], ['second-claim']],
    ['seen', [...live, claim, { type: 'second-claim-seen' }], []],
    ['over', [...live, claim, { type: 'ended', reason: 'agent', at: T }], []],
    ['the server is away', [...live, { type: 'socket', state: 'waiting', at: T }], ['server-away']],
    [
      'the server is back',
      [...live, { type: 'socket', state: 'waiting', at: T }, { type: 'socket', state: 'open', at: T }],
      [],
    ],
    ['the tab is hidden', [...live, { type: 'leaving', reason: 'hidden', at: T }], ['hidden']],
    ['something could not be shown', [...live, { type: 'trouble', reason: 'x' }], ['trouble']],
  ];
  test.each(TABLE_OF_NOTICES)('%s', (_, events, notices) => {
    const facts = after(...events);
    expect(noticesOf(facts, screenOf(facts, T))).toEqual(notices);
  });
});

describe('in any order of events', () => {
  const anyEvent: fc.Arbitrary<LiveEvent> = fc.constantFrom(
    ...live,
    { type: 'leaving', reason: 'navigate', at: T } as LiveEvent,
    { type: 'leaving', reason: 'pause', at: T } as LiveEvent,
    { type: 'resumed' } as LiveEvent,
    { type: 'link', state: 'closed', at: T } as LiveEvent,
    { type: 'socket', state: 'waiting', at: T } as LiveEvent,
    { type: 'ended', reason: 'tampered', at: T } as LiveEvent,
    { type: 'ended', reason: 'customer', at: T } as LiveEvent,
    { type: 'digits', digits: '000000' } as LiveEvent,
  );

  test('a picture is shown as current only while its link is proven, and never after the end', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 30 }), (events) => {
        const facts = after(...events);
        const screen = screenOf(facts, T);
        if (stageOf(screen) === 'shown') expect(facts.link).toBe('ready');
        if (facts.ended) expect(OVER.has(screen.kind) && stageOf(screen) === 'hidden').toBe(true);
        if (facts.leaving?.reason === 'pause') expect(stageOf(screen)).toBe('hidden');
      }),
    );
  });
});
