// Fields that never leave the page, whatever anybody configures.

import { attribute, localName } from '../dom.ts';

// Standard autocomplete tokens of cards and credentials.
const TOKENS =
  /(?:^|\s)(?:cc-(?:name|given-name|additional-name|family-name|number|exp|exp-month|exp-year|csc|type)|transaction-amount|one-time-code|current-password|new-password|webauthn)(?:\s|$)/i;
// What sites call such fields when they say nothing by autocomplete.
const NAMES =
  /(?:^|[^a-z])(?:ssn|sin|nino|iban|swift|bic|cvc|cvv|csc|pin|otp|dob)(?:$|[^a-z])|tax.?id|passport|licen[cs]e|routing.?n|sort.?code|account.?(?:no|num)|card.?(?:no|num|holder)|credit.?card|token|secret|api.?key|password|passwd|one.?time|birth/i;

/** Once a password, always: sites toggle the type to show it. */
const passwords = new WeakSet<Element>();

export function onFloor(element: Element): boolean {
  const tag = localName(element);
  if (tag !== 'input' && tag !== 'textarea' && tag !== 'select') return false;
  if (passwords.has(element)) return true;
  const type = tag === 'input' ? (attribute(element, 'type') ?? '').toLowerCase() : '';
  if (type === 'password') {
    passwords.add(element);
    return true;
  }
  if (type === 'hidden' || type === 'file') return true;
  if (TOKENS.test(attribute(element, 'autocomplete') ?? '')) return true;
  if (NAMES.test(`${attribute(element, 'name') ?? ''} ${attribute(element, 'id') ?? ''}`)) return true;
  const length = Number(attribute(element, 'maxlength') ?? 0);
  return attribute(element, 'inputmode') === 'numeric' && length >= 3 && length <= 8;
}
