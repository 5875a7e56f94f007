// One random change of the page, by a stream of random numbers; its name, for who has to find a fault.

type Next = () => number;

const WORDS = ['alpha', 'beta gamma', 'δελτα', '😀', '', 'x'.repeat(300), 'line\nline'];
const TAGS = ['div', 'span', 'p', 'b', 'ul', 'section', 'x-card', 'details', 'button', 'label'];

const HOSTS = ['div', 'span', 'p', 'section', 'x-card'];

const pick = <T>(next: Next, list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;

/** All roots of the page: the document, open shadow roots, frames' documents. */
function roots(): (Document | ShadowRoot)[] {
  const found: (Document | ShadowRoot)[] = [document];
  for (const root of found) {
    for (const e of root.querySelectorAll('*')) {
      if (e.shadowRoot) found.push(e.shadowRoot);
      const inner = e.localName === 'iframe' ? (e as HTMLIFrameElement).contentDocument : null;
      if (inner?.body) found.push(inner);
    }
  }
  return found;
}

function somewhere(next: Next): Element {
  const root = pick(next, roots());
  const top =
    root.nodeType === 9 ? ((root as Document).body ?? (root as Document).documentElement) : (root as ShadowRoot);
  const all = [...top.querySelectorAll('*')].filter(
    (e) => !['style', 'script', 'option', 'iframe'].includes(e.localName),
  );
  if (all.length > 0) return pick(next, all);
  return top.nodeType === 11 ? (root as ShadowRoot).host : (top as Element);
}

function make(next: Next, within: Element): Node {
  const document = within.ownerDocument;
  const roll = next();
  if (roll < 0.25) return document.createTextNode(pick(next, WORDS));
  if (roll < 0.3) return document.createComment('not told');
  if (roll < 0.35) {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    svg.append(document.createElementNS('http://www.w3.org/2000/svg', 'circle'));
    return svg;
  }
  if (roll < 0.45) return field(next, document);
  const e = document.createElement(pick(next, TAGS));
  if (next() < 0.5) e.className = pick(next, ['a', 'b', 'c d']);
  if (next() < 0.1) e.setAttribute('data-ridealong-mask', '');
  if (next() < 0.05) e.setAttribute('data-ridealong-show', '');
  if (next() < 0.15 && HOSTS.includes(e.localName))
    e.attachShadow({ mode: 'open' }).append('in the shadow', document.createElement('slot'));
  for (let n = Math.floor(next() * 4); n > 0; n--) e.append(make(next, within));
  return e;
}

function field(next: Next, document: Document): Element {
  const tag = pick(next, ['input', 'textarea', 'select']);
  const e = document.createElement(tag);
  if (tag === 'input') (e as HTMLInputElement).type = pick(next, ['text', 'checkbox', 'radio', 'password', 'range']);
  if (tag !== 'select') return e;
  for (const word of ['one', 'two', 'three']) {
    const option = document.createElement('option');
    option.textContent = word;
    e.append(option);
  }
  (e as HTMLSelectElement).multiple = next() < 0.3;
  return e;
}

const STEPS: Record<string, (next: Next) => void> = {
  append: (next) => {
    const at = somewhere(next);
    at.append(make(next, at));
  },
  insert: (next) => {
    const at = somewhere(next);
    at.insertBefore(make(next, at), pick(next, [null, ...at.childNodes]));
  },
  insertToo: (next) => STEPS.insert?.(next),
  remove: (next) => {
    const at = somewhere(next);
    if (at.childNodes.length > 0) pick(next, [...at.childNodes]).remove();
    else if (at.localName !== 'body') at.remove();
  },
  move: (next) => {
    const [node, at] = [somewhere(next), somewhere(next)];
    if (node.localName === 'body' || node.contains(at)) return;
    try {
      at.insertBefore(node, pick(next, [null, ...at.childNodes]));
    } catch {} // into what it holds by a shadow root
  },
  moveToo: (next) => STEPS.move?.(next),
  there: (next) => {
    const node = somewhere(next);
    const parent = node.parentNode;
    if (!parent || node.localName === 'body') return;
    const before = node.nextSibling;
    node.remove();
    if (next() < 0.5) node.append(make(next, node));
    parent.insertBefore(node, before);
  },
  swap: (next) => {
    const [a, b] = [somewhere(next), somewhere(next)];
    if (a.localName === 'body' || a === b || a.contains(b) || b.contains(a) || !b.parentNode) return;
    try {
      a.append(b);
      b.append(make(next, b));
    } catch {}
  },
  attribute: (next) => {
    somewhere(next).setAttribute(
      pick(next, ['class', 'id', 'title', 'data-kind', 'style']),
      pick(next, ['', 'a', 'b c']),
    );
  },
  flood: (next) => {
    const at = somewhere(next);
    for (let i = 0; i < 20; i++) at.setAttribute('data-n', `${i}`);
    if (next() < 0.5) at.removeAttribute('data-n');
  },
  policy: (next) => {
    somewhere(next).toggleAttribute(
      pick(next, ['data-ridealong-mask', 'data-ridealong-show', 'data-ridealong-block', 'contenteditable']),
    );
  },
  text: (next) => {
    const at = somewhere(next);
    for (const child of at.childNodes) if (child.nodeType === 3) (child as Text).data += pick(next, WORDS);
  },
  cut: (next) => {
    for (const child of somewhere(next).childNodes) {
      if (child.nodeType === 3 && (child as Text).length > 3) (child as Text).splitText(2);
    }
  },
  empty: (next) => somewhere(next).replaceChildren(),
  html: (next) => {
    const at = somewhere(next);
    if (at.localName !== 'select' && at.localName !== 'textarea')
      at.innerHTML = '<i>set</i> as <b class="a">markup</b>';
  },
  shadow: (next) => {
    const at = somewhere(next);
    if (at.shadowRoot || !HOSTS.includes(at.localName)) return;
    // By the window it stands in: what a frame that the capture never saw left behind in the page is heard of by no patch.
    const { attachShadow } = (at.ownerDocument.defaultView ?? window).Element.prototype;
    attachShadow.call(at, { mode: 'open' }).append(make(next, at), at.ownerDocument.createElement('slot'));
  },
  frame: (next) => {
    const at = somewhere(next);
    if (roots().length > 20 || document.querySelectorAll('iframe').length > 4) return;
    const frame = at.ownerDocument.createElement('iframe');
    at.append(frame);
    frame.contentDocument?.body?.append('in the frame');
  },
  style: (next) => {
    const at = somewhere(next);
    const style = at.ownerDocument.createElement('style');
    style.textContent = '.a { color: red; } @media screen { .b { color: blue; } }';
    at.append(style);
  },
  rules: (next) => {
    const styles = roots().flatMap((root) => [...root.querySelectorAll('style')]);
    const { sheet, ownerDocument } = pick(next, styles) ?? {};
    const { CSSStyleSheet } = ownerDocument?.defaultView ?? window;
    // One that was made by another window than it stands in: see `shadow`.
    if (!(sheet instanceof CSSStyleSheet)) return;
    const { length } = sheet.cssRules;
    const roll = next();
    if (roll < 0.4) sheet.insertRule(`.c${length} { top: 0px; }`, Math.floor(next() * (length + 1)));
    else if (roll < 0.6 && length > 0) sheet.deleteRule(Math.floor(next() * length));
    else if (roll < 0.8) {
      for (const rule of sheet.cssRules)
        if (rule instanceof CSSStyleRule) rule.style.color = pick(next, ['red', 'green']);
    } else if (roll < 0.9) sheet.disabled = !sheet.disabled;
    else if (sheet.ownerNode) sheet.ownerNode.textContent += ' .z { left: 1px; }';
  },
  adopt: (next) => {
    const root = pick(next, roots());
    if (root !== document && root.nodeType === 9) return;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('.q { top: 1px; }');
    const list = root.ownerDocument === document || root === document ? [...root.adoptedStyleSheets] : [];
    root.adoptedStyleSheets =
      next() < 0.5 && list.length > 0
        ? list.slice(1)
        : [...list.slice(0, 2), ...(root.ownerDocument === document || root === document ? [sheet] : [])];
  },
  fields: (next) => {
    const all = roots().flatMap((root) => [...root.querySelectorAll<HTMLInputElement>('input, select, textarea')]);
    const at = pick(next, all);
    if (!at) return;
    if (at.localName === 'select') (at as unknown as HTMLSelectElement).selectedIndex = Math.floor(next() * 3);
    else if (at.type === 'checkbox' || at.type === 'radio') at.checked = !at.checked;
    else at.value = pick(next, ['', 'typed', '7']);
  },
  state: (next) => {
    const all = roots().flatMap((root) => [...root.querySelectorAll('details')]);
    const at = pick(next, all);
    if (at) at.open = !at.open;
  },
};
const NAMES = Object.keys(STEPS);

export function randomStep(next: Next): string {
  const name = pick(next, NAMES);
  STEPS[name]?.(next);
  return name;
}
