// One entry of ours as the single file that sites get; build.mjs and the tests in the browser make it in the same way.

import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { shorten } from './shorten.mjs';

/** `format` is 'es' or 'iife'; `define` replaces names by source text. Entries are paths in this folder. */
export async function bundle(entry, format, define) {
  const root = fileURLToPath(new URL('.', import.meta.url));
  const [output] = [
    await build({
      configFile: false,
      root,
      logLevel: 'warn',
      define,
      build: {
        write: false,
        target: 'es2022',
        minify: false, // see shorten.mjs
        modulePreload: false,
        rolldownOptions: {
          input: root + entry,
          preserveEntrySignatures: format === 'es' ? 'strict' : false,
          output: { format, entryFileNames: 'out.js', codeSplitting: false },
        },
      },
    }),
  ].flat();
  return (await shorten(output.output[0].code, format === 'es')).code;
}
