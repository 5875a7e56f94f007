// The part of the check that runs in a page: the recorder's own capture under the page's own rules, canaries in the page, and all that the
// capture writes, decoded again as an agent's browser would.

import type { Ops } from '@ridealong/wire';
import * as strictRules from '../../../../recorder-js/src/capture/strict-css.ts';
import { Hear, settingsOfThePage } from '../../../../recorder-js/src/preview/hear.ts';
import { Privacy } from '../../../../recorder-js/src/privacy/policy.ts';
import { tighten } from '../../../../recorder-js/src/privacy/tighten.ts';
import { search, type Told } from './canaries.ts';
import { type Allowed, type Planted, Planter } from './plant.ts';

export interface CheckOptions {
  /** Beside what the page's own script element says. */
  mode?: 'strict' | 'standard' | undefined;
  mask?: string | undefined;
  block?: string | undefined;
  show?: string | undefined;
  /** What must stay beside what stays everywhere; in strict mode everything by default. */
  secret?: string | undefined;
  allow: Allowed[];
  seed: number;
}

export interface Leak extends Planted {
  ops: string[];
}

export interface Checked {
  mode: string;
  planted: number;
  told: number;
  /** Whether the text that is meant to be seen was seen. */
  control: boolean;
  leaks: Leak[];
  errors: string[];
}

/** All that one capture of the page tells. */
class Listener {
  readonly told: Told[] = [];
  readonly errors: string[] = [];
  private readonly hear: Hear;

  constructor(privacy: Privacy) {
    const sink = new Proxy({} as Ops, {
      get:
        (_, name) =>
        (...args: unknown[]) => {
          const texts = args.flat(3).filter((one): one is string => typeof one === 'string');
          if (texts.length > 0) this.told.push({ op: String(name), texts });
        },
    });
    this.hear = new Hear({
      privacy,
      sink,
      // A picture's address stays in the page; one that is the picture goes out.
      asset: (address) => address.startsWith('data:') && this.told.push({ op: 'picture', texts: [address] }),
      flushed: () => undefined,
      ignore: () => false,
      onError: (error) => this.errors.push(String(error instanceof Error ? error.message : error)),
    });
    this.hear.begin();
  }

  flush(): void {
    this.hear.flush();
  }

  stop(): void {
    this.hear.stop();
  }
}

const CONTROL = 'Ridealong sees this';
const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function check({ mode, mask, block, show, secret, allow, seed }: CheckOptions): Promise<Checked> {
  const own = settingsOfThePage();
  const settings = tighten({ ...own, show: [own.show ?? [], show ?? []].flat() }, { mode, mask, block });
  const first = new Privacy(settings, strictRules);
  const strict = first.mode === 'strict';
  // Changes of a page that is seen, and the page as a whole: they go different ways.
  const changes = new Listener(first);
  const planter = new Planter({ seed, secret: secret ?? (strict ? '*' : ''), allow });
  planter.page();
  const control = document.createElement('p');
  control.setAttribute('data-ridealong-show', '');
  control.append(CONTROL);
  document.body.append(control);
  await later(100);
  changes.flush();
  changes.stop();
  const whole = new Listener(new Privacy(settings, strictRules));
  await later(50);
  whole.flush();
  whole.stop();
  const leaks = new Map<number, Leak>();
  for (const [when, { told }] of [
    ['change', changes],
    ['first picture', whole],
  ] as const)
    for (const { n, op } of search(told, planter.canaries)) {
      const leak = leaks.get(n) ?? { ...(planter.planted[n] as Planted), ops: [] };
      leak.ops.push(`${op} (${when})`);
      leaks.set(n, leak);
    }
  const told = [...changes.told, ...whole.told];
  return {
    mode: first.mode,
    planted: planter.planted.length,
    told: told.length,
    control: told.some(({ texts }) => texts.includes(CONTROL)),
    leaks: [...leaks.values()],
    errors: [...changes.errors, ...whole.errors],
  };
}

Object.assign(globalThis, { ridealongCheck: check });
