// Which path a connection uses, read from its statistics. Only whoever shows it needs it.
//
// Guarantees: what the other side sent changes the name of a relayed path at most, never whether it is one.

/** How a side comes to its relay. */
type Transport = 'udp' | 'tcp' | 'tls';

export interface Path {
  /** undefined: it goes over no relay. */
  relay: Transport | undefined;
  /** ms there and back. */
  roundTrip: number | null;
}

/** `sdp` is the other side's description. */
export type ReadPath = (stats: RTCStatsReport, sdp: string) => Path | undefined;

interface Pair {
  localCandidateId: string;
  remoteCandidateId: string;
  currentRoundTripTime?: number;
}

interface Candidate {
  candidateType?: string;
  relayProtocol?: string;
  priority?: number;
}

/** From the lightest to the heaviest. */
const TRANSPORTS: Transport[] = ['udp', 'tcp', 'tls'];

/** The place in TRANSPORTS of our own candidate, -1 for one that is not relayed. */
function ours(candidate: Candidate | undefined): number {
  if (candidate?.candidateType !== 'relay') return -1;
  return Math.max(0, TRANSPORTS.indexOf(candidate.relayProtocol as Transport));
}

/** The other side's: nobody tells how it comes to its relay, but engines prefer one over the other (RFC 8445 §5.1.2, type preference). */
function theirs(candidate: Candidate | undefined, firefox: boolean): number {
  if (candidate?.candidateType !== 'relay') return -1;
  const preference = (candidate.priority ?? 2 ** 25) >>> 24;
  if (preference > 1) return 0;
  // Chromium and WebKit have 1 for TCP and 0 for TLS; Firefox has 0 for both.
  return preference === 1 || firefox ? 1 : 2;
}

/** The candidate pair in use: Chromium's transport names it, Firefox marks it. */
function selected(stats: RTCStatsReport): Pair | undefined {
  let pair: Pair | undefined;
  for (const report of stats.values()) {
    if (report.type === 'transport' && report.selectedCandidatePairId)
      pair ??= stats.get(report.selectedCandidatePairId);
    if (report.type === 'candidate-pair' && report.selected) pair = report;
  }
  return pair;
}

/** A path with a relay on each side is named by the heavier one. */
export const readPath: ReadPath = (stats, sdp) => {
  const pair = selected(stats);
  if (!pair) return undefined;
  const near = ours(stats.get(pair.localCandidateId));
  const far = theirs(stats.get(pair.remoteCandidateId), sdp.includes('SDPARTA'));
  const { currentRoundTripTime: seconds } = pair;
  return {
    relay: TRANSPORTS[Math.max(near, far)],
    roundTrip: typeof seconds === 'number' ? seconds * 1000 : null,
  };
};
