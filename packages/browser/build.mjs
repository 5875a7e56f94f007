// Makes what `npm pack` packs: dist/index.js with its types, and dist/privacy-check.js with the part that runs in pages.

import { execFile } from 'node:child_process';
import { copyFile, mkdir, readdir, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'vite';

const root = fileURLToPath(new URL('.', import.meta.url));
const run = promisify(execFile);

await mkdir(`${root}dist`, { recursive: true });
for (const old of await readdir(`${root}dist`))
  if (old !== '.gitkeep') await rm(`${root}dist/${old}`, { recursive: true });

const one = (entry, file, more = {}) =>
  build({
    configFile: false,
    root,
    logLevel: 'warn',
    ...more,
    build: {
      outDir: 'dist',
      emptyOutDir: false,
      target: 'es2022',
      minify: false,
      modulePreload: false,
      ...more.build,
      rolldownOptions: {
        input: root + entry,
        preserveEntrySignatures: 'strict',
        output: { format: 'es', entryFileNames: file, codeSplitting: false, ...more.output },
      },
    },
  });

await one('src/index.ts', 'index.js');
await one('src/check/main.ts', 'privacy-check.js', { ssr: { noExternal: true }, build: { ssr: true } });
// As a library: the bundler puts nothing of its own around import().
await one('src/check/page.ts', 'check-page.js', {
  build: { lib: { entry: `${root}src/check/page.ts`, formats: ['iife'], name: 'checkPage' } },
  output: { format: 'iife' },
});
await run(process.execPath, [
  fileURLToPath(new URL('bin/tsc', import.meta.resolve('typescript/package.json'))),
  '--ignoreConfig', // it is for editors and the check
  '--declaration',
  '--emitDeclarationOnly',
  ...['--target', 'es2022', '--module', 'esnext', '--moduleResolution', 'bundler', '--strict', '--skipLibCheck'],
  ...['--allowImportingTsExtensions', '--lib', 'es2023,dom,dom.iterable', '--outDir', `${root}dist/types`],
  `${root}src/index.ts`,
]);
// The loader's part of it lies elsewhere, and no type of it is public.
await copyFile(`${root}dist/types/packages/browser/src/index.d.ts`, `${root}dist/index.d.ts`);
await rm(`${root}dist/types`, { recursive: true });
