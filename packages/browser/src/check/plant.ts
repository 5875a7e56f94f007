// Puts canaries where a page may hold what must stay, and remembers where. Runs in the page.

import { canary } from './canaries.ts';

export interface Planted {
  kind: string;
  /** A selector that a person finds it by. */
  where: string;
  /** The line of the allow list that says it may leave. */
  allowed?: string;
}

/** A line of the allow list: this kind, or `*` for all, in what the selector matches. */
export interface Allowed {
  kind: string;
  selector: string;
}

export interface PlantOptions {
  seed: number;
  /** Selectors of what must stay: its texts and attributes get canaries too. Empty: only what must stay everywhere. */
  secret: string;
  allow: readonly Allowed[];
}

/** A large page would take for ever, and its rows are alike. */
const MOST = 2500;
const WORDS = ['title', 'alt', 'placeholder', 'label', 'aria-label', 'aria-description', 'abbr', 'summary'];
const NO_TEXT = /^(?:script|style|noscript|template|textarea|iframe|title)$/i;

type Root = Document | ShadowRoot;

export class Planter {
  readonly planted: Planted[] = [];
  readonly canaries: string[] = [];

  constructor(private readonly options: PlantOptions) {}

  /** In the whole page, with what is in shadow roots and frames that scripts can reach. */
  page(): void {
    for (const root of rootsOf(document)) {
      for (const element of [...root.querySelectorAll('*')]) {
        if (this.planted.length >= MOST) break;
        this.field(element);
        this.address(element);
        if (this.isSecret(element)) this.secret(element);
      }
    }
    this.around();
  }

  private one(kind: string, element: Element | null, put: (text: string) => void): void {
    const text = canary(this.planted.length, this.options.seed);
    try {
      put(text);
    } catch {
      return; // the page does not let it be
    }
    const found = this.options.allow.find(
      (line) => (line.kind === '*' || line.kind === kind) && element?.closest(line.selector),
    );
    const allowed = found && { allowed: `${found.kind} ${found.selector}` };
    this.planted.push({ kind, where: element ? pathOf(element) : kind, ...allowed });
    this.canaries.push(text);
  }

  private isSecret(element: Element): boolean {
    const { secret } = this.options;
    if (secret === '*') return true;
    return secret !== '' && element.closest(secret) !== null;
  }

  /** What a person types, and what stands in fields. */
  private field(element: Element): void {
    if (isField(element)) {
      const type = element.localName === 'input' ? (element as HTMLInputElement).type : 'text';
      if (
        /^(?:checkbox|radio|button|submit|reset|image|file|range|color|date|month|week|time|datetime-local|number)$/.test(
          type,
        )
      )
        return;
      const kind = type === 'hidden' || type === 'password' ? `${type} field` : 'field';
      if (element.localName === 'input')
        this.one(`${kind}, value attribute`, element, (text) => element.setAttribute('value', text));
      this.one(kind, element, (text) => {
        element.value = text;
        element.dispatchEvent(new InputEvent('input', { bubbles: true }));
      });
    } else if ((element as HTMLElement).isContentEditable && element.matches('[contenteditable]'))
      this.one('editable', element, (text) => element.append(text));
  }

  private address(element: Element): void {
    for (const name of ['href', 'action', 'formaction']) {
      const value = element.getAttribute(name);
      if (value === null || !/^(?:a|area|form|button|input)$/.test(element.localName)) continue;
      this.one(`${name}, query`, element, (text) => {
        const [path = '', part = ''] = value.split('#');
        element.setAttribute(name, `${path}${path.includes('?') ? '&' : '?'}k=${text}${part && `#${part}`}`);
      });
    }
  }

  private secret(element: Element): void {
    for (const name of element.getAttributeNames())
      if (
        WORDS.includes(name) ||
        name.startsWith('data-k-') ||
        (name.startsWith('data-') && !name.startsWith('data-ridealong'))
      )
        this.one(`attribute ${name}`, element, (text) => element.setAttribute(name, text));
    if (/^(?:submit|reset|button)$/.test((element as HTMLInputElement).type ?? '') && element.localName === 'input')
      this.one('button', element, (text) => element.setAttribute('value', text));
    if (element.localName === 'title' && element.namespaceURI === document.documentElement.namespaceURI)
      this.one('title', element, (text) => element.append(text));
    if (NO_TEXT.test(element.localName)) return;
    const texts = [...element.childNodes].filter(
      (node) => node.nodeType === 3 && (node as Text).data.trim() !== '',
    ) as Text[];
    for (const node of texts) this.one('text', element, (text) => node.appendData(` ${text}`));
  }

  /** What no page tells. */
  private around(): void {
    const { body, head } = document;
    this.one('comment', null, (text) => body.append(document.createComment(text)));
    this.one('data in a script', null, (text) => {
      const script = document.createElement('script');
      script.type = 'application/json';
      script.append(JSON.stringify({ text }));
      body.append(script);
    });
    this.one('meta', null, (text) => {
      const meta = document.createElement('meta');
      meta.name = 'description';
      meta.content = text;
      head.append(meta);
    });
    this.one('address, query and fragment', null, (text) => {
      const url = new URL(location.href);
      url.searchParams.set('k', text);
      url.hash = text;
      history.replaceState(history.state, '', url);
    });
    this.one('localStorage', null, (text) => localStorage.setItem('k', text));
    this.one('sessionStorage', null, (text) => sessionStorage.setItem('k', text));
    this.one('cookie', null, (text) => {
      // biome-ignore lint/suspicious/noDocumentCookie: it is cookies that are checked
      document.cookie = `k=${text}`;
    });
    this.one('window.name', null, (text) => {
      window.name = text;
    });
  }
}

function rootsOf(root: Root): Root[] {
  const found: Root[] = [root];
  for (const element of root.querySelectorAll('*')) {
    if (element.shadowRoot) found.push(...rootsOf(element.shadowRoot));
    if (element.localName !== 'iframe') continue;
    try {
      const inner = (element as HTMLIFrameElement).contentDocument;
      if (inner) found.push(...rootsOf(inner));
    } catch {
      // Of another origin: nothing of it is told.
    }
  }
  return found;
}

const isField = (element: Element): element is HTMLInputElement | HTMLTextAreaElement =>
  element.localName === 'input' || element.localName === 'textarea';

/** The shortest way that a person finds it by: from the nearest id, three steps at most. */
export function pathOf(element: Element): string {
  const steps: string[] = [];
  for (let at: Element | null = element; at && steps.length < 4; at = at.parentElement) {
    if (at.id) {
      steps.unshift(`#${CSS.escape(at.id)}`);
      break;
    }
    const { localName, parentElement } = at;
    const alike = parentElement ? [...parentElement.children].filter((one) => one.localName === localName) : [at];
    steps.unshift(alike.length > 1 ? `${localName}:nth-of-type(${alike.indexOf(at) + 1})` : localName);
    if (localName === 'body') break;
  }
  return steps.join(' > ');
}
