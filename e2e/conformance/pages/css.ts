// Style sheets, by markup and by script.
import { ask, type Case } from '../case.ts';

const css = (body: string) => ({ type: 'text/css', body });

export const styleSheets: Case[] = [
  {
    name: 'links',
    head: '<style>.own:link{color:green} .own:visited{color:red;top:1px} .own:not(:visited){left:2px}</style>',
    html: '<p><a href="#a">plain</a> <a class=own href="#b">own</a> <a class=own href="/nowhere">elsewhere</a> <a>none</a>',
    whole: ['tree', 'styles', 'pixels'],
    probes: {
      'a: colour of an unvisited link': ask((q) => q.css('a', 'color'), 'rgb(0, 0, 238)'),
      ':link': ask((q) => q.css('.own', 'color'), 'rgb(0, 128, 0)'),
      ':not(:visited)': ask((q) => q.css('.own', 'left'), '2px'),
    },
  },
  {
    name: 'style elements',
    head: `<style id=text>#a{color:red}</style><style id=media media="(max-width: 10px)">#b{color:red}</style><style id=off>#c{color:red}</style>
      <style id=moved>#d{color:red}</style>`,
    html: '<p id=a>a<p id=b>b<p id=c>c<p id=d>d<p id=e>e<p id=f>f<p id=g>g',
    whole: ['tree', 'rules', 'styles', 'pixels'],
    act: async (hand) => {
      await hand.run(async () => {
        const style = (id: string) => document.getElementById(id) as HTMLStyleElement;
        style('text').textContent = '#a{color:green}';
        style('media').media = 'all';
        (style('off').sheet as CSSStyleSheet).disabled = true;
        document.body.append(style('moved'));
        const added = document.createElement('style');
        added.append('#e{color:', 'blue}');
        document.head.append(added);
        await null;
        added.append(' #f{color:blue}');
        const gone = document.createElement('style');
        gone.textContent = '#g{color:red}';
        document.head.append(gone);
        await new Promise(requestAnimationFrame);
        gone.remove();
      });
    },
    probes: {
      'style: text replaced': ask((q) => q.css('#a', 'color'), 'rgb(0, 128, 0)'),
      'style: media changed': ask((q) => q.css('#b', 'color'), 'rgb(255, 0, 0)'),
      'style: disabled by script': ask((q) => q.css('#c', 'color'), 'rgb(0, 0, 0)'),
      'style: moved': ask((q) => q.css('#d', 'color'), 'rgb(255, 0, 0)'),
      'style: added with two texts': ask((q) => q.css('#e', 'color'), 'rgb(0, 0, 255)'),
      'style: a text appended': ask((q) => q.css('#f', 'color'), 'rgb(0, 0, 255)'),
      'style: removed': ask((q) => q.css('#g', 'color'), 'rgb(0, 0, 0)'),
    },
  },
  {
    name: 'rules by script',
    head: `<style id=s>#a{color:red}@media all{#b{color:red}}#c{color:red}#d{color:red}#e{color:red}@keyframes k{to{opacity:.5}}
      #k{animation:k 1ms forwards}@layer one{#l{color:red}}</style><style id=speedy></style>`,
    html: '<p id=a>a<p id=b>b<p id=c>c<p id=d>d<p id=e>e<p id=f>f<p id=g>g<p id=h>h<p id=k>k<p id=l>l<p id=m>m<p id=n>n',
    whole: ['tree', 'rules', 'styles'],
    act: async (hand) => {
      await hand.run(() => {
        const sheet = (document.querySelector('#s') as HTMLStyleElement).sheet as CSSStyleSheet;
        const rule = (n: number) => sheet.cssRules[n] as CSSStyleRule;
        rule(0).style.color = 'green';
        (sheet.cssRules[1] as CSSMediaRule).insertRule('#b{color:green !important}', 1);
        rule(2).selectorText = '#n';
        rule(3).style.removeProperty('color');
        sheet.deleteRule(4);
        sheet.insertRule('#f{color:green}', 0);
        (sheet.cssRules[5] as CSSKeyframesRule).appendRule('to{opacity:.25}');
        const layer = [...sheet.cssRules].find((r) => r instanceof CSSLayerBlockRule) as CSSLayerBlockRule;
        layer.insertRule('#l{font-style:italic}', 0);
        const speedy = (document.querySelector('#speedy') as HTMLStyleElement).sheet as CSSStyleSheet;
        for (let n = 0; n < 50; n++) speedy.insertRule(`#g{order:${n}}`, speedy.cssRules.length);
        rule(1).styleMap?.set?.('padding-left', CSS.px(7));
        (sheet.cssRules[2] as CSSMediaRule).media.mediaText = 'screen';
        speedy.insertRule('#m{color:green;&:first-of-type{color:red}& .x{color:blue}}');
        (speedy.cssRules[0] as CSSStyleRule).insertRule?.('&#m{text-indent:5px}', 0);
      });
    },
    probes: {
      'rule: style changed': ask((q) => q.css('#a', 'color'), 'rgb(0, 128, 0)'),
      'rule: inserted in a media rule': ask((q) => q.css('#b', 'color'), 'rgb(0, 128, 0)'),
      'rule: selector changed': ask(
        (q) => [q.css('#c', 'color'), q.css('#n', 'color')],
        ['rgb(0, 0, 0)', 'rgb(255, 0, 0)'],
      ),
      'rule: property removed': ask((q) => q.css('#d', 'color'), 'rgb(0, 0, 0)'),
      'rule: deleted': ask((q) => q.css('#e', 'color'), 'rgb(0, 0, 0)'),
      'rule: inserted': ask((q) => q.css('#f', 'color'), 'rgb(0, 128, 0)'),
      'rules: inserted by a library in speedy mode': ask((q) => q.css('#g', 'order'), '49'),
      'keyframes: appended': ask((q) => q.css('#k', 'opacity'), '0.25'),
      'layer: rule inserted': ask((q) => q.css('#l', 'font-style'), 'italic'),
      'rule: styleMap': ask((q) => q.css('#a', 'padding-left'), '7px'),
      'rule: inserted in a nesting rule': ask((q) => q.css('#m', 'text-indent'), '5px'),
    },
  },
  {
    name: 'constructed sheets',
    html: '<p id=a>a<p id=b>b<p id=c>c<p id=d>d<div id=one></div><div id=two></div><p id=e>e<p id=f>f',
    whole: ['tree', 'rules', 'styles'],
    act: async (hand) => {
      await hand.run(async () => {
        const made = (text: string, init: CSSStyleSheetInit = {}) => {
          const sheet = new CSSStyleSheet(init);
          sheet.replaceSync(text);
          return sheet;
        };
        const first = made('#a{color:green}');
        document.adoptedStyleSheets = [first];
        document.adoptedStyleSheets.push(made('#b{color:green}'));
        const shared = made('p{color:blue}');
        for (const id of ['one', 'two']) {
          const root = document.querySelector(`#${id}`)?.attachShadow({ mode: 'open' }) as ShadowRoot;
          root.innerHTML = '<p>shared</p>';
          root.adoptedStyleSheets = [shared];
        }
        await new Promise(requestAnimationFrame);
        shared.insertRule('p{font-weight:700}', 1);
        first.replaceSync('#a{color:teal}');
        const later = new CSSStyleSheet();
        document.adoptedStyleSheets.push(later);
        await later.replace('#c{color:green}');
        document.adoptedStyleSheets.push(made('#d{color:red}', { media: 'print' }));
        const off = made('#e{color:red}');
        off.disabled = true;
        document.adoptedStyleSheets.push(off);
        const gone = made('#f{color:red}');
        document.adoptedStyleSheets.push(gone);
        await new Promise(requestAnimationFrame);
        document.adoptedStyleSheets.pop();
      });
    },
    probes: {
      'adopted sheet: replaceSync': ask((q) => q.css('#a', 'color'), 'rgb(0, 128, 128)'),
      'adopted sheet: pushed': ask((q) => q.css('#b', 'color'), 'rgb(0, 128, 0)'),
      'adopted sheet: shared by two shadow roots': ask(
        (q) => ['#one', '#two'].map((id) => q.css(q.$('p', q.root(id)), 'color')),
        ['rgb(0, 0, 255)', 'rgb(0, 0, 255)'],
      ),
      'adopted sheet: a rule inserted while shared': ask((q) => q.css(q.$('p', q.root('#two')), 'font-weight'), '700'),
      'adopted sheet: replace': ask((q) => q.css('#c', 'color'), 'rgb(0, 128, 0)'),
      'adopted sheet: media': ask((q) => q.css('#d', 'color'), 'rgb(0, 0, 0)'),
      'adopted sheet: disabled': ask((q) => q.css('#e', 'color'), 'rgb(0, 0, 0)'),
      'adopted sheet: given back': ask((q) => q.css('#f', 'color'), 'rgb(0, 0, 0)'),
    },
  },
  {
    name: 'linked sheets',
    head: '<link rel=stylesheet href=one.css><link id=off rel=stylesheet href=two.css><link id=media rel=stylesheet href=three.css media=print>',
    html: '<p id=a>a<p id=b>b<p id=c>c<p id=d>d<p id=e>e<p id=f>f',
    files: {
      'one.css': css('@import "four.css"; #a{color:green;background:url(dot.png)}'),
      'two.css': css('#b{color:red}'),
      'three.css': css('#c{color:green}'),
      'four.css': css('#d{color:green}'),
      'five.css': css('#e{color:green}'),
      'six.css': css('#e{color:teal}'),
    },
    whole: ['tree', 'styles', 'pixels'],
    act: async (hand) => {
      await hand.run(async () => {
        const link = (id: string) => document.getElementById(id) as HTMLLinkElement;
        link('off').disabled = true;
        link('media').media = 'all';
        const added = document.createElement('link');
        added.rel = 'stylesheet';
        added.href = 'five.css';
        const loaded = () => new Promise((resolve) => added.addEventListener('load', resolve, { once: true }));
        document.head.append(added);
        await loaded();
        const again = loaded();
        added.href = 'six.css';
        await again;
        (document.styleSheets[0] as CSSStyleSheet).insertRule('#f{color:green}', 1);
      });
    },
    probes: {
      'link: sheet': ask((q) => q.css('#a', 'color'), 'rgb(0, 128, 0)'),
      'link: disabled': ask((q) => q.css('#b', 'color'), 'rgb(0, 0, 0)'),
      'link: media changed': ask((q) => q.css('#c', 'color'), 'rgb(0, 128, 0)'),
      '@import in a linked sheet': ask((q) => q.css('#d', 'color'), 'rgb(0, 128, 0)'),
      'link: added, and another address later': ask((q) => q.css('#e', 'color'), 'rgb(0, 128, 128)'),
      'link: rule inserted': ask((q) => q.css('#f', 'color'), 'rgb(0, 128, 0)'),
    },
  },
  {
    name: 'newer rules',
    head: `<style>@layer low,high;@layer high{#layer{color:green}}@layer low{#layer{color:red}}
      @property --p{syntax:"<length>";inherits:false;initial-value:9px}#property{padding-left:var(--p)}
      #box{container-type:inline-size;width:300px}@container (min-width:200px){#contained{color:green}}
      @scope (#scoped) to (.limit){p{color:green}}
      #nest{color:red;& b{color:green;&:hover{color:red}@media all{letter-spacing:1px}}}
      @supports (display:grid){#supports{color:green}}#has:has(> i){color:green}#is:is(p,div){color:green}
      #count{counter-reset:n 4}#count::before{content:counter(n) " things";color:green}#attr::after{content:attr(data-word)}
      li::marker{color:rgb(0,128,0)}#nth b:nth-child(2 of .x){color:green}#empty:empty{outline:1px solid green}#calc{width:calc(10px + 5%)}
      #color{color:color-mix(in srgb,red,blue)}#p3{color:oklch(60% .1 200)}#ld{color-scheme:dark;color:light-dark(red,green)}
      #logical{margin-inline:4px 8px}#clamp{font-size:clamp(10px,2vw,30px)}#first::first-letter{font-size:30px}#sel::selection{color:red}
      #before::before{content:"“"}#where:where(.y){color:green}#subgrid{display:grid;grid-template-columns:20px 1fr}
      #start{transition:opacity 1ms;opacity:1;@starting-style{opacity:0}}#vw{width:50vw;height:25vh}@media (min-width:700px){#wide{color:green}}</style>`,
    html: `<p id=layer>l<p id=property>p<div id=box><p id=contained>c</div><div id=scoped><p id=in>s</p><div class=limit><p id=limit>s</p></div></div>
      <div id=nest><b>n</b></div><p id=supports>s<p id=has><i>h</i></p><p id=is>i<p id=count>c<p id=attr data-word=word>a<ul><li id=li>m</ul>
      <p id=nth><b>1</b><b class=x>2</b><b class=x id=second>3</b></p><p id=empty></p><p id=calc>c<p id=color>c<p id=p3>p<p id=ld>l<p id=logical>l
      <p id=clamp>c<p id=first>First<p id=sel>s<p id=before>b<p id=where class=y>w<div id=subgrid><i>1</i><i>2</i></div><p id=start>s
      <div id=vw>v</div><p id=wide>w`,
    whole: ['tree', 'rules', 'styles', 'pixels'],
    act: async (hand) => {
      await hand.run(() => document.querySelector('#attr')?.setAttribute('data-word', 'another'));
    },
    probes: {
      '@layer: order': ask((q) => q.css('#layer', 'color'), 'rgb(0, 128, 0)'),
      '@property: initial value': ask((q) => q.css('#property', 'padding-left'), '9px'),
      '@container': ask((q) => q.css('#contained', 'color'), 'rgb(0, 128, 0)'),
      '@scope': ask((q) => [q.css('#in', 'color'), q.css('#limit', 'color')], ['rgb(0, 128, 0)', 'rgb(0, 0, 0)']),
      'nesting: with a media rule': ask(
        (q) => q.css('#nest b', 'color') + q.css('#nest b', 'letter-spacing'),
        'rgb(0, 128, 0)1px',
      ),
      '@supports': ask((q) => q.css('#supports', 'color'), 'rgb(0, 128, 0)'),
      ':has': ask((q) => q.css('#has', 'color'), 'rgb(0, 128, 0)'),
      '::before: counter': ask((q) => q.css('#count', 'content', '::before'), 'counter(n) " things"'),
      '::after: attr()': ask(
        (q) => q.css('#attr', 'content', '::after').includes('another') || q.css('#attr', 'content', '::after'),
        true,
      ),
      '::marker: colour': ask((q) => q.css('#li', 'color', '::marker'), 'rgb(0, 128, 0)'),
      ':nth-child of': ask((q) => q.css('#second', 'color'), 'rgb(0, 128, 0)'),
      ':empty': ask((q) => q.css('#empty', 'outline-style'), 'solid'),
      'light-dark()': ask((q) => q.css('#ld', 'color'), 'rgb(0, 128, 0)'),
      'calc()': ask((q) => q.css('#calc', 'width')),
      'color-mix()': ask((q) => q.css('#color', 'color')),
      '@starting-style': ask((q) => q.css('#start', 'opacity'), '1'),
      'viewport units': ask((q) => [q.css('#vw', 'width'), q.css('#vw', 'height')], ['400px', '150px']),
      '@media: by the width of the window': ask((q) => q.css('#wide', 'color'), 'rgb(0, 128, 0)'),
    },
  },
  {
    name: 'variables and themes',
    head: `<style>:root{--c:red;--space:2px}.dark{--c:green}p{color:var(--c);margin:var(--space)}html{font-size:16px}#rem{padding:1rem}
      @media (prefers-color-scheme:light){#scheme{color:green}}</style><meta name=color-scheme content="light dark">`,
    html: '<p id=a>a<p id=b>b<p id=rem>rem<p id=scheme>scheme<p id=registered>r<p id=typed>t',
    whole: ['tree', 'styles', 'pixels'],
    act: async (hand) => {
      await hand.run(() => {
        document.documentElement.className = 'dark';
        document.documentElement.style.setProperty('--space', '11px');
        document.documentElement.style.fontSize = '20px';
        (document.querySelector('#b') as HTMLElement).style.setProperty('--c', 'blue');
        CSS.registerProperty?.({ name: '--registered', syntax: '<length>', inherits: false, initialValue: '13px' });
        (document.querySelector('#registered') as HTMLElement).style.width = 'var(--registered)';
        (document.querySelector('#typed') as HTMLElement).attributeStyleMap?.set?.('width', CSS.percent(25));
      });
    },
    probes: {
      'variable: by a class of the root': ask((q) => q.css('#a', 'color'), 'rgb(0, 128, 0)'),
      'variable: set on the root': ask((q) => q.css('#a', 'margin-left'), '11px'),
      'variable: set on an element': ask((q) => q.css('#b', 'color'), 'rgb(0, 0, 255)'),
      'rem: size of the root': ask((q) => q.css('#rem', 'padding-left'), '20px'),
      'prefers-color-scheme: light': ask((q) => q.css('#scheme', 'color'), 'rgb(0, 128, 0)'),
      'CSS.registerProperty: initial value': ask((q) => q.css('#registered', 'width'), '13px'),
      attributeStyleMap: ask((q) => q.$('#typed').style.width, '25%'),
    },
  },
];
