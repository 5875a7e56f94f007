// The part of the check that runs in a page: the recorder's own capture under the page's own rules, canaries in the page, and all that the
// capture writes, decoded again as an agent's browser would.

import { type Ops, OpWriter, readOps, StringTable } from '@ridealong/wire';
import { Capture } from '../../../../recorder-js/src/capture/capture.ts';
import * as strictRules from '../../../../recorder-js/src/capture/strict-css.ts';
import { Mirror } from '../../../../recorder-js/src/log/mirror.ts';
import { Privacy } from '../../../../recorder-js/src/privacy/policy.ts';
import { type Settings, tighten } from '../../../../recorder-js/src/privacy/tighten.ts';
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

/** One capture of the page from now on. */
class Listener {
  readonly told: Told[] = [];
  readonly errors: string[] = [];
  private readonly writer = new OpWriter();
  private readonly table = new StringTable();
  private readonly capture: Capture;

  constructor(privacy: Privacy) {
    const mirror = new Mirror();
    const { writer } = this;
    const ops = new Proxy({} as Ops, {
      get:
        (_, name) =>
        (...args: unknown[]) => {
          for (const to of [mirror, writer] as unknown as Record<PropertyKey, (...args: unknown[]) => void>[])
            to[name]?.(...args);
        },
    });
    let assets = 0;
    this.capture = new Capture({
      window,
      ops,
      flush: () => this.read(),
      privacy,
      assets: {
        url: (address) => {
          // A picture's address stays in the page; one that is the picture goes out.
          if (address.startsWith('data:')) this.told.push({ op: 'picture', texts: [address] });
          return ++assets;
        },
      },
      alive: (id) => mirror.alive(id),
      told: (id, name) => mirror.told(id, name),
      ignore: () => false,
      onError: (error) => this.errors.push(String(error instanceof Error ? error.message : error)),
      onPointer: () => undefined,
    });
    this.capture.snapshot();
    this.flush();
  }

  private read(): void {
    const sink = new Proxy({} as Ops, {
      get:
        (_, name) =>
        (...args: unknown[]) => {
          const texts = args.flat(3).filter((one): one is string => typeof one === 'string');
          if (texts.length > 0) this.told.push({ op: String(name), texts });
        },
    });
    readOps(this.writer.take(), this.table, sink);
  }

  flush(): void {
    do this.capture.flushNow();
    while (this.capture.partial && this.errors.length === 0);
  }

  stop(): void {
    this.capture.stop();
  }
}

const CONTROL = 'Ridealong sees this';
const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The settings of the page's own script element. */
function ofThePage(): Settings {
  const script = document.querySelector<HTMLScriptElement>('script[src*="/r/loader.js"]');
  const { mode, mask, block, show } = script?.dataset ?? {};
  return { mode: mode === undefined || mode === 'standard' ? 'standard' : 'strict', mask, block, show };
}

async function check({ mode, mask, block, show, secret, allow, seed }: CheckOptions): Promise<Checked> {
  const own = ofThePage();
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
