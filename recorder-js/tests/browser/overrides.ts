// What pages do to the platform: each a script. `harmless` ones keep the platform's promises, as old libraries and monitors do; the
// others break them.

/** Methods that throw from now on. */
const BROKEN = [
  ...['push', 'slice', 'splice', 'map', 'filter', 'forEach', 'some', 'includes', 'join', 'indexOf', 'flatMap', 'shift', 'concat', 'find', 'sort', 'reverse'].map((name) => `Array.prototype.${name}`),
  'Array.prototype[Symbol.iterator]', 'Array.from', 'Array.isArray',
  'Map.prototype.get', 'Map.prototype.set', 'Map.prototype.delete', 'Map.prototype.values', 'Map.prototype[Symbol.iterator]',
  'Set.prototype.add', 'Set.prototype.has', 'Set.prototype.delete', 'Set.prototype[Symbol.iterator]',
  'WeakMap.prototype.get', 'WeakMap.prototype.set', 'WeakSet.prototype.has', 'WeakSet.prototype.add',
  'Object.entries', 'Object.keys', 'Object.defineProperty', 'Object.getOwnPropertyDescriptor', 'Object.assign', 'Object.fromEntries', 'Object.freeze',
  'Function.prototype.call', 'Function.prototype.apply', 'Function.prototype.bind', 'Function.prototype.toString',
  'JSON.stringify', 'JSON.parse', 'Math.round', 'Math.random', 'Math.max', 'Date.now',
  'Promise.prototype.then', 'Promise.prototype.catch', 'Promise.all', 'Promise.resolve',
  'String.prototype.replace', 'String.prototype.slice', 'String.prototype.charCodeAt', 'String.prototype.split', 'String.prototype.toLowerCase', 'String.prototype.startsWith', 'String.prototype.trim',
  'RegExp.prototype.test', 'RegExp.prototype.exec',
  'Reflect.get', 'Reflect.apply', 'Reflect.set',
  'Uint8Array.prototype.set', 'Uint8Array.prototype.subarray', 'Uint8Array.prototype.slice', 'Uint8Array.prototype.fill', 'DataView.prototype.setUint32', 'DataView.prototype.getUint32',
  'TextEncoder.prototype.encode', 'TextEncoder.prototype.encodeInto', 'TextDecoder.prototype.decode',
  'crypto.getRandomValues', 'crypto.subtle.encrypt', 'crypto.subtle.decrypt',
  'performance.now', 'setTimeout', 'clearTimeout', 'setInterval', 'requestAnimationFrame', 'requestIdleCallback', 'queueMicrotask', 'structuredClone', 'fetch', 'atob', 'btoa', 'getComputedStyle', 'matchMedia',
  'console.log', 'console.error', 'console.warn',
  'MutationObserver', 'ResizeObserver', 'IntersectionObserver', 'WebSocket', 'RTCPeerConnection', 'MessageChannel', 'Worker', 'Blob', 'URL', 'Proxy', 'Map', 'Set', 'WeakMap', 'Uint8Array', 'CSSStyleSheet', 'AbortController',
  'MutationObserver.prototype.observe', 'MutationObserver.prototype.takeRecords', 'ResizeObserver.prototype.observe', 'MessagePort.prototype.postMessage', 'WebSocket.prototype.send',
  'EventTarget.prototype.addEventListener', 'EventTarget.prototype.removeEventListener', 'EventTarget.prototype.dispatchEvent',
  'Node.prototype.appendChild', 'Node.prototype.insertBefore', 'Node.prototype.contains', 'Node.prototype.getRootNode',
  'Element.prototype.getAttribute', 'Element.prototype.setAttribute', 'Element.prototype.matches', 'Element.prototype.append', 'Element.prototype.remove', 'Element.prototype.attachShadow', 'Element.prototype.querySelectorAll', 'Element.prototype.getBoundingClientRect',
  'Document.prototype.createElement', 'Document.prototype.querySelectorAll', 'Document.prototype.getElementsByTagName', 'Storage.prototype.setItem', 'Storage.prototype.getItem', 'History.prototype.replaceState',
]; // biome-ignore format: a list

/** Accessors that throw from now on. */
const GETTERS = [
  'Node.prototype.firstChild', 'Node.prototype.nextSibling', 'Node.prototype.parentNode', 'Node.prototype.nodeType', 'Node.prototype.isConnected', 'Node.prototype.ownerDocument', 'Node.prototype.textContent',
  'Element.prototype.localName', 'Element.prototype.shadowRoot', 'Element.prototype.classList', 'Document.prototype.styleSheets', 'Document.prototype.adoptedStyleSheets', 'Document.prototype.title', 'Document.prototype.visibilityState',
  'MutationRecord.prototype.target', 'MutationRecord.prototype.type', 'MutationRecord.prototype.addedNodes', 'Event.prototype.target', 'Event.prototype.isTrusted', 'MessageEvent.prototype.data', 'CSSStyleSheet.prototype.cssRules', 'CSSRule.prototype.cssText',
  'HTMLInputElement.prototype.value', 'Map.prototype.size', 'WebSocket.prototype.bufferedAmount', 'CloseEvent.prototype.code', 'Window.prototype', 'globalThis.innerWidth', 'globalThis.devicePixelRatio', 'globalThis.visualViewport', 'globalThis.sessionStorage', 'globalThis.crypto', 'navigator.locks',
]; // biome-ignore format: a list

/** The owner and the key of a path. */
function parts(path: string): [string, string] {
  const symbol = /^(.*)\[(Symbol\.\w+)\]$/.exec(path);
  if (symbol) return [symbol[1] as string, symbol[2] as string];
  const at = path.lastIndexOf('.');
  return at < 0 ? ['globalThis', `'${path}'`] : [path.slice(0, at), `'${path.slice(at + 1)}'`];
}

const broken = (path: string): string => {
  const [owner, key] = parts(path);
  return `Object.defineProperty(${owner}, ${key}, { configurable: true, writable: true, value() { throw new Error('the page broke ${path}') } })`;
};
const thrower = (path: string): string => {
  const [owner, key] = parts(path);
  return `Object.defineProperty(${owner}, ${key}, { configurable: true, get() { throw new Error('the page broke ${path}') } })`;
};

export const breaking: Record<string, string> = {
  ...Object.fromEntries(BROKEN.map((path) => [path, broken(path)])),
  ...Object.fromEntries(GETTERS.map((path) => [`get ${path}`, `try { ${thrower(path)} } catch {}`])),
  'numbers for Map.get': 'Map.prototype.get = () => 1',
  'nothing from JSON.stringify': 'JSON.stringify = () => undefined',
  'nothing from JSON.parse': 'JSON.parse = () => null',
  'a clock that stands': 'performance.now = () => 0',
  'a clock that goes back': '{ let t = 1e9; performance.now = () => (t -= 1000) }',
  'a clock of another kind': "performance.now = () => 'now'",
  'frames that never come': 'requestAnimationFrame = () => 0',
  'timers that never come': 'setTimeout = () => 0',
  'timers that come at once': 'setTimeout = (run) => { typeof run === "function" && run(); return 0 }',
  'an observer that sees nothing':
    'MutationObserver = class { observe() {} disconnect() {} takeRecords() { return [] } }',
  'observers that call back with rubbish': `{ const Native = MutationObserver; MutationObserver = function (run) { return new Native((records) => run(null)) } }`,
  'setters on indices': `for (let i = 0; i < 40; i++) Object.defineProperty(Array.prototype, i, { configurable: true, set() { throw new Error('the page broke indices') } })`,
  'then on every object': `Object.defineProperty(Object.prototype, 'then', { configurable: true, get() { throw new Error('the page broke then') } })`,
  'an Object.prototype that throws': `for (const name of ['id', 'type', 'reason', 'page', 'kind', 'room']) Object.defineProperty(Object.prototype, name, { configurable: true, get() { throw new Error('the page broke ' + name) }, set(v) { Object.defineProperty(this, name, { value: v, writable: true, configurable: true, enumerable: true }) } })`,
};

export const harmless: Record<string, string> = {
  nothing: '',
  'Prototype.js: toJSON and more on Array': `
    Array.prototype.toJSON = function () { return '[' + this.map((one) => JSON.stringify(one)).join(',') + ']' };
    Object.toJSON = JSON.stringify;
    Array.from = (of) => (of && of.toArray ? of.toArray() : Array.prototype.slice.call(of || []));
    Array.prototype.each = Array.prototype.forEach; String.prototype.strip = String.prototype.trim;
    Function.prototype.bind = function (self, ...first) { const f = this; return function (...rest) { return f.apply(self, first.concat(rest)) } };`,
  'MooTools: Array.from makes a list of one': `
    Array.from = (item) => (item == null ? [] : typeof item === 'object' && typeof item.length === 'number' ? Array.prototype.slice.call(item) : [item]);
    Array.prototype.contains = Array.prototype.includes; Function.prototype.extend = function () { return this };`,
  'names on every object':
    'Object.prototype.foo = "polluted"; Object.prototype.bar = () => "polluted"; Array.prototype.extra = () => 1; Function.prototype.extra = 1',
  'words of ours on every object': `for (const name of ['attributes', 'mask', 'block', 'show', 'mode', 'capture', 'passive', 'once', 'signal', 'alone', 'epoch', 'slice', 'room', 'ids', 'fresh', 'direct', 'enumerable', 'iceServers', 'relayOnly', 'credential', 'resume']) Object.prototype[name] = undefined`,
  'frozen prototypes':
    'for (const of of [Object, Array, Function, Map, Set, Promise, String, RegExp]) Object.freeze(of.prototype)',
  'frozen platform':
    'for (const name of ["Node", "Element", "Event", "EventTarget", "History", "CSSStyleSheet", "HTMLElement", "HTMLInputElement", "Document"]) Object.freeze(globalThis[name].prototype)',
  'a monitor around timers, listeners and promises': `
    for (const name of ['setTimeout', 'setInterval', 'requestAnimationFrame', 'queueMicrotask']) { const native = globalThis[name]; globalThis[name] = function (run, ...rest) { return native.call(globalThis, (...args) => { try { return run(...args) } catch (error) { globalThis.monitored?.push(String(error)); throw error } }, ...rest) } }
    const listen = EventTarget.prototype.addEventListener;
    EventTarget.prototype.addEventListener = function (name, run, options) { return listen.call(this, name, typeof run === 'function' ? function (event) { return run.call(this, event) } : run, options) };
    const then = Promise.prototype.then; Promise.prototype.then = function (...args) { return then.apply(this, args) };
    const Native = Promise; globalThis.Promise = class extends Native {};`,
  'a wrapped observer, XHR and fetch': `
    const Native = MutationObserver; globalThis.MutationObserver = class extends Native { constructor(run) { super((...args) => run(...args)) } };
    const get = globalThis.fetch; globalThis.fetch = (...args) => get(...args);
    globalThis.WebSocket = new Proxy(WebSocket, {}); globalThis.ResizeObserver = class extends ResizeObserver {};`,
  'a page that removes our bar': `new MutationObserver(() => document.querySelector('ridealong-bar')?.remove()).observe(document, { childList: true, subtree: true }); setInterval(() => document.querySelector('ridealong-bar')?.remove(), 20)`,
  'an observer that answers every change with one': `new MutationObserver((records) => { if (records.some((r) => r.type === 'childList') && (globalThis.answered = (globalThis.answered || 0) + 1) < 5000) document.body.append(document.createElement('i')) }).observe(document, { childList: true, subtree: true })`,
  'attributes that change in every frame':
    '(function turn() { document.documentElement.style.setProperty("--turn", performance.now()); requestAnimationFrame(turn) })()',
  'tasks that block': 'setInterval(() => { for (const end = Date.now() + 80; Date.now() < end; ); }, 100)',
  'a console of the page’s own':
    'for (const name of Object.keys(console)) console[name] = function () { this.kept = [...(this.kept ?? []), ...arguments] }',
  'getters that answer with something else': `
    Object.defineProperty(Document.prototype, 'title', { configurable: true, get: () => 'another', set() {} });
    Object.defineProperty(Node.prototype, 'childNodes', { configurable: true, get: () => [] });
    Object.defineProperty(Element.prototype, 'innerHTML', { configurable: true, get: () => '', set() {} });
    Object.defineProperty(Node.prototype, 'nodeName', { configurable: true, get: () => 'NOTHING' });
    Object.defineProperty(HTMLElement.prototype, 'dataset', { configurable: true, get: () => ({}) });`,
  'Zone-like names':
    'Object.defineProperty(globalThis, "__zone_symbol__setTimeout", { value: setTimeout, configurable: true })',
};
