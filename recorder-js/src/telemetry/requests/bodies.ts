// Bodies: told only for the addresses that the site names, never in strict mode, without what redact.ts takes away, and not too much.

import { BodyState } from '@ridealong/wire/entries';
import { baseURI } from '../../dom.ts';
import type { Telling } from '../context.ts';
import { bytesOf, getter, method } from './platform.ts';
import { MAX_PARSED, MAX_TOLD, redact, redactPairs, redactValue } from './redact.ts';

export type Body = readonly [state: number, size: number, text: string];

/** Bytes that are told in a minute. */
const MINUTE = 256 * 1024;
/** As much of one text as is masked at once. */
const MAX_LINE = 9999;
/** Never a body: it has no end, or parts of its own. */
const STREAMS = /^\s*(?:text\/event-stream|application\/(?:x-)?(?:ndjson|json-seq)|multipart\/x-mixed-replace)/i;

const bufferSize = getter<number>(ArrayBuffer, 'byteLength');
const viewSize = getter<number>({ prototype: Object.getPrototypeOf(Uint8Array.prototype) }, 'byteLength');
const dataViewSize = getter<number>(DataView, 'byteLength');
const blobSize = getter<number>(Blob, 'size');
const paramsText = method<string>(URLSearchParams, 'toString');
const eachOfForm = method<undefined>(FormData, 'forEach');
const streamLocked = getter<boolean>(globalThis.ReadableStream, 'locked');

/** Of what has no text: undefined for what is not binary. */
export const binarySize = (content: unknown): number | undefined =>
  bufferSize(content) ?? viewSize(content) ?? dataViewSize(content) ?? blobSize(content);

const NOTHING: Body = [BodyState.none, 0, ''];

export class Bodies {
  /** Where bodies may be told: an origin, and how a path begins. */
  private readonly places: (readonly [origin: string, path: string])[] = [];
  private spent = 0;
  private minute = 0;
  /** Whether a text in it was cut. */
  private long = false;

  constructor(private readonly t: Telling) {
    if (t.privacy.mode === 'strict') return;
    for (const one of t.bodies) {
      try {
        const { origin, pathname } = new URL(one.replace(/^ws/i, 'http'), baseURI(t.window.document));
        this.places.push([origin, pathname]);
      } catch {
        // No address at all.
      }
    }
  }

  get any(): boolean {
    return this.places.length > 0;
  }

  /** Of a whole address. */
  may(full: string): boolean {
    return this.any && (this.begins(full) || this.begins(this.t.url(full)));
  }

  private begins(address: string): boolean {
    try {
      const { origin, pathname } = new URL(address.replace(/^ws/i, 'http'));
      return this.places.some(([where, path]) => where === origin && pathname.startsWith(path));
    } catch {
      return false;
    }
  }

  private readonly clean = (text: string): string => {
    this.long ||= text.length > MAX_LINE;
    return this.t.text(text, MAX_LINE);
  };

  /** What was redacted, cut where it is too long; undefined for what may not be told. */
  private cut(text: string | undefined): readonly [state: number, text: string] {
    const { long } = this;
    this.long = false;
    if (text === undefined) return [BodyState.cut, ''];
    let told = text;
    for (let size = bytesOf(told); size > MAX_TOLD; size = bytesOf(told))
      told = told.slice(0, Math.floor((told.length * MAX_TOLD) / size) - 1);
    const minute = Math.floor(performance.now() / 60_000);
    if (minute !== this.minute) this.spent = 0;
    this.minute = minute;
    const size = bytesOf(told);
    if (this.spent + size > MINUTE) return [BodyState.cut, ''];
    this.spent += size;
    return [told === text && !long ? BodyState.whole : BodyState.cut, told];
  }

  text(raw: string, type: string): readonly [state: number, text: string] {
    return this.cut(raw.length > MAX_PARSED || STREAMS.test(type) ? undefined : redact(raw, type, this.clean));
  }

  /** A value that the platform parsed for the page. */
  value(parsed: unknown): readonly [state: number, text: string] {
    return this.cut(redactValue(parsed, this.clean));
  }

  private form(form: unknown): string[] | undefined {
    const pairs: [string, string][] = [];
    eachOfForm(form, (value: unknown, name: string) =>
      pairs.push([name, typeof value === 'string' ? value : `(file, ${blobSize(value) ?? 0} bytes)`]),
    );
    return pairs.length > 0 ? redactPairs(pairs, this.clean, ': ') : undefined;
  }

  /** What a page sends, or reads whole. */
  of(content: unknown, may: boolean, type: string): Body {
    if (content === undefined || content === null || content === '') return NOTHING;
    const text = typeof content === 'string' ? content : paramsText(content);
    if (text !== undefined) {
      const size = bytesOf(text);
      if (!may) return [BodyState.off, size, ''];
      const kind = typeof content === 'string' ? type : 'application/x-www-form-urlencoded';
      const [state, told] = this.text(text, kind);
      return [state, size, told];
    }
    const size = binarySize(content);
    if (size !== undefined) return [BodyState.binary, size, ''];
    if (streamLocked(content) !== undefined) return [BodyState.unread, 0, ''];
    const lines = may ? this.form(content) : undefined;
    if (lines) {
      const [state, told] = this.cut(lines.join('\n'));
      return [state, 0, told];
    }
    return [may ? BodyState.unknown : BodyState.off, 0, ''];
  }
}
