// Generated from package wire by wiregen. Do not edit.

/** Role is what a participant is in a session. */
export type Role = 'customer' | 'agent' | 'observer' | 'archiver';

/** Participant as the others in the room see it. */
export interface Participant {
  id: string;
  /** its address in relayed messages and fallback frames; stable for the session */
  leg: number;
  role: Role;
  /** what the server knows, never what the other side chose */
  name: string;
  /** has a socket now */
  here: boolean;
}

/** Credential opens a socket. */
export interface Credential {
  /** CredentialHandoff, CredentialResume, CredentialTicket */
  kind: string;
  value: string;
}

/** Consent is what the customer agreed to. */
export interface Consent {
  view: boolean;
  control: boolean;
  record: boolean;
  textVersion: string;
}

/** ICEServer as RTCPeerConnection takes it. */
export interface ICEServer {
  urls: string[];
  username?: string;
  credential?: string;
}

/** Hello is the first message of a client. */
export interface Hello {
  type: 'hello';
  v: number;
  credential: Credential;
  /** customer: the document it already has */
  epoch?: number;
  /** customer: reduced, for the session list */
  url?: string;
  title?: string;
}

/** Welcome answers a hello. */
export interface Welcome {
  type: 'welcome';
  v: number;
  session: string;
  participant: Participant;
  resume: string;
  epoch: number;
  iceServers: ICEServer[];
  relayOnly: boolean;
  participants: Participant[];
  consent: Consent;
  /** to customers */
  privacy?: Privacy;
  /** to customers who agreed to a recording: base64url of the key of links with the archiver */
  archive?: string;
}

/** ICE renews what a welcome said of ways between browsers: what opens a relay expires. */
export interface ICE {
  type: 'ice';
  iceServers: ICEServer[];
}

/** Privacy is what an operator hides on every page, beside what the site hides. It shows nothing. */
export interface Privacy {
  mode?: 'strict';
  /** selectors */
  mask?: string;
  block?: string;
}

/** Presence is the whole list of participants, after every change. */
export interface Presence {
  type: 'presence';
  participants: Participant[];
}

/** Ended says that the session is over; the close code `ended` follows. */
export interface Ended {
  type: 'ended';
  reason: EndReason;
}

/** Error answers a message that could not be taken; the socket stays. */
export interface Error {
  type: 'error';
  code: string;
  /** for people */
  message: string;
}

/** SecondClaim tells agents that somebody else tried the link. */
export interface SecondClaim {
  type: 'second-claim';
}

/** Dropped tells a sender that its fallback frames did not fit the receiver's queue. */
export interface Dropped {
  type: 'dropped';
  to: number;
  reason: string;
  count: number;
}

/** Ping and Pong measure the way to the server; T is the sender's own number. */
export interface Ping {
  type: 'ping';
  t: number;
}

/** Pong answers Ping. */
export interface Pong {
  type: 'pong';
  t: number;
}

/** Leave says that this participant goes; the session stays. */
export interface Leave {
  type: 'leave';
  reason: string;
}

/** End ends the session for everybody. */
export interface End {
  type: 'end';
  reason?: EndReason;
}

/** Withdraw changes what the customer agreed to; less only. */
export interface Withdraw {
  type: 'consent';
  consent: Consent;
}

/** Page tells the server where the customer is, for the session list. */
export interface Page {
  type: 'page';
  url: string;
  title: string;
}

/** NewTab asks for a hand-off for another tab of the customer's. */
export interface NewTab {
  type: 'new-tab';
}

/** Handoff answers NewTab: it opens one socket within HandoffLife, as a participant of its own. */
export interface Handoff {
  type: 'handoff';
  value: string;
}

/** Address of a relayed message: To from the client, From from the server. */
export interface Address {
  to?: number;
  from?: number;
  link: string;
}

/** Description is an RTCSessionDescription. */
export interface Description {
  type: 'offer' | 'answer' | 'pranswer' | 'rollback';
  sdp: string;
}

/** Greet begins a link (customer to agent). */
export interface Greet {
  type: 'greet';
  to?: number;
  from?: number;
  link: string;
  nonce: string;
  description?: Description;
}

/** Accept answers Greet (agent to customer). */
export interface Accept {
  type: 'accept';
  to?: number;
  from?: number;
  link: string;
  nonce: string;
  description?: Description;
  proof: string;
}

/** Proof is the customer's, after it verified the agent's. */
export interface Proof {
  type: 'proof';
  to?: number;
  from?: number;
  link: string;
  proof: string;
}

/** Negotiate carries a later description. */
export interface Negotiate {
  type: 'description';
  to?: number;
  from?: number;
  link: string;
  description: Description;
  proof?: string;
}

/** Candidate carries an ICE candidate, null at the end of candidates. */
export interface Candidate {
  type: 'candidate';
  to?: number;
  from?: number;
  link: string;
  candidate: RTCIceCandidateInit | null;
}

/** Unlink gives a link up. */
export interface Unlink {
  type: 'unlink';
  to?: number;
  from?: number;
  link: string;
  code: string;
}

/** KeyCommit, KeyShare and KeyReveal make a key where the link carried none (PROTOCOL.md §5.4). */
export interface KeyCommit {
  type: 'key-commit';
  to?: number;
  from?: number;
  link: string;
  commit: string;
}

/** KeyShare is the agent's public key. */
export interface KeyShare {
  type: 'key-share';
  to?: number;
  from?: number;
  link: string;
  pub: string;
}

/** KeyReveal opens the commitment. */
export interface KeyReveal {
  type: 'key-reveal';
  to?: number;
  from?: number;
  link: string;
  pub: string;
  r: string;
}

/** EndReason says why a session is over. */
export type EndReason = 'customer' | 'agent' | 'expired' | 'tampered';

export type RelayedMessage = Greet | Accept | Proof | Negotiate | Candidate | Unlink | KeyCommit | KeyShare | KeyReveal;
export type ServerMessage = Welcome | Presence | Ended | Error | SecondClaim | Dropped | Pong | Handoff | ICE | RelayedMessage;
export type ClientMessage = Hello | Leave | End | Withdraw | Page | Ping | NewTab | RelayedMessage;
