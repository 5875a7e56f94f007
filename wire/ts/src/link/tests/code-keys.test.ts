// Who is asked about which number, and which key is used afterwards.

import { afterEach, describe, expect, test } from 'vitest';
import { AnsweredKeys, AskedKeys } from '../code-keys.ts';
import { base64url, random } from '../secret.ts';
import type { Signal } from '../signal.ts';
import { pause, Room, until } from './room.ts';

const open: { close(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

interface Question {
  digits: string;
  answer: (same: boolean | undefined) => void;
  withdrawn: boolean;
}

class World {
  readonly room: Room;
  readonly customer: Signal;
  readonly agents = new Map<number, { signal: Signal; made: [string, string][]; over: string[] }>();
  readonly questions: Question[] = [];
  readonly given: number[] = [];
  differs = 0;
  asked!: AskedKeys;

  constructor(agents = 1) {
    this.room = new Room(['customer', ...Array.from({ length: agents }, () => 'agent' as const)]);
    this.customer = this.room.signal(1);
    open.push(this.customer);
  }

  ask(known = new Map<number, Uint8Array<ArrayBuffer>>()): void {
    this.asked = new AskedKeys(this.customer, known, (digits, withdrawn) => {
      return new Promise((resolve) => {
        const question: Question = { digits, answer: resolve, withdrawn: false };
        this.questions.push(question);
        withdrawn.addEventListener('abort', () => {
          question.withdrawn = true;
          resolve(undefined);
        });
      });
    });
    this.asked.on('key', (leg) => this.given.push(leg));
    this.asked.on('differ', () => this.differs++);
    open.push(this.asked);
    this.asked.next();
  }

  agent(leg: number) {
    const signal = this.room.signal(leg);
    const answered = new AnsweredKeys(signal);
    const told = { signal, answered, made: [] as [string, string][], over: [] as string[] };
    answered.on('made', (key, digits) => told.made.push([base64url(key), digits]));
    answered.on('over', (code) => told.over.push(code));
    open.push(signal, answered);
    this.agents.set(leg, told);
    return told;
  }
}

async function one() {
  const world = new World();
  const agent = world.agent(2);
  await until(() => world.customer.open && agent.signal.open);
  world.ask();
  await until(() => world.questions.length === 1 && agent.made.length === 1);
  return { world, agent };
}

describe('the customer’s yes', () => {
  test('makes the key that the agent has; before it there is none', async () => {
    const { world, agent } = await one();
    expect(world.questions[0]?.digits).toBe(agent.made[0]?.[1]);
    expect(world.asked.keys.size).toBe(0);
    world.questions[0]?.answer(true);
    await until(() => world.given.length === 1);
    expect(base64url(world.asked.keys.get(2) as Uint8Array)).toBe(agent.made[0]?.[0]);
    expect(world.differs).toBe(0);
  });

  test('when it is a no, the session has to end and there is no key', async () => {
    const { world } = await one();
    world.questions[0]?.answer(false);
    await until(() => world.differs === 1);
    expect(world.asked.keys.size).toBe(0);
  });

  test('is asked of one after the other when two watch', async () => {
    const world = new World(2);
    const [a, b] = [world.agent(2), world.agent(3)];
    await until(() => world.customer.open && a.signal.open && b.signal.open);
    world.ask();
    await until(() => world.questions.length === 1);
    await pause(30);
    expect(world.questions.length).toBe(1);
    world.questions[0]?.answer(true);
    await until(() => world.questions.length === 2);
    world.questions[1]?.answer(true);
    await until(() => world.given.length === 2);
    expect(world.given).toEqual([2, 3]);
    expect(a.made[0]?.[0]).not.toBe(b.made[0]?.[0]);
  });

  test('is not asked about whoever has a key already', async () => {
    const world = new World();
    const agent = world.agent(2);
    await until(() => world.customer.open && agent.signal.open);
    world.ask(new Map([[2, random(32)]]));
    await pause(30);
    expect(world.questions).toEqual([]);
    expect(world.room.seen).toEqual([]);
  });
});

describe('an exchange that was cut off', () => {
  test('by the agent’s leaving is taken back, and begins anew with other digits', async () => {
    const { world, agent } = await one();
    agent.signal.close();
    await until(() => world.questions[0]?.withdrawn === true);
    expect(world.differs).toBe(0);
    const again = world.agent(2);
    await until(() => world.questions.length === 2 && again.made.length === 1);
    expect(world.questions[1]?.digits).toBe(again.made[0]?.[1]);
    expect(again.made[0]?.[0]).not.toBe(agent.made[0]?.[0]);
    world.questions[1]?.answer(true);
    await until(() => world.given.length === 1);
  });

  test('by the server’s restart begins anew on both sides', async () => {
    const { world, agent } = await one();
    world.room.down();
    world.room.up = true;
    await until(() => world.questions.length === 2 && agent.made.length === 2);
    expect(world.questions[0]?.withdrawn).toBe(true);
    expect(world.questions[1]?.digits).toBe(agent.made[1]?.[1]);
  });

  test('because somebody changed it ends the session on both sides', async () => {
    const world = new World();
    const agent = world.agent(2);
    world.room.change = (message) =>
      message.type === 'key-reveal' ? { ...message, r: base64url(random(32)) } : message;
    await until(() => world.customer.open && agent.signal.open);
    world.ask();
    await until(() => agent.over.length === 1 && world.differs === 1);
    expect(agent.over).toEqual(['tampered']);
    expect(agent.made).toEqual([]);
    expect(world.asked.keys.size).toBe(0);
  });
});

test('the agent answers nobody but the session’s customer', async () => {
  const world = new World(2);
  const [a, b] = [world.agent(2), world.agent(3)];
  await until(() => a.signal.open && b.signal.open);
  b.signal.send({ type: 'key-commit', to: 2, link: base64url(random(16)), commit: base64url(random(32)) });
  await pause(30);
  expect(world.room.seen.map((m) => m.type)).toEqual(['key-commit']);
});

test('an agent who knows the key already answers no exchange', async () => {
  const world = new World();
  const agent = world.agent(2);
  agent.answered.close();
  await until(() => world.customer.open && agent.signal.open);
  world.ask();
  await pause(30);
  expect(agent.made).toEqual([]);
  expect(world.room.seen.map((m) => m.type)).toEqual(['key-commit']);
});
