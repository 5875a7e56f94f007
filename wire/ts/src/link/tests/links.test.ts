// Who is linked with whom, through reloads, restarts and take-overs.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Lane } from '../../frame.ts';
import { control, End, numbered, Pair } from './pair.ts';
import { install, uninstall } from './peers.ts';
import { pause, Room, until } from './room.ts';

const ends: { close(): void }[] = [];
const keep = <T extends { close(): void }>(end: T): T => {
  ends.push(end);
  return end;
};
beforeEach(uninstall);
afterEach(() => {
  for (const end of ends.splice(0)) end.close();
  uninstall();
});

const pings = (end: End) => {
  const timer = setInterval(() => end.ready && end.link.send(Lane.control, control({ type: 'ping', t: 1 })), 200);
  ends.push({ close: () => clearInterval(timer) });
  return { close: () => clearInterval(timer) };
};

describe('links', () => {
  test('the customer greets whoever is there, and whoever comes later', async () => {
    const room = new Room(['customer', 'agent', 'observer']);
    const first = keep(new End(room.signal(2), 'watcher'));
    const customer = keep(new End(room.signal(1), 'customer'));
    await until(() => first.ready && customer.links.ready.size === 1);
    const second = keep(new End(room.signal(3), 'watcher'));
    await until(() => second.ready && customer.links.ready.size === 2);
    expect(customer.all.length).toBe(2); // the first is left alone
    for (const link of customer.links.ready.values()) link.send(Lane.dom, numbered(link.leg));
    await until(() => first.frames.length + second.frames.length === 2);
    expect([first.frames[0]?.frame, second.frames[0]?.frame]).toEqual([numbered(2), numbered(3)]);
  });

  test('only the customer’s greet is answered', async () => {
    const { room, agent } = keep(await new Pair().ready());
    room.people.set(3, { id: 'p3', leg: 3, role: 'observer', name: 'o', here: true });
    room.presence();
    const greet = { type: 'greet', link: 'A'.repeat(22), nonce: 'A'.repeat(22) } as const;
    room.give(2, { ...greet, from: 3 });
    room.give(2, { ...greet, from: 4 });
    room.give(2, { ...greet, from: 1, link: 'short' });
    room.give(2, { ...greet, from: 1, link: 5 as never });
    await pause(30);
    expect(agent.all.length).toBe(1);
  });

  test('an agent whose page was loaded anew is linked anew at once', async () => {
    const { room, customer, agent } = keep(await new Pair().ready());
    agent.signal.close();
    await until(() => room.people.get(2)?.here === false);
    const next = keep(new End(room.signal(2), 'watcher'));
    await until(() => next.ready, 1000);
    customer.link.send(Lane.dom, numbered(1));
    await until(() => next.frames.length === 1);
    expect(customer.closes).toEqual(['replaced']);
  });

  test('a page that takes the socket over without a gap is linked anew when the one before is silent', async () => {
    const { room, customer, agent } = keep(await new Pair().ready());
    const pinging = pings(agent);
    await pause(250);
    pinging.close();
    const next = keep(new End(room.signal(2), 'watcher'));
    await until(() => agent.signal.state === 'closed');
    await until(() => next.ready, 4000);
    customer.link.send(Lane.dom, numbered(1));
    await until(() => next.frames.length === 1);
  });

  test('while the one before speaks, presence changes nothing', async () => {
    const { room, customer, agent } = keep(await new Pair().ready());
    pings(agent);
    room.presence();
    await pause(3000);
    expect(customer.all.length).toBe(1);
  }, 10_000);

  test('after the server restarted a link by the server is begun anew, a direct one is not', async () => {
    const { room, customer } = keep(await new Pair().ready());
    const before = customer.link;
    room.down();
    room.up = true;
    await until(() => customer.ready && customer.link !== before, 5000);
    expect(customer.closes).toEqual(['replaced']);
  }, 10_000);

  test('a handshake that the server’s restart interrupted begins anew', async () => {
    install();
    let drop = true;
    const pair = keep(
      new Pair({}, (room) => {
        room.change = (message) => (drop && message.type === 'accept' ? undefined : message);
      }),
    );
    await until(() => pair.agent.all[0]?.state === 'proving');
    drop = false;
    pair.room.down();
    pair.room.up = true;
    await until(() => pair.customer.ready && pair.agent.ready, 5000);
  }, 10_000);

  test('whoever is no participant any more is let go', async () => {
    const { room, customer } = keep(await new Pair().ready());
    room.people.delete(2);
    room.presence();
    await until(() => customer.closes.length === 1);
    expect(customer.closes).toEqual(['gone']);
    expect(customer.ready).toBe(false);
  });

  test('a key for each leg: without one there is no link, with one it can be begun', async () => {
    const room = new Room();
    const agent = keep(new End(room.signal(2), 'watcher'));
    const signal = room.signal(1);
    let key: Uint8Array<ArrayBuffer> | undefined;
    const { Links } = await import('../links.ts');
    const links = keep(
      new Links(signal, () => key, 'customer') as unknown as InstanceType<typeof Links> & { close(): void },
    );
    await until(() => signal.open);
    await pause(20);
    expect(room.seen).toEqual([]);
    key = new Uint8Array(32).fill(5);
    links.greet(2);
    await until(() => agent.ready && links.ready.size === 1);
    signal.close();
  });
});
