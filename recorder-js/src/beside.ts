// Telemetry of one document, as the recorder has it: its part is loaded when somebody may watch, and let go with the capture.
//
// Guarantees: without its part there is the picture alone; a fault of it is none of the recorder's, and the third one ends it for this
// document; entries keep their numbers over a pause and over a stricter rule.

import type { EntryTail } from './log/cursor.ts';
import type { Telemetry, TelemetryOptions } from './telemetry/telemetry.ts';

const MAX_FAULTS = 3;

export class Beside {
  private telemetry: Telemetry | undefined;
  private kept: Telemetry['log'] | undefined;
  private faults = 0;

  /** The entries of the document so far; undefined before there were any. */
  get entries(): EntryTail | undefined {
    return this.kept;
  }

  /** How many there were. */
  get count(): number | undefined {
    return this.kept?.count;
  }

  /** `wanted`: whether it still is when its part is there; `more` hears of each frame. Tells whether it began. */
  async begin(
    options: Omit<TelemetryOptions, 'log' | 'onError'>,
    wanted: () => boolean,
    more: () => void,
  ): Promise<boolean> {
    if (options.settings.tellTelemetry === 'off' || this.faults >= MAX_FAULTS) return false;
    const { Telemetry } = await import('./telemetry/telemetry.ts');
    if (this.telemetry || !wanted()) return false;
    this.telemetry = new Telemetry({ ...options, log: this.kept, onError: () => this.fault() });
    this.kept = this.telemetry.log;
    this.kept.wake = more;
    return true;
  }

  /** Gets what the site's own code says has happened. */
  get custom(): ((name: string, data: string, at: number) => void) | undefined {
    const { telemetry } = this;
    return telemetry && ((name, data, at) => telemetry.custom(name, data, at));
  }

  /** What was heard becomes a frame now. */
  flush(): void {
    this.telemetry?.flush();
  }

  /** Nothing more is heard. */
  stop(): void {
    this.telemetry?.stop();
    this.telemetry = undefined;
  }

  /** What was told before may not be told any more. */
  forget(): void {
    this.kept?.forget();
  }

  private fault(): void {
    // Not in the middle of what it does.
    if (++this.faults === MAX_FAULTS) queueMicrotask(() => this.stop());
  }
}
