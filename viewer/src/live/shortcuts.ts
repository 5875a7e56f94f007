// Keyboard shortcuts of the live view: the table that the help sheet prints, and the listener.

import { useEffect, useRef } from 'preact/hooks';

export type Action = 'help' | 'full' | 'fit' | 'copy' | 'invite' | 'environment' | 'stats' | 'tab' | 'follow' | 'end';

export const SHORTCUTS: { key: string; action: Action; what: string }[] = [
  { key: 'F', action: 'full', what: 'Full screen' },
  { key: 'Z', action: 'fit', what: 'Fit the page, or actual size' },
  { key: 'C', action: 'copy', what: 'Copy the customer’s link' },
  { key: 'I', action: 'invite', what: 'Invite a colleague' },
  { key: 'D', action: 'environment', what: 'Details of the customer’s browser' },
  { key: 'S', action: 'stats', what: 'Connection' },
  { key: 'T', action: 'tab', what: 'The customer’s next tab' },
  { key: 'W', action: 'follow', what: 'Go with the customer from tab to tab' },
  { key: 'E', action: 'end', what: 'End the session' },
  { key: '?', action: 'help', what: 'This list' },
];

/** The action of a key press; null while somebody types, in a dialog or menu, or with a modifier. */
export function actionOf(
  event: Pick<KeyboardEvent, 'key' | 'metaKey' | 'ctrlKey' | 'altKey' | 'repeat' | 'target'>,
): Action | null {
  if (event.metaKey || event.ctrlKey || event.altKey || event.repeat) return null;
  if (event.target instanceof Element && event.target.closest(BUSY)) return null;
  return SHORTCUTS.find((one) => one.key === event.key.toUpperCase())?.action ?? null;
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
