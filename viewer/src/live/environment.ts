// The customer's environment as rows for people. The object is JSON from the customer's page: every field is checked, unknown
// ones are left out, long ones are cut.

import type { Facts } from './facts.ts';

type Json = Record<string, unknown>;

const LONGEST = 300;

export function environmentRows(facts: Pick<Facts, 'environment' | 'viewport' | 'page'>): [string, string][] {
  const e = facts.environment;
  if (!e) return [];
  const agent = text(e.userAgent);
  const rows: [string, string][] = [
    ['Browser', text(e.browser) || browserOf(agent)],
    ['Operating system', text(e.os) || systemOf(agent) || text(e.platform)],
    ['Screen', size(e.screen) || pair(e.screenWidth, e.screenHeight)],
    ['Viewport', facts.viewport ? `${facts.viewport.width} × ${facts.viewport.height}` : size(e.viewport)],
    ['Pixel ratio', figure(e.devicePixelRatio ?? e.dpr)],
    ['Time zone', text(e.timeZone ?? e.timezone)],
    ['Languages', list(e.languages) || text(e.language)],
    ['Connection', connection(e.connection)],
    ['Memory', gigabytes(e.deviceMemory ?? e.memory)],
    ['Processor cores', figure(e.hardwareConcurrency ?? e.cores)],
    ['Page', facts.page?.url || text(e.url)],
    ['Referrer', text(e.referrer)],
    ['Colour scheme', text(e.colorScheme)],
    ['Reduced motion', yesNo(e.reducedMotion)],
    ['Touch', yesNo(e.touch)],
    ['User agent', agent],
  ];
  return rows.filter(([, value]) => value !== '');
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, LONGEST) : '';
}

function figure(value: unknown): string {
  return typeof value === 'number' && Number.isFinite(value) ? String(Math.round(value * 1000) / 1000) : '';
}

function yesNo(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  if (value === 'reduce') return 'Yes';
  return value === 'no-preference' ? 'No' : '';
}

function list(value: unknown): string {
  return Array.isArray(value) ? value.slice(0, 12).map(text).filter(Boolean).join(', ').slice(0, LONGEST) : '';
}

function pair(width: unknown, height: unknown): string {
  const w = figure(width);
  const h = figure(height);
  return w && h ? `${w} × ${h}` : '';
}

function size(value: unknown): string {
  if (Array.isArray(value)) return pair(value[0], value[1]);
  return isJson(value) ? pair(value.width, value.height) : '';
}

function connection(value: unknown): string {
  if (typeof value === 'string') return text(value);
  if (!isJson(value)) return '';
  const type = text(value.effectiveType) || text(value.type);
  const down = figure(value.downlink);
  const rtt = figure(value.rtt);
  return [type, down && `${down} Mbit/s`, rtt && `${rtt} ms`, value.saveData === true && 'saves data']
    .filter(Boolean)
    .join(', ');
}

function gigabytes(value: unknown): string {
  const n = figure(value);
  return n && `${n} GB or more`;
}

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const BROWSERS: [RegExp, string][] = [
  [/\bEdg(?:A|iOS)?\/(\d+)/, 'Edge'],
  [/\bOPR\/(\d+)/, 'Opera'],
  [/\bSamsungBrowser\/(\d+)/, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\/(\d+)/, 'Firefox'],
  [/\b(?:Headless)?(?:Chrome|CriOS)\/(\d+)/, 'Chrome'],
  [/\bVersion\/(\d+)[\d.]* (?:Mobile\/\w+ )?Safari\//, 'Safari'],
];

/** Name and major version out of a user agent string; the string itself when it is none we know. */
export function browserOf(agent: string): string {
  for (const [pattern, name] of BROWSERS) {
    const version = pattern.exec(agent)?.[1];
    if (version) return `${name} ${version}`;
  }
  return agent ? 'Unknown' : '';
}

const SYSTEMS: [RegExp, string][] = [
  [/iPhone|iPad|iPod/, 'iOS'],
  [/Android (\d+)?/, 'Android'],
  [/CrOS/, 'ChromeOS'],
  [/Windows NT/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/Linux/, 'Linux'],
];

export function systemOf(agent: string): string {
  for (const [pattern, name] of SYSTEMS) {
    const found = pattern.exec(agent);
    if (found) return found[1] ? `${name} ${found[1]}` : name;
  }
  return '';
}
