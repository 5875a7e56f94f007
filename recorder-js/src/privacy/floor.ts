// Fields that never leave the page, whatever anybody configures.

import { attribute, attributeNames, inputType, localName } from '../dom.ts';

// Standard autocomplete tokens of cards and credentials.
const TOKENS =
  /(?:^|\s)(?:cc-(?:name|given-name|additional-name|family-name|number|exp|exp-month|exp-year|csc|type)|transaction-amount|one-time-code|current-password|new-password|webauthn)(?:\s|$)/i;
// What sites call such fields when they say nothing by autocomplete.
const NAMES =
  /(?:^|[^a-z])(?:ssn|sin|nino|iban|swift|bic|cvc\d?|cvv\d?|csc|pin|otp|dob|card)(?:$|[^a-z])|tax.?id|passport|licen[cs]e|routing.?n|sort.?code|account.?(?:no|num)|card.?(?:no|num|holder)|credit.?card|token|secret|api.?key|password|passwd|one.?time|birth|mother|insurance|diagnos/i;

/** Once a password, always: sites toggle the type to show it. */
const passwords = new WeakSet<Element>();
/** … and so is a field that looks the same: frameworks put a copy in its place. */
const lookAlikes = new Set<string>();

/** What was found of names: a field is asked with every key. */
const known = new Map<string, boolean>();

function isNamed(names: string): boolean {
  let found = known.get(names);
  if (found === undefined) {
    found = NAMES.test(names.replace(/([a-z])([A-Z])/g, '$1 $2'));
    if (known.size < 1000) known.set(names, found);
  }
  return found;
}

/** All that a field says of itself, but for what the toggle changes. */
function look(element: Element): string {
  const parts: string[] = [];
  for (const name of attributeNames(element)) {
    if (name !== 'type' && name !== 'value') parts.push(name, attribute(element, name) ?? '');
  }
  return parts.join('\n');
}

export function onFloor(element: Element): boolean {
  const tag = localName(element);
  if (tag !== 'input' && tag !== 'textarea' && tag !== 'select') return false;
  if (passwords.has(element)) return true;
  const type = tag === 'input' ? inputType(element) : '';
  if (type === 'password') {
    passwords.add(element);
    const looks = look(element);
    if (looks !== '' && lookAlikes.size < 1000) lookAlikes.add(looks);
    return true;
  }
  if (type === 'hidden' || type === 'file') return true;
  if (TOKENS.test(attribute(element, 'autocomplete') ?? '')) return true;
  if (isNamed(['name', 'id', 'aria-label', 'placeholder'].map((name) => attribute(element, name) ?? '').join(' ')))
    return true;
  const length = Number(attribute(element, 'maxlength') ?? 0);
  if (attribute(element, 'inputmode') === 'numeric' && length >= 3 && length <= 8) return true;
  return type !== 'checkbox' && type !== 'radio' && lookAlikes.size > 0 && lookAlikes.has(look(element));
}
