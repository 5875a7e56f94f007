// A link: nothing before the proof, everything after it, by the best rung that there is.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Lane } from '../../frame.ts';
import { control, numbered, Pair, seqs } from './pair.ts';
import { install, net, type Peer, uninstall } from './peers.ts';
import { pause, type Room, until } from './room.ts';

let pair: Pair | undefined;
const open = async (setUp?: (room: Room) => void) => {
  pair = await new Pair({}, setUp).ready();
  return pair;
};
beforeEach(uninstall);
afterEach(() => {
  pair?.close();
  pair = undefined;
  net.delay = 1;
  uninstall();
});

const swap = (message: Record<string, unknown>) =>
  JSON.parse(
    JSON.stringify(message).replace(/sha-256 ../, (found) => (found.endsWith('EE') ? 'sha-256 DD' : 'sha-256 EE')),
  );
const change = (type: string, how: (message: Record<string, unknown>) => object) => (room: Room) => {
  room.change = (message) => (message.type === type ? { ...message, ...how(message) } : message);
};

describe('the handshake', () => {
  test('takes greet, accept and proof, then the fallback serves both ways', async () => {
    const { room, customer, agent } = await open();
    expect(room.seen.map((m) => m.type)).toEqual(['greet', 'accept', 'proof']);
    expect(room.seen[0]).not.toHaveProperty('description');
    expect([customer.link.rung, agent.link.rung]).toEqual(['fallback', 'fallback']);
    customer.link.send(Lane.dom, numbered(1));
    agent.link.send(Lane.control, control({ type: 'watch' }));
    await until(() => customer.frames.length === 1 && agent.frames.length === 1);
    expect(agent.frames[0]).toEqual({ lane: Lane.dom, frame: numbered(1) });
    room.neverSaw('watch');
  });

  test('without it nothing is sent and nothing given', async () => {
    install();
    net.delay = 50;
    pair = new Pair(
      {},
      change('proof', () => ({ type: 'nothing' })),
    );
    const { room, customer, agent } = pair;
    await until(() => customer.ready);
    for (let n = 1; n < 20; n++) customer.link.send(Lane.dom, numbered(n));
    await until(() => net.peers[0]?.connectionState === 'connected');
    for (let n = 20; n < 40; n++) customer.link.send(Lane.dom, numbered(n));
    agent.all[0]?.send(Lane.control, control({ type: 'watch' }));
    await pause(50);
    expect(room.fallbackFrames.length).toBeGreaterThan(0);
    expect(agent.ready).toBe(false);
    expect([agent.frames, customer.frames]).toEqual([[], []]);
  });

  test('what was faster than the proof is given after it, in order', async () => {
    install();
    let held: (() => void) | undefined;
    pair = new Pair({}, (room) => {
      room.change = (message) => {
        if (message.type !== 'proof') return message;
        held = () => room.give(2, message as never);
        return undefined;
      };
    });
    const { customer, agent } = pair;
    await until(() => customer.ready && customer.link.rung === 'direct');
    for (let n = 1; n <= 50; n++) customer.link.send(Lane.dom, numbered(n, 20_000));
    await pause(40);
    expect(agent.frames).toEqual([]);
    held?.();
    await until(() => agent.frames.length === 50);
    expect(seqs(agent)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
  });

  const tampering: [string, (room: Room) => void][] = [
    ['the customer’s fingerprint is swapped', change('greet', swap)],
    ['the agent’s fingerprint is swapped', change('accept', swap)],
    ['the customer’s description is taken away', change('greet', () => ({ description: undefined }))],
    ['the agent’s description is taken away', change('accept', () => ({ description: undefined }))],
    ['the agent’s proof is another’s', change('accept', () => ({ proof: 'A'.repeat(43) }))],
    ['the customer’s proof is another’s', change('proof', () => ({ proof: 'A'.repeat(43) }))],
    ['a proof is no text', change('proof', () => ({ proof: { length: 43 } }))],
    ['the customer’s nonce is changed', change('greet', () => ({ nonce: 'A'.repeat(22) }))],
    ['the agent’s nonce is none', change('accept', () => ({ nonce: null }))],
    [
      'a second fingerprint is put in',
      change('greet', (m) => {
        const { sdp } = m.description as { sdp: string };
        return { description: { type: 'offer', sdp: `${sdp}a=fingerprint:sha-256 FF\r\n` } };
      }),
    ],
  ];
  test.each(tampering)('ends as tampered on both sides when %s', async (_, setUp) => {
    install();
    pair = new Pair({}, setUp);
    const { room, customer, agent } = pair;
    customer.links.on('link', (link) => link.on('state', () => link.send(Lane.dom, numbered(1))));
    await until(() => customer.tampered > 0 && agent.tampered > 0);
    await pause(20);
    expect([customer.ready, agent.ready]).toEqual([false, false]);
    expect([customer.frames, agent.frames]).toEqual([[], []]);
    // The customer sends only when the agent's own proof was right; then it is the agent that gives nothing on.
    if (room.seen.every((m) => m.type !== 'proof')) expect(room.fallbackFrames).toEqual([]);
    expect([...customer.faults, ...agent.faults]).toEqual([]);
    expect(customer.all.length).toBe(1); // and no second try
  });

  test('ends as tampered when the keys differ', async () => {
    pair = new Pair({ agent: new Uint8Array(32) });
    const { customer, agent, room } = pair;
    await until(() => customer.tampered > 0 && agent.tampered > 0);
    expect(room.fallbackFrames).toEqual([]);
  });

  test('a later description with another fingerprint is tampering too', async () => {
    install();
    const { room, customer, agent } = await open(change('description', swap));
    await pair?.on('direct');
    net.fail();
    await until(() => customer.tampered + agent.tampered === 2);
    expect(room.seen.some((m) => m.type === 'description')).toBe(true);
    expect(customer.ready).toBe(false);
  });

  test('junk from the other side or the server is no fault of ours', async () => {
    const { room, customer, agent } = await open();
    const { id } = customer.link;
    const junk = [
      { type: 'candidate', candidate: 'x' },
      { type: 'candidate', candidate: 5 },
      { type: 'description', description: 7 },
      { type: 'accept' },
      { type: 'proof' },
      { type: 'key-share' },
      { type: 'presence', participants: 5 },
      { type: 'welcome' },
      { type: 7 },
    ];
    for (const message of junk) room.give(1, { ...message, from: 2, link: id } as never);
    const socket = room.sockets.get(1);
    for (const text of ['', '{', 'null', '5', '[]', '{}', 'x'.repeat(70_000)]) socket?.gives(text);
    for (const size of [0, 4, 5, 30, 31, 100, 17_000]) socket?.gives(new ArrayBuffer(size));
    const forged = new Uint8Array(60).fill(9);
    forged.set([1, 0, 0, 0, 2]);
    socket?.gives(forged.buffer);
    await until(() => customer.link.refused === 1);
    agent.link.send(Lane.control, control({ type: 'watch' }));
    await until(() => customer.frames.length === 1);
    expect(customer.faults).toEqual([]);
  });

  test('candidates are bounded both ways', async () => {
    install();
    const { room, customer } = await open();
    await pair?.on('direct');
    const peer = net.peers[net.peers.length - 1] as Peer;
    let taken = 0;
    for (const one of net.peers) one.addIceCandidate = async () => void taken++;
    const { id } = customer.link;
    for (let i = 0; i < 200; i++) room.give(1, { type: 'candidate', from: 2, link: id, candidate: {} } as never);
    const before = room.seen.length;
    const candidate = { toJSON: () => ({ candidate: 'x' }) };
    for (let i = 0; i < 200; i++) peer.onicecandidate?.({ candidate } as never);
    await pause(20);
    expect(taken).toBeLessThanOrEqual(33);
    expect(room.seen.length - before).toBeLessThanOrEqual(33);
  });
});

describe('rungs', () => {
  beforeEach(install);

  test('the fallback serves first, the direct one when it is open', async () => {
    net.delay = 30;
    const { customer, agent } = await open();
    expect(customer.link.rung).toBe('fallback');
    await pair?.on('direct');
    net.delay = 1;
    expect([customer.rungs, agent.rungs]).toEqual([['direct'], ['direct']]);
    await until(() => agent.link.roundTrip === 4);
  });

  test('one that goes over a relay is called by it from the start', async () => {
    const { customer, agent } = await open((room) => {
      const { give } = room;
      room.give = (leg, message) =>
        give.call(room, leg, message.type === 'welcome' ? { ...message, relayOnly: true } : message);
    });
    await pair?.on('turn/udp');
    expect(net.peers[0]?.config.iceTransportPolicy).toBe('relay');
    expect([customer.rungs, agent.rungs]).toEqual([['turn/udp'], ['turn/udp']]);
  });

  test('an open direct rung sends and gives in the same turn', async () => {
    const { customer, agent } = await open();
    await pair?.on('direct');
    const sent: number[] = [];
    for (const peer of net.peers) {
      const channel = peer.channels[Lane.dom];
      if (channel) channel.send = (data) => void sent.push(data.length);
    }
    const frame = numbered(1, 40_000);
    customer.link.send(Lane.dom, frame);
    expect(sent).toEqual([16_384, 16_384, frame.length + 3 - 2 * 16_384]);
    const small = numbered(2);
    for (const peer of net.peers) {
      peer.channels[Lane.dom]?.onmessage?.({ data: Uint8Array.of(3, ...small).buffer });
    }
    expect([customer.frames[0]?.frame, agent.frames[0]?.frame]).toEqual([small, small]);
  });

  test.each(['failed', 'disconnected'] as const)(
    '%s: the fallback goes on, and the direct one comes back',
    async (how) => {
      const { customer, agent } = await open();
      await pair?.on('direct');
      const begun = performance.now();
      net.fail(how);
      await until(() => customer.link.rung === 'fallback');
      expect(performance.now() - begun > 1900).toBe(how === 'disconnected');
      customer.link.send(Lane.dom, numbered(1));
      await until(() => agent.frames.length === 1);
      net.up = true;
      await until(() => customer.rungs.includes('fallback!'));
      await until(() => customer.link.rung === 'direct' && agent.link.rung === 'direct', 12_000);
      expect(customer.all.length).toBe(1); // the same link
      expect(net.peers.some((peer) => peer.restarts > 0)).toBe(true);
    },
    20_000,
  );

  test('new paths and new links are looked for with the ICE servers that came last', async () => {
    const { customer, agent } = await open();
    await pair?.on('direct');
    const iceServers = [{ urls: ['turn:127.0.0.1:3478'], username: 'later', credential: 'c' }];
    for (const leg of [1, 2]) pair?.room.give(leg, { type: 'ice', iceServers });
    await until(() => [customer, agent].every((end) => end.signal.welcome?.iceServers.length === 1));
    net.fail('failed');
    await until(() => customer.link.rung === 'fallback');
    net.up = true;
    await until(() => customer.link.rung === 'direct' && agent.link.rung === 'direct', 12_000);
    expect(net.peers.filter((peer) => peer.restarts > 0).map((peer) => peer.config.iceServers)).toContainEqual(
      iceServers,
    );
    customer.links.greet(2);
    await until(() => customer.all.length === 2 && customer.link === customer.all[1]);
    expect(net.peers.slice(-2).map((peer) => peer.config.iceServers)).toEqual([iceServers, iceServers]);
  }, 20_000);

  test('when the network is back the direct rung is tried at once', async () => {
    const target = new EventTarget();
    const { addEventListener, removeEventListener } = globalThis;
    Object.assign(globalThis, {
      addEventListener: target.addEventListener.bind(target),
      removeEventListener: target.removeEventListener.bind(target),
    });
    try {
      await open();
      await pair?.on('direct');
      net.fail();
      await pause(50);
      net.up = true;
      target.dispatchEvent(new Event('online'));
      const begun = performance.now();
      await pair?.on('direct');
      expect(performance.now() - begun).toBeLessThan(500);
    } finally {
      pair?.close();
      Object.assign(globalThis, { addEventListener, removeEventListener });
    }
  });

  test('disconnected for a moment is no reason to leave', async () => {
    const { customer } = await open();
    await pair?.on('direct');
    net.fail('disconnected');
    await pause(300);
    net.up = true;
    for (const peer of net.peers) peer.recovers();
    await pause(2000);
    expect(customer.rungs.at(-1)).toBe('direct');
    expect(customer.rungs).not.toContain('fallback!');
  });

  test('a connection that was closed is followed by a new link, and the old one serves until then', async () => {
    const { customer, agent } = await open();
    await pair?.on('direct');
    const [first] = customer.all;
    const mine = net.peers.at(-1) as Peer;
    mine.close();
    await until(() => customer.rungs.includes('fallback!') || agent.rungs.includes('fallback!'));
    await until(() => customer.all.length > 1 && customer.link !== first, 8000);
    await pair?.on('direct');
    expect(first?.state).toBe('closed');
    expect(customer.closes).toEqual(['replaced']);
    expect(agent.closes).toEqual(['replaced']);
  }, 15_000);

  test('while the server is away a direct link lives on and needs nothing', async () => {
    const { room, customer, agent } = await open();
    await pair?.on('direct');
    room.down();
    await pause(50);
    for (let n = 1; n <= 10; n++) customer.link.send(Lane.dom, numbered(n));
    await until(() => agent.frames.length === 10);
    room.up = true;
    await until(() => customer.signal.open && agent.signal.open, 8000);
    await pause(100);
    expect(customer.rungs.at(-1)).toBe('direct');
    expect(customer.rungs).not.toContain('fallback!');
    expect(customer.all.length).toBe(1);
  }, 15_000);

  test('a rung that breaks while the server is away comes back when the server does', async () => {
    const { room, customer } = await open();
    await pair?.on('direct');
    room.down();
    net.fail();
    await pause(100);
    net.up = true;
    room.up = true;
    await pair?.on('direct');
    expect(customer.rungs).toContain('fallback!');
  }, 15_000);

  test('where one side has no WebRTC the fallback stays, and nobody tries again', async () => {
    pair = new Pair({}, (room) => {
      room.change = (message) => {
        if (message.type === 'greet') uninstall();
        return message;
      };
    });
    await pair.ready();
    const accept = pair.room.seen.find((m) => m.type === 'accept');
    expect(accept).not.toHaveProperty('description');
    await pause(200);
    expect(pair.customer.link.rung).toBe('fallback');
    expect(pair.customer.all.length).toBe(1);
  });
});

describe('lanes', () => {
  test('a frame of many MiB never fills a channel, and control passes it', async () => {
    install();
    const { customer, agent } = await open();
    await pair?.on('direct');
    customer.link.send(Lane.blob, numbered(1, 20 * 1024 * 1024));
    expect(customer.link.backlog(Lane.blob)).toBeGreaterThan(20 * 1024 * 1024);
    customer.link.send(Lane.control, control({ type: 'pong' }));
    await until(() => agent.frames.length === 2, 20_000);
    expect(agent.frames.map((one) => one.lane)).toEqual([Lane.control, Lane.blob]);
    for (const peer of net.peers) for (const c of peer.channels) expect(c.most).toBeLessThan(512 * 1024);
    expect(customer.link.backlog(Lane.blob)).toBe(0);
  }, 30_000);

  test('on the fallback no more than the window is under way until the other side says so', async () => {
    const { room, customer, agent } = await open();
    const MiB = 1024 * 1024;
    let got = 0;
    agent.all[0]?.on('partial', (_, bytes) => {
      got += bytes;
    });
    const done: number[] = [];
    customer.link.on('drain', (lane) => done.push(lane));
    customer.link.send(Lane.blob, numbered(1, 6 * MiB));
    const passed = () => room.fallbackFrames.length * 16_384;
    await until(() => passed() > 1.9 * MiB);
    await pause(200);
    expect(passed()).toBeLessThan(2.3 * MiB);
    customer.link.send(Lane.dom, numbered(2));
    customer.link.send(Lane.control, control({ type: 'leaving', reason: 'pause' }));
    const acking = setInterval(() => agent.link.send(Lane.control, control({ type: 'ack', bytes: got })), 5);
    await until(() => agent.frames.length === 3, 10_000).finally(() => clearInterval(acking));
    expect(agent.frames.map((one) => one.lane)).toEqual([Lane.control, Lane.dom, Lane.blob]);
    expect(Buffer.compare(agent.frames[2]?.frame ?? new Uint8Array(0), numbered(1, 6 * MiB))).toBe(0);
    await until(() => done.includes(Lane.blob));
  }, 20_000);

  test('without a word from the other side it goes on slowly', async () => {
    const { room, customer } = await open();
    customer.link.send(Lane.blob, numbered(1, 3 * 1024 * 1024));
    await until(() => room.fallbackFrames.length > 120);
    await pause(200);
    const before = room.fallbackFrames.length;
    await until(() => room.fallbackFrames.length > before, 5000);
  }, 10_000);

  test('when the server drops, and when it goes, what was under way is told as lost', async () => {
    const { room, customer } = await open();
    room.give(1, { type: 'dropped', to: 2, reason: 'away', count: 1 });
    room.give(1, { type: 'dropped', to: 2, reason: 'full', count: 9 });
    await until(() => customer.rungs.length === 1);
    customer.link.send(Lane.blob, numbered(1, 4 * 1024 * 1024));
    room.down();
    expect(customer.link.backlog(Lane.blob)).toBeLessThan(300 * 1024);
    room.up = true;
    await until(() => customer.rungs.length >= 2, 5000);
    expect(customer.rungs.slice(0, 2)).toEqual(['fallback!', 'fallback!']);
  }, 10_000);

  test('a frame whose rest was lost does not take the next one with it', async () => {
    let drop = false;
    const { room, customer, agent } = await open();
    room.lose = () => drop && room.fallbackFrames.length % 2 === 0;
    for (let n = 1; n <= 10; n++) customer.link.send(Lane.dom, numbered(n, 40_000));
    await until(() => agent.frames.length === 10);
    drop = true;
    for (let n = 11; n <= 20; n++) customer.link.send(Lane.dom, numbered(n, 40_000));
    await until(() => customer.link.backlog(Lane.dom) === 0);
    drop = false;
    for (let n = 21; n <= 30; n++) customer.link.send(Lane.dom, numbered(n, 40_000));
    await until(() => seqs(agent).includes(30));
    expect(seqs(agent).filter((n) => n > 20)).toEqual([21, 22, 23, 24, 25, 26, 27, 28, 29, 30]);
    expect([...agent.faults, ...customer.faults]).toEqual([]);
    expect(agent.link.junk).toBeGreaterThan(0);
  });

  test('pointers are given now or never', async () => {
    const { customer, agent } = await open();
    for (let n = 1; n <= 5; n++) customer.link.send(Lane.pointer, numbered(n));
    await until(() => agent.frames.length > 0);
    await pause(20);
    expect(seqs(agent, Lane.pointer)).toEqual([1]);
    customer.link.send(Lane.pointer, numbered(6));
    await until(() => agent.frames.length === 2);
  });

  test('after close nothing is sent or given, and the other side knows', async () => {
    const { customer, agent } = await open();
    const { link } = customer;
    link.close('stop');
    link.close('stop');
    link.send(Lane.dom, numbered(1));
    await until(() => agent.closes.length === 1);
    expect([customer.closes, agent.closes]).toEqual([['stop'], ['stop']]);
    expect(agent.frames).toEqual([]);
  });
});
