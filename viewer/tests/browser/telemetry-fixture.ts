// A customer's visit as its entries tell it: a shop, a voucher that is refused, a script that fails. For the tests of the panels.

import {
  BodyState,
  ConsoleMethod,
  FailureKind,
  HappeningKind,
  LeftOut,
  Outcome,
  Rating,
  RequestFlag,
  RequestKind,
  TimingFlag,
  type Value,
  ValueKind,
} from '@ridealong/wire/entries';
import type { Entry } from '@ridealong/wire/read';
import { batch, entry, NO_TRANSFER } from '../../src/telemetry/entries-of-tests.ts';
import type { Batch } from '../../src/telemetry/model.ts';
import { DOTS } from '../../src/telemetry/words.ts';

const SHOP = 'https://shop.acme.example';
const APP = `${SHOP}/assets/app-4f2c91d0.js`;

const text = (value: string): Value => [ValueKind.string, value, 0];
const number = (value: number): Value => [ValueKind.number, String(value), 0];
const masked = (size: number): Value => [ValueKind.masked, '', size];
const word = (value: boolean): Value => [ValueKind.boolean, String(value), 0];
const object = (items: Record<string, Value>, name = 'Object'): Value => [
  ValueKind.object,
  name,
  Object.keys(items).length,
  Object.entries(items),
];
const array = (...items: Value[]): Value => [
  ValueKind.array,
  'Array',
  items.length,
  items.map((item, i) => [String(i), item] as const),
];

const line = (at: number, method: number, values: Value[], where = `${APP}:1:20412`, more: object = {}) =>
  entry('console', at, { method, values, where, ...more });

const CART = object({
  id: text('crt_8812'),
  items: array(
    object({ sku: text('TENT-2P'), title: text('Two-person tent'), quantity: number(1), price: number(189) }),
    object({ sku: text('MAT-L'), title: text('Sleeping mat, long'), quantity: number(2), price: number(44.5) }),
  ),
  voucher: [ValueKind.null, 'null', 0],
  customer: object({ name: masked(11), email: masked(19), loyal: word(true) }, 'Customer'),
  total: [ValueKind.getter, '', 0],
});

const STACK = [
  `applyVoucher (${APP}:1:48213)`,
  `async submit (${APP}:1:47120)`,
  `HTMLFormElement.onSubmit (${APP}:1:46002)`,
  `${APP}:1:1204`,
].join('\n');

function marks(...at: (number | null)[]): number[] {
  return at.map((mark) => (mark === null ? 0 : mark + 1));
}

const transfer = (duration: number, of: object = {}) => ({
  ...NO_TRANSFER,
  duration,
  protocol: 'h2',
  marks: marks(0, 20, 120, 120, 220, 480, 490, duration - 300, duration, null),
  ...of,
});

function resource(at: number, kind: string, path: string, duration: number, size: number, of: object = {}): Entry {
  const url = path.startsWith('https:') ? path : SHOP + path;
  const moved = { moved: size + 300, encoded: size, decoded: size * 3 };
  return entry('resource', at, { kind, url, status: 200, transfer: transfer(duration, moved), ...of });
}

function call(
  id: number,
  at: number,
  path: string,
  of: { method?: string; status?: number; lasted?: number } & Partial<Record<'body' | 'answer', string>> & {
      headers?: [string, string][];
      kind?: number;
      flags?: number;
    },
): Entry[] {
  const { method = 'GET', status = 200, lasted = 1800, body = '', answer = '', headers = [], kind = 0, flags = 0 } = of;
  const url = path.startsWith('https:') ? path : SHOP + path;
  return [
    entry('request', at, {
      id,
      kind,
      flags,
      method,
      url,
      initiator: `${APP}:1:33018`,
      headers: [['accept', 'application/json'], ['authorization', DOTS], ...headers],
      body: body ? BodyState.whole : BodyState.none,
      size: body.length,
      text: body,
    }),
    entry('response', at + lasted - 300, {
      id,
      status,
      reason: status === 200 ? 'OK' : '',
      kind: 'basic',
      mime: 'application/json',
      headers: [
        ['content-type', 'application/json; charset=utf-8'],
        ['cache-control', 'no-store'],
        ['x-request-id', '7f3a-118c'],
        ['set-cookie', DOTS],
      ],
    }),
    entry('done', at + lasted, {
      id,
      transfer: transfer(lasted, { moved: answer.length + 412, encoded: answer.length, decoded: answer.length }),
      body: answer ? BodyState.whole : BodyState.off,
      text: answer,
    }),
  ];
}

const ENVIRONMENT: Entry[] = [
  entry('environment', 20, {
    values: [
      ['viewport', '1366 × 768'],
      ['screen.width', '1920'],
      ['screen.height', '1080'],
      ['connection.effectiveType', '4g'],
      ['connection.downlink', '6.4'],
      ['orientation', 'landscape-primary'],
      ['online', 'true'],
      ['zoom', '1'],
      ['colorScheme', 'light'],
      ['cookies', 'true'],
      ['touch', '0'],
      ['visibility', 'visible'],
    ],
  }),
];

const LOADING: Entry[] = [
  entry('happening', 5, { kind: HappeningKind.navigation, url: `${SHOP}/checkout`, label: 'navigate' }),
  resource(0, 'navigation', '/checkout', 4210, 18_220),
  resource(4300, 'script', '/assets/app-4f2c91d0.js', 2900, 188_440),
  resource(4310, 'link', '/assets/app-91bc.css', 1700, 24_110),
  resource(4320, 'css', '/assets/inter-var.woff2', 1900, 98_020),
  resource(4340, 'img', '/pictures/tent-2p@2x.avif', 2600, 61_400),
  resource(4345, 'img', '/pictures/mat-l@2x.avif', 800, 0, {
    transfer: transfer(90, { flags: TimingFlag.cache, moved: 0 }),
  }),
  resource(4360, 'script', 'https://stats.example/t.js', 5200, 0, {
    status: 0,
    transfer: { ...NO_TRANSFER, duration: 5200, flags: TimingFlag.hidden },
  }),
  entry('failure', 9650, {
    kind: FailureKind.policy,
    name: 'script-src',
    message: 'Refused to load a script: https://ads.example/px.js is not among the sources allowed',
    where: `${SHOP}/checkout:1:1`,
    details: [
      ['blocked', 'https://ads.example/px.js'],
      ['directive', 'script-src-elem'],
      ['disposition', 'enforce'],
    ],
  }),
  entry('failure', 9700, {
    kind: FailureKind.resource,
    name: 'img',
    message: 'A picture did not load',
    details: [['url', `${SHOP}/pictures/banner-winter.webp`]],
  }),
];

const SAYING: Entry[] = [
  line(7300, ConsoleMethod.debug, [text('router: entering /checkout')]),
  line(7310, ConsoleMethod.log, [
    [ValueKind.format, '%cAcme shop%c build %s', 0],
    text('color: white; background: #1f2a44; font-weight: bold; padding: 99px; background-image: url(https://x/)'),
    text(''),
    text('4f2c91d0'),
  ]),
  line(7600, ConsoleMethod.groupCollapsed, [text('Feature flags')]),
  line(7601, ConsoleMethod.log, [object({ newCheckout: word(true), giftWrap: word(false) })], `${APP}:1:9911`, {
    depth: 1,
  }),
  line(7700, ConsoleMethod.group, [text('Cart')]),
  line(7701, ConsoleMethod.info, [text('restored from session'), CART], `${APP}:1:22871`, { depth: 1 }),
  line(
    7702,
    ConsoleMethod.table,
    [
      array(
        object({ sku: text('TENT-2P'), quantity: number(1), price: number(189) }),
        object({ sku: text('MAT-L'), quantity: number(2), price: number(44.5) }),
      ),
    ],
    `${APP}:1:22901`,
    { depth: 1 },
  ),
  line(
    9100,
    ConsoleMethod.warn,
    [text('prices: the currency of the cart (EUR) is not that of the session (GBP)')],
    `${APP}:1:31002`,
    {
      stack: STACK,
    },
  ),
  line(12_000, ConsoleMethod.log, [text('heartbeat'), number(200)], `${APP}:1:7002`),
];

const VOUCHER = JSON.stringify({ code: 'voucher_refused', message: 'This voucher was used up.', attempts: 3 });

const CALLING: Entry[] = [
  ...call(1, 7320, '/api/session', { answer: JSON.stringify({ user: DOTS, currency: 'GBP', cart: 'crt_8812' }) }),
  ...call(2, 7340, '/api/cart/crt_8812?expand=items', {
    lasted: 2400,
    answer: JSON.stringify({ id: 'crt_8812', items: [{ sku: 'TENT-2P', quantity: 1 }], email: DOTS }),
  }),
  entry('request', 9500, {
    id: 3,
    kind: RequestKind.webSocket,
    url: 'wss://live.acme.example/stock',
    flags: RequestFlag.seenLate,
    initiator: `${APP}:1:60123`,
  }),
  entry('response', 9900, { id: 3, status: 101, reason: 'Switching Protocols' }),
  entry('message', 10_200, { id: 3, out: 1, body: BodyState.whole, size: 44, text: '{"watch":["TENT-2P","MAT-L"]}' }),
  entry('message', 10_900, { id: 3, body: BodyState.whole, size: 61, text: '{"sku":"TENT-2P","left":4}' }),
  entry('message', 31_000, { id: 3, body: BodyState.binary, size: 2048 }),
  entry('leftOut', 41_000, { kind: LeftOut.messages, id: 3, count: 1840, since: 10_000 }),
];

const TRYING: Entry[] = [
  entry('happening', 38_100, {
    kind: HappeningKind.click,
    label: 'Apply voucher',
    url: `${SHOP}/checkout`,
    node: 88,
    x: 702,
    y: 419,
  }),
  entry('happening', 38_150, { kind: HappeningKind.submit, label: 'Voucher form', url: `${SHOP}/checkout` }),
  ...call(4, 38_200, '/api/cart/crt_8812/voucher', {
    method: 'POST',
    status: 422,
    lasted: 5300,
    body: JSON.stringify({ voucher: DOTS, cart: 'crt_8812' }),
    answer: VOUCHER,
    headers: [['content-type', 'application/json']],
  }),
  entry('happening', 43_700, {
    kind: HappeningKind.message,
    label: 'This voucher cannot be used.',
    url: `${SHOP}/checkout`,
  }),
  line(
    43_610,
    ConsoleMethod.error,
    [
      text('voucher:'),
      [
        ValueKind.fault,
        'VoucherError: the server answered 422',
        2,
        [
          ['stack', text(`VoucherError: the server answered 422\n    at ${STACK.split('\n').join('\n    at ')}`)],
          ['status', number(422)],
        ],
      ],
    ],
    `${APP}:1:48300`,
    { stack: STACK },
  ),
  entry('failure', 43_650, {
    kind: FailureKind.rejection,
    name: 'TypeError',
    message: 'Cannot read properties of undefined (reading ‘discount’)',
    stack: STACK,
    where: `${APP}:1:48213`,
    causes: [
      `VoucherError: the server answered 422\n    at request (${APP}:1:30117)\n    at async applyVoucher (${APP}:1:48150)`,
    ],
  }),
  entry('happening', 47_000, { kind: HappeningKind.dead, label: 'Continue to payment', url: `${SHOP}/checkout` }),
  entry('happening', 49_200, {
    kind: HappeningKind.rage,
    label: 'Continue to payment',
    count: 6,
    url: `${SHOP}/checkout`,
  }),
  entry('happening', 52_000, {
    kind: HappeningKind.custom,
    label: 'checkout_blocked',
    data: '{"step":"payment","items":3}',
    url: `${SHOP}/checkout`,
  }),
  ...call(5, 52_100, 'https://api.pay.example/v2/intents', { method: 'POST', lasted: 100 }).slice(0, 1),
  entry('done', 52_900, { id: 5, outcome: Outcome.failed, reason: 'Failed to fetch' }),
  ...call(6, 53_000, '/api/recommendations', {}).slice(0, 1),
  entry('done', 53_800, { id: 6, outcome: Outcome.aborted, reason: 'signal is aborted without reason' }),
  ...call(7, 54_000, '/beacon', { kind: RequestKind.beacon, method: 'POST', flags: RequestFlag.keepalive }).slice(0, 1),
  entry('done', 54_010, { id: 7, body: BodyState.unknown }),
  ...call(8, 60_000, '/api/cart/crt_8812/summary', {}).slice(0, 1),
];

const FIGURES: Entry[] = [
  entry('vital', 5200, { name: 'TTFB', value: 412_000, rating: Rating.good }),
  entry('vital', 7100, { name: 'FCP', value: 1_140_000, rating: Rating.good, detail: 'header.site > h1' }),
  entry('vital', 9000, { name: 'LCP', value: 3_120_000, rating: Rating.middling, detail: 'main > img.hero' }),
  entry('vital', 44_000, { name: 'INP', value: 612_000, rating: Rating.poor, detail: 'button.apply (click)' }),
  entry('vital', 44_000, { name: 'CLS', value: 41, rating: Rating.good, detail: 'div.banner' }),
  entry('task', 7150, { duration: 1840, blocking: 1340, frame: 1, scripts: [[`${APP}:1:1204`, '1610']] }),
  entry('task', 38_300, {
    duration: 5720,
    blocking: 5220,
    frame: 1,
    scripts: [
      [`${APP}:1:48213`, '4100'],
      ['https://stats.example/t.js:1:90', '900'],
    ],
  }),
  entry('task', 49_100, { duration: 640, blocking: 140, scripts: [] }),
];

/** The first page of the visit, in the order of its times. */
export const VISIT: Entry[] = [...ENVIRONMENT, ...LOADING, ...SAYING, ...CALLING, ...TRYING, ...FIGURES].sort(
  (a, b) => a.at - b.at,
);

function gauges(): Entry[] {
  return Array.from({ length: 90 }, (_, i) => {
    const slow = i > 36 && i < 50;
    return entry('gauge', 10_000 + i * 10_000, {
      frames: slow ? 180 + ((i * 53) % 120) : 570 + ((i * 37) % 30),
      used: 38_000 + i * 210 + ((i * 7919) % 3000),
      limit: 4_000_000,
      nodes: 1400 + i * 3,
      busy: slow ? 220 + ((i * 71) % 300) : (i * 13) % 40,
      backlog: i % 17 === 0 ? 4200 : (i * 97) % 600,
    });
  });
}

/** The whole visit as it comes: a page, repeats of its lines, changes of the environment, a loss, and the next page. */
export function visit(now: number): Batch[] {
  const before = { time: 0, at: now - 95_000 };
  const heartbeat = 1 + VISIT.findIndex((one) => one.type === 'console' && one.at === 12_000);
  const fault = 1 + VISIT.findIndex((one) => one.type === 'failure' && one.at === 43_650);
  const more: Entry[] = [
    entry('repeat', 880_000, { of: heartbeat, count: 88 }),
    entry('repeat', 881_000, { of: fault, count: 4 }),
    entry('leftOut', 700_000, {
      kind: LeftOut.console,
      count: 2311,
      since: 10_000,
      texts: [
        ['log', '2300'],
        ['error', '11'],
        ['last', 'stock: TENT-2P 4'],
      ],
    }),
    entry('environment', 400_000, { values: [['viewport', '1366 × 640']] }),
    entry('environment', 520_000, {
      values: [
        ['online', 'false'],
        ['connection.downlink', '0'],
      ],
    }),
    entry('environment', 560_000, {
      values: [
        ['online', 'true'],
        ['connection.downlink', '3.1'],
      ],
    }),
  ];
  const first = [...VISIT, ...gauges(), ...more];
  const next = [
    entry('happening', 5, { kind: HappeningKind.navigation, url: `${SHOP}/cart`, label: 'navigate' }),
    resource(0, 'navigation', '/cart', 2300, 16_004),
    line(2600, ConsoleMethod.log, [text('router: entering /cart')]),
    line(2700, ConsoleMethod.assert, [text('one cart per session'), number(2)], `${APP}:1:22000`, { stack: STACK }),
  ];
  return [
    batch(1, first, { tab: 2, epoch: 1, ...before }),
    batch(1, next.slice(0, 2), { tab: 2, epoch: 2, time: 0, at: now - 2000 }),
    batch(15, next.slice(2), { tab: 2, epoch: 2, time: 300, at: now - 1700 }),
  ];
}

/** Markup, control characters and long texts wherever a text may be. */
export function hostile(): Batch {
  const bad = `<img src=x onerror="window.hurt=1"><script>window.hurt=1</script>\u202e\u0007${'W'.repeat(3000)}`;
  const url = 'javascript:window.hurt=1';
  const value: Value = [ValueKind.object, bad, 9, [[bad, [ValueKind.string, bad, 0]]]];
  return batch(
    1,
    [
      entry('console', 1, {
        method: ConsoleMethod.error,
        values: [[ValueKind.format, `%c${bad}%o%d`, 0], text('color:red;background:url(https://x.example/)'), value],
        where: `${bad}:1:2`,
        stack: bad,
        depth: 255,
      }),
      entry('console', 2, {
        method: 200,
        values: [
          [99, bad, 3],
          [ValueKind.array, bad, 2 ** 32 - 1, []],
        ],
      }),
      entry('console', 3, { method: ConsoleMethod.table, values: [array(value, value)] }),
      entry('request', 4, { id: 1, kind: 77, method: bad, url, headers: [[bad, bad]], body: 1, text: bad }),
      entry('response', 5, { id: 1, status: 4e9, reason: bad, url: bad, mime: bad, headers: [[bad, bad]] }),
      entry('done', 6, {
        id: 1,
        outcome: 99,
        reason: bad,
        transfer: transfer(4e9, { marks: [4e9, 1, 4e9], protocol: bad, moved: 4e9 }),
        body: 77,
        text: bad,
      }),
      entry('resource', 7, { kind: bad, url, status: 999 }),
      entry('failure', 8, {
        kind: 77,
        name: bad,
        message: bad,
        stack: bad,
        causes: [bad],
        where: bad,
        details: [[bad, bad]],
      }),
      entry('environment', 9, {
        values: [
          [bad, bad],
          ['__proto__', bad],
          ['constructor', bad],
        ],
      }),
      entry('vital', 10, { name: 'LCP', value: 4e9, rating: 99, detail: bad }),
      entry('task', 11, { duration: 4e9, scripts: [[bad, bad]] }),
      entry('gauge', 12, { frames: 4e9, used: 4e9, nodes: 4e9, busy: 4e9, backlog: 4e9 }),
      entry('happening', 13, { kind: 99, label: bad, url, data: `{"${'a'.repeat(20)}":"<b>"}`, count: 4e9 }),
      entry('happening', 14, { kind: HappeningKind.navigation, label: bad, url }),
    ],
    { tab: 7, epoch: 3, time: 10, at: Date.now() },
  );
}
