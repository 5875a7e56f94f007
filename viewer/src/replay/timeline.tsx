// The time line: where the playhead is, what happened when, what is here, where nothing happened and where something is missing.

import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Marker } from '../api/recordings.ts';
import { Icon } from '../parts/icon.tsx';
import { clock } from '../sessions/words.ts';
import type { Stretch } from './gaps.ts';
import { lookOf, preciseClock, spokenTime } from './words.ts';

interface TimelineProps {
  at: number;
  duration: number;
  markers: readonly Marker[];
  buffered: readonly Stretch[];
  idle: readonly Stretch[];
  gaps: readonly Stretch[];
  /** Draws the picture of about a moment into an element that stays; false when there is none. */
  preview: (host: HTMLElement, at: number) => Promise<boolean>;
  /** Changes when more of the recording is here. */
  version: number;
  seek: (at: number) => void;
}

const STEP = 5000;
const LEAP = 30_000;
/** Before a picture is drawn for where the pointer is, ms. */
const SOON = 60;
/** Markers nearer than this stand as one, in parts of the whole. */
const CLUSTER = 1 / 240;

interface Cluster {
  at: number;
  markers: Marker[];
}

const RANK = ['error', 'failed-request', 'rage-click', 'note', 'dead-click', 'navigation', 'event', 'click'];
const rank = ({ kind }: Marker) => RANK.indexOf(kind);

export function clustersOf(markers: readonly Marker[], duration: number): Cluster[] {
  const width = duration * CLUSTER;
  const out: Cluster[] = [];
  for (const marker of [...markers].sort((a, b) => a.at - b.at)) {
    const last = out[out.length - 1];
    if (last && marker.at - last.at < width) last.markers.push(marker);
    else out.push({ at: marker.at, markers: [marker] });
  }
  for (const one of out) one.markers.sort((a, b) => rank(a) - rank(b));
  return out;
}

export function Timeline({ at, duration, markers, buffered, idle, gaps, preview, version, seek }: TimelineProps) {
  const track = useRef<HTMLDivElement>(null);
  const [hover, setHover] = useState<number | null>(null);
  const dragging = useRef(false);
  const clusters = useMemo(() => clustersOf(markers, duration), [markers, duration]);
  const percent = (ms: number) => `${duration > 0 ? Math.min(100, Math.max(0, (ms / duration) * 100)) : 0}%`;
  const momentOf = (event: PointerEvent) => {
    const box = track.current?.getBoundingClientRect();
    if (!box || box.width === 0) return 0;
    return Math.max(0, Math.min(duration, ((event.clientX - box.left) / box.width) * duration));
  };
  const press = (event: KeyboardEvent) => {
    const to = {
      ArrowLeft: at - STEP,
      ArrowRight: at + STEP,
      ArrowDown: at - STEP,
      ArrowUp: at + STEP,
      PageDown: at - LEAP,
      PageUp: at + LEAP,
      Home: 0,
      End: duration,
    }[event.key];
    if (to === undefined || event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    seek(to);
  };
  return (
    <div class="tl">
      <div
        class="tl-track"
        ref={track}
        role="slider"
        tabIndex={0}
        aria-label="Time line"
        aria-valuemin={0}
        aria-valuemax={Math.round(duration / 1000)}
        aria-valuenow={Math.round(at / 1000)}
        aria-valuetext={`${spokenTime(at)} of ${spokenTime(duration)}`}
        onKeyDown={press}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          dragging.current = true;
          seek(momentOf(event));
        }}
        onPointerMove={(event) => {
          const to = momentOf(event);
          setHover(to);
          if (dragging.current) seek(to);
        }}
        onPointerUp={() => {
          dragging.current = false;
        }}
        onPointerCancel={() => {
          dragging.current = false;
        }}
        onPointerLeave={() => setHover(null)}
        data-testid="timeline"
      >
        <div class="tl-rail" />
        {buffered.map(({ from, to }) => (
          <div class="tl-here" key={from} style={{ left: percent(from), width: percent(to - from) }} />
        ))}
        {idle.map(({ from, to }) => (
          <div class="tl-idle" key={from} style={{ left: percent(from), width: percent(to - from) }} />
        ))}
        <div class="tl-done" style={{ width: percent(at) }} />
        {gaps.map(({ from, to }) => (
          <div class="tl-gap" key={from} style={{ left: percent(from), width: percent(to - from) }} data-testid="gap" />
        ))}
        {clusters.map(({ at: when, markers: [first], markers: all }) =>
          first ? (
            <span
              key={`${when}.${first.kind}`}
              class={`tl-mark ${lookOf(first).tone} ${all.length > 1 ? 'many' : ''}`}
              style={{ left: percent(when) }}
              data-testid="marker"
              data-kind={first.kind}
            />
          ) : null,
        )}
        <div class="tl-head" style={{ left: percent(at) }} />
      </div>
      <Hover at={hover} {...{ clusters, duration, idle, gaps, preview, version }} />
    </div>
  );
}

interface HoverProps extends Pick<TimelineProps, 'duration' | 'idle' | 'gaps' | 'preview' | 'version'> {
  /** Null: the pointer is elsewhere. */
  at: number | null;
  clusters: readonly Cluster[];
}

/** What is at the place under the pointer. It stays in the document: a frame that is taken out of it begins anew. */
function Hover({ at, clusters, duration, idle, gaps, preview, version }: HoverProps) {
  const host = useRef<HTMLDivElement>(null);
  const [pictured, setPictured] = useState(false);
  useEffect(() => {
    if (at === null) return;
    const timer = setTimeout(() => {
      if (host.current) void preview(host.current, at).then(setPictured);
    }, SOON);
    return () => clearTimeout(timer);
  }, [at, version]);
  const left = at === null || duration <= 0 ? 0 : (at / duration) * 100;
  const markers =
    at === null ? [] : clusters.filter((one) => Math.abs(one.at - at) < duration * 0.008).flatMap((one) => one.markers);
  const within = (list: readonly Stretch[]) => list.some(({ from, to }) => at !== null && at >= from && at <= to);
  return (
    <div
      class={`tl-hover ${at === null ? 'away' : ''}`}
      style={{ left: `clamp(0px, calc(${left}% - 130px), calc(100% - 260px))` }}
      aria-hidden="true"
      data-testid="hover"
    >
      <div class={`tl-picture ${pictured ? '' : 'none'}`} ref={host} data-testid="preview" data-pictured={pictured} />
      <strong>{clock(at ?? 0)}</strong>
      {markers.slice(0, 3).map((one) => (
        <span class={`tl-words ${lookOf(one).tone}`} key={`${one.at}${one.kind}${one.label}`}>
          <Icon name={lookOf(one).icon} size={13} />
          {lookOf(one).word}
          {one.label && <em>{one.label}</em>}
        </span>
      ))}
      {markers.length > 3 && <span class="dim">and {markers.length - 3} more</span>}
      {markers.length === 0 && within(gaps) && <span class="tl-words bad">Something is missing here</span>}
      {markers.length === 0 && !within(gaps) && within(idle) && <span class="dim">Nothing happens</span>}
    </div>
  );
}

/** The time, as it runs. */
export function Clock({ at, duration }: { at: number; duration: number }) {
  return (
    <span class="pl-clock" data-testid="clock">
      <b>{preciseClock(at)}</b> / {clock(duration)}
    </span>
  );
}
