// Rows of the recordings page: a recording, and a moment in one. The whole row is one link.

import type { FoundMoment, MarkerKind, RecordingSummary } from '../api/recordings.ts';
import { IconButton } from '../parts/button.tsx';
import { Icon, type IconName } from '../parts/icon.tsx';
import { KINDS, lookOf, sizeOf } from '../replay/words.ts';
import { ageOf, clock, dayAndTime, shortUrl } from '../sessions/words.ts';
import { stay } from '../shell/router.ts';
import { Thumbnail } from './thumbnail.tsx';

const STATES: Partial<Record<RecordingSummary['state'], string>> = {
  live: 'Live',
  partial: 'Partial',
  erased: 'Erased',
};

interface RecordingRowProps {
  recording: RecordingSummary;
  now: number;
  onTag: (tag: string) => void;
  onDelete: () => void;
}

export function RecordingRow({ recording, now, onTag, onDelete }: RecordingRowProps) {
  const { id, state, why, startedAt, durationMs, reference, owner, title, url, tags, hold } = recording;
  const erased = state === 'erased';
  const where = title || shortUrl(url);
  const made = [recording.browser, recording.os].filter(Boolean).join(' on ');
  return (
    <li class={`rec ${state}`} data-testid="recording-row" data-state={state}>
      <a
        class="rec-link"
        href={`/recordings/${id}`}
        onClick={stay}
        onKeyDown={(event) => {
          if (event.key !== 'Delete' || erased) return;
          event.preventDefault();
          onDelete();
        }}
      >
        <span class="rec-picture">
          {erased ? (
            <span class="thumb">
              <Icon name="trash" size={18} />
            </span>
          ) : (
            <Thumbnail id={id} />
          )}
          <span class="rec-length">
            <span class="unseen">Length </span>
            {clock(durationMs)}
          </span>
        </span>
        <span class="rec-main">
          <span class="rec-name">
            {reference || <span class="dim">No reference</span>}
            {STATES[state] && (
              <span class={`rec-state ${state}`} title={why}>
                {STATES[state]}
              </span>
            )}
            {hold && <span class="rec-state">On hold</span>}
          </span>
          <span class="rec-where" title={url}>
            {where}
          </span>
          <span class="rec-made">{[made, sizeOf(recording.bytes)].filter(Boolean).join(' · ')}</span>
        </span>
        <span class="rec-counts">
          <Count icon="arrow" n={recording.pages} one="page" many="pages" />
          <Count icon="click" n={recording.clicks} one="click" many="clicks" />
          <Count icon="error" n={recording.errors} one="error" many="errors" bad />
          <Count icon="network" n={recording.failedRequests} one="failed request" many="failed requests" bad />
        </span>
        <span class="rec-age">
          <time dateTime={new Date(startedAt).toISOString()} title={dayAndTime(startedAt)}>
            {ageOf(new Date(startedAt).toISOString(), now)}
          </time>
          <span class="dim">{owner}</span>
        </span>
      </a>
      <div class="rec-side">
        {tags.map((tag) => (
          <button
            type="button"
            class="tag"
            key={tag}
            title={`Only those with the tag ${tag}`}
            onClick={() => onTag(tag)}
          >
            {tag}
          </button>
        ))}
        {!erased && (
          <IconButton
            icon="trash"
            name={`Delete the recording ${reference || where}`}
            class="rec-delete"
            onClick={onDelete}
            data-testid="delete"
          />
        )}
      </div>
    </li>
  );
}

interface CountProps {
  icon: IconName;
  n: number;
  one: string;
  many: string;
  bad?: boolean;
}

function Count({ icon, n, one, many, bad }: CountProps) {
  return (
    <span class={`rec-count ${bad && n > 0 ? 'bad' : ''}`} title={`${n} ${n === 1 ? one : many}`}>
      <Icon name={icon} size={13} />
      {n}
      <span class="unseen"> {n === 1 ? one : many}</span>
    </span>
  );
}

export function MomentRow({ moment, now }: { moment: FoundMoment; now: number }) {
  const kind = moment.kind in KINDS ? lookOf({ kind: moment.kind as MarkerKind }) : null;
  const started = new Date(moment.startedAt + moment.at).toISOString();
  return (
    <li class="rec" data-testid="moment-row">
      <a
        class="rec-link moment"
        href={`/recordings/${moment.recording}?t=${(moment.at / 1000).toFixed(1)}`}
        onClick={stay}
      >
        <span class={`mom-icon ${kind?.tone ?? 'plain'}`}>
          <Icon name={kind?.icon ?? iconOf(moment.kind)} />
        </span>
        <span class="rec-main">
          <span class="rec-name">{moment.title}</span>
          <span class="rec-where" title={moment.detail}>
            {moment.detail}
          </span>
        </span>
        <span class="mom-at">{clock(moment.at)}</span>
        <span class="rec-age">
          <time dateTime={started} title={dayAndTime(moment.startedAt + moment.at)}>
            {ageOf(started, now)}
          </time>
          <span class="dim">{moment.reference || moment.owner}</span>
        </span>
      </a>
    </li>
  );
}

const ICONS: Record<string, IconName> = {
  form: 'send',
  message: 'warn',
  console: 'console',
  request: 'network',
  page: 'arrow',
  note: 'note',
};

function iconOf(kind: string): IconName {
  return Object.hasOwn(ICONS, kind) ? (ICONS[kind] ?? 'star') : 'star';
}
