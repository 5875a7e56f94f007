// Asking again: at once, then every few seconds while the page is visible, and at once when it becomes visible again.

import { useEffect, useReducer, useRef } from 'preact/hooks';
import { type Problem, problemFrom } from '../api/problem.ts';

export interface Polled<T> {
  value: T | null;
  /** Of the newest try; the value before it stays. */
  problem: Problem | null;
  busy: boolean;
  again: () => void;
}

/** One loop: `stop` ends it, `now` asks at once. A slow answer never overlaps the next question. */
export class Poll<T> {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private stopped = false;
  private asking = false;

  constructor(
    private readonly ask: () => Promise<T>,
    private readonly every: number,
    private readonly answer: (value: T | null, problem: Problem | null) => void,
    private readonly visible: () => boolean = () => document.visibilityState === 'visible',
  ) {}

  async now(): Promise<void> {
    if (this.stopped || this.asking) return;
    clearTimeout(this.timer);
    this.asking = true;
    let value: T | null = null;
    let problem: Problem | null = null;
    try {
      value = await this.ask();
    } catch (thrown) {
      problem = problemFrom(thrown);
    }
    this.asking = false;
    if (this.stopped) return;
    this.answer(value, problem);
    const wait = Math.max(this.every, (problem?.retryAfter ?? 0) * 1000);
    this.timer = setTimeout(() => this.visible() && void this.now(), wait);
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }
}

export function usePoll<T>(ask: () => Promise<T>, every: number): Polled<T> {
  const state = useRef<{ value: T | null; problem: Problem | null; busy: boolean }>({
    value: null,
    problem: null,
    busy: true,
  });
  const [, render] = useReducer((n: number) => n + 1, 0);
  const poll = useRef<Poll<T> | null>(null);

  useEffect(() => {
    const loop = new Poll(ask, every, (value, problem) => {
      state.current = { value: value ?? state.current.value, problem, busy: false };
      render(0);
    });
    poll.current = loop;
    const seen = () => document.visibilityState === 'visible' && void loop.now();
    document.addEventListener('visibilitychange', seen);
    void loop.now();
    return () => {
      loop.stop();
      document.removeEventListener('visibilitychange', seen);
    };
  }, []);

  const again = () => {
    state.current = { ...state.current, busy: true };
    render(0);
    void poll.current?.now();
  };
  return { ...state.current, again };
}
