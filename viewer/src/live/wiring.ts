// Opens the real transport: the parts of the link library and of the stage, joined to what the connection needs.

import { Problem } from '../api/problem.ts';
import type { Transport, TransportOptions } from './transport.ts';

/** This build carries no link library: it says so instead of waiting for ever. */
export function openTransport(_: TransportOptions): Transport {
  throw new Problem(
    'fault',
    'This build of the app cannot connect to customers. Ask whoever runs the server for a whole build.',
  );
}
