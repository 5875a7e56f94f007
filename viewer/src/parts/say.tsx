// What the page says aside: a polite live region that is also a short visible note.

import { signal } from '@preact/signals';

const said = signal<{ text: string; n: number } | null>(null);
let timer: ReturnType<typeof setTimeout> | undefined;

/** Shows and speaks a short sentence for a few seconds. */
export function say(text: string): void {
  said.value = { text, n: (said.peek()?.n ?? 0) + 1 };
  clearTimeout(timer);
  timer = setTimeout(() => {
    said.value = null;
  }, 4000);
}

export function Said() {
  const now = said.value;
  return (
    <div class="said" role="status" aria-live="polite">
      {now && (
        <span class="said-note" key={now.n}>
          {now.text}
        </span>
      )}
    </div>
  );
}
