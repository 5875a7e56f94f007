// Animations that scripts of the page made, made again here (PROTOCOL.md §4.2). They run by themselves until the page says otherwise.

import { AnimationState, type Effect } from '@ridealong/wire';
import { type Resolve, rewriteCss } from './css.ts';

const MAX_ANIMATIONS = 4096;
const MAX_KEYFRAMES = 512;
const NUMBERS = ['delay', 'endDelay', 'duration', 'iterations', 'iterationStart'] as const;
const WORDS = ['direction', 'easing', 'fill', 'composite'] as const;

export class Animations {
  /** By key. */
  private readonly running = new Map<number, Animation>();
  private readonly resolve: Resolve;

  constructor(resolve: Resolve) {
    this.resolve = resolve;
  }

  set(element: Element, key: number, pseudo: string, state: number, time: number, rate: number, effect: string): void {
    this.running.get(key)?.cancel();
    this.running.delete(key);
    if (state === AnimationState.gone) return;
    const animation = this.make(element, pseudo, effect);
    if (!animation) return;
    animation.playbackRate = rate / 1000;
    // A browser that knows less of it shows it as far as it does.
    attempt(() => {
      if (state === AnimationState.finished) animation.finish();
      else animation.currentTime = time;
      if (state === AnimationState.paused) animation.pause();
    });
    this.running.set(key, animation);
    for (const [old, one] of this.running) {
      if (this.running.size <= MAX_ANIMATIONS) break;
      one.cancel();
      this.running.delete(old);
    }
  }

  /** Takes all of them away. */
  clear(): void {
    for (const animation of this.running.values()) animation.cancel();
    this.running.clear();
  }

  /** As the page has them: by key. */
  list(): { key: number; target: Element | null; time: number; state: string }[] {
    return [...this.running].map(([key, animation]) => ({
      key,
      target: (animation.effect as KeyframeEffect | null)?.target ?? null,
      time: Number(animation.currentTime ?? 0),
      state: animation.playState,
    }));
  }

  private make(element: Element, pseudo: string, effect: string): Animation | undefined {
    let made: Animation | undefined;
    attempt(() => {
      const { k, t } = JSON.parse(effect) as Effect;
      const frames = k.slice(0, MAX_KEYFRAMES).map((frame) => this.keyframe(frame));
      const timing: KeyframeAnimationOptions = timingOf(t);
      if (/^::[\w-]+(?:\([\w-]*\))?$/.test(pseudo)) timing.pseudoElement = pseudo;
      made = element.animate(frames, timing);
    });
    return made;
  }

  private keyframe(frame: Effect['k'][number]): Keyframe {
    const { text } = rewriteCss(String(frame.s), this.resolve);
    const out: Keyframe = {};
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`a{${text}}`);
    const [rule] = sheet.cssRules;
    const style = rule instanceof CSSStyleRule ? rule.style : undefined;
    for (const name of style ?? []) out[camel(name)] = style?.getPropertyValue(name) ?? '';
    if (typeof frame.o === 'number') out.offset = frame.o;
    if (typeof frame.e === 'string') out.easing = frame.e;
    if (typeof frame.c === 'string') out.composite = frame.c as CompositeOperationOrAuto;
    return out;
  }
}

function timingOf(t: Effect['t']): KeyframeAnimationOptions {
  const timing: Record<string, unknown> = {};
  for (const name of NUMBERS) if (Number.isFinite(t[name])) timing[name] = t[name];
  for (const name of WORDS) if (typeof t[name] === 'string') timing[name] = t[name];
  if (t.iterations === -1) timing.iterations = Number.POSITIVE_INFINITY;
  return timing as KeyframeAnimationOptions;
}

/** As keyframes name properties; custom ones keep their name. */
function camel(name: string): string {
  if (name.startsWith('--')) return name;
  if (name === 'float') return 'cssFloat';
  if (name === 'offset') return 'cssOffset';
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function attempt(act: () => void): void {
  try {
    act();
  } catch {
    // It cannot be shown here; the page goes on.
  }
}
