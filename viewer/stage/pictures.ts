// Canvases of the page: what stands on them comes as pictures. One that cannot be shown is hatched.

/** A canvas with more pixels is left empty: it would take more memory than a picture is worth. */
const MOST_PIXELS = 32 << 20;
/** A picture may be decoded sooner than the one before it. */
const turns = new WeakMap<Element, number>();

/** Shows a content; null for one that cannot be shown. Until a new one is decoded the old one stands. */
export async function paint(canvas: Element, content: Blob | null): Promise<void> {
  if (!(canvas instanceof HTMLCanvasElement)) return;
  const turn = (turns.get(canvas) ?? 0) + 1;
  turns.set(canvas, turn);
  const picture = content && (await createImageBitmap(content).catch(() => null));
  const { width, height } = canvas;
  if (turns.get(canvas) === turn && width * height <= MOST_PIXELS) {
    const context = canvas.getContext('2d');
    context?.clearRect(0, 0, width, height);
    if (picture) context?.drawImage(picture, 0, 0, width, height);
    else if (context) hatch(context, width, height);
  }
  picture?.close();
}

function hatch(context: CanvasRenderingContext2D, width: number, height: number): void {
  context.fillStyle = '#e7e9ee';
  context.fillRect(0, 0, width, height);
  context.strokeStyle = '#c3c8d2';
  context.beginPath();
  for (let x = -height; x < width; x += 10) {
    context.moveTo(x, height);
    context.lineTo(x + height, 0);
  }
  context.stroke();
}
