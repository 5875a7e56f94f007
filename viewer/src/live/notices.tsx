// Notices beside the picture: what the agent should know while everything goes on.

import { Button, IconButton } from '../parts/button.tsx';
import { Icon } from '../parts/icon.tsx';
import { clock, timeOfDay } from '../sessions/words.ts';
import { noticesOf, type Screen } from './screen.ts';
import type { LiveStore } from './store.ts';

export function Notices({
  store,
  screen,
  end,
  mayEnd,
}: {
  store: LiveStore;
  screen: Screen;
  end: () => void;
  mayEnd: boolean;
}) {
  const facts = store.facts.value;
  const shown = noticesOf(facts, screen);
  if (shown.length === 0) return null;
  return (
    <div class="notices">
      {shown.includes('second-claim') && (
        <div class="notice warn" role="alert" data-testid="notice-second-claim">
          <Icon name="warn" />
          <div>
            <strong>Somebody else tried this link</strong>
            <span>
              At {timeOfDay(facts.secondClaimAt ?? 0)}. They were refused. If your customer is not the one who came
              first, end the session.
            </span>
          </div>
          {mayEnd && (
            <Button weight="danger" onClick={end}>
              End
            </Button>
          )}
          <IconButton icon="close" name="Dismiss" onClick={() => store.dispatch({ type: 'second-claim-seen' })} />
        </div>
      )}
      {shown.includes('server-away') && (
        <div class="notice" role="status" data-testid="notice-server-away">
          <Icon name="wifi" />
          <div>
            <strong>The server is away</strong>
            <span>
              For {clock(store.now.value - (facts.socketLostAt ?? 0))}.{' '}
              {facts.rung === 'direct'
                ? 'The picture comes straight from the customer and goes on.'
                : 'The picture comes by its relay, and stops if that is away too.'}
            </span>
          </div>
        </div>
      )}
      {shown.includes('hidden') && (
        <div class="notice" role="status" data-testid="notice-hidden">
          <Icon name="info" />
          <div>
            <strong>The customer is in another tab</strong>
            <span>Their browser may slow this page down until they come back.</span>
          </div>
        </div>
      )}
      {shown.includes('trouble') && (
        <div class="notice" role="status" data-testid="notice-trouble">
          <Icon name="info" />
          <div>
            <strong>A part of the page could not be shown</strong>
            <span>{facts.trouble}</span>
          </div>
        </div>
      )}
    </div>
  );
}
