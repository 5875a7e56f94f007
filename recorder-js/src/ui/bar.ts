// The customer's bar: who sees the page, pause and stop. It lives in a closed shadow root on a host element of its own, which the
// capture leaves out; texts are set as text, the style is a constructed sheet, so strict policies of the site hold.

import type { RecorderState } from '../recorder.ts';
import { style } from './style.ts';
import { endedWords, words } from './words.ts';

export interface BarActions {
  stop(): void;
  pause(): void;
  resume(): void;
}

const STEP = 24;

function make<K extends keyof HTMLElementTagNameMap>(tag: K, className: string, text = ''): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

export class Bar {
  private readonly host = document.createElement('ridealong-bar');
  private readonly bar = make('div', 'bar');
  private readonly line = make('b', '');
  private readonly pauseButton = make('button', 'act', words.pause);
  private readonly stopButton = make('button', 'act stop', words.stop);
  private readonly note = make('span', '', words.hidden);
  private current: RecorderState = 'connecting';
  private names: string[] = [];

  constructor(private readonly actions: BarActions) {
    const root = this.host.attachShadow({ mode: 'closed' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    root.adoptedStyleSheets = [sheet];
    const grip = make('button', 'grip');
    grip.type = 'button';
    grip.setAttribute('aria-label', words.move);
    grip.title = words.move;
    this.bar.setAttribute('role', 'region');
    this.bar.setAttribute('aria-label', 'Ridealong');
    const text = make('div', 'words');
    text.setAttribute('role', 'status');
    text.append(this.line, this.note);
    this.bar.append(grip, make('i', 'dot'), text, this.pauseButton, this.stopButton);
    root.append(this.bar);
    this.movable(grip);
    // Only a person's own click counts; scripts of the page cannot press these.
    this.pauseButton.addEventListener('click', (event) => {
      if (event.isTrusted) this.current === 'paused' ? this.actions.resume() : this.actions.pause();
    });
    this.stopButton.addEventListener('click', (event) => {
      if (event.isTrusted) this.over() ? this.remove() : this.actions.stop();
    });
    this.show();
    this.draw();
  }

  owns(node: Node): boolean {
    return node === this.host;
  }

  watchers(names: string[]): void {
    this.names = names;
    this.draw();
  }

  state(state: RecorderState, reason?: string): void {
    this.current = state;
    this.draw(reason);
    if (state === 'ended' && reason === 'customer') setTimeout(() => this.remove(), 4000);
  }

  private over(): boolean {
    return this.current === 'ended' || this.current === 'fault';
  }

  /** In the top layer where there is one, so that dialogs of the page do not cover it. */
  private show(): void {
    this.host.setAttribute('popover', 'manual');
    document.documentElement.append(this.host);
    try {
      this.host.showPopover();
    } catch {
      this.host.removeAttribute('popover');
    }
  }

  private remove(): void {
    this.host.remove();
  }

  private draw(reason?: string): void {
    const live = this.names.length > 0;
    const state = this.current === 'live' && !live ? 'waiting' : this.current;
    this.bar.classList.toggle('live', state === 'live');
    this.bar.classList.toggle('paused', state === 'paused');
    const over = this.over();
    if (over) this.line.textContent = endedWords(state === 'fault' ? 'fault' : reason);
    else if (state === 'live') this.line.textContent = words.live(this.names.join(', '));
    else
      this.line.textContent =
        state === 'paused' ? words.paused : state === 'waiting' ? words.waiting : words.connecting;
    this.note.hidden = state !== 'live';
    this.pauseButton.hidden = over || state === 'connecting';
    this.pauseButton.textContent = state === 'paused' ? words.resume : words.pause;
    this.stopButton.textContent = over ? words.close : words.stop;
    this.stopButton.classList.toggle('stop', !over);
  }

  private movable(grip: HTMLElement): void {
    let from: { x: number; y: number } | undefined;
    grip.addEventListener('pointerdown', (event) => {
      const box = this.host.getBoundingClientRect();
      from = { x: event.clientX - box.left, y: event.clientY - box.top };
      grip.setPointerCapture(event.pointerId);
    });
    grip.addEventListener('pointermove', (event) => from && this.place(event.clientX - from.x, event.clientY - from.y));
    grip.addEventListener('pointerup', () => {
      from = undefined;
    });
    grip.addEventListener('keydown', (event) => {
      const step = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }[
        event.key
      ];
      if (!step) return;
      event.preventDefault();
      const box = this.host.getBoundingClientRect();
      this.place(box.left + (step[0] ?? 0), box.top + (step[1] ?? 0));
    });
  }

  private place(x: number, y: number): void {
    const box = this.host.getBoundingClientRect();
    this.host.classList.add('moved');
    this.host.style.left = `${Math.max(4, Math.min(x, innerWidth - box.width - 4))}px`;
    this.host.style.top = `${Math.max(4, Math.min(y, innerHeight - box.height - 4))}px`;
    this.host.style.bottom = 'auto';
  }
}
