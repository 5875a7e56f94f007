// Places in a script that was really built, and what is no map.

import { createContext, Script } from 'node:vm';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseStack, type StackFrame } from '../telemetry/stack.ts';
import { built, PLACES, SOURCES } from './built.ts';
import { MAX_MAP } from './place.ts';
import { linesAround, type Trace, traceOf } from './trace.ts';

const URL_OF_SCRIPT = 'https://shop.test/assets/app.js';
const bytes = (text: string) => new TextEncoder().encode(text);
const trace = (map: unknown): Trace | null =>
  traceOf(bytes(typeof map === 'string' ? map : JSON.stringify(map)), URL_OF_SCRIPT);

let code = '';
let map = '';
let frames: StackFrame[] = [];

/** The frames of the error that the script throws when it is run. */
function thrownBy(script: string): StackFrame[] {
  const page = createContext({});
  new Script(script, { filename: URL_OF_SCRIPT }).runInContext(page);
  try {
    new Script('start(-1)').runInContext(page);
  } catch (error) {
    return parseStack((error as Error).stack ?? '').frames.filter(
      ({ url, column }) => url === URL_OF_SCRIPT && column > 0,
    );
  }
  throw new Error('it did not throw');
}

beforeAll(async () => {
  ({ code, map } = await built());
  frames = thrownBy(code);
});

/** What a frame's place must be: in one of the sources, on a line of PLACES. */
function check(at: Trace | null, all: StackFrame[]): void {
  expect(all.length).toBeGreaterThan(0);
  for (const frame of all) {
    const place = at?.(frame.line, frame.column);
    const wanted = PLACES.find(({ file }) => place?.url === `https://shop.test/src/${file}`);
    expect(wanted, JSON.stringify(place)).toBeDefined();
    expect(place?.line).toBe(wanted?.line);
    const source = SOURCES[wanted?.file ?? '']?.split('\n') ?? [];
    const line = place?.line ?? 0;
    const around = Math.min(3, line - 1, source.length - line);
    expect(place?.context).toEqual(source.slice(line - 1 - around, line + around));
    expect(place?.context?.[around]).toMatch(/throw new RangeError|charge\(|checkout\(/);
  }
}

describe('a script of the bundler', () => {
  test('is on one line, with its frames in it', () => {
    expect(code.trim().split('\n')).toHaveLength(1);
    expect(frames[0]?.line).toBe(1);
  });

  test('has the place of an error and of the calls on the way to it', () => check(trace(map), frames));

  test('the first of them is where it was thrown', () => {
    const place = trace(map)?.(frames[0]?.line ?? 0, frames[0]?.column ?? 0);
    expect(place).toMatchObject({ url: 'https://shop.test/src/pay.ts', line: 4, column: 15, exact: true });
    expect(frames).toHaveLength(PLACES.length);
  });

  test('is found in a map of sections too', () => {
    const moved = frames.map((frame) => ({ ...frame, line: frame.line + 7 }));
    const sections = [
      { offset: { line: 0, column: 0 }, map: { version: 3, sources: ['x.ts'], names: [], mappings: 'AAAA' } },
      { offset: { line: 7, column: 0 }, map: JSON.parse(map) },
    ];
    check(trace({ version: 3, sections }), moved);
  });

  test('is found behind the guard against being run', () => check(trace(`)]}'\n${map}`), frames));

  test('says nothing of places that it has not', () => {
    const at = trace(map);
    for (const [line, column] of [
      [2000, 1],
      [0, 1],
      [-1, -1],
      [Number.NaN, 1],
      [1.5, 1],
      [1, Number.NaN],
      [Number.MAX_SAFE_INTEGER, 1],
    ] as const)
      expect(at?.(line, column), `${line}:${column}`).toBeNull();
  });

  test('without its sources has the place alone', () => {
    const { sourcesContent: _, ...bare } = JSON.parse(map) as Record<string, unknown>;
    const place = trace(bare)?.(frames[0]?.line ?? 0, frames[0]?.column ?? 0);
    expect(place).toMatchObject({ line: 4 });
    expect(place).not.toHaveProperty('context');
  });
});

const GOOD = { version: 3, sources: ['a.ts'], names: [], mappings: 'AAAA', sourcesContent: ['one\ntwo'] };

describe('what is no map is null', () => {
  test('but this one is', () =>
    expect(trace(GOOD)?.(1, 1)).toMatchObject({ line: 1, column: 1, exact: true, context: ['one'] }));

  test('and a column behind what it has is not exact', () =>
    expect(trace(GOOD)?.(1, 9)).toMatchObject({ line: 1, column: 1, exact: false }));

  test.each([
    '',
    'null',
    '[]',
    '7',
    '"text"',
    '<!doctype html>',
    JSON.stringify(GOOD).slice(0, -5),
    ...[
      { version: 2 },
      { version: '3' },
      { sources: null },
      { sources: {} },
      { sources: [7] },
      { sources: ['a'.repeat(3000)] },
      { sourceRoot: 7 },
      { sourceRoot: 'a'.repeat(3000) },
      { names: 'a' },
      { sourcesContent: 'a' },
      { mappings: undefined },
      { mappings: [[[0, 0, 0, 0]]] },
      { sections: 7 },
      { sections: [null] },
      { sections: [{ offset: { line: 0, column: 0 } }] },
      { sections: [{ offset: { line: 0, column: 0 }, url: 'https://x.test/a.map' }] },
      { sections: [{ offset: { line: -1, column: 0 }, map: GOOD }] },
      { sections: [{ offset: { line: 0.5, column: 0 }, map: GOOD }] },
      { sections: [{ offset: { line: '0', column: 0 }, map: GOOD }] },
      { sections: [{ offset: { line: 0, column: 0 }, map: JSON.stringify(GOOD) }] },
      { sections: [{ offset: { line: 0, column: 0 }, map: { version: 3, sections: [] } }] },
    ].map((change) => JSON.stringify({ ...GOOD, ...change })),
  ])('%#', (text) => expect(trace(text)).toBeNull());

  test('what would take more room or time than a map may', () => {
    const offset = (line: number) => ({ offset: { line, column: 0 }, map: GOOD });
    expect(trace({ version: 3, sections: [offset(2_000_000_000)] })).toBeNull();
    expect(trace({ version: 3, sections: [offset(5), offset(4)] })).toBeNull();
    expect(trace({ ...GOOD, mappings: ';'.repeat(4_000_001) })).toBeNull();
    expect(trace({ ...GOOD, sourceRoot: 'a'.repeat(2000), sources: Array(10_000).fill('b') })).toBeNull();
    expect(traceOf(new Uint8Array(MAX_MAP + 1), URL_OF_SCRIPT)).toBeNull();
  });

  test('a place that is wrong in the mappings is none', () => {
    for (const mappings of ['ACAA', 'AADA', 'AAAD', 'A', 'gggggggggggggggggggB', '!!!!', 'AAAAAAAAAAAA', '\u{1f600},é'])
      expect([null, 'https://shop.test/assets/a.ts']).toContain(trace({ ...GOOD, mappings })?.(1, 1)?.url ?? null);
    expect(trace({ ...GOOD, sources: [null] })?.(1, 1)?.context ?? []).toEqual(expect.any(Array));
    expect(trace({ ...GOOD, sourcesContent: [7] })?.(1, 1)).not.toHaveProperty('context');
  });

  test('whatever it is, nothing is thrown', () => {
    const value = fc.anything({ maxDepth: 3 });
    const mapLike = fc.record(
      {
        version: fc.constantFrom(3, 2),
        sources: fc.oneof(fc.array(fc.option(fc.string())), value),
        sourceRoot: fc.oneof(fc.string(), value),
        names: fc.oneof(fc.array(fc.string()), value),
        mappings: fc.oneof(fc.stringMatching(/^[A-Za-z0-9+/,;]{0,60}$/), fc.string()),
        sourcesContent: fc.oneof(fc.array(fc.option(fc.string())), value),
        ignoreList: value,
        file: value,
      },
      { requiredKeys: ['version', 'mappings', 'sources'] },
    );
    const section = fc.record({ offset: fc.record({ line: fc.nat(50), column: fc.nat(50) }), map: mapLike });
    const either = fc.oneof(mapLike, fc.record({ version: fc.constant(3), sections: fc.array(section) }));
    fc.assert(
      fc.property(either, fc.integer({ min: -1, max: 60 }), fc.integer({ min: -1, max: 60 }), (any, line, column) => {
        const place = traceOf(bytes(JSON.stringify(any, (_, v) => (typeof v === 'bigint' ? 1 : v))), URL_OF_SCRIPT)?.(
          line,
          column,
        );
        if (place) expect(place.line).toBeGreaterThan(0);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the lines around one', () => {
  const text = 'a\nb\r\nc\nd\ne\nf\ng\nh';
  test.each([
    [0, ['a']],
    [1, ['a', 'b', 'c']],
    [3, ['a', 'b', 'c', 'd', 'e', 'f', 'g']],
    [4, ['b', 'c', 'd', 'e', 'f', 'g', 'h']],
    [6, ['f', 'g', 'h']],
    [7, ['h']],
    [8, []],
    [1e9, []],
  ])('%i', (line, lines) => expect(linesAround(text, line)).toEqual(lines));

  test('are cut where they are long', () => expect(linesAround('x'.repeat(1000), 0)[0]).toHaveLength(401));
});
