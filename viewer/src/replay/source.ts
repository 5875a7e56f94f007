// A recording by the HTTP API.

import { recordings } from '../recordings/server.ts';
import type { Source } from './archive.ts';

export function sourceOf(id: string): Source {
  return {
    detail: () => recordings.recording(id),
    chunk: (n) => recordings.chunk(id, n),
    content: (hash) => recordings.blob(id, hash),
  };
}
