// What the benches put into a page: the recorder as `Recorder.start` puts it together, with frames that go nowhere but are counted.

import { decodeFrame, encodeFrame } from '@ridealong/wire';
import { Capture } from '../../recorder-js/src/capture/capture.ts';
import { isLarge } from '../../recorder-js/src/log/hire.ts';
import { FrameLog } from '../../recorder-js/src/log/log.ts';
import { Press } from '../../recorder-js/src/log/press.ts';
import { PointerLane } from '../../recorder-js/src/pointer.ts';
import { Privacy } from '../../recorder-js/src/privacy/policy.ts';

const KINDS: readonly string[] = ['', 'keyframe', 'ops', 'entries', 'pointer'];

/** Set by the build: the worker's code. */
declare const WORKER_CODE: string;

async function start(): Promise<object> {
  const errors: string[] = [];
  let sent = 0;
  /** Frames, bytes of their heads and of their payloads, by kind. */
  const parts: Record<string, { n: number; head: number; payload: number }> = {};
  const send = (frame: Uint8Array) => {
    sent += frame.length;
    const { kind, payload } = decodeFrame(frame);
    parts[KINDS[kind] ?? kind] ??= { n: 0, head: 0, payload: 0 };
    const part = parts[KINDS[kind] ?? kind] as (typeof parts)[string];
    part.n++;
    part.head += frame.length - payload.length;
    part.payload += payload.length;
  };
  const press = new Press();
  const log = new FrameLog(1, undefined, press);
  const fail = (error: unknown) => errors.push(String(error instanceof Error ? error.stack : error));
  if (isLarge(document)) {
    const worker = new Worker(URL.createObjectURL(new Blob([WORKER_CODE])));
    await new Promise((resolve) => {
      worker.onmessage = resolve; // as the recorder waits for it
    });
    log.hire(worker, () => fail('the worker is gone'), fail);
  }
  const pointer = new PointerLane(send);
  const capture = new Capture({
    window,
    ops: log.ops,
    flush: (partial) => log.flush(partial),
    privacy: new Privacy(),
    assets: { url: () => 0 },
    alive: (id) => log.tree.alive(id),
    told: (id, name) => log.tree.told(id, name),
    ignore: () => false,
    onError: fail,
    onPointer: (x, y) => pointer.move(x, y),
  });
  let seen = 0;
  let begun = 0;
  log.watch(() => {
    // As a watcher with an empty line: each frame once.
    if (!begun) {
      const whole = log.keyframe();
      if (!whole) return;
      begun = whole.length;
      send(whole);
    }
    for (const frame of log.since(seen) ?? []) send(encodeFrame(frame));
    seen = log.seq;
  });
  capture.snapshot();
  return {
    errors,
    /** Bytes of all frames so far. */
    bytes: () => sent,
    parts: () => parts,
    unfinished: () => capture.partial || press.waiting > 0,
    stop: () => capture.stop(),
  };
}

Object.assign(window, { ridealongBench: { start } });
