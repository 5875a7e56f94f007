// Notices that a page animates by script, which few pages do, and gets the part that tells of it (animations.ts). Where that is not to be
// had, such animations are not shown.

import type { Animations } from './animations.ts';
import type { Context } from './context.ts';
import type { Patches } from './patch.ts';

export class Scripted {
  private part: Animations | undefined;
  private asked = false;
  /** Until the part is there. */
  private seen: Animation[] = [];
  private readonly windows: (Window & typeof globalThis)[] = [];

  constructor(
    private readonly c: Context,
    private readonly patches: Patches,
    private readonly soon: () => void,
  ) {}

  forget(): void {
    this.part?.forget();
  }

  check(): void {
    this.part?.check();
  }

  /** Those that a document or a shadow root has when it becomes known. */
  root(root: Document | ShadowRoot): void {
    for (const animation of root.getAnimations?.() ?? []) this.see(animation);
  }

  /** What begins an animation in one window. */
  patch(window: Window & typeof globalThis): void {
    const { patches } = this;
    patches.after(window.Element, 'value', ['animate'], (_, __, made) => this.see(made as Animation));
    patches.after(window.Animation, 'value', ['play', 'pause'], (one) => this.see(one));
    patches.after(window.Animation, 'set', ['currentTime', 'startTime'], (one) => this.see(one));
    if (this.part) this.part.patch(window, patches);
    else this.windows.push(window);
  }

  private see(animation: Animation): void {
    if (this.part) return this.part.changed(animation);
    if (!isScripted(animation) || this.seen.length > 1000) return;
    this.seen.push(animation);
    if (!this.asked) this.get().catch(() => undefined);
    this.asked = true;
  }

  private async get(): Promise<void> {
    const { Animations } = await import('./animations.ts');
    this.part = new Animations(this.c, this.soon);
    for (const window of this.windows) this.part.patch(window, this.patches);
    for (const animation of this.seen.splice(0)) this.part.changed(animation);
  }
}

/** Neither a style sheet's nor one that the way of a scroller drives. */
export function isScripted(animation: Animation): boolean {
  return (
    !('animationName' in animation || 'transitionProperty' in animation) &&
    animation.effect !== null &&
    typeof animation.currentTime === 'number'
  );
}
