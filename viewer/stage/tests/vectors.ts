// Pages that want to run script or to reach the network from the agent's browser. Each vector is a piece of a document as a forged
// recorder sends it; `run` is script that reports itself, `load` an address on the canary.

import type { Forge, Tree } from './forge.ts';
import type { Call } from './harness.ts';

export interface Vector {
  name: string;
  /** In the body. */
  body?: Tree[];
  /** In the head. */
  head?: Tree[];
  /** Ops after the document. */
  then?: (forge: Forge) => Call[];
}

type Attributes = Record<string, string>;

export function vectors(canary: string): Vector[] {
  const run = (name: string) => `top.postMessage('ran:${name}','*')`;
  const load = (name: string, scheme = 'http:') => `${scheme}//${canary}/${name}`;
  const all: Vector[] = [];
  const add = (name: string, ...body: Tree[]) => all.push({ name, body });
  const inHead = (name: string, ...head: Tree[]) => all.push({ name, head });
  const late = (name: string, tree: Tree, then: (forge: Forge) => Call[]) => all.push({ name, body: [tree], then });

  // Script elements.
  add('script', ['script', {}, run('script')]);
  add('script-upper', ['SCRIPT', {}, run('script-upper')]);
  add('script-mixed', ['ScRiPt', {}, run('script-mixed')]);
  add('script-src', ['script', { src: load('script-src') }]);
  add('script-module', ['script', { type: 'module' }, run('script-module')]);
  add('script-nonce', ['script', { nonce: '{{NONCE}}' }, run('script-nonce')]);
  add('script-data', ['script', { src: `data:text/javascript,${run('script-data')}` }]);
  add('script-importmap', ['script', { type: 'importmap' }, `{"imports":{"a":"${load('script-importmap')}"}}`]);
  add('script-speculation', [
    'script',
    { type: 'speculationrules' },
    `{"prefetch":[{"urls":["${load('speculation')}"]}]}`,
  ]);
  inHead('script-head', ['script', {}, run('script-head')]);
  add('svg-script', ['svg:svg', {}, ['svg:script', {}, run('svg-script')]]);
  add('svg-script-href', ['svg:svg', {}, ['svg:script', { href: load('svg-script-href') }]]);
  add('svg-script-xlink', ['svg:svg', {}, ['svg:script', { 'xlink:href': load('svg-script-xlink') }]]);
  add('math-script', ['math:math', {}, ['math:script', {}, run('math-script')]]);
  late('script-text-later', ['script', { '@': 'late' }], (f) => f.insert('late', 0, run('script-text-later')));
  late('script-src-later', ['script', { '@': 'late2' }], (f) => [
    ['attributes', f.of('late2'), ['src', load('script-src-later')]],
  ]);

  // Handlers.
  const handler = (name: string, tag: string, attributes: Attributes, ...children: Tree[]) =>
    add(name, [tag, attributes, ...children]);
  handler('on-img-error', 'img', { src: 'data:,', onerror: run('on-img-error') });
  handler('on-img-error-upper', 'img', { src: 'data:,', ONERROR: run('on-img-error-upper') });
  handler('on-body-load', 'body', { onload: run('on-body-load') });
  handler('on-svg-load', 'svg:svg', { onload: run('on-svg-load') });
  handler('on-details-toggle', 'details', { open: '', ontoggle: run('on-details-toggle') }, ['summary', {}, 's']);
  handler('on-video-error', 'video', { src: 'data:,', onerror: run('on-video-error') });
  handler('on-audio-error', 'audio', { src: 'data:,', onerror: run('on-audio-error') });
  handler('on-marquee-start', 'marquee', { onstart: run('on-marquee-start'), loop: '1' }, 'm');
  handler('on-focus-autofocus', 'input', { autofocus: '', onfocus: run('on-focus-autofocus') });
  handler('on-animation', 'div', { style: 'animation:k 1ms', onanimationstart: run('on-animation') }, [
    'style',
    {},
    '@keyframes k{}',
  ]);
  handler('on-click', 'button', { 'data-click': '', onclick: run('on-click') }, 'click');
  handler('on-input-image', 'input', { type: 'image', src: 'data:,', onerror: run('on-input-image') });
  handler('on-object-error', 'object', {
    data: 'data:,',
    onerror: run('on-object-error'),
    onload: run('on-object-error'),
  });
  handler('on-style-load', 'style', { onload: run('on-style-load') }, 'a{}');
  handler('on-svg-animate', 'svg:svg', {}, [
    'svg:animate',
    { onbegin: run('on-svg-animate'), attributeName: 'x', dur: '1s' },
  ]);
  late('on-later', ['img', { '@': 'onlater' }], (f) => [
    ['attributes', f.of('onlater'), ['onerror', run('on-later'), 'src', 'data:,']],
  ]);

  // javascript: addresses, clicked by the control and by hand.
  const js = (name: string) => `javascript:${run(name)}`;
  add('js-href', ['a', { href: js('js-href'), 'data-click': '' }, 'link']);
  add('js-href-space', ['a', { href: `\u0001java\nscript:${run('js-href-space')}`, 'data-click': '' }, 'link']);
  add('js-href-entity', ['a', { HREF: js('js-href-entity'), 'data-click': '' }, 'link']);
  add('js-svg-a', [
    'svg:svg',
    { width: '99' },
    ['svg:a', { 'xlink:href': js('js-svg-a'), 'data-click': '' }, ['svg:text', { y: '20' }, 'link']],
  ]);
  add('js-math-href', ['math:math', {}, ['math:mi', { href: js('js-math-href'), 'data-click': '' }, 'x']]);
  add(
    'js-area',
    ['map', { name: 'm' }, ['area', { href: js('js-area'), 'data-click': '', shape: 'default' }]],
    ['img', { usemap: '#m' }],
  );
  add('js-form', ['form', { action: js('js-form') }, ['button', { 'data-click': '' }, 'go']]);
  add('js-formaction', ['form', {}, ['button', { formaction: js('js-formaction'), 'data-click': '' }, 'go']]);
  add('js-iframe', ['iframe', { src: js('js-iframe') }]);
  add('js-object', ['object', { data: js('js-object') }]);
  add('js-embed', ['embed', { src: js('js-embed') }]);
  add('js-svg-set', [
    'svg:svg',
    {},
    [
      'svg:a',
      { 'data-click': '' },
      ['svg:set', { attributeName: 'href', to: js('js-svg-set') }],
      ['svg:text', { y: '20' }, 'x'],
    ],
  ]);
  add('js-svg-animate', [
    'svg:svg',
    {},
    [
      'svg:a',
      { 'data-click': '' },
      ['svg:animate', { attributeName: 'xlink:href', values: js('js-svg-animate') }],
      ['svg:text', { y: '20' }, 'x'],
    ],
  ]);
  add('js-style-url', ['div', { style: `background:url("${js('js-style-url')}")` }]);

  // Frames and plugins.
  add('iframe-srcdoc', ['iframe', { srcdoc: `<script>${run('iframe-srcdoc')}</script>` }]);
  add('iframe-srcdoc-load', ['iframe', { srcdoc: `<img src=${load('iframe-srcdoc-load')}>` }]);
  add('iframe-src', ['iframe', { src: load('iframe-src') }]);
  add('iframe-data', ['iframe', { src: `data:text/html,<script>${run('iframe-data')}</script>` }]);
  add('iframe-sandbox', [
    'iframe',
    {
      sandbox: 'allow-scripts allow-same-origin allow-top-navigation',
      srcdoc: `<script>${run('iframe-sandbox')}</script>`,
    },
  ]);
  late('iframe-srcdoc-later', ['iframe', { '@': 'frame' }], (f) => [
    ['attributes', f.of('frame'), ['srcdoc', `<script>${run('iframe-srcdoc-later')}</script>`]],
  ]);
  add('frameset', ['frameset', {}, ['frame', { src: load('frameset') }]]);
  add('object-data', ['object', { data: load('object-data') }]);
  add('object-html', ['object', { type: 'text/html', data: `data:text/html,<script>${run('object-html')}</script>` }]);
  add('embed-src', ['embed', { src: load('embed-src') }]);
  add('applet', ['applet', { code: 'x', codebase: load('applet') }]);
  add('portal', ['portal', { src: load('portal') }]);
  add('fencedframe', ['fencedframe', { src: load('fencedframe') }]);
  add('nested', [
    'iframe',
    {},
    [
      '#document',
      {},
      [
        'html',
        {},
        [
          'body',
          { onload: run('nested-load') },
          ['script', {}, run('nested-script')],
          ['img', { src: load('nested-img'), onerror: run('nested-img') }],
          ['link', { rel: 'preconnect', href: load('nested-preconnect') }],
          ['style', {}, `@import "${load('nested-import')}";body{background:url(${load('nested-bg')})}`],
          [
            'iframe',
            {},
            [
              '#document',
              {},
              ['html', {}, ['body', {}, ['img', { src: load('nested-nested'), onerror: run('nested-nested') }]]],
            ],
          ],
        ],
      ],
    ],
  ]);

  // What a document says about itself.
  inHead('base', ['base', { href: load('base/'), target: '_top' }]);
  inHead('base-relative', ['img', { src: 'relative.png' }]);
  inHead('meta-refresh', ['meta', { 'http-equiv': 'refresh', content: `0;url=${load('meta-refresh')}` }]);
  inHead('meta-refresh-js', ['meta', { 'http-equiv': 'refresh', content: `0;url=${js('meta-refresh-js')}` }]);
  inHead('meta-csp', ['meta', { 'http-equiv': 'Content-Security-Policy', content: `report-uri ${load('meta-csp')}` }]);
  for (const rel of [
    'stylesheet',
    'preconnect',
    'dns-prefetch',
    'prefetch',
    'prerender',
    'icon',
    'manifest',
    'modulepreload',
    'alternate stylesheet',
    'apple-touch-icon',
    'import',
    'pingback',
    'search',
    'expect',
    'dictionary',
    'compression-dictionary',
  ]) {
    inHead(`link-${rel.replace(' ', '-')}`, [
      'link',
      { rel, href: load(`link-${rel.replace(' ', '-')}`), as: 'image', blocking: 'render' },
    ]);
  }
  for (const as of ['script', 'style', 'image', 'font', 'fetch', 'track']) {
    inHead(`preload-${as}`, ['link', { rel: 'preload', href: load(`preload-${as}`), as, crossorigin: 'anonymous' }]);
  }
  inHead('link-imagesrcset', ['link', { rel: 'preload', as: 'image', imagesrcset: `${load('link-imagesrcset')} 1x` }]);
  late('link-rel-later', ['link', { '@': 'rel', href: load('link-rel-later') }], (f) => [
    ['attributes', f.of('rel'), ['rel', 'stylesheet']],
  ]);
  add('link-svg', ['svg:svg', {}, ['svg:link', { rel: 'stylesheet', href: load('link-svg') }]]);
  inHead(
    'dns-name',
    ['link', { rel: 'dns-prefetch', href: 'http://dns-prefetch.canary.test/' }],
    ['link', { rel: 'preconnect', href: 'http://preconnect.canary.test/' }],
  );
  add('dns-anchor', ['a', { href: 'http://anchor.canary.test/' }, 'prefetched by name']);
  inHead('dns-control', ['meta', { 'http-equiv': 'x-dns-prefetch-control', content: 'on' }]);

  // Pictures, sound, forms, links.
  const url = (name: string, tag: string, attribute: string, more: Attributes = {}) =>
    add(name, [tag, { ...more, [attribute]: load(name) }]);
  url('img-src', 'img', 'src');
  url('img-src-upper', 'IMG', 'SRC');
  url('img-srcset', 'img', 'srcset');
  url('img-lowsrc', 'img', 'lowsrc');
  url('img-dynsrc', 'img', 'dynsrc');
  url('img-longdesc', 'img', 'longdesc', { src: 'data:,' });
  add('image-tag', ['image', { src: load('image-tag') }]);
  add('picture-source', ['picture', {}, ['source', { srcset: load('picture-source') }], ['img', {}]]);
  url('video-src', 'video', 'src', { autoplay: '', muted: '' });
  url('video-poster', 'video', 'poster');
  add('video-source', ['video', { autoplay: '' }, ['source', { src: load('video-source') }]]);
  add('video-track', [
    'video',
    { src: 'data:,' },
    ['track', { src: load('video-track'), default: '', kind: 'subtitles' }],
  ]);
  url('audio-src', 'audio', 'src', { autoplay: '', preload: 'auto' });
  url('bgsound', 'bgsound', 'src');
  url('input-image', 'input', 'src', { type: 'image' });
  url('body-background', 'body', 'background');
  add('td-background', [
    'table',
    { background: load('table-background') },
    ['tbody', {}, ['tr', {}, ['td', { background: load('td-background') }]]],
  ]);
  url('html-manifest', 'html', 'manifest');
  add('a-click', ['a', { href: load('a-click'), 'data-click': '' }, 'link']);
  add('a-top', ['a', { href: load('a-top'), target: '_top', 'data-click': '' }, 'link']);
  add('a-blank', ['a', { href: load('a-blank'), target: '_blank', 'data-click': '' }, 'link']);
  add('a-ping', ['a', { href: '#', ping: load('a-ping'), 'data-click': '' }, 'link']);
  add('a-download', ['a', { href: load('a-download'), download: 'x', 'data-click': '' }, 'link']);
  add('a-attribution', ['a', { href: '#', attributionsrc: load('a-attribution'), 'data-click': '' }, 'link']);
  add('form-action', [
    'form',
    { action: load('form-action') },
    ['input', { name: 'q' }],
    ['button', { type: 'submit', 'data-click': '' }, 'go'],
  ]);
  add('form-post', [
    'form',
    { action: load('form-post'), method: 'post', target: '_top' },
    ['input', { type: 'submit', 'data-click': '' }],
  ]);
  add('formaction', ['form', {}, ['button', { formaction: load('formaction'), 'data-click': '' }, 'go']]);
  add('isindex', ['isindex', { action: load('isindex'), 'data-click': '' }]);
  add('quote-cite', ['blockquote', { cite: load('quote-cite') }]);
  add('template', ['template', {}, ['img', { src: load('template'), onerror: run('template') }]]);
  add('noscript', ['noscript', {}, ['img', { src: load('noscript') }]]);

  // CSS.
  const css = (name: string, text: (address: string) => string) =>
    add(name, ['style', {}, text(load(name))], ['p', { class: 'c' }, 'p']);
  css('css-import-url', (u) => `@import url(${u});`);
  css('css-import-string', (u) => `@import "${u}";`);
  css('css-import-escaped', (u) => `@\\69mport "${u}";`);
  css('css-import-layer', (u) => `@import "${u}" layer(x) supports(display: block) screen;`);
  css('css-url', (u) => `body{background:url(${u})}`);
  css('css-url-escaped', (u) => `body{background:\\75\\72\\6c(${u})}`);
  css('css-url-newline', (u) => `body{background:url("${u.slice(0, 5)}\\\n${u.slice(5)}")}`);
  css('css-url-comment', (u) => `body{background:/*x*/url(/*${u}*/${u})}`);
  css('css-url-unclosed', (u) => `body{background:url(${u}`);
  css('css-bad-string', (u) => `a{content:"\n}body{background:url(${u})}`);
  css('css-image-set', (u) => `body{background:image-set("${u}" 1x)}`);
  css('css-webkit-image-set', (u) => `body{background:-webkit-image-set(url(${u}) 1x)}`);
  css('css-image-set-var', (u) => `body{--u:"${u}";background:image-set(var(--u) 1x)}`);
  css('css-src', (u) => `body{background:src("${u}")}`);
  css('css-cross-fade', (u) => `body{background:cross-fade(url(${u}),url(${u}),50%)}`);
  css('css-variable', (u) => `:root{--u:url(${u})}body{background:var(--u)}`);
  css('css-content', (u) => `p::before{content:url(${u})}`);
  css('css-cursor', (u) => `body{cursor:url(${u}),auto}`);
  css('css-list-style', (u) => `p{display:list-item;list-style:url(${u})}`);
  css('css-mask', (u) => `p{mask-image:url(${u})}`);
  css('css-mask-fragment', (u) => `p{mask:url(${u}#m);clip-path:url(${u}#c);filter:url(${u}#f)}`);
  css('css-border-image', (u) => `p{border:1px solid;border-image:url(${u}) 1}`);
  css('css-shape', (u) => `p{float:left;shape-outside:url(${u})}`);
  css('css-font-face', (u) => `@font-face{font-family:z;src:url(${u})}body{font-family:z}`);
  css(
    'css-font-palette',
    (u) => `@font-face{font-family:y;src:local("nothing"),url(${u}) format("woff2")}p{font-family:y}`,
  );
  css('css-nested', (u) => `body{& p{background:url(${u})}}`);
  css('css-media', (u) => `@media all{@supports (a:b) or (display:block){@layer q{p{background:url(${u})}}}}`);
  css(
    'css-property',
    (u) => `@property --q{syntax:"<image>";inherits:false;initial-value:url(${u})}p{background:var(--q)}`,
  );
  css('css-keyframes', (u) => `@keyframes w{from{background:url(${u})}to{background:url(${u})}}p{animation:w 9s}`);
  css('css-selector', (u) => `p[class^="c"]{background:url(${u})}`);
  css('css-binding', (u) => `p{-moz-binding:url(${u}#x);behavior:url(${u})}`);
  css('css-expression', (u) => `p{width:expression(new Image().src='${u}')}`);
  css('css-counter', (u) => `@counter-style cs{system:cyclic;symbols:url(${u})}p{display:list-item;list-style:cs}`);
  add('css-style-attribute', [
    'div',
    { style: `background:url(${load('css-style-attribute')});--a:url(${load('css-style-attribute-var')})` },
  ]);
  add('css-split', ['style', {}, 'body{background:u', `rl(${load('css-split')})}`]);
  add('css-svg-style', ['svg:svg', {}, ['svg:style', {}, `svg{background:url(${load('css-svg-style')})}`]]);
  add('css-shadow', [
    'div',
    {},
    [
      '#shadow',
      {},
      ['style', {}, `:host{background:url(${load('css-shadow')})}`],
      ['img', { src: load('shadow-img'), onerror: run('shadow-img') }],
    ],
  ]);
  late('css-rule', ['style', { '@': 'rules' }], (f) => [
    [
      'sheet',
      f.of('rules'),
      0,
      '',
      [`html{background:url(${load('css-rule')})}`, `@import "${load('css-rule-import')}";`],
    ],
  ]);
  late('css-rule-later', ['style', { '@': 'rules2' }], (f) => [
    ['sheet', f.of('rules2'), 0, '', ['html{}']],
    ['rule', f.of('rules2'), [0], 2, `html{background:url(${load('css-rule-later')})}`],
  ]);
  late('css-adopted', ['p', {}], () => [
    ['sheet', 90_001, 0, '', [`html{background:url(${load('css-adopted')})}`]],
    ['adopt', 1, [90_001]],
  ]);
  late('css-attribute-later', ['p', { '@': 'styled' }], (f) => [
    ['attributes', f.of('styled'), ['style', `background:url(${load('css-attribute-later')})`]],
  ]);

  // SVG and MathML.
  const svg = (name: string, ...children: Tree[]) => add(name, ['svg:svg', { width: '20', height: '20' }, ...children]);
  svg('svg-image', ['svg:image', { href: load('svg-image'), width: '9', height: '9' }]);
  svg('svg-image-xlink', ['svg:image', { 'xlink:href': load('svg-image-xlink'), width: '9', height: '9' }]);
  svg('svg-use', ['svg:use', { href: `${load('svg-use')}#x` }]);
  svg('svg-use-data', [
    'svg:use',
    {
      href: `data:image/svg+xml,<svg id='x' xmlns='http://www.w3.org/2000/svg'><image href='x' onerror="${run('svg-use-data')}"/></svg>#x`,
    },
  ]);
  svg(
    'svg-feimage',
    ['svg:filter', { id: 'f' }, ['svg:feImage', { href: load('svg-feimage') }]],
    ['svg:rect', { width: '9', height: '9', filter: 'url(#f)' }],
  );
  svg('svg-fill', ['svg:rect', { fill: `url(${load('svg-fill')}#g)`, width: '9', height: '9' }]);
  svg('svg-mask', ['svg:rect', { mask: `url(${load('svg-mask')}#m)`, width: '9', height: '9' }]);
  svg('svg-cursor', ['svg:rect', { cursor: `url(${load('svg-cursor')}), auto`, width: '9', height: '9' }]);
  svg('svg-pattern', ['svg:pattern', { href: `${load('svg-pattern')}#p` }]);
  svg('svg-textpath', ['svg:text', {}, ['svg:textPath', { href: `${load('svg-textpath')}#p` }, 't']]);
  svg('svg-set-href', [
    'svg:image',
    { width: '9', height: '9' },
    ['svg:set', { attributeName: 'href', to: load('svg-set-href') }],
  ]);
  svg('svg-animate-href', [
    'svg:image',
    { width: '9', height: '9' },
    ['svg:animate', { attributeName: 'href', values: `${load('svg-animate-href')};x`, dur: '1s' }],
  ]);
  svg('svg-animate-fill', [
    'svg:rect',
    { width: '9', height: '9' },
    ['svg:animate', { attributeName: 'mask', values: `url(${load('svg-animate-fill')}#m)`, dur: '1s' }],
  ]);
  svg('svg-foreign', [
    'svg:foreignObject',
    { width: '9', height: '9' },
    ['img', { src: load('svg-foreign'), onerror: run('svg-foreign') }],
  ]);
  svg('svg-handler', ['svg:handler', { 'ev:event': 'load' }, run('svg-handler')]);
  svg('svg-font', ['svg:font-face-uri', { 'xlink:href': load('svg-font') }]);
  add('math-src', [
    'math:math',
    {},
    ['math:mglyph', { src: load('math-src') }],
    [
      'math:annotation-xml',
      { encoding: 'text/html' },
      ['img', { src: load('math-annotation'), onerror: run('math-annotation') }],
    ],
  ]);
  add('math-href', [
    'math:math',
    { 'xlink:href': load('math-href'), href: load('math-href'), 'data-click': '' },
    ['math:mtext', {}, 'x'],
  ]);

  // Names that stand for other things.
  add('clobber', [
    'form',
    { name: 'createElementNS', id: 'parent' },
    ['input', { name: 'setAttribute' }],
    ['img', { name: 'adoptedStyleSheets', src: load('clobber') }],
  ]);
  add(
    'clobber-location',
    ['a', { id: 'location', href: load('clobber-location') }],
    ['img', { name: 'currentScript', src: load('clobber-script') }],
  );
  add('custom-element', [
    'x-evil',
    { src: load('custom-element'), onclick: run('custom-element'), 'data-click': '' },
    'x',
  ]);
  add('is-element', ['button', { is: 'x-evil', onclick: run('is-element'), 'data-click': '' }, 'x']);
  add('popover-command', [
    'button',
    { popovertarget: 'x', commandfor: 'x', command: 'show-popover', onclick: run('popover-command'), 'data-click': '' },
    'x',
  ]);
  add('tag-with-markup', ['img src=x onerror=1', {}, 'x'], ['x-a><script>', {}, 'x']);
  operations(add, late, run, load);
  return all;
}

type Add = (name: string, ...body: Tree[]) => void;
type Late = (name: string, tree: Tree, then: (forge: Forge) => Call[]) => void;
type Make = (name: string) => string;

/** By ops that come after the document: each field of theirs that can hold words. */
function operations(add: Add, late: Late, run: Make, load: Make): void {
  const script = (name: string) => `<script>${run(name)}</script><img src=${load(name)} onerror="${run(name)}">`;
  let key = 0;
  const animate = (name: string, effect: unknown, pseudo = '') => {
    const n = ++key;
    late(name, ['p', { '@': name, class: 'c' }, 'p'], (f) => [
      ['animate', f.of(name), n, pseudo, 1, 0, 1000, typeof effect === 'string' ? effect : JSON.stringify(effect)],
    ]);
  };
  const frames = (s: string, t = {}) => ({ k: [{ s }, { s }], t: { duration: 9000, iterations: -1, ...t } });
  for (const [property, value] of [
    ['background', 'url(U)'],
    ['background-image', 'image-set("U" 1x)'],
    ['background-image', '-webkit-image-set(url(U) 1x)'],
    ['background-image', 'cross-fade(url(U), url(U), 50%)'],
    ['background', 'u\\72 l(U)'],
    ['list-style-image', 'url(U)'],
    ['border-image', 'url(U) 1'],
    ['mask-image', 'url(U)'],
    ['clip-path', 'url(U#c)'],
    ['filter', 'url(U#f)'],
    ['cursor', 'url(U), auto'],
    ['content', 'url(U)'],
    ['shape-outside', 'url(U)'],
    ['offset-path', 'url(U#p)'],
    ['--u', 'url(U); background: var(--u)'],
    ['src', 'url(U)'],
    ['behavior', 'url(U)'],
  ] as const) {
    const name = `animate-${property.replace(/^-+/, '')}-${key}`;
    animate(name, frames(`${property}: ${value.replaceAll('U', load(name))}`));
  }
  animate('animate-pseudo', frames(`content: url(${load('animate-pseudo')})`), '::before');
  animate('animate-pseudo-name', frames('top: 1px'), `::before{background:url(${load('animate-pseudo-name')})}`);
  animate('animate-import', frames(`top: 1px } @import "${load('animate-import')}"; a {`));
  animate('animate-easing', {
    k: [{ o: 0, e: `url(${load('animate-easing')})`, s: 'top: 1px' }],
    t: { duration: 9, easing: run('animate-easing') },
  });
  animate('animate-offset', `{"k":[{"o":"url(${load('animate-offset')})","s":"top:1px"}],"t":{"duration":"9"}}`);
  animate('animate-names', {
    k: [{ s: 'top: 1px', onfinish: run('animate-names'), __proto__x: 1 }],
    t: { duration: 1, onfinish: run('animate-names'), timeline: run('animate-names') },
  });
  animate('animate-proto', `{"__proto__":{"k":[{"s":"background:url(${load('animate-proto')})"}],"t":{}}}`);
  animate(
    'animate-constructor',
    `{"constructor":{"prototype":{"src":"${load('animate-constructor')}"}},"k":[],"t":{}}`,
  );
  animate('animate-rubbish', `<img src=${load('animate-rubbish')}>`);
  animate('animate-script', frames(`background: url("javascript:${run('animate-script')}")`));
  animate(
    'animate-svg',
    frames(`d: path("M0 0"); marker: url(${load('animate-svg')}#m); fill: url(${load('animate-svg')}#g)`),
  );

  const custom = (name: string, states: string[], css: string) =>
    late(name, ['x-stated', { '@': name }, ['style', {}, css], 'x'], (f) => [['names', f.of(name), states]]);
  custom('names-markup', [script('names-markup')], 'x-stated{top:1px}');
  custom(
    'names-css',
    [`a){}body{background:url(${load('names-css')})}`],
    `x-stated:state(a){background:url(${load('names-css')})}`,
  );
  custom('names-attribute', ['onclick', 'src', 'style', '__proto__', 'constructor'], 'x-stated:state(src){top:1px}');
  custom('names-selector', ['a'], `x-stated:state(a){background:url(${load('names-selector')})}`);

  const media = (name: string, tag: string) =>
    late(
      name,
      [
        tag,
        { '@': name, src: load(name), poster: load(name), autoplay: '', preload: 'auto' },
        ['source', { src: load(name) }],
      ],
      (f) => [
        ['media', f.of(name), 1, 1000, 60_000, 1000, 1000],
        ['media', f.of(name), 7, 4_000_000_000, 4_000_000_000, 4_000_000_000, 4_000_000_000],
      ],
    );
  media('media-video', 'video');
  media('media-audio', 'audio');
  late('media-other', ['iframe', { '@': 'media-other', src: load('media-other') }], (f) => [
    ['media', f.of('media-other'), 1, 0, 0, 1000, 1000],
  ]);

  late(
    'selection',
    [
      'p',
      { '@': 'selection', onselectstart: run('selection'), onselectionchange: run('selection'), style: '' },
      'text',
    ],
    (f) => [
      ['selection', f.of('selection'), 0, f.of('selection'), 1],
      ['selection', f.of('selection'), 99_999, 1, 99_999],
    ],
  );
  add('selection-style', ['style', {}, `::selection{background:url(${load('selection-style')})}`], ['p', {}, 'p']);

  const state = (name: string, bits: number, tree: Tree) => late(name, tree, (f) => [['state', f.of(name), bits]]);
  const toggled = (name: string) => ({
    '@': name,
    ontoggle: run(name),
    onbeforetoggle: run(name),
    onclose: run(name),
    oncancel: run(name),
  });
  state('state-dialog', 3, ['dialog', toggled('state-dialog'), ['img', { src: load('state-dialog') }]]);
  state('state-popover', 4, [
    'div',
    { ...toggled('state-popover'), popover: '' },
    ['img', { src: load('state-popover') }],
  ]);
  state('state-details', 1, [
    'details',
    toggled('state-details'),
    ['summary', {}, 's'],
    ['img', { src: load('state-details') }],
  ]);
  state('state-fullscreen', 8, [
    'div',
    { ...toggled('state-fullscreen'), onfullscreenchange: run('state-fullscreen') },
    'x',
  ]);
  state('state-backdrop', 2, [
    'dialog',
    { '@': 'state-backdrop' },
    ['style', {}, `dialog::backdrop{background:url(${load('state-backdrop')})}`],
  ]);

  late(
    'value-markup',
    ['input', { '@': 'value-markup', oninput: run('value-markup'), onchange: run('value-markup') }],
    (f) => [
      ['value', f.of('value-markup'), script('value-markup')],
      ['check', f.of('value-markup'), 3],
    ],
  );
  late('value-address', ['input', { '@': 'value-address', type: 'image', src: 'data:,' }], (f) => [
    ['value', f.of('value-address'), load('value-address')],
  ]);
  late('text-later', ['style', { '@': 'text-later' }, 'a{}'], (f) => [
    ...f.insert('text-later', 0, `body{background:url(${load('text-later')})}`),
  ]);
  late(
    'focus-handler',
    ['input', { '@': 'focus-handler', onfocus: run('focus-handler'), onblur: run('focus-handler') }],
    (f) => [
      ['focus', f.of('focus-handler'), 1],
      ['click', f.of('focus-handler'), 1, 1, 0],
      ['scroll', f.of('focus-handler'), 5, 5],
    ],
  );
  late('page-address', ['p', {}], () => [
    ['page', `javascript:${run('page-address')}`, script('page-address')],
    ['page', load('page-address'), 'title'],
  ]);
  late('environment-markup', ['p', {}], () => [
    ['environment', JSON.stringify({ browser: script('environment-markup'), icon: load('environment-markup') })],
  ]);
}
