// What of a page's main thread is the recorder's, from a Chromium trace: CPU time, task by task.
import type { CDPSession, Page } from '@playwright/test';

interface Event {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  ts: number;
  dur?: number;
  tdur?: number;
  args?: { data?: { url?: string } };
}

export interface Cost {
  /** The most CPU time that the recorder took within one task, ms. */
  longest: number;
  /** Of that, the collection of garbage, and the page's layout where ours was the first to ask: either comes in any case. */
  engine: number;
  /** All of it, ms. */
  total: number;
}

const cpu = (event: Event) => (event.tdur ?? event.dur ?? 0) / 1000;

const recorders = ({ name, args }: Event) => name === 'FunctionCall' && /\/r\/recorder/.test(args?.data?.url ?? '');
const threadOf = ({ pid, tid }: Event) => `${pid}.${tid}`;

/**
 * The recorder's functions, and on its threads all microtasks: pages that are measured have none of their own, and what the recorder
 * does in the observer's callback or after an `await` has no other name in a trace.
 */
function costOf(events: Event[]): Cost {
  const its = new Set(events.filter(recorders).map(threadOf));
  const timed = events
    .filter((e) => e.ph === 'X' && its.has(threadOf(e)))
    .sort((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0));
  let [longest, engine, total] = [0, 0, 0];
  const threads = new Map<string, { sum: number; until: number; engine: number; busy: number }>();
  for (const event of timed) {
    const key = threadOf(event);
    if (event.name === 'ThreadControllerImpl::RunTask') threads.set(key, { sum: 0, until: 0, engine: 0, busy: 0 });
    const thread = threads.get(key);
    if (!thread) continue;
    const end = event.ts + (event.dur ?? 0);
    if (event.ts < thread.until) {
      if (!/^(?:V8\.GC|Layout$|UpdateLayoutTree$)/.test(event.name) || event.ts < thread.busy) continue;
      thread.busy = end;
      thread.engine += cpu(event);
    } else if (event.name === 'RunMicrotasks' || recorders(event)) {
      thread.until = end;
      thread.sum += cpu(event);
      total += cpu(event);
    }
    if (thread.sum < longest) continue;
    longest = thread.sum;
    engine = thread.engine;
  }
  return { longest, engine, total };
}

export class Trace {
  private readonly events: Event[] = [];

  private constructor(private readonly client: CDPSession) {
    client.on('Tracing.dataCollected', ({ value }) => this.events.push(...(value as unknown as Event[])));
  }

  static async of(page: Page): Promise<Trace> {
    const client = await page.context().newCDPSession(page);
    const trace = new Trace(client);
    await client.send('Tracing.start', {
      transferMode: 'ReportEvents',
      traceConfig: { includedCategories: ['toplevel', 'devtools.timeline', 'v8.execute', 'disabled-by-default-v8.gc'] },
    });
    return trace;
  }

  async end(): Promise<Cost> {
    const complete = new Promise((resolve) => this.client.once('Tracing.tracingComplete', resolve));
    await this.client.send('Tracing.end');
    await complete;
    await this.client.detach();
    return costOf(this.events);
  }
}

/** What the page's scripts hold after a collection, MiB. */
export async function heap(page: Page): Promise<number> {
  const client = await page.context().newCDPSession(page);
  await client.send('HeapProfiler.enable');
  await client.send('HeapProfiler.collectGarbage');
  const usage = (await client.send('Runtime.getHeapUsage')) as { usedSize: number; backingStorageSize?: number };
  await client.detach();
  return (usage.usedSize + (usage.backingStorageSize ?? 0)) / 1024 / 1024;
}
