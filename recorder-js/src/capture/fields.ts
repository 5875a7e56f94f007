// The state of form fields: what is typed, checked and chosen, by people and by scripts.
//
// Fields are compared with what was written of them before every group. Events and patched setters only ask for a group soon: so
// no way of changing a field is missed, be it a radio's group, a form's reset or a framework that keeps setters of its own.

import {
  areaValue,
  has,
  inputChecked,
  inputIndeterminate,
  inputType,
  inputValue,
  localName,
  multipleOf,
  optionSelected,
  optionsOf,
  selectedIndex,
} from '../dom.ts';
import { onFloor } from '../privacy/floor.ts';
import type { Rules } from '../privacy/policy.ts';
import { type Context, known, rulesOf } from './context.ts';
import type { Patches } from './patch.ts';

/** What no field holds. */
const UNKNOWN = '\0';

export const isField = (tag: string): boolean => tag === 'input' || tag === 'textarea' || tag === 'select';

export class Fields {
  /** What each field held when it was written. */
  private readonly held = new Map<Element, string>();
  private readonly touched = new Set<Element>();

  constructor(private readonly c: Context) {}

  /** A new field; nothing typed and nothing checked is what the receiving side begins with. */
  add(element: Element): void {
    const tag = localName(element);
    const plain = tag === 'textarea' || (tag === 'input' && !has(element, 'checked'));
    this.held.set(element, plain ? blank(element) : UNKNOWN);
    this.touched.add(element);
    if (tag === 'input') onFloor(element); // a password is remembered as one before anybody types
  }

  /** An attribute changed that may have to do with what may be shown. */
  again(element: Element): void {
    if (!this.held.has(element)) return;
    this.held.set(element, UNKNOWN);
    this.touched.add(element);
    onFloor(element);
  }

  /** A field was typed into, or set by a script; false when others may have changed with it. */
  touch(element: Element): boolean {
    const tag = localName(element);
    if (tag !== 'textarea' && (tag !== 'input' || isCheck(inputType(element)))) return false;
    this.touched.add(element);
    return true;
  }

  /** Writes those that were touched. */
  write(): void {
    for (const element of this.touched) this.one(element);
    this.touched.clear();
  }

  check(): void {
    for (const element of this.held.keys()) this.one(element);
  }

  private one(element: Element): void {
    const before = this.held.get(element);
    if (before === undefined) return;
    const id = known(this.c, element);
    if (id === undefined) {
      this.held.delete(element);
      return;
    }
    const now = read(element);
    if (now === before) return;
    this.held.set(element, now);
    this.tell(id, element, rulesOf(this.c, element));
  }

  private tell(id: number, element: Element, rules: Rules): void {
    const { privacy, ops } = this.c;
    const tag = localName(element);
    if (tag === 'select') {
      ops.select(id, privacy.choice(element, rules) ? chosen(element) : []);
    } else if (tag === 'textarea') {
      ops.value(id, privacy.value(element, areaValue(element), rules));
    } else {
      const type = inputType(element);
      if (isCheck(type)) ops.check(id, privacy.choice(element, rules) ? bitsOf(element) : 0);
      else if (type === 'range' || type === 'color') {
        ops.value(id, privacy.choice(element, rules) ? inputValue(element) : '');
      } else if (!isButton(type)) ops.value(id, privacy.value(element, inputValue(element), rules));
    }
  }

  /** Asks for a group when scripts set fields of one window. */
  patch(window: Window & typeof globalThis, patches: Patches, typed: (field: Element) => void): void {
    for (const [owner, ...names] of [
      [window.HTMLInputElement, 'value', 'checked', 'indeterminate', 'valueAsNumber', 'valueAsDate'],
      [window.HTMLTextAreaElement, 'value'],
      [window.HTMLSelectElement, 'value', 'selectedIndex'],
      [window.HTMLOptionElement, 'selected'],
    ] as const)
      patches.after<Element>(owner, 'set', names, (field) => {
        if (known(this.c, field) !== undefined) typed(field);
      });
  }
}

const isCheck = (type: string): boolean => type === 'checkbox' || type === 'radio';
const isButton = (type: string): boolean =>
  type === 'submit' || type === 'reset' || type === 'button' || type === 'image';

const bitsOf = (element: Element): number => (inputChecked(element) ? 1 : 0) | (inputIndeterminate(element) ? 2 : 0);

/** What a field holds, in a form that can be compared. */
function read(element: Element): string {
  const tag = localName(element);
  if (tag === 'textarea') return areaValue(element);
  if (tag === 'select') return multipleOf(element) ? chosen(element).join() : `${selectedIndex(element)}`;
  const type = inputType(element);
  if (isButton(type)) return '';
  return isCheck(type) ? `${bitsOf(element)}` : inputValue(element);
}

function blank(element: Element): string {
  return localName(element) === 'input' && isCheck(inputType(element)) ? '0' : '';
}

function chosen(select: Element): number[] {
  const found: number[] = [];
  const options = optionsOf(select);
  for (let i = 0; i < options.length; i++) if (optionSelected(options[i] as HTMLOptionElement)) found.push(i);
  return found;
}
