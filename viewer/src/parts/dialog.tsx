// Modal dialogs: focus goes in, stays in and comes back; Escape and a press outside close them. Confirm is one that asks.

import { AlertDialog } from '@base-ui/react/alert-dialog';
import { Dialog as Base } from '@base-ui/react/dialog';
import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import { Button, IconButton } from './button.tsx';

interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  description?: ComponentChildren;
  testid?: string;
  wide?: boolean;
  children: ComponentChildren;
}

export function Dialog({ open, onClose, title, description, testid, wide, children }: DialogProps) {
  // The focus goes to the dialog itself: its content may still be loading, and Close is not what one came for.
  const popup = useRef<HTMLDivElement>(null);
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="backdrop" />
        <Base.Viewport className="dialog-viewport">
          <Base.Popup ref={popup} initialFocus={popup} className={wide ? 'dialog wide' : 'dialog'} data-testid={testid}>
            <header class="dialog-head">
              <Base.Title className="dialog-title">{title}</Base.Title>
              <Base.Close render={<IconButton icon="close" name="Close" />} />
            </header>
            {description && <Base.Description className="dialog-text">{description}</Base.Description>}
            {children}
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  );
}

interface ConfirmProps {
  open: boolean;
  onClose: () => void;
  title: string;
  text: ComponentChildren;
  action: string;
  busy?: boolean;
  onConfirm: () => void;
  testid?: string;
}

/** Asks before something that cannot be undone; the safe answer has the focus. */
export function Confirm({ open, onClose, title, text, action, busy, onConfirm, testid }: ConfirmProps) {
  const safe = useRef<HTMLButtonElement>(null);
  return (
    <AlertDialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="backdrop" />
        <AlertDialog.Viewport className="dialog-viewport">
          <AlertDialog.Popup className="dialog narrow" initialFocus={safe} data-testid={testid}>
            <AlertDialog.Title className="dialog-title">{title}</AlertDialog.Title>
            <AlertDialog.Description className="dialog-text">{text}</AlertDialog.Description>
            <div class="dialog-actions">
              <Button ref={safe} onClick={onClose}>
                Cancel
              </Button>
              <Button weight="danger" busy={busy ?? false} onClick={onConfirm} data-testid={testid && `${testid}-yes`}>
                {action}
              </Button>
            </div>
          </AlertDialog.Popup>
        </AlertDialog.Viewport>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
