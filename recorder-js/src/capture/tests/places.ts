// Every place of a page where text can sit, by number: what a recorder could tell of somebody. `K` is the canary.
//
// 1-111 are places that recorders have been seen to leak from; from 112 on those that a recorder of our kind could. What belongs to
// telemetry (console, requests, errors: 102-107, 110) and to servers is with those parts; here are pages.

import type { Canary } from './canaries.ts';

const set = (what: string): string => `(${what}).dispatchEvent(new InputEvent('input', { bubbles: true }))`;

export const places: Record<string, Canary> = {
  '1 typed text': { html: '<input id=p1>', js: `p1.value = 'K'; ${set('p1')}` },
  '2 typed password': { html: '<input id=p2 type=password>', js: `p2.value = 'K'; ${set('p2')}` },
  '3 password toggled, then typed': { html: '<input id=p3 type=password>', js: `p3.type = 'text'; p3.value = 'K'` },
  '4 value in markup': { html: '<input value=K>' },
  '5 value attribute set': { html: '<input id=p5>', js: `p5.setAttribute('value', 'K')` },
  '6 hidden input': { html: '<input type=hidden value=K>' },
  '7 submit value': { html: '<input type=submit value=K>' },
  '8 button value': { html: '<input type=button value=K>' },
  '9 reset value': { html: '<input type=reset value=K>' },
  '10 text area default': { html: '<textarea>K</textarea>' },
  '11 text area typed': { html: '<textarea id=p11></textarea>', js: `p11.value = 'K'` },
  '12 text area child': { html: '<textarea id=p12></textarea>', js: `p12.append('K')` },
  '13 option value': { html: '<select><option value=K>x</select>' },
  '14 option label': { html: '<select><option label=K>x</select>' },
  '15 option text': { html: '<select><option>K</select>' },
  '16 selected option': {
    html: '<select id=p16><option>x<option>K</select>',
    js: 'p16.selectedIndex = 1; p16.options[1].text += "K"',
  },
  '17 option group': { html: '<select><optgroup label=K><option>x</optgroup></select>' },
  '18 datalist': { html: '<input list=d18><datalist id=d18><option value=K label=K>K</datalist>' },
  '19 placeholder': { html: '<input placeholder=K>' },
  '20 aria-label': { html: '<b aria-label=K>x</b>' },
  '21 aria-description': { html: '<b aria-description=K>x</b>' },
  '22 aria-valuetext': { html: '<b aria-valuetext=K>x</b>' },
  '23 aria-placeholder': { html: '<b aria-placeholder=K>x</b>' },
  '24 aria-roledescription': { html: '<b aria-roledescription=K role=K>x</b>' },
  '25 title': { html: '<b title=K>x</b>' },
  '26 alt of what is no picture': { html: '<b alt=K>x</b>' },
  '27 alt of a picture': { html: '<img alt=K>' },
  '28 data attribute': { html: '<b data-k=K data-K=x>x</b>' },
  '29 text': { html: '<p>K</p>' },
  '30 editable': { html: '<div contenteditable id=p30></div>', js: `p30.append('K')` },
  '31 added text': { html: '<p id=p31></p>', js: `p31.innerHTML = '<b>K</b>'` },
  '32 changed text': { html: '<p id=p32>x</p>', js: `p32.firstChild.data = 'K'` },
  '33 text in a shadow root': {
    html: '<div id=p33></div>',
    js: `p33.attachShadow({ mode: 'open' }).innerHTML = '<i>K</i>'`,
  },
  '34 field in a shadow root': { html: '<div><template shadowrootmode=open><input value=K></template></div>' },
  '35 change in a shadow root': {
    html: '<div id=p35><template shadowrootmode=open><i>x</i></template></div>',
    js: `p35.shadowRoot.append('K')`,
  },
  '36 typed in a shadow root': {
    html: '<div id=p36><template shadowrootmode=open><input></template></div>',
    js: `p36.shadowRoot.querySelector('input').value = 'K'`,
  },
  '37 frame by srcdoc': { html: '<iframe srcdoc="<p>K"></iframe>' },
  '38 field in a frame': { html: '<iframe srcdoc="<input value=K>"></iframe>' },
  '39 change in a frame': {
    html: '<iframe id=p39 srcdoc="<p>x"></iframe>',
    js: `await later(); p39.contentDocument.body.append('K')`,
  },
  '40 typed in a frame': {
    html: '<iframe id=p40 srcdoc="<input>"></iframe>',
    js: `await later(); p40.contentDocument.querySelector('input').value = 'K'`,
  },
  '41 query of a link': { html: '<a href="/x?t=K">x</a>' },
  '42 query of a picture': { html: '<img src="/x.png?t=K">' },
  '43 form action': { html: '<form action="/x?t=K"></form>' },
  '44 content of a style': { html: '<style>.p44::after { content: "K"; }</style>' },
  '45 custom property': { html: '<b style="--k: K">x</b>' },
  '46 picture in a style attribute': { html: '<b style="background: url(data:image/svg+xml,K)">x</b>' },
  '47 svg text': { html: '<svg><text>K</text></svg>' },
  '48 svg title': { html: '<svg><title>K</title></svg>' },
  '49 svg description': { html: '<svg><desc>K</desc></svg>' },
  '50 comment': { html: '<!-- K -->' },
  '51 noscript': { html: '<noscript>K</noscript>' },
  '52 data in a script': { html: '<script type="application/json">{"k": "K"}</script>' },
  '53 template': { html: '<template><p title=K>K</p></template>' },
  '54 class': { html: '<b class="K a">x</b>' },
  '55 id': { html: '<b id=K>x</b>' },
  '56 name': { html: '<input name=K>' },
  '57 checkbox value': { html: '<input type=checkbox value=K checked>' },
  '58 radio value': { html: '<input type=radio value=K checked>' },
  '59 summary': { html: '<details open><summary>K</summary>K</details>' },
  '60 dialog': { html: '<dialog open>K</dialog>' },
  '61 attribute of a custom element': { html: '<x-y k=K K=x>x</x-y>' },
  '62 class of what is blocked': { html: '<b data-ridealong-block class=K title=K>x</b>' },
  '63 typed in what is blocked': { html: '<p data-ridealong-block><input id=p63></p>', js: `p63.value = 'K'` },
  '64 text of what is blocked': { html: '<p data-ridealong-block>K</p>' },
  '65 change in what is masked': { html: '<p data-ridealong-mask id=p65>x</p>', js: `p65.append('K')` },
  '66 typed in what is masked': { html: '<p data-ridealong-mask><input id=p66></p>', js: `p66.value = 'K'` },
  '67 typed in what another tool ignores': { html: '<input id=p67 class=rr-ignore>', js: `p67.value = 'K'` },
  '68 picture by data address': {
    html: '<img src="data:image/svg+xml,<svg xmlns=%22http://www.w3.org/2000/svg%22>K</svg>">',
  },
  '69 source of a video': { html: '<video src="/v?t=K"></video>' },
  '70 label of a track': { html: '<video><track label=K src="/t?K"></video>' },
  '71 data of an object': { html: '<object data="/o?t=K"></object>' },
  '72 summary of a table': { html: '<table summary=K></table>' },
  '73 abbr of a cell': { html: '<table><th abbr=K>x</table>' },
  '74 output': { html: '<output>K</output>' },
  '75 title of an abbr': { html: '<abbr title=K>x</abbr>' },
  '76 alt of an input': { html: '<input type=image alt=K src="/b.png?K">' },
  '77 pattern': { html: '<input pattern=K>' },
  '78 fallback of a meter': { html: '<meter>K</meter>' },
  '79 source of a frame': { html: '<iframe src="https://other.invalid/?t=K"></iframe>' },
  '80 cite': { html: '<blockquote cite="/c?t=K">x</blockquote>' },
  '81 value of a button': { html: '<button value=K>x</button>' },
  '82 action of a button': { html: '<button formaction="/f?t=K">x</button>' },
  '84 title changed': { js: `document.title = 'K'` },
  '85 meta description': { head: '<meta name=description content=K>' },
  '86 meta token': { head: '<meta name=csrf-token content=K>' },
  '87 meta property': { head: '<meta property="og:title" content=K>' },
  '88 meta of the page’s own': { head: '<meta name=K content=K>' },
  '89 canonical link': { head: '<link rel=canonical href="/?t=K">' },
  '91 fragment': { js: `location.hash = 'K'` },
  '92 pushed address': { js: `history.pushState({ k: 'K' }, 'K', '?t=K')` },
  '93 value, late': { html: '<input id=p93>', js: `await later(); p93.value = 'K'` },
  '94 password, late': { html: '<p id=p94>', js: `p94.innerHTML = '<input type=password value=K>'` },
  '95 text area, late': { html: '<p id=p95>', js: `p95.innerHTML = '<textarea>K</textarea>'` },
  '96 title attribute, late': { html: '<b id=p96>x</b>', js: `p96.title = 'K'` },
  '97 data attribute, late': { html: '<b id=p97>x</b>', js: `p97.dataset.k = 'K'` },
  '98 aria-label, late': { html: '<b id=p98>x</b>', js: `p98.ariaLabel = 'K'` },
  '99 placeholder, late': { html: '<input id=p99>', js: `p99.placeholder = 'K'` },
  '100 adopted sheet': {
    js: `const s = new CSSStyleSheet(); s.replaceSync('.K::before { content: "K"; --k: K }'); document.adoptedStyleSheets.push(s)`,
  },
  '101 rule inserted': {
    html: '<style id=p101></style>',
    js: `p101.sheet.insertRule('.K { content: "K"; background: url("/x?K"); }', 0)`,
  },
  '108 clicked text': { html: '<button id=p108>K</button>', js: 'p108.click()' },
  '109 clicked label': { html: '<button id=p109 aria-label=K>x</button>', js: 'p109.click()' },
  '111 canvas text': { html: '<canvas id=p111></canvas>', js: `p111.getContext('2d').fillText('K', 1, 9)` },

  '112 autofilled': {
    html: '<input id=p112 autocomplete=name>',
    js: `p112.value = 'K'; p112.dispatchEvent(new Event('change', { bubbles: true }))`,
  },
  '113 composed': {
    html: '<input id=p113>',
    js: `p113.focus(); p113.dispatchEvent(new CompositionEvent('compositionupdate', { data: 'K', bubbles: true })); p113.value = 'K'`,
  },
  '114 dragged': {
    js: `const d = new DataTransfer(); d.setData('text/plain', 'K'); m.dispatchEvent(new DragEvent('drop', { dataTransfer: d, bubbles: true }))`,
  },
  '115 pasted': {
    html: '<input id=p115>',
    js: `const d = new DataTransfer(); d.setData('text/plain', 'K'); p115.dispatchEvent(new ClipboardEvent('paste', { clipboardData: d, bubbles: true }))`,
  },
  '116 selected': { html: '<p id=p116>K</p>', js: `getSelection().selectAllChildren(p116)` },
  '117 name of a file': {
    html: '<input type=file id=p117>',
    js: `const d = new DataTransfer(); d.items.add(new File(['K'], 'K.txt')); p117.files = d.files; p117.dispatchEvent(new Event('change', { bubbles: true }))`,
  },
  '118 message of a check': { html: '<input id=p118>', js: `p118.setCustomValidity('K'); p118.reportValidity()` },
  '119 datalist, late': {
    html: '<input id=p119>',
    js: `m.insertAdjacentHTML('beforeend', '<datalist id=l119><option value=K></datalist>'); p119.setAttribute('list', 'l119')`,
  },
  '120 several selected': { html: '<select multiple><option selected>K<option selected label=K>x</select>' },
  '121 values that are chosen': {
    html: '<input type=date id=p121><input type=color><input type=number id=q121>',
    js: `m.append(document.createTextNode('K')); q121.valueAsNumber = 5`,
  },
  '122 closed shadow root': {
    html: '<div id=p122></div>',
    js: `p122.attachShadow({ mode: 'closed' }).innerHTML = '<input value=K>K'`,
  },
  '123 frame in a frame': { html: `<iframe srcdoc="<iframe srcdoc='<p title=K>K'></iframe>"></iframe>` },
  '124 message to a frame': { js: `postMessage({ k: 'K' }, '*')` },
  '125 masked parent filled anew': {
    html: '<div data-ridealong-mask id=p125>x</div>',
    js: `p125.innerHTML = '<p title=K>K</p>'`,
  },
  '126 moved to where it is shown and back': {
    html: '<i id=p126>x</i><p data-ridealong-show id=q126></p><b id=r126></b>',
    js: `q126.append(p126); await later(); r126.append(p126); p126.append('K')`,
  },
  '127 show taken away': {
    html: '<p id=p127 data-ridealong-show>x</p>',
    js: `p127.removeAttribute('data-ridealong-show'); p127.title = 'K'; p127.append('K')`,
  },
  '128 mask put on': {
    html: '<p id=p128 data-ridealong-show>x</p>',
    js: `p128.setAttribute('data-ridealong-mask', ''); p128.append('K')`,
  },
  '129 copy of a password field': {
    html: '<p data-ridealong-show id=q129><input id=p129 type=password>',
    js: `p129.type = 'text'; const c = p129.cloneNode(true); c.value = 'K'; q129.append(c)`,
  },
  '130 field replaced': {
    html: '<p data-ridealong-show id=q130><input name=pin30 type=password>',
    js: `const c = document.createElement('input'); c.name = 'pin30'; c.value = 'K'; q130.replaceChildren(c)`,
  },
  '131 slotted text': {
    html: '<div><template shadowrootmode=open><slot name=K>K</slot></template><b slot=K>K</b></div>',
  },
  '132 part': {
    html: '<div><template shadowrootmode=open><b part="K a" exportparts="K: b">x</b></template></div><style>div::part(K) { color: red; }</style>',
  },
  '133 attr() in a style': {
    html: '<b data-q=K id=p133>x</b><style>#p133::after { content: attr(data-q) "K"; }</style>',
  },
  '134 counter style': {
    html: '<style>@counter-style K { system: cyclic; symbols: "K"; suffix: "K"; }</style><ul style="list-style-type: \'K\'"><li>x</ul>',
  },
  '135 family of a font': {
    html: '<style>@font-face { font-family: "K"; src: url("/f?K"); } .p135 { font-family: "K"; }</style>',
  },
  '136 name of an animation': { html: '<style>@keyframes K { from { top: 0 } } .p136 { animation: K 1s; }</style>' },
  '137 container and layer names': {
    html: '<style>@layer K { .p137 { container-name: K; view-transition-name: K; anchor-name: --K; } } @container K (width > 1px) { .q137 { top: 0; } }</style>',
  },
  '138 mathml': { html: '<math alttext=K><mtext>K</mtext><annotation encoding=K>K</annotation></math>' },
  '139 ruby': { html: '<ruby>K<rp>K</rp><rt>K</rt></ruby>' },
  '140 element of another name': { html: '<portal title=K>K</portal><blink>K</blink>' },
  '141 fallback of an object': { html: '<object>K<param name=K value=K></object>' },
  '142 name of the window': { js: `window.name = 'K'` },
  '143 attribute selectors': { html: '<style>[title="K"], [data-x^=K], input[value="K" i] { color: red; }</style>' },
  '144 namespaced attributes': { html: '<svg><a xlink:title=K xlink:href="/x?K">x</a></svg>' },
  '145 class changed': { html: '<b id=p145>x</b>', js: `p145.classList.add('K'); await later(); p145.className = 'K'` },
  '146 style changed': {
    html: '<b id=p146>x</b>',
    js: `p146.style.setProperty('--k', '"K"'); p146.style.content = '"K"'`,
  },
  '147 text of a style': { html: '<style id=p147></style>', js: `p147.textContent = '.K { content: "K" } /* K */'` },
  '148 imported sheet': { html: '<style>@import url("data:text/css,.K{content:%22K%22}");</style>' },
  '149 language and direction': {
    html: '<b lang=K dir=K role=K type=K align=K>x</b><input inputmode=K autocomplete=K>',
  },
  '150 href of an anchor': { html: '<a href="#K" name=K>x</a><map name=K><area href="?K" alt=K></map>' },
  '151 split in pieces': {
    html: '<p id=p151></p>',
    js: `for (const c of 'K') { const s = document.createElement('span'); s.textContent = c; p151.append(s) } p151.append('K'.slice(0, 12), 'K'.slice(4))`,
  },
  '152 mail and data addresses': {
    html: '<a href="mailto:K@k.test">x</a><a href="data:text/html,K">x</a><a href="tel:K">x</a>',
  },
  '153 picture set': {
    html: '<picture><source srcset="/s?K 1x, /K.png 2x" media="(min-width: 1px)"><img srcset="/s?K 2x" sizes=K></picture>',
  },
  '154 popover and its target': { html: '<button popovertarget=K>x</button><div popover id=K>K</div>' },
  '155 table headers': { html: '<table><th id=hK>x<td headers=hK axis=K>x</table>' },
  '156 microdata': {
    html: '<div itemscope itemtype="https://k.test/K" itemid="urn:K"><meta itemprop=K content=K></div>',
  },
  '157 progress and meter': { html: '<progress aria-valuetext=K value=1>K</progress><meter title=K>K</meter>' },
  '158 media query': { html: '<style media="(K: 1px), screen">.p158 { top: 0 }</style>' },
  '159 document written': {
    html: '<iframe id=p159></iframe>',
    js: `const d = p159.contentDocument; d.open(); d.write('<title>K</title><p class=K>K'); d.close(); await later()`,
  },
  '160 data picture in a rule': { html: '<style>.p160 { background: url("data:image/svg+xml,K)K;K") }</style>' },
  '161 data picture in a rule, late': {
    html: '<style id=p161></style>',
    js: `p161.sheet.insertRule('@media all { @layer x { .p161 { mask: url(data:image/svg+xml,K); & i { background: url(data:,K) } } } }', 0)`,
  },
  '162 data picture in an adopted sheet': {
    js: `const s = new CSSStyleSheet(); s.replaceSync('.p162 { background: url("data:image/svg+xml,K") }'); document.adoptedStyleSheets.push(s)`,
  },
  '163 data pictures elsewhere in rules': {
    html: `<style>.p163 { cursor: url("data:,K") 1 1, auto; list-style: url("data:,1K"); border-image: url("data:,2K") 1; content: url("data:,3K"); background: image-set("data:,4K" 1x, url("data:,5K") 2x); filter: url("data:,6K#a"); shape-outside: url("data:,7K") }
      @media all { @property --k { syntax: "K"; inherits: false; initial-value: K } }</style>`,
  },
  '164 data font': {
    html: '<style>@font-face { font-family: x; src: url("data:font/woff2,K") format("woff2"), url("/f.woff") format("K") }</style>',
  },
  '165 custom properties of any form': {
    html: `<style>.p165 { --a: url(data:,\\)K); --b: #K; --c: 1K; --d: url("data:,K"); --e: "K" K(K) [K] {K}; --f: src("K") }</style><b style="--a: 1K; --b: #K; --c: url(data:,K)">x</b>`,
  },
  '166 namespace of a sheet': { html: '<style>@namespace url("urn:K"); @namespace K "K";</style>' },
  '167 data picture in a drawing': {
    html: '<svg><image href="data:image/svg+xml,K"></image><rect fill="url(data:,K)" style="mask: url(data:,K)"></rect></svg>',
  },
  '168 data picture of an input': { html: '<input type=image src="data:image/svg+xml,K">' },
  '169 icon of the page': { head: '<link rel=icon href="data:image/svg+xml,K">' },
  '170 data poster and background': {
    html: '<video poster="data:image/svg+xml,K"></video><table background="data:image/svg+xml,K"></table>',
  },
  '171 picture of what is masked': {
    html: '<div data-ridealong-mask><img src="data:image/svg+xml,K"><b style="background: url(data:image/svg+xml,K)">x</b></div>',
  },
  '172 states and highlights in selectors': {
    html: '<x-k></x-k><style>x-k:state(K), ::highlight(K), :lang(K), ::view-transition-group(K) { color: red } [K], [data-k-K="x"] { color: red }</style>',
  },
  '173 state of a custom element': {
    js: `customElements.define('x-p173', class extends HTMLElement { constructor() { super(); this.attachInternals().states.add('K') } }); m.append(document.createElement('x-p173'))`,
  },
  '174 animation of a script': {
    html: '<b id=p174>x</b>',
    js: `p174.animate([{ content: '"K"', '--k': 'K', background: 'url("data:,K")' }, { top: '1px' }], { duration: 1e5, id: 'K' })`,
  },
  '175 words about a canvas': { html: '<canvas title=K aria-label=K data-k=K>K</canvas>' },
  '176 words about a film': {
    html: '<video title=K id=p176 src="/v?K"><source src="/w?K" type=K>K</video><audio title=K>K</audio>',
    js: `p176.src = '/x?K'; p176.poster = '/y?K'`,
  },
  '177 family of a font of a script': {
    js: `document.fonts.add(new FontFace('K', 'url("data:font/woff2,K")')); document.fonts.add(new FontFace('xK', new TextEncoder().encode('K').buffer))`,
  },
};
