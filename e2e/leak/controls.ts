// Canaries that have to be found: one in each thing that is searched, so that finding nothing else means something.
import { canary } from './canary.ts';
import { fill } from './places.ts';

/** Numbers of their own. */
export const Control = {
  /** Text and a picture that the site shows. */
  text: 901,
  picture: 902,
  /** In the path of the page, which stays. */
  path: 903,
  /** The reference that the agent gives the session. */
  reference: 904,
  /** Origin of a socket that the server refuses, and logs. */
  origin: 905,
  /** Put into each storage of the agent's browser by the test. */
  storage: 906,
} as const;

/** Where the page is. */
export const PATH = `/${canary(Control.path)}`;

/** What the site shows in every mode. `#mark` is for the test to write in. */
export const shown = `<div data-ridealong-show><p id=mark>${canary(Control.text)}</p>${fill('<img src="{svg}">', Control.picture)}</div>`;
