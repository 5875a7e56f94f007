// Keyboard shortcuts of the player: the table that the help sheet prints, and the listener.

import { useEffect, useRef } from 'preact/hooks';
import type { PanelName } from '../telemetry/dock-state.ts';

export type Action =
  | 'play'
  | 'back'
  | 'on'
  | 'earlier'
  | 'later'
  | 'previous'
  | 'next'
  | 'slower'
  | 'faster'
  | 'skip'
  | 'full'
  | 'fit'
  | 'note'
  | 'copy'
  | 'hand'
  | 'tab'
  | 'follow'
  | 'filter'
  | 'help'
  | `to${number}`
  | PanelName;

interface Shortcut {
  /** Any of these, as KeyboardEvent.key has them, letters in capitals. */
  keys: string[];
  /** As the help sheet shows them, where that is another. */
  shown?: string;
  action: Action;
  what: string;
  shift?: true;
  /** While it is held down, again. */
  repeats?: true;
  hidden?: true;
}

export const SHORTCUTS: Shortcut[] = [
  { keys: [' ', 'K'], shown: 'Space or K', action: 'play', what: 'Play, pause' },
  { keys: ['ArrowLeft', 'J'], shown: '← or J', action: 'back', what: '5 seconds back', repeats: true },
  { keys: ['ArrowRight', 'L'], shown: '→ or L', action: 'on', what: '5 seconds on', repeats: true },
  { keys: ['ArrowLeft'], shown: '←', shift: true, action: 'previous', what: 'Previous event', repeats: true },
  { keys: ['ArrowRight'], shown: '→', shift: true, action: 'next', what: 'Next event', repeats: true },
  { keys: [',', '<'], shown: ',', action: 'earlier', what: 'To the page’s change before', repeats: true },
  { keys: ['.', '>'], shown: '.', action: 'later', what: 'To the page’s next change', repeats: true },
  { keys: ['-'], action: 'slower', what: 'Slower' },
  { keys: ['+', '='], shown: '+', action: 'faster', what: 'Faster' },
  { keys: ['0'], shown: '0 … 9', action: 'to0', what: 'To 0 … 90 % of the recording' },
  ...Array.from(
    { length: 9 },
    (_, i): Shortcut => ({ keys: [`${i + 1}`], action: `to${i + 1}`, what: '', hidden: true }),
  ),
  { keys: ['S'], action: 'skip', what: 'Skip inactivity, or not' },
  { keys: ['M'], action: 'note', what: 'A note at this moment' },
  { keys: ['C'], action: 'copy', what: 'Copy the link to this moment' },
  { keys: ['H'], action: 'hand', what: 'Hand over' },
  { keys: ['F'], action: 'full', what: 'Full screen' },
  { keys: ['Z'], action: 'fit', what: 'Fit the page, or actual size' },
  { keys: ['T'], action: 'tab', what: 'The customer’s next tab' },
  { keys: ['W'], action: 'follow', what: 'Go with the customer from tab to tab' },
  { keys: ['C'], shift: true, action: 'console', what: 'Console' },
  { keys: ['N'], shift: true, action: 'network', what: 'Network' },
  { keys: ['X'], shift: true, action: 'errors', what: 'Errors' },
  { keys: ['D'], shift: true, action: 'environment', what: 'Environment' },
  { keys: ['P'], shift: true, action: 'performance', what: 'Performance' },
  { keys: ['E'], shift: true, action: 'events', what: 'Events' },
  { keys: ['/'], action: 'filter', what: 'Filter the panel’s rows' },
  { keys: ['?'], action: 'help', what: 'This list' },
];

type Press = Pick<KeyboardEvent, 'key' | 'metaKey' | 'ctrlKey' | 'altKey' | 'shiftKey' | 'repeat' | 'target'>;

/** The action of a key press; null while somebody types, in a dialog or menu, on what the key means something to, or with a modifier. */
export function actionOf(event: Press): Action | null {
  if (event.metaKey || event.ctrlKey || event.altKey) return null;
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  if (event.target instanceof Element && taken(event.target, key)) return null;
  // A sign may need the shift key on one keyboard and not on another.
  const strict = /^(?:[A-Z]|Arrow.*| )$/.test(key);
  const found = SHORTCUTS.find(
    (one) =>
      one.keys.includes(key) && (!strict || (one.shift ?? false) === event.shiftKey) && (one.repeats || !event.repeat),
  );
  return found?.action ?? null;
}

const BUSY = 'input, textarea, select, [contenteditable], [role=dialog], [role=alertdialog], [role=menu]';

function taken(target: Element, key: string): boolean {
  if (target.closest(BUSY)) return true;
  if (key === ' ' && target.closest('button, a, summary, [role=row], [role=tab]')) return true;
  return (
    key.startsWith('Arrow') &&
    target.closest('[role=grid], [role=tablist], [role=separator], [role=slider], [role=tree]') !== null
  );
}

export function useShortcuts(run: (action: Action) => void): void {
  const newest = useRef(run);
  newest.current = run;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const action = event.defaultPrevented ? null : actionOf(event);
      if (!action) return;
      event.preventDefault();
      newest.current(action);
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
}
