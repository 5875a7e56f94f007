// What the site's own code says of its customer, as rows for people. It is JSON from the customer's page: every field is checked,
// what is none of the known kinds is left out, long ones are cut.

import { isJson, text } from './environment.ts';
import type { SiteEvent } from './facts.ts';

const MAX_ROWS = 32;
const MAX_NAME = 60;

/** Who the customer is to the site. */
export function identityRows(about: Record<string, unknown>): [string, string][] {
  const identity = isJson(about.identity) ? about.identity : {};
  const rows: [string, string][] = [
    ['Name', text(identity.name)],
    ['E-mail', text(identity.email)],
    ['Id', text(identity.id)],
    ['Reference', text(identity.reference)],
  ];
  return rows.filter(([, value]) => value !== '');
}

/** What else the site says, by its own names. */
export function metadataRows(about: Record<string, unknown>): [string, string][] {
  if (!isJson(about.metadata)) return [];
  const rows = Object.entries(about.metadata).map(([name, value]): [string, string] => [
    name.slice(0, MAX_NAME),
    typeof value === 'number' || typeof value === 'boolean' ? String(value) : text(value),
  ]);
  return rows.filter(([name, value]) => name !== '' && value !== '').slice(0, MAX_ROWS);
}

/** `{"items":2}` as `items: 2`, for one line; what is no object stays as it is. */
export function eventLine({ data }: Pick<SiteEvent, 'data'>): string {
  if (data === '') return '';
  try {
    const value: unknown = JSON.parse(data);
    if (!isJson(value)) return text(data);
    const parts = Object.entries(value).map(
      ([name, one]) => `${name}: ${typeof one === 'string' ? one : JSON.stringify(one)}`,
    );
    return text(parts.join(', '));
  } catch {
    return '';
  }
}
