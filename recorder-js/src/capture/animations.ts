// Animations that scripts make: style sheets do the others by themselves. Told when they begin, and when a script or their end changes
// them; in between they run on the receiving side as they do here.

import { AnimationState, type Effect } from '@ridealong/wire';
import { baseURI, isConnected } from '../dom.ts';
import { Level } from '../privacy/policy.ts';
import { type Context, isBlocked, known, rulesOf } from './context.ts';
import { rewriteUrls } from './css-urls.ts';
import type { Patches } from './patch.ts';
import { isScripted } from './scripted.ts';

const MAX_KEPT = 1000;
const MAX_KEYFRAMES = 200;
const STATES: readonly string[] = ['idle', 'running', 'paused', 'finished'];
/** What timing is without a word about it. */
const DEFAULTS: Record<string, unknown> = {
  delay: 0,
  endDelay: 0,
  iterationStart: 0,
  iterations: 1,
  direction: 'normal',
  easing: 'linear',
  fill: 'auto',
};

interface Told {
  key: number;
  /** The element's id then; 0 when nothing was told. */
  id: number;
  /** '' when it has to be read anew. */
  effect: string;
}

export class Animations {
  private readonly held = new Map<Animation, Told>();
  private readonly touched = new Set<Animation>();
  private keys = 0;

  constructor(
    private readonly c: Context,
    private readonly soon: () => void,
  ) {}

  forget(): void {
    for (const [animation, told] of this.held) {
      told.id = 0;
      this.touched.add(animation);
    }
  }

  /** What scripts do with animations of one window, beside what scripted.ts hears of. */
  patch(window: Window & typeof globalThis, patches: Patches): void {
    const { Animation, KeyframeEffect } = window;
    patches.after(Animation, 'value', ['cancel', 'finish', 'reverse', 'updatePlaybackRate'], (one) =>
      this.changed(one),
    );
    patches.after(Animation, 'set', ['playbackRate', 'effect', 'timeline'], (one) => this.changed(one));
    const other = (effect: object) => {
      for (const [animation, told] of this.held) {
        if (animation.effect !== effect) continue;
        told.effect = '';
        this.changed(animation);
      }
    };
    patches.after<object>(window.AnimationEffect, 'value', ['updateTiming'], other);
    patches.after<object>(KeyframeEffect, 'value', ['setKeyframes'], other);
    patches.after<object>(KeyframeEffect, 'set', ['target', 'pseudoElement', 'composite'], other);
  }

  /** Writes what changed; elements that were sent anew have their animations told again. */
  check(): void {
    for (const [animation, told] of this.held) {
      const target = targetOf(animation);
      if (!target || (told.id !== 0 && known(this.c, target) !== told.id)) this.touched.add(animation);
    }
    for (const animation of this.touched) this.write(animation);
    this.touched.clear();
  }

  changed(animation: Animation): void {
    if (!this.touch(animation)) return;
    this.soon();
  }

  private touch(animation: Animation): boolean {
    if (!this.held.has(animation)) {
      if (!isScripted(animation) || animation.playState === 'idle' || this.held.size >= MAX_KEPT) return false;
      this.held.set(animation, { key: ++this.keys, id: 0, effect: '' });
      for (const name of ['finish', 'cancel', 'remove'])
        animation.addEventListener(name, () => this.held.has(animation) && this.changed(animation));
    }
    this.touched.add(animation);
    return true;
  }

  private write(animation: Animation): void {
    const told = this.held.get(animation);
    if (!told) return;
    const target = targetOf(animation);
    const id = target && isConnected(target) ? known(this.c, target) : undefined;
    const state = animation.replaceState === 'removed' ? 0 : STATES.indexOf(animation.playState);
    const time = animation.currentTime;
    const lost = state === AnimationState.finished && !fills(animation);
    if (told.id !== 0 && (told.id !== id || state <= 0 || lost)) {
      if (this.c.alive(told.id)) this.c.ops.animate(told.id, told.key, '', AnimationState.gone, 0, 0, '');
      told.id = 0;
    }
    if (state <= 0 || lost) this.held.delete(animation);
    if (!target || id === undefined || state <= 0 || lost || typeof time !== 'number' || isBlocked(this.c, target, id))
      return;
    told.effect ||= this.effect(animation.effect as KeyframeEffect, target);
    told.id = id;
    const rate = Math.round(animation.playbackRate * 1000);
    const pseudo = (animation.effect as KeyframeEffect).pseudoElement ?? '';
    this.c.ops.animate(id, told.key, pseudo, state, Math.round(time), rate, told.effect);
  }

  private effect(effect: KeyframeEffect, target: Element): string {
    const { c } = this;
    const shown = rulesOf(c, target).text === Level.show;
    const base = baseURI(target);
    const k = effect
      .getKeyframes()
      .slice(0, MAX_KEYFRAMES)
      .map(({ offset, computedOffset, easing, composite, ...properties }) => {
        const text = Object.entries(properties)
          .map(([name, value]) => `${dashed(name)}: ${value}; `)
          .join('');
        const kept = rewriteUrls(c, text, base, shown ? 'image' : 'none');
        const frame: Effect['k'][number] = {
          s: (shown ? undefined : c.privacy.strict?.strictDeclarations(c, kept)) ?? kept,
        };
        if (offset !== null) frame.o = Number(offset);
        if (easing !== 'linear') frame.e = easing;
        if (composite !== 'auto') frame.c = composite;
        return frame;
      });
    const t: Effect['t'] = {};
    for (const [name, value] of Object.entries(effect.getTiming())) {
      if (value === DEFAULTS[name]) continue;
      if (value === Number.POSITIVE_INFINITY) t[name] = -1;
      else if (typeof value === 'number' || name !== 'duration') t[name] = value as number | string;
    }
    if (effect.composite !== 'replace') t.composite = effect.composite;
    const json = JSON.stringify({ k, t } satisfies Effect);
    return json.length < 100_000 ? json : '{"k":[],"t":{}}';
  }
}

const targetOf = (animation: Animation): Element | null => (animation.effect as KeyframeEffect | null)?.target ?? null;

function fills({ effect, playbackRate }: Animation): boolean {
  const fill = effect?.getTiming().fill;
  return fill === 'both' || fill === (playbackRate < 0 ? 'backwards' : 'forwards');
}

function dashed(name: string): string {
  if (name.startsWith('--')) return name;
  const plain = name.replace(/^css(?=Float|Offset)/, '').replace(/^webkit/, 'Webkit');
  const parts = plain.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return parts.replace(/^-(?!webkit-)/, '');
}
