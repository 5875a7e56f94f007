// The worker that has the maps: decoding a large one takes seconds, and nothing of a map is run through the app's own thread.

import { type Trace, traceOf } from './trace.ts';

/** Open a map; ask one; let go of one. Opening and asking are answered by their number. */
export type Order =
  | { n: number; map: number; bytes: Uint8Array; url: string }
  | { n: number; map: number; line: number; column: number }
  | { map: number };

const maps = new Map<number, Trace>();

addEventListener('message', ({ data }: MessageEvent<Order>) => {
  if (!('n' in data)) {
    maps.delete(data.map);
    return;
  }
  if ('bytes' in data) {
    const trace = traceOf(data.bytes, data.url);
    if (trace) maps.set(data.map, trace);
    postMessage({ n: data.n, answer: trace !== null });
    return;
  }
  postMessage({ n: data.n, answer: maps.get(data.map)?.(data.line, data.column) ?? null });
});
