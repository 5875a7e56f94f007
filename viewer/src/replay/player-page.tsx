// /recordings/:id: the player. The stage is built once and stays; time line, panels and notes stand around it.

import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Marker, MarkerKind, RecordingDetail } from '../api/recordings.ts';
import { toLogin } from '../auth/account.ts';
import '../live/live.css';
import { StageHost } from '../live/stage-host.tsx';
import { nextTab, TabStrip } from '../live/tab-strip.tsx';
import { Button, IconButton } from '../parts/button.tsx';
import { Callout } from '../parts/callout.tsx';
import { CopyButton, copy } from '../parts/copy.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Icon } from '../parts/icon.tsx';
import { Logo } from '../parts/logo.tsx';
import { say } from '../parts/say.tsx';
import { dayAndTime, shortUrl } from '../sessions/words.ts';
import { go, stay } from '../shell/router.ts';
import { useTitle } from '../shell/title.ts';
import { Dock } from '../telemetry/dock.tsx';
import { DockState, PANELS, type PanelName } from '../telemetry/dock-state.ts';
import { Controls } from './controls.tsx';
import { exposeForTest } from './debug.ts';
import { inactive, joined, type Stretch } from './gaps.ts';
import { HandOver } from './hand-over.tsx';
import { Notes } from './notes.tsx';
import { SPEEDS } from './player.ts';
import './replay.css';
import { type Action, SHORTCUTS, useShortcuts } from './shortcuts.ts';
import { sourceOf } from './source.ts';
import { PlayerStore } from './store.ts';
import { Timeline } from './timeline.tsx';
import { lackOf, linkTo, lookOf, spokenTime, timeOf } from './words.ts';

const JUMP = 5000;
const KEEP_ADDRESS = 1000; // ms

export function PlayerPage({ recording }: { recording: string }) {
  const store = useMemo(() => new PlayerStore(sourceOf(recording), timeOf(location.search)), [recording]);
  useEffect(() => {
    const hide = exposeForTest(store);
    return () => {
      hide();
      store.close();
    };
  }, [store]);
  return <Opened store={store} id={recording} />;
}

type Sheet = 'help' | 'hand' | null;

function Opened({ store, id }: { store: PlayerStore; id: string }) {
  const detail = store.detail.value;
  const facts = store.facts.value;
  const problem = store.problem.value;
  const [sheet, setSheet] = useState<Sheet>(null);
  const [fit, setFit] = useState(true);
  const [side, setSide] = useState(false);
  const [writes, setWrites] = useState(0);
  const [off, setOff] = useState<ReadonlySet<MarkerKind>>(new Set());
  const dock = useMemo(() => new DockState(), []);
  const stage = useRef<HTMLDivElement>(null);
  const duration = Math.max(store.player?.duration ?? 0, detail?.durationMs ?? 0);
  const markers = useMarkers(detail);
  const shown = useMemo(() => markers.filter(({ kind }) => !off.has(kind)), [markers, off]);
  useTitle(detail ? detail.reference || detail.title || 'Recording' : 'Recording');
  useAddress(store);
  if (problem?.status === 401) toLogin();

  const seek = (at: number) => void store.seek(at);
  const step = (by: 1 | -1) => {
    const marker = store.step(by, shown);
    if (marker) say(`${lookOf(marker).word}${marker.label ? `: ${marker.label.slice(0, 120)}` : ''}`);
    else say(by > 0 ? 'No event follows' : 'No event before this');
  };
  const pace = (by: 1 | -1) => {
    const next = SPEEDS[SPEEDS.indexOf(store.speed.peek() as (typeof SPEEDS)[number]) + by];
    if (next) store.setSpeed(next);
  };
  const actions: Partial<Record<Action, () => void>> = {
    play: () => store.toggle(),
    back: () => seek(store.at.peek() - JUMP),
    on: () => seek(store.at.peek() + JUMP),
    previous: () => step(-1),
    next: () => step(1),
    earlier: () => void store.player?.stepFrame(-1),
    later: () => void store.player?.stepFrame(1),
    slower: () => pace(-1),
    faster: () => pace(1),
    skip: () => store.setSkips(!store.skips.peek()),
    full: () => void fullScreen(stage.current),
    fit: () => setFit(!fit),
    note: () => {
      setSide(true);
      setWrites(writes + 1);
    },
    copy: () => void copy(linkTo(id, store.at.peek()), 'link to this moment'),
    hand: () => setSheet('hand'),
    tab: () => facts.tabs.length > 1 && void store.pin(nextTab(facts)),
    follow: () => void store.pin(null),
    filter: () => document.querySelector<HTMLElement>('[data-testid=panel-filter]')?.focus(),
    help: () => setSheet('help'),
    ...(Object.fromEntries(PANELS.map((name) => [name, () => dock.toggle(name)])) as Record<PanelName, () => void>),
  };
  const run = (action: Action) => {
    const tenth = /^to(\d)$/.exec(action)?.[1];
    if (tenth !== undefined) seek((Number(tenth) / 10) * duration);
    else actions[action]?.();
  };
  useShortcuts(run);

  const nothing = detail && (detail.state === 'erased' || detail.chunks.length === 0);
  store.read.value; // what is here changes with it
  return (
    <div class="live player" data-testid="player" data-state={detail?.state} data-opened={store.opened.value}>
      <Bar detail={detail} store={store} run={run} side={side} setSide={setSide} id={id} />
      {detail && !nothing && <TabStrip facts={facts} show={(tab) => void store.pin(tab)} />}
      {detail && !nothing && <Lack store={store} detail={detail} />}
      <main class="pl-main">
        <div class="pl-picture" ref={stage}>
          <div class="live-stage">
            <StageHost
              attach={(host) => store.attach(host)}
              viewport={facts.viewport}
              fit={fit}
              standing={problem || nothing ? 'hidden' : 'shown'}
              title={facts.page?.title ?? ''}
            />
            {problem && <Failed message={problem.message} again={() => void store.open()} />}
            {nothing && <Nothing detail={detail} />}
            {store.skipped.value > 0 && store.playing.value && (
              <div class="pl-skipped" role="status">
                <Icon name="forward" /> Skipped {spokenTime(store.skipped.value)} in which nothing happened
              </div>
            )}
            {store.trouble.value && !problem && !nothing && <TroubleNote of={store.trouble.value} />}
          </div>
          {detail && !nothing && (
            <div class="pl-bar">
              <Timeline
                at={store.at.value}
                duration={duration}
                markers={shown}
                buffered={bufferedOf(store)}
                idle={idleOf(store, duration)}
                gaps={gapsOf(store)}
                preview={(host, at) => store.preview(host, at)}
                version={store.read.value}
                seek={seek}
              />
              <Controls
                store={store}
                duration={duration}
                counts={countsOf(markers)}
                off={off}
                toggle={(kind) => setOff(toggled(off, kind))}
                run={run}
                fit={fit}
              />
            </div>
          )}
          {detail && !nothing && <Dock telemetry={store.telemetry} dock={dock} facts={facts} />}
        </div>
        {side && detail && (
          <Notes
            detail={detail}
            at={store.at.value}
            tab={facts.shown}
            seek={seek}
            changed={(next) => {
              store.archive.detail = next;
              store.detail.value = next;
            }}
            writes={writes}
            close={() => setSide(false)}
          />
        )}
      </main>
      <Help open={sheet === 'help'} onClose={() => setSheet(null)} />
      {detail && <HandOver open={sheet === 'hand'} onClose={() => setSheet(null)} store={store} detail={detail} />}
    </div>
  );
}

interface BarProps {
  detail: RecordingDetail | null;
  store: PlayerStore;
  run: (action: Action) => void;
  side: boolean;
  setSide: (on: boolean) => void;
  id: string;
}

function Bar({ detail, store, run, side, setSide, id }: BarProps) {
  const { page, viewport } = store.facts.value;
  const url = page?.url || detail?.url || '';
  const title = page?.title || detail?.title || 'Recording';
  return (
    <header class="bar">
      <a class="bar-home" href="/recordings" onClick={stay} aria-label="Recordings">
        <Logo />
      </a>
      <div class="bar-where">
        <h1 class="bar-title" title={title} data-testid="page-title">
          {title}
        </h1>
        {url && (
          <div class="bar-url">
            <span title={url} data-testid="page-url">
              {shortUrl(url)}
            </span>
            <CopyButton text={url} what="page address" />
          </div>
        )}
      </div>
      {detail && (
        <div class="bar-state">
          {detail.state === 'live' && <span class="badge pl-live">Live</span>}
          {detail.state === 'partial' && <span class="badge pl-partial">Partial</span>}
          {detail.hold && <span class="badge">On hold</span>}
          {viewport && (
            <span
              class="badge size"
              title="The customer’s viewport in CSS pixels"
            >{`${viewport.width} × ${viewport.height}`}</span>
          )}
          <span class="badge pl-who" title={[detail.owner, detail.browser, detail.os].filter(Boolean).join(' · ')}>
            {detail.reference || detail.owner} · {dayAndTime(detail.startedAt)}
          </span>
        </div>
      )}
      <div class="bar-tools">
        <IconButton
          icon="link"
          name="Copy the link to this moment"
          keys="C"
          onClick={() => void copy(linkTo(id, store.at.peek()), 'link to this moment')}
          data-testid="copy-moment"
        />
        <IconButton icon="share" name="Hand over" keys="H" onClick={() => run('hand')} data-testid="hand-over" />
        <IconButton
          icon="note"
          name="Notes and tags"
          aria-pressed={side}
          onClick={() => setSide(!side)}
          data-testid="side"
        />
        <IconButton icon="help" name="Keyboard shortcuts" keys="?" class="tool-help" onClick={() => run('help')} />
      </div>
    </header>
  );
}

function Lack({ store, detail }: { store: PlayerStore; detail: RecordingDetail }) {
  store.read.value;
  const said = lackOf(detail, detail.documents, store.archive.lost.size, store.archive.damaged);
  if (!said) return null;
  return (
    <p class="pl-lack" role="status" data-testid="lack">
      <Icon name="warn" size={15} /> {said}
    </p>
  );
}

const TROUBLES: Record<string, string> = {
  gap: 'Some changes of the page did not arrive before this moment. The picture goes on from the next whole one.',
  damaged: 'This moment cannot be read. What comes before and after it can.',
  nothing: 'There is no picture of this moment.',
  'too-large': 'This page is too large to be shown.',
  stuck: 'This page is too heavy to be shown.',
};

function TroubleNote({ of }: { of: string }) {
  return (
    <div class="pl-skipped warn" role="status" data-testid="trouble">
      <Icon name="warn" /> {TROUBLES[of] ?? 'Something of this moment cannot be shown as it was.'}
    </div>
  );
}

function Failed({ message, again }: { message: string; again: () => void }) {
  return (
    <div class="screen">
      <Callout
        tone="bad"
        icon="warn"
        alert
        heading
        title="The recording did not open"
        testid="player-error"
        actions={
          <>
            <Button onClick={again}>Try again</Button>
            <Button onClick={() => go('/recordings')}>To the recordings</Button>
          </>
        }
      >
        {message}
      </Callout>
    </div>
  );
}

function Nothing({ detail }: { detail: RecordingDetail }) {
  const erased = detail.state === 'erased';
  const waits = detail.state === 'live';
  return (
    <div class="screen">
      <Callout
        heading
        icon={erased ? 'trash' : 'film'}
        title={
          erased ? 'This recording was erased' : waits ? 'Nothing has come yet' : 'There is nothing in this recording'
        }
        testid="nothing"
        actions={<Button onClick={() => go('/recordings')}>To the recordings</Button>}
      >
        {erased
          ? detail.why || 'Its key is gone, and with it everything that was in it.'
          : waits
            ? 'The customer’s page has not told anything so far. Reload in a moment.'
            : detail.why || 'The customer left before anything was kept.'}
      </Callout>
    </div>
  );
}

function Help({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={open} onClose={onClose} title="Keyboard shortcuts" testid="help">
      <dl class="keys">
        {SHORTCUTS.filter((one) => !one.hidden).map((one) => (
          <div key={one.action}>
            <dt>
              {one.shift && <kbd>⇧</kbd>}
              <kbd>{one.shown ?? one.keys[0]}</kbd>
            </dt>
            <dd>{one.what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}

function useMarkers(detail: RecordingDetail | null): Marker[] {
  return useMemo(() => {
    if (!detail) return [];
    const notes = detail.notes.map(
      ({ at, tab = 0, text }): Marker => ({ at, tab, epoch: 0, kind: 'note', label: text }),
    );
    return [...detail.markers.filter(({ kind }) => kind !== 'note'), ...notes];
  }, [detail]);
}

function countsOf(markers: readonly Marker[]): Partial<Record<MarkerKind, number>> {
  const counts: Partial<Record<MarkerKind, number>> = {};
  for (const { kind } of markers) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

function toggled(off: ReadonlySet<MarkerKind>, kind: MarkerKind): Set<MarkerKind> {
  const next = new Set(off);
  if (!next.delete(kind)) next.add(kind);
  return next;
}

function bufferedOf({ archive }: PlayerStore): Stretch[] {
  return joined(
    archive.chunks().filter(({ n }) => archive.read(n) && !archive.lost.has(n)),
    2000,
  );
}

function idleOf({ archive }: PlayerStore, duration: number): Stretch[] {
  return archive.chunks().every(({ n }) => archive.read(n)) ? inactive(archive.busy, duration) : [];
}

/** Chunks that could not be had, and frames that did not arrive, where it is known when they would have been. */
function gapsOf({ archive }: PlayerStore): Stretch[] {
  const lost = archive.chunks().filter(({ n }) => archive.lost.has(n));
  const missing = (archive.detail?.documents ?? []).flatMap(({ tab, epoch, beganAt, gaps }) =>
    gaps.flatMap(({ lane, from, to }) => {
      if (lane !== 1) return [];
      const { ops } = archive.log(tab, epoch);
      const before = ops.findLast(({ seq }) => seq < from);
      const after = ops.find(({ seq }) => seq > to);
      return before && after ? [{ from: beganAt + before.time, to: beganAt + after.time }] : [];
    }),
  );
  return joined([...lost, ...missing]);
}

/** The address says the moment, while it stands. */
function useAddress(store: PlayerStore): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = store.at.subscribe((at) => {
      if (!store.opened.peek()) return;
      clearTimeout(timer);
      timer = setTimeout(() => {
        const query = new URLSearchParams(location.search);
        query.set('t', (at / 1000).toFixed(1));
        history.replaceState(history.state, '', `${location.pathname}?${query}${location.hash}`);
      }, KEEP_ADDRESS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [store]);
}

async function fullScreen(element: HTMLElement | null): Promise<void> {
  try {
    if (document.fullscreenElement) await document.exitFullscreen();
    else await element?.requestFullscreen();
  } catch {
    say('The browser did not allow full screen.');
  }
}
