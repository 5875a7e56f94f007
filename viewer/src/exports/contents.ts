// Which contents (pictures, fonts) a recording names.

import { decodeFrame, Kind } from '@ridealong/wire';
import { base64url } from '@ridealong/wire/link';
import { Reader } from '@ridealong/wire/read';
import type { Archive } from '../replay/archive.ts';

export interface NamedContent {
  n: number;
  hash: string;
  mime: string;
  time: number;
}

/** Of one document, in the order of their frames. */
export function namedIn(archive: Archive, tab: number, epoch: number): NamedContent[] {
  return archive.log(tab, epoch).assets.flatMap((frame) => {
    const bytes = archive.bytes(frame) ?? frame.kept;
    if (!bytes || frame.kind !== Kind.asset) return [];
    try {
      const r = new Reader(decodeFrame(bytes).payload);
      const n = r.varint();
      const hash = base64url(r.bytes(16));
      r.varint();
      return [{ n, hash, mime: r.text(100), time: frame.time }];
    } catch {
      return [];
    }
  });
}

/** The hashes of all. */
export function contentsOf(archive: Archive): string[] {
  const documents = archive.detail?.documents ?? [];
  return [...new Set(documents.flatMap(({ tab, epoch }) => namedIn(archive, tab, epoch).map(({ hash }) => hash)))];
}
