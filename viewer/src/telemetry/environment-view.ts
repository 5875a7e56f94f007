// The environment as rows in groups: what the picture says of it, and what the entries say, of which the newest counts. Pure.

import { environmentRows, text } from '../live/environment.ts';
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
  const all = new Map<string, string>(environmentRows(facts));
  for (const { values } of told)
    for (const [name, value] of values)
      if (name && (all.size < MAX_NAMES || all.has(wordsOf(name)))) all.set(wordsOf(name), shown(value));
  const rows = [...all].filter(([, value]) => value !== '');
  return GROUPS.map((group) => ({
    group,
    rows: rows.filter(([name]) => (Object.hasOwn(MEMBERS, name) ? MEMBERS[name] : 'Other') === group),
  })).filter((one) => one.rows.length > 0);
}

export function shown(value: string): string {
  if (value === 'true') return 'Yes';
  if (value === 'false') return 'No';
  return text(value);
}
