// /recordings: what was recorded, newest first, and what is found in it. What is asked for is in the address (`?q=`, `?as=`).

import { useEffect, useRef, useState } from 'preact/hooks';
import { type Problem, problemFrom } from '../api/problem.ts';
import type { FoundMoment, RecordingSummary } from '../api/recordings.ts';
import { toLogin } from '../auth/account.ts';
import { Button } from '../parts/button.tsx';
import { Callout } from '../parts/callout.tsx';
import { useNow } from '../parts/clock.ts';
import { Confirm } from '../parts/dialog.tsx';
import { Icon } from '../parts/icon.tsx';
import { say } from '../parts/say.tsx';
import { sizeOf, spokenTime } from '../replay/words.ts';
import { useTitle } from '../shell/title.ts';
import { asksForMoments, withTerm } from './query.ts';
import { recordings } from './server.ts';
import './recordings.css';
import { MomentRow, RecordingRow } from './rows.tsx';
import { SearchBox } from './search-box.tsx';

const PAGE = 40;
type As = 'recordings' | 'moments';

interface Found {
  as: As;
  recordings: RecordingSummary[];
  moments: FoundMoment[];
  next: string | null;
}

export function RecordingsPage() {
  const [q, setQ] = useState(() => new URLSearchParams(location.search).get('q') ?? '');
  const [chosen, setChosen] = useState<As | null>(asOf);
  const as = chosen ?? (asksForMoments(q) ? 'moments' : 'recordings');
  const { found, problem, busy, more, again, forget } = useFound(q, as);
  const [deleting, setDeleting] = useState<RecordingSummary | null>(null);
  const now = useNow();
  useTitle(q ? `${q} – Recordings` : 'Recordings');
  useAddress(q, chosen, (query, how) => {
    setQ(query);
    setChosen(how);
  });
  if (problem?.status === 401) toLogin();
  const search = (next: string) => {
    setQ(next);
    setChosen(null);
  };
  return (
    <>
      <div class="page-head">
        <h1>Recordings</h1>
      </div>
      <SearchBox value={q} onSearch={search} busy={busy && found !== null} />
      {q !== '' && (
        <fieldset class="rq-as">
          <legend class="unseen">Show</legend>
          {(['recordings', 'moments'] as const).map((one) => (
            <button
              key={one}
              type="button"
              class="t-chip"
              aria-pressed={as === one}
              onClick={() => setChosen(one)}
              data-testid={`as-${one}`}
            >
              {one === 'recordings' ? 'Recordings' : 'Moments'}
            </button>
          ))}
        </fieldset>
      )}
      {problem && (
        <Callout
          tone={found ? 'warn' : 'bad'}
          icon="warn"
          alert
          testid="list-error"
          title={problem.status === 400 ? 'This search cannot be read' : 'The recordings could not be loaded'}
          actions={problem.status !== 400 && <Button onClick={again}>Try again</Button>}
        >
          {problem.message}
        </Callout>
      )}
      {!found && !problem && <Skeleton />}
      {found && (
        <Results
          {...{ found, q, now, more, busy }}
          onTag={(tag) => search(withTerm(q, 'tag', tag))}
          onDelete={setDeleting}
        />
      )}
      <div class="unseen" role="status" aria-live="polite">
        {found && !busy && said(found)}
      </div>
      <Delete recording={deleting} onClose={() => setDeleting(null)} deleted={forget} />
    </>
  );
}

interface ResultsProps {
  found: Found;
  q: string;
  now: number;
  busy: boolean;
  more: () => void;
  onTag: (tag: string) => void;
  onDelete: (recording: RecordingSummary) => void;
}

function Results({ found, q, now, busy, more, onTag, onDelete }: ResultsProps) {
  const list = useRef<HTMLUListElement>(null);
  const moments = found.as === 'moments';
  if ((moments ? found.moments : found.recordings).length === 0) return <Nothing searched={q !== ''} />;
  return (
    <>
      <ul
        class="recs"
        ref={list}
        onKeyDown={(event) => walk(event, list.current)}
        data-testid="results"
        data-as={found.as}
        aria-busy={busy}
      >
        {moments
          ? found.moments.map((one) => (
              <MomentRow
                key={`${one.recording}.${one.tab}.${one.at}.${one.kind}.${one.title}`}
                moment={one}
                now={now}
              />
            ))
          : found.recordings.map((one) => (
              <RecordingRow key={one.id} recording={one} now={now} onTag={onTag} onDelete={() => onDelete(one)} />
            ))}
      </ul>
      {found.next && (
        <Button class="more" busy={busy} onClick={more}>
          Show more
        </Button>
      )}
    </>
  );
}

function said({ as, recordings: list, moments }: Found): string {
  const n = as === 'moments' ? moments.length : list.length;
  return `${n} ${as === 'moments' ? (n === 1 ? 'moment' : 'moments') : n === 1 ? 'recording' : 'recordings'}`;
}

/** Arrow keys go from row to row. */
function walk(event: KeyboardEvent, list: HTMLElement | null): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const links = [...(list?.querySelectorAll<HTMLElement>('.rec-link') ?? [])];
  const at = links.indexOf(document.activeElement as HTMLElement);
  if (!step || at < 0) return;
  event.preventDefault();
  links[at + step]?.focus();
}

function Nothing({ searched }: { searched: boolean }) {
  return (
    <div class="empty" data-testid="empty">
      <span class="rec-empty">
        <Icon name={searched ? 'search' : 'film'} size={34} />
      </span>
      <h2>{searched ? 'Nothing is found' : 'Nothing was recorded yet'}</h2>
      <p class="dim">
        {searched
          ? 'No recording has all of this. Take a term away, or look further back with after:30d.'
          : 'Sessions of customers who agreed to it are kept here, to be watched to the second and searched.'}
      </p>
    </div>
  );
}

function Skeleton() {
  return (
    <div aria-busy="true" data-testid="skeleton">
      <span class="unseen" role="status">
        Loading recordings…
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

interface DeleteProps {
  recording: RecordingSummary | null;
  onClose: () => void;
  deleted: (id: string) => void;
}

function Delete({ recording, onClose, deleted }: DeleteProps) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => setProblem(null), [recording]);
  const confirm = async () => {
    if (!recording) return;
    setBusy(true);
    try {
      await recordings.erase(recording.id);
      deleted(recording.id);
      say('The recording is deleted');
      onClose();
    } catch (thrown) {
      setProblem(problemFrom(thrown).message);
    }
    setBusy(false);
  };
  return (
    <Confirm
      open={recording !== null}
      onClose={onClose}
      title={`Delete ${recording?.reference ? `“${recording.reference}”` : 'this recording'}?`}
      text={
        <>
          {recording && lossOf(recording)} Links to its moments stop working. Its key is erased, so that no back-up can
          bring it back.
          {problem && (
            <span class="field-error" role="alert">
              {problem}
            </span>
          )}
        </>
      }
      action="Delete the recording"
      busy={busy}
      onConfirm={() => void confirm()}
      testid="delete-confirm"
    />
  );
}

function lossOf({ durationMs, pages, bytes, hold }: RecordingSummary): string {
  const what = `${spokenTime(durationMs)} with ${pages} ${pages === 1 ? 'page' : 'pages'} (${sizeOf(bytes)}), its notes and what was found in it are lost for everybody.`;
  return hold ? `${what} It is on hold, and cannot be deleted before that is lifted.` : what;
}

function useFound(q: string, as: As) {
  const [found, setFound] = useState<Found | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(true);
  const asked = useRef(0);
  const load = async (before: string | null, have: Found | null) => {
    const mine = ++asked.current;
    setBusy(true);
    setProblem(null);
    try {
      const next = await ask(q, as, before);
      if (mine !== asked.current) return;
      setFound(
        have
          ? {
              ...next,
              recordings: [...have.recordings, ...next.recordings],
              moments: [...have.moments, ...next.moments],
            }
          : next,
      );
    } catch (thrown) {
      if (mine !== asked.current) return;
      const why = problemFrom(thrown);
      setProblem(why);
      if (why.status === 400) setFound(null);
    }
    setBusy(false);
  };
  useEffect(() => {
    void load(null, null);
  }, [q, as]);
  return {
    found,
    problem,
    busy,
    more: () => void load(found?.next ?? null, found),
    again: () => void load(null, null),
    forget: (id: string) =>
      setFound((now) => now && { ...now, recordings: now.recordings.filter((one) => one.id !== id) }),
  };
}

async function ask(q: string, as: As, before: string | null): Promise<Found> {
  const of = { q, limit: PAGE, ...(before && { before }) };
  if (as === 'moments') {
    const { moments, next } = await recordings.moments(of);
    return { as, recordings: [], moments, next: next ?? null };
  }
  const { recordings: list, next } = await recordings.recordings(of);
  return { as, recordings: list, moments: [], next: next ?? null };
}

function asOf(): As | null {
  const as = new URLSearchParams(location.search).get('as');
  return as === 'recordings' || as === 'moments' ? as : null;
}

/** The address says what is asked for; going back in the browser goes back to it. */
function useAddress(q: string, as: As | null, back: (q: string, as: As | null) => void): void {
  useEffect(() => {
    const query = new URLSearchParams();
    if (q) query.set('q', q);
    if (q && as) query.set('as', as);
    const address = `/recordings${query.size > 0 ? `?${query}` : ''}`;
    const here = new URLSearchParams(location.search);
    if ((here.get('q') ?? '') !== q || (q !== '' && (here.get('as') ?? null) !== as))
      history.pushState(null, '', address);
  }, [q, as]);
  useEffect(() => {
    const follow = () =>
      location.pathname === '/recordings' && back(new URLSearchParams(location.search).get('q') ?? '', asOf());
    addEventListener('popstate', follow);
    return () => removeEventListener('popstate', follow);
  }, []);
}
