// Where the bar's host stands: above everything, and inside an open modal dialog, because what is outside of one cannot be pressed.

import { listen } from '../dom.ts';

const KEEP = 1000;

export class Layer {
  private readonly timer: ReturnType<typeof setInterval>;
  private opened: Element | undefined;
  private readonly undos: (() => void)[];
  private readonly toggled = (event: Event) => {
    const { target } = event;
    if (target === this.host || !(target instanceof Element)) return;
    if (isModal(target)) this.opened = target;
    this.place(event.type === 'fullscreenchange' || target.matches('dialog, [popover]'));
  };

  constructor(private readonly host: HTMLElement) {
    host.setAttribute('popover', 'manual');
    this.undos = EVENTS.map((name) => listen(document, name, this.toggled));
    // A page may replace its whole content, and older browsers do not say when a dialog opens.
    this.timer = setInterval(() => this.place(false), KEEP);
    this.place(true);
  }

  remove(): void {
    clearInterval(this.timer);
    for (const undo of this.undos) undo();
    this.host.remove();
  }

  private place(raise: boolean): void {
    const { host } = this;
    const modals = [...document.querySelectorAll('dialog')].filter(isModal);
    const top = modals.find((dialog) => dialog === this.opened) ?? modals.at(-1);
    const parent = top ?? document.documentElement;
    const moved = host.parentNode !== parent;
    if (moved) parent.append(host);
    if (moved || raise) this.raise();
  }

  /** On top of whatever came to the top layer since. */
  private raise(): void {
    const { host } = this;
    const root = host.getRootNode() as Document;
    if (!('showPopover' in host)) return;
    try {
      const focused = root.activeElement === host;
      if (host.matches(':popover-open')) {
        if (focused) return; // hiding would take the focus away
        host.hidePopover();
      }
      host.showPopover();
    } catch {
      // It stays where it is, above everything that is not in the top layer.
    }
  }
}

const EVENTS = ['toggle', 'close', 'fullscreenchange'] as const;

function isModal(target: EventTarget | null): boolean {
  return target instanceof HTMLDialogElement && target.matches(':modal');
}
