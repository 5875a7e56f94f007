// The state of form fields: what is typed, checked and chosen, by people and by scripts.

import { localName } from '../dom.ts';
import type { Rules } from '../privacy/policy.ts';
import { type Context, known } from './context.ts';
import type { Patches } from './patch.ts';

const CHECKABLE = new Set(['checkbox', 'radio']);
const WITHOUT_VALUE = new Set(['submit', 'reset', 'button', 'image', 'checkbox', 'radio']);

export class Fields {
  constructor(
    private readonly c: Context,
    private readonly change: (write: () => void) => void,
  ) {}

  /** Writes what a field holds. */
  write(element: Element, rules: Rules = this.c.privacy.of(element)): void {
    const id = known(this.c, element);
    if (id === undefined) return;
    const name = localName(element);
    if (name === 'select') this.select(id, element as HTMLSelectElement, rules);
    else if (name === 'textarea')
      this.c.ops.value(id, this.c.privacy.value(element, (element as HTMLTextAreaElement).value, rules));
    else if (name === 'input') this.input(id, element as HTMLInputElement, rules);
  }

  private input(id: number, input: HTMLInputElement, rules: Rules): void {
    if (CHECKABLE.has(input.type)) {
      const bits = this.c.privacy.choice(input, rules) ? (input.checked ? 1 : 0) | (input.indeterminate ? 2 : 0) : 0;
      this.c.ops.check(id, bits);
    } else if (input.type === 'range' || input.type === 'color') {
      this.c.ops.value(id, this.c.privacy.choice(input, rules) ? input.value : '');
    } else if (!WITHOUT_VALUE.has(input.type)) this.c.ops.value(id, this.c.privacy.value(input, input.value, rules));
  }

  private select(id: number, select: HTMLSelectElement, rules: Rules): void {
    const chosen: number[] = [];
    if (this.c.privacy.choice(select, rules)) {
      for (let i = 0; i < select.options.length; i++) if (select.options[i]?.selected) chosen.push(i);
    }
    this.c.ops.select(id, chosen);
  }

  /** Something happened to a field; the others of its radio group lost their check. */
  changed(target: EventTarget | null): void {
    if (!(target instanceof this.c.window.Element) && !isElement(target)) return;
    const element = target as Element;
    const name = localName(element);
    if (name !== 'input' && name !== 'textarea' && name !== 'select') return;
    this.change(() => {
      this.write(element);
      const input = element as HTMLInputElement;
      if (input.type !== 'radio' || !input.name) return;
      const root = input.getRootNode() as Document | ShadowRoot;
      for (const other of root.querySelectorAll<HTMLInputElement>('input[type=radio]')) {
        if (other !== input && other.name === input.name) this.write(other);
      }
    });
  }

  /** Watches what scripts set in the fields of one window. */
  patch(window: Window & typeof globalThis, patches: Patches): void {
    const fields = this;
    const hook = function (this: Element) {
      if (known(fields.c, this) !== undefined) fields.changed(this);
    };
    for (const [prototype, names] of [
      [window.HTMLInputElement.prototype, ['value', 'checked', 'indeterminate', 'valueAsNumber', 'valueAsDate']],
      [window.HTMLTextAreaElement.prototype, ['value']],
      [window.HTMLSelectElement.prototype, ['value', 'selectedIndex']],
    ] as const) {
      for (const name of names) patches.afterSet(prototype, name, hook);
    }
    patches.afterSet(window.HTMLOptionElement.prototype, 'selected', function (this: HTMLOptionElement) {
      const select = this.closest('select');
      if (select) fields.changed(select);
    });
  }
}

function isElement(target: EventTarget | null): target is Element {
  return target !== null && 'nodeType' in target && target.nodeType === 1;
}
