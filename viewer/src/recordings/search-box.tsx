// The one search box: what is typed is completed by the server, field by field. A combobox with a list; the field keeps the focus.
/* biome-ignore-all lint/a11y/useSemanticElements: a datalist shows no hints */
/* biome-ignore-all lint/a11y/useFocusableInteractive: the field keeps the focus */
/* biome-ignore-all lint/a11y/useKeyWithClickEvents: the field listens to the keys */

import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { Completions } from '../api/recordings.ts';
import { Icon } from '../parts/icon.tsx';
import { completed } from './query.ts';
import { recordings } from './server.ts';

const SOON = 120; // ms
const MANY = 10;
const NONE: Completions = { from: 0, to: 0, options: [] };

interface SearchBoxProps {
  value: string;
  onSearch: (q: string) => void;
  busy: boolean;
}

export function SearchBox({ value, onSearch, busy }: SearchBoxProps) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(value);
  const [found, setFound] = useState<Completions>(NONE);
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const asked = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  useSlash(() => field.current?.focus());

  const complete = (q: string, cursor: number) => {
    clearTimeout(timer.current);
    const mine = ++asked.current;
    timer.current = setTimeout(() => {
      recordings.complete(q, cursor).then(
        (next) => {
          if (mine !== asked.current || document.activeElement !== field.current) return;
          setFound({ ...next, options: next.options.slice(0, MANY) });
          setAt(-1);
          setOpen(next.options.length > 0);
        },
        () => undefined, // one can do without
      );
    }, SOON);
  };
  const search = (q: string) => {
    clearTimeout(timer.current);
    asked.current++;
    setOpen(false);
    onSearch(q.trim());
  };
  const choose = (text: string) => {
    const next = completed(typed, found.from, found.to, text);
    setTyped(next.q);
    setOpen(false);
    const input = field.current;
    if (!input) return;
    input.value = next.q;
    input.focus();
    input.setSelectionRange(next.cursor, next.cursor);
    complete(next.q, next.cursor);
  };
  const press = (event: KeyboardEvent) => {
    const { options } = found;
    const chosen = open ? options[at] : undefined;
    if (event.key === 'Enter') {
      event.preventDefault();
      if (chosen) choose(chosen.text);
      else search(typed);
    } else if (event.key === 'Tab' && chosen) {
      event.preventDefault();
      choose(chosen.text);
    } else if (event.key === 'Escape') {
      if (open) setOpen(false);
      else if (typed) search('');
      else field.current?.blur();
    } else if (open && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setAt((at + step + options.length + (at < 0 && step < 0 ? 1 : 0)) % options.length);
    } else if (event.key === 'ArrowDown') complete(typed, field.current?.selectionStart ?? typed.length);
  };
  return (
    <search class="rq">
      <label class="unseen" for={id}>
        Search the recordings
      </label>
      <span class="rq-icon">{busy ? <span class="spinner" aria-hidden="true" /> : <Icon name="search" />}</span>
      <input
        ref={field}
        id={id}
        type="text"
        role="combobox"
        aria-expanded={open}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={open && at >= 0 ? `${id}-${at}` : undefined}
        autocomplete="off"
        spellcheck={false}
        placeholder='Search: status:>=400 "Cannot read" customer:acme after:7d'
        value={typed}
        maxLength={500}
        onInput={(event) => {
          setTyped(event.currentTarget.value);
          complete(event.currentTarget.value, event.currentTarget.selectionStart ?? 0);
        }}
        onFocus={(event) => complete(typed, event.currentTarget.selectionStart ?? typed.length)}
        onBlur={() => setOpen(false)}
        onKeyDown={press}
        data-testid="search"
      />
      {typed && (
        <button type="button" class="rq-clear" aria-label="Clear the search" onClick={() => search('')}>
          <Icon name="close" size={14} />
        </button>
      )}
      <div
        class="rq-list"
        id={`${id}-list`}
        role="listbox"
        aria-label="Completions"
        hidden={!open}
        data-testid="completions"
      >
        {found.options.map((one, i) => (
          <div
            key={one.text}
            id={`${id}-${i}`}
            class="rq-option"
            role="option"
            aria-selected={i === at}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => choose(one.text)}
          >
            <code>{one.text}</code>
            <span>{one.hint}</span>
          </div>
        ))}
      </div>
    </search>
  );
}

/** Slash goes to the box, unless somebody is typing. */
function useSlash(focus: () => void): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key !== '/' || event.metaKey || event.ctrlKey || event.altKey) return;
      if (event.target instanceof Element && event.target.closest('input, textarea, [role=dialog], [role=menu]'))
        return;
      event.preventDefault();
      focus();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
}
