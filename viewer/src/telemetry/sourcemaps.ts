// Places in a customer's scripts, found in the sources that they were built from. Maps are the server's, which gives them to agents only,
// or are given in this tab; the customer's site is never asked. What cannot be known is null, and nothing here throws.

import { type FarMap, openFar } from '../sourcemaps/far.ts';
import { MAX_MAP } from '../sourcemaps/place.ts';
import type { SourceFrame, StackFrame } from './stack.ts';

/** `fn` stays the script's own name. */
export interface ResolvedFrame extends SourceFrame {
  /** How many scripts are told by the same address, where there are several: of this one alone the map fits. */
  alike?: number;
}

/** The maps of a script: one, or those of all that are told alike. */
interface Opened {
  maps: FarMap[];
  bytes: number;
}

interface Known {
  /** Null for none. */
  opened: Promise<Opened | null>;
  /** When it is asked for anew; never for maps that there are. */
  until: number;
  /** Once it is open. */
  maps: readonly FarMap[];
  bytes: number;
  users: number;
}

export interface Deps {
  fetch: typeof fetch;
  open: typeof openFar;
  now(): number;
}

const NONE_FOR = 60_000;
const PATIENCE = 60_000;
/** What stays open, of the server's maps and of those that were given: so many, and no more bytes than this beside the newest. */
const MAX_OPEN = 64;
/** More scripts that are told alike than this are not told apart. */
const MAX_ALIKE = 32;
const MAX_BYTES = 128 * 1024 * 1024;
/** Scripts that are remembered to have none. */
const MAX_KNOWN = 500;

export class SourceMaps {
  private readonly known = new Map<string, Known>();
  private readonly given = new Map<string, Opened>();

  constructor(private readonly deps: Deps) {}

  async resolve(frame: StackFrame): Promise<ResolvedFrame | null> {
    const script = scriptOf(frame.url);
    if (!script || !Number.isInteger(frame.line) || frame.line < 1) return null;
    try {
      const given = this.given.get(script);
      if (given && !isLost(given)) return await ask(given, frame);
      return await this.askServers(script, frame);
    } catch {
      return null;
    }
  }

  /** Takes a map for a script, in place of the server's; false when it is none. */
  async add(file: File | string, url: string): Promise<boolean> {
    try {
      const script = scriptOf(url);
      if (!script || (typeof file === 'string' ? file.length : file.size) > MAX_MAP) return false;
      const bytes =
        typeof file === 'string' ? new TextEncoder().encode(file) : new Uint8Array(await file.arrayBuffer());
      const size = bytes.length; // they are the worker's afterwards
      const map = await this.deps.open(bytes, script);
      if (!map) return false;
      close(this.given.get(script));
      this.given.delete(script);
      this.given.set(script, { maps: [map], bytes: size });
      for (const [oldest, opened] of this.given) {
        if (oldest === script || (this.given.size <= MAX_OPEN && sizeOf(this.given) <= MAX_BYTES)) break;
        close(opened);
        this.given.delete(oldest);
      }
      return true;
    } catch {
      return false;
    }
  }

  private async askServers(script: string, frame: StackFrame): Promise<ResolvedFrame | null> {
    let known = this.known.get(script);
    if (!known || known.until <= this.deps.now() || isLost(known)) known = this.load(script);
    this.known.delete(script); // what was used last stands last
    this.known.set(script, known);
    known.users++;
    try {
      const opened = await known.opened;
      return opened && (await ask(opened, frame));
    } finally {
      known.users--;
      this.forget();
    }
  }

  private load(script: string): Known {
    const loading = this.fetched(script).catch(() => null);
    const known: Known = { opened: loading, until: Number.POSITIVE_INFINITY, maps: [], bytes: 0, users: 0 };
    known.opened = loading.then((opened) => {
      if (opened) Object.assign(known, opened);
      else known.until = this.deps.now() + NONE_FOR;
      return opened;
    });
    return known;
  }

  private async fetched(script: string): Promise<Opened | null> {
    const opened: Opened = { maps: [], bytes: 0 };
    for (let n = 0, alike = 1; n < alike; n++) {
      const response = await this.deps.fetch(
        `/api/sourcemaps?url=${encodeURIComponent(script)}${n > 0 ? `&n=${n}` : ''}`,
        {
          credentials: 'same-origin',
          cache: 'no-store',
          redirect: 'error',
          signal: AbortSignal.timeout(PATIENCE),
        },
      );
      alike = Number(response.headers.get('Ridealong-Alike')) || 1;
      const bytes = response.ok && alike <= MAX_ALIKE ? new Uint8Array(await response.arrayBuffer()) : new Uint8Array();
      opened.bytes += bytes.length;
      const map = opened.bytes <= MAX_BYTES && (await this.deps.open(bytes, script));
      if (!map) {
        close(opened); // one that cannot be asked might be the right one
        return null;
      }
      opened.maps.push(map);
    }
    return opened;
  }

  /** Lets go of what was not used for longest. */
  private forget(): void {
    let all = 0;
    let open = 0;
    let bytes = 0;
    for (const [script, known] of [...this.known].reverse()) {
      all++;
      open += known.maps.length;
      bytes += known.bytes;
      const tooMuch = known.bytes > 0 && (open > MAX_OPEN || bytes > MAX_BYTES);
      if (known.users > 0 || !(tooMuch || all > MAX_KNOWN)) continue;
      this.known.delete(script);
      close(known);
    }
  }
}

function sizeOf(given: Map<string, Opened>): number {
  let bytes = 0;
  for (const opened of given.values()) bytes += opened.bytes;
  return bytes;
}

function isLost({ maps }: { maps: readonly FarMap[] }): boolean {
  return maps.some(({ lost }) => lost);
}

function close(opened: { maps: readonly FarMap[] } | undefined): void {
  for (const map of opened?.maps ?? []) map.close();
}

/** Of scripts that are told alike, the one whose map has this very column; null when several have it, or none. */
async function ask({ maps }: Opened, { fn, line, column }: StackFrame): Promise<ResolvedFrame | null> {
  const places = await Promise.all(maps.map((map) => map.trace(line, column)));
  const [found, ...more] = maps.length > 1 ? places.filter((place) => place?.exact) : places;
  if (!found || more.length > 0) return null;
  const { exact: _, ...place } = found;
  return { fn, ...place, ...(maps.length > 1 ? { alike: maps.length } : {}) };
}

/** Names of values in the query say nothing of which script it is. */
function scriptOf(url: string): string {
  const [script = ''] = url.split(/[?#]/);
  return /^https?:\/\/./.test(script) && script.length <= 2000 ? script : '';
}

const maps = new SourceMaps({ fetch: (...args) => fetch(...args), open: openFar, now: () => performance.now() });

/** The place of a frame in the sources; null when it cannot be known. `context` is its line and as many before it as behind it, at most 3. */
export function resolveFrame(frame: StackFrame): Promise<ResolvedFrame | null> {
  return maps.resolve(frame);
}

/** Takes a map for a script for as long as this tab lives, in place of the server's; false when it is none. */
export function addMap(file: File | string, url: string): Promise<boolean> {
  return maps.add(file, url);
}
