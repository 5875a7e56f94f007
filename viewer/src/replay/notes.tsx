// Notes and tags of a recording: what colleagues say of it, each note at its moment.

import { useEffect, useRef, useState } from 'preact/hooks';
import { problemFrom } from '../api/problem.ts';
import type { Note, RecordingDetail } from '../api/recordings.ts';
import { Button, IconButton } from '../parts/button.tsx';
import { Icon } from '../parts/icon.tsx';
import { say } from '../parts/say.tsx';
import { recordings } from '../recordings/server.ts';
import { clock, dayAndTime } from '../sessions/words.ts';

interface NotesProps {
  detail: RecordingDetail;
  at: number;
  tab: number | null;
  seek: (at: number) => void;
  changed: (detail: RecordingDetail) => void;
  /** Grows when a note is to be written. */
  writes: number;
  close: () => void;
}

const LONGEST = 2000;

export function Notes({ detail, at, tab, seek, changed, writes, close }: NotesProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState('');
  const [held, setHeld] = useState<number | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => field.current?.focus(), [writes]);
  const moment = held ?? at;
  const send = async () => {
    if (!text.trim()) return;
    setBusy(true);
    try {
      const note = await recordings.note(detail.id, {
        at: Math.round(moment),
        ...(tab !== null && { tab }),
        text: text.trim(),
      });
      changed({ ...detail, notes: [...detail.notes, note].sort((a, b) => a.at - b.at) });
      setText('');
      setHeld(null);
      say('Note kept');
    } catch (thrown) {
      say(problemFrom(thrown).message);
    }
    setBusy(false);
  };
  const remove = async (note: Note) => {
    try {
      await recordings.unnote(detail.id, note.id);
      changed({ ...detail, notes: detail.notes.filter(({ id }) => id !== note.id) });
    } catch (thrown) {
      say(problemFrom(thrown).message);
    }
  };
  return (
    <aside class="pl-side" aria-label="Notes and tags" data-testid="notes">
      <div class="pl-side-head">
        <h2>Notes</h2>
        <IconButton icon="close" name="Close the notes" onClick={close} />
      </div>
      <Tags detail={detail} changed={changed} />
      <ul class="pl-notes">
        {detail.notes.map((note) => (
          <li key={note.id} class={Math.abs(note.at - at) < 1000 ? 'now' : ''} data-testid="note">
            <div class="pl-note-head">
              <button type="button" class="pl-time" onClick={() => seek(note.at)}>
                {clock(note.at)}
              </button>
              <span class="dim" title={dayAndTime(note.createdAt)}>
                {note.author}
              </span>
              <IconButton icon="trash" name="Delete this note" onClick={() => void remove(note)} />
            </div>
            <p>{note.text}</p>
          </li>
        ))}
        {detail.notes.length === 0 && <li class="dim">Nobody has written anything here yet.</li>}
      </ul>
      <form
        class="pl-write"
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <label for="pl-note">
          A note at <b>{clock(moment)}</b>
        </label>
        <textarea
          id="pl-note"
          ref={field}
          rows={3}
          maxLength={LONGEST}
          value={text}
          onInput={(event) => {
            setText(event.currentTarget.value);
            if (held === null) setHeld(at);
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void send();
            if (event.key === 'Escape') event.currentTarget.blur();
          }}
          data-testid="note-text"
        />
        <Button type="submit" weight="primary" busy={busy} data-testid="note-send">
          Keep the note
        </Button>
      </form>
    </aside>
  );
}

function Tags({ detail, changed }: Pick<NotesProps, 'detail' | 'changed'>) {
  const [typed, setTyped] = useState('');
  const set = async (tags: string[]) => {
    try {
      await recordings.tag(detail.id, tags);
      changed({ ...detail, tags });
    } catch (thrown) {
      say(problemFrom(thrown).message);
    }
  };
  const add = () => {
    const tag = typed.trim().slice(0, 40);
    setTyped('');
    if (tag && !detail.tags.includes(tag)) void set([...detail.tags, tag]);
  };
  return (
    <div class="pl-tags">
      {detail.tags.map((tag) => (
        <span class="tag" key={tag}>
          {tag}
          <button
            type="button"
            aria-label={`Take the tag ${tag} away`}
            onClick={() => void set(detail.tags.filter((one) => one !== tag))}
          >
            <Icon name="close" size={11} />
          </button>
        </span>
      ))}
      <input
        aria-label="Add a tag"
        placeholder="Add a tag"
        value={typed}
        maxLength={40}
        onInput={(event) => setTyped(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          add();
        }}
        onBlur={add}
        data-testid="tag-field"
      />
    </div>
  );
}
