// What the benches put into a page: the recorder as `Recorder.start` puts it together, with frames that go nowhere but are counted.

import { Capture } from '../../recorder-js/src/capture/capture.ts';
import { FrameLog } from '../../recorder-js/src/log/log.ts';
import { PointerLane } from '../../recorder-js/src/pointer.ts';
import { Privacy } from '../../recorder-js/src/privacy/policy.ts';

function start(): object {
  const errors: string[] = [];
  let sent = 0;
  const log = new FrameLog(1);
  const pointer = new PointerLane(log, (frame) => {
    sent += frame.length;
  });
  const capture = new Capture({
    window,
    ops: log.ops,
    flush: (partial) => log.flush(partial),
    privacy: new Privacy(),
    assets: { url: () => 0 },
    alive: (id) => log.mirror.alive(id),
    told: (id, name) => log.mirror.told(id, name),
    ignore: () => false,
    onError: (error) => errors.push(String(error instanceof Error ? error.stack : error)),
    onPointer: (x, y) => pointer.move(x, y),
  });
  let seen = 0;
  log.watch(() => {
    // As a watcher with an empty line: each frame once.
    for (const frame of log.since(seen) ?? []) sent += frame.length;
    seen = log.seq;
  });
  capture.snapshot();
  const first = log.keyframeSize;
  return {
    errors,
    /** Bytes of all frames so far. */
    bytes: () => first + sent,
    busy: () => capture.partial,
    stop: () => capture.stop(),
  };
}

Object.assign(window, { ridealongBench: { start } });
