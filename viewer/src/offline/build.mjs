// What a recording as one file needs besides the recording: the script of its player and the stage's document, as texts. A plugin hands
// both to the app as the module `virtual:offline`, so that they are a chunk that is loaded when somebody wants such a file.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { stageScript } from '../../stage/build.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

async function offlineScript() {
  const result = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      target: 'es2022',
      minify: true,
      modulePreload: false,
      lib: { entry: here('main.ts'), formats: ['iife'], name: 'offline', fileName: () => 'offline.js' },
    },
  });
  const code = [result].flat()[0].output[0].code.trim();
  // As in the stage's script: what would end a script element means the same so.
  return code.replaceAll('<!--', '\\x3c!--').replace(/<(?=\/script)/gi, '\\x3c');
}

/** @returns {import('vite').Plugin} */
export function offlineTexts() {
  const id = '\0virtual:offline';
  return {
    name: 'offline-texts',
    resolveId: (source) => (source === 'virtual:offline' ? id : null),
    load: async (wanted) => {
      if (wanted !== id) return null;
      const [script, stage, style, page] = await Promise.all([
        offlineScript(),
        stageScript(),
        readFile(here('offline.css'), 'utf8'),
        readFile(here('../../stage/stage.html'), 'utf8'),
      ]);
      const texts = { script, stage, style, page: page.trim() };
      return Object.entries(texts)
        .map(([name, text]) => `export const ${name} = ${JSON.stringify(text)};`)
        .join('\n');
    },
  };
}
