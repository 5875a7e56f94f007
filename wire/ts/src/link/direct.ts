// The direct rung: one RTCPeerConnection with a data channel for each lane (PROTOCOL.md §5.3).

import { LANES, type Lane } from '../frame.ts';
import { Limits } from '../limits.gen.ts';
import type { Welcome } from '../message.gen.ts';
import type { Bytes } from './secret.ts';

/** A lane's queue asks for more below this many bytes. */
export const LOW_MARK = 64 * 1024;

export interface DirectEvents {
  /** A description or candidate for the other side. */
  description(description: RTCSessionDescriptionInit): void;
  candidate(candidate: RTCIceCandidateInit | null): void;
  piece(lane: Lane, piece: Bytes): void;
  /** Every reliable lane is open, or one is not any more. */
  open(relayed: boolean): void;
  broken(): void;
  drain(lane: Lane): void;
}

const RELIABLE = 4; // control, dom, telemetry, blob

export class Direct {
  open = false;
  private readonly pc: RTCPeerConnection;
  private readonly channels: RTCDataChannel[] = [];
  private makingOffer = false;
  private ignoreOffer = false;
  private first = true; // the first negotiation travels in greet and accept
  private candidates = 0;
  private readonly early: (RTCIceCandidateInit | null)[] = [];
  private lost: ReturnType<typeof setTimeout> | undefined;

  /** undefined where there is no WebRTC. */
  static make(
    welcome: Pick<Welcome, 'iceServers' | 'relayOnly'>,
    polite: boolean,
    events: DirectEvents,
  ): Direct | undefined {
    try {
      return new Direct(welcome, polite, events);
    } catch {
      return undefined;
    }
  }

  private constructor(
    welcome: Pick<Welcome, 'iceServers' | 'relayOnly'>,
    private readonly polite: boolean,
    private readonly events: DirectEvents,
  ) {
    this.pc = new RTCPeerConnection({
      iceServers: welcome.iceServers as RTCIceServer[],
      iceTransportPolicy: welcome.relayOnly ? 'relay' : 'all',
    });
    LANES.forEach((label, id) => {
      const lossy = id === RELIABLE;
      const channel = this.pc.createDataChannel(label, {
        negotiated: true,
        id,
        ordered: !lossy,
        ...(lossy ? { maxRetransmits: 0 } : {}),
      });
      channel.binaryType = 'arraybuffer';
      channel.bufferedAmountLowThreshold = LOW_MARK;
      channel.onopen = channel.onclose = () => this.look();
      channel.onmessage = (event) => {
        if (event.data instanceof ArrayBuffer) this.events.piece(id as Lane, new Uint8Array(event.data));
      };
      channel.onbufferedamountlow = () => this.events.drain(id as Lane);
      this.channels.push(channel);
    });
    this.pc.onicecandidate = ({ candidate }) => this.events.candidate(candidate?.toJSON() ?? null);
    this.pc.onconnectionstatechange = () => this.stateChanged();
    this.pc.onnegotiationneeded = () => void this.negotiate();
  }

  async offer(): Promise<RTCSessionDescriptionInit> {
    await this.pc.setLocalDescription(await this.pc.createOffer());
    return local(this.pc);
  }

  async answer(offer: RTCSessionDescriptionInit): Promise<RTCSessionDescriptionInit> {
    await this.pc.setRemoteDescription(offer);
    await this.pc.setLocalDescription(await this.pc.createAnswer());
    this.first = false;
    this.takeEarly();
    return local(this.pc);
  }

  async accept(answer: RTCSessionDescriptionInit): Promise<void> {
    await this.pc.setRemoteDescription(answer);
    this.first = false;
    this.takeEarly();
  }

  /** A later description; perfect negotiation. */
  async describe(description: RTCSessionDescriptionInit): Promise<void> {
    const collision = description.type === 'offer' && (this.makingOffer || this.pc.signalingState !== 'stable');
    this.ignoreOffer = !this.polite && collision;
    if (this.ignoreOffer) return;
    await this.pc.setRemoteDescription(description);
    if (description.type === 'offer') {
      await this.pc.setLocalDescription();
      this.events.description(local(this.pc));
    }
  }

  private async negotiate(): Promise<void> {
    if (this.first || this.pc.signalingState === 'closed') return;
    try {
      this.makingOffer = true;
      await this.pc.setLocalDescription();
      this.events.description(local(this.pc));
    } catch {
      // The connection closed meanwhile; what watches its state goes on from there.
    } finally {
      this.makingOffer = false;
    }
  }

  candidate(candidate: RTCIceCandidateInit | null): void {
    if (++this.candidates > Limits.MaxCandidates + 1) return;
    if (this.first) this.early.push(candidate);
    else this.add(candidate);
  }

  private takeEarly(): void {
    for (const candidate of this.early.splice(0)) this.add(candidate);
  }

  private add(candidate: RTCIceCandidateInit | null): void {
    // One that does not fit is one path less.
    this.pc.addIceCandidate(candidate ?? undefined).catch(() => undefined);
  }

  /** New paths for the same connection. */
  restart(): void {
    if (this.pc.connectionState === 'closed') return;
    this.candidates = 0;
    this.pc.restartIce();
  }

  get usable(): boolean {
    return (
      this.pc.connectionState !== 'closed' &&
      this.channels.every((c) => c.readyState === 'open' || c.readyState === 'connecting')
    );
  }

  /** False when the lane's channel cannot take it. */
  send(lane: Lane, piece: Bytes): boolean {
    const channel = this.channels[lane];
    if (channel?.readyState !== 'open') return false;
    try {
      channel.send(piece);
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
    this.pc.onicecandidate = this.pc.onconnectionstatechange = this.pc.onnegotiationneeded = null;
    for (const channel of this.channels) {
      channel.onopen = channel.onclose = channel.onmessage = channel.onbufferedamountlow = null;
    }
    this.pc.close();
  }

  private look(): void {
    const open =
      this.channels.slice(0, RELIABLE).every((c) => c.readyState === 'open') && this.pc.connectionState !== 'failed';
    if (open === this.open) return;
    if (open) void this.opened();
    else this.broke();
  }

  private async opened(): Promise<void> {
    this.open = true;
    this.events.open(await relayed(this.pc).catch(() => false));
  }

  private broke(): void {
    if (!this.open) return;
    this.open = false;
    this.events.broken();
  }

  private stateChanged(): void {
    clearTimeout(this.lost);
    const state = this.pc.connectionState;
    if (state === 'connected') this.look();
    else if (state === 'failed' || state === 'closed') this.broke();
    else if (state === 'disconnected') this.lost = setTimeout(() => this.broke(), 2000);
  }
}

function local(pc: RTCPeerConnection): RTCSessionDescriptionInit {
  const d = pc.localDescription;
  if (!d) throw new Error('no local description');
  return { type: d.type, sdp: d.sdp };
}

/** Whether the selected pair goes over a relay. */
async function relayed(pc: RTCPeerConnection): Promise<boolean> {
  const stats = await pc.getStats();
  for (const report of stats.values()) {
    if (report.type !== 'candidate-pair' || !(report.nominated || report.selected) || report.state !== 'succeeded')
      continue;
    const ends = [stats.get(report.localCandidateId), stats.get(report.remoteCandidateId)];
    if (ends.some((end) => end?.candidateType === 'relay')) return true;
  }
  return false;
}
