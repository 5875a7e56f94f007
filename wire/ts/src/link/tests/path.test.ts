// What the statistics of each engine say of the path in use.

import { describe, expect, test } from 'vitest';
import { readPath } from '../path.ts';

const CHROMIUM = 'v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n';
const FIREFOX = 'v=0\r\no=mozilla...THIS_IS_SDPARTA-99.0 1 0 IN IP4 0.0.0.0\r\n';
const host = { candidateType: 'host', priority: 126 * 2 ** 24 };
const relay = (preference: number, relayProtocol?: string) => ({
  candidateType: 'relay',
  relayProtocol,
  priority: preference * 2 ** 24 + 7,
});

function path(local: object, remote: object, sdp = CHROMIUM) {
  const stats = new Map<string, unknown>([
    ['other', { type: 'candidate-pair', localCandidateId: 'x', remoteCandidateId: 'y', state: 'succeeded' }],
    ['t', { type: 'transport', selectedCandidatePairId: 'p' }],
    ['p', { type: 'candidate-pair', localCandidateId: 'l', remoteCandidateId: 'r', currentRoundTripTime: 0.0125 }],
    ['l', local],
    ['r', remote],
  ]);
  return readPath(stats as unknown as RTCStatsReport, sdp);
}

describe('the path in use', () => {
  test('is direct where neither side has a relay', () => {
    expect(path(host, host)).toEqual({ relay: undefined, roundTrip: 12.5 });
  });

  test.each([
    [relay(2, 'udp'), host, 'udp'],
    [relay(1, 'tcp'), host, 'tcp'],
    [relay(0, 'tls'), host, 'tls'],
    [relay(2), host, 'udp'],
    [relay(2, 'carrier pigeon'), host, 'udp'],
  ])('is named by how this side comes to its relay: %j', (local, remote, transport) => {
    expect(path(local, remote)?.relay).toBe(transport);
  });

  test.each([
    [2, CHROMIUM, 'udp'],
    [1, CHROMIUM, 'tcp'],
    [0, CHROMIUM, 'tls'],
    [5, FIREFOX, 'udp'],
    [0, FIREFOX, 'tcp'],
  ])('is named by how the other side comes to its relay, preference %i', (preference, sdp, transport) => {
    expect(path(host, relay(preference), sdp)?.relay).toBe(transport);
  });

  test('with a relay on each side is named by the heavier one', () => {
    expect(path(relay(2, 'udp'), relay(1))?.relay).toBe('tcp');
    expect(path(relay(0, 'tls'), relay(2))?.relay).toBe('tls');
  });

  test('is unknown while there is none, and marked in Firefox', () => {
    expect(readPath(new Map() as unknown as RTCStatsReport, '')).toBeUndefined();
    const marked = new Map<string, unknown>([
      ['p', { type: 'candidate-pair', selected: true, localCandidateId: 'l', remoteCandidateId: 'r' }],
      ['l', relay(5, 'udp')],
    ]);
    expect(readPath(marked as unknown as RTCStatsReport, FIREFOX)).toEqual({ relay: 'udp', roundTrip: null });
  });
});
