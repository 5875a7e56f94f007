// @ridealong/wire: what the recorder and the viewer share of the protocol (../PROTOCOL.md). What reads payloads is in @ridealong/wire/read,
// which a recorder does without; the signaling messages' types are in @ridealong/wire/signal.

export * from './bytes.ts';
export * from './code.gen.ts';
export * from './deflate.ts';
export * from './frame.ts';
export * from './limits.gen.ts';
export * from './op-writer.ts';
export * from './ops.ts';
export * from './treehash.ts';
