// A stack, frame by frame; where the sources are known, as the site's developers wrote it.

import type { ReadonlySignal } from '@preact/signals';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { fileOf, parseStack, type ResolveFrame, type SourceFrame, type StackFrame } from './stack.ts';

const MAX_RESOLVED = 30;

interface StackProps {
  stack: string;
  resolver: ReadonlySignal<ResolveFrame | null>;
  /** The lines of the source around the first frame are shown. */
  context?: boolean;
}

export function Stack({ stack, resolver, context = false }: StackProps) {
  const { head, frames } = useMemo(() => parseStack(stack), [stack]);
  const found = useSources(frames, resolver.value);
  if (frames.length === 0) return head ? <pre class="t-pre">{head}</pre> : null;
  const first = found[0];
  return (
    <div class="t-stack-box">
      {context && first?.context && first.context.length > 0 && <Context frame={first} />}
      <ol class="t-stack">
        {frames.map((frame, i) => (
          <Frame key={`${i}.${frame.line}`} frame={found[i] ?? frame} built={found[i] ? frame : null} />
        ))}
      </ol>
    </div>
  );
}

/** The frames in the sources, as they are found. */
function useSources(frames: readonly StackFrame[], resolve: ResolveFrame | null): (SourceFrame | null)[] {
  const [found, setFound] = useState<(SourceFrame | null)[]>([]);
  useEffect(() => {
    setFound([]);
    if (!resolve) return;
    let gone = false;
    frames.slice(0, MAX_RESOLVED).forEach((frame, i) => {
      resolve(frame).then(
        (source) => {
          if (gone || !source) return;
          setFound((before) => {
            const next = [...before];
            next[i] = source;
            return next;
          });
        },
        () => undefined, // the frame stays as it was told
      );
    });
    return () => {
      gone = true;
    };
  }, [frames, resolve]);
  return found;
}

function Frame({ frame, built }: { frame: StackFrame; built: StackFrame | null }) {
  const place = `${frame.url}:${frame.line}${frame.column ? `:${frame.column}` : ''}`;
  const from = built ? `\nbuilt as ${built.url}:${built.line}:${built.column}` : '';
  return (
    <li title={place + from}>
      <span class={frame.fn ? 't-fn' : 't-fn none'}>{frame.fn || '(anonymous)'}</span>
      <span class="t-at">
        {fileOf(frame.url)}
        <span class="t-line">
          :{frame.line}
          {frame.column > 0 && `:${frame.column}`}
        </span>
      </span>
      {built && <span class="t-mapped">source</span>}
    </li>
  );
}

function Context({ frame }: { frame: SourceFrame }) {
  const lines = (frame.context ?? []).slice(0, 21);
  const first = frame.line - Math.floor(lines.length / 2);
  return (
    <pre class="t-context">
      {lines.map((text, i) => (
        <span key={first + i} class={first + i === frame.line ? 'here' : ''}>
          <i>{first + i}</i>
          {text.slice(0, 400)}
          {'\n'}
        </span>
      ))}
    </pre>
  );
}
