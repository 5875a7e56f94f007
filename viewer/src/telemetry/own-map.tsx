// A source map of the agent's own, for a script of a stack that is shown as it was built: chosen here, kept while this tab lives.

import type { Signal } from '@preact/signals';
import { useMemo, useRef, useState } from 'preact/hooks';
import { Button } from '../parts/button.tsx';
import { addMap } from './sourcemaps.ts';
import { fileOf, parseStack, type ResolveFrame } from './stack.ts';

interface OwnMapProps {
  stack: string;
  resolver: Signal<ResolveFrame | null>;
}

/** Asks for the map of the script of the stack's first frame; nothing when no script has an address. */
export function OwnMap({ stack, resolver }: OwnMapProps) {
  const input = useRef<HTMLInputElement>(null);
  const [said, setSaid] = useState('');
  const script = useMemo(() => parseStack(stack).frames.find(({ url }) => /^https?:/.test(url))?.url, [stack]);
  if (!script) return null;
  const take = async (file: File | undefined) => {
    if (!file) return;
    setSaid('');
    if (!(await addMap(file, script))) {
      setSaid(`${file.name} is not a source map that can be read. Choose the .map file of this very build.`);
      return;
    }
    setSaid(`${file.name} is used for ${fileOf(script)} until this tab is closed.`);
    // Whoever shows a stack asks again when the function is another.
    const resolve = resolver.value;
    resolver.value = resolve && ((frame) => resolve(frame));
  };
  return (
    <p class="t-own-map">
      <Button weight="quiet" icon="upload" onClick={() => input.current?.click()}>
        Source map for {fileOf(script)}…
      </Button>
      <input
        ref={input}
        type="file"
        accept=".map,application/json"
        aria-label={`Source map for ${fileOf(script)}`}
        hidden
        data-testid="own-map"
        onChange={(event) => {
          const { files } = event.currentTarget;
          take(files?.[0]);
          event.currentTarget.value = '';
        }}
      />
      <span role="status" class="t-quiet">
        {said}
      </span>
    </p>
  );
}
