// What the stage shows for each kind of op, in real browsers: the canonical form is read back from the document that stands there.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CanonicalDocument, CanonicalElement, CanonicalNode } from '../canonical.ts';
import { startChromium, startFirefox, type Tab, type TestBrowser } from './browsers.ts';
import { Forge, type Tree } from './forge.ts';
import type { Call } from './harness.ts';
import { type Server, serve } from './server.ts';

let server: Server;
beforeAll(async () => {
  server = await serve();
});
afterAll(() => server.close());

const elements = (nodes: CanonicalNode[]): CanonicalElement[] =>
  nodes.flatMap((node) =>
    'tag' in node ? [node, ...elements(node.shadow?.nodes ?? []), ...elements(node.children)] : [],
  );

describe.each([
  ['chromium', startChromium],
  ['firefox', startFirefox],
] as const)('%s', (_, start) => {
  let browser: TestBrowser;
  let tab: Tab;
  let forge: Forge;

  beforeAll(async () => {
    browser = await start();
    tab = await browser.tab();
    await tab.open(server.origin);
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    forge = new Forge();
    await tab.run('harness.open()');
  });

  const send = (calls: Call[], epoch = 1) => tab.run<void>(`harness.send(${JSON.stringify(calls)}, ${epoch})`);
  const form = (sample: unknown = { every: 0 }) =>
    tab.run<CanonicalDocument>(`harness.form(${JSON.stringify(sample)})`);
  const events = async (name: string) =>
    (await tab.run<[string, ...unknown[]][]>('harness.events')).filter((event) => event[0] === name);
  const troubles = async () => (await events('trouble')).map((event) => `${event[1]} ${event[2]}`);
  const all = async (sample?: unknown) => elements((await form(sample)).nodes);
  const find = async (test: (e: CanonicalElement) => boolean, sample?: unknown) => {
    const found = (await all(sample)).find(test);
    if (!found) throw new Error('not on the stage');
    return found;
  };
  const byId = (id: string, sample?: unknown) => find((e) => e.attributes.id === id, sample);
  const style = async (name: string, property: string) => {
    const id = forge.of(name);
    const [found] = (await all([id])).filter((e) => e.style);
    return found?.style?.[property];
  };
  const page = (...body: Tree[]) => send(forge.page(body));
  /** When the stage has done what it does in idle time. */
  const idle = () => tab.inFrames('new Promise((done) => requestIdleCallback(() => setTimeout(done)))');

  test('a tree stands as it was sent, with its namespaces and its text of any script', async () => {
    const text = 'a\ud83d\ude80 \u05d0\u05d1 \u6f22 \ud800 lone';
    await page(
      ['p', { class: 'x', 'data-y': '1', 'aria-label': 'l', _ngcontent: '' }, text, ['b', {}, 'bold']],
      [
        'svg:svg',
        { viewBox: '0 0 4 4' },
        ['svg:linearGradient', { id: 'g' }],
        ['svg:rect', { fill: 'url(#g)', width: 4 }],
      ],
      ['math:math', {}, ['math:mi', {}, 'x']],
      ['my-widget', { variant: 'primary' }, 'inner'],
    );
    const { nodes, compat } = await form();
    expect(compat).toBe('standards');
    expect(nodes[0]).toEqual({ doctype: 'html' });
    const body = await find((e) => e.tag === 'body');
    expect(body.children[0]).toMatchObject({ tag: 'p', attributes: { class: 'x', 'data-y': '1', _ngcontent: '' } });
    expect((body.children[0] as CanonicalElement).children[0]).toEqual({ text });
    expect(body.children[1]).toMatchObject({ ns: 'svg', tag: 'svg', attributes: { viewBox: '0 0 4 4' } });
    expect((body.children[1] as CanonicalElement).children[1]).toMatchObject({ attributes: { fill: 'url("#g")' } });
    expect(body.children[2]).toMatchObject({ ns: 'mathml', children: [{ tag: 'mi' }] });
    expect(body.children[3]).toMatchObject({ tag: 'my-widget', attributes: { variant: 'primary' } });
    expect(await troubles()).toEqual([]);
  });

  test('nodes are put in, moved, taken out, and their text is changed', async () => {
    await page(
      ['ul', { '@': 'ul' }, ['li', { '@': 'a' }, 'a'], ['li', { '@': 'b' }, 'b'], ['li', { '@': 'c' }, 'c']],
      'tail',
    );
    const text = forge.of('a') + 1;
    await send([
      ...forge.insert('ul', 'a', ['li', { '@': 'n' }, 'new']),
      ['insert', forge.of('ul'), 0],
      ['moved', forge.of('c')],
      ['end'],
      ['remove', [forge.of('b')]],
      ['splice', text, 1, 0, 'bc'],
      ['setText', forge.of('n') + 1, 'newer'],
      ['attributes', forge.of('a'), ['class', 'k', 'title', null]],
    ]);
    const ul = await find((e) => e.tag === 'ul');
    expect(ul.children.map((li) => ('children' in li ? li.children[0] : li))).toEqual([
      { text: 'c' },
      { text: 'abc' },
      { text: 'newer' },
    ]);
    // A wrapper around nodes that stand in the page.
    await send([
      ...forge.insert('ul', 'c', ['div', { '@': 'w' }]).slice(0, -2),
      ['moved', forge.of('a')],
      ['end'],
      ['end'],
    ]);
    expect(await find((e) => e.tag === 'div')).toMatchObject({ children: [{ tag: 'li', attributes: { class: 'k' } }] });
    expect(await troubles()).toEqual([]);
  });

  test('the hash of a whole page agrees, of another it does not', async () => {
    const calls = forge.page(
      [
        ['div', {}, ['#shadow', {}, ['slot', {}], 'in shadow'], 'light'],
        ['style', {}, 'p { color: red }'],
        ['script', {}],
        ['#blocked', { tag: 'div', width: 100, height: 50 }],
        [
          'iframe',
          {},
          [
            '#document',
            {},
            ['html', {}, ['body', {}, 'framed \ud83d\ude80', ['iframe', {}, ['#document', {}, ['html', {}]]]]],
          ],
        ],
      ],
      [
        ['meta', { charset: 'utf-8' }],
        ['link', { rel: 'icon' }],
      ],
    );
    const [count, hash] = await tab.run<[number, number]>(`harness.hashOf(${JSON.stringify(calls)})`);
    await send([...calls, ['hash', count, hash]]);
    await idle();
    await form(); // answers come in order, also those of the frames
    expect(await troubles()).toEqual([]);
    await send([['hash', count, hash ^ 1]]);
    await idle();
    await tab.run("harness.until('trouble')");
    expect(await troubles()).toEqual([expect.stringMatching(/^hash hash/)]);
  });

  test('a hash finds a text that was changed behind the ops', async () => {
    const calls = forge.page([['p', {}, 'text']]);
    const [count, hash] = await tab.run<[number, number]>(`harness.hashOf(${JSON.stringify(calls)})`);
    await send(calls);
    await tab.inFrames("document.querySelector('p')?.firstChild?.appendData('!')");
    await send([['hash', count, hash]]);
    await tab.run("harness.until('trouble')");
    expect(await troubles()).toEqual([expect.stringMatching(/^hash/)]);
  });

  test('a tree that changes before there was time is compared seldom, but it is', async () => {
    const calls = forge.page([['p', { '@': 'p' }, 'text']]);
    const [count, hash] = await tab.run<[number, number]>(`harness.hashOf(${JSON.stringify(calls)})`);
    const changes = (n: number): Call[][] =>
      Array.from({ length: n }, (_, i) => [
        [['hash', count, hash ^ 1]],
        [['attributes', forge.of('p'), ['class', `${i}`]]],
      ]).flat() as Call[][];
    await send([...calls, ['hash', count, hash]]);
    await idle();
    await tab.inFrames('globalThis.requestIdleCallback = () => 0'); // never idle, and the last comparison was just now
    await tab.run(`for (const calls of ${JSON.stringify(changes(20))}) harness.post(calls)`);
    expect(await troubles()).toEqual([]);
    await tab.inFrames('performance.now = ((now) => () => now() + 30000)(performance.now.bind(performance))');
    await tab.run(`for (const calls of ${JSON.stringify(changes(1))}) harness.post(calls)`);
    await tab.run("harness.until('trouble')");
    expect(await troubles()).toEqual([expect.stringMatching(/^hash/)]);
  });

  test('form state is what the customer has', async () => {
    await page(
      ['input', { id: 'i', '@': 'i', type: 'text', value: 'default' }],
      ['input', { id: 'c', '@': 'c', type: 'checkbox' }],
      ['textarea', { id: 't', '@': 't' }, 'default'],
      ['select', { id: 's', '@': 's' }, ...['a', 'b', 'c'].map((v): Tree => ['option', {}, v])],
      ['select', { id: 'm', '@': 'm', multiple: '' }, ...['a', 'b', 'c'].map((v): Tree => ['option', {}, v])],
      ['input', { '@': 'f', type: 'file' }],
    );
    await send([
      ['value', forge.of('i'), '•••'],
      ['check', forge.of('c'), 3],
      ['value', forge.of('t'), 'two\nlines'],
      ['select', forge.of('s'), [2]],
      ['select', forge.of('m'), [0, 2]],
      ['value', forge.of('f'), 'x'],
    ]);
    expect(await byId('i')).toMatchObject({ value: '•••', attributes: { value: 'default' } });
    expect(await byId('c')).toMatchObject({ checked: true, indeterminate: true });
    expect(await byId('t')).toMatchObject({ value: 'two\nlines' });
    expect((await byId('s')).selected).toEqual([2]);
    expect((await byId('m')).selected).toEqual([0, 2]);
    expect(await troubles()).toEqual([]);
  });

  test('dialogs, details and popovers open and close', async () => {
    await page(
      ['dialog', { id: 'd', '@': 'd' }, 'modal'],
      ['dialog', { id: 'e', '@': 'e', open: '' }, 'plain'],
      ['details', { id: 'x', '@': 'x' }, ['summary', {}, 's']],
      ['div', { id: 'p', '@': 'p', popover: 'auto' }, 'pop'],
    );
    await send([
      ['state', forge.of('d'), 3],
      ['state', forge.of('e'), 1],
      ['state', forge.of('x'), 1],
      ['state', forge.of('p'), 4],
    ]);
    expect((await byId('d')).state).toEqual(['open', 'modal']);
    expect((await byId('e')).state).toEqual(['open']);
    expect((await byId('x')).state).toEqual(['open']);
    expect((await byId('p')).state).toEqual(['popover']);
    await send([
      ['state', forge.of('d'), 0],
      ['state', forge.of('x'), 0],
      ['state', forge.of('p'), 0],
    ]);
    expect([(await byId('d')).state, (await byId('x')).state, (await byId('p')).state]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('a dialog or a field on the stage does not take the keyboard from the agent', async () => {
    await tab.run("document.querySelector('#agent').focus()");
    await page(['dialog', { '@': 'd' }, ['input', { autofocus: '' }]], ['a', { href: 'http://x.test/' }, 'link']);
    await send([['state', forge.of('d'), 2]]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await tab.run('document.activeElement.tagName')).toBe('INPUT');
  });

  test('the page and its boxes are scrolled, also where the room for it comes later', async () => {
    await page(
      [
        'div',
        { id: 'box', '@': 'box', style: 'height:100px;overflow:auto;scroll-behavior:smooth' },
        ['div', { style: 'height:900px' }],
      ],
      ['div', { style: 'height:3000px' }],
    );
    await send([
      ['viewport', 900, 600, 1000, 1000],
      ['scroll', 1, 0, 1200],
      ['scroll', forge.of('box'), 0, 150],
    ]);
    expect((await form()).scroll).toEqual([0, 1200]);
    expect((await byId('box')).scroll).toEqual([0, 150]);
    await send([
      ['scroll', forge.of('body'), 0, 0],
      ['scroll', 1, 0, 3400],
      ['scroll', forge.of('box'), 0, 1000],
    ]);
    await send([
      ['insert', forge.of('body'), forge.of('box')],
      ...forge.node(['div', { style: 'height:2000px' }]),
      ['end'],
    ]);
    expect((await form()).scroll).toEqual([0, 3400]);
  });

  test('shadow roots and slots, closed ones too', async () => {
    await page([
      'x-card',
      { id: 'card' },
      ['#shadow', { '@': 'root' }, ['style', {}, ':host{color:rgb(1, 2, 3)}'], ['slot', {}]],
      ['b', { '@': 'b' }, 'slotted'],
    ]);
    expect((await byId('card')).shadow?.nodes).toHaveLength(2);
    expect(await style('b', 'color')).toBe('rgb(1, 2, 3)');
    await send(forge.insert('root', 0, ['i', {}, 'first']));
    expect((await byId('card')).shadow?.nodes[0]).toMatchObject({ tag: 'i' });
  });

  test('names that no browser knows are there for style sheets, and a custom element is undefined until it is said to be', async () => {
    await page(
      ['style', {}, 'nothing{color:rgb(1, 2, 3)}[mine=x]{color:rgb(4, 5, 6)}x-late:not(:defined){color:rgb(7, 8, 9)}'],
      ['nothing', { '@': 'nothing' }, 'unknown'],
      ['p', { '@': 'p', id: 'p', mine: 'x', formaction: 'http://x.test/' }, 'own'],
      ['x-late', { '@': 'late', ':undefined': '' }, 'late'],
    );
    expect(await style('nothing', 'color')).toBe('rgb(1, 2, 3)');
    expect(await style('p', 'color')).toBe('rgb(4, 5, 6)');
    expect(await style('late', 'color')).toBe('rgb(7, 8, 9)');
    const [there] = await tab.inFrames<string[]>(`document.querySelector('[mine]').getAttributeNames()`);
    expect(there?.sort()).toEqual(['id', 'mine']);
    await send([['attributes', forge.of('late'), [':undefined', null]]]);
    expect(await style('late', 'color')).toBe('rgb(0, 0, 0)');
  });

  test('rules stand at their index, whatever the browser thinks of them', async () => {
    await send(
      forge.page(
        [['p', { '@': 'p' }, 'text']],
        [['link', { rel: 'stylesheet', href: 'http://x.test/a.css', '@': 'css' }]],
      ),
    );
    const id = forge.of('css');
    await send([
      [
        'sheet',
        id,
        0,
        '',
        [
          '@import "http://x.test/b.css";',
          'p { color: red }',
          '::-foreign-thing { a: b }',
          '@media all { p { top: 1px } }',
        ],
      ],
      ['rule', id, [2], 1, 'p { color: rgb(9, 9, 9) }'],
      ['rule', id, [4, 1], 1, 'p { left: 2px }'],
      ['rule', id, [4, 0], 2, '@bogus {{'],
      ['rule', id, [1], 0, ''],
    ]);
    const link = await find((e) => e.tag === 'link');
    expect(link.sheet?.rules.slice(0, 3)).toEqual(['(refused)', 'p { color: rgb(9, 9, 9); }', '(refused)']);
    expect(link.sheet?.rules[3]).toMatch(/^@media all \{ @supports \(ra-refused: 1\) \{ \} p \{ left: 2px; \} \}$/);
    expect(link.attributes).toEqual({ href: 'http://x.test/a.css', rel: 'stylesheet' });
    expect(await style('p', 'color')).toBe('rgb(9, 9, 9)');
    await send([['disable', id, true]]);
    expect(await style('p', 'color')).toBe('rgb(0, 0, 0)');
    await send([
      ['disable', id, false],
      ['attributes', id, ['media', 'print']],
    ]);
    expect(await style('p', 'color')).toBe('rgb(0, 0, 0)');
    await send([['rule', id, [9], 0, '']]);
    expect(await troubles()).toEqual([expect.stringMatching(/^decode order: rule 9/)]);
  });

  test('a style keeps its rules when it is moved, with and without its parent', async () => {
    await send(
      forge.page([
        ['div', { '@': 'box' }, ['style', { '@': 'css' }]],
        ['p', { '@': 'p' }],
      ]),
    );
    await send([
      [
        'sheet',
        forge.of('css'),
        0,
        '',
        ['p { color: rgb(4, 5, 6) }', '@font-face { font-family: x; src: url(asset:5) }'],
      ],
    ]);
    await send([['insert', forge.of('body'), forge.of('p')], ['moved', forge.of('box')], ['end']]);
    expect(await style('p', 'color')).toBe('rgb(4, 5, 6)');
    await send([
      ...forge.insert('body', 'p', ['section', {}]).slice(0, -2),
      ['moved', forge.of('box')],
      ['end'],
      ['end'],
    ]);
    expect(await style('p', 'color')).toBe('rgb(4, 5, 6)');
    expect((await find((e) => e.tag === 'style')).sheet?.rules).toHaveLength(2);
    expect(await troubles()).toEqual([]);
  });

  test('keyframes are changed inside, and a nested rule is found by its path', async () => {
    await send(forge.page([], [['style', { '@': 'css' }]]));
    const id = forge.of('css');
    await send([
      [
        'sheet',
        id,
        0,
        '',
        ['@keyframes k { from { top: 0px } to { top: 9px } }', 'a { color: red; & b { color: blue } }'],
      ],
      ['rule', id, [0, 1], 2, 'to { top: 5px }'],
      ['rule', id, [0, 1], 1, '50% { top: 1px }'],
      ['rule', id, [1, 0], 2, '& i { color: green }'],
    ]);
    const { sheet } = await find((e) => e.tag === 'style');
    expect(sheet?.rules[0]).toBe('@keyframes k { 0% { top: 0px; } 50% { top: 1px; } 100% { top: 5px; } }');
    expect(sheet?.rules[1]).toMatch(/& i \{ color: green; \}/);
  });

  test('adopted sheets of the document and of a shadow root', async () => {
    await page(['p', { '@': 'p' }], ['div', {}, ['#shadow', { '@': 'root' }, ['i', { '@': 'i' }]]]);
    await send([
      ['sheet', 901, 0, '', ['p, i { color: rgb(1, 1, 1) }']],
      ['sheet', 902, 0, '', ['p { color: rgb(2, 2, 2) }']],
      ['rule', 902, [1], 1, 'p { top: 0px }'],
      ['adopt', 1, [901, 902]],
      ['adopt', forge.of('root'), [901]],
    ]);
    expect([await style('p', 'color'), await style('i', 'color')]).toEqual(['rgb(2, 2, 2)', 'rgb(1, 1, 1)']);
    expect((await form()).adopted.map((sheet) => sheet.rules.length)).toEqual([1, 2]);
    await send([
      ['adopt', 1, [901]],
      ['rule', 901, [0], 2, 'p, i { color: rgb(3, 3, 3) }'],
    ]);
    expect([await style('p', 'color'), await style('i', 'color')]).toEqual(['rgb(3, 3, 3)', 'rgb(3, 3, 3)']);
  });

  test('pictures come when their content comes: attributes, inline style, rules, text of a style', async () => {
    await send(
      forge.page(
        [
          ['img', { id: 'img', '@': 'img', src: 'asset:1', alt: 'red' }],
          ['div', { id: 'in', '@': 'in', style: 'background: url(asset:1)' }],
          ['div', { id: 'rule', '@': 'rule' }],
          ['div', { id: 'text', '@': 'text' }],
          ['svg:svg', {}, ['svg:image', { id: 'svg', 'xlink:href': 'asset:1', width: 5, height: 5 }]],
          ['img', { '@': 'never', src: 'asset:2' }],
        ],
        [
          ['style', { '@': 'css' }],
          ['style', {}, '#text { background: url("ass', 'et:1") }'],
        ],
      ),
    );
    await send([
      ['sheet', forge.of('css'), 0, '', ['a {}', '#rule { background: url(asset:1), url(asset:2) }', 'b {}']],
    ]);
    const images = () =>
      tab.inFrames<string[]>(
        "['in', 'rule', 'text'].map((id) => getComputedStyle(document.getElementById(id)).backgroundImage)",
      );
    for (const image of (await images())[0] ?? []) expect(image).not.toMatch(/blob:/);
    await tab.run(
      "harness.view().asset(1, 1, 'hash-of-red', 100, 'image/png'); harness.view().asset(1, 2, 'other', 9, 'image/png')",
    );
    await tab.run('new Promise((resolve) => setTimeout(resolve))');
    expect(await events('wanted')).toEqual([['wanted', ['hash-of-red', 'other']]]);
    expect(await tab.run("harness.view().wanted(['hash-of-red'])")).toEqual(['hash-of-red']);
    await tab.run("harness.view().blob('hash-of-red', harness.blobOf('png')); harness.view().refused(1, 2, 1)");
    await form();
    const [shown] = await images();
    for (const image of shown ?? []) expect(image).toMatch(/^url\("blob:/);
    expect(shown?.[1]).toMatch(/blob:[^"]*"\), url\("data:image\/svg\+xml,[^"]*"\)$/);
    const natural =
      "new Promise((r) => setTimeout(r, 200)).then(() => [document.getElementById('img').naturalWidth, document.getElementById('svg').getAttribute('xlink:href')])";
    const [[width, href]] = (await tab.inFrames<[number, string]>(natural)) as [[number, string]];
    expect([width, href.slice(0, 5)]).toEqual([10, 'blob:']);
    expect((await find((e) => e.tag === 'style')).sheet?.rules.map((rule) => rule.slice(0, 5))).toEqual([
      'a { }',
      '#rule',
      'b { }',
    ]);
    expect((await byId('img')).attributes.src).toBe('');
    expect(await tab.run("harness.view().wanted(['hash-of-red'])")).toEqual([]);
  });

  test('a content that is here already is shown at once in the next document', async () => {
    await page(['p', {}]);
    await tab.run(
      "harness.view().asset(1, 1, 'red', 100, 'image/png'); harness.view().blob('red', harness.blobOf('png')); harness.view().asset(2, 7, 'red', 100, 'image/png')",
    );
    await send(new Forge().page([['img', { src: 'asset:7' }]]), 2);
    const [src] = await tab.inFrames<string>("document.querySelector('img').src");
    expect(src).toMatch(/^blob:/);
  });

  test('a document in a frame has its own viewport, styles, state and changes', async () => {
    await send(
      forge.page([
        [
          'iframe',
          { '@': 'frame', id: 'frame', width: '300', height: '200', style: 'border:0' },
          [
            '#document',
            { '@': 'inner', compat: 1 },
            [
              'html',
              {},
              ['head', {}, ['style', { '@': 'css' }]],
              [
                'body',
                { '@': 'innerBody', style: 'margin:0' },
                ['p', { '@': 'p', id: 'p' }, 'in'],
                ['input', { '@': 'input' }],
              ],
            ],
          ],
        ],
      ]),
    );
    await send([
      [
        'sheet',
        forge.of('css'),
        0,
        '',
        ['p { color: rgb(7, 7, 7); width: 50vw }', '@media (max-width: 400px) { p { height: 11px } }'],
      ],
      ['sheet', 950, 0, '', [':root { font-size: 31px }']],
      ['adopt', forge.of('inner'), [950]],
      ['value', forge.of('input'), 'typed'],
      ...forge.insert('innerBody', 'p', ['section', {}, 'later', ['img', { src: 'asset:1' }]]),
    ]);
    const frame = await byId('frame', [forge.of('p')]);
    const inner = elements(frame.document?.nodes ?? []);
    expect(frame.document?.compat).toBe('quirks');
    expect(inner.find((e) => e.tag === 'p')?.style).toMatchObject({
      color: 'rgb(7, 7, 7)',
      width: '150px',
      height: '11px',
      'font-size': '31px',
    });
    expect(inner.find((e) => e.tag === 'input')?.value).toBe('typed');
    expect(inner.find((e) => e.tag === 'section')?.children[0]).toEqual({ text: 'later' });
    // The frame is moved in the page and keeps what it shows; then it goes, and its ids with it.
    await send([
      ...forge.insert('body', 0, ['hr', {}]),
      ['insert', forge.of('body'), 0],
      ['moved', forge.of('frame')],
      ['end'],
    ]);
    expect(elements((await byId('frame')).document?.nodes ?? []).find((e) => e.tag === 'p')).toBeDefined();
    expect(await troubles()).toEqual([]);
    await send([['remove', [forge.of('frame')]]]);
    await send([['attributes', forge.of('p'), ['class', 'x']]]);
    expect(await troubles()).toEqual([expect.stringMatching(/^decode unknown-node/)]);
  });

  test('the mode of the document is the customer’s', async () => {
    await send(forge.page([['p', {}]], [], 1));
    expect((await form()).compat).toBe('quirks');
    await send(new Forge().page([['p', {}]], [], 0));
    expect((await form()).compat).toBe('standards');
  });

  test('hidden elements are boxes of their size with a word', async () => {
    await page(['#blocked', { '@': 'b', tag: 'div', width: 120, height: 60 }]);
    const body = await find((e) => e.tag === 'body');
    expect(body.children).toEqual([{ blocked: 'div', width: 120, height: 60 }]);
    const [box] = await tab.inFrames<number[]>(
      "(({width, height}) => [width, height])(document.querySelector('ra-blocked').getBoundingClientRect())",
    );
    expect(box).toEqual([120, 60]);
    await send([['attributes', forge.of('b'), ['style', 'display:none']]]);
    expect(await troubles()).toEqual([]);
  });

  test('the app is told of the page, and the pointer and clicks are drawn outside of the frame', async () => {
    await page(['p', {}]);
    await send([
      ['viewport', 800, 500, 2000, 1000],
      ['page', 'https://shop.test/', 'Shop'],
      ['environment', '{"a":1}'],
      ['click', 5, 40, 30, 0],
    ]);
    expect((await events('viewport')).at(-1)).toEqual(['viewport', { width: 800, height: 500, ratio: 2, scale: 1 }]);
    expect(await events('page')).toEqual([['page', { url: 'https://shop.test/', title: 'Shop' }]]);
    expect(await events('environment')).toEqual([['environment', '{"a":1}']]);
    expect(await events('click')).toEqual([['click', { x: 40, y: 30, button: 0 }]]);
    await tab.run('harness.view().pointer(70, 60)');
    expect(await tab.run("document.querySelector('#host svg').style.transform")).toBe('translate(70px, 60px)');
    expect(await tab.run("document.querySelector('#host iframe').inert")).toBe(true);
  });

  test('a host that is smaller than the page shows it smaller, keeping its shape', async () => {
    await page(['p', {}]);
    await send([['viewport', 2000, 1000, 1000, 1000]]);
    const box = await tab.run(
      "(({width, height}) => [width, height])(document.querySelector('#host iframe').getBoundingClientRect())",
    );
    expect(box).toEqual([1000, 500]);
    await expect.poll(() => tab.inFrames('innerWidth')).toEqual([2000]);
  });

  test('the old picture stands until the new document is whole', async () => {
    await page(['p', { id: 'old' }, 'old']);
    const visible = "Array.from(document.querySelectorAll('#host iframe'), (f) => f.style.visibility)";
    expect(await tab.run(visible)).toEqual(['visible']);
    const next = JSON.stringify(new Forge().page([['p', { id: 'new' }, 'new']]));
    expect(await tab.run(`harness.post(${next}, 2), ${visible}`)).toEqual(['visible', 'hidden']);
    await expect.poll(() => tab.run(visible)).toEqual(['visible']);
    expect((await all()).some((e) => e.attributes.id === 'new')).toBe(true);
  });

  test('a frame that cannot be applied says so once, and the next whole document mends it', async () => {
    await page(['p', { '@': 'p' }, 'x']);
    await send([['attributes', 9999, ['class', 'x']]]);
    void send([['remove', [forge.of('p')]]]).catch(() => undefined); // it is never applied
    expect(await troubles()).toEqual([expect.stringMatching(/^decode unknown-node: node 9999/)]);
    await send(new Forge().page([['p', {}, 'whole again']]));
    expect(await find((e) => e.tag === 'p')).toMatchObject({ children: [{ text: 'whole again' }] });
  });

  test.each([
    ['an unknown op', [99]],
    ['a cut frame', [2, 1]],
    ['a string that is not in the table', [19, 200, 200]],
    ['an op inside of nothing', [2, 1, 0, 99]],
  ])('%s is trouble and nothing else', async (_, bytes) => {
    await page(['p', {}]);
    await tab.run(`harness.raw(${JSON.stringify(bytes)})`);
    await tab.run("harness.until('trouble')");
    expect(await troubles()).toEqual([expect.stringMatching(/^decode decode/)]);
  });

  test('names of nodes do not stand for the functions of the document or of a form', async () => {
    await page(
      [
        'form',
        { '@': 'form' },
        ...['setAttribute', 'insertBefore', 'attributes', 'nodeType', 'parentNode', 'firstChild', 'remove'].map(
          (name): Tree => ['input', { name, id: name }],
        ),
      ],
      ['img', { name: 'createElementNS', id: 'createElement' }],
      ['form', { name: 'adoptedStyleSheets', id: 'documentElement' }],
    );
    await send([
      ['attributes', forge.of('form'), ['class', 'set']],
      ...forge.insert('form', 0, ['b', {}, 'first']),
      ['sheet', 900, 0, '', ['a{}']],
      ['adopt', 1, [900]],
    ]);
    expect(await find((e) => e.tag === 'form')).toMatchObject({ attributes: { class: 'set' } });
    expect((await form()).adopted).toHaveLength(1);
    expect(await troubles()).toEqual([]);
  });

  test('links look like links', async () => {
    await page(['a', { href: 'https://shop.test/cart', '@': 'a' }, 'cart']);
    expect(await style('a', 'text-decoration-line')).toBe('underline');
    expect((await find((e) => e.tag === 'a')).attributes.href).toBe('https://shop.test/cart');
    expect(await tab.inFrames("document.querySelector('a').href.replace(/^.*#/, '#')")).toEqual(['#ridealong']);
  });

  test('nothing is left after clear', async () => {
    await page(['p', {}, 'secret']);
    await tab.run('harness.view().clear()');
    await tab.run('new Promise((r) => setTimeout(r, 300))');
    expect(await tab.inFrames("document.body?.textContent.includes('secret') ?? false")).toEqual([false]);
  });
});
