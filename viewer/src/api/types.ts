// What the HTTP API sends and takes.

import type { Consent, Participant, Role } from '@ridealong/wire/signal';

export type { Consent, Participant, Role };

export type SessionState = 'pending' | 'claimed' | 'live' | 'ended' | 'expired';

export interface Account {
  id: string;
  email: string;
  name: string;
  role: string;
}

export interface Me {
  account: Account;
  server: { name: string; version: string };
}

export interface Project {
  id: string;
  name: string;
  origins: string[];
  /** Where customers are sent unless the agent says otherwise. */
  page: string;
}

export interface Session {
  id: string;
  project: string;
  owner: { id: string; name: string };
  state: SessionState;
  /** The page that the link opens. */
  page: string;
  reference: string;
  /** Where the customer is now, reduced; empty before anybody came. */
  url: string;
  title: string;
  consent: Consent | null;
  createdAt: string;
  expiresAt: string;
  endedAt?: string;
  endReason?: string;
  participants: Participant[];
}

export interface NewSession {
  project: string;
  page: string;
  /** base64url SHA-256 of the link's `auth`. */
  authHash: string;
  reference?: string;
}

export interface JoinCode {
  code: string;
  expiresAt: string;
}

export interface Joined {
  participant: Participant;
  ticket: string;
  socket: string;
}
