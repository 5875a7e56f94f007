// @ridealong/wire: what the recorder and the viewer share of the protocol (../PROTOCOL.md).

export * from './bytes.ts';
export * from './frame.ts';
export * from './limits.gen.ts';
export * from './ops.ts';
