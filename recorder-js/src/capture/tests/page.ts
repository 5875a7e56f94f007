// What the tests load into their pages: capture, receiver and oracle, as `window.rig`.

import { Privacy } from '../../privacy/policy.ts';
import type { Mode, Settings } from '../../privacy/tighten.ts';
import { Capture } from '../capture.ts';
import * as strict from '../strict-css.ts';
import { canonical } from './oracle.ts';
import { randomStep } from './storm.ts';
import { Receiver } from './tree.ts';

let capture: Capture | undefined;
let receiver = new Receiver();
const errors: string[] = [];
const assets: string[] = [];
const pointer: number[] = [];
/** Pictures of canvases, in order. */
const shown: { n: number; width: number; height: number; middle: string }[] = [];
const dropped: number[] = [];
let streams = 0;

async function look(n: number, content: Blob | undefined): Promise<void> {
  if (!content) return void shown.push({ n, width: 0, height: 0, middle: '' });
  const { width, height } = await createImageBitmap(content);
  const context = new OffscreenCanvas(width, height).getContext('2d') as OffscreenCanvasRenderingContext2D;
  context.drawImage(await createImageBitmap(content), 0, 0);
  const near = [...context.getImageData(width >> 1, height >> 1, 1, 1).data].map((v) =>
    v < 8 ? 0 : v > 247 ? 255 : v,
  );
  shown.push({ n, width, height, middle: near.join() });
}
const ignored = document.querySelector('ridealong-bar');

function first(expected: string[], got: string[]): string {
  for (let i = 0; i < Math.max(expected.length, got.length); i++) {
    if (expected[i] === got[i]) continue;
    return `line ${i}\npage:     ${expected.slice(Math.max(0, i - 2), i + 2).join('\n          ')}\nreceiver: ${got.slice(Math.max(0, i - 2), i + 2).join('\n          ')}`;
  }
  return '';
}

/** Without what is told of pictures of canvases, which no attribute of the page's says. */
const drawn = (lines: string[]): string[] =>
  lines.map((line) => line.replace(/^( *(?:canvas|iframe) .*) src="[^"]*"/, '$1'));

function flush(): void {
  do capture?.flushNow();
  while (capture?.partial && errors.length === 0);
}

const rig = {
  errors,
  assets,
  pointer,
  shown,
  dropped,
  watched: true,
  receiver: () => receiver,
  start(settings: Settings | Mode = 'standard', snapshot = true, slice = 10, without = ''): void {
    const privacy = new Privacy(typeof settings === 'string' ? { mode: settings } : settings, strict);
    // A guard that does nothing: whoever looks for leaks has to notice.
    if (without)
      Object.defineProperty(privacy, without, {
        value:
          without === 'value'
            ? (_: Element, v: string) => v
            : without === 'inside'
              ? () => privacy.root
              : (v: string) => v,
      });
    receiver = new Receiver();
    capture = new Capture({
      window,
      ops: receiver.ops,
      flush: () => receiver.flush(),
      privacy,
      assets: {
        url(absolute, kind) {
          assets.push(`${kind} ${absolute}`);
          return assets.length;
        },
        stream: () => ++streams,
        show: look,
        drop: (n) => void dropped.push(n),
      },
      watched: () => rig.watched,
      alive: (id) => receiver.near.alive(id),
      told: (id, name) => receiver.near.nodes.get(id)?.attributes.get(name) ?? null,
      ignore: (node) => node === ignored,
      onError: (error) => errors.push(String(error instanceof Error ? error.stack : error)),
      onPointer: (x, y) => pointer.push(x, y),
      slice,
    });
    if (snapshot) capture.snapshot();
  },
  stop: () => capture?.stop(),
  flush,
  snapshot: () => capture?.snapshot(),
  /** One group; whether more is to come. */
  step(): boolean {
    capture?.flushNow();
    return capture?.partial === true;
  },
  /** '' when the receiver has what the page has; else where they differ first. */
  compare(sizes = true): string {
    try {
      flush();
    } catch (error) {
      return `threw ${error instanceof Error ? error.stack : error}`;
    }
    if (errors.length > 0) return `errors: ${errors.join('\n')}`;
    const near = drawn(receiver.near.canonical());
    const plain = (lines: string[]) => (sizes ? lines : lines.map((line) => line.replace(/(blocked \S+) .*/, '$1')));
    return first(plain(canonical()), plain(near)) || first(near, drawn(receiver.far.canonical()));
  },
  /** Without a flush of ours: what went out by itself, as soon as it is all there. */
  async settled(): Promise<string> {
    let difference = '';
    for (const end = performance.now() + 10_000; performance.now() < end; ) {
      await new Promise((resolve) => setTimeout(resolve, 60));
      await new Promise(requestAnimationFrame);
      await new Promise((resolve) => setTimeout(resolve, 0));
      if (errors.length > 0) return `errors: ${errors.join('\n')}`;
      difference = first(canonical(), drawn(receiver.far.canonical()));
      if (difference === '') break;
    }
    return difference;
  },
  /** Random changes from a seed; '' or the first difference. */
  async storm(seed: number, steps: number): Promise<string> {
    const next = random(seed);
    for (let i = 0; i < steps; i++) {
      const done: string[] = [];
      try {
        for (let n = 1 + Math.floor(next() * 4); n > 0; n--) done.push(randomStep(next));
      } catch (error) {
        return `seed ${seed} step ${i}: the storm itself: ${error}`;
      }
      if (next() < 0.3) await null;
      if (next() < 0.3) capture?.flushNow(); // a slice, or all there is
      if (next() < 0.03) await new Promise((resolve) => setTimeout(resolve, 9));
      const difference = next() < 0.2 ? rig.compare(false) : '';
      if (difference) return `seed ${seed} step ${i} after ${done.join(', ')}: ${difference}`;
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
    const difference = rig.compare(false);
    return difference && `seed ${seed} at the end: ${difference}`;
  },
};

/** mulberry32 */
function random(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export type Rig = typeof rig;
Object.defineProperty(window, 'rig', { value: rig });
