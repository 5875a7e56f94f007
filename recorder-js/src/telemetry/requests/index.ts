// The requests of the page: what its scripts ask for and what the browser fetches for it.
//
// Guarantees: the page observes nothing of it but that promises of fetch are settled one microtask later; nothing is read that the page does
// not read; of addresses, headers and bodies only what may be told is told (headers.ts, redact.ts).

import type { Telling } from '../context.ts';
import { Book } from './book.ts';
import { watchFetch } from './fetch.ts';
import { watchEventSources, watchWebSockets } from './sockets.ts';
import { watchTimings } from './timings.ts';
import { watchBeacons, watchXhr } from './xhr.ts';

/** Returns what undoes all but the patches. */
export function requests(t: Telling): () => void {
  const book = new Book(t);
  watchFetch(book);
  watchXhr(book);
  watchBeacons(book);
  watchWebSockets(book);
  const undo = watchEventSources(book);
  const end = watchTimings(book);
  return () => {
    end();
    book.stop();
    undo();
  };
}
