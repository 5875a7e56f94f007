// The recorder's own capture of this page without a session: what it writes is read again as an agent's browser would read it.
// Nothing is sent. For the preview, and for privacy-check.

import { type Ops, OpWriter } from '@ridealong/wire';
import { readOps, StringTable } from '@ridealong/wire/read';
import { Capture } from '../capture/capture.ts';
import { Ids } from '../capture/context.ts';
import { Mirror } from '../log/mirror.ts';
import type { Privacy } from '../privacy/policy.ts';
import type { Settings } from '../privacy/tighten.ts';

export interface Hearing {
  privacy: Privacy;
  /** Every op, as it is read. Calls that it does not have are left out. */
  sink: Partial<Ops>;
  /** A picture or a font that would be sent gets this number. */
  asset(address: string, n: number): void;
  /** After each group. */
  flushed(): void;
  onError(error: unknown): void;
  ignore(node: Node): boolean;
}

type Calls = Record<PropertyKey, ((...args: unknown[]) => void) | undefined>;

export class Hear {
  private readonly writer = new OpWriter();
  private readonly table = new StringTable();
  private readonly capture: Capture;
  private readonly ids = new Ids();
  private failed = false;

  constructor(private readonly hearing: Hearing) {
    const mirror = new Mirror();
    const both = [mirror, this.writer] as unknown as Calls[];
    let assets = 0;
    this.capture = new Capture({
      window,
      ops: calls((name, args) => {
        for (const to of both) to[name]?.(...args);
      }),
      flush: () => this.read(),
      privacy: hearing.privacy,
      assets: {
        url(address) {
          hearing.asset(address, ++assets);
          return assets;
        },
      },
      ids: this.ids,
      alive: (id) => mirror.alive(id),
      told: (id, name) => mirror.told(id, name),
      ignore: (node) => hearing.ignore(node),
      onError: (error) => this.fail(error),
      onPointer: () => undefined,
    });
  }

  /** The whole page, and what changes from then on. */
  begin(): void {
    this.capture.snapshot();
    this.flush();
  }

  /** All that is to be told until now. */
  flush(): void {
    do this.capture.flushNow();
    while (this.capture.partial && !this.failed);
  }

  /** The id that a node of the page was told with. */
  idOf(node: Node): number {
    return this.ids.of(node) ?? 0;
  }

  stop(): void {
    this.capture.stop();
  }

  private read(): void {
    const sink = this.hearing.sink as unknown as Calls;
    readOps(
      this.writer.take(),
      this.table,
      calls((name, args) => sink[name]?.(...args)),
    );
    this.hearing.flushed();
  }

  private fail(error: unknown): void {
    this.failed = true;
    this.hearing.onError(error);
  }
}

/** Ops of which every call is one of `call`. */
function calls(call: (name: string, args: unknown[]) => void): Ops {
  return new Proxy({} as Ops, {
    get:
      (_, name) =>
      (...args: unknown[]) =>
        call(String(name), args),
  });
}

/** The settings of the page's own script element. */
export function settingsOfThePage(): Settings {
  const script = document.querySelector<HTMLScriptElement>('script[src*="/r/loader.js"]');
  const from = (window as { ridealong?: { from?: { dataset?: DOMStringMap } } }).ridealong?.from;
  const { mode, mask, block, show } = script?.dataset ?? from?.dataset ?? {};
  return { mode: mode === undefined || mode === 'standard' ? 'standard' : 'strict', mask, block, show };
}
