// Tickets: the tab keeps its place, and only what cannot be helped by trying again is told.

import { expect, test, vi } from 'vitest';
import { agent } from '../../tests/browser/cast.ts';
import { Problem } from '../api/problem.ts';
import type { Joined } from '../api/types.ts';
import { ticketOf } from './ticket.ts';

type Join = (id: string, as?: { participant?: string }) => Promise<Joined>;
const joined = (id: string): Joined => ({
  participant: { ...agent, id },
  ticket: `ticket of ${id}`,
  socket: '/ws/agent',
});

function drawer(): { store: () => { getItem(k: string): string | null; setItem(k: string, v: string): void } } {
  const items = new Map<string, string>();
  const store = {
    getItem: (k: string) => items.get(k) ?? null,
    setItem: (k: string, v: string) => void items.set(k, v),
  };
  return { store: () => store };
}

test('the first one is a new participant, the next ones are the same', async () => {
  const { store } = drawer();
  const join = vi.fn<Join>(async () => joined('p1'));
  await ticketOf({ join }, 'S', vi.fn(), store);
  expect(await ticketOf({ join }, 'S', vi.fn(), store)).toEqual({ kind: 'ticket', value: 'ticket of p1' });
  expect(join.mock.calls).toEqual([
    ['S', {}],
    ['S', { participant: 'p1' }],
  ]);
});

test('a participant that is none any more comes in as a new one', async () => {
  const { store } = drawer();
  const join = vi.fn<Join>(async (_, as) => {
    if (as?.participant === 'p1') throw new Problem('not-found', 'No.', 404);
    return joined('p2');
  });
  store().setItem('ridealong.participant.S', 'p1');
  expect((await ticketOf({ join }, 'S', vi.fn(), store)).value).toBe('ticket of p2');
  expect(store().getItem('ridealong.participant.S')).toBe('p2');
});

test.each([
  [new Problem('signed-out', 'No.', 401), true],
  [new Problem('not-found', 'No.', 404), true],
  [new Problem('gone', 'No.', 410), true],
  [new Problem('offline', 'No.'), false],
  [new Problem('server', 'No.', 503), false],
  [new Problem('too-many', 'No.', 429), false],
])('%s is told: %s', async (problem, told) => {
  const tell = vi.fn();
  const join: Join = async () => {
    throw problem;
  };
  await expect(ticketOf({ join }, 'S', tell, drawer().store)).rejects.toBe(problem);
  expect(tell.mock.calls).toEqual(told ? [[{ type: 'problem', problem }]] : []);
});

test('a session that has ended is told as that', async () => {
  const tell = vi.fn();
  const join: Join = async () => {
    throw new Problem('ended', 'This session has ended.', 410);
  };
  await expect(ticketOf({ join }, 'S', tell, drawer().store)).rejects.toThrow();
  expect(tell).toHaveBeenCalledWith({ type: 'ended', reason: '', at: expect.any(Number) });
});

test('without storage it works all the same', async () => {
  const broken = () => {
    throw new DOMException('denied', 'SecurityError');
  };
  expect((await ticketOf({ join: async () => joined('p1') }, 'S', vi.fn(), broken)).value).toBe('ticket of p1');
});
