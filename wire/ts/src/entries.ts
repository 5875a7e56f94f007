// @ridealong/wire/entries: what is in the telemetry lane, and its writer. Apart from the index because a recorder loads it when it captures telemetry.

export * from './entry.gen.ts';
export * from './entry-writer.ts';
