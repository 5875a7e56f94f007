// A labelled input with a hint and an error that belongs to it.

import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface FieldProps {
  type?: 'text' | 'email' | 'password' | 'url';
  name: string;
  label: string;
  value: string;
  onValue: (value: string) => void;
  hint?: ComponentChildren;
  error?: string | null;
  optional?: boolean;
  autocomplete?: string;
  autofocus?: boolean;
  required?: boolean;
  maxLength?: number;
  placeholder?: string;
  inputMode?: 'url';
  spellcheck?: boolean;
}

export function Field({ label, value, onValue, hint, error, optional, type = 'text', ...input }: FieldProps) {
  const id = useId();
  const notes = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return (
    <div class="field">
      <label for={id}>
        {label}
        {optional && <span class="optional"> optional</span>}
      </label>
      <input
        {...input}
        type={type as 'text'} // the typings know one type of input at a time
        id={id}
        value={value}
        aria-invalid={error ? true : undefined}
        aria-describedby={notes || undefined}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
      {error && (
        <p class="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
      {hint && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}
