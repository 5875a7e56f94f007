// What the site says is bounded and masked, and comes to whoever joins late.

import { type Ops, OpWriter } from '@ridealong/wire';
import { readOps, StringTable } from '@ridealong/wire/read';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Mirror } from './log/mirror.ts';
import { Said } from './said.ts';

interface Told {
  about: { identity: Record<string, string>; metadata: Record<string, unknown> };
  events: [n: number, name: string, data: string][];
}

/** What a reader gets of it. */
function told(write: (ops: Ops) => void): Told {
  const writer = new OpWriter();
  write(writer);
  const found: Told = { about: { identity: {}, metadata: {} }, events: [] };
  const sink = new Proxy({} as Ops, {
    get:
      (_, name) =>
      (...args: [never, never, never, never]) => {
        if (name === 'about') found.about = JSON.parse(args[0]);
        if (name === 'event') found.events.push([args[0], args[2], args[3]]);
      },
  });
  readOps(writer.take(), new StringTable(), sink);
  return found;
}

const all = (said: Said) => told((ops) => said.write(ops, true));

beforeEach(() => vi.stubGlobal('location', { origin: 'https://shop.test' }));
afterEach(() => vi.unstubAllGlobals());

describe('identify', () => {
  test('tells a reference, which the site can work out itself, and not who it is', async () => {
    let n = 0;
    let done: () => void = () => undefined;
    const twice = new Promise<void>((resolve) => {
      done = resolve;
    });
    const said = new Said(() => ++n === 2 && done());
    said.identify({ id: 4711, name: 'Ada Byron', email: 'ada@shop.test', phone: '1' });
    await twice;
    const hash = await crypto.subtle.digest(
      'SHA-256',
      new TextEncoder().encode('ridealong reference v1\nhttps://shop.test\n4711'),
    );
    const reference = Buffer.from(hash).toString('base64url').slice(0, 12);
    expect(all(said).about.identity).toEqual({ name: '••••••', email: '••••••', reference });
  });

  test('tells as it is what the site says may be told', () => {
    const said = new Said(() => undefined);
    said.identify({ id: 'u1', name: 'Ada', email: 'ada@shop.test' }, { show: ['name'] });
    expect(all(said).about.identity).toEqual({ name: 'Ada', email: '••••••' });
    said.identify({ id: 'u1', name: 'Ada', email: 'ada@shop.test' }, { show: true });
    expect(all(said).about.identity).toEqual({ id: 'u1', name: 'Ada', email: 'ada@shop.test' });
  });

  test('the last one holds: a reference that comes late is of nobody any more', async () => {
    const said = new Said(() => undefined);
    said.identify({ id: 'u1', name: 'Ada' });
    said.identify(null);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(all(said).about.identity).toEqual({});
  });
});

describe('metadata and events', () => {
  test('what looks like a secret is masked: in texts, numbers, names and depths', () => {
    const said = new Said(() => undefined);
    said.metadata({ card: '4111 1111 1111 1111', number: 4111111111111111, 'a@b.test': 'x', plan: 'gold', seats: 3 });
    said.event('paid by a@b.test', { deep: [{ iban: 'DE89370400440532013000', 'a@b.test': true }] });
    const { about, events } = all(said);
    expect(about.metadata).toEqual({
      card: '•••• •••• •••• ••••',
      number: '••••••••••••••••',
      '••••••••': 'x',
      plan: 'gold',
      seats: 3,
    });
    expect(events).toEqual([[1, 'paid by ••••••••', `{"deep":[{"iban":"${'•'.repeat(22)}","••••••••":true}]}`]]);
  });

  test('a number that is cut is masked before', () => {
    const said = new Said(() => undefined);
    said.metadata({ text: `${'x'.repeat(290)} 4111 1111 1111 1111` });
    expect(JSON.stringify(all(said).about)).not.toContain('4111');
  });

  test('metadata adds up, null takes away, and 32 are kept', () => {
    const said = new Said(() => undefined);
    for (let i = 0; i < 100; i++) said.metadata({ [`k${i}`]: i });
    said.metadata({ k0: null, k1: 'one', k99: 1, f: () => 1, n: Number.NaN });
    const { metadata } = all(said).about;
    expect(Object.keys(metadata).length).toBe(32);
    expect(metadata).toMatchObject({ k1: 'one', k2: 2, k99: 1 });
    expect(metadata).not.toHaveProperty('k0');
  });

  test('of a flood of events the newest 50 are told, each once, and all anew with a new picture', () => {
    const said = new Said(() => undefined);
    for (let i = 0; i < 1000; i++) said.event('e', { i });
    expect(told((ops) => said.write(ops, false)).events.length).toBe(50);
    expect(told((ops) => said.write(ops, false)).events).toEqual([]);
    said.event('one more');
    expect(told((ops) => said.write(ops, false)).events).toEqual([[1001, 'one more', '']]);
    expect(all(said).events.length).toBe(50);
  });

  test('what cannot be written is an event without data', () => {
    const said = new Said(() => undefined);
    const round: Record<string, unknown> = {};
    round.round = round;
    said.event('circle', round);
    said.event('trap', {
      get x() {
        throw new Error('no');
      },
    });
    said.event(
      'long',
      Array.from({ length: 40 }, () => 'x'.repeat(200)),
    );
    said.event('big', { n: 10n });
    expect(all(said).events).toEqual([
      [1, 'circle', ''],
      [2, 'trap', ''],
      [3, 'long', ''],
      [4, 'big', '{}'],
    ]);
  });

  test('whoever joins late gets it from the mirror, with its age', () => {
    const said = new Said(() => undefined);
    const mirror = new Mirror();
    mirror.reset(0);
    said.metadata({ plan: 'gold' });
    said.event('cart', { items: 2 });
    said.write(mirror, true);
    const late = told((ops) => mirror.keyframe(ops));
    expect(late.about.metadata).toEqual({ plan: 'gold' });
    expect(late.events).toEqual([[1, 'cart', '{"items":2}']]);
    mirror.reset(0);
    expect(told((ops) => mirror.keyframe(ops))).toEqual({
      about: { identity: {}, metadata: {} },
      events: [],
    });
  });

  test('whatever it is given, it stays within its bounds and throws nothing', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), fc.anything(), (a, b, c) => {
        const said = new Said(() => undefined);
        said.identify(a, b);
        said.metadata(c);
        said.event(a, b);
        const { about, events } = all(said);
        expect(JSON.stringify(about).length).toBeLessThan(20_000);
        for (const [, name, data] of events) {
          expect(name.length).toBeLessThanOrEqual(40);
          expect(data.length).toBeLessThanOrEqual(2000);
        }
      }),
    );
  });
});
