// Moving the bar with the pointer or the arrow keys; it stays within the window.

const STEP = 24;
const MARGIN = 8;

const KEYS: Record<string, [number, number]> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
};

/** Makes box movable by grip. Returns what ends it. */
export function movable(box: HTMLElement, grip: HTMLElement): () => void {
  let from: { x: number; y: number } | undefined;
  const place = (x: number, y: number) => {
    box.classList.add('moved');
    const { width, height } = box.getBoundingClientRect();
    box.style.left = `${Math.max(MARGIN, Math.min(x, innerWidth - width - MARGIN))}px`;
    box.style.top = `${Math.max(MARGIN, Math.min(y, innerHeight - height - MARGIN))}px`;
    box.style.bottom = 'auto';
  };
  grip.addEventListener('pointerdown', (event) => {
    const { left, top } = box.getBoundingClientRect();
    from = { x: event.clientX - left, y: event.clientY - top };
    grip.setPointerCapture(event.pointerId);
  });
  grip.addEventListener('pointermove', (event) => {
    if (from) place(event.clientX - from.x, event.clientY - from.y);
  });
  grip.addEventListener('lostpointercapture', () => {
    from = undefined;
  });
  grip.addEventListener('keydown', (event) => {
    const step = KEYS[event.key];
    if (!step) return;
    event.preventDefault();
    const { left, top } = box.getBoundingClientRect();
    place(left + step[0], top + step[1]);
  });
  const resized = () => {
    if (!box.classList.contains('moved')) return;
    const { left, top } = box.getBoundingClientRect();
    place(left, top);
  };
  addEventListener('resize', resized);
  return () => removeEventListener('resize', resized);
}
