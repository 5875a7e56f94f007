// The worker's side: keeps the mirror, deflates what is large. What comes back is the answer to each job, in order, and besides, as a
// text, what the mirror refused: it is of no use then until a reset.

import { Deflater, Op, OpWriter } from '@ridealong/wire';
import { readOps, StringTable } from '@ridealong/wire/read';
import { Mirror } from './mirror.ts';
import { Act, type Job, type Raw } from './press.ts';

export function serve(port: Pick<Worker, 'onmessage' | 'postMessage'>): void {
  const stream = new Deflater();
  const mirror = new Mirror();
  const table = new StringTable();
  let broken = false;

  function keep([ops, fresh, at]: Raw, now: number): void {
    if (fresh) table.fresh();
    if (ops[0] === Op.reset) broken = false;
    if (broken) return;
    mirror.late = now - at;
    try {
      readOps(ops, table, mirror);
    } catch (error) {
      broken = true;
      port.postMessage(String(error));
    }
  }

  function whole(): Uint8Array<ArrayBuffer> {
    const writer = new OpWriter();
    mirror.keyframe(writer);
    return new Deflater().frame(writer.take());
  }

  function hash(): Uint8Array<ArrayBuffer> {
    const writer = new OpWriter();
    const { count, value } = mirror.treeHash();
    writer.hash(count, value);
    return writer.take();
  }

  function answer([lump, act, fresh]: Job): Uint8Array<ArrayBuffer> | undefined {
    const last = lump[lump.length - 1]?.[0] ?? new Uint8Array();
    if (act === Act.stream) {
      if (fresh) stream.fresh();
      return stream.frame(last);
    }
    if (act === Act.alone) return new Deflater().frame(last);
    if (broken) return undefined;
    return act === Act.keyframe ? whole() : hash();
  }

  port.onmessage = ({ data }: MessageEvent<Job>) => {
    const [lump, act, , now] = data;
    const keepAll = () => {
      for (const raw of lump) keep(raw, now);
    };
    // Who waits for an answer gets it first, where it does not need the mirror.
    const later = act === Act.stream || act === Act.alone;
    if (!later) keepAll();
    if (act !== Act.none) {
      const payload = answer(data);
      port.postMessage(payload, payload ? [payload.buffer] : []);
    }
    if (later) keepAll();
  };
}
