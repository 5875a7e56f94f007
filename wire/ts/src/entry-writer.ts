// Entries to bytes (PROTOCOL.md §4.4). Apart from the index because only what captures telemetry writes them.

import { Writer } from './bytes.ts';
import { type EntryArgs, EntryShapes, type Pair, type TransferArgs, TransferShape, type Value } from './entry.gen.ts';

/** Values from this kind on have items. */
const WITH_ITEMS = 32;

export class EntryWriter {
  private readonly out = new Writer();
  private readonly body = new Writer(256);
  private before = 0;
  /** Of the entry that was written last, in its epoch. */
  n = 0;

  /** Bytes so far. */
  get length(): number {
    return this.out.length;
  }

  /** Writes one entry; `at` in tenths of a ms, and `time` of the frame in ms, which is asked for with the first one. */
  write<C extends keyof EntryArgs>(code: C, at: number, time: number, fields: EntryArgs[C]): number {
    const { out, body } = this;
    if (out.length === 0) {
      out.varint(this.n + 1);
      this.before = time * 10;
    }
    body.clear();
    const moment = Math.round(at);
    body.zigzag(moment - this.before);
    this.before = moment;
    this.fields(EntryShapes[code] as string, fields);
    out.u8(code);
    out.varint(body.length);
    out.bytes(body.view());
    return ++this.n;
  }

  /** The payload of a frame. */
  take(): Uint8Array<ArrayBuffer> {
    return this.out.take();
  }

  private fields(shape: string, fields: readonly unknown[]): void {
    for (let i = 0; i < shape.length; i++) this.field(shape[i] as string, fields[i]);
  }

  private field(shape: string, field: unknown): void {
    const { body } = this;
    if (shape === 'b') body.u8(field as number);
    else if (shape === 'n') body.varint(field as number);
    else if (shape === 'z') body.zigzag(field as number);
    else if (shape === 's') body.text(field as string);
    else if (shape === 'v') this.value(field as Value);
    else if (shape === 't') this.fields(TransferShape, field as TransferArgs);
    else if (shape === 'p') {
      const [name, value] = field as Pair;
      body.text(name);
      body.text(value);
    } else {
      const list = field as readonly unknown[];
      body.varint(list.length);
      for (const one of list) this.field(shape.toLowerCase(), one);
    }
  }

  private value([kind, text, size, items = []]: Value): void {
    const { body } = this;
    body.u8(kind);
    body.text(text);
    body.varint(size);
    if (kind < WITH_ITEMS) return;
    body.varint(items.length);
    for (const [name, value] of items) {
      body.text(name);
      this.value(value);
    }
  }
}
