// The customer's bar: who sees the page, pause and stop. It lives in a closed shadow root on a host element of its own, which the
// capture leaves out; texts are set as text and the style is a constructed sheet, so strict policies of the site hold.

import type { RecorderEvents, RecorderState } from '../recorder.ts';
import { Layer } from './layer.ts';
import { movable } from './move.ts';
import { style } from './style.ts';
import { endedWords, words } from './words.ts';

export interface BarActions {
  stop(): void;
  pause(): void;
  resume(): void;
  unrecord(): void;
}

/** What a click does counts when the button has been there for so long, ms. */
const SEEN = 500;
/** After the customer's own stop the bar goes away by itself, ms. */
const GOODBYE = 6000;

/** What happens in the bar is not the page's: its menus do not close and its keys do nothing. */
const OURS = [
  'click',
  'pointerdown',
  'pointerup',
  'mousedown',
  'mouseup',
  'touchstart',
  'keydown',
  'keyup',
  'keypress',
];

function make<K extends keyof HTMLElementTagNameMap>(tag: K, className: string, text = ''): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

function button(className: string, text: string, act: () => void): HTMLButtonElement {
  const element = make('button', className, text);
  element.type = 'button';
  // Only a person's own click counts; scripts of the page cannot press this.
  element.addEventListener('click', (event) => event.isTrusted && act());
  return element;
}

export class Bar implements RecorderEvents {
  private readonly host = document.createElement('ridealong-bar');
  private readonly bar = make('div', 'bar');
  private readonly line = make('b', '');
  private readonly note = make('span', '');
  private readonly digits = make('div', 'digits');
  private readonly pauseButton: HTMLButtonElement;
  private readonly stopButton: HTMLButtonElement;
  private readonly recordButton: HTMLButtonElement;
  /** The next press deletes. */
  private sure = false;
  private readonly layer: Layer;
  private readonly unmove: () => void;
  private current: RecorderState = 'connecting';
  private reason = '';
  private names: readonly string[] = [];
  private recorded = false;
  private answer: ((same?: boolean) => void) | undefined;

  constructor(private readonly actions: BarActions) {
    const root = this.host.attachShadow({ mode: 'closed' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    root.adoptedStyleSheets = [sheet];
    for (const name of OURS) root.addEventListener(name, (event) => event.stopPropagation());
    this.bar.setAttribute('role', 'region');
    this.bar.setAttribute('aria-label', words.bar);
    const grip = button('grip', '', () => undefined);
    grip.setAttribute('aria-label', words.move);
    grip.title = words.move;
    const text = make('div', 'words');
    text.setAttribute('role', 'status');
    text.append(this.line, this.digits, this.note);
    this.pauseButton = button('act', '', () => this.second());
    this.stopButton = button('act stop', '', () => this.first());
    const acts = make('div', 'acts');
    this.recordButton = button('link', '', () => this.third());
    acts.append(this.pauseButton, this.stopButton);
    const side = make('div', 'side');
    side.append(text, this.recordButton);
    this.bar.append(grip, make('i', 'dot'), side, acts);
    root.append(this.bar);
    this.unmove = movable(this.bar, grip);
    this.draw();
    this.layer = new Layer(this.host);
  }

  owns(node: Node): boolean {
    return node === this.host;
  }

  watchers(names: readonly string[], recorded = false): void {
    if (recorded === this.recorded && names.join('\n') === this.names.join('\n')) return;
    this.names = names;
    this.recorded = recorded;
    this.draw();
  }

  state(state: RecorderState, reason = ''): void {
    this.current = state;
    this.reason = reason;
    if (this.over()) this.answered();
    this.draw();
    if (state === 'ended' && reason === 'customer') setTimeout(() => this.remove(), GOODBYE);
  }

  /** Shows the number that both sides compare; whether it is the same. Undefined when it is taken back, or the session ends. */
  compare(digits: string, withdrawn?: AbortSignal): Promise<boolean | undefined> {
    this.answered();
    this.digits.textContent = `${digits.slice(0, 3)} ${digits.slice(3)}`;
    withdrawn?.addEventListener('abort', () => this.answered());
    return new Promise((answer) => {
      this.answer = answer;
      this.draw();
      // A click that was meant for something else does not land here.
      this.pauseButton.disabled = true;
      setTimeout(() => {
        this.pauseButton.disabled = false;
      }, SEEN);
    });
  }

  private answered(same?: boolean): void {
    this.answer?.(same);
    this.answer = undefined;
    this.pauseButton.disabled = false;
    this.draw();
  }

  private over(): boolean {
    return this.current === 'ended' || this.current === 'fault';
  }

  /** The button at the end: stop, not the same, or close. */
  private first(): void {
    if (this.answer) this.answered(false);
    else if (this.over()) this.remove();
    else this.actions.stop();
  }

  /** The button before it: pause, go on, or the same. */
  private second(): void {
    if (this.answer) this.answered(true);
    else if (this.current === 'paused') this.actions.resume();
    else this.actions.pause();
  }

  /** Deletes the recording when it is pressed twice. */
  private third(): void {
    if (this.sure) this.actions.unrecord();
    this.sure = !this.sure;
    this.draw();
  }

  private remove(): void {
    this.unmove();
    this.layer.remove();
  }

  private draw(): void {
    const { current, pauseButton, stopButton } = this;
    const over = this.over();
    const asking = this.answer !== undefined;
    const state = asking ? 'compare' : current === 'live' && this.names.length === 0 ? 'waiting' : current;
    this.bar.classList.toggle('live', state === 'live');
    this.bar.classList.toggle('paused', state === 'paused');
    const [line, note] = this.texts(state);
    // A live region reads what changes, so nothing is set twice.
    if (this.line.textContent !== line) this.line.textContent = line;
    if (this.note.textContent !== note) this.note.textContent = note;
    this.note.hidden = note === '';
    this.digits.hidden = !asking;
    this.sure &&= this.recorded;
    this.recordButton.hidden = over || asking || !this.recorded;
    this.recordButton.textContent = this.sure ? words.unrecordSure : words.unrecord;
    pauseButton.hidden = over || (state === 'connecting' && !asking);
    pauseButton.classList.toggle('same', asking);
    pauseButton.textContent = asking ? words.same : state === 'paused' ? words.resume : words.pause;
    stopButton.classList.toggle('stop', !over && !asking);
    stopButton.textContent = asking ? words.other : over ? words.close : words.stop;
  }

  private texts(state: RecorderState | 'compare'): readonly [string, string] {
    switch (state) {
      case 'compare':
        return [words.compare, words.compareNote];
      case 'live':
        return [words.live(this.names), this.recorded ? words.recordedNote : words.liveNote];
      case 'paused':
        return [words.paused, words.pausedNote];
      case 'waiting':
        return this.recorded ? [words.recorded, words.recordedNote] : [words.waiting, words.waitingNote];
      case 'connecting':
        return [words.connecting, ''];
      default:
        return endedWords(state === 'fault' ? 'fault' : this.reason);
    }
  }
}
