// A value of the page's: one line, and what is in it when it is opened. Only what is open is in the document.

import { type Value, ValueKind } from '@ridealong/wire/entries';
import type { ComponentChildren } from 'preact';
import { hasItems, preview } from './values.ts';
import { DOTS } from './words.ts';

/** Which values are open, by row and path; outlives the rows' elements, which come and go. */
export class Opened {
  private readonly paths = new Set<string>();

  constructor(private readonly changed: () => void) {}

  has(path: string): boolean {
    return this.paths.has(path);
  }

  set(path: string, open: boolean): void {
    if (open) this.paths.add(path);
    else this.paths.delete(path);
    this.changed();
  }

  toggle(path: string): void {
    this.set(path, !this.has(path));
  }
}

const CLASSES: Record<number, string> = {
  [ValueKind.undefined]: 'v-none',
  [ValueKind.null]: 'v-none',
  [ValueKind.boolean]: 'v-word',
  [ValueKind.number]: 'v-number',
  [ValueKind.bigint]: 'v-number',
  [ValueKind.string]: 'v-string',
  [ValueKind.symbol]: 'v-string',
  [ValueKind.function]: 'v-word',
  [ValueKind.date]: 'v-number',
  [ValueKind.regexp]: 'v-string',
  [ValueKind.node]: 'v-node',
  [ValueKind.getter]: 'v-none',
  [ValueKind.circle]: 'v-none',
  [ValueKind.deep]: 'v-none',
};

const TIPS: Record<number, string> = {
  [ValueKind.getter]: 'A getter. It is not run, so that looking changes nothing.',
  [ValueKind.circle]: 'An object that is around this one.',
  [ValueKind.deep]: 'Deeper than is told.',
  [ValueKind.node]: 'An element of the page.',
};

const LONGEST = 10_000;

export function Masked({ size }: { size: number }) {
  const tip = `Masked in the customer’s browser${size > 0 ? `: ${size} characters` : ''}`;
  return (
    <span class="v-masked" title={tip}>
      {DOTS}
      <span class="unseen">{tip}</span>
    </span>
  );
}

interface TreeProps {
  value: Value;
  opened: Opened;
  /** Of this value, unlike any other's. */
  path: string;
  /** Within another value. */
  within?: boolean;
  name?: ComponentChildren;
}

export function ValueTree({ value, opened, path, within = false, name }: TreeProps) {
  const [kind, text, size, items = []] = value;
  const shown = <Line value={value} within={within} />;
  if (!hasItems(value))
    return (
      <>
        {name}
        {shown}
      </>
    );
  const open = opened.has(path);
  const more = Math.max(0, size - items.length);
  return (
    <span class={`v-tree ${open ? 'open' : ''}`}>
      <button
        type="button"
        class="v-toggle"
        tabIndex={-1}
        aria-expanded={open}
        onClick={(event) => {
          event.stopPropagation();
          opened.toggle(path);
        }}
      >
        <span class="v-mark" aria-hidden="true" />
        {name}
        {open ? <Heading kind={kind} text={text} size={size} value={value} /> : shown}
      </button>
      {open && (
        <ul class="v-items">
          {items.map(([key, item], i) => (
            <li key={`${i}.${key}`}>
              <ValueTree
                value={item}
                opened={opened}
                path={`${path}.${i}`}
                within
                name={<Key name={kind === ValueKind.set || key === '' ? String(i) : key} />}
              />
            </li>
          ))}
          {more > 0 && <li class="v-none">… {more} more, not told</li>}
        </ul>
      )}
    </span>
  );
}

function Heading({ kind, text, size, value }: { kind: number; text: string; size: number; value: Value }) {
  if (kind === ValueKind.fault) return <Line value={value} within={false} />;
  const named = text || ['Object', 'Array', 'Map', 'Set'][kind - ValueKind.object] || 'Object';
  return (
    <span class="v-object">
      {named}
      {kind === ValueKind.object ? '' : `(${size})`}
    </span>
  );
}

function Key({ name }: { name: string }) {
  return (
    <>
      <span class="v-key">{name}</span>
      {': '}
    </>
  );
}

function Line({ value, within }: { value: Value; within: boolean }) {
  const [kind, text, size] = value;
  if (kind === ValueKind.masked) return <Masked size={size} />;
  const cut = kind === ValueKind.string && size > text.length;
  return (
    <span class={CLASSES[kind] ?? (kind === ValueKind.fault ? 'v-fault' : 'v-object')} title={TIPS[kind]}>
      {preview(value, within).slice(0, LONGEST)}
      {cut && <span class="v-none"> … cut, {size} characters in all</span>}
    </span>
  );
}
