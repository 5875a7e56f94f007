// Generated from package wire by wiregen. Do not edit.

/** What a client does after its socket was closed. */
export type Next = 'reconnect' | 'renew' | 'stop';

export interface CloseCode {
  code: number;
  name: string;
  next: Next;
  message: string;
}

export const CloseCodes: readonly CloseCode[] = [
  { code: 4000, name: 'draining', next: 'reconnect', message: "The server restarts." },
  { code: 4001, name: 'slow', next: 'reconnect', message: "This connection could not keep up." },
  { code: 4002, name: 'rate', next: 'reconnect', message: "Too many messages." },
  { code: 4003, name: 'hello-timeout', next: 'reconnect', message: "No hello arrived in time." },
  { code: 4004, name: 'internal', next: 'reconnect', message: "The server met an error." },
  { code: 4100, name: 'bad-credential', next: 'renew', message: "This credential is not valid any more." },
  { code: 4400, name: 'bad-message', next: 'stop', message: "A message could not be read." },
  { code: 4403, name: 'bad-origin', next: 'stop', message: "This site is not on the project's list." },
  { code: 4409, name: 'superseded', next: 'stop', message: "This session was opened somewhere else." },
  { code: 4410, name: 'ended', next: 'stop', message: "The session has ended." },
  { code: 4413, name: 'too-large', next: 'stop', message: "A message was too large." },
  { code: 4426, name: 'bad-version', next: 'stop', message: "This page is out of date. Reload it." },
];
