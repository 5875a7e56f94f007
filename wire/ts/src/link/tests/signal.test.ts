// The socket comes back when it should, and stays away when it should.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CloseCodes } from '../../code.gen.ts';
import { backoff, type Signal } from '../signal.ts';
import { Room } from './room.ts';

let room: Room;
let signal: Signal;
let states: string[];
let closed: string[];
const settle = () => vi.advanceTimersByTimeAsync(1);

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  room = new Room();
  signal = room.signal(1);
  states = [];
  closed = [];
  signal.on('state', (state) => states.push(state));
  signal.on('closed', (code) => closed.push(code));
  await settle();
});
afterEach(() => {
  signal.close();
  vi.useRealTimers();
});

describe('a signal', () => {
  test('is open when it is welcome', () => {
    expect(signal.open).toBe(true);
    expect(signal.welcome?.session).toBe('s1');
    expect(room.hellos).toEqual([{ type: 'hello', v: 1, credential: { kind: 'ticket', value: '1' } }]);
  });

  test('comes back within a second with the newest token and the epoch that it has', async () => {
    room.sockets.get(1)?.cut(1006);
    expect(signal.state).toBe('waiting');
    await vi.advanceTimersByTimeAsync(1001);
    expect(signal.open).toBe(true);
    room.sockets.get(1)?.cut(1006);
    await vi.advanceTimersByTimeAsync(1001);
    expect(room.hellos.slice(1)).toEqual([
      { type: 'hello', v: 1, credential: { kind: 'resume', value: '1.1' }, epoch: 1 },
      { type: 'hello', v: 1, credential: { kind: 'resume', value: '1.2' }, epoch: 1 },
    ]);
  });

  test('takes fresh ICE servers for whatever is made later, and only a list of them', async () => {
    const iceServers = [{ urls: ['turn:127.0.0.1:3478'], username: 'u', credential: 'c' }];
    room.give(1, { type: 'ice', iceServers });
    await settle();
    expect(signal.welcome?.iceServers).toEqual(iceServers);
    room.give(1, { type: 'ice', iceServers: 'x' as never });
    await settle();
    expect(signal.welcome?.iceServers).toEqual(iceServers);
  });

  test('waits longer each time while the server is away, up to 8 s, by chance', async () => {
    for (let n = 0; n < 12; n++) {
      const most = n === 0 ? 1000 : Math.min(8000, 500 * 2 ** n);
      expect(backoff(n, 1)).toBe(most);
      expect(backoff(n, 0)).toBe(n === 0 ? 0 : most / 2);
    }
    room.down();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(room.dials.length).toBeGreaterThan(8);
    expect(room.dials.length).toBeLessThan(24);
    room.up = true;
    await vi.advanceTimersByTimeAsync(8001);
    expect(signal.open).toBe(true);
  });

  test.each(CloseCodes.map((c) => [c.name, c] as const))(
    'does what the table says: %s',
    async (name, { code, next }) => {
      room.sockets.get(1)?.cut(code);
      await vi.advanceTimersByTimeAsync(1001);
      if (next === 'stop') {
        expect(closed).toEqual([name]);
        await vi.advanceTimersByTimeAsync(60_000);
        expect(room.dials.length).toBe(1);
      } else {
        expect(signal.open).toBe(true);
        const { credential } = room.hellos[1] as { credential: { kind: string } };
        expect(credential.kind).toBe(next === 'renew' ? 'ticket' : 'resume');
      }
    },
  );

  test('asks for a new credential once when the token is refused, and gives up when that is refused too', async () => {
    room.refuseResume = true;
    room.sockets.get(1)?.cut(1006);
    await vi.advanceTimersByTimeAsync(3000);
    expect(signal.open).toBe(true);
    room.people.delete(1);
    room.sockets.get(1)?.cut(1006);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(closed).toEqual(['bad-credential']);
  });

  test('notices a socket that says nothing any more, and one that never did', async () => {
    room.dead = true;
    await vi.advanceTimersByTimeAsync(12_000 + 12_000 + 10);
    expect(signal.state).not.toBe('open');
    await vi.advanceTimersByTimeAsync(11_000);
    expect(room.dials.length).toBeGreaterThan(1);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(room.dials.length).toBeGreaterThan(3);
    room.dead = false;
    await vi.advanceTimersByTimeAsync(20_000);
    expect(signal.open).toBe(true);
  });

  test('when probed notices it within seconds; one that answers stays', async () => {
    signal.probe();
    await vi.advanceTimersByTimeAsync(3000);
    expect(states).toEqual(['connecting', 'open'].slice(1));
    room.dead = true;
    signal.probe();
    await vi.advanceTimersByTimeAsync(2501);
    expect(signal.state).not.toBe('open');
  });

  test('a quiet socket is asked and kept', async () => {
    await vi.advanceTimersByTimeAsync(120_000);
    expect(room.dials.length).toBe(1);
    expect(signal.open).toBe(true);
  });

  test('after close nothing comes back', async () => {
    signal.close('bye');
    expect(room.seen.at(-1)).toMatchObject({ type: 'leave', reason: 'bye' });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(room.dials.length).toBe(1);
    expect(closed).toEqual(['left']);
    expect(signal.send({ type: 'end' })).toBe(false);
  });

  test('a page or a store that throws does not keep it from coming', async () => {
    signal.close();
    const faults: unknown[] = [];
    const other = room.signal(1);
    other.fault = (error) => faults.push(error);
    const fail = () => {
      throw new Error('the page’s');
    };
    Object.assign((other as unknown as { options: object }).options, { keep: fail, page: fail });
    await settle();
    expect(other.open).toBe(true);
    expect(faults.length).toBe(2);
    other.close();
  });
});
