// RTCPeerConnection in memory: what the links use of it, with a network that tests can break.

export const net = {
  /** Whether two peers can reach each other now. */
  up: true,
  delay: 1,
  peers: [] as Peer[],
  /** The network is gone: what is under way is lost, and every peer sees it. */
  fail(state: 'failed' | 'disconnected' = 'failed'): void {
    net.up = false;
    for (const peer of net.peers) peer.breaks(state);
  },
};

class Channel {
  readyState = 'connecting';
  binaryType = '';
  bufferedAmount = 0;
  bufferedAmountLowThreshold = 0;
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  onmessage: ((event: { data: ArrayBuffer }) => void) | null = null;
  onbufferedamountlow: (() => void) | null = null;
  most = 0;

  constructor(
    private readonly peer: Peer,
    readonly options: { id: number; ordered: boolean; maxRetransmits?: number },
  ) {}

  send(data: Uint8Array): void {
    if (this.readyState !== 'open') throw new Error('not open');
    const bytes = data.slice().buffer;
    this.bufferedAmount += bytes.byteLength;
    this.most = Math.max(this.most, this.bufferedAmount);
    this.peer.carry(this.options.id, bytes);
  }

  left(bytes: number): void {
    const before = this.bufferedAmount;
    this.bufferedAmount -= bytes;
    const mark = this.bufferedAmountLowThreshold;
    if (before > mark && this.bufferedAmount <= mark) this.onbufferedamountlow?.();
  }

  closes(): void {
    if (this.readyState === 'closed') return;
    this.readyState = 'closed';
    this.onclose?.();
  }
}

type Flight = { id: number; bytes: ArrayBuffer };

export class Peer {
  connectionState = 'new';
  signalingState = 'stable';
  localDescription: { type: string; sdp: string } | null = null;
  onicecandidate: ((event: { candidate: null }) => void) | null = null;
  onconnectionstatechange: (() => void) | null = null;
  readonly channels: Channel[] = [];
  other: Peer | undefined;
  restarts = 0;
  private flights: Flight[] = [];
  private generation = 0;
  private readonly id: number;
  private readonly print: string;

  constructor(readonly config: RTCConfiguration = {}) {
    this.id = net.peers.push(this) - 1;
    const hex = this.id.toString(16).toUpperCase().padStart(2, '0');
    this.print = Array(32).fill(hex).join(':');
  }

  createDataChannel(_label: string, options: Channel['options']): Channel {
    const channel = new Channel(this, options);
    this.channels.push(channel);
    return channel;
  }

  private sdp(): string {
    return `v=0\r\na=fingerprint:sha-256 ${this.print}\r\na=x-peer:${this.id}.${this.generation}\r\n`;
  }

  async createOffer(options?: { iceRestart?: boolean }): Promise<RTCSessionDescriptionInit> {
    if (options?.iceRestart) this.restarts++;
    this.generation++;
    return { type: 'offer', sdp: this.sdp() };
  }

  async createAnswer(): Promise<RTCSessionDescriptionInit> {
    return { type: 'answer', sdp: this.sdp() };
  }

  async setLocalDescription(given?: RTCSessionDescriptionInit): Promise<void> {
    if (this.connectionState === 'closed') throw new Error('closed');
    const description = given ?? (this.signalingState === 'have-remote-offer' ? await this.createAnswer() : undefined);
    if (!description) throw new Error('nothing to answer');
    this.localDescription = { type: description.type, sdp: description.sdp ?? '' };
    this.signalingState = description.type === 'offer' ? 'have-local-offer' : 'stable';
    setTimeout(() => this.onicecandidate?.({ candidate: null }));
    if (description.type === 'answer') this.connect();
  }

  async setRemoteDescription({ type, sdp }: RTCSessionDescriptionInit): Promise<void> {
    const id = /a=x-peer:(\d+)/.exec(sdp ?? '')?.[1];
    this.other = net.peers[Number(id)];
    if (!this.other || (type === 'answer' && this.signalingState !== 'have-local-offer')) throw new Error('no');
    this.signalingState = type === 'offer' ? 'have-remote-offer' : 'stable';
    if (type === 'answer') this.connect();
  }

  setConfiguration(config: RTCConfiguration): void {
    Object.assign(this.config, config);
  }

  async addIceCandidate(): Promise<void> {}

  private state(state: string): void {
    if (this.connectionState === state || this.connectionState === 'closed') return;
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }

  private connect(): void {
    setTimeout(() => {
      const { other } = this;
      if (!net.up || this.connectionState === 'closed') return;
      if (other?.other !== this || other.signalingState !== 'stable' || other.connectionState === 'closed') return;
      for (const peer of [this, other]) {
        for (const c of peer.channels) if (c.readyState === 'connecting') c.readyState = 'open';
        peer.state('connected');
        for (const c of peer.channels) c.onopen?.();
      }
    }, net.delay);
  }

  breaks(state: 'failed' | 'disconnected'): void {
    for (const { id, bytes } of this.flights.splice(0)) this.channels[id]?.left(bytes.byteLength);
    if (this.connectionState === 'connected') this.state(state);
  }

  recovers(): void {
    this.state('connected');
  }

  carry(id: number, bytes: ArrayBuffer): void {
    const flight = { id, bytes };
    this.flights.push(flight);
    setTimeout(() => {
      const at = this.flights.indexOf(flight);
      if (at < 0) return;
      this.flights.splice(at, 1);
      this.channels[id]?.left(bytes.byteLength);
      if (net.up) this.other?.channels[id]?.onmessage?.({ data: bytes });
    }, net.delay);
  }

  async getStats(): Promise<Map<string, unknown>> {
    return new Map<string, unknown>([
      ['t', { type: 'transport', selectedCandidatePairId: 'p' }],
      ['p', { type: 'candidate-pair', localCandidateId: 'l', remoteCandidateId: 'r', currentRoundTripTime: 0.004 }],
      ['l', { candidateType: this.config.iceTransportPolicy === 'relay' ? 'relay' : 'host', relayProtocol: 'udp' }],
      ['r', { candidateType: 'host' }],
    ]);
  }

  close(): void {
    this.connectionState = this.signalingState = 'closed';
    for (const c of this.channels) c.readyState = 'closed';
    const { other } = this;
    setTimeout(() => {
      if (other?.other === this) for (const c of other.channels) c.closes();
    }, net.delay);
  }
}

export function install(): void {
  net.up = true;
  net.peers = [];
  Object.assign(globalThis, { RTCPeerConnection: Peer });
}

export function uninstall(): void {
  Reflect.deleteProperty(globalThis, 'RTCPeerConnection');
}
