// Maps in a worker, asked from here. A worker that dies or does not answer in time is given up with all its maps: whoever waits gets null,
// and the next map has a new one.

import type { Place } from './place.ts';
import type { Order } from './worker.ts';
import address from './worker.ts?worker&url';

const PATIENCE = 30_000;

/** An open map. `lost` when its worker is gone. */
export interface FarMap {
  trace(line: number, column: number): Promise<Place | null>;
  close(): void;
  readonly lost: boolean;
}

interface Far {
  worker: Worker;
  waiting: Map<number, (answer: unknown) => void>;
  lost: boolean;
}

let current: Far | null = null;
let count = 0;

/** Null for what is no map. `bytes` are gone afterwards. */
export async function openFar(bytes: Uint8Array<ArrayBuffer>, url: string): Promise<FarMap | null> {
  const far = current ?? hire();
  if (!far) return null;
  const map = ++count;
  if ((await ask(far, { n: ++count, map, bytes, url }, [bytes.buffer])) !== true) return null;
  return {
    trace: (line, column) => ask(far, { n: ++count, map, line, column }) as Promise<Place | null>,
    close: () => far.worker.postMessage({ map } satisfies Order),
    get lost() {
      return far.lost;
    },
  };
}

function hire(): Far | null {
  try {
    const far: Far = { worker: new Worker(trusted()), waiting: new Map(), lost: false };
    far.worker.onmessage = ({ data }: MessageEvent<{ n: number; answer: unknown }>) =>
      far.waiting.get(data.n)?.(data.answer);
    far.worker.onerror = () => giveUp(far);
    current = far;
    return far;
  } catch {
    return null;
  }
}

function giveUp(far: Far): void {
  if (far.lost) return;
  far.lost = true;
  far.worker.terminate();
  if (current === far) current = null;
  for (const answer of [...far.waiting.values()]) answer(null);
}

function ask(far: Far, order: Order & { n: number }, transfer: Transferable[] = []): Promise<unknown> {
  if (far.lost) return Promise.resolve(null);
  return new Promise((resolve) => {
    const late = setTimeout(() => giveUp(far), PATIENCE);
    far.waiting.set(order.n, (answer) => {
      clearTimeout(late);
      far.waiting.delete(order.n);
      resolve(answer);
    });
    far.worker.postMessage(order, transfer);
  });
}

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): unknown };
}

/** The one policy that the app's headers allow, made once; it gives this worker's address and nothing else. */
let policy: { createScriptURL(url: string): unknown } | undefined;

function trusted(): string {
  const types = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
  if (!types) return address;
  policy ??= types.createPolicy('ridealong-worker', { createScriptURL: () => address });
  return policy.createScriptURL(address) as string; // TypeScript knows no Trusted Types
}
