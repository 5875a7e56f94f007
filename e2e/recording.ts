// A recording as the server gives it back, read in the test: every record of every chunk, in order.
import { decodeFrame, type Frame } from '@ridealong/wire';
import type { Agent } from './people.ts';

export interface Stored {
  at: number;
  tab: number;
  lane: number;
  frame: Frame;
}

export interface Detail {
  id: string;
  state: string;
  startedAt: number;
  why?: string;
  durationMs: number;
  title: string;
  pages: number;
  errors: number;
  failedRequests: number;
  clicks: number;
  documents: { tab: number; epoch: number; beganAt: number; url: string; title: string; gaps: unknown[] }[];
  chunks: { n: number; sealed: boolean; bytes: number }[];
}

function varint(bytes: Uint8Array, at: number): [value: number, next: number] {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++] as number;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return [value, at];
  }
}

export function readRecords(bytes: Uint8Array): Stored[] {
  const out: Stored[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [length, begin] = varint(bytes, at);
    const end = begin + length;
    const [time, tabAt] = varint(bytes, begin);
    const [tab, laneAt] = varint(bytes, tabAt);
    out.push({ at: time, tab, lane: bytes[laneAt] as number, frame: decodeFrame(bytes.subarray(laneAt + 1, end)) });
    at = end;
  }
  return out;
}

/** What the API says, asked as the agent. */
export async function detailOf(agent: Agent, id: string): Promise<Detail> {
  const response = await agent.context.request.get(`${agent.house.relay}/api/recordings/${id}`);
  if (!response.ok()) throw new Error(`${response.status()} ${await response.text()}`);
  return response.json();
}

/** Every record there is now. */
export async function recordsOf(agent: Agent, id: string): Promise<Stored[]> {
  const { chunks } = await detailOf(agent, id);
  const out: Stored[] = [];
  for (const { n } of chunks) {
    const response = await agent.context.request.get(`${agent.house.relay}/api/recordings/${id}/chunks/${n}`);
    if (!response.ok()) throw new Error(`chunk ${n}: ${response.status()} ${await response.text()}`);
    out.push(...readRecords(new Uint8Array(await response.body())));
  }
  return out;
}
