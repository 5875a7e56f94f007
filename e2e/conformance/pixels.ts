// Two pictures as they are on the screen: what part of their points differs to the eye.
import { PNG } from 'pngjs';

/** Of 255, of one colour of a point: less is rounding. */
const SEEN = 24;

export function difference(a: Buffer, b: Buffer): number {
  const [left, right] = [PNG.sync.read(a), PNG.sync.read(b)];
  if (left.width !== right.width || left.height !== right.height) return 1;
  let count = 0;
  for (let i = 0; i < left.data.length; i += 4) {
    const far = (at: number) => Math.abs((left.data[i + at] as number) - (right.data[i + at] as number)) > SEEN;
    if (far(0) || far(1) || far(2)) count++;
  }
  return count / (left.width * left.height);
}
