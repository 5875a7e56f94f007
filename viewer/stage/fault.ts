// Why a frame of ops could not be applied. The app asks for a keyframe, except after `too-large`.

export type Reason =
  | 'decode'
  | 'unknown-node'
  | 'order'
  | 'too-large'
  | 'hash'
  | 'compat'
  | 'nested'
  | 'internal'
  | 'stuck';

export class Fault extends Error {
  readonly reason: Reason;

  constructor(reason: Reason, detail: string) {
    super(detail);
    this.reason = reason;
  }
}
