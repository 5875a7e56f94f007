// A button that takes only a click that was meant for it: by a person, and after it was in sight for a moment.

const SEEN = 500;

export function arm(button: HTMLButtonElement, act: () => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let inView = false;
  // Also when the window was covered or moved meanwhile: what is under the pointer then may be a surprise.
  const again = () => {
    clearTimeout(timer);
    button.disabled = true;
    if (!inView || document.visibilityState !== 'visible') return;
    timer = setTimeout(() => {
      button.disabled = false;
    }, SEEN);
  };
  new IntersectionObserver(
    ([entry]) => {
      inView = entry?.isIntersecting ?? false;
      again();
    },
    { threshold: 0.6 },
  ).observe(button);
  document.addEventListener('visibilitychange', again);
  button.disabled = true;
  button.addEventListener('click', (event) => {
    if (event.isTrusted && !button.disabled) act();
  });
}
