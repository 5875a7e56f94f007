// Which map a frame is looked up in, how often the server is asked, and what is let go of.

import { beforeEach, describe, expect, test } from 'vitest';
import type { FarMap } from '../sourcemaps/far.ts';
import { traceOf } from '../sourcemaps/trace.ts';
import { SourceMaps } from './sourcemaps.ts';

const SCRIPT = 'https://shop.test/app.js';
const frame = (url = SCRIPT, line = 1, column = 1) => ({ fn: 't', url, line, column });
const mapOf = (source: string) => JSON.stringify({ version: 3, sources: [source], names: [], mappings: 'AAAA' });

let now = 0;
let asked: string[] = [];
let open: Set<FarMap>;
let answer: (script: string, n: number) => Response | Promise<Response>;
let maps: SourceMaps;
let loseAll: () => void;

beforeEach(() => {
  now = 0;
  asked = [];
  open = new Set();
  let generation = 0;
  loseAll = () => generation++;
  answer = (script) => new Response(mapOf(`/${script.split('/').at(-1)}.ts`));
  maps = new SourceMaps({
    now: () => now,
    fetch: async (input) => {
      const { searchParams } = new URL(String(input), 'https://relay.test');
      const script = searchParams.get('url') ?? '';
      asked.push(script);
      return answer(script, Number(searchParams.get('n')));
    },
    open: async (bytes, url) => {
      const trace = traceOf(bytes.subarray(0, 1000), url); // the rest is room that a test takes
      const born = generation;
      const map: FarMap = {
        trace: async (line, column) => (open.has(map) ? (trace?.(line, column) ?? null) : null),
        close: () => open.delete(map),
        get lost() {
          return born !== generation;
        },
      };
      if (!trace) return null;
      open.add(map);
      return map;
    },
  });
});

test('a frame is found by the server’s map, which is asked for once', async () => {
  const all = await Promise.all([maps.resolve(frame()), maps.resolve(frame()), maps.resolve(frame(`${SCRIPT}?v=#x`))]);
  for (const one of all) expect(one).toEqual({ fn: 't', url: 'https://shop.test/app.js.ts', line: 1, column: 1 });
  expect(asked).toEqual([SCRIPT]);
});

test('a script that has none is asked for again after a minute', async () => {
  answer = () => new Response('{}', { status: 404 });
  for (now of [0, 59_999]) expect(await maps.resolve(frame())).toBeNull();
  expect(asked).toHaveLength(1);
  now = 60_000;
  answer = () => new Response(mapOf('/late.ts'));
  expect((await maps.resolve(frame()))?.url).toBe('https://shop.test/late.ts');
  expect(asked).toHaveLength(2);
});

test.each([
  ['a server that cannot be reached', () => Promise.reject(new TypeError('no'))],
  ['a server that says no', () => new Response('{}', { status: 401 })],
  ['an answer that is no map', () => new Response('<!doctype html>')],
])('%s is null', async (_, say) => {
  answer = say;
  expect(await maps.resolve(frame())).toBeNull();
});

test('what is no place in a script of the web is not asked for', async () => {
  for (const url of [
    '',
    'app.js',
    'blob:https://shop.test/1',
    'data:text/javascript,1',
    'node:internal',
    `https://x.test/${'a'.repeat(2000)}`,
  ])
    expect(await maps.resolve(frame(url))).toBeNull();
  for (const line of [0, -1, 1.5, Number.NaN]) expect(await maps.resolve(frame(SCRIPT, line))).toBeNull();
  expect(asked).toEqual([]);
});

describe('of scripts that are told alike', () => {
  const ALIKE = 'https://shop.test/assets/:id';
  // The first has columns 1 and 5, the second 1 and 9, the third 1 and 9.
  const alike = ['AAAA,IACA', 'AAAA,QACA', 'AAAA,QACA'];
  const one = (n: number, texts: (string | null)[]) =>
    new Response(texts[n] ?? '{}', {
      status: texts[n] ? 200 : 404,
      headers: { 'Ridealong-Alike': String(texts.length) },
    });
  const all = alike.map((mappings, n) => JSON.stringify({ ...JSON.parse(mapOf(`/${n}.ts`)), mappings }));

  test.each([
    [
      'the one that has the column is taken, and said to be one of three',
      5,
      { url: 'https://shop.test/0.ts', line: 2, alike: 3 },
    ],
    ['none is taken when two have it', 9, null],
    ['none is taken when none has it', 7, null],
  ])('%s', async (_, column, place) => {
    answer = (_, n) => one(n, all);
    const found = await maps.resolve(frame(ALIKE, 1, column));
    if (place) expect(found).toMatchObject(place);
    else expect(found).toBeNull();
    expect(asked).toEqual([ALIKE, ALIKE, ALIKE]);
    expect(open.size).toBe(3);
  });

  test('none is taken when one is no map, because it might be that one', async () => {
    for (const bad of ['{}', null]) {
      answer = (_, n) => one(n, [all[0] ?? '', bad, all[2] ?? '']);
      expect(await maps.resolve(frame(ALIKE, 1, 5))).toBeNull();
      expect(open.size).toBe(0);
      now += 60_000;
    }
  });

  test('more than 32 are not asked for', async () => {
    answer = (_, n) => one(n, Array(33).fill(all[0]));
    expect(await maps.resolve(frame(ALIKE, 1, 5))).toBeNull();
    expect(asked).toHaveLength(1);
  });
});

test('a map that is given wins over the server’s, and over one that was given before', async () => {
  expect((await maps.resolve(frame()))?.url).toBe('https://shop.test/app.js.ts');
  expect(await maps.add(mapOf('/mine.ts'), SCRIPT)).toBe(true);
  expect((await maps.resolve(frame()))?.url).toBe('https://shop.test/mine.ts');
  expect(await maps.add(new File([mapOf('/newer.ts')], 'app.js.map'), `${SCRIPT}?v=`)).toBe(true);
  expect((await maps.resolve(frame()))?.url).toBe('https://shop.test/newer.ts');
  expect(open.size).toBe(2);
  for (const bad of ['', '{}', 'no map']) expect(await maps.add(bad, SCRIPT)).toBe(false);
  expect(await maps.add(mapOf('/a.ts'), 'blob:x')).toBe(false);
  expect((await maps.resolve(frame()))?.url).toBe('https://shop.test/newer.ts');
});

test('a worker that died is no end: the map is asked for again', async () => {
  await maps.resolve(frame());
  await maps.add(mapOf('/mine.ts'), 'https://shop.test/b.js');
  loseAll();
  expect((await maps.resolve(frame()))?.url).toBe('https://shop.test/app.js.ts');
  expect((await maps.resolve(frame('https://shop.test/b.js')))?.url).toBe('https://shop.test/b.js.ts');
  expect(asked).toEqual([SCRIPT, SCRIPT, 'https://shop.test/b.js']);
});

test('at most 64 maps stay open, those that were used last, and a stack of more scripts is found all the same', async () => {
  const scripts = Array.from({ length: 100 }, (_, n) => `https://shop.test/${n}.js`);
  const all = await Promise.all(scripts.map((script) => maps.resolve(frame(script))));
  expect(all.every((place) => place !== null)).toBe(true);
  expect(open.size).toBe(64);
  await maps.resolve(frame(scripts[99]));
  expect(asked).toHaveLength(100);
  await maps.resolve(frame(scripts[0]));
  expect(asked).toHaveLength(101);
  expect(open.size).toBe(64);
  for (const script of scripts) await maps.add(mapOf('/mine.ts'), script);
  expect(open.size).toBe(128);
});

test('large maps stay open as far as there is room, the newest always', async () => {
  const pad = ' '.repeat(50 * 1024 * 1024);
  answer = () => new Response(mapOf('/large.ts') + pad);
  for (const name of ['a', 'b', 'c', 'd'])
    expect(await maps.resolve(frame(`https://shop.test/${name}.js`))).not.toBeNull();
  expect(open.size).toBe(2);
});

test('scripts without a map are remembered in bounds', async () => {
  answer = () => new Response('{}', { status: 404 });
  for (let n = 0; n < 700; n++) await maps.resolve(frame(`https://shop.test/${n}.js`));
  const before = asked.length;
  for (let n = 650; n < 700; n++) await maps.resolve(frame(`https://shop.test/${n}.js`));
  expect(asked.length).toBe(before);
  await maps.resolve(frame('https://shop.test/0.js'));
  expect(asked.length).toBe(before + 1);
});
