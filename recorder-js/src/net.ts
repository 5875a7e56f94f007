// The last net under all that is ours: an error that nothing else caught, in a page whose platform is broken, is a fault of the recorder
// and not of the page. Whose it is says the outermost call of its stack; a page's own error that only passed through us is the page's.

import { passed } from './capture/patch.ts';
import { listen } from './dom.ts';

/** `base` is the address of a file of ours; all others stand beside it. */
export function catchOurs(base: string, fault: (error: unknown) => void): void {
  const here = base.slice(0, base.lastIndexOf('/') + 1);
  const caught = (event: Event) => {
    try {
      const { error, reason = error } = event as ErrorEvent & PromiseRejectionEvent;
      if (passed.has(reason)) return;
      const stack: string = reason.stack.trim();
      if (!stack.slice(stack.lastIndexOf('\n')).includes(here)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      fault(reason);
    } catch {
      // It says nothing of whose it is.
    }
  };
  listen(window, 'error', caught, false);
  listen(window, 'unhandledrejection', caught, false);
}
