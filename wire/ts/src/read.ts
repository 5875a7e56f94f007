// @ridealong/wire/read: payloads are inflated and read.

export * from './entry-reader.ts';
export * from './inflate.ts';
export * from './op-reader.ts';
export * from './reader.ts';
