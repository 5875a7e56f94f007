// The customer's pointer and clicks, drawn over the frame and outside of it, in the page's own CSS px.

const POINTER_IDLE = 4000;
const RIPPLE_TIME = 600;
const MAX_RIPPLES = 8;
const TRAIL_TIME = 1800;
const MAX_TRAILS = 30;
/** A pointer that jumps so far between two samples was elsewhere meanwhile, ms. */
const BREAK = 1000;
const SVG = 'http://www.w3.org/2000/svg';

export class Overlay {
  readonly element = document.createElement('div');
  private readonly cursor = arrow();
  private idle: ReturnType<typeof setTimeout> | undefined;
  private ripples = 0;
  private readonly trails = document.createElementNS(SVG, 'svg');
  private last: { x: number; y: number } | null = null;

  constructor() {
    this.element.setAttribute('aria-hidden', 'true');
    Object.assign(this.element.style, { position: 'absolute', inset: '0', overflow: 'hidden', pointerEvents: 'none' });
    Object.assign(this.cursor.style, {
      position: 'absolute',
      left: '0',
      top: '0',
      visibility: 'hidden',
      willChange: 'transform',
    });
    Object.assign(this.trails.style, { position: 'absolute', inset: '0', width: '100%', height: '100%' });
    this.element.append(this.cursor);
  }

  /** The way that the pointer went, x, y and ms before the newest each time: drawn, and fading. */
  trail(samples: readonly number[]): void {
    const points: { x: number; y: number; before: number }[] = [];
    for (let i = 0; i + 2 < samples.length; i += 3)
      points.push({ x: samples[i] ?? 0, y: samples[i + 1] ?? 0, before: samples[i + 2] ?? 0 });
    const end = points.at(-1);
    if (!end || this.trails.childElementCount >= MAX_TRAILS) return;
    const from = this.last && (points[0]?.before ?? 0) < BREAK ? [this.last] : [];
    this.last = end;
    const line = document.createElementNS(SVG, 'polyline');
    line.setAttribute('points', [...from, ...points].map(({ x, y }) => `${x},${y}`).join(' '));
    for (const [name, value] of Object.entries(TRAIL)) line.setAttribute(name, value);
    if (!this.trails.parentNode) this.element.prepend(this.trails);
    this.trails.append(line);
    const drawn = line.animate([{ opacity: 0.55 }, { opacity: 0 }], TRAIL_TIME);
    drawn.onfinish = drawn.oncancel = () => line.remove();
  }

  /** Goes to the newest place. */
  pointer(x: number, y: number): void {
    this.cursor.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
    this.cursor.style.visibility = 'visible';
    this.cursor.style.opacity = '1';
    clearTimeout(this.idle);
    this.idle = setTimeout(() => {
      this.cursor.style.opacity = '0.35';
    }, POINTER_IDLE);
  }

  click(x: number, y: number): void {
    this.pointer(x, y);
    if (this.ripples >= MAX_RIPPLES) return;
    const ring = document.createElement('div');
    Object.assign(ring.style, {
      position: 'absolute',
      left: `${Math.round(x) - 18}px`,
      top: `${Math.round(y) - 18}px`,
      width: '36px',
      height: '36px',
      boxSizing: 'border-box',
      border: '3px solid #2f6df6',
      borderRadius: '50%',
    });
    this.ripples++;
    this.element.append(ring);
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const from = { transform: still ? 'scale(.8)' : 'scale(.2)', opacity: 1 };
    const drawn = ring.animate([from, { transform: still ? 'scale(.8)' : 'scale(1)', opacity: 0 }], RIPPLE_TIME);
    drawn.onfinish = drawn.oncancel = () => {
      this.ripples--;
      ring.remove();
    };
  }

  hide(): void {
    clearTimeout(this.idle);
    this.cursor.style.visibility = 'hidden';
    this.trails.replaceChildren();
    this.last = null;
  }
}

const TRAIL = {
  fill: 'none',
  stroke: '#2f6df6',
  'stroke-width': '4',
  'stroke-linecap': 'round',
  'stroke-linejoin': 'round',
};

function arrow(): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('width', '22');
  svg.setAttribute('height', '22');
  svg.setAttribute('viewBox', '0 0 22 22');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', 'M1 1v16l4.4-4 2.8 6.6 3-1.3-2.8-6.5H15z');
  path.setAttribute('fill', '#2f6df6');
  path.setAttribute('stroke', '#fff');
  path.setAttribute('stroke-width', '1.5');
  svg.append(path);
  return svg;
}
