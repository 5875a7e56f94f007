// Changes of the tree.
import { ask, type Case } from '../case.ts';

export const tree: Case[] = [
  {
    name: 'nodes added, moved and removed',
    html: `<ul id=list>${[1, 2, 3, 4, 5].map((n) => `<li id=l${n}>item ${n}`).join('')}</ul><div id=from><b id=moved>moved</b></div>
      <div id=to></div><p id=gone>gone</p><p id=html>old</p><table id=table><tr><td>1</table><div id=twice></div><i id=wrap>wrapped</i>
      <div id=before><u id=kept>kept</u></div><div id=target></div>`,
    whole: ['tree', 'styles', 'pixels'],
    act: async (hand) => {
      await hand.run(async () => {
        const $ = (id: string) => document.getElementById(id) as HTMLElement;
        const list = $('list');
        list.append(...[...list.children].reverse());
        $('to').append($('moved'));
        $('gone').remove();
        $('html').innerHTML = '<em>new</em> text';
        $('html').insertAdjacentHTML('afterend', '<p id=after>after</p>');
        ($('table') as HTMLTableElement).insertRow().insertCell().textContent = '2';
        const passing = document.createElement('s');
        $('from').append(passing);
        $('twice').append(passing);
        passing.remove();
        const wrapper = document.createElement('div');
        wrapper.id = 'wrapper';
        $('wrap').replaceWith(wrapper);
        wrapper.append($('from').appendChild(document.createElement('i')));
        const fragment = document.createDocumentFragment();
        for (let n = 0; n < 3; n++) fragment.append(`part ${n}`, document.createElement('hr'));
        $('twice').append(fragment);
        await null;
        const target = $('target') as HTMLElement & { moveBefore?(node: Node, child: Node | null): void };
        if (target.moveBefore) target.moveBefore($('kept'), null);
        else target.append($('kept'));
        await new Promise(requestAnimationFrame);
        $('to').replaceChildren('replaced ', document.createElement('mark'));
      });
    },
    probes: {
      'list: reversed': ask((q) => q.text('#list'), 'item 5item 4item 3item 2item 1'),
      'node: moved, and replaced later': ask((q) => q.$('#to').innerHTML, 'replaced <mark></mark>'),
      'node: removed': ask((q) => q.d.querySelector('#gone') === null, true),
      innerHTML: ask((q) => q.$('#html').innerHTML, '<em>new</em> text'),
      insertAdjacentHTML: ask((q) => q.$('#html').nextElementSibling?.id ?? '', 'after'),
      'table: row inserted': ask((q) => q.$<HTMLTableElement>('#table').rows.length, 2),
      'node: added and removed at once': ask((q) => q.d.querySelectorAll('s').length, 0),
      'node: replaced by another': ask((q) => q.$('#wrapper').children.length, 1),
      'fragment: appended': ask((q) => q.$('#twice').childNodes.length, 6),
      moveBefore: ask((q) => q.$('#kept').parentElement?.id ?? '', 'target'),
    },
  },
  {
    name: 'texts',
    html: `<p id=data>text</p><p id=split>one two</p><p id=joined>a<span></span></p><pre id=pre>  two
   lines</pre><p id=emoji></p><p id=lone></p><p id=long></p><p id=rtl dir=rtl>עברית</p><p id=entity>&lt;b&gt; &amp;amp; &nbsp;x</p>
      <p id=typed></p><p id=empty>filled</p><p id=space>a<b> </b>b</p><wbr><p id=soft>soft&shy;hyphen</p>`,
    whole: ['tree', 'styles', 'pixels'],
    act: async (hand) => {
      await hand.run(async () => {
        const $ = (id: string) => document.getElementById(id) as HTMLElement;
        ($('data').firstChild as Text).data = 'changed';
        ($('split').firstChild as Text).splitText(3);
        ($('split').lastChild as Text).data = ' THREE';
        $('joined').querySelector('span')?.remove();
        $('joined').append('b', 'c');
        $('joined').normalize();
        $('emoji').textContent = '👩‍👩‍👧 ✓ é 日本語';
        $('lone').textContent = 'x\ud83dy';
        $('long').textContent = 'word '.repeat(20_000);
        $('empty').textContent = '';
        for (const letter of 'letter by letter') {
          $('typed').append(letter);
          await null;
        }
        $('typed').normalize();
        for (let i = 0; i < 5; i++) ($('data').firstChild as Text).insertData(2, '-');
      });
    },
    probes: {
      'text: insertData': ask((q) => q.text('#data'), 'ch-----anged'),
      'text: split': ask((q) => q.text('#split'), 'one THREE'),
      'text: joined': ask((q) => q.$('#joined').childNodes.length, 1),
      'text: white space in pre': ask((q) => q.$('#pre').textContent, '  two\n   lines'),
      'text: beyond the first plane': ask((q) => q.text('#emoji'), '👩‍👩‍👧 ✓ é 日本語'),
      'text: a lone surrogate': ask((q) => q.$('#lone').textContent?.charCodeAt(1) ?? 0, 0xd83d),
      'text: 100,000 characters': ask((q) => q.$('#long').textContent?.length ?? 0, 100_000),
      'text: right to left': ask((q) => q.css('#rtl', 'direction') + q.text('#rtl'), 'rtlעברית'),
      'text: entities': ask((q) => q.$('#entity').textContent, '<b> &amp; \u00a0x'),
      'text: letter by letter': ask((q) => q.$('#typed').textContent, 'letter by letter'),
      'text: emptied': ask((q) => q.$('#empty').textContent, ''),
      'text: white space between elements': ask((q) => q.$('#space').textContent, 'a b'),
    },
  },
  {
    name: 'attributes',
    head: `<style>[data-state=on]{color:green}[data-gone]{color:red}.active{font-weight:700}#renamed{color:blue}[aria-expanded=true]{opacity:.5}
      [custom="x"]{letter-spacing:2px}a:any-link{color:purple}[hidden=until-found]{display:block}:lang(fr){quotes:"«" "»"}</style>`,
    html: `<p id=data>data</p><p id=gone data-gone=1>gone</p><p id=class class="one two">class</p><p id=old>renamed</p>
      <p id=aria aria-expanded=false>aria</p><p id=hidden>hidden</p><p id=own custom=y>own</p><a id=link>link</a><p id=lang>lang</p>
      <p id=style style="color:red">style</p><td id=stray></td><table><tr><td id=cell>1<td>2</table><p id=tab>tab</p><img id=alt alt=words>
      <p id=title>title</p><p id=case>case</p>`,
    whole: ['tree', 'styles', 'pixels'],
    act: async (hand) => {
      await hand.run(() => {
        const $ = (id: string) => document.getElementById(id) as HTMLElement;
        $('data').dataset.state = 'on';
        $('gone').removeAttribute('data-gone');
        $('class').classList.replace('one', 'active');
        $('class').classList.toggle('two');
        $('aria').ariaExpanded = 'true';
        $('hidden').hidden = true;
        $('own').setAttribute('custom', 'x');
        $('link').setAttribute('href', '/somewhere');
        $('lang').lang = 'fr';
        $('style').style.cssText = 'color: teal; --own: 4px; margin-left: var(--own) !important';
        $('style').style.setProperty('padding', '3px');
        $('cell').setAttribute('colspan', '2');
        $('tab').tabIndex = 0;
        $('title').title = 'words in a title';
        $('old').id = 'renamed';
        for (let n = 0; n < 200; n++) $('case').setAttribute('data-n', String(n));
      });
    },
    probes: {
      'data attribute: rule applied': ask((q) => q.css('#data', 'color'), 'rgb(0, 128, 0)'),
      'attribute: removed': ask((q) => q.css('#gone', 'color') !== 'rgb(255, 0, 0)', true),
      'class: replaced and toggled': ask((q) => q.$('#class').className, 'active'),
      'id: changed': ask((q) => q.css('#renamed', 'color'), 'rgb(0, 0, 255)'),
      'aria attribute by property': ask((q) => q.css('#aria', 'opacity'), '0.5'),
      hidden: ask((q) => q.css('#hidden', 'display'), 'none'),
      'attribute of the page’s own: rule applied': ask((q) => q.css('#own', 'letter-spacing'), '2px'),
      ':any-link: rule applied': ask((q) => q.css('#link', 'color'), 'rgb(128, 0, 128)'),
      ':lang: rule applied': ask((q) => q.css('#lang', 'quotes'), '"«" "»"'),
      'style: cssText with a variable': ask((q) => q.css('#style', 'margin-left'), '4px'),
      'style: setProperty': ask((q) => q.css('#style', 'padding-top'), '3px'),
      colspan: ask((q) => q.$<HTMLTableCellElement>('#cell').colSpan, 2),
      tabindex: ask((q) => q.$('#tab').tabIndex, 0),
      title: ask((q) => q.$('#title').title, 'words in a title'),
      alt: ask((q) => q.$<HTMLImageElement>('#alt').alt, 'words'),
      'attribute: 200 times': ask((q) => q.$('#case').dataset.n ?? '', '199'),
    },
  },
  {
    name: 'documents',
    html: `<template id=template><p>in a template</p></template><div id=cloned></div><noscript>no script</noscript>
      <!-- a comment --><p id=title>title</p>`,
    whole: ['tree', 'pixels'],
    act: async (hand) => {
      await hand.run(() => {
        document.title = 'another title';
        const template = document.querySelector('template') as HTMLTemplateElement;
        document.querySelector('#cloned')?.append(template.content.cloneNode(true));
        template.content.append('more');
        document.documentElement.classList.add('rooted');
        document.body.style.background = 'rgb(240, 250, 255)';
      });
    },
    probes: {
      'document title': ask((q) => q.d.title, 'another title'),
      'template content': ask(
        (q) => q.$<HTMLTemplateElement>('#template').content.textContent?.includes('in a template'),
        true,
      ),
      'template content: changed': ask(
        (q) => q.$<HTMLTemplateElement>('#template').content.textContent?.includes('more'),
        true,
      ),
      'template: takes no room': ask((q) => q.css('#template', 'display'), 'none'),
      'template: cloned': ask((q) => q.text('#cloned'), 'in a template'),
      'noscript: takes no room': ask((q) => q.d.querySelector('noscript')?.getClientRects().length ?? 0, 0),
      'root element: class': ask((q) => q.d.documentElement.className.includes('rooted'), true),
      'body: background': ask((q) => q.css(q.d.body, 'background-color'), 'rgb(240, 250, 255)'),
      'compat mode': ask((q) => q.d.compatMode, 'CSS1Compat'),
      'document language': ask((q) => q.d.documentElement.lang, 'en'),
    },
  },
  {
    name: 'quirks mode',
    quirks: true,
    head: '<style>.Box{width:100;height:50;background:tan}table{color:inherit}</style>',
    html: '<div class=box id=box>no unit</div><font size=+2><table><tr><td id=cell>cell</table></font><img width=10 height=10 id=image>',
    whole: ['tree', 'styles', 'pixels'],
    act: async (hand) => {
      await hand.run(() => document.querySelector('#box')?.append(' more'));
    },
    probes: {
      'quirks: compat mode': ask((q) => q.d.compatMode, 'BackCompat'),
      'quirks: lengths without a unit, class without case': ask((q) => q.css('#box', 'width'), '100px'),
      'quirks: tables do not inherit sizes': ask((q) => q.css('#cell', 'font-size'), '16px'),
    },
  },
  {
    name: 'every element',
    head: '<style>:root{--x:red}body{font:14px serif}</style>',
    html: `<article><header><h1>h1</h1><hgroup><h2>h2</h2><p>p</p></hgroup></header><section><h3>h3</h3><h4>h4</h4><h5>h5</h5><h6>h6</h6></section>
      <nav><menu><li>menu</menu></nav><aside>aside</aside><footer><address>address</address></footer></article><search><form>search</form></search>
      <main><blockquote>quote</blockquote><dl><dt>dt<dd>dd</dl><ol start=3 reversed><li>ol<li value=9>nine</ol><ul><li>ul</ul><hr>
      <figure><figcaption>figure</figcaption></figure><pre>pre</pre></main>
      <p><a>a</a><abbr title=t>abbr</abbr><b>b</b><bdi>bdi</bdi><bdo dir=rtl>bdo</bdo><cite>cite</cite><code>code</code><data value=1>data</data>
      <del>del</del><dfn>dfn</dfn><em>em</em><i>i</i><ins>ins</ins><kbd>kbd</kbd><mark>mark</mark><q>q</q><s>s</s><samp>samp</samp>
      <small>small</small><span>span</span><strong>strong</strong><sub>sub</sub><sup>sup</sup><time>time</time><u>u</u><var>var</var><wbr>
      <ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby><acronym>acronym</acronym><big>big</big><center>center</center><font color=red>font</font>
      <strike>strike</strike><tt>tt</tt><nobr>nobr</nobr><unknown id=unknown>unknown</unknown></p>
      <table border=1><caption>caption</caption><colgroup><col width=50><col></colgroup><thead><tr><th>th</thead><tbody><tr><td>td<td>td</tbody>
      <tfoot><tr><td>tfoot</tfoot></table><form><fieldset><legend>legend</legend><label>label</label><button>button</button></fieldset></form>
      <details><summary>summary</summary>details</details><map name=m><area shape=rect coords=0,0,1,1></map>`,
    whole: ['tree', 'styles', 'pixels'],
    act: async (hand) => {
      await hand.run(() => document.body.classList.add('seen'));
    },
    probes: {
      'element: unknown tag': ask((q) => q.text('#unknown'), 'unknown'),
      'list item: value': ask((q) => q.$<HTMLLIElement>('ol li:last-child').value, 9),
    },
  },
];
