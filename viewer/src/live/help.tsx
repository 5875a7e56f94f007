// The help sheet: every keyboard shortcut of the live view.

import { Dialog } from '../parts/dialog.tsx';
import { SHORTCUTS } from './shortcuts.ts';

export function Help({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={open} onClose={onClose} title="Keyboard shortcuts" testid="help">
      <dl class="keys">
        {SHORTCUTS.map((one) => (
          <div key={one.key + one.action}>
            <dt>
              {one.shift && <kbd>⇧</kbd>}
              <kbd>{one.key}</kbd>
            </dt>
            <dd>{one.what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
