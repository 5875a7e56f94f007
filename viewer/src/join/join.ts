// The customer's page: reads the link (or a join code), says who asks for what, and on a trusted click claims the link and goes to
// the site. Loading it changes nothing. The secret leaves the address bar before anything else happens.

import { base64url, derive, fromBase64url } from '@ridealong/wire/link';
import { Problem, type ProblemCode, problemOf } from '../api/problem.ts';
import { words } from './words.ts';

interface Invitation {
  organisation: string;
  agent: string;
  page: string;
  origin: string;
  expiresAt: string;
  textVersion: string;
}

/** How the customer comes in, as the server takes it, and the key that it never gets. */
interface Way {
  body: { auth: string } | { code: string };
  key: string;
}

const main = document.getElementById('main') as HTMLElement;

function make<K extends keyof HTMLElementTagNameMap>(tag: K, text = '', className = ''): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  element.textContent = text;
  element.className = className;
  return element;
}

/** Shows these instead of what was there, with the heading read out. */
function show(...parts: HTMLElement[]): void {
  main.replaceChildren(...parts);
  const heading = main.querySelector('h1');
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus();
}

async function post<T>(path: string, body: unknown): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, {
      method: 'POST',
      credentials: 'omit',
      cache: 'no-store',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  } catch {
    throw new Problem('offline', 'The server cannot be reached. Check your connection and try again.');
  }
  if (!response.ok) throw await problemOf(response);
  return response.json();
}

const FINAL: ProblemCode[] = ['gone', 'claimed'];

function failed(thrown: unknown, again: () => void): void {
  const problem =
    thrown instanceof Problem ? thrown : new Problem('fault', 'Something went wrong. Reload the page and try again.');
  const heading = make('h1', problem.message);
  if (FINAL.includes(problem.code)) return show(heading, codeLink());
  const button = make('button', words.again, 'go');
  button.addEventListener('click', again);
  show(heading, button);
}

function codeLink(): HTMLElement {
  const button = make('button', words.code);
  button.addEventListener('click', () => askCode());
  return button;
}

function askCode(): void {
  const form = make('form');
  const label = make('label', words.codeAsk);
  const input = make('input', '', 'code');
  input.autocomplete = 'off';
  input.maxLength = 12;
  input.spellcheck = false;
  label.append(input);
  const wrong = make('p', '', 'bad');
  wrong.setAttribute('role', 'alert');
  const next = make('button', words.next, 'go');
  form.append(label, wrong, next);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const code = input.value.replace(/[\s-]/g, '');
    if (code.length !== 8) {
      wrong.textContent = words.codeWrong;
      return;
    }
    void peek({ body: { code }, key: '' });
  });
  show(make('h1', words.code), form);
  input.focus();
}

async function peek(way: Way): Promise<void> {
  show(make('p', words.looking, 'quiet'));
  try {
    ask(way, await post<Invitation>('/api/join/peek', way.body));
  } catch (thrown) {
    failed(thrown, () => void peek(way));
  }
}

function list(shared: readonly string[], kept: readonly string[]): HTMLElement {
  const ul = make('ul');
  for (const text of shared) ul.append(item(text, ''));
  for (const text of kept) ul.append(item(text, 'no'));
  return ul;
}

function item(text: string, className: string): HTMLElement {
  const li = make('li', '', className);
  li.append(make('span', className === 'no' ? `Not shared: ${text.charAt(0).toLowerCase()}${text.slice(1)}` : text));
  return li;
}

function ask(way: Way, invitation: Invitation): void {
  const site = make('p', 'The site: ');
  site.append(make('span', new URL(invitation.origin).host, 'site'));
  const control = make('input');
  control.type = 'checkbox';
  const choice = make('label', '', 'choice');
  choice.append(control, make('span', words.control));
  const more = make('fieldset');
  more.append(make('legend', words.more), choice);
  const allow = make('button', words.allow, 'go');
  const decline = make('button', words.decline);
  const row = make('div', '', 'row');
  row.append(decline, allow);
  // A click that was meant for something else does not land here: the button waits until it has been seen.
  allow.disabled = true;
  setTimeout(() => {
    allow.disabled = false;
  }, 500);
  allow.addEventListener('click', (event) => {
    if (event.isTrusted) void claim(way, invitation, control.checked);
  });
  decline.addEventListener('click', () => show(make('h1', words.declined)));
  show(
    make('h1', words.asks(invitation.agent, invitation.organisation)),
    site,
    make('p', words.about, 'quiet'),
    list(words.shared, words.kept),
    more,
    make('p', words.notRecorded, 'quiet'),
    row,
  );
}

async function claim(way: Way, invitation: Invitation, control: boolean): Promise<void> {
  show(make('p', words.opening, 'quiet'));
  try {
    const claimed = await post<{ handoff: string; page: string }>('/api/join/claim', {
      ...way.body,
      consent: { view: true, control, record: false, textVersion: invitation.textVersion },
    });
    const page = new URL(claimed.page);
    const rest = page.hash ? `${page.hash}&` : '#';
    page.hash = `${rest}ridealong=1.${claimed.handoff}.${way.key}`;
    location.replace(page.href);
  } catch (thrown) {
    failed(thrown, () => void claim(way, invitation, control));
  }
}

async function begin(): Promise<void> {
  const secret = /^#1\.([\w-]{43})$/.exec(location.hash)?.[1];
  history.replaceState(null, '', location.pathname);
  if (window.top !== window.self) return show(make('h1', words.framed));
  if (!globalThis.crypto?.subtle) return show(make('h1', words.insecure));
  const bytes = secret ? fromBase64url(secret) : undefined;
  if (!bytes) return askCode();
  const { auth, key } = await derive(bytes);
  await peek({ body: { auth: base64url(auth) }, key: base64url(key) });
}

void begin();
