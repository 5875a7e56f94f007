// A small picture of a recording, made in this browser from the recording's own frames: the server keeps none.
//
// Guarantees: only rows that are seen get one, one after the other; what was fetched is kept in the tab for a while; few stages at once.

import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../parts/icon.tsx';
import { Archive } from '../replay/archive.ts';
import { sourceOf } from '../replay/source.ts';
import { Still, stillAt } from '../replay/still.ts';

const KEPT = 40;
const CHUNK_BYTES = 4 << 20;
const STAGES = 12;
/** The first picture may be an empty page. */
const AFTER = 3000;

const archives = new Map<string, Archive>();
/** One at a time. */
let turn: Promise<unknown> = Promise.resolve();
const alive: (() => void)[] = [];

function archiveOf(id: string): Archive {
  const known = archives.get(id);
  if (known) return known;
  const archive = new Archive(sourceOf(id), CHUNK_BYTES);
  archives.set(id, archive);
  if (archives.size > KEPT) archives.delete(archives.keys().next().value ?? '');
  return archive;
}

/** `at`: of which moment; else of about the beginning. */
export function Thumbnail({ id, at }: { id: string; at?: number }) {
  const box = useRef<HTMLSpanElement>(null);
  const host = useRef<HTMLSpanElement>(null);
  const [state, setState] = useState<'none' | 'shown'>('none');
  useEffect(() => {
    const { current } = box;
    if (!current) return;
    let still: Still | null = null;
    let gone = false;
    const drop = () => {
      still?.close();
      still = null;
      if (!gone) setState('none');
    };
    const draw = async () => {
      if (gone || !host.current || still) return;
      const archive = archiveOf(id);
      if (!archive.detail) await archive.refresh();
      const first = archive.chunks().find((one) => at === undefined || one.to >= at)?.n;
      if (first === undefined || gone || !host.current) return;
      await archive.need(first);
      const keyframe = stillAt(archive, null, at ?? AFTER) ?? stillAt(archive, null, Number.POSITIVE_INFINITY);
      if (!keyframe || gone || !host.current) return;
      still = new Still(host.current, archive);
      alive.push(drop);
      if (alive.length > STAGES) alive.shift()?.();
      if ((await still.show(keyframe)) && !gone) setState('shown');
    };
    const observer = new IntersectionObserver(([entry]) => {
      if (!entry?.isIntersecting) return;
      turn = turn.then(draw).catch(() => undefined);
    });
    observer.observe(current);
    return () => {
      gone = true;
      observer.disconnect();
      drop();
    };
  }, [id, at]);
  return (
    <span class={`thumb ${state}`} ref={box} aria-hidden="true" data-testid="thumbnail" data-state={state}>
      <Icon name="film" size={20} />
      <span class="thumb-host" ref={host} />
    </span>
  );
}
