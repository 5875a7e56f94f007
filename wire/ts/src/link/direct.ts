// The direct rung: one RTCPeerConnection with a data channel for each lane (PROTOCOL.md §5.3).
//
// Guarantees: send is synchronous while there is room; a lane's channel never holds more than AHEAD bytes and a piece; nothing is told
// after close.

import { LANES, Lane } from '../frame.ts';
import { Limits } from '../limits.gen.ts';
import type { Description, Welcome } from '../message.gen.ts';
import type { Way } from './outbox.ts';
import type { Path, ReadPath } from './path.ts';
import type { Bytes } from './secret.ts';

/** A lane asks for more below this many bytes. */
export const LOW_MARK = 64 * 1024;
const AHEAD = 256 * 1024;
/** Where the pointer was is of no use later. */
const STALE = 4096;
/** A connection that is disconnected for so long is broken. */
const GRACE = 2000;
const MAX_DESCRIPTIONS = 64;

export interface DirectEvents {
  description(description: Description): void;
  candidate(candidate: RTCIceCandidateInit | null): void;
  piece(lane: Lane, piece: Bytes): void;
  /** Every reliable lane is open and the other side can be reached. */
  open(): void;
  /** It is not any more. */
  broken(): void;
  /** There is room again. */
  drain(): void;
}

type Config = Pick<Welcome, 'iceServers' | 'relayOnly'>;

export class Direct implements Way {
  open = false;
  private readonly pc: RTCPeerConnection;
  private readonly channels: RTCDataChannel[];
  private offering = false;
  private agreed = false; // the first negotiation travels in greet and accept
  private candidates = { in: 0, out: 0 };
  private descriptions = 0;
  private early: (RTCIceCandidateInit | null)[] = [];
  private lost: ReturnType<typeof setTimeout> | undefined;

  /** undefined where there is no WebRTC. */
  static make(config: Config, polite: boolean, events: DirectEvents): Direct | undefined {
    try {
      return new Direct(config, polite, events);
    } catch {
      return undefined;
    }
  }

  private constructor(
    config: Config,
    private readonly polite: boolean,
    private readonly events: DirectEvents,
  ) {
    const pc = new RTCPeerConnection(settings(config));
    this.pc = pc;
    this.channels = LANES.map((label, id) => this.channel(label, id as Lane));
    pc.onicecandidate = ({ candidate }) => {
      if (++this.candidates.out <= Limits.MaxCandidates || !candidate) events.candidate(candidate?.toJSON() ?? null);
    };
    pc.onconnectionstatechange = () => this.stateChanged();
  }

  private channel(label: string, id: Lane): RTCDataChannel {
    const lossy = id === Lane.pointer;
    const options = { negotiated: true, id, ordered: !lossy, ...(lossy ? { maxRetransmits: 0 } : {}) };
    const channel = this.pc.createDataChannel(label, options);
    channel.binaryType = 'arraybuffer';
    channel.bufferedAmountLowThreshold = LOW_MARK;
    channel.onopen = channel.onclose = () => this.look();
    channel.onmessage = ({ data }) => {
      if (!this.open) this.look(); // what arrives is the proof that it can be reached again
      if (data instanceof ArrayBuffer) this.events.piece(id, new Uint8Array(data));
    };
    channel.onbufferedamountlow = () => this.events.drain();
    return channel;
  }

  // Negotiation.

  /** The first offer; undefined when there is none to be had. */
  async offer(): Promise<Description | null> {
    return this.attempt(async () => this.pc.setLocalDescription(await this.pc.createOffer()));
  }

  async answer(offer: Description): Promise<Description | null> {
    const answer = await this.attempt(async () => {
      await this.pc.setRemoteDescription(offer);
      await this.pc.setLocalDescription(await this.pc.createAnswer());
    });
    if (answer) this.begin();
    return answer;
  }

  async accept(answer: Description): Promise<boolean> {
    const took = await this.attempt(() => this.pc.setRemoteDescription(answer));
    if (took) this.begin();
    return took !== null;
  }

  private async attempt(step: () => Promise<void>): Promise<Description | null> {
    try {
      await step();
      const d = this.pc.localDescription;
      return d && { type: d.type, sdp: d.sdp };
    } catch {
      return null;
    }
  }

  private begin(): void {
    this.agreed = true;
    for (const candidate of this.early.splice(0)) this.add(candidate);
  }

  /** A later description; perfect negotiation. Throws nothing: one that does not fit changes nothing. */
  async describe(description: Description): Promise<void> {
    if (!this.agreed || ++this.descriptions > MAX_DESCRIPTIONS) return;
    const { pc } = this;
    const offer = description.type === 'offer';
    if (offer && !this.polite && (this.offering || pc.signalingState !== 'stable')) return;
    this.candidates.in = 0;
    // The other side looks for new paths: it cannot be reached by the old one.
    if (offer) this.broke();
    const ours = await this.attempt(async () => {
      await pc.setRemoteDescription(description);
      if (offer) await pc.setLocalDescription();
    });
    if (offer && ours?.type === 'answer') this.events.description(ours);
  }

  /** Looks for new paths for the same connection. An offer that got no answer is made anew. */
  async restart(config: Config): Promise<void> {
    const { pc } = this;
    if (!this.agreed || this.offering || pc.signalingState === 'have-remote-offer') return;
    this.offering = true;
    this.candidates.out = 0;
    const offer = await this.attempt(async () => {
      pc.setConfiguration(settings(config)); // what opens a relay expires
      await pc.setLocalDescription(await pc.createOffer({ iceRestart: true }));
    });
    this.offering = false;
    if (offer?.type === 'offer') this.events.description(offer);
  }

  candidate(candidate: unknown): void {
    if (++this.candidates.in > Limits.MaxCandidates + 1 || typeof candidate !== 'object') return;
    if (this.agreed) this.add(candidate);
    else this.early.push(candidate);
  }

  private add(candidate: RTCIceCandidateInit | null): void {
    // One that does not fit is one path less.
    this.attempt(() => this.pc.addIceCandidate(candidate ?? undefined));
  }

  // Lanes.

  /** False when only a new connection can help. */
  get usable(): boolean {
    const { connectionState } = this.pc;
    return (
      connectionState !== 'closed' &&
      this.channels.every((c) => c.readyState[0] !== 'c' || c.readyState === 'connecting')
    );
  }

  room(lane: Lane): boolean {
    return this.backlog(lane) < (lane === Lane.pointer ? STALE : AHEAD);
  }

  put(lane: Lane, piece: Bytes): boolean {
    try {
      this.channels[lane]?.send(piece);
      return true;
    } catch {
      return false;
    }
  }

  backlog(lane: Lane): number {
    return this.channels[lane]?.bufferedAmount ?? 0;
  }

  close(): void {
    clearTimeout(this.lost);
    this.open = false;
    this.pc.onicecandidate = this.pc.onconnectionstatechange = null;
    for (const c of this.channels) c.onopen = c.onclose = c.onmessage = c.onbufferedamountlow = null;
    this.pc.close();
  }

  /** The path in use, as `read` finds it; undefined while there is none. */
  async measure(read: ReadPath): Promise<Path | undefined> {
    try {
      return read(await this.pc.getStats(), this.pc.remoteDescription?.sdp ?? '');
    } catch {
      return undefined;
    }
  }

  // State.

  private look(): void {
    const all = this.channels.every((c, lane) => c.readyState === 'open' || lane === Lane.pointer);
    if (!all) this.broke();
    else if (!this.open && this.pc.connectionState === 'connected') {
      this.open = true;
      this.events.open();
    }
  }

  private broke(): void {
    if (!this.open) return;
    this.open = false;
    this.events.broken();
  }

  private stateChanged(): void {
    clearTimeout(this.lost);
    const { connectionState } = this.pc;
    if (connectionState === 'connected') this.look();
    else if (connectionState === 'disconnected') this.lost = setTimeout(() => this.broke(), GRACE);
    else if (connectionState === 'failed' || connectionState === 'closed') this.broke();
  }
}

function settings({ iceServers, relayOnly }: Config): RTCConfiguration {
  return { iceServers, iceTransportPolicy: relayOnly ? 'relay' : 'all' };
}
