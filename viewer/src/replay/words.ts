// Words of the player and of the recordings: times, kinds of markers, what a recording lacks.

import type { Marker, MarkerKind, RecordedDocument, RecordingSummary } from '../api/recordings.ts';
import type { IconName } from '../parts/icon.tsx';
import { clock } from '../sessions/words.ts';

export interface KindLook {
  word: string;
  plural: string;
  icon: IconName;
  tone: 'bad' | 'warn' | 'accent' | 'plain' | 'note';
}

export const KINDS: Record<MarkerKind, KindLook> = {
  error: { word: 'Error', plural: 'Errors', icon: 'error', tone: 'bad' },
  'failed-request': { word: 'Failed request', plural: 'Failed requests', icon: 'network', tone: 'bad' },
  'rage-click': { word: 'Rage clicks', plural: 'Rage clicks', icon: 'warn', tone: 'warn' },
  'dead-click': { word: 'Dead click', plural: 'Dead clicks', icon: 'clear', tone: 'warn' },
  navigation: { word: 'Page', plural: 'Pages', icon: 'arrow', tone: 'accent' },
  click: { word: 'Click', plural: 'Clicks', icon: 'click', tone: 'plain' },
  event: { word: 'Event', plural: 'Events', icon: 'star', tone: 'plain' },
  note: { word: 'Note', plural: 'Notes', icon: 'note', tone: 'note' },
};

export const ALL_KINDS = Object.keys(KINDS) as MarkerKind[];

export function lookOf(marker: Pick<Marker, 'kind'>): KindLook {
  return KINDS[marker.kind] ?? KINDS.event;
}

/** 83,456 ms → "1:23.4". */
export function preciseClock(ms: number): string {
  return `${clock(ms)}.${Math.floor((Math.max(0, ms) % 1000) / 100)}`;
}

/** "1 min 20 s", for ears and sentences. */
export function spokenTime(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1000));
  const parts = [
    [Math.floor(s / 3600), 'h'],
    [Math.floor(s / 60) % 60, 'min'],
    [s % 60, 's'],
  ] as const;
  const said = parts.filter(([n]) => n > 0).map(([n, unit]) => `${n} ${unit}`);
  return said.join(' ') || '0 s';
}

/** `?t=` of an address, seconds with a fraction, as ms. */
export function timeOf(search: string): number {
  const t = Number(new URLSearchParams(search).get('t') ?? 0);
  return Number.isFinite(t) && t > 0 ? Math.round(t * 1000) : 0;
}

export function linkTo(recording: string, at: number): string {
  return `${location.origin}/recordings/${recording}?t=${(Math.max(0, at) / 1000).toFixed(1)}`;
}

/** What is missing of a recording, in a sentence; null when nothing is. */
export function lackOf(
  summary: Pick<RecordingSummary, 'state' | 'why'>,
  documents: readonly RecordedDocument[],
  lost: number,
  damaged: number,
): string | null {
  const said: string[] = [];
  if (summary.state === 'partial') said.push(summary.why || 'The recording is not whole.');
  const gaps = documents.reduce((sum, { gaps }) => sum + gaps.length, 0);
  if (gaps > 0) said.push(gaps === 1 ? 'Once something did not arrive.' : `${gaps} times something did not arrive.`);
  if (lost > 0)
    said.push(
      lost === 1
        ? 'One part could not be loaded and is left out.'
        : `${lost} parts could not be loaded and are left out.`,
    );
  if (damaged > 0)
    said.push(
      damaged === 1 ? 'One record is damaged and is left out.' : `${damaged} records are damaged and are left out.`,
    );
  return said.length > 0 ? said.join(' ') : null;
}

const KB = 1024;

export function sizeOf(bytes: number): string {
  if (bytes < KB) return `${bytes} B`;
  if (bytes < KB * KB) return `${Math.round(bytes / KB)} KB`;
  return `${(bytes / KB / KB).toFixed(bytes < 10 * KB * KB ? 1 : 0)} MB`;
}
