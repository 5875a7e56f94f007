// Over the stage while it shows the page as it was: which moment that is, and the way back.

import { Button } from '../parts/button.tsx';
import { Icon } from '../parts/icon.tsx';
import type { Past } from './facts.ts';
import type { LiveStore } from './store.ts';

export function LookingBack({ store, past }: { store: LiveStore; past: Past }) {
  const wall = store.telemetry.wallOfMoment(past);
  const ago = Math.max(0, Math.round((store.now.value - wall) / 1000));
  const when = `${new Date(wall).toLocaleTimeString()}, ${ago < 120 ? `${ago} s` : `${Math.round(ago / 60)} min`} ago`;
  return (
    <div class="looking-back" role="status" data-testid="looking-back" data-kept={past.kept}>
      <Icon name="clock" />
      <span>{past.kept ? `The page as it was at ${when}` : `The page at ${when} is not kept any more`}</span>
      <Button weight="primary" onClick={() => store.lookBack(null)} data-testid="back-to-live">
        {past.kept ? 'Back to live' : 'Close'}
      </Button>
    </div>
  );
}
