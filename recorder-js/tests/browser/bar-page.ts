// A page with the bar alone; what its buttons do is kept.

import { Bar } from '../../src/ui/bar.ts';

declare global {
  interface Window {
    bar: Bar;
    did: string[];
    withdraw: AbortController;
    roots: ShadowRoot[];
  }
}

window.did = [];
window.bar = new Bar({
  stop: () => {
    window.did.push('stop');
    window.bar.state('ended', 'customer');
  },
  pause: () => {
    window.did.push('pause');
    window.bar.state('paused');
  },
  resume: () => {
    window.did.push('resume');
    window.bar.state('live');
  },
  unrecord: () => {
    window.did.push('unrecord');
    window.bar.watchers(['Ana'], false);
  },
});
