// The few pieces that the customer's page is made of. Text is always set as text.

import type { Text } from './words.ts';

const main = document.getElementById('main') as HTMLElement;

export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = '',
  ...content: (string | Node)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...content);
  return element;
}

/** Shows these instead of what was there; the heading gets the focus, so that it is read out. */
export function show(...parts: HTMLElement[]): void {
  main.replaceChildren(...parts);
  const heading = main.querySelector('h1');
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  document.title = `${heading.textContent} – Ridealong`;
}

/** While something is under way. */
export function wait(text: string): void {
  const line = make('p', 'wait', text);
  line.setAttribute('role', 'status');
  main.replaceChildren(line);
}

export function button(text: string, act: () => void, className = ''): HTMLButtonElement {
  const element = make('button', className, text);
  element.type = 'button';
  element.addEventListener('click', act);
  return element;
}

export function row(...buttons: HTMLElement[]): HTMLElement {
  return make('div', 'row', ...buttons);
}

/** A heading, a sentence and what can be done. */
export function tell([title, text]: Text, ...buttons: HTMLElement[]): void {
  const heading = make('h1', '', title);
  show(heading, make('p', 'quiet', text), ...(buttons.length > 0 ? [row(...buttons)] : []));
}

/** A heading with a list below it. */
export function list(title: string, items: readonly string[], className: string): HTMLElement {
  return make(
    'section',
    className,
    make('h2', '', title),
    make('ul', '', ...items.map((text) => make('li', '', text))),
  );
}

/** Name and value, one below the other. */
export function facts(of: readonly (readonly [string, string])[]): HTMLElement {
  return make('dl', '', ...of.map(([name, value]) => make('div', '', make('dt', '', name), make('dd', '', value))));
}

/** A tick with what it means. */
export function choice(name: string, [label, text]: Text): { input: HTMLInputElement; element: HTMLElement } {
  const input = make('input');
  input.type = 'checkbox';
  input.name = name;
  const words = make('span', '', make('b', '', label), make('span', 'quiet', text));
  return { input, element: make('label', 'choice', input, words) };
}
