// What the tests of the requests load into their pages: the capture with a log that keeps what it is told, as `window.net`.

import { EntryCode, EntryNames } from '@ridealong/wire/entries';
import { Patches } from '../../../capture/patch.ts';
import { catchOurs } from '../../../net.ts';
import { maskPatterns } from '../../../privacy/mask.ts';
import { Privacy } from '../../../privacy/policy.ts';
import type { Mode } from '../../../privacy/tighten.ts';
import { reduceUrl } from '../../../privacy/url.ts';
import type { Telling } from '../../context.ts';
import { requests } from '../index.ts';

export interface Told {
  readonly code: string;
  readonly at: number;
  readonly [field: string]: unknown;
}

const told: Told[] = [];
const errors: string[] = [];
let undo = (): void => undefined;
let full = false;
const names = Object.fromEntries(Object.entries(EntryCode).map(([name, code]) => [code, name])) as Record<
  number,
  keyof typeof EntryNames
>;

const text = (raw: string, max = 1000): string =>
  maskPatterns(raw.slice(0, 9999).replace(/\b(?:https?|wss?):\/\/[^\s"'<>()]+/g, url)).slice(0, max);

function url(raw: string): string {
  if (/^ws/i.test(raw)) return reduceUrl(raw.replace(/^ws/i, 'http'), document.baseURI).replace(/^http/, 'ws');
  return reduceUrl(raw, document.baseURI) || (/^[a-z]+:/i.exec(raw)?.[0] ?? '');
}

const net = {
  told,
  errors,
  stirred: 0,
  start(bodies: readonly string[] = [], mode: Mode = 'standard'): void {
    const patches = new Patches((error) => errors.push(String(error instanceof Error ? error.stack : error)));
    const strict = mode === 'strict';
    const t: Telling = {
      window,
      patches,
      privacy: strict ? ({ mode } as Privacy) : new Privacy({ mode }),
      since: Number.NEGATIVE_INFINITY,
      saying: 'off',
      bodies,
      tell(code, fields, at = performance.now()) {
        const name = names[code] as keyof typeof EntryNames;
        const entry: Record<string, unknown> = { code: name, at };
        for (const [i, field] of EntryNames[name].entries()) entry[field] = fields[i];
        return told.push(entry as Told);
      },
      room: () => !full,
      stirred: () => {
        net.stirred++;
      },
      url,
      text: (raw, max) => (strict ? raw && '••••••' : text(raw, max)),
      stack: String,
      here: () => 'here',
      ours: (address) => address.includes('/ours/'),
    };
    const end = requests(t);
    undo = () => {
      patches.undo();
      end();
    };
  },
  stop: () => undo(),
  faults: [] as string[],
  /** As the recorder looks after its own errors; `base` is where this file is. */
  guard: (base: string) => catchOurs(base, (error) => net.faults.push(String(error))),
  /** An error of ours that nothing catches. */
  broken(): void {
    setTimeout(() => Promise.reject(new Error('ours')), 0);
  },
  /** Whether there is room for more. */
  fill(is: boolean): void {
    full = is;
  },
  /** What was told of requests to an address that ends so, when it is over. */
  async of(end: string, count = 1): Promise<Told[]> {
    const found = () => {
      const ids = new Set(
        told.filter((one) => one.code === 'request' && String(one.url).endsWith(end)).map((o) => o.id),
      );
      return told.filter(({ id, of }) => ids.has(id ?? of));
    };
    while (found().filter(({ code }) => code === 'done').length < count)
      await new Promise((resolve) => setTimeout(resolve, 10));
    return found();
  },
  async resource(end: string): Promise<Told> {
    for (;;) {
      const one = told.find(({ code, url }) => code === 'resource' && String(url).endsWith(end));
      if (one) return one;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  },
};

export type Net = typeof net;
Object.defineProperty(window, 'net', { value: net });
