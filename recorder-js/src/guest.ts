// The recorder of a page in a frame of another origin: it has no session and no socket of its own. It writes what may be seen of its page, by
// its own site's rules and those of the page around it, and gives it to the recorder there (capture/guests.ts), which asked for it.

import { OpWriter } from '@ridealong/wire';
import { Capture } from './capture/capture.ts';
import { Ids } from './capture/context.ts';
import { Say } from './capture/say.ts';
import { readUrl } from './log/assets.ts';
import { Known } from './log/known.ts';
import { tee } from './log/log.ts';
import { Privacy, rulesFor } from './privacy/policy.ts';
import { type Settings, tighten } from './privacy/tighten.ts';

/** Bytes on the way that were not taken yet. */
const AHEAD = 256 * 1024;
const MAX_FAULTS = 3;

let stop: (() => void) | undefined;

const texts = (list: unknown): string[] =>
  Array.isArray(list) ? list.filter((one): one is string => typeof one === 'string') : [];

/** The rules of both pages: each can only hide. */
export function joined(own: Settings, [, mode, mask, block]: readonly unknown[]): Settings {
  let settings = tighten(own, { mode: mode ?? undefined });
  for (const selector of texts(mask)) settings = tighten(settings, { mask: selector });
  for (const selector of texts(block)) settings = tighten(settings, { block: selector });
  return settings;
}

/** `asked` is what the page around said. Another question takes the place of the one before. */
export async function guest(port: MessagePort, own: Settings, asked: readonly unknown[]): Promise<void> {
  stop?.();
  const settings = joined(own, asked);
  const privacy = new Privacy(settings, await rulesFor(settings));
  const [, , , , base, most] = asked.map(Number) as [number, number, number, number, number, number];
  const writer = new OpWriter();
  const known = new Known();
  const numbers = new Map<string, number>();
  let ahead = 0;
  let faults = 0;
  let fresh = true;
  const send = (message: unknown[], transfer: Transferable[] = []) => port.postMessage(message, transfer);

  async function read(n: number, address: string): Promise<void> {
    const { bytes, type = '' } = (await readUrl(address).catch(() => undefined)) ?? {};
    send([Say.asset, n, bytes, type]);
  }

  const capture = new Capture({
    window,
    ops: tee(() => known, writer),
    flush() {
      if (writer.length === 0) return;
      const raw = writer.take();
      ahead += raw.length;
      send([Say.ops, raw, fresh], [raw.buffer]);
      fresh = writer.full;
      if (fresh) writer.fresh();
    },
    room: () => ahead < AHEAD,
    privacy,
    assets: {
      url(address) {
        const before = numbers.get(address);
        if (before !== undefined || numbers.size >= most) return before ?? 0;
        const n = base + numbers.size + 1;
        numbers.set(address, n);
        void read(n, address);
        return n;
      },
    },
    ids: new Ids(),
    alive: (id) => known.alive(id),
    told: (id, name) => known.told(id, name),
    ignore: () => false,
    onError() {
      if (++faults >= MAX_FAULTS) return stop?.();
      writer.take();
      writer.fresh();
      fresh = true;
      queueMicrotask(() => capture.snapshot());
    },
    onPointer: (x, y) => send([Say.point, x, y]),
  });
  const mine = () => {
    capture.stop();
    port.close();
    if (stop === mine) stop = undefined;
  };
  stop = mine;
  port.onmessage = ({ data }: MessageEvent<unknown>) => {
    const [say, bytes] = data as unknown[];
    if (say === Say.ops) ahead -= Number(bytes);
    else mine();
  };
  capture.snapshot();
}
