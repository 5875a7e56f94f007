// What a recorder and that of a page in a frame say to each other (guests.ts, ../guest.ts).

/** What goes through the port. Tuples: the two ends may be builds of different days. */
export const Say = { ops: 0, asset: 1, point: 2, stop: 3 } as const;
/** The first word of what a frame is asked with, and its version. */
export const ASK = 'ridealong-1';
