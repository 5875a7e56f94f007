// Builds what customers' pages load: dist/recorder.<hash>.js (a module), its parts that few pages need beside it (parts.mjs),
// dist/worker.<hash>.js (for large pages), dist/loader.js (a classic script that knows the recorder's name), dist/preview.js (for the
// site's developer) and dist/manifest.json.
// Prints the compressed sizes; one over its budget (budgets.json) fails the build, one over its goal is said.

import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import { bundle } from './bundle.mjs';
import { fileName, parts } from './parts.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const dist = here('dist');
const limits = JSON.parse(await readFile(here('budgets.json'), 'utf8'));

const brotli = (text) =>
  brotliCompressSync(Buffer.from(text), {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: text.length },
  });

/**
 * With a source map that says only that the file is nobody's business: DevTools leave ignored files out, so that a line of the console
 * stands at the page's own place.
 */
function ignored(name, code) {
  const map = {
    version: 3,
    sources: [`ridealong:${name}`],
    sourcesContent: [`// Ridealong's ${name}: see the site's privacy settings for what it may tell.`],
    mappings: `AAAA${';AACA'.repeat(code.split('\n').length - 1)}`,
    ignoreList: [0],
    x_google_ignoreList: [0],
  };
  const base64 = Buffer.from(JSON.stringify(map)).toString('base64');
  return `${code.trimEnd()}\n//# sourceMappingURL=data:application/json;base64,${base64}\n`;
}

const version = JSON.parse(await readFile(here('package.json'), 'utf8')).version;
const worker = await bundle('src/log/worker.ts', 'iife', {});
const workerName = fileName('worker', worker);
const define = { VERSION: JSON.stringify(version), WORKER: JSON.stringify(workerName) };
const [recorder, ...rest] = await parts('src/main.ts', define, 'recorder');
for (const part of [recorder, ...rest])
  if (/^(?:recorder|telemetry)$/.test(part.name)) part.code = ignored(part.name, part.code);
const preview = await bundle('src/preview/main.ts', 'es', {});
const loader = await bundle('src/loader/loader.ts', 'iife', { RECORDER: JSON.stringify(recorder.file) });

await mkdir(dist, { recursive: true });
for (const old of await readdir(dist)) if (old !== '.gitkeep') await rm(`${dist}/${old}`);
const manifest = { version, parts: {} };
const sizes = { everything: 0 };

/** Says a size, and whether it is too much. */
function judge(name, bytes, text = '') {
  const { budget, goal } = limits[name] ?? {};
  const over = budget && bytes > budget ? `, over its budget of ${budget} (recorder-js/budgets.json)` : '';
  console.log(`${name}: ${text}${bytes} brotli${over || (goal && bytes > goal ? `, its goal is ${goal}` : '')}`);
  if (over) process.exitCode = 1;
}

for (const { name, file, code } of [
  { name: 'loader', file: 'loader.js', code: loader },
  recorder,
  { name: 'worker', file: workerName, code: worker },
  ...rest,
]) {
  const small = brotli(code);
  const integrity = `sha384-${createHash('sha384').update(code).digest('base64')}`;
  const isPart = rest.some((part) => part.name === name);
  (isPart ? manifest.parts : manifest)[name] = { file, bytes: code.length, brotli: small.length, integrity };
  sizes[name] = small.length;
  sizes.everything += small.length;
  await writeFile(`${dist}/${file}`, code);
  await writeFile(`${dist}/${file}.br`, small);
  judge(name, small.length, `${file}, ${code.length} bytes, `);
}
// For a site's developer: no customer loads it.
await writeFile(`${dist}/preview.js`, preview);
await writeFile(`${dist}/preview.js.br`, brotli(preview));
judge('preview', brotli(preview).length, `preview.js, ${preview.length} bytes, `);
// What a page of the reference case loads: a magic link, standard mode, a page that is not large (e2e/tests/loads.spec.ts).
judge('all', sizes.loader + sizes.recorder + sizes.telemetry);
judge('everything', sizes.everything);
await writeFile(`${dist}/manifest.json`, `${JSON.stringify(manifest, null, 2)}\n`);
