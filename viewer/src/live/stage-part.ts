// A stage in a place of its own in the host: one for each tab, or for another moment of a page.
//
// Guarantees: those that are not shown keep their layout, so that nothing jumps when they are; only the one that is shown is seen.

import { type StageOptions, StageView } from '../stage/index.ts';
import type { StageEvents, StagePart } from './parts.ts';

/** What a stage tells besides what the live view needs. */
export interface PersonEvents extends StageEvents {
  /** x, y and ms before the newest, each time. */
  path: (samples: number[]) => void;
  click: (click: { x: number; y: number; button: number }) => void;
}

export interface WholeStagePart extends Omit<StagePart, 'on'> {
  on<E extends keyof PersonEvents>(event: E, tell: PersonEvents[E]): void;
  /** Without rings where the customer clicked: one goes past that moment. */
  quiet(on: boolean): void;
}

export function stageIn(host: HTMLElement, trail = false, url: StageOptions['url'] = '/stage'): WholeStagePart {
  const place = document.createElement('div');
  Object.assign(place.style, { position: 'absolute', inset: '0' });
  host.append(place);
  const view = new StageView(place, { url, trail });
  const part: Omit<WholeStagePart, 'on'> = {
    ops: (raw, frame) => view.ops(raw, frame),
    pointer: (x, y) => view.pointer(x, y),
    asset: (...asset) => view.asset(...asset),
    blob: (hash, bytes) => view.blob(hash, bytes),
    refused: (epoch, n, reason, width, height) => view.refused(epoch, n, reason, width, height),
    serialize: () => view.serialize(),
    quiet: (on) => {
      view.quiet = on;
    },
    show: (on) => {
      // Its frame is visible whatever is said here of visibility.
      Object.assign(place.style, { opacity: on ? '' : '0', zIndex: on ? '1' : '0' });
      place.inert = !on;
      place.toggleAttribute('data-shown', on);
    },
    clear: () => view.clear(),
    dispose: () => {
      view.dispose();
      place.remove();
    },
  };
  return Object.assign(part, { on: view.on.bind(view) as WholeStagePart['on'] });
}
