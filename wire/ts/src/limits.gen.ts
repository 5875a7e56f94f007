// Generated from package wire by wiregen. Do not edit.

/** Bytes, counts and, where the name says so, milliseconds. */
export const Limits = {
  Version: 1,
  MaxPiece: 16384,
  MaxFrame: 33554432,
  MaxRaw: 67108864,
  MaxInflateRatio: 1032,
  MaxControl: 65536,
  MaxMessage: 65536,
  MaxFallback: 16448,
  MaxSDP: 32768,
  MaxCandidates: 32,
  MaxNodes: 250000,
  MaxDepth: 512,
  MaxAttributes: 256,
  MaxText: 4194304,
  MaxStrings: 65536,
  MaxStringBytes: 4194304,
  MaxRules: 65536,
  MaxBlob: 8388608,
  MaxHeld: 1048576,
  RingBytes: 2097152,
  RingAge: 60000,
  HelloTimeout: 5000,
  PingEvery: 15000,
  HandoffLife: 60000,
} as const;
