// Tooltip: shown on hover and on keyboard focus, closed with Escape.

import { Tooltip } from '@base-ui/react/tooltip';
import type { ComponentChildren, VNode } from 'preact';

interface TipProps {
  text: ComponentChildren;
  keys?: string | undefined;
  side?: 'top' | 'bottom' | 'left' | 'right';
  /** One focusable element. */
  children: VNode;
}

export function Tip({ text, keys, side = 'bottom', children }: TipProps) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger render={children} />
      <Tooltip.Portal>
        <Tooltip.Positioner side={side} sideOffset={6} collisionPadding={8} className="layer-tip">
          <Tooltip.Popup className="tip">
            {text}
            {keys && <kbd>{keys}</kbd>}
          </Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}

export const TipProvider = Tooltip.Provider;
