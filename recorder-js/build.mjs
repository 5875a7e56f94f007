// Builds what customers' pages load: dist/recorder.<hash>.js (a module) and dist/loader.js (a classic script that knows its name).
// Prints the compressed sizes; a loader over its budget fails the build.

import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import { build } from 'vite';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const dist = here('dist');
const LOADER_BUDGET = 1024;

const brotli = (text) =>
  brotliCompressSync(Buffer.from(text), {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: text.length },
  });

async function bundle(entry, format, define) {
  const [output] = [
    await build({
      configFile: false,
      root: here('.'),
      logLevel: 'warn',
      define,
      build: {
        write: false,
        target: 'es2022',
        minify: true,
        modulePreload: false,
        rolldownOptions: {
          input: here(entry),
          preserveEntrySignatures: format === 'es' ? 'strict' : false,
          output: { format, entryFileNames: 'out.js', codeSplitting: false },
        },
      },
    }),
  ].flat();
  return output.output[0].code;
}

const version = JSON.parse(await readFile(here('package.json'), 'utf8')).version;
await mkdir(dist, { recursive: true });
for (const name of await readdir(dist)) if (name !== '.gitkeep') await rm(`${dist}/${name}`);

const recorder = await bundle('src/main.ts', 'es', { VERSION: JSON.stringify(version) });
const hash = createHash('sha256').update(recorder).digest('base64url').slice(0, 12);
const name = `recorder.${hash}.js`;
const loader = await bundle('src/loader/loader.ts', 'iife', { RECORDER: JSON.stringify(name) });

for (const [file, code] of [
  [name, recorder],
  ['loader.js', loader],
]) {
  await writeFile(`${dist}/${file}`, code);
  const small = brotli(code);
  await writeFile(`${dist}/${file}.br`, small);
  console.log(`${file}: ${code.length} bytes, ${small.length} brotli`);
  if (file === 'loader.js' && small.length > LOADER_BUDGET) {
    console.error(`${file} is over its budget of ${LOADER_BUDGET} bytes`);
    process.exitCode = 1;
  }
}
