// Pages that shadow names, break prototypes and forbid everything: the capture reads them, and they notice nothing.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { Bench } from './bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.open();
});
afterAll(() => bench.close());

const CLOBBER = ['childNodes', 'attributes', 'parentNode', 'nodeType', 'firstChild', 'nextSibling', 'localName', 'matches', 'style', 'scrollTop', 'getAttribute', 'hasAttribute', 'getBoundingClientRect', 'shadowRoot', 'ownerDocument', 'isConnected', 'elements', 'namespaceURI', 'getAttributeNames', 'contains', 'tagName', 'id', 'sheet']; // biome-ignore format: a list
const DOCUMENT = ['title', 'body', 'doctype', 'activeElement', 'defaultView', 'nodeType', 'compatMode', 'visibilityState', 'baseURI', 'adoptedStyleSheets', 'addEventListener', 'querySelectorAll', 'firstChild', 'readyState', 'scrollingElement', 'designMode', 'documentElement']; // biome-ignore format: a list

test('forms and documents whose properties are their fields', async () => {
  const fields = CLOBBER.map((name) => `<input name="${name}" id="${name}">`).join('');
  const images = DOCUMENT.map((name) => `<form name="${name}"></form><img name="${name}">`).join('');
  const page = await bench.page(`<form id="form" class="x">${fields}<b>text</b></form>${images}`);
  const differences = await page.evaluate(async () => {
    const { rig } = window;
    rig.start();
    const one = rig.compare();
    const form = document.querySelector('.x') as Element;
    Element.prototype.append.call(form, 'more');
    Element.prototype.setAttribute.call(form, 'style', 'background: url(x.png)');
    Element.prototype.setAttribute.call(form, 'title', 'new');
    Element.prototype.append.call(document.querySelector('b'), form.querySelector('input') as Element);
    return [one, rig.compare().replace(/url\([^)]*\)/g, ''), rig.errors.join()];
  });
  expect(differences[0]).toBe('');
  expect(differences[1]).not.toMatch(/threw|errors/);
  expect(differences[2]).toBe('');
  await page.close();
});

test('prototypes that the page breaks after us change nothing', async () => {
  const page = await bench.page('<main id="m" class="a"><p>text</p><input value="x"></main>');
  const difference = await page.evaluate(() => {
    window.rig.start();
    const m = document.querySelector('#m') as Element;
    const append = Element.prototype.append;
    for (const [prototype, names] of [
      [Node.prototype, ['firstChild', 'nextSibling', 'parentNode', 'nodeType', 'isConnected', 'textContent']],
      [Element.prototype, ['localName', 'shadowRoot', 'namespaceURI', 'scrollTop']],
      [HTMLInputElement.prototype, ['type']],
    ] as const) {
      for (const name of names) {
        Object.defineProperty(prototype, name, {
          configurable: true,
          get() {
            throw new Error('page');
          },
        });
      }
    }
    for (const name of ['getAttribute', 'hasAttribute', 'matches', 'getAttributeNames'] as const) {
      Object.defineProperty(Element.prototype, name, {
        value() {
          throw new Error('page');
        },
      });
    }
    append.call(m, 'more');
    window.rig.flush();
    return window.rig.errors.join() || window.rig.receiver().far.canonical().join('\n');
  });
  expect(difference).toContain('"more"');
  await page.close();
});

test('an error of ours stays ours, and everything is sent anew', async () => {
  const page = await bench.page('<main id="m"><p>text</p></main>');
  const seen: string[] = [];
  page.on('pageerror', (error) => seen.push(error.message));
  const result = await page.evaluate(async () => {
    const { rig } = window;
    rig.start();
    const { ops } = rig.receiver();
    const { text } = ops;
    Object.assign(ops, {
      text() {
        Object.assign(ops, { text });
        throw new Error('ours');
      },
    });
    const m = document.querySelector('#m') as Element;
    m.append(document.createElement('section'), 'one', document.createElement('b'));
    await new Promise((resolve) => setTimeout(resolve, 200));
    const errors = rig.errors.splice(0);
    m.append('two');
    return [errors.length, errors[0]?.includes('ours'), await rig.settled()];
  });
  expect(result).toEqual([1, true, '']);
  expect(seen).toEqual([]);
  await page.close();
});

test('objects that throw when they are read', async () => {
  const page = await bench.page('<input id="i"><div id="d"></div>');
  const result = await page.evaluate(() => {
    const { rig } = window;
    rig.start();
    const evil = {
      toString() {
        throw new Error('page');
      },
    };
    const thrown: string[] = [];
    const attempt = (f: () => void) => {
      try {
        f();
      } catch (error) {
        thrown.push(String(error));
      }
    };
    attempt(() => Reflect.set(document.querySelector('#i') as object, 'value', evil));
    attempt(() => document.querySelector('#d')?.setAttribute('title', evil as unknown as string));
    attempt(() => history.pushState(null, '', evil as unknown as string));
    attempt(() => new CSSStyleSheet().insertRule(evil as unknown as string));
    attempt(() => Reflect.apply(HTMLDialogElement.prototype.show, {}, []));
    return [thrown.filter((t) => t === 'Error: page').length, thrown.length, rig.compare()];
  });
  expect(result).toEqual([4, 5, '']);
  await page.close();
});

test('the strictest policy has nothing to report', async () => {
  const policy = "default-src 'none'; script-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'";
  const page = await bench.page('<main id="m"><p>text</p><input></main>', {
    headers: { 'content-security-policy': policy },
  });
  const result = await page.evaluate(async () => {
    const seen: string[] = [];
    document.addEventListener('securitypolicyviolation', (event) =>
      seen.push(`${event.violatedDirective} ${event.sourceFile}`),
    );
    const { rig } = window;
    rig.start();
    const m = document.querySelector('#m') as HTMLElement;
    m.append(document.createElement('details'), 'more');
    m.style.top = '1px';
    m.attachShadow({ mode: 'open' }).append('in');
    (m.querySelector('input') as HTMLInputElement).value = 'x';
    await new Promise((resolve) => setTimeout(resolve, 50));
    const difference = rig.compare();
    rig.stop();
    return [seen, difference];
  });
  expect(result).toEqual([[], '']);
  await page.close();
});

test('the page’s document and what scripts see of it stay as they were', async () => {
  const page = await bench.page('<main id="m"><p>text</p><input><dialog></dialog></main>');
  const result = await page.evaluate(() => {
    const shapes = () =>
      [
        [Element.prototype, 'attachShadow'],
        [CSSStyleSheet.prototype, 'insertRule'],
        [History.prototype, 'pushState'],
        [HTMLDialogElement.prototype, 'showModal'],
      ].map(([prototype, name]) => {
        const f = Reflect.get(prototype as object, name as string) as CallableFunction;
        return [
          f.name,
          f.length,
          f.toString(),
          Object.keys(Object.getOwnPropertyDescriptor(prototype, name as string) ?? {}).join(),
        ];
      });
    const before = [document.documentElement.outerHTML, JSON.stringify(shapes())];
    window.rig.start();
    window.rig.flush();
    return [before, [document.documentElement.outerHTML, JSON.stringify(shapes())]];
  });
  expect(result[1]).toEqual(result[0]);
  await page.close();
});

test('stop puts every patch back, but none that the page has wrapped', async () => {
  const page = await bench.page('<main id="m"><input></main>');
  const result = await page.evaluate(() => {
    const all = () => {
      const found = new Map<string, unknown>();
      for (const name of Object.getOwnPropertyNames(window)) {
        const prototype: unknown = (Reflect.get(window, name) as { prototype?: unknown } | undefined)?.prototype;
        if (!/^[A-Z]/.test(name) || typeof prototype !== 'object' || prototype === null) continue;
        for (const [key, d] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
          found.set(`${name}.${key}`, d.value ?? d.get);
          found.set(`${name}.${key}=`, d.set);
        }
      }
      return found;
    };
    const differing = (a: Map<string, unknown>, b: Map<string, unknown>) =>
      [...a].filter(([k, v]) => !Object.is(b.get(k), v)).map(([k]) => k);
    const before = all();
    window.rig.start();
    const patched = differing(before, all());
    const inner = History.prototype.pushState;
    const wrapped = function (this: History, ...args: Parameters<History['pushState']>) {
      return inner.apply(this, args);
    };
    History.prototype.pushState = wrapped;
    window.rig.stop();
    const left = differing(before, all());
    const told = window.rig.receiver().raw.length;
    history.pushState(null, '', '?x');
    (document.querySelector('input') as HTMLInputElement).value = 'x';
    document.body.append('after');
    return [patched.length, left, History.prototype.pushState === wrapped, window.rig.receiver().raw.length - told];
  });
  expect(result[0]).toBeGreaterThan(30);
  expect(result.slice(1)).toEqual([['History.pushState'], true, 0]);
  await page.close();
});

test('a document deeper than any limit is cut, and its changes are still told', async () => {
  const page = await bench.page('<main id="m" hidden></main>');
  const result = await page.evaluate(() => {
    let at: Element = document.querySelector('#m') as Element;
    for (let i = 0; i < 5000; i++) at = at.appendChild(document.createElement('div'));
    at.append('deepest');
    const { rig } = window;
    rig.start();
    at.append('more');
    const low = document.createElement('div');
    let end: Element = low;
    for (let i = 0; i < 300; i++) end = end.appendChild(document.createElement('i'));
    low.hidden = true;
    document.body.append(low);
    rig.flush();
    let host: Element = document.querySelector('#m') as Element;
    for (let i = 0; i < 400; i++) host = host.firstElementChild as Element;
    host.append(low);
    rig.flush();
    const lines = rig.receiver().far.canonical();
    return [
      rig.errors,
      Math.max(...lines.map((line) => line.search(/\S/))),
      lines.filter((l) => l.includes('blocked')).length,
    ];
  });
  expect(result[0]).toEqual([]);
  expect(result[1]).toBeLessThan(512);
  expect(result[2]).toBe(2);
  await page.close();
});
