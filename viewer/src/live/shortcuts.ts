// Keyboard shortcuts of the live view: the table that the help sheet prints, and the listener.

import { useEffect, useRef } from 'preact/hooks';

import type { PanelName } from '../telemetry/dock-state.ts';

export type Action =
  | 'help'
  | 'full'
  | 'fit'
  | 'copy'
  | 'invite'
  | 'stats'
  | 'tab'
  | 'follow'
  | 'live'
  | 'end'
  | 'filter'
  | PanelName;

interface Shortcut {
  key: string;
  action: Action;
  what: string;
  /** With the shift key. */
  shift?: true;
}

export const SHORTCUTS: Shortcut[] = [
  { key: 'F', action: 'full', what: 'Full screen' },
  { key: 'Z', action: 'fit', what: 'Fit the page, or actual size' },
  { key: 'C', action: 'copy', what: 'Copy the customer’s link' },
  { key: 'I', action: 'invite', what: 'Invite a colleague' },
  { key: 'D', action: 'environment', what: 'Details of the customer’s browser' },
  { key: 'C', shift: true, action: 'console', what: 'Console' },
  { key: 'N', shift: true, action: 'network', what: 'Network' },
  { key: 'X', shift: true, action: 'errors', what: 'Errors' },
  { key: 'D', shift: true, action: 'environment', what: 'Environment' },
  { key: 'P', shift: true, action: 'performance', what: 'Performance' },
  { key: 'E', shift: true, action: 'events', what: 'Events' },
  { key: '/', action: 'filter', what: 'Filter the panel’s rows' },
  { key: 'S', action: 'stats', what: 'Connection' },
  { key: 'T', action: 'tab', what: 'The customer’s next tab' },
  { key: 'W', action: 'follow', what: 'Go with the customer from tab to tab' },
  { key: 'L', action: 'live', what: 'Back to live, after a look back' },
  { key: 'E', action: 'end', what: 'End the session' },
  { key: '?', action: 'help', what: 'This list' },
];

/** The action of a key press; null while somebody types, in a dialog or menu, or with a modifier. */
export function actionOf(
  event: Pick<KeyboardEvent, 'key' | 'metaKey' | 'ctrlKey' | 'altKey' | 'shiftKey' | 'repeat' | 'target'>,
): Action | null {
  if (event.metaKey || event.ctrlKey || event.altKey || event.repeat) return null;
  if (event.target instanceof Element && event.target.closest(BUSY)) return null;
  const key = event.key.toUpperCase();
  const letter = /^[A-Z]$/.test(key); // a sign may need the shift key on one keyboard and not on another
  return (
    SHORTCUTS.find((one) => one.key === key && (!letter || (one.shift ?? false) === event.shiftKey))?.action ?? null
  );
}

const BUSY = 'input, textarea, select, [contenteditable], [role=dialog], [role=alertdialog], [role=menu]';

export function useShortcuts(run: (action: Action) => void): void {
  const newest = useRef(run);
  newest.current = run;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const action = actionOf(event);
      if (!action) return;
      event.preventDefault();
      newest.current(action);
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
}
