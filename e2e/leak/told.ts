// Which places are told in which mode, pinned: one more is noticed, and one less too. docs/privacy.md says it in words.
import { told } from '../../recorder-js/src/capture/tests/told.ts';
import { numbers } from './places.ts';

/** Strict mode, and meant to be: fonts that are files of the site's. */
export const STAYS = [221];

/** Strict mode, and not meant to be: what is still to be mended. */
export const OPEN: Readonly<Record<number, string>> = {};

/** Standard mode: the page's static text, names, style sheets, pictures and fonts, the title, and names of values in addresses. */
export const TOLD = [
  ...told,
  ...[83, 90, 299], // the title, names of values in addresses
  ...[201, 202, 203, 204, 205, 206, 207, 208, 209, 210, 211, 212, 213, 214, 215, 216, 218, 219, 220, 221, 222, 223, 224, 225, 226, 227], // pictures and fonts
  ...[228, 229, 232, 233, 234],
  ...[240, 241, 242, 243, 244, 245, 246, 247, 248, 249, 250, 251, 252, 254, 255, 256, 257, 258], // names, plain values, style sheets, animations
  ...[294, 295], // an option's text; what the page itself makes a title of
  ...[102, 107], // the words of the console and of errors: the first text of a call, a message, but for what looks like a secret
]; // biome-ignore format: a list

/** Of these what the server is told, for its list of sessions: the title, and names of values in the page's address. */
export const TOLD_SERVER = [83, 84, 90, 295];

/** What people typed is told where the site shows fields. */
export const SHOWN_FIELDS = [1, 4, 5, 10, 11, 12, 30, 34, 36, 38, 40, 93, 95, 112, 113, 290, 292, 293, 297];

/** Told in no mode, whatever the site shows. */
export const NEVER = numbers.filter((n) => !TOLD.includes(n) && !SHOWN_FIELDS.includes(n));
