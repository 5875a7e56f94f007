// The environment as rows in groups: what the picture says of it, and what the entries say, of which the newest counts. Pure.

import { environmentRows, isJson, text } from '../live/environment.ts';
import type { Facts } from '../live/facts.ts';
import type { EnvironmentRow } from './rows.ts';

export type Group = 'Browser' | 'Screen' | 'Network' | 'Preferences' | 'Page' | 'Other';

export const GROUPS: readonly Group[] = ['Browser', 'Screen', 'Network', 'Preferences', 'Page', 'Other'];

const MEMBERS: Record<string, Group> = {
  Browser: 'Browser',
  'Operating system': 'Browser',
  Platform: 'Browser',
  'User agent': 'Browser',
  Languages: 'Browser',
  Language: 'Browser',
  'Time zone': 'Browser',
  Memory: 'Browser',
  'Processor cores': 'Browser',
  Cookies: 'Browser',
  Mobile: 'Browser',
  Screen: 'Screen',
  Viewport: 'Screen',
  'Pixel ratio': 'Screen',
  Zoom: 'Screen',
  Orientation: 'Screen',
  Touch: 'Screen',
  Connection: 'Network',
  Online: 'Network',
  'Colour scheme': 'Preferences',
  'Reduced motion': 'Preferences',
  'Reduced data': 'Preferences',
  Contrast: 'Preferences',
  'Forced colours': 'Preferences',
  Page: 'Page',
  Referrer: 'Page',
  Visibility: 'Page',
};

const WORDS: Record<string, string> = {
  url: 'Page',
  os: 'Operating system',
  dpr: 'Pixel ratio',
  devicePixelRatio: 'Pixel ratio',
  hardwareConcurrency: 'Processor cores',
  cores: 'Processor cores',
  deviceMemory: 'Memory',
  timezone: 'Time zone',
  colorScheme: 'Colour scheme',
  scheme: 'Colour scheme',
  forcedColors: 'Forced colours',
  motion: 'Reduced motion',
  onLine: 'Online',
  network: 'Connection',
  visible: 'Visibility',
  effectiveType: 'Kind',
  downlink: 'Mbit/s',
  rtt: 'Round trip, ms',
};

const MAX_NAMES = 100;

/** `reducedMotion`, `reduced-motion` as `Reduced motion`. */
export function wordsOf(name: string): string {
  if (Object.hasOwn(WORDS, name)) return WORDS[name] ?? name;
  const words = name
    .slice(0, 60)
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/[-_]+/g, ' ')
    .trim()
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function groupsOf(
  facts: Pick<Facts, 'environment' | 'viewport' | 'page'>,
  told: readonly EnvironmentRow[],
): { group: Group; rows: [string, string][] }[] {
  const newest = new Map<string, string>();
  for (const { values } of told)
    for (const [name, value] of values)
      if (name && (newest.size < MAX_NAMES || newest.has(name))) newest.set(name, value);
  // Names that both know are told by both in the same form.
  const environment = facts.environment || newest.size > 0 ? { ...facts.environment, ...unfolded(newest) } : null;
  const all = new Map<string, string>(environmentRows({ ...facts, environment }));
  const viewport = newest.get('viewport');
  if (viewport && !facts.viewport) all.set('Viewport', text(viewport));
  for (const [name, value] of newest)
    if (!FORMED.has(name.split('.', 1)[0] ?? '')) all.set(wordsOf(name), wordOf(name, value));
  const rows = [...all].filter(([, value]) => value !== '');
  return GROUPS.map((group) => ({
    group,
    rows: rows.filter(([name]) => (Object.hasOwn(MEMBERS, name) ? MEMBERS[name] : 'Other') === group),
  })).filter((one) => one.rows.length > 0);
}

/** What environmentRows makes rows of by itself. */
const FORMED: ReadonlySet<string> = new Set([
  'userAgent',
  'platform',
  'screen',
  'viewport',
  'devicePixelRatio',
  'timeZone',
  'languages',
  'connection',
  'deviceMemory',
  'hardwareConcurrency',
  'referrer',
  'colorScheme',
  'reducedMotion',
]);

/** `screen.width: 1920` as the object it was; a null object, for the names are the page's. */
function unfolded(flat: ReadonlyMap<string, string>): Record<string, unknown> {
  const out: Record<string, unknown> = Object.create(null);
  for (const [name, value] of flat) {
    const [outer = '', inner] = name.split('.', 2);
    if (!FORMED.has(outer)) continue;
    if (inner === undefined) out[outer] = outer === 'languages' ? value.split(', ') : plain(value);
    else {
      const within = out[outer];
      const object: Record<string, unknown> = isJson(within) ? within : Object.create(null);
      object[inner.slice(0, 40)] = plain(value);
      out[outer] = object;
    }
  }
  return out;
}

function plain(value: string): unknown {
  if (value === 'true' || value === 'false') return value === 'true';
  const n = Number(value);
  return value.trim() !== '' && Number.isFinite(n) ? n : value;
}

function wordOf(name: string, value: string): string {
  if (name === 'zoom' && Number(value) > 0) return `${Math.round(Number(value) * 100)} %`;
  if (name === 'touch' && /^\d+$/.test(value)) return value === '0' ? 'No' : 'Yes';
  return shown(value);
}

/** A change, as it is told. */
export function changeOf(name: string, value: string): [name: string, value: string] {
  const [outer = '', inner] = name.split('.', 2);
  return [inner ? `${wordsOf(outer)} (${wordsOf(inner).toLowerCase()})` : wordsOf(name), wordOf(name, value) || 'none'];
}

export function shown(value: string): string {
  if (value === 'true') return 'Yes';
  if (value === 'false') return 'No';
  return text(value);
}
