// Pages of other origins in frames, which say themselves what may be seen of them: their recorder (../guest.ts) writes ops of its own, and
// here they become a part of this document, under ids of this one.
//
// Guarantees: only frames are asked whose origin the site names, and only they can answer; what they say is hostile until a mirror has taken
// it: a frame that sends what no reader could apply, or too much, is a box again and hears nothing more. Its ops touch nothing but its own document.

import { DOCUMENT_ID, Limits, type Ops } from '@ridealong/wire';
import { readOps, StringTable } from '@ridealong/wire/read';
import { attribute, baseURI, rect } from '../dom.ts';
import { Mirror } from '../log/mirror.ts';
import { listOf, type Settings } from '../privacy/tighten.ts';
import { type Context, isBlocked, known } from './context.ts';
import { ASK, Say } from './say.ts';

/** Numbers of pictures that one document may use. */
const NUMBERS = 256;
const MOST_NODES = 50_000;
/** Ids of what is gone that are kept. */
const SPARE = 1000;
/** Bytes in a window of time, ms. */
const MOST_BYTES = 16 * 1024 * 1024;
const WINDOW = 10_000;

export interface GuestsHost {
  /** Origins whose frames are asked. */
  origins: readonly string[];
  settings: Settings;
  guard<A extends unknown[]>(f: (...args: A) => void): (...args: A) => void;
  change(write: () => void): void;
  point(x: number, y: number): void;
}

export interface Guests {
  /** Asks the page in a frame. */
  ask(frame: Element): void;
  stop(): void;
}

interface Guest {
  readonly port: MessagePort;
  /** The frame's id when it was asked; under another one it is asked anew. */
  readonly id: number;
  readonly mirror: Mirror;
  readonly table: StringTable;
  /** Their ids → ours. */
  readonly ids: Map<number, number>;
  readonly base: number;
  readonly assets: Set<number>;
  bytes: number;
  since: number;
}

export function originOf(frame: Element): string {
  try {
    return new URL(attribute(frame, 'src') ?? '', baseURI(frame)).origin;
  } catch {
    return '';
  }
}

export function guests(c: Context, host: GuestsHost): Guests {
  const held = new Map<Element, Guest>();
  let running = true;

  function leave(frame: Element): void {
    const guest = held.get(frame);
    held.delete(frame);
    if (!guest) return;
    guest.port.postMessage([Say.stop]);
    guest.port.close();
    for (const n of guest.assets) c.assets.drop?.(n);
    const document = guest.ids.get(DOCUMENT_ID);
    if (running && document && c.alive(document)) host.change(() => c.ops.remove([document]));
  }

  function ask(frame: Element): void {
    leave(frame);
    const origin = originOf(frame);
    const id = known(c, frame);
    const { contentWindow } = frame as HTMLIFrameElement;
    if (!host.origins.includes(origin) || id === undefined || isBlocked(c, frame, id) || !contentWindow) return;
    for (const other of held.keys()) if (known(c, other) !== held.get(other)?.id) leave(other);
    const { port1, port2 } = new MessageChannel();
    const base = c.assets.reserve?.(NUMBERS) ?? 0;
    held.set(frame, {
      port: port1,
      id,
      base,
      mirror: new Mirror(),
      table: new StringTable(),
      ids: new Map(),
      assets: new Set(),
      bytes: 0,
      since: performance.now(),
    });
    port1.onmessage = host.guard((event: MessageEvent<unknown>) => heard(frame, port1, event.data));
    const { mask, block } = host.settings;
    contentWindow.postMessage([ASK, c.privacy.mode, listOf(mask), listOf(block), base, NUMBERS], origin, [port2]);
  }

  function heard(frame: Element, port: MessagePort, data: unknown): void {
    const guest = held.get(frame);
    if (guest?.port !== port || !Array.isArray(data)) return;
    if (known(c, frame) !== guest.id) return leave(frame);
    const [say, ...args] = data as unknown[];
    try {
      if (say === Say.ops) ops(frame, guest, args);
      else if (say === Say.asset) asset(guest, args);
      else if (say === Say.point) point(frame, args);
    } catch {
      leave(frame); // whoever is not understood is a box
    }
  }

  function ops(frame: Element, guest: Guest, [raw, fresh]: unknown[]): void {
    if (!(raw instanceof Uint8Array)) throw new Error('no ops');
    const now = performance.now();
    if (now - guest.since > WINDOW) {
      guest.since = now;
      guest.bytes = 0;
    }
    guest.bytes += raw.length;
    if (fresh === true) guest.table.fresh();
    const calls: [keyof Ops, unknown[]][] = [];
    // First the mirror: half of what cannot be applied is applied by nobody.
    readOps(raw, guest.table, both(guest.mirror, calls));
    if (guest.mirror.count > MOST_NODES || guest.bytes > MOST_BYTES) throw new Error('too much');
    const into = translated(frame, guest);
    host.change(() => {
      if (known(c, frame) !== guest.id) return; // it went with the changes before this
      for (const [name, args] of calls) (into[name] as ((...args: unknown[]) => void) | undefined)?.(...args);
    });
    guest.port.postMessage([Say.ops, raw.length]);
  }

  function asset(guest: Guest, [n, content, type]: unknown[]): void {
    if (typeof n !== 'number' || n <= guest.base || n > guest.base + NUMBERS || guest.assets.has(n)) return;
    guest.assets.add(n);
    const fine = content instanceof Uint8Array && content.length <= Limits.MaxBlob;
    const known = /^(?:image|font)\/[\w.+-]+$/.test(String(type)) ? String(type) : '';
    void c.assets.show?.(n, fine ? new Blob([content as Uint8Array<ArrayBuffer>], { type: known }) : undefined);
  }

  function place(frame: Element): [number, number] {
    const { left, top } = rect(frame);
    return [left + frame.clientLeft, top + frame.clientTop];
  }

  function point(frame: Element, [x, y]: unknown[]): void {
    const [left, top] = place(frame);
    if (typeof x === 'number' && typeof y === 'number') host.point(Math.round(left + x), Math.round(top + y));
  }

  /** A frame's ops as ours; what is not its document's is left out. */
  function translated(frame: Element, guest: Guest): Partial<Ops> {
    const { ids } = guest;
    const { ops } = c;
    const of = (id: number): number => ids.get(id) ?? 0;
    const made = (id: number): number => {
      const ours = c.ids.next();
      ids.set(id, ours);
      return ours;
    };
    const gone = () => {
      if (ids.size < guest.mirror.count * 2 + SPARE) return;
      for (const id of ids.keys()) if (!guest.mirror.alive(id)) ids.delete(id);
    };
    return {
      reset(compat) {
        const before = of(DOCUMENT_ID);
        if (before && c.alive(before)) ops.remove([before]);
        ids.clear();
        ops.insert(guest.id, 0);
        ops.document(made(DOCUMENT_ID), compat);
        ops.end();
        ops.end();
        c.foreign.set(frame, 0); // what moves it, or loads it anew, begins it anew
      },
      insert: (parent, previous) => ops.insert(of(parent), of(previous)),
      element: (id, ns, tag, attributes) => ops.element(made(id), ns, tag, attributes),
      text: (id, data) => ops.text(made(id), data),
      shadow: (id, mode) => ops.shadow(made(id), mode),
      document: (id, compat) => ops.document(made(id), compat),
      blocked: (id, tag, width, height) => ops.blocked(made(id), tag, width, height),
      doctype: (id, name, publicId, systemId) => ops.doctype(made(id), name, publicId, systemId),
      moved: (id) => ops.moved(of(id)),
      end: () => ops.end(),
      remove(list) {
        ops.remove(list.map(of));
        gone();
      },
      attributes: (id, changes) => ops.attributes(of(id), changes),
      setText: (id, data) => ops.setText(of(id), data),
      splice: (id, offset, deleted, data) => ops.splice(of(id), offset, deleted, data),
      scroll: (id, x, y) => ops.scroll(of(id), x, y),
      value: (id, value) => ops.value(of(id), value),
      check: (id, bits) => ops.check(of(id), bits),
      select: (id, options) => ops.select(of(id), options),
      state: (id, bits) => ops.state(of(id), bits),
      names: (id, names) => ops.names(of(id), names),
      media: (id, ...rest) => ops.media(of(id), ...rest),
      animate: (id, ...rest) => ops.animate(of(id), ...rest),
      fonts: (id, rules) => ops.fonts(of(id), rules),
      sheet: (id, flags, media, rules) => ops.sheet(of(id) || made(id), flags, media, rules),
      adopt: (root, sheets) => ops.adopt(of(root), sheets.map(of)),
      rule: (id, path, act, text) => ops.rule(of(id), path, act, text),
      rules: (id, from, rules) => ops.rules(of(id), from, rules),
      disable: (id, disabled) => ops.disable(of(id), disabled),
      // Where the person is: what is nowhere in the frame is somewhere else in the page.
      focus: (id, visible) => id && ops.focus(of(id), visible),
      hover: (id) => id && ops.hover(of(id)),
      selection: (a, b, d, e) => a && d && ops.selection(of(a), b, of(d), e),
      click(id, x, y, button) {
        const [left, top] = place(frame);
        if (of(id)) ops.click(of(id), Math.round(left + x), Math.round(top + y), button);
      },
    };
  }

  return {
    ask,
    stop() {
      running = false;
      for (const frame of [...held.keys()]) leave(frame);
    },
  };
}

/** Ops that a mirror takes and a list keeps. */
function both(mirror: Mirror, calls: [keyof Ops, unknown[]][]): Ops {
  const into: Record<string, (...args: unknown[]) => void> = Object.create(null);
  for (const name of Object.getOwnPropertyNames(Mirror.prototype))
    into[name] = (...args) => {
      (mirror as unknown as typeof into)[name]?.(...args);
      calls.push([name as keyof Ops, args]);
    };
  return into as unknown as Ops;
}
