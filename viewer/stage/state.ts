// What elements hold beside the tree: values, checks, selections, open dialogs and popovers, scroll positions.

import { CheckBit, MediaBit, StateBit } from '@ridealong/wire';
import * as dom from './natives.ts';

interface Spot {
  x: number;
  y: number;
}

export class Scrolls {
  /** Positions that the layout did not allow when they came: pictures or the frame's size were not there yet. */
  private readonly open = new Map<Node, Spot>();

  want(node: Node, x: number, y: number): void {
    this.open.set(node, { x, y });
  }

  /** Goes to the positions wanted; those that are reached are done. */
  settle(): void {
    for (const [node, spot] of this.open) {
      if (!dom.isConnected(node)) this.open.delete(node);
      else if (this.go(node, spot)) this.open.delete(node);
    }
  }

  private go(node: Node, { x, y }: Spot): boolean {
    const target = node === dom.page ? document.scrollingElement : (node as Element);
    if (node === dom.page) window.scrollTo({ left: x, top: y, behavior: 'instant' });
    else if (target) dom.scrollTo(target, { left: x, top: y, behavior: 'instant' });
    if (!target) return false;
    return Math.abs(dom.scrollLeft(target) - x) <= 1 && Math.abs(dom.scrollTop(target) - y) <= 1;
  }
}

/** False when the field is of a kind that did not take the value. */
export function setValue(element: Element, value: string): boolean {
  if (element instanceof HTMLTextAreaElement) {
    if (element.value !== value) element.value = value;
    return true;
  }
  if (!(element instanceof HTMLInputElement)) return true;
  try {
    if (element.value !== value) element.value = value;
  } catch {
    return true; // a file field takes none
  }
  return element.value === value || element.type === 'text';
}

export function setChecked(element: Element, bits: number): void {
  if (!(element instanceof HTMLInputElement)) return;
  element.checked = (bits & CheckBit.checked) !== 0;
  element.indeterminate = (bits & CheckBit.indeterminate) !== 0;
}

export function setSelected(element: Element, indices: readonly number[]): void {
  if (!(element instanceof HTMLSelectElement)) return;
  const chosen = new Set(indices);
  if (!element.multiple) {
    element.selectedIndex = indices[0] ?? -1;
    return;
  }
  Array.from(element.options).forEach((option, index) => {
    option.selected = chosen.has(index);
  });
}

/** What a video or an audio does, without what it plays: nothing of it is here, and nothing is heard. */
export function setMedia(element: Element, bits: number, time: number, rate: number, volume: number): void {
  if (!(element instanceof HTMLMediaElement)) return;
  element.muted = true;
  attempt(() => {
    element.volume = Math.min(1, volume / 1000);
    element.playbackRate = rate / 1000;
    element.currentTime = time / 1000;
  });
  if ((bits & MediaBit.playing) !== 0) element.play().catch(() => undefined);
  else element.pause();
}

/** Opens and closes; a state that the element cannot have is no error: the next keyframe may bring what it lacks. */
export function setState(element: Element, bits: number): void {
  if (element instanceof HTMLDialogElement) setDialog(element, bits);
  else if (element instanceof HTMLDetailsElement) element.open = (bits & StateBit.open) !== 0;
  if (element instanceof HTMLElement && element.popover !== null) {
    const shown = element.matches(':popover-open');
    if (shown !== ((bits & StateBit.popover) !== 0))
      attempt(() => (shown ? element.hidePopover() : element.showPopover()));
  }
}

function setDialog(dialog: HTMLDialogElement, bits: number): void {
  const modal = dialog.matches(':modal');
  if ((bits & StateBit.modal) !== 0) {
    if (modal) return;
    dialog.open = false;
    // Opening would move the focus into the dialog, and with it the agent's keyboard into the frame.
    const { inert } = dialog;
    dialog.inert = true;
    attempt(() => dialog.showModal());
    dialog.inert = inert;
    return;
  }
  if (modal) {
    dialog.open = true; // the attribute may be gone already; without it close() leaves the dialog in the top layer
    attempt(() => dialog.close());
  }
  dialog.open = (bits & StateBit.open) !== 0;
}

function attempt(act: () => void): void {
  try {
    act();
  } catch {
    // Not connected, or it is open already in another way.
  }
}
