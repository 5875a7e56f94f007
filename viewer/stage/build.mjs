// Builds the stage's script: one minified classic script that stage.html carries inline.

import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import { build } from 'vite';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** The script's text; safe inside a script element. */
export async function stageScript() {
  const result = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      target: 'es2022',
      minify: true,
      modulePreload: false,
      lib: { entry: here('main.ts'), formats: ['iife'], name: 'stage', fileName: () => 'stage.js' },
    },
  });
  const built = [result].flat()[0].output[0].code.trim();
  // In a script element these two mean something; in the strings and patterns where they stand, this means the same.
  const code = built.replaceAll('<!--', '\\x3c!--').replace(/<(?=\/script)/gi, '\\x3c');
  new Script(code); // throws when one of them stood elsewhere
  return code;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { mkdir, writeFile } = await import('node:fs/promises');
  await mkdir(here('dist'), { recursive: true });
  const code = await stageScript();
  await writeFile(here('dist/stage.js'), code);
  console.log(`stage/dist/stage.js ${(code.length / 1024).toFixed(1)} KB`);
}
