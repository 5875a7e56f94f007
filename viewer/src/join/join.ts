// The customer's page: reads the link (or a join code), says who asks for what, and on a person's click claims the link and goes to
// the site. Loading it changes nothing. The secret leaves the address bar before anything else happens.

import { base64url, derive, fromBase64url } from '@ridealong/wire/link';
import { Problem } from '../api/problem.ts';
import { arm } from './armed.ts';
import { button, choice, facts, list, make, row, show, tell, wait } from './parts.ts';
import { type Choices, claim, type Invitation, peek, type Way } from './server.ts';
import { type Text, textVersion, words } from './words.ts';

const useCode = () => button(words.useCode, () => askCode());

/** What went wrong, and what can be done about it. */
function failed(thrown: unknown, way: Way, again: () => void): void {
  const { code, retryAfter } = thrown instanceof Problem ? thrown : new Problem('fault', '');
  const typed = 'code' in way.body ? way.body.code : undefined;
  const tryAgain = button(words.again, again, 'go');
  if (code === 'gone' && typed !== undefined) return askCode(typed, words.codeWrong);
  if (code === 'gone') return tell(words.gone, useCode());
  if (code === 'claimed') return tell(words.claimed, useCode());
  if (code === 'old-text')
    return tell(
      words.old,
      button(words.reload, () => location.reload(), 'go'),
    );
  if (code === 'too-many') return tell(words.tooMany(retryAfter), tryAgain);
  tell(code === 'offline' ? words.offline : words.fault, tryAgain);
}

function askCode(typed = '', wrong = ''): void {
  const input = make('input', 'code');
  Object.assign(input, {
    id: 'code',
    name: 'code',
    value: typed,
    autocomplete: 'off',
    maxLength: 12,
    spellcheck: false,
  });
  input.setAttribute('autocapitalize', 'characters');
  input.setAttribute('aria-describedby', 'hint wrong');
  const label = make('label', '', words.codeAsk);
  label.htmlFor = 'code';
  const hint = make('p', 'quiet', words.codeHint);
  hint.id = 'hint';
  const error = make('p', 'bad', wrong);
  error.id = 'wrong';
  error.setAttribute('role', 'alert');
  const next = make('button', 'go', words.next);
  const form = make('form', '', label, input, hint, error, row(next));
  form.noValidate = true;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const code = input.value.replace(/[\s-]/g, '').toUpperCase();
    if (/^[0-9A-Z]{8}$/.test(code)) return void look({ body: { code }, key: '' });
    error.textContent = words.codeShort;
    input.setAttribute('aria-invalid', 'true');
    input.focus();
  });
  if (wrong) input.setAttribute('aria-invalid', 'true');
  show(make('h1', '', words.codeTitle), form);
  input.focus();
}

async function look(way: Way): Promise<void> {
  wait(words.looking);
  try {
    ask(way, await peek(way));
  } catch (thrown) {
    failed(thrown, way, () => void look(way));
  }
}

function untilText(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return '';
  const today = at.toDateString() === new Date().toDateString();
  return today
    ? at.toLocaleTimeString([], { timeStyle: 'short' })
    : at.toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });
}

function ask(way: Way, invitation: Invitation): void {
  if (invitation.textVersion !== textVersion) throw new Problem('old-text', '');
  const view = choice('view', words.view);
  view.input.checked = true;
  view.input.disabled = true;
  const control = choice('control', words.control);
  const { keepDays } = invitation;
  const record = keepDays === undefined ? null : choice('record', words.record(invitation.organisation, keepDays));
  const choices = make(
    'fieldset',
    '',
    make('legend', '', words.choices),
    view.element,
    control.element,
    ...(record ? [record.element] : []),
  );
  const allow = button(words.allow, () => undefined, 'go');
  arm(allow, () => void go(way, { control: control.input.checked, record: record?.input.checked ?? false }));
  const decline = button(words.decline, () =>
    tell(
      words.declined,
      button(words.back, () => ask(way, invitation)),
    ),
  );
  const until = untilText(invitation.expiresAt);
  show(
    make('h1', '', words.asks(invitation.agent)),
    facts([
      [words.from, invitation.organisation],
      [words.site, new URL(invitation.origin).host],
      ...(until ? [[words.until, until] as const] : []),
    ]),
    make('p', 'care', words.unproven),
    make('div', 'lists', list(words.shared, words.sees, 'sees'), list(words.kept, words.never, 'never')),
    choices,
    row(decline, allow),
    make('p', 'quiet small', words.later),
  );
}

async function go(way: Way, choices: Choices): Promise<void> {
  wait(words.opening);
  try {
    location.replace(await claim(way, choices, textVersion));
  } catch (thrown) {
    failed(thrown, way, () => void look(way));
  }
}

/** The secret in the address, which is not there any more afterwards. */
function takeSecret(): Text | Uint8Array<ArrayBuffer> | undefined {
  const { hash } = location;
  history.replaceState(null, '', location.pathname);
  if (hash === '' || hash === '#') return undefined;
  const secret = /^#1\.([\w-]{43})$/.exec(hash)?.[1];
  const bytes = secret ? fromBase64url(secret) : undefined;
  return bytes?.length === 32 ? bytes : words.gone;
}

async function begin(): Promise<void> {
  const secret = takeSecret();
  if (window.top !== window.self) return tell(words.framed);
  if (!globalThis.crypto?.subtle) return tell(words.insecure);
  if (secret === undefined) return askCode();
  if (!(secret instanceof Uint8Array)) return tell(secret, useCode());
  const { auth, key } = await derive(secret);
  await look({ body: { auth: base64url(auth) }, key: base64url(key) });
}

// A second link in the same tab only changes the fragment.
addEventListener('hashchange', () => location.hash.length > 1 && void begin());
void begin();
