// What canvases and videos show, as pictures: read in the page, told as the newest content of a stream (log/assets.ts).
//
// Guarantees: only what is shown by policy and can be seen is read, while somebody watches, three times a second at most, and at most
// one part in SHARE of the time; nothing is made of what did not change, nor before the one before was taken; no canvas gets a context
// or another state by us. One look is a small copy, compared; only when it differs a larger copy is encoded, outside of this thread
// where the browser can.
//
// A canvas of WebGL is empty again once it was painted, so what the page draws on it is copied when the page's own task is over, once in a
// task and at most one part in SHARE of the time, or every VIDEO ms; a frame that comes too soon after another is missed if it is the last. What holds a picture of another origin cannot be read: it is told as refused.

import {
  attribute,
  defaultView,
  isConnected,
  listen,
  localName,
  native,
  ownerDocument,
  visibilityState,
} from '../dom.ts';
import { Level } from '../privacy/policy.ts';
import { type Context, isBlocked, known } from './context.ts';
import { MEDIA_EVENTS, tellMedia } from './media.ts';
import type { Patches } from './patch.ts';

/** Between two looks at one that changes, ms; at one that does not; at a video. */
const EVERY = 300;
const REST = 1000;
const VIDEO = 2000;
/** What a look would not notice is told after this time, ms. */
const WHOLE = 5000;
const SHARE = 20;
/** Of the small copy. */
const GRID = 64;
const MOST_PIXELS = 1_000_000;
const MOST_BYTES = 256 * 1024;
const QUALITY = 0.8;

/** What paints on a canvas that does not keep it. */
const PAINTS = [
  'clear',
  'drawArrays',
  'drawElements',
  'drawArraysInstanced',
  'drawElementsInstanced',
  'drawRangeElements',
];

type Source = HTMLCanvasElement | HTMLVideoElement;

interface Held {
  /** The element's id; another one is another element for the receiving side. */
  id: number;
  n: number;
  seen: boolean;
  busy: boolean;
  /** Something was on it once. */
  drawn: boolean;
  sum: number;
  wait: number;
  /** When the next look and the next whole comparison are due. */
  next: number;
  whole: number;
  /** Of the copies: what is large as a file is made smaller. */
  scale: number;
  /** What was drawn last on one that does not keep it. */
  kept?: Surface | undefined;
  /** When the next copy may be made; not finite while one is about to be. */
  keep: number;
  /** What it does was told; always so for a canvas. */
  told: boolean;
  undos: (() => void)[];
}

export interface PicturesHost {
  guard: <A extends unknown[]>(f: (...args: A) => void) => (...args: A) => void;
  /** Writes ops, and sends them. */
  change: (write: () => void) => void;
  watched: () => boolean;
  patches: Patches;
}

export interface Pictures {
  /** A canvas, a video or an audio that was written. */
  add(element: Element): void;
  stop(): void;
}

const { getContext } = HTMLCanvasElement.prototype;

export function pictures(c: Context, host: PicturesHost): Pictures {
  const held = new Map<Element, Held>();
  const numbers = new WeakMap<Element, number>();
  const { window, assets } = c;
  const painted = new WeakSet<object>();
  let running = true;
  let asked = false;

  const seen = new window.IntersectionObserver(
    host.guard((entries) => {
      for (const { target, isIntersecting } of entries) {
        const one = held.get(target);
        if (one) one.seen = isIntersecting;
      }
      ask(0);
    }),
  );

  /** A look in the first frame after `ms`. */
  function ask(ms: number): void {
    if (asked || !running || held.size === 0) return;
    asked = true;
    const frame = host.guard(() => {
      asked = false;
      look();
    });
    const later = host.guard(() => {
      if (visibilityState(window.document) === 'visible') native(window, 'requestAnimationFrame').call(window, frame);
      else {
        asked = false;
        ask(REST);
      }
    });
    if (ms > 0) native(window, 'setTimeout').call(window, later, ms);
    else later();
  }

  function look(): void {
    let next = performance.now() + REST;
    c.privacy.forget(); // what was decided may be older than what the page did in this frame
    for (const [element, one] of held) {
      if (known(c, element) !== one.id || isBlocked(c, element, one.id) || !isConnected(element)) {
        forget(element, one);
        continue;
      }
      if (!one.told) does(element, one);
      const due = one.seen && !one.busy && host.watched() && shows(element);
      const now = performance.now();
      if (due && now >= one.next && assets.taken?.(one.n) !== false) {
        sized(element as Source, one);
        try {
          read(element as Source, one);
        } catch {
          one.wait = WHOLE; // a canvas in a state that cannot be copied
        }
        const end = performance.now();
        one.next = end + Math.max(one.wait, (end - now) * SHARE);
      }
      if (due) next = Math.min(next, Math.max(one.next, now + 50));
    }
    ask(next - performance.now());
  }

  function forget(element: Element, { n, undos }: Held): void {
    held.delete(element);
    for (const undo of undos) undo();
    seen.unobserve(element);
    assets.drop?.(n);
  }

  /** What a video or an audio does. */
  function does(element: Element, one: Held): void {
    if (known(c, element) !== one.id || isBlocked(c, element, one.id)) return;
    one.told = true;
    host.change(() => tellMedia(c.ops, one.id, element as HTMLMediaElement));
  }

  /** Hears of what the page paints by WebGL in one window. */
  function listenTo(window: (Window & typeof globalThis) | null): void {
    if (!window || painted.has(window)) return;
    painted.add(window);
    for (const kind of [window.WebGLRenderingContext, window.WebGL2RenderingContext])
      host.patches.after<{ canvas: unknown }>(kind, 'value', PAINTS, ({ canvas }) => {
        const one = held.get(canvas as Element);
        if (!one || (one.kept && !one.seen) || performance.now() < one.keep) return;
        one.keep = Number.POSITIVE_INFINITY;
        queueMicrotask(host.guard(() => keep(canvas as HTMLCanvasElement, one)));
      });
  }

  function keep(canvas: HTMLCanvasElement, one: Held): void {
    const { width, height } = canvas;
    const began = performance.now();
    if (running && held.get(canvas) === one && host.watched() && shows(canvas) && width && height) {
      const scale = Math.min(1, Math.sqrt(MOST_PIXELS / (width * height)));
      one.kept = copy(canvas, Math.ceil(width * scale), Math.ceil(height * scale), one.kept);
    }
    const ended = performance.now();
    one.keep = ended + Math.min(VIDEO, (ended - began) * SHARE);
  }

  const shows = (element: Element): boolean => c.privacy.of(element).text === Level.show;

  function tell(element: Element, { id }: Held, name: string, value: string): void {
    if (known(c, element) !== id || c.told(id, name) === value) return;
    host.change(() => c.ops.attributes(id, [name, value]));
  }

  /** A video has a size of its own, which on the other side nothing else tells. */
  function sized(element: Source, one: Held): void {
    const [width, height] = sizeOf(element);
    if (localName(element) !== 'video' || !width || !height) return;
    const w = attribute(element, 'width');
    const h = attribute(element, 'height');
    const ratio = width / height;
    if (w === null) tell(element, one, 'width', `${h === null ? width : Math.round(Number.parseInt(h, 10) * ratio)}`);
    if (h === null) tell(element, one, 'height', `${w === null ? height : Math.round(Number.parseInt(w, 10) / ratio)}`);
  }

  function read(element: Source, one: Held): void {
    const [width, height] = sizeOf(element);
    const film = localName(element) === 'video';
    one.wait = film ? VIDEO : Math.min(REST, one.wait * 2);
    if (!width || !height || (film && !isBegun(element as HTMLVideoElement))) return;
    const now = performance.now();
    const source = one.kept ?? element;
    const small = copy(source, GRID, GRID);
    const sum = small && sumOf(small);
    if (sum === undefined) return void refuse(element, one).catch(() => undefined);
    // Nothing is on it, or it was painted and is empty for that.
    if (sum === 0 && !(one.drawn && isFlat(element))) return;
    one.drawn = true;
    if (sum === one.sum && now < one.whole) return;
    if (sum !== one.sum) one.wait = film ? VIDEO : EVERY;
    one.sum = sum;
    one.whole = now + WHOLE;
    const scale = Math.min(1, one.scale, Math.sqrt(MOST_PIXELS / (width * height)));
    const large = copy(source, Math.ceil(width * scale), Math.ceil(height * scale));
    if (large) void send(element, one, large, scale);
  }

  async function send(element: Source, one: Held, large: Surface, scale: number): Promise<void> {
    one.busy = true;
    try {
      const picture = await encode(large);
      one.scale = picture.size > MOST_BYTES ? scale / 2 : one.scale;
      // Meanwhile it may have been hidden.
      c.privacy.forget();
      if (running && held.get(element) === one && known(c, element) === one.id && shows(element))
        await show(element, one, picture);
    } catch {
      one.whole = 0;
    }
    one.busy = false;
  }

  async function refuse(element: Source, one: Held): Promise<void> {
    one.wait = WHOLE;
    // What it has besides a picture of its own is a film's poster.
    if (localName(element) === 'canvas' || attribute(element, 'poster') === null) await show(element, one, undefined);
  }

  async function show(element: Source, one: Held, picture: Blob | undefined): Promise<void> {
    await assets.show?.(one.n, picture);
    if (running)
      host.guard(() => tell(element, one, localName(element) === 'video' ? 'poster' : 'src', `asset:${one.n}`))();
  }

  return {
    add(element) {
      const id = known(c, element);
      if (id === undefined) return;
      const tag = localName(element);
      const n = tag === 'audio' ? 0 : (numbers.get(element) ?? assets.stream?.() ?? 0);
      for (const undo of held.get(element)?.undos ?? []) undo();
      numbers.set(element, n);
      const fresh = {
        seen: false,
        busy: false,
        drawn: false,
        sum: -1,
        wait: EVERY,
        next: 0,
        whole: 0,
        scale: 1,
        keep: 0,
      };
      const one: Held = { ...fresh, id, n, told: tag === 'canvas', undos: [] };
      held.set(element, one);
      if (tag === 'canvas') listenTo(defaultView(ownerDocument(element)));
      if (!one.told)
        for (const name of MEDIA_EVENTS)
          one.undos.push(
            listen(
              element,
              name,
              host.guard(() => does(element, one)),
            ),
          );
      seen.unobserve(element);
      if (n !== 0) seen.observe(element);
      ask(0);
    },
    stop() {
      running = false;
      seen.disconnect();
      for (const [element, one] of held) forget(element, one);
    },
  };
}

function sizeOf(element: Source): readonly [number, number] {
  if (localName(element) === 'canvas')
    return [(element as HTMLCanvasElement).width, (element as HTMLCanvasElement).height];
  return [(element as HTMLVideoElement).videoWidth, (element as HTMLVideoElement).videoHeight];
}

/** Whether a film shows a picture of its own, and not its poster. */
function isBegun(film: HTMLVideoElement): boolean {
  return film.readyState > 1 && (film.played.length > 0 || film.currentTime > 0 || attribute(film, 'poster') === null);
}

/** Whether it keeps what was drawn. Asked only of those on which something was: they have a context, and get no other. */
function isFlat(element: Source): boolean {
  if (localName(element) === 'video') return true;
  try {
    return (getContext as (this: Element, kind: string) => unknown).call(element, '2d') !== null;
  } catch {
    return false; // a worker draws on it
  }
}

interface OnPage {
  width: number;
  height: number;
  content?: Blob;
  /** The page cannot show it. */
  broken?: boolean;
}

/** A picture that is on the page: its own size, and a copy of it where it may be read. An address of a script's may be gone, or forbidden. */
export async function onPage(url: string): Promise<OnPage | undefined> {
  for (const picture of document.images) {
    if (picture.currentSrc !== url) continue;
    const broken = await picture.decode().then(
      () => false,
      () => true,
    );
    const { naturalWidth: width, naturalHeight: height } = picture;
    if (width === 0) return { width, height, broken };
    const scale = Math.min(1, Math.sqrt(MOST_PIXELS / (width * height)));
    try {
      const surface = copy(picture, Math.ceil(width * scale), Math.ceil(height * scale));
      if (surface) return { width, height, content: await encode(surface) };
    } catch {
      // Of another origin that does not give it.
    }
    return { width, height };
  }
  return undefined;
}

type Surface = OffscreenCanvas | HTMLCanvasElement;

function copy(
  of: Source | Surface | HTMLImageElement,
  width: number,
  height: number,
  over?: Surface,
): Surface | undefined {
  const same = over?.width === width && over.height === height ? over : undefined;
  const surface =
    same ??
    (typeof OffscreenCanvas === 'function'
      ? new OffscreenCanvas(width, height)
      : Object.assign(document.createElement('canvas'), { width, height }));
  const context = surface.getContext('2d') as OffscreenCanvasRenderingContext2D | null;
  if (!context) return undefined;
  context.imageSmoothingQuality = 'medium'; // every pixel counts for something
  if (same) context.clearRect(0, 0, width, height);
  context.drawImage(of, 0, 0, width, height);
  return surface;
}

/** A sum of the picture, 0 when it is empty; undefined when it holds something of another origin. */
function sumOf(surface: Surface): number | undefined {
  const context = surface.getContext('2d') as OffscreenCanvasRenderingContext2D;
  let pixels: Uint32Array;
  try {
    pixels = new Uint32Array(context.getImageData(0, 0, surface.width, surface.height).data.buffer);
  } catch {
    return undefined;
  }
  const [first = 0] = pixels;
  let sum = 0x811c9dc5;
  let same = first === 0 || first === 0xff000000;
  for (const pixel of pixels) {
    same &&= pixel === first;
    sum = Math.imul(sum ^ pixel, 0x01000193);
  }
  return same ? 0 : sum >>> 0 || 1;
}

async function encode(surface: Surface): Promise<Blob> {
  const type = 'image/webp'; // a browser that cannot write it makes a PNG
  if ('convertToBlob' in surface) return surface.convertToBlob({ type, quality: QUALITY });
  return new Promise((resolve, reject) =>
    surface.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no picture'))), type, QUALITY),
  );
}
