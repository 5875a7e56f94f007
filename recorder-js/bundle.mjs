// One entry of ours as the single file that sites get; build.mjs and the tests in the browser make it in the same way.

import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { hidePrivates, shorten } from './shorten.mjs';

/** The sheet without spaces that mean nothing, its properties named by letters. */
function squeezeSheet(sheet) {
  const names = [...new Set(sheet.match(/--[a-z-]+/g))];
  return sheet
    .replace(/\s+/g, ' ')
    .replace(/ ?([{};,]) ?/g, '$1')
    .replace(/: /g, ':')
    .replace(/;}/g, '}')
    .replace(/--[a-z-]+/g, (name) => `--${String.fromCharCode(97 + names.indexOf(name))}`)
    .trim();
}

/** See hidePrivates. */
export function hidden() {
  const bases = new Map();
  return {
    name: 'hidden',
    enforce: 'pre',
    transform: (code, id) => (/\.ts$/.test(id) ? hidePrivates(code, bases) : undefined),
  };
}

/** Parts of sources that the recorder has no use for. */
export const lean = {
  name: 'lean',
  enforce: 'pre',
  transform(code, id) {
    if (id.endsWith('/ui/style.ts')) return code.replace(/`[^`]*`/, squeezeSheet);
    // Links are for both sides; this one is the customer's.
    if (/\/link\/(?:link|links|proof)\.ts$/.test(id))
      return code.replace(
        /\b(?:this\.)?side (=|!)== '(customer|agent)'/g,
        (_, is, side) => `${(is === '=') === (side === 'customer')}`,
      );
    // The sentences are for the agent's side; a code without a row means to come back.
    if (id.endsWith('/code.gen.ts'))
      return code.replace(/^.*next: 'reconnect',.*\n/gm, '').replace(/, message: "[^"]*"/g, '');
  },
};

/** Nothing is put around `import()`: what Vite has for that asks for preloads, and tells the page's own listeners of what it could not get. */
export const asIs = (entry) => ({ entry, formats: ['es'] });

/** `format` is 'es' or 'iife'; `define` replaces names by source text. Entries are paths in this folder. */
export async function bundle(entry, format, define) {
  const root = fileURLToPath(new URL('.', import.meta.url));
  const [output] = [
    await build({
      configFile: false,
      root,
      logLevel: 'warn',
      define,
      plugins: [lean, hidden()],
      build: {
        write: false,
        target: 'es2022',
        minify: false, // see shorten.mjs
        ...(format === 'es' ? { lib: asIs(root + entry) } : {}),
        rolldownOptions: {
          input: root + entry,
          preserveEntrySignatures: format === 'es' ? 'strict' : false,
          output: { format, entryFileNames: 'out.js', codeSplitting: false },
        },
      },
    }),
  ].flat();
  // The builder's own loop over what a module exports takes in what a page has put on Object.prototype.
  const code = output.output[0].code.replaceAll(/for \(var (\w+) in (\w+)\)/g, 'for (var $1 of Object.keys($2))');
  return (await shorten(code, format === 'es')).code;
}
