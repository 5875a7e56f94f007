// Hand over: a link to this moment that ends, and the recording as files that others' tools read.

import { useEffect, useState } from 'preact/hooks';
import { problemFrom } from '../api/problem.ts';
import type { RecordingDetail, Share } from '../api/recordings.ts';
import { Button, IconButton } from '../parts/button.tsx';
import { CopyButton } from '../parts/copy.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Icon, type IconName } from '../parts/icon.tsx';
import { say } from '../parts/say.tsx';
import { recordings } from '../recordings/server.ts';
import { clock, dayAndTime } from '../sessions/words.ts';
import { saveBlob } from '../telemetry/save.ts';
import type { PlayerStore } from './store.ts';

interface HandOverProps {
  open: boolean;
  onClose: () => void;
  store: PlayerStore;
  detail: RecordingDetail;
}

export function HandOver({ open, onClose, store, detail }: HandOverProps) {
  return (
    <Dialog open={open} onClose={onClose} title="Hand over" testid="hand-over-dialog" wide>
      <Links detail={detail} at={store.at.value} />
      <Files store={store} detail={detail} />
    </Dialog>
  );
}

const DAYS = [1, 7, 30, 90];

function Links({ detail, at }: { detail: RecordingDetail; at: number }) {
  const [shares, setShares] = useState<Share[]>([]);
  const [days, setDays] = useState(7);
  const [made, setMade] = useState<Share | null>(null);
  const [busy, setBusy] = useState(false);
  const load = () => recordings.shares(detail.id).then(setShares, () => undefined); // the list is not what one came for
  useEffect(() => void load(), [detail.id]);
  const make = async () => {
    setBusy(true);
    try {
      setMade(await recordings.share(detail.id, { at: Math.round(at), days }));
      void load();
    } catch (thrown) {
      say(problemFrom(thrown).message);
    }
    setBusy(false);
  };
  const revoke = async (id: string) => {
    try {
      await recordings.unshare(detail.id, id);
      setShares(shares.filter((one) => one.id !== id));
      if (made?.id === id) setMade(null);
      say('The link leads nowhere any more');
    } catch (thrown) {
      say(problemFrom(thrown).message);
    }
  };
  return (
    <section class="ho-part" aria-labelledby="ho-link">
      <h3 id="ho-link">A link to {clock(at)}</h3>
      <p class="dim">Opens the player at this second, for colleagues who are signed in. It can be revoked here.</p>
      <div class="ho-line">
        <label>
          Ends after{' '}
          <select
            value={days}
            onChange={(event) => setDays(Number(event.currentTarget.value))}
            data-testid="share-days"
          >
            {DAYS.map((n) => (
              <option key={n} value={n}>
                {n === 1 ? '1 day' : `${n} days`}
              </option>
            ))}
          </select>
        </label>
        <Button weight="primary" icon="link" busy={busy} onClick={() => void make()} data-testid="share-make">
          Make the link
        </Button>
      </div>
      {made?.url && (
        <div class="link-line">
          <input
            class="link-text"
            readOnly
            value={made.url}
            aria-label="Link to this moment"
            onFocus={(event) => event.currentTarget.select()}
            data-testid="share-link"
          />
          <CopyButton text={made.url} what="link" label="Copy link" />
        </div>
      )}
      {shares.length > 0 && (
        <ul class="ho-shares" aria-label="Links that lead here">
          {shares.map((one) => (
            <li key={one.id} data-testid="share">
              <span>
                {clock(one.at)} · {one.author} · until {dayAndTime(one.expiresAt)}
              </span>
              <IconButton icon="trash" name="Revoke this link" onClick={() => void revoke(one.id)} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

interface FileKind {
  name: string;
  word: string;
  what: string;
  icon: IconName;
  make: (store: PlayerStore, progress: (part: number) => void) => Promise<Blob>;
}

const exported = (as: 'har' | 'console' | 'playwright', type: string): FileKind['make'] => {
  return async (store) => new Blob([new Uint8Array(await recordings.exported(idOf(store), as))], { type });
};

const FILES: FileKind[] = [
  {
    name: 'html',
    word: 'One HTML file',
    what: 'Plays in any browser, without a server and offline',
    icon: 'film',
    make: async (store, progress) =>
      (await import('../exports/html.ts')).htmlOf(store.archive, store.at.peek(), progress),
  },
  {
    name: 'rrweb.json',
    word: 'rrweb events',
    what: 'JSON that rrweb-player opens, of the tab in the picture',
    icon: 'console',
    make: async (store, progress) => {
      const { rrwebOf } = await import('../exports/events.ts');
      const events = await rrwebOf(store.archive, store.facts.peek().shown ?? 0, progress);
      return new Blob([JSON.stringify(events)], { type: 'application/json' });
    },
  },
  {
    name: 'har',
    word: 'HAR',
    what: 'The requests, for DevTools and proxies',
    icon: 'network',
    make: exported('har', 'application/json'),
  },
  {
    name: 'log',
    word: 'Console log',
    what: 'What the page logged, as text',
    icon: 'console',
    make: exported('console', 'text/plain'),
  },
  {
    name: 'spec.ts',
    word: 'Playwright script',
    what: 'Repeats the customer’s steps',
    icon: 'play',
    make: exported('playwright', 'text/plain'),
  },
];

function idOf(store: PlayerStore): string {
  return store.detail.peek()?.id ?? '';
}

function Files({ store, detail }: { store: PlayerStore; detail: RecordingDetail }) {
  const [busy, setBusy] = useState<string | null>(null);
  const [done, setDone] = useState(0);
  const save = async (kind: FileKind) => {
    setBusy(kind.name);
    setDone(0);
    try {
      const blob = await kind.make(store, setDone);
      saveBlob(`${fileName(detail)}.${kind.name}`, blob);
      say(`${kind.word} saved`);
    } catch (thrown) {
      say(problemFrom(thrown).message);
    }
    setBusy(null);
  };
  return (
    <section class="ho-part" aria-labelledby="ho-files">
      <h3 id="ho-files">As a file</h3>
      <p class="dim">A file leaves the recording’s protection: it cannot be revoked, and outlives the recording.</p>
      <ul class="ho-files">
        {FILES.map((kind) => (
          <li key={kind.name}>
            <button
              type="button"
              disabled={busy !== null}
              onClick={() => void save(kind)}
              data-testid={`file-${kind.name}`}
            >
              <Icon name={kind.icon} />
              <span>
                <b>{kind.word}</b>
                <span>{kind.what}</span>
              </span>
              {busy === kind.name ? (
                <span class="ho-done" role="status">
                  {Math.round(done * 100)} %
                </span>
              ) : (
                <Icon name="download" />
              )}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function fileName({ reference, id, startedAt }: RecordingDetail): string {
  const day = new Date(startedAt).toISOString().slice(0, 10);
  const words = reference
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 40);
  return `recording-${day}-${words || id}`;
}
