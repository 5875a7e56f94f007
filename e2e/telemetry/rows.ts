// What the agent's panels have, read in the agent's page by the object that tests get.
import { expect } from '@playwright/test';
import type { Value } from '@ridealong/wire/entries';
import type { Log } from '../../viewer/src/telemetry/log.ts';
import type { Telemetry } from '../../viewer/src/telemetry/model.ts';
import type { Agent } from '../people.ts';

export interface ConsoleLine {
  epoch: number;
  method: number;
  depth: number;
  values: readonly Value[];
  stack: string;
  where: string;
  count: number;
}

export interface FailureLine {
  kind: number;
  name: string;
  message: string;
  stack: string;
  causes: readonly string[];
  where: string;
  count: number;
}

export interface RequestLine {
  kind: string;
  url: string;
  method: string;
  status: number;
  state: string;
  protocol: string;
  moved: number;
  encoded: number;
  decoded: number;
  headers: string;
  body: string;
  reason: string;
}

interface TestWindow {
  __ridealong: { telemetry: Telemetry };
}

/** Everything that was told, without what is an object of the viewer's. */
export interface Rows {
  console: ConsoleLine[];
  failures: FailureLine[];
  requests: RequestLine[];
  events: { kind: number; label: string; url: string; count: number; data: string }[];
  vitals: { name: string; value: number }[];
  environment: { whole: boolean; values: Record<string, string> }[];
  gauges: number;
  tasks: number;
  /** LEFT OUT, by panel. */
  leftOut: { kind: number; count: number }[];
  /** Entries that did not arrive. */
  gaps: number;
}

export function rowsOf(agent: Agent): Promise<Rows> {
  return agent.page.evaluate(() => {
    const { telemetry: t } = (window as unknown as TestWindow).__ridealong;
    const all = <T>(log: Log<T>): T[] => Array.from({ length: log.length }, (_, i) => log.at(i) as T);
    const rows: Rows = {
      ...{ console: [], failures: [], requests: [], events: [], vitals: [], environment: [], leftOut: [] },
      ...{ gauges: t.gauges.length, tasks: t.tasks.length, gaps: 0 },
    };
    const seen = new Set<unknown>();
    const other = (row: { type: string }) => {
      const at = row as { type: string; entry?: { kind: number; count: number }; count?: number };
      const sign = at.entry ?? row;
      if (seen.has(sign)) return;
      seen.add(sign);
      if (at.type === 'leftOut' && at.entry) rows.leftOut.push({ kind: at.entry.kind, count: at.entry.count });
      if (at.type === 'gap') rows.gaps = Math.max(rows.gaps, at.count ?? 0);
    };
    for (const row of all(t.console))
      if (row.type === 'console') {
        const { method, depth, values, stack, where } = row.entry;
        rows.console.push({ epoch: row.doc.epoch, method, depth, values, stack, where, count: row.count });
      } else other(row);
    for (const row of all(t.errors))
      if (row.type === 'error' && row.failure) {
        const { kind, name, message, stack, causes, where } = row.failure;
        rows.failures.push({ kind, name, message, stack, causes, where, count: row.count });
      } else other(row);
    for (const row of all(t.network))
      if (row.type === 'request') {
        const { request, response, done, cut } = row;
        rows.requests.push({
          kind: ['fetch', 'xhr', 'beacon', 'websocket', 'eventsource'][request?.kind ?? 0] ?? '',
          ...{ url: request?.url ?? '', method: request?.method ?? '', status: response?.status ?? 0 },
          state: done ? String(done.outcome) : cut ? 'cut' : 'pending',
          protocol: done?.transfer.protocol ?? '',
          moved: done?.transfer.moved ?? 0,
          encoded: done?.transfer.encoded ?? 0,
          decoded: done?.transfer.decoded ?? 0,
          headers: JSON.stringify([request?.headers, response?.headers]),
          body: JSON.stringify([
            request?.text,
            done?.text,
            row.talk.rows.map((one) => one.type === 'message' && one.entry.text),
          ]),
          reason: done?.reason ?? '',
        });
      } else if (row.type === 'resource') {
        const { kind, url, status, transfer } = row.entry;
        rows.requests.push({
          ...{ kind, url, method: 'GET', status, state: '0', headers: '', body: '', reason: '' },
          ...{
            protocol: transfer.protocol,
            moved: transfer.moved,
            encoded: transfer.encoded,
            decoded: transfer.decoded,
          },
        });
      } else other(row);
    for (const row of all(t.events))
      if (row.type === 'happening') {
        const { kind, label, url, count, data } = row.entry;
        rows.events.push({ kind, label, url, count, data });
      } else other(row);
    for (const { entry } of all(t.vitals)) rows.vitals.push({ name: entry.name, value: entry.value });
    for (const { whole, values } of all(t.environment))
      rows.environment.push({ whole, values: Object.fromEntries(values) });
    return rows;
  });
}

/** Waits until the rows are so, and gives them. */
export async function untilRows(agent: Agent, such: (rows: Rows) => unknown, message?: string): Promise<Rows> {
  let rows: Rows | undefined;
  const ask = async () => {
    rows = await rowsOf(agent).catch(() => undefined);
    return Boolean(rows && such(rows));
  };
  await expect.poll(ask, { timeout: 20_000, ...(message ? { message } : {}) }).toBe(true);
  return rows as Rows;
}
