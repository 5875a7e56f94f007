// What videos and audios do: play, rest, are muted, where they are. What they show is with the pictures.

import type { Ops } from '@ridealong/wire';

/** Events after which there may be something to tell. */
export const MEDIA_EVENTS = ['play', 'pause', 'ended', 'seeked', 'ratechange', 'volumechange', 'loadedmetadata', 'emptied']; // biome-ignore format: a list

export function tellMedia(ops: Ops, id: number, element: HTMLMediaElement): void {
  const { paused, muted, ended, currentTime, duration, playbackRate, volume } = element;
  const bits = (paused ? 0 : 1) | (muted ? 2 : 0) | (ended ? 4 : 0);
  const length = Number.isFinite(duration) ? thousand(duration) : 0;
  ops.media(id, bits, thousand(currentTime), length, thousand(playbackRate), thousand(volume));
}

const thousand = (value: number): number => Math.min(2 ** 31, Math.max(0, Math.round(value * 1000)));
