// What shortening a bundle may not touch.

import { describe, expect, test } from 'vitest';
import { dropErrorTexts, dropUnused, hidePrivates, inlineTables, ownNames, shorten } from '../shorten.mjs';

describe('names that stay', () => {
  test.each([
    ['the platform has it', 'class A { firstChild = 1 }'],
    ['the language has it', 'class A { flatMap = 1 }'],
    ['messages have it', 'class A { participants = 1 }'],
    ['the protocol has it', 'class A { zigzag = 1 }'],
    ['the tab keeps it', 'class A { handoff = 1 }'],
    ['a string has it', "class A { ours = 1 } new A()['ours']"],
    ['a template has it', 'class A { ours = 1 } new A()[`ours`]'],
    ['no class has it', '({ ours: 1 }).ours'],
  ])('%s', async (_, code) => {
    expect(await ownNames(code)).toEqual([]);
  });

  test('fields, methods and accessors of our own do not', async () => {
    const code = 'class A { ourField = 1; ourMethod() {} get ourView() { return 1 } set ourView(v) {} }';
    expect(await ownNames(code)).toEqual(['ourField', 'ourMethod', 'ourView']);
  });
});

describe('privates of a class', () => {
  test.each([
    ['a field', 'private a = 1; b() { return this.a }', '_p0 = 1; b() { return this._p0 }'],
    [
      'what is taken out of this',
      'private a; b() { const { a } = this; f(a) }',
      '_p0; b() { const { _p0: a } = this; f(a) }',
    ],
    ['a method called in an arrow', 'private a() {} b = () => this.a()', '_p0() {} b = () => this._p0()'],
    ['a word that is one of them', "private a; b() { f('a', this.a) }", "_p0; b() { f('a', this._p0) }"],
  ])('are short: %s', (_, code, hidden) => {
    expect(hidePrivates(`class A { ${code} }`).replaceAll('private ', '')).toBe(`class A { ${hidden} }`);
  });

  test('a parameter that is one keeps its name within the constructor', () => {
    expect(hidePrivates('class A { constructor(private a = 1) { f(a, this.a) } }')).toBe(
      'class A { constructor(private _p0 = 1) { const a = _p0;f(a, this._p0) } }',
    );
  });

  test.each([
    ['another object may have it', 'private a; b(c: A) { return c.a === this.a }'],
    ['it is taken out of another object', 'private a; b(c: A) { const { a } = c; return a === this.a }'],
    ['a string says it', "private a; b() { return 'a' in this && this.a }"],
    ['it is asked for by a string', "private a; b(c: 'a') { return this[c ?? 'a'] ?? this.a }"],
    ['this is another one', 'private a; b() { return function () { return this.a } }'],
    ['all may ask for it', 'a = 1; b() { return this.a }'],
  ])('keep their names when %s', (_, code) => {
    expect(hidePrivates(`class A { ${code} }`)).toBe(`class A { ${code} }`);
  });

  test('of a class are not those of the class that it extends', () => {
    const both = hidePrivates('class A { private a = 1 } class B extends A { private b = 1 }');
    expect(both).toBe('class A { private _p0 = 1 } class B extends A { private _s0 = 1 }');
    expect(() => hidePrivates('class A extends Z {} class B extends A {}')).toThrow('A extends a class');
  });

  test('that their own class does not name go, whatever others have under that name', () => {
    const code = 'export class A { _p0() {} } export class B { _p0() {} b() { this._p0() } } f(new B().b());';
    expect(dropUnused([code])[0]?.match(/_p0\(\) *{/g)).toHaveLength(1);
  });
});

test('tables of numbers are inlined, other tables stay', () => {
  const code = "const Kind = { a: 1, b: 2 }; const Words = { a: 'x', b: 2 }; f(Kind.b, Words.b, Kind, x.Kind.a);";
  expect(inlineTables(code)).toBe(code.replace('f(Kind.b', 'f(2'));
});

test('texts of errors go, and with them what was asked for them only', () => {
  const code =
    "if (x) throw new Error('at ' + f('a')); r.fail('b' + c); fail(); book.fail(open, reason); failed('d'); this.fail(\"e\"); new Map([1]);";
  expect(dropErrorTexts(code)).toBe(
    "if (x) throw new Error(); r.fail(); fail(); book.fail(open, reason); failed('d'); this.fail(); new Map([1]);",
  );
});

test('methods that nothing names go, and those that only they named; what is computed, said or called by the platform stays', () => {
  const codes = [
    `export class A { used() {} said() {} unused() { this.onlyHere() } onlyHere() {} never() { if (false) this.folded() } folded() {} toString() { return '' } [Symbol.iterator]() {} taken() {} }`,
    `export const f = (a) => { a.used(); const { taken } = a; a['sa' + 'id'](); a.never(); return [taken, 'said'] };`,
  ];
  const [first = ''] = dropUnused(codes);
  expect(first.match(/\w+(?=]?\(\)\s*{)/g)).toEqual(['used', 'said', 'never', 'toString', 'iterator', 'taken']);
});

test('a shortened bundle says the same', async () => {
  const code = `
    const Step = { one: 1, two: 2 };
    class Counter {
      countedSoFar = 0;
      stepOnward(by) { this.countedSoFar += by; return this }
      get participants() { return [this.countedSoFar] }
    }
    const { countedSoFar, participants } = new Counter().stepOnward(Step.one).stepOnward(Step.two);
    return JSON.stringify({ ours: countedSoFar, participants });`;
  const wrapped = await shorten(`globalThis.said = (() => {${code}})();`, false);
  expect(wrapped.names).toEqual(['countedSoFar', 'stepOnward']);
  expect(wrapped.code).not.toMatch(/countedSoFar|stepOnward/);
  expect(new Function(`${wrapped.code}; return said`)()).toBe(new Function(code)());
});
