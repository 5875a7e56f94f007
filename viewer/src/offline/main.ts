// The player of a recording that is one file: no server, no network, no libraries. The recording stands in the document as JSON.

import type { RecordingDetail } from '../api/recordings.ts';
import { stageIn } from '../live/stage-part.ts';
import { Archive, type Source } from '../replay/archive.ts';
import { Player, SPEEDS } from '../replay/player.ts';
import { Screen, type Seen, Take } from '../replay/screen.ts';

/** In `#recording`; bytes are base64. */
export interface OfflineData {
  detail: RecordingDetail;
  chunks: Record<string, string>;
  contents: Record<string, string>;
  /** The stage's document of each mode, as an address. */
  stage: string;
  quirks: string;
  at: number;
}

const by = <E extends HTMLElement>(id: string): E => document.getElementById(id) as E;

function bytesOf(text: string | undefined): Uint8Array {
  if (text === undefined) throw new Error('not in this file');
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}

function sourceOf(data: OfflineData): Source {
  return {
    detail: async () => data.detail,
    chunk: async (n) => ({ bytes: bytesOf(data.chunks[n]), open: false }),
    content: async (hash) => bytesOf(data.contents[hash]),
  };
}

const two = (n: number) => String(n).padStart(2, '0');
const clock = (ms: number) => `${Math.floor(ms / 60_000)}:${two(Math.floor(ms / 1000) % 60)}`;

function begin(data: OfflineData): void {
  const archive = new Archive(sourceOf(data), Number.POSITIVE_INFINITY);
  const [host, line, time, play, speed, where] = [
    by('host'),
    by<HTMLInputElement>('line'),
    by('time'),
    by<HTMLButtonElement>('play'),
    by<HTMLSelectElement>('speed'),
    by('where'),
  ];
  let size = { width: 1280, height: 800 };
  const fit = () => {
    const room = by('room').getBoundingClientRect();
    const scale = Math.min(1, room.width / size.width, room.height / size.height);
    Object.assign(host.style, { width: `${size.width}px`, height: `${size.height}px`, transform: `scale(${scale})` });
  };
  const heard = <E extends keyof Seen>(event: E, of: Parameters<Seen[E]>) => {
    const [first] = of as unknown[];
    if (event === 'viewport') {
      size = first as typeof size;
      fit();
    }
    if (event === 'page') where.textContent = (first as { url: string }).url;
  };
  const stage = () => stageIn(host, true, (quirks) => (quirks ? data.quirks : data.stage));
  const screen = new Screen(
    () =>
      new Take(
        stage(),
        (hash) => archive.content(hash),
        (event, ...of) => heard(event, of),
      ),
  );
  const player: Player = new Player(archive, screen, {
    playhead: (at) => {
      line.value = String(Math.round(at));
      time.textContent = `${clock(at)} / ${clock(player.duration)}`;
    },
    playing: (on) => {
      play.textContent = on ? 'Pause' : 'Play';
    },
    waiting: () => undefined,
    shows: () => undefined,
    skipped: () => undefined,
    trouble: (reason) => {
      by('trouble').textContent = reason ? 'Something of this moment is missing.' : '';
    },
  });
  addEventListener('resize', fit);
  fit();
  controls(player, { line, play, speed });
  markers(player, data.detail);
  void archive.refresh().then(async () => {
    line.max = String(player.duration);
    for (const { n } of archive.chunks()) await archive.need(n);
    await player.seek(data.at);
    document.body.dataset.opened = 'true';
    let last = performance.now();
    const tick = (now: number) => {
      player.tick(Math.min(250, now - last));
      last = now;
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });
}

interface Controls {
  line: HTMLInputElement;
  play: HTMLButtonElement;
  speed: HTMLSelectElement;
}

function controls(player: Player, { line, play, speed }: Controls): void {
  const toggle = () => (player.playing ? player.pause() : player.play());
  line.oninput = () => void player.seek(Number(line.value));
  play.onclick = toggle;
  for (const one of SPEEDS) speed.append(new Option(`${one}×`, String(one), one === 1, one === 1));
  speed.onchange = () => {
    player.speed = Number(speed.value);
  };
  addEventListener('keydown', (event) => {
    if (event.target instanceof HTMLSelectElement || event.ctrlKey || event.metaKey || event.altKey) return;
    const acts: Record<string, () => void> = {
      ' ': toggle,
      k: toggle,
      ArrowLeft: () => void player.seek(player.at - 5000),
      ArrowRight: () => void player.seek(player.at + 5000),
    };
    const act = acts[event.key];
    if (!act || (event.key === ' ' && event.target instanceof HTMLButtonElement)) return;
    event.preventDefault();
    act();
  });
}

/** Errors and the like, as a list that leads to them. */
function markers(player: Player, detail: RecordingDetail): void {
  const notes = detail.notes.map(({ at, text }) => ({ at, kind: 'note', label: text }));
  for (const { at, kind, label } of [...detail.markers, ...notes].sort((a, b) => a.at - b.at)) {
    if (kind === 'click') continue;
    const button = document.createElement('button');
    button.textContent = `${clock(at)} ${kind.replace('-', ' ')}${label ? `: ${label}` : ''}`;
    button.className = kind;
    button.onclick = () => void player.seek(at);
    by('events').append(button);
  }
}

begin(JSON.parse(by('recording').textContent ?? '') as OfflineData);
