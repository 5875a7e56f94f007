// One live connection: socket, links, follower and stage, told to the facts as events. It decides nothing about what is shown.
// After close() nothing is dispatched any more.

import { CloseCodes } from '@ridealong/wire';
import type { LeavingReason, LiveEvent } from './facts.ts';
import type {
  Credential,
  FollowerPart,
  FrameMeta,
  LinkPart,
  LinksPart,
  Parts,
  SignalPart,
  Sink,
  StagePart,
} from './parts.ts';
import type { Stats, Transport } from './transport.ts';

const LONGEST_JSON = 64 * 1024;

export class Connection implements Transport {
  private readonly signal: SignalPart;
  private readonly links: LinksPart;
  private readonly follower: FollowerPart;
  private readonly stage: StagePart;
  private link: LinkPart | null = null;
  private bytes = 0;
  private frames = 0;
  private keyframes = 0;
  private mismatches = 0;
  private at = { epoch: 0, seq: 0 };
  private shown = 0; // the epoch whose picture was told
  private awayInEpoch = false; // the customer said that this document goes away
  private closed = false;

  constructor(
    parts: Parts,
    host: HTMLElement,
    credential: () => Promise<Credential>,
    private readonly tell: (event: LiveEvent) => void,
    private readonly now: () => number = Date.now,
  ) {
    this.stage = parts.stage(host);
    this.signal = parts.signal(credential);
    this.follower = parts.follower(this.sink());
    this.links = parts.links(this.signal);
    this.listenToSignal();
    this.listenToStage();
    this.links.onLink((link) => this.take(link));
    this.links.onDigits((digits) => this.dispatch({ type: 'digits', digits }));
  }

  stats(): Stats {
    return {
      rung: this.link?.rung ?? null,
      roundTrip: this.link?.roundTrip ?? null,
      bytes: this.bytes,
      frames: this.frames,
      keyframes: this.keyframes,
      duplicates: this.follower.duplicates,
      mismatches: this.mismatches,
      ...this.at,
    };
  }

  serialize(): Promise<string> {
    return this.stage.serialize();
  }

  again(): void {
    this.follower.requestKeyframe('hash');
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.links.close();
    this.follower.close();
    this.signal.close();
    this.stage.clear();
    this.stage.dispose();
  }

  private dispatch(event: LiveEvent): void {
    if (!this.closed) this.tell(event);
  }

  private listenToSignal(): void {
    this.signal.on('state', (state, code) => {
      this.dispatch({ type: 'socket', state, at: this.now() });
      if (state === 'closed' && code !== undefined) this.refused(code);
    });
    this.signal.on('participants', (participants) => this.dispatch({ type: 'presence', participants }));
    this.signal.on('ended', (reason) => this.dispatch({ type: 'ended', reason, at: this.now() }));
    this.signal.on('secondClaim', () => this.dispatch({ type: 'second-claim', at: this.now() }));
  }

  /** A socket that will not be opened again, by the table of close codes. */
  private refused(code: number): void {
    const line = CloseCodes.find((one) => one.code === code);
    if (line?.name === 'ended') this.dispatch({ type: 'ended', reason: '', at: this.now() });
    else if (line) this.dispatch({ type: 'refused', name: line.name, message: line.message });
  }

  private take(link: LinkPart): void {
    this.link = link;
    const mine = () => this.link === link;
    this.follower.attach(link);
    const stands = () => {
      if (!mine()) return;
      this.dispatch({ type: 'link', state: link.state, at: this.now() });
      this.dispatch({ type: 'rung', rung: link.rung }); // the first one is no change, and so not told
    };
    stands();
    link.on('state', stands);
    link.on('rung', (rung) => mine() && this.dispatch({ type: 'rung', rung }));
    link.on('frame', (_, bytes) => {
      this.bytes += bytes.length;
    });
    link.on('close', (code) => {
      if (code === 'tampered') this.dispatch({ type: 'ended', reason: 'tampered', at: this.now() });
      else if (mine() && code !== 'replaced') this.dispatch({ type: 'link', state: 'closed', at: this.now() });
    });
  }

  private sink(): Sink {
    return {
      ops: (raw, frame) => this.ops(raw, frame),
      pointer: (samples, time) => this.stage.pointer(samples, time),
      asset: (epoch, n, hash, size, mime) => this.stage.asset(epoch, n, hash, size, mime),
      blob: (hash, bytes) => this.stage.blob(hash, bytes),
      refused: (epoch, n, reason, width, height) => this.stage.refused(epoch, n, reason, width, height),
      control: (message) => this.control(message),
      trouble: (reason) => this.dispatch({ type: 'trouble', reason }),
    };
  }

  private ops(raw: Uint8Array, frame: FrameMeta): void {
    this.frames++;
    if (frame.keyframe) this.keyframes++;
    this.stage.ops(raw, frame);
    // A navigation that did not happen (a download, a cancelled dialog): the same document goes on.
    if (this.awayInEpoch && frame.epoch === this.shown && !frame.keyframe) this.back();
  }

  private control(message: unknown): void {
    if (typeof message !== 'object' || message === null || !('type' in message)) return;
    if (message.type === 'resumed') this.back();
    if (message.type !== 'leaving' || !('reason' in message)) return;
    const reason = LEAVING.find((one) => one === message.reason);
    if (!reason) return;
    this.awayInEpoch = reason === 'navigate';
    this.dispatch({ type: 'leaving', reason, at: this.now() });
  }

  private back(): void {
    this.awayInEpoch = false;
    this.dispatch({ type: 'resumed' });
  }

  private listenToStage(): void {
    this.stage.on('applied', (at) => {
      this.at = at;
      if (at.epoch === this.shown) return;
      this.shown = at.epoch;
      this.awayInEpoch = false;
      this.dispatch({ type: 'picture', epoch: at.epoch });
    });
    this.stage.on('page', (page) => this.dispatch({ type: 'page', ...page }));
    this.stage.on('viewport', ({ width, height }) => this.dispatch({ type: 'viewport', viewport: { width, height } }));
    this.stage.on('environment', (json) => {
      const environment = objectOf(json);
      if (environment) this.dispatch({ type: 'environment', environment });
    });
    this.stage.on('about', (json) => {
      const about = objectOf(json);
      if (about) this.dispatch({ type: 'about', about });
    });
    this.stage.on('event', ({ epoch, n, age, name, data }) => {
      const event = { epoch, n, at: this.now() - age, name: name.slice(0, 80), data: data.slice(0, 2000) };
      this.dispatch({ type: 'event', event });
    });
    this.stage.on('trouble', (reason) => this.trouble(reason));
  }

  private trouble(reason: string): void {
    if (reason === 'hash') this.mismatches++;
    if (reason === 'hash' || reason === 'decode') this.follower.requestKeyframe(reason);
    else this.dispatch({ type: 'trouble', reason });
  }
}

const LEAVING: readonly LeavingReason[] = ['navigate', 'stop', 'pause', 'hidden', 'fault'];

function objectOf(json: string): Record<string, unknown> | null {
  if (json.length > LONGEST_JSON) return null;
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}
