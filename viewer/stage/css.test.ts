// Which addresses survive in CSS text, and that everything else stays as it was written.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asWritten, fillAsset, markedAssets, rewriteCss } from './css.ts';

const here = (n: number) => (n === 1 ? 'blob:null/one' : n === 9 ? null : undefined);
const css = (text: string) => rewriteCss(text, here).text;
const EVIL = 'http://evil.test/x';

describe('an address of the page', () => {
  const written = [
    `a{background:url(${EVIL})}`,
    `a{background:url( "${EVIL}" )}`,
    `a{background:URL('${EVIL}')}`,
    `a{background:\\75rl(${EVIL})}`,
    `a{background:\\75 \\72 \\6c (${EVIL})}`,
    `a{background:u\\rl(${EVIL})}`,
    `a{background:url(http\\3a//evil.test/x)}`,
    `a{background:url(\\68ttp://evil.test/x)}`,
    `a{background:url("http:\\\n//evil.test/x")}`,
    `a{background:/**/url(/**/${EVIL})}`,
    `a{background:url(${EVIL}`,
    `a{background:url("${EVIL}`,
    `a{background:url(//evil.test/x)}`,
    `a{background:url(data:image/svg+xml,<svg onload='//evil.test'/>)}`,
    `a{background:src("${EVIL}")}`,
    `a{--u:"${EVIL}";background:src(var(--u))}`.replace(`--u:"${EVIL}";`, ''),
    `a{background:image("${EVIL}")}`,
    `a{background:image-set("${EVIL}" 1x, url(${EVIL}) 2x)}`,
    `a{background:-webkit-image-set(url(${EVIL}) 1x)}`,
    `a{background:cross-fade("${EVIL}", url(${EVIL}), 50%)}`,
    `a{background:image-set(calc("${EVIL}") 1x)}`,
    `a{--x:url(${EVIL})}`,
    `a{--x:{background:url(${EVIL})}}`,
    `a{--x:[(url(${EVIL}))]}`,
    `a{cursor:url(${EVIL}),auto}`,
    `a{mask:url(${EVIL}#m);clip-path:url('${EVIL}')}`,
    `a{list-style:url(${EVIL})}`,
    `a{content:url(${EVIL})}`,
    `a{filter:progid:DXImageTransform.Microsoft.AlphaImageLoader(src='${EVIL}')}`,
    `a{foo:unknown("${EVIL}")}`,
    `a{foo:unknown(bar, '//evil.test')}`,
    `a{b:url(asset:1 ${EVIL})}`,
    `a{b:url(asset:1, ${EVIL})}`,
    `a{b:url("asset:1" ${EVIL})}`.replace(` ${EVIL}`, ` url(${EVIL})`),
    `@font-face{font-family:x;src:url(${EVIL}) format("woff2"),local("x")}`,
    `@import url(${EVIL});`,
    `@import "${EVIL}";`,
    `@IMPORT "${EVIL}" screen;`,
    `@\\69mport "${EVIL}";`,
    `@media x{@import "${EVIL}";}`,
    `/**/@import "${EVIL}";`,
    `<!--@import "${EVIL}";-->`,
    `@namespace x url(${EVIL});`,
    `@document url(${EVIL}){a{}}`,
    `@property --p{syntax:"<url>";inherits:false;initial-value:url(${EVIL})}`,
    `@function --f(){result:url(${EVIL})}`,
    `@supports (background:url(${EVIL})){a{background:url(${EVIL})}}`,
    `a{background:"\n;background:url(${EVIL})}`,
    `a{background:url("\n);background:url(${EVIL})}`,
    `a{background:url(a"b);background:url(${EVIL})}`,
    `a{&:hover{background:url(${EVIL})}}`,
    `a{b:u\\000072l(${EVIL})}`,
    `a{b:\\000075RL(${EVIL})}`,
  ];
  test.each(written)('does not survive: %s', (text) => {
    const out = css(text);
    expect(out).not.toMatch(/evil/);
  });
});

test('a plain string stays text, also one that looks like an address', () => {
  expect(css(`a::after{content:"http://shop.test";quotes:"«" "»"}`)).toBe(
    `a::after{content:"http://shop.test";quotes:"«" "»"}`,
  );
  expect(css(`a[href^="http://x"]:not([src='//y']){color:red}`)).toBe(
    `a[href^="http://x"]:not([src="//y"]){color:red}`,
  );
});

test.each([
  'a{color:red}',
  '@media (min-width:10px){.a>.b~c+d{margin:-1.5e3px 0 .5em +2%}}',
  '.a\\:b\\/c{width:calc(1px + 2vw*3)}',
  '.\\31 0{--x:  y ;}',
  '@keyframes x{from{top:0}50.5%{top:1px}to{top:2px}}',
  'a{unicode-range:U+26,U+0-7F,u+4??}',
  'a{fill:url("#grad");filter:url("#a") blur(2px)}',
  'a{b:c!important}',
  '@layer a,b;',
  '.x{background:linear-gradient(45deg,#fff 25%,transparent 0)}',
  'a{grid-template-areas:"head head" "nav main"}',
])('text without addresses stays as it is: %s', (text) => expect(css(text)).toBe(text));

test('an asset becomes its blob, a marker while it is not here, and nothing when it was refused', () => {
  expect(css('a{b:url(asset:1)}')).toBe('a{b:url("blob:null/one")}');
  expect(css("a{b:url( 'asset:1#icon' )}")).toBe('a{b:url("blob:null/one#icon")}');
  expect(css('a{b:url(asset:0) url(asset:9)}')).toBe('a{b:url("about:invalid") url("about:invalid")}');
  expect(css('a{b:image-set("asset:1" type("image/png") 2x)}')).toBe(
    'a{b:image-set("blob:null/one" type("image/png") 2x)}',
  );
  const { text, pending } = rewriteCss('a{b:url(asset:7#i),url(asset:70)}', here);
  expect([...pending]).toEqual([7, 70]);
  expect([...markedAssets(text)]).toEqual([7, 70]);
  const filled = fillAsset(text, 7, 'blob:null/seven');
  expect(filled).toBe('a{b:url("blob:null/seven#i"),url("about:invalid#asset-70-")}');
  expect(fillAsset(filled, 70, null)).toBe('a{b:url("blob:null/seven#i"),url("about:invalid")}');
});

test('a value from elsewhere cannot become an address', () => {
  expect(css('a{b:image-set(var(--u) 1x)}')).toBe('a{b:image-set(url("about:invalid") 1x)}');
  expect(css('a{b:src(attr(data-x))}')).toBe('a{b:url("about:invalid")}');
});

test('rules that fetch are refused as a whole, known namespaces are not', () => {
  const rules = [
    '@import "x";',
    ' @charset "utf-8";',
    '/**/@IMPORT url(x)',
    '@namespace "urn:x";',
    `a{b:"${'('.repeat(80)}"}`.replaceAll('"', ''),
  ];
  for (const rule of rules) expect([rule, rewriteCss(`${rule}/**/`, here).refused]).toEqual([rule, true]);
  const { text, refused } = rewriteCss('@namespace svg url(http://www.w3.org/2000/svg);', here);
  expect(refused).toBe(false);
  expect(text).toBe('@namespace svg "http://www.w3.org/2000/svg";');
});

test('old ways to run script are taken out', () => {
  expect(css('a{width:expression(alert(1))}')).toContain('ra-expression(');
  expect(css('a{behavior:url(x.htc);-moz-binding : url(x#y)}')).not.toMatch(/behavior|binding/);
});

test('whatever the text, no url() is left that holds anything but a blob, a fragment or nothing', () => {
  // biome-ignore format: a table of pieces
  const piece = fc.constantFrom(
    'url(', 'src(', '\\75rl(', 'image-set(', ')', '(', '{', '}', '[', ']', '"', "'", '\\', '\n', '/*', '*/', '@import', '@x', ' ',
    ';', ':', 'a', '--b', 'http://evil.test', 'asset:1', 'var(', '-->', '<!--', '\0', '\r\f', '\ud800', '#', '1e3', '+.5', 'é', ',',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const plain = css(pieces.join('')).replace(/\\[^\n]/g, 'E'); // an escaped character is part of a name
      const strings = plain.replace(/"[^"]*"/g, (s) => (/^"(blob:|about:invalid|#|")/.test(s) ? 'OK' : 'TEXT'));
      expect(strings).not.toMatch(/(?<![\w\\-]|[^ -~\s])url\((?!OK\))/i);
      expect(strings).not.toMatch(/["']|(?<![\w\\-]|[^ -~\s])src\(|@import(?![\w-]|[^ -~\s]|\\)/);
    }),
    { numRuns: 3000 },
  );
});

describe('what a pointer and the focus are asked by', () => {
  test.each([
    ['a:hover { top: 0 }', 'a[ra-hover] { top: 0 }'],
    [
      'nav:has(a:HOVER, b)::before, i:focus-visible > u { top: 0 }',
      'nav:has(a[ra-hover], b)::before, i[ra-ring] > u { top: 0 }',
    ],
    [
      '@media print { form:focus-within:focus { & b:hover { top: 0 } } }',
      '@media print { form[ra-within][ra-focus] { & b[ra-hover] { top: 0 } } }',
    ],
    [':fullscreen, :-webkit-full-screen { top: 0 }', '[ra-full], [ra-full] { top: 0 }'],
  ])('%s', (written, asked) => {
    expect(css(written)).toBe(asked);
    expect(asWritten(asked)).toBe(written.replace(/HOVER/, 'hover').replace('-webkit-full-screen', 'fullscreen'));
  });

  test.each([
    '@media (hover:hover) { a { top: 0 } }',
    '@media (hover: hover) and (pointer: fine) { a { top: 0 } }',
    'animation:hover 1s;color:red',
    'a { animation-name:focus; transition:hover }',
    'a::hover { top: 0 }',
    '.hover .focus #fullscreen { top: 0 }',
  ])('%s has none of it', (text) => expect(css(text)).toBe(text));
});
