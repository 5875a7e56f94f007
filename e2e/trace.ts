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
  /** All of it, ms. */
  total: number;
}

const cpu = (event: Event) => (event.tdur ?? event.dur ?? 0) / 1000;

/**
 * The recorder's functions, and all microtasks: pages that are measured have none of their own, and what the recorder does in the
 * observer's callback or after an `await` has no other name in a trace.
 */
const ours = ({ name, args }: Event) =>
  name === 'RunMicrotasks' || (name === 'FunctionCall' && /\/r\/recorder/.test(args?.data?.url ?? ''));

function costOf(events: Event[]): Cost {
  const timed = events.filter((e) => e.ph === 'X').sort((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0));
  let [longest, total] = [0, 0];
  const threads = new Map<string, { task: Event; sum: number; until: number }>();
  for (const event of timed) {
    const key = `${event.pid}.${event.tid}`;
    if (event.name === 'ThreadControllerImpl::RunTask') threads.set(key, { task: event, sum: 0, until: 0 });
    const thread = threads.get(key);
    if (!thread || !ours(event) || event.ts < thread.until) continue;
    thread.until = event.ts + (event.dur ?? 0);
    thread.sum += cpu(event);
    total += cpu(event);
    longest = Math.max(longest, thread.sum);
  }
  return { longest, total };
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
      traceConfig: { includedCategories: ['toplevel', 'devtools.timeline', 'v8.execute'] },
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
