// Builds what customers' pages load: dist/recorder.<hash>.js (a module), dist/worker.<hash>.js (for large pages), dist/loader.js (a
// classic script that knows the recorder's name) and dist/manifest.json. Prints the compressed sizes; a loader over its budget fails the build, a recorder over its is said.

import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import { bundle } from './bundle.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const dist = here('dist');
const LOADER_BUDGET = 1024;
const RECORDER_BUDGET = 14 * 1024;

const brotli = (text) =>
  brotliCompressSync(Buffer.from(text), {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: text.length },
  });

const version = JSON.parse(await readFile(here('package.json'), 'utf8')).version;
const named = (what, code) => `${what}.${createHash('sha256').update(code).digest('base64url').slice(0, 12)}.js`;
const worker = await bundle('src/log/worker.ts', 'iife', {});
const workerName = named('worker', worker);
const recorder = await bundle('src/main.ts', 'es', {
  VERSION: JSON.stringify(version),
  WORKER: JSON.stringify(workerName),
});
const name = named('recorder', recorder);
const loader = await bundle('src/loader/loader.ts', 'iife', { RECORDER: JSON.stringify(name) });

await mkdir(dist, { recursive: true });
for (const old of await readdir(dist)) if (old !== '.gitkeep') await rm(`${dist}/${old}`);
const manifest = { version };
for (const [key, file, code, budget] of [
  ['loader', 'loader.js', loader, LOADER_BUDGET],
  ['recorder', name, recorder, RECORDER_BUDGET],
  ['worker', workerName, worker, RECORDER_BUDGET],
]) {
  const small = brotli(code);
  const integrity = `sha384-${createHash('sha384').update(code).digest('base64')}`;
  manifest[key] = { file, bytes: code.length, brotli: small.length, integrity };
  await writeFile(`${dist}/${file}`, code);
  await writeFile(`${dist}/${file}.br`, small);
  const over = small.length > budget ? `, over its budget of ${budget}` : '';
  console.log(`${file}: ${code.length} bytes, ${small.length} brotli${over}`);
  if (over && key === 'loader') process.exitCode = 1;
}
await writeFile(`${dist}/manifest.json`, `${JSON.stringify(manifest, null, 2)}\n`);
