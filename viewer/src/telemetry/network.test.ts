// What is said of requests, and what is made of them for copying: words, phases, commands, archives.

import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { Outcome, RequestKind } from '@ridealong/wire/entries';
import type { Entry } from '@ridealong/wire/read';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hostile, visit } from '../../tests/browser/telemetry-fixture.ts';
import { asCurl, asFetch, canCopy, shell } from './curl.ts';
import { batch, entry, NO_TRANSFER } from './entries-of-tests.ts';
import { filterOf } from './filter.ts';
import { harOf } from './har.ts';
import { Telemetry } from './model.ts';
import { type NetworkWish, networkShown } from './network-view.ts';
import { kindOf, lastedOf, phasesOf, stateOf, statusOf, type Traffic } from './request.ts';

const validator = createRequire(import.meta.url)('har-validator') as { har(data: unknown): Promise<unknown> };

function trafficOf(...batches: Parameters<Telemetry['take']>[0][]): Traffic[] {
  const telemetry = new Telemetry((run) => run());
  for (const one of batches) telemetry.take(one);
  return telemetry.network.slice().filter((row): row is Traffic => row.type === 'request' || row.type === 'resource');
}

function one(...entries: Entry[]): Traffic {
  const [row] = trafficOf(batch(1, entries));
  if (!row) throw new Error('no row');
  return row;
}

const begun = (of: object = {}) => entry('request', 10, { id: 1, method: 'GET', url: 'https://a.example/x', ...of });
const done = (outcome: number) => entry('done', 90, { id: 1, outcome });

test.each<[string, Entry[], string]>([
  ['pending', [begun()], 'pending'],
  ['200', [begun(), entry('response', 20, { id: 1, status: 200 }), done(Outcome.ok)], 'ok'],
  ['404', [begun(), entry('response', 20, { id: 1, status: 404 }), done(Outcome.ok)], 'failed'],
  ['failed: network, or CORS', [begun(), done(Outcome.failed)], 'failed'],
  [
    '200, aborted by the page',
    [begun(), entry('response', 20, { id: 1, status: 200 }), done(Outcome.aborted)],
    'stopped',
  ],
  ['blocked by policy', [begun(), done(Outcome.blocked)], 'failed'],
  ['blocked: mixed content', [begun(), done(Outcome.mixed)], 'failed'],
  ['failed: offline', [begun(), done(Outcome.offline)], 'failed'],
  ['timed out', [begun(), done(Outcome.timeout)], 'failed'],
  ['refused by the browser', [begun({ kind: RequestKind.beacon }), done(Outcome.refused)], 'failed'],
  ['sent', [begun({ kind: RequestKind.beacon }), done(Outcome.ok)], 'ok'],
  ['opaque', [begun(), entry('response', 20, { id: 1, kind: 'opaque' }), done(Outcome.ok)], 'ok'],
  ['open', [begun({ kind: RequestKind.webSocket }), entry('response', 20, { id: 1, status: 101 })], 'pending'],
  ['closed', [begun({ kind: RequestKind.webSocket }), done(Outcome.closed)], 'ok'],
  ['not told', [entry('resource', 1, { kind: 'img', url: 'https://a.example/x.png' })], 'ok'],
])('%s', (words, entries, state) => {
  const row = one(...entries);
  expect(statusOf(row)).toBe(words);
  expect(stateOf(row)).toBe(state);
});

test.each([
  ['img', 'https://a/x', 'img'],
  ['css', 'https://a/f.woff2?v=1', 'font'],
  ['css', 'https://a/bg.png', 'img'],
  ['link', 'https://a/app', 'css'],
  ['link', 'https://a/app.mjs', 'js'],
  ['navigation', 'https://a/', 'doc'],
  ['video', 'https://a/x', 'media'],
  ['other', 'https://a/x', 'other'],
  ['constructor', 'https://a/x', 'other'],
])('%s of %s is %s', (kind, url, is) => expect(kindOf(one(entry('resource', 1, { kind, url })))).toBe(is));

test('phases are those that are known, in their order, and none goes backwards', () => {
  const marks = [1, 21, 121, 121, 221, 481, 491, 1501, 1801, 0];
  const row = one(entry('resource', 1, { url: 'https://a/', transfer: { ...NO_TRANSFER, duration: 1800, marks } }));
  expect(phasesOf(row).map(({ tone, from, to }) => [tone, from, to])).toEqual([
    ['queue', 0, 20],
    ['dns', 20, 120],
    ['connect', 120, 220],
    ['tls', 220, 480],
    ['wait', 490, 1500],
    ['receive', 1500, 1800],
  ]);
  const steps = one(begun(), entry('response', 50, { id: 1, status: 200 }), done(Outcome.ok));
  expect(phasesOf(steps).map(({ tone, from, to }) => [tone, from, to])).toEqual([
    ['wait', 0, 40],
    ['receive', 40, 80],
  ]);
  fc.assert(
    fc.property(fc.array(fc.nat(2 ** 32 - 1), { maxLength: 14 }), fc.nat(2 ** 32 - 1), (marks, duration) => {
      const any = one(entry('resource', 1, { url: 'https://a/', transfer: { ...NO_TRANSFER, duration, marks } }));
      for (const { from, to } of phasesOf(any)) expect(to).toBeGreaterThan(from);
      expect(lastedOf(any) ?? 0).toBeGreaterThanOrEqual(0);
    }),
  );
});

const ALL: NetworkWish = {
  kinds: new Set(),
  status: 'all',
  filter: filterOf(''),
  after: 0,
  sort: 'start',
  down: false,
};

test('types, status and words choose; columns order', () => {
  const telemetry = new Telemetry((run) => run());
  for (const some of visit(2_000_000_000_000)) telemetry.take(some);
  const shown = (wish: Partial<NetworkWish>) => networkShown(telemetry.network.slice(), { ...ALL, ...wish }).traffic;
  expect(shown({}).length).toBe(16);
  expect(shown({ kinds: new Set(['font', 'img']) }).length).toBe(3);
  expect(shown({ status: '4' }).map(statusOf)).toEqual(['422']);
  expect(shown({ status: 'failed' }).length).toBe(5);
  expect(shown({ filter: filterOf('voucher -beacon') }).length).toBe(1);
  expect(shown({ filter: filterOf('/\\/api\\/(session|cart)/') }).length).toBe(4);
  const sizes = networkShown(telemetry.network.slice(), { ...ALL, sort: 'size', down: true }).rows;
  expect(sizes[0]).toMatchObject({ type: 'resource', entry: { kind: 'script' } });
});

test.each([
  ['words', 'a b', 'xx B a', true],
  ['words', 'a b', 'a', false],
  ['without', 'a -b', 'ab', false],
  ['a minus alone', '-', 'a-b', true],
  ['a pattern', '/^a.c$/i', 'ABC', true],
  ['half a pattern', '/[/', '[', false],
])('%s: %s in %s', (_, filter, line, passes) => expect(filterOf(filter).matches(line)).toBe(passes));

test('a command has what was told, and dots for what was not', () => {
  const row = one(
    begun({
      method: 'POST',
      headers: [
        ['content-type', 'text/plain'],
        ['authorization', '••••••'],
      ],
      body: 2,
      text: "it's",
    }),
  );
  expect(asCurl(row)).toBe(
    [
      "curl --globoff --url 'https://a.example/x'",
      "-H 'content-type: text/plain'",
      "-H 'authorization: ••••••'",
      String.raw`--data-raw 'it'\''s'`,
    ].join(' \\\n  '),
  );
  expect(asFetch(row)).toContain('"method": "POST"');
});

test('nothing in a request becomes an option, a file or a command', () => {
  const evil = one(
    begun({
      url: '--output=/tmp/x',
      method: '-o/tmp/x',
      headers: [
        ['@/etc/passwd', ''],
        ['a\nb', 'c'],
      ],
      body: 2,
      text: '@/etc/passwd',
    }),
  );
  const command = asCurl(evil);
  expect(command).toBe(
    ["curl --globoff --url '--output=/tmp/x'", "-X 'GET'", "--data-raw '@/etc/passwd'"].join(' \\\n  '),
  );
  expect(canCopy(evil)).toBe(false);
  expect(canCopy(one(begun({ url: 'file:///etc/passwd' })))).toBe(false);
});

test('what is quoted comes out of a shell as it was', () => {
  const text = fc
    .string({ unit: 'binary', minLength: 1, maxLength: 40 })
    .map((one) => one.replaceAll('\0', '').replace(/\p{Surrogate}/gu, ''));
  const all = fc.sample(
    fc.oneof(text, fc.constantFrom("'", '$(id)', '`id`', '!x', '\u001b[201~\nid\n', "a'\n'b", '\\')),
    300,
  );
  const script = all.map((one) => `printf '%s\\0' ${shell(one)}`).join('\n');
  const { stdout } = spawnSync('bash', ['-c', script], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  });
  expect(stdout.split('\0').slice(0, -1)).toEqual(all);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may reach a terminal
  for (const one of all) expect(shell(one)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
});

test('the code for fetch is code, with the same in it', () => {
  fc.assert(
    fc.property(fc.webUrl(), fc.string({ unit: 'binary' }), (url, body) => {
      const code = asFetch(one(begun({ url, method: 'POST', body: 2, text: body })));
      const seen: unknown[] = [];
      new Function('fetch', `return (async () => { ${code} })()`)((...args: unknown[]) => seen.push(args));
      expect(seen).toEqual([[url, { method: 'POST', ...(body && { body }) }]]);
    }),
  );
});

test('an archive of a whole visit is valid', async () => {
  const traffic = trafficOf(...visit(2_000_000_000_000));
  const har = harOf(traffic);
  await validator.har(JSON.parse(JSON.stringify(har)));
  expect(har.log.entries.length).toBe(16);
  const voucher = har.log.entries.find(({ request }) => request.url.endsWith('/voucher'));
  expect(voucher?.request.postData?.text).toContain('••••••');
  expect(voucher?.response).toMatchObject({ status: 422, content: { mimeType: 'application/json' } });
  expect(voucher?.timings.connect).toBeCloseTo(36); // with TLS in it
  const socket = har.log.entries.find(({ request }) => request.url.startsWith('wss:'));
  expect(socket?._webSocketMessages).toMatchObject([
    { type: 'send' },
    { type: 'receive' },
    { comment: expect.stringContaining('Binary') },
  ]);
  const cut = har.log.entries.find(({ request }) => request.url.endsWith('/summary'));
  expect(cut).toMatchObject({ response: { status: 0 }, comment: 'cut off by navigation' });
});

test('an archive of what a hostile page tells is valid too', async () => {
  const spaces = {
    ...batch(1, [begun({ url: 'https://a.example/a b?q=••••••' }), begun({ id: 2, url: 'x y' })]),
    tab: 4,
  };
  const rows = trafficOf(hostile(), spaces, {
    ...batch(1, [entry('done', 2 ** 31 - 1, { id: 9 })], { tab: 3 }),
    time: 2 ** 31,
    at: 0,
  });
  await validator.har(JSON.parse(JSON.stringify(harOf(rows))));
});
