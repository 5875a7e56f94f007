// Where the stage stands: fitted into the room there is, or at the customer's own size with scrolling.

import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Viewport } from './facts.ts';

interface StageHostProps {
  attach: (host: HTMLElement) => void;
  viewport: Viewport | null;
  fit: boolean;
  standing: 'shown' | 'dimmed' | 'hidden';
  title: string;
}

/** The scale that shows the whole viewport in the room; never larger than the customer's own size. */
export function fitScale(viewport: Viewport, room: Viewport): number {
  if (viewport.width <= 0 || viewport.height <= 0) return 1;
  return Math.max(0.05, Math.min(1, room.width / viewport.width, room.height / viewport.height));
}

export function StageHost({ attach, viewport, fit, standing, title }: StageHostProps) {
  const area = useRef<HTMLDivElement>(null);
  const host = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState<Viewport>({ width: 0, height: 0 });

  useLayoutEffect(() => {
    if (host.current) attach(host.current);
    const watched = area.current;
    if (!watched) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setRoom({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    observer.observe(watched);
    return () => observer.disconnect();
  }, []);

  const size = viewport ?? { width: 1280, height: 800 };
  const scale = fit && room.width > 0 ? fitScale(size, room) : 1;
  return (
    <section
      class={`stage-area ${fit ? 'fit' : 'actual'}`}
      ref={area}
      // A region that scrolls must be reachable by keyboard.
      tabIndex={!fit && standing === 'shown' ? 0 : undefined}
      aria-label={`The customer’s page${title ? `: ${title}` : ''}`}
    >
      <div
        class={`stage-room ${standing}`}
        style={{ width: `${Math.round(size.width * scale)}px`, height: `${Math.round(size.height * scale)}px` }}
        data-testid="stage"
        data-standing={standing}
        aria-hidden={standing === 'hidden' ? true : undefined}
      >
        <div
          class="stage-host"
          ref={host}
          inert={standing === 'hidden'}
          style={{ width: `${size.width}px`, height: `${size.height}px`, transform: `scale(${scale})` }}
        />
      </div>
    </section>
  );
}
