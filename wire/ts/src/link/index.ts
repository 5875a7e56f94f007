// @ridealong/wire/link: how two participants reach each other. Keys of sessions by code are in ./code-keys.ts, for few need them.

export { Emitter } from './emitter.ts';
export type { Rung } from './ladder.ts';
export { Link, type LinkState } from './link.ts';
export { type KeyOf, Links } from './links.ts';
export { readPath } from './path.ts';
export { type Bytes, base64url, concat, derive, fromBase64url, linkUrl, makeSecret, random, sha256 } from './secret.ts';
export { backoff, Signal, type SignalOptions, type SignalState } from './signal.ts';
