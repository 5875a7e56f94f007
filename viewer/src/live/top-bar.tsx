// The bar over the live view: where the customer is, how the picture comes, who is here, for how long, and the way out.

import type { Session } from '../api/types.ts';
import { Button, IconButton } from '../parts/button.tsx';
import { CopyButton } from '../parts/copy.tsx';
import { Logo } from '../parts/logo.tsx';
import { clock, shortUrl } from '../sessions/words.ts';
import { stay } from '../shell/router.ts';
import type { Facts } from './facts.ts';
import { People } from './people.tsx';
import { RecordedBadge } from './recorded.tsx';
import { RungBadge } from './rung.tsx';
import type { Screen } from './screen.ts';
import { OVER } from './screen.ts';
import type { Action } from './shortcuts.ts';
import { StatsPopover } from './stats.tsx';
import type { LiveStore } from './store.ts';

interface TopBarProps {
  store: LiveStore;
  screen: Screen;
  fit: boolean;
  statsOpen: boolean;
  openStats: (open: boolean) => void;
  mayEnd: boolean;
  run: (action: Action) => void;
}

export function TopBar({ store, screen, fit, statsOpen, openStats, mayEnd, run }: TopBarProps) {
  const facts = store.facts.value;
  const { session, viewport } = facts;
  const over = OVER.has(screen.kind);
  const recorded = facts.participants.some((one) => one.role === 'archiver' && one.here);
  return (
    <header class="bar">
      <a class="bar-home" href="/" onClick={stay} aria-label="Sessions">
        <Logo />
      </a>
      <Where facts={facts} session={session} />
      <div class="bar-state">
        {facts.rung && !over && (
          <RungBadge rung={facts.rung} roundTrip={store.stats.value.roundTrip} recorded={recorded} />
        )}
        {recorded && !over && <RecordedBadge session={session?.id} />}
        {viewport && !over && (
          <span class="badge size" title="The customer’s viewport in CSS pixels" data-testid="viewport">
            {viewport.width} × {viewport.height}
          </span>
        )}
        {session && <People participants={facts.participants} />}
        {session && !over && <Elapsed session={session} now={store.now.value} />}
      </div>
      <div class="bar-tools">
        {!over && (
          <>
            <IconButton
              icon={fit ? 'actual' : 'fit'}
              name={fit ? 'Actual size' : 'Fit to window'}
              keys="Z"
              class="tool-size"
              onClick={() => run('fit')}
              data-testid="fit"
            />
            <StatsPopover stats={store.stats} open={statsOpen} onOpen={openStats} />
            <IconButton
              icon="panel"
              name="Environment"
              keys="D"
              onClick={() => run('environment')}
              data-testid="environment-button"
            />
            <IconButton icon="share" name="Share" keys="I" onClick={() => run('invite')} data-testid="share-button" />
          </>
        )}
        <IconButton icon="help" name="Keyboard shortcuts" keys="?" class="tool-help" onClick={() => run('help')} />
        {session && !over && (
          <Button weight={mayEnd ? 'danger' : 'plain'} onClick={() => run('end')} data-testid="end">
            {mayEnd ? 'End' : 'Leave'}
          </Button>
        )}
      </div>
    </header>
  );
}

function Where({ facts, session }: { facts: Facts; session: Session | null }) {
  const url = facts.page?.url || session?.url || session?.page || '';
  const title = facts.page?.title || session?.title || session?.reference || 'Session';
  return (
    <div class="bar-where">
      <h1 class="bar-title" title={title} data-testid="page-title">
        {title}
      </h1>
      {url && (
        <div class="bar-url">
          <span title={url} data-testid="page-url">
            {shortUrl(url)}
          </span>
          <CopyButton text={url} what="page address" />
        </div>
      )}
    </div>
  );
}

function Elapsed({ session, now }: { session: Session; now: number }) {
  const passed = clock(now - Date.parse(session.createdAt));
  return (
    <span class="badge elapsed" title="Since the session was created" data-testid="elapsed">
      <span class="unseen">Since the session was created: </span>
      {passed}
    </span>
  );
}
