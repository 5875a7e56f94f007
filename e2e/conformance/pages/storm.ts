// Random changes from a seed: what nobody thought of.
import { ask, type Case } from '../case.ts';

/** Changes a page for `steps` steps; runs in the page, where it is sent as text. */
async function weather(seed: number, steps: number): Promise<void> {
  let state = seed;
  const random = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * below);
  };
  const tags = ['div', 'p', 'span', 'ul', 'li', 'b', 'input', 'details', 'x-storm', 'svg', 'select', 'textarea'];
  const all = (): Element[] => [document.body, ...document.body.querySelectorAll('main, main *')];
  const any = (): Element => {
    const list = all();
    return list[1 + random(list.length - 1)] ?? document.body;
  };
  const sheet = document.head.appendChild(document.createElement('style')).sheet as CSSStyleSheet;
  const main = document.querySelector('main') as HTMLElement;
  const make = (): Element => {
    const tag = tags[random(tags.length)] as string;
    const made =
      tag === 'svg' ? document.createElementNS('http://www.w3.org/2000/svg', tag) : document.createElement(tag);
    if (tag === 'select') made.append(new Option('a'), new Option('b'));
    else if (tag !== 'input') made.append(`text ${random(1000)}`);
    if (tag === 'div' && random(3) === 0)
      made.attachShadow({
        mode: random(2) ? 'open' : 'closed',
      }).innerHTML = `<style>i{order:${random(9)}}</style><i>in ${random(99)}</i><slot></slot>`;
    return made;
  };
  // Options hold no fields: a text area's own text, which a browser counts to an option's label, is not told (docs/privacy.md).
  const fits = (into: Element, made: Element) =>
    !into.closest('select') || !/^(?:textarea|input|select)$/.test(made.localName);
  const add = (into: Element, made: Element) => fits(into, made) && into.append(made);
  const acts: (() => void)[] = [
    () => add(any(), make()),
    () => {
      const into = any();
      add(into, make());
      into.prepend('between');
      add(into, make());
    },
    () => {
      const [a, b] = [any(), any()];
      if (!a.contains(b) && a !== main && !a.querySelector('textarea')) add(b, a);
    },
    () => {
      const one = any();
      if (one !== main && random(3) === 0) one.remove();
    },
    () => any().setAttribute(`data-${random(5)}`, String(random(100))),
    () => any().classList.toggle(`c${random(5)}`),
    () => void (any() as HTMLElement).style?.setProperty('color', `rgb(${random(255)},0,0)`),
    () => {
      const text = any().firstChild;
      if (text?.nodeType === 3) (text as Text).data = `changed ${random(1000)}`;
    },
    () => {
      const fields = main.querySelectorAll('input, textarea');
      const field = fields[random(fields.length)] as HTMLInputElement | undefined;
      if (field) field.value = `value ${random(100)}`;
    },
    () => {
      for (const details of main.querySelectorAll('details')) if (random(2)) details.open = !details.open;
    },
    () => void sheet.insertRule(`.c${random(5)}{margin-left:${random(9)}px}`, random(sheet.cssRules.length + 1)),
    () => sheet.cssRules.length > 0 && random(2) === 0 && sheet.deleteRule(random(sheet.cssRules.length)),
    () => {
      const one = any();
      if (one.children.length > 2 && one !== main) one.append(...[...one.children].reverse());
    },
    () => {
      const one = any();
      if (one !== main && random(4) === 0) one.replaceChildren(...[...one.childNodes].slice(1), 'rest');
    },
    () => any().normalize(),
  ];
  for (let step = 0; step < steps; step++) {
    try {
      acts[random(acts.length)]?.();
    } catch {
      // What a page may not do has no effect.
    }
    if (random(6) === 0) await null;
    if (random(25) === 0) await new Promise(requestAnimationFrame);
  }
}

export const storm = (seed: number): Case => ({
  name: `storm ${seed}`,
  head: '<style>main{font:14px sans-serif}main > *{border:1px solid #ccc}</style>',
  html: '<main><p>begin</p><ul><li>one<li>two<li>three</ul><div><b>bold</b></div></main>',
  whole: ['tree', 'form', 'rules', 'styles', 'pixels'],
  act: (hand) => hand.run(Function(`return () => (${weather})(${seed}, 250)`)() as () => unknown),
  probes: { 'elements: how many': ask((q) => q.d.querySelectorAll('main *').length > 10, true) },
});

export const storms: Case[] = [1, 2, 3, 4].map(storm);
