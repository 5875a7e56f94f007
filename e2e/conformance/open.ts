// Probes that do not pass yet. The table shows them as they are; the gate does without them, so that nothing else gets worse meanwhile.
import type { Answer } from './run.ts';

/** `page: probe`, or `page` for all of its probes, and what they wait for. */
const OPEN: Record<string, string> = {
  'canvas 2D': 'canvases as pictures',
  'canvas before the recorder': 'canvases as pictures',
  WebGL: 'canvases as pictures',
  media: 'videos as pictures',
  'menu under the pointer': 'what the pointer is over',
  'startbootstrap-sb-admin-2: dashboard': 'canvases as pictures, what the pointer is over',
};

export const isOpen = (a: Pick<Answer, 'case' | 'probe'>): boolean => a.case in OPEN || `${a.case}: ${a.probe}` in OPEN;
