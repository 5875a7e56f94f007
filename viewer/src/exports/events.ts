// A tab of a recording read from front to back into rrweb events.

import type { Archive } from '../replay/archive.ts';
import { Reading } from '../replay/reading.ts';
import { namedIn } from './contents.ts';
import { type RrEvent, RrwebDocument } from './rrweb.ts';

/** ms */
const AFTER = 500;

export async function rrwebOf(archive: Archive, tab: number, progress: (part: number) => void): Promise<RrEvent[]> {
  const events: RrEvent[] = [];
  const documents = (archive.detail?.documents ?? [])
    .filter((one) => one.tab === tab)
    .sort((a, b) => a.beganAt - b.beganAt);
  const chunks = archive.chunks();
  for (const { n } of chunks) await archive.need(n);
  for (const [i, { epoch, beganAt }] of documents.entries()) {
    const log = archive.log(tab, epoch);
    const urls = await addresses(archive, tab, epoch);
    const writer = new RrwebDocument((event) => events.push(event), (archive.detail?.startedAt ?? 0) + beganAt);
    const reading = new Reading(log, archive, {
      ops: (raw, meta) => writer.frame(raw, meta),
      asset: (_, n, hash) => writer.address(n, urls.get(hash) ?? ''),
      refused: (_, n) => writer.address(n, ''),
    });
    const first = log.keyframes[0];
    if (first) await archive.need(first.chunk);
    if (first && reading.begin(first, first.time))
      await readAll(
        archive,
        reading,
        chunks.map(({ n }) => n),
      );
    progress((i + 1) / documents.length);
  }
  events.sort((a, b) => a.timestamp - b.timestamp);
  const last = events[events.length - 1];
  // A player that goes to the end stops before what happens at that very moment.
  if (last) events.push({ type: 5, data: { tag: 'end', payload: {} }, timestamp: last.timestamp + AFTER });
  return events;
}

/** Step by step, so that contents change when they did. */
async function readAll(archive: Archive, reading: Reading, chunks: readonly number[]): Promise<void> {
  for (let rest = chunks.length; rest >= 0; ) {
    const next = reading.nextTime;
    if (next === undefined) return;
    if (reading.to(next)) {
      if (reading.nextTime === next) return;
      continue;
    }
    rest--;
    const frame = reading.log.ops[reading.log.from(reading.seq + 1)];
    if (frame) await archive.need(frame.chunk);
  }
}

async function addresses(archive: Archive, tab: number, epoch: number): Promise<Map<string, string>> {
  const urls = new Map<string, string>();
  for (const { hash, mime } of namedIn(archive, tab, epoch)) {
    if (urls.has(hash)) continue;
    const bytes = await archive.content(hash);
    if (bytes) urls.set(hash, await dataUrl(bytes, mime));
  }
  return urls;
}

function dataUrl(bytes: Uint8Array, mime: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(new Error('content'));
    reader.readAsDataURL(new Blob([new Uint8Array(bytes)], { type: mime }));
  });
}
