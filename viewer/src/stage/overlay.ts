// The customer's pointer and clicks, drawn over the frame and outside of it, in the page's own CSS px.

const POINTER_IDLE = 4000;
const RIPPLE_TIME = 600;
const MAX_RIPPLES = 8;
const SVG = 'http://www.w3.org/2000/svg';

export class Overlay {
  readonly element = document.createElement('div');
  private readonly cursor = arrow();
  private idle: ReturnType<typeof setTimeout> | undefined;
  private ripples = 0;

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
    this.element.append(this.cursor);
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
  }
}

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
