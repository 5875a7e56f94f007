// @ridealong/wire/link: how two participants reach each other.

export { Emitter } from './emitter.ts';
export { Follower, type FollowerSink, type OpsMeta, type Position } from './follower.ts';
export { Link, type LinkState, type Rung } from './link.ts';
export { Links } from './links.ts';
export { type Bytes, base64url, concat, derive, fromBase64url, linkUrl, makeSecret, random, sha256 } from './secret.ts';
export { backoff, Signal, type SignalState } from './signal.ts';
