// Writes the brotli form of each built file of the app beside it, which the server sends to browsers that take it.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { brotliCompressSync, constants } from 'node:zlib';

const folder = new URL('../viewer/dist/assets/', import.meta.url);
for (const name of await readdir(folder)) {
  if (!/\.(?:js|css|svg)$/.test(name)) continue;
  const bytes = await readFile(new URL(name, folder));
  const small = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
  if (small.length < bytes.length) await writeFile(new URL(`${name}.br`, folder), small);
}
