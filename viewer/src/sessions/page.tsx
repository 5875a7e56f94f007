// `/`: the sessions, live first; asks again every five seconds while somebody looks.

import { useEffect, useState } from 'preact/hooks';
import type { Session } from '../api/types.ts';
import { api, toLogin } from '../auth/account.ts';
import { Button } from '../parts/button.tsx';
import { Callout } from '../parts/callout.tsx';
import { useNow } from '../parts/clock.ts';
import { useTitle } from '../shell/title.ts';
import { NewSession } from './new-session.tsx';
import { usePoll } from './poll.ts';
import { SessionRow } from './row.tsx';
import { type Group, groupOf } from './words.ts';

const EVERY = 5000;
const PAGE = 50;

export function SessionsPage() {
  const list = usePoll(() => api.sessions({ limit: PAGE }), EVERY);
  const [creating, setCreating] = useState(false);
  const live = list.value?.filter((one) => one.state === 'live').length ?? 0;
  useTitle(live > 0 ? `Sessions (${live} live)` : 'Sessions');
  useNewKey(() => setCreating(true));

  if (list.problem?.status === 401) toLogin();
  return (
    <>
      <div class="page-head">
        <h1>Sessions</h1>
        <Button weight="primary" icon="plus" onClick={() => setCreating(true)} data-testid="new-session">
          New session
        </Button>
      </div>
      {list.problem && list.value && (
        <Callout tone="warn" icon="wifi" testid="list-stale" actions={<Button onClick={list.again}>Try again</Button>}>
          {list.problem.message} The list may be out of date.
        </Callout>
      )}
      {list.value ? (
        <Sessions first={list.value} create={() => setCreating(true)} />
      ) : list.problem ? (
        <Callout
          tone="bad"
          icon="warn"
          alert
          testid="list-error"
          title="The sessions could not be loaded"
          actions={
            <Button onClick={list.again} busy={list.busy}>
              Try again
            </Button>
          }
        >
          {list.problem.message}
        </Callout>
      ) : (
        <Skeleton />
      )}
      <NewSession open={creating} onClose={() => setCreating(false)} />
    </>
  );
}

const HEADINGS: [Group, string][] = [
  ['live', 'Live'],
  ['waiting', 'Waiting for the customer'],
  ['ended', 'Ended'],
];

function Sessions({ first, create }: { first: Session[]; create: () => void }) {
  const now = useNow();
  const older = useOlder(first);
  const sessions = [...first, ...older.list];
  if (sessions.length === 0) return <Empty create={create} />;
  return (
    <div data-testid="sessions">
      {HEADINGS.map(([group, heading]) => {
        const rows = sessions.filter((one) => groupOf(one) === group);
        if (rows.length === 0) return null;
        return (
          <section class="group" key={group} aria-labelledby={`group-${group}`}>
            <h2 id={`group-${group}`}>
              {heading} <span class="count">{rows.length}</span>
            </h2>
            <ul class="rows">
              {rows.map((one) => (
                <SessionRow key={one.id} session={one} now={now} />
              ))}
            </ul>
          </section>
        );
      })}
      {older.problem && <Callout tone="warn">{older.problem}</Callout>}
      {older.more && (
        <Button class="more" busy={older.busy} onClick={older.load}>
          Show older sessions
        </Button>
      )}
    </div>
  );
}

/** Sessions before the first page; asked for once each, because what has ended does not change. */
function useOlder(first: Session[]) {
  const [list, setList] = useState<Session[]>([]);
  const [busy, setBusy] = useState(false);
  const [end, setEnd] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const known = new Set(first.map((one) => one.id));
  const shown = list.filter((one) => !known.has(one.id));
  const load = async () => {
    const before = (list.at(-1) ?? first.at(-1))?.id;
    if (!before) return;
    setBusy(true);
    setProblem(null);
    try {
      const next = await api.sessions({ before, limit: PAGE });
      setList([...list, ...next]);
      setEnd(next.length < PAGE);
    } catch (thrown) {
      setProblem(thrown instanceof Error ? thrown.message : 'Older sessions could not be loaded.');
    }
    setBusy(false);
  };
  return { list: shown, busy, problem, load, more: !end && first.length >= PAGE };
}

function Empty({ create }: { create: () => void }) {
  return (
    <div class="empty" data-testid="empty">
      <EmptyPicture />
      <h2>See the page your customer sees</h2>
      <ol class="steps">
        <li>Create a session and send its link, or read out the code.</li>
        <li>The customer opens it and allows what is shared.</li>
        <li>Their page appears here, live, until either of you ends it.</li>
      </ol>
      <Button weight="primary" icon="plus" onClick={create}>
        New session
      </Button>
    </div>
  );
}

function EmptyPicture() {
  return (
    <svg class="empty-picture" viewBox="0 0 220 92" width="220" height="92" aria-hidden="true" focusable="false">
      <rect class="ep-card" x="1" y="9" width="92" height="66" rx="7" />
      <path class="ep-line" d="M1 23h92" />
      <path class="ep-text" d="M12 36h40M12 46h58M12 56h30" />
      <rect class="ep-card" x="127" y="17" width="92" height="66" rx="7" />
      <path class="ep-line" d="M127 31h92" />
      <path class="ep-text" d="M138 44h40M138 54h58M138 64h30" />
      <path class="ep-lane" d="M93 42c17 0 17 8 34 8" />
      <circle class="ep-dot" cx="110" cy="46" r="4" />
    </svg>
  );
}

function Skeleton() {
  return (
    <div aria-busy="true" data-testid="skeleton">
      <span class="unseen" role="status">
        Loading sessions…
      </span>
      <div class="rows bones">
        {[0, 1, 2, 3].map((n) => (
          <div class="row" key={n}>
            <span class="bone wide" />
            <span class="bone" />
          </div>
        ))}
      </div>
    </div>
  );
}

/** N opens the dialog, unless somebody is typing. */
function useNewKey(open: () => void): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key !== 'n' || event.metaKey || event.ctrlKey || event.altKey) return;
      if (
        event.target instanceof Element &&
        event.target.closest('input, textarea, select, [role=dialog], [role=menu]')
      )
        return;
      event.preventDefault();
      open();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
}
