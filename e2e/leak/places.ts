// The places of recorder-js/src/capture/tests/places.ts, and what only a whole session has: pictures, fonts and sheets by address and by
// content, what browsers do with a site's own requests, storage and messages, and what people do with a keyboard.
import type { Canary } from '../../recorder-js/src/capture/tests/canaries.ts';
import { places as captured } from '../../recorder-js/src/capture/tests/places.ts';
import { canary } from './canary.ts';

/**
 * `K` is the canary. `{svg}` is a picture in a data: address that has it, `{svg64}` the same in base64, `{font}` a font, `{sheet}` a sheet;
 * `{picture}`, `{typeface}` and `{rules}` are addresses of this site at which it is.
 */
interface Place extends Canary {
  /** Selector of a field in which it is typed, key by key. */
  type?: string;
  /** Selector of a field in which an input method composes it. */
  compose?: string;
}

const pictures: Record<string, Place> = {
  '201 picture in a rule': { html: '<style>.p201 { background: url("{svg}") }</style><b class=p201>x</b>' },
  '202 picture in an inserted rule': {
    html: '<style id=p202></style><b class=p202>x</b>',
    js: `p202.sheet.insertRule('.p202 { background: url("{svg}") }')`,
  },
  '203 picture in an adopted sheet': {
    js: `const s = new CSSStyleSheet(); s.replaceSync('.p203 { background: url("{svg64}") }'); document.adoptedStyleSheets.push(s)`,
  },
  '204 imported sheet': { html: '<style>@import url("{sheet}");</style>' },
  '205 cursor': { html: '<style>.p205 { cursor: url("{svg}"), auto }</style>' },
  '206 mark of a list': { html: '<style>.p206 { list-style-image: url("{svg}") }</style>' },
  '207 border': { html: '<style>.p207 { border-image: url("{svg}") 1 }</style>' },
  '208 mask': { html: '<style>.p208 { mask: url("{svg}"); mask-border: url("{svg64}") 1 }</style>' },
  '209 font': { html: '<style>@font-face { font-family: p209; src: url("{font}") } .p209 { font-family: p209 }</style>' },
  '210 set of pictures': { html: '<style>.p210 { background: image-set("{svg}" 1x, url("{svg64}") 2x) }</style>' },
  '211 picture as content': { html: '<style>.p211::after { content: url("{svg}") }</style><b class=p211>x</b>' },
  '212 picture in a style attribute': { html: `<b style='background: url("{svg64}")'>x</b>` },
  '213 picture': { html: '<img src="{svg64}"><img src="{svg}">' },
  '214 picture in a drawing': { html: '<svg><image href="{svg}"></image><image xlink:href="{svg64}"></image></svg>' },
  '215 filter and use': { html: '<svg><filter><feImage href="{svg}"></feImage></filter><use href="{svg}#a"></use></svg>' },
  '216 poster': { html: '<video poster="{svg}"></video>' },
  '217 icon of the page': { head: '<link rel=icon href="{svg}"><link rel=preload as=image href="{svg64}">' },
  '218 background attribute': { html: '<table background="{svg}"><td background="{svg64}">x</table>' },
  '219 picture as a button': { html: '<input type=image src="{svg}">' },
  '220 picture by its address': { html: '<img src="{picture}"><style>.p220 { background: url("{picture}") }</style>' },
  '221 font by its address': { html: '<style>@font-face { font-family: p221; src: url("{typeface}") }</style>' },
  '222 sheet by its address': { html: '<link rel=stylesheet href="{rules}">' },
  '223 sheet in a data address': { html: '<link rel=stylesheet href="{sheet}">' },
  '224 picture that a script made': {
    html: '<img id=p224><b id=q224>x</b>',
    js: `const u = URL.createObjectURL(new Blob(['<svg xmlns="http://www.w3.org/2000/svg"><text>K</text></svg>'], { type: 'image/svg+xml' })); p224.src = u; q224.style.background = 'url(' + u + ')'`,
  },
  '225 sheet that a script made': {
    js: `const l = document.createElement('link'); l.rel = 'stylesheet'; l.href = URL.createObjectURL(new Blob(['.K { content: "K"; background: url("{svg}") }'], { type: 'text/css' })); document.head.append(l)`,
  },
  '226 picture in a custom property': { html: `<b style='--p: url("{svg}"); background: var(--p)'>x</b>` },
  '227 font that a script loads': { js: `document.fonts.add(new FontFace('K', 'url("{font}")'))` },
  '228 picture set later': {
    html: '<img id=p228><svg><image id=q228></image></svg>',
    js: `p228.src = '{svg}'; q228.setAttribute('href', '{svg64}')`,
  },
  '229 candidates': { html: '<img srcset="{svg64} 1x"><picture><source srcset="{svg64}"><img></picture>' },
  '230 object, embed and frame': {
    html: '<object data="{svg}" type="image/svg+xml"></object><embed src="{svg64}"><iframe src="data:text/html,K"></iframe>',
  },
  '231 words of a film': { html: '<video><track default kind=captions src="data:text/vtt,WEBVTT%0A%0A00:00.000 --> 09:00.000%0AK"></video>' },
  '232 style of a rule': {
    html: '<style id=p232>.p232 { top: 0 } @media all { .q232 { top: 0 } } @keyframes p232 { from { top: 0 } }</style>',
    js: `const [a, b, c] = p232.sheet.cssRules; a.style.backgroundImage = 'url("{svg}")'; a.style.setProperty('--K', 'K'); b.insertRule('.K { content: url("{svg}") "K" }', 0); c.appendRule('to { background: url("{svg}") }'); a.selectorText = '.K'`,
  },
  '233 style in a shadow root': {
    html: '<div><template shadowrootmode=open><style>:host { background: url("{svg}") } .K { content: "K" }</style></template></div>',
  },
  '234 style in a drawing': { html: '<svg><style>.K { fill: url("{svg}"); content: "K" }</style></svg>' },
}; // biome-ignore format: one place, one line

const styles: Record<string, Place> = {
  '240 words of a font': { html: '<svg><text font-family=K text-anchor=K font-weight=K>x</text></svg>' },
  '241 results of filters': { html: '<svg><filter><feBlend in=K in2=K result=K mode=K></feBlend></filter></svg>' },
  '242 values of an animation': { html: '<svg><animate attributeName=K values="K;K" from=K to=K></animate></svg>' },
  '243 version and names of a drawing': { html: '<svg version=K xmlns:k=K xmlns:K=x baseProfile=K></svg>' },
  '244 paint of a drawing': { html: `<svg><path fill="url('#K') K" stroke=K d=K x=K points=K filter="K" mask="url(&quot;K&quot;)"></path></svg>` },
  '245 variant in a formula': { html: '<math><mi mathvariant=K mathcolor=K intent=K arg=K>x</mi></math>' },
  '246 marks of our own': { html: '<b data-ridealong-note=K data-ridealong-show-K=x>x</b>' },
  '247 name of a custom element': { html: '<x-K>x</x-K>', js: `m.append(document.createElement('y-K'))` },
  '248 names in rules': {
    html: '<style>@namespace K url("https://k.test/K"); @property --K { syntax: "*"; inherits: false; initial-value: "K" } @font-feature-values K { @styleset { K: 1 } } @font-palette-values --K { font-family: K } @position-try --K { top: 0 } @view-transition { types: K }</style>',
  },
  '249 conditions of rules': {
    html: '<style>@supports (--K: "K") { .K { top: 0 } } @container style(--K: "K") { .p { top: 0 } } @scope (.K) to (#K) { b { top: 0 } } @layer K, K.K; @media (min-width: 1px) and (K: K) { b { top: 0 } }</style>',
  },
  '250 functions in values': {
    html: '<style>.p250 { color: var(--K, "K"); width: env(K, 1px); counter-reset: K; content: counter(K) counters(K, "K") "K" / "K"; quotes: "K" "K"; hyphenate-character: "K"; text-emphasis: "K"; transition-property: K; will-change: K; grid-template: [K] "K K" 1px / [K] 1px; offset-path: url(#K); font-palette: --K; timeline-scope: --K }</style>',
  },
  '251 selectors': {
    html: '<style>k-K { top: 0 } b:lang("K") { top: 0 } i:lang(K) { top: 0 } b:not([K]) { top: 0 } [K|="K"], [k="K" i] { top: 0 } :is(b, #K), :has(> .K) { top: 0 } ::highlight(K) { color: red } x-y:state(K) { top: 0 } ::view-transition-group(K) { top: 0 } ::slotted(.K) { top: 0 } .K { & #K, .K & { top: 0 } } :host-context(.K) { top: 0 } b::part(K) { top: 0 }</style>',
  },
  '252 style attribute': {
    html: `<b style='font-family: "K"; grid-area: K; animation: K 1s; content: "K"; --K: K; list-style: "K"; view-transition-name: K'>x</b>`,
  },
  '253 comments and errors in a sheet': { html: '<style>/* K */ .p253 { K: K; /* K */ top: 0 } K</style>' },
  '254 document type of a frame': {
    html: '<iframe id=p254></iframe>',
    js: `const d = p254.contentDocument; d.open(); d.write('<!doctype K PUBLIC "K" "K"><p>x'); d.close(); await later()`,
  },
  '255 states of a custom element': {
    html: '<p-255></p-255>',
    js: `customElements.get('p-255') ?? customElements.define('p-255', class extends HTMLElement { constructor() { super(); const i = this.attachInternals(); i.ariaLabel = 'K'; i.states.add('K') } })`,
  },
  '256 media of a sheet': { html: '<style id=p256></style>', js: `p256.sheet.media.mediaText = '(K: 1px), print'` },
  '257 animation that a script runs': {
    html: '<b id=p257>x</b>',
    js: `p257.animate([{ content: '"K"', '--K': 'K', background: 'url("{svg}")' }, { opacity: 1 }], { duration: 1e6, id: 'K' })`,
  },
  '258 animation of a sheet': {
    html: '<style>@keyframes K { to { content: "K"; --K: K; background: url("{svg}") } } .p258 { animation: K 99s }</style><b class=p258>x</b>',
  },
  '259 words that a script gives a film': {
    html: '<video id=p259></video>',
    js: `p259.addTextTrack('captions', 'K', 'en').addCue(new VTTCue(0, 99, 'K')); navigator.mediaSession.metadata = new MediaMetadata({ title: 'K' })`,
  },
}; // biome-ignore format: one place, one line

/** What is the site's own: nothing of it is any business of ours. */
const own: Record<string, Place> = {
  '83 title': { head: '<title>K</title>' },
  '102 written to the console': { js: `console.log('K'); console.error('K')` },
  '103 object in the console': { js: `console.log({ k: 'K' })` },
  '104 address of a request': { js: `await fetch('/request?K=K').catch(() => 0)` },
  '105 head of a request': { js: `await fetch('/request', { headers: { authorization: 'Bearer K', 'x-k': 'K' } })` },
  '106 body of a request': { js: `await fetch('/request', { method: 'POST', body: JSON.stringify({ k: 'K' }) })` },
  '107 message of an error': { js: `setTimeout(() => { throw new Error('K') })` },
  '110 storage': { js: `localStorage.k = 'K'; sessionStorage.k = 'K'; document.cookie = 'k=K'; indexedDB.open('K')` },
  '270 rejection': { js: `Promise.reject({ k: 'K' })` },
  '271 stack with an address': { js: `eval('setTimeout(() => { throw new Error("x") })\\n//# sourceURL=/x.js?K')` },
  '272 older request': { js: `const x = new XMLHttpRequest(); x.open('POST', 'request?t=K'); x.send('K')` },
  '273 forms and beacons': {
    js: `const f = new FormData(); f.set('K', 'K'); navigator.sendBeacon('/request?K', f); await fetch('/request', { method: 'POST', body: new URLSearchParams({ query: '{ user(name: "K") }' }) })`,
  },
  '274 sockets and streams': {
    js: `try { new WebSocket('ws://' + location.host + '/request?K', ['K']) } catch {} new EventSource('/request?K').close()`,
  },
  '275 marks in the timeline': { js: `performance.mark('K'); performance.measure('K', 'K')` },
  '276 said and notified': {
    js: `speechSynthesis.speak(new SpeechSynthesisUtterance('K')); try { new Notification('K', { body: 'K' }) } catch {}`,
  },
  '277 channels': { js: `new BroadcastChannel('K').postMessage('K'); new MessageChannel().port1.postMessage('K')` },
  '278 state of the history': { js: `history.replaceState({ k: 'K' }, '')` },
  '279 cache of the site': { js: `await (await caches.open('K')).put('/K', new Response('K'))` },
  '280 answers of the site': { js: `await (await fetch('/answer?K')).text()` },
  '281 a window’s name and opener': { js: `open('/empty?K', 'K')?.close()` },
  '282 event of the site': { js: `dispatchEvent(new CustomEvent('K', { detail: 'K' }))` },
  '283 global': { js: `window.K = 'K'` },
}; // biome-ignore format: one place, one line

const typed: Record<string, Place> = {
  '290 typed in a field': { html: '<input id=p290>', type: '#p290' },
  '291 typed in a password': { html: '<input id=p291 type=password>', type: '#p291' },
  '292 typed in a text area': { html: '<textarea id=p292></textarea>', type: '#p292' },
  '293 typed in what is editable': { html: '<div id=p293 contenteditable>x</div>', type: '#p293' },
  '294 typed in a search': { html: '<input id=p294 type=search list=l294><datalist id=l294><option>K</datalist>', type: '#p294' },
  '295 typed where drafts are kept': {
    html: `<input id=p295 oninput="this.title = this.value; this.setAttribute('value', this.value); document.title = this.value; history.replaceState(0, '', '?q=' + this.value)">`,
    type: '#p295',
  },
  '297 composed by an input method': { html: '<input id=p297>', compose: '#p297' },
}; // biome-ignore format: one place, one line

/** What is part of the visit, not of the page: the address that it is opened at the second time, and the one before it. */
export const Address = { name: 90, fragment: 296, value: 298, nameBefore: 299, valueBefore: 300 } as const;

export const places: Record<string, Place> = {
  ...captured,
  ...pictures,
  ...styles,
  ...own,
  ...typed,
  ...Object.fromEntries(Object.entries(Address).map(([part, n]) => [`${n} address: ${part}`, {}])),
};

export const numberOf = (place: string): number => Number.parseInt(place, 10);

export const numbers = Object.keys(places).map(numberOf);

export const svg = (n: number): string =>
  `<svg xmlns="http://www.w3.org/2000/svg"><text y="9">${canary(n)}</text></svg>`;
export const font = (n: number): Buffer => Buffer.from(`wOF2\0\x01\0\0${canary(n)}`);
export const sheet = (n: number): string =>
  `.${canary(n)} { content: "${canary(n)}"; background: url("${data(svg(n))}") }`;

const data = (text: string): string => `data:image/svg+xml,${encodeURIComponent(text).replaceAll("'", '%27')}`;
const base64 = (type: string, bytes: string | Buffer): string =>
  `data:${type};base64,${Buffer.from(bytes).toString('base64')}`;

/** With the canary of that number in it. */
export function fill(text: string | undefined, n: number): string {
  return (text ?? '')
    .replaceAll('K', canary(n))
    .replaceAll('{svg}', data(svg(n)))
    .replaceAll('{svg64}', base64('image/svg+xml', svg(n)))
    .replaceAll('{font}', base64('font/woff2', font(n)))
    .replaceAll('{sheet}', `data:text/css,${encodeURIComponent(sheet(n)).replaceAll("'", '%27')}`)
    .replaceAll('{picture}', `/picture/${n}`)
    .replaceAll('{typeface}', `/typeface/${n}`)
    .replaceAll('{rules}', `/rules/${n}`);
}
