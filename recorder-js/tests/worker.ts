// The worker in the tests' own thread: what it was asked is answered when `step` is called.

import type { Job } from '../src/log/press.ts';
import { serve } from '../src/log/serve.ts';

export interface NearWorker {
  worker: Worker;
  /** Lets it do one job; false when it has none. */
  step: () => boolean;
  ended: () => boolean;
  fail: () => void;
}

export function nearWorker(): NearWorker {
  const asked: Job[] = [];
  let over = false;
  const inside: Pick<Worker, 'onmessage' | 'postMessage'> = {
    onmessage: null,
    postMessage: (payload: unknown) => outside.onmessage?.call(outside as never, { data: payload } as MessageEvent),
  };
  const outside = {
    onmessage: null as Worker['onmessage'],
    onerror: null as Worker['onerror'],
    postMessage: (job: Job) => asked.push(structuredClone(job)),
    terminate: () => {
      over = true;
      asked.length = 0;
    },
  };
  serve(inside);
  const step = () => {
    const data = asked.shift();
    if (data) inside.onmessage?.call(inside as never, { data } as MessageEvent);
    return data !== undefined;
  };
  const fail = () => outside.onerror?.call(outside as never, { preventDefault: () => undefined } as ErrorEvent);
  return { worker: outside as unknown as Worker, step, ended: () => over, fail };
}
