// Values and lines of the console as text: what DevTools would show, and dots for what is masked.

import { ConsoleMethod, type Value, ValueKind } from '@ridealong/wire/entries';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { styleOf } from './css.ts';
import { piecesOf, preview, tableOf } from './values.ts';

const text = (value: string): Value => [ValueKind.string, value, 0];
const number = (value: number): Value => [ValueKind.number, String(value), 0];
const format = (value: string): Value => [ValueKind.format, value, 0];
const masked: Value = [ValueKind.masked, '', 7];
const object = (items: Record<string, Value>): Value => [
  ValueKind.object,
  'Object',
  Object.keys(items).length,
  Object.entries(items),
];

function said(...values: Value[]): string {
  return piecesOf(values)
    .map((piece) => ('text' in piece ? piece.text : preview(piece.value)))
    .join('');
}

test.each<[string, Value[], string]>([
  ['texts and numbers', [text('a'), number(1)], 'a 1'],
  ['%s %d %i %f', [format('%s=%d/%i/%f!'), text('x'), number(3.7), text('4.9px'), text('1.5')], 'x=3/4/1.5!'],
  ['%% is one', [format('100%% of %s'), text('it')], '100% of it'],
  ['what is left over follows', [format('%s'), text('a'), text('b'), number(2)], 'a b 2'],
  ['placeholders without values stay', [format('%s and %d'), text('a')], 'a and %d'],
  ['unknown placeholders stay', [format('%x %s'), text('a')], '%x a'],
  ['%d of an object is no number', [format('%d'), object({})], 'NaN'],
  ['%o opens', [format('see %o'), object({ a: number(1) })], 'see {a: 1}'],
  ['masked values stay masked', [format('%s %d'), masked, masked], '•••••• ••••••'],
  ['a text with a percent sign is not a format', [text('100%s'), number(1)], '100%s 1'],
])('%s', (_, values, line) => expect(said(...values)).toBe(line));

test.each<[Value, string]>([
  [object({ a: number(1), b: text('x'), c: masked }), "{a: 1, b: 'x', c: '••••••'}"],
  [object({ a: object({ b: number(1) }), e: object({}) }), '{a: {…}, e: {}}'],
  [[ValueKind.object, 'Cart', 9, [['a', number(1)]]], 'Cart {a: 1, …}'],
  [
    [
      ValueKind.array,
      'Array',
      3,
      [
        ['0', number(1)],
        ['1', text('b')],
      ],
    ],
    "(3) [1, 'b', …]",
  ],
  [[ValueKind.map, 'Map', 1, [['k', number(1)]]], 'Map(1) {k => 1}'],
  [[ValueKind.set, 'Set', 1, [['', text('x')]]], "Set(1) {'x'}"],
  [[ValueKind.getter, '', 0], '(…)'],
  [[ValueKind.circle, 'Cart', 0], '[Circular Cart]'],
  [[ValueKind.node, 'button#pay', 9], '<button#pay>'],
  [[ValueKind.other, 'Uint8Array', 12], 'Uint8Array(12)'],
  [[ValueKind.fault, 'TypeError: no', 0, []], 'TypeError: no'],
  [[200, 'what', 1], 'what'],
])('a preview', (value, line) => expect(preview(value)).toBe(line));

test('%c takes plain styles only, for the text behind it', () => {
  const css = text(
    'color: RED; background: url(https://x/); font-weight:bold; position:fixed; text-decoration: underline',
  );
  expect(piecesOf([format('a%cb%cc'), css, text('')])).toEqual([
    { text: 'a', style: {} },
    { text: 'b', style: { color: 'red', fontWeight: 'bold', textDecoration: 'underline' } },
    { text: 'c', style: {} },
  ]);
});

test.each([
  'color: url(x)',
  'color: expression(1)',
  'color: var(--x)',
  'color: red; } body { color: blue',
  'background: red url(x)',
  'background-image: url(x)',
  'font-weight: 1e9',
  '__proto__: red',
  'constructor: red',
  'color: rgb(url(x))',
])('%s loads and moves nothing', (css) => {
  expect(JSON.stringify(styleOf(css))).not.toMatch(/url|expression|var|body|1e9|__proto__|constructor/);
});

test.each(['#abc', '#a1b2c3d4', 'tomato', 'rgb(1, 2, 3)', 'hsl(120deg 50% 50% / 0.5)'])('%s is a colour', (colour) => {
  expect(styleOf(`color:${colour}`)).toEqual({ color: colour });
});

test('tables: the columns are the names in the rows, or those asked for', () => {
  const row = (name: string, price: number) => object({ name: text(name), price: number(price) });
  const rows: Value = [
    ValueKind.array,
    'Array',
    2,
    [
      ['0', row('a', 1)],
      ['1', row('b', 2)],
    ],
  ];
  expect(tableOf([rows])).toMatchObject({ columns: ['name', 'price'], more: 0, rows: [{ name: '0' }, { name: '1' }] });
  const only: Value = [ValueKind.array, 'Array', 1, [['0', text('price')]]];
  expect(tableOf([rows, only])?.columns).toEqual(['price']);
  expect(tableOf([text('x')])).toBeNull();
  expect(tableOf([[ValueKind.array, 'Array', 1, [['0', number(4)]]]])?.columns).toEqual(['Value']);
});

test('any values are a line and never throw', () => {
  const leaf: fc.Arbitrary<Value> = fc
    .tuple(fc.nat(255), fc.string(), fc.nat(), fc.constant(undefined))
    .map(([a, b, c]) => [a, b, c]);
  const { value } = fc.letrec<{ value: Value }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.tuple(fc.nat(255), fc.string(), fc.nat(), fc.array(fc.tuple(fc.string(), tie('value')), { maxLength: 4 })),
    ),
  }));
  const css = fc.string({ unit: 'binary' }).map((one) => text(`color:${one}`));
  const any = fc.oneof(
    value,
    fc.string().map((one) => format(`%c%o%d%s${one}`)),
    css,
  );
  fc.assert(
    fc.property(fc.array(any), (values) => {
      expect(typeof said(...values)).toBe('string');
      tableOf(values);
    }),
  );
  expect(ConsoleMethod.log).toBe(0);
});
