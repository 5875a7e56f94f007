// P6: brotli bytes of what customers' pages load. `page` is the recorder, `all` what a page of the reference case loads (the shop,
// a magic link, standard mode: e2e/tests/loads.spec.ts), `everything` all files there are, with the worker and every part.
import { readFile } from 'node:fs/promises';
import { brotliCompressSync, constants } from 'node:zlib';
import { print } from './figures.mjs';

const dist = new URL('../recorder-js/dist/', import.meta.url);
const compress = (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;

export async function run() {
  const manifest = JSON.parse(await readFile(new URL('manifest.json', dist), 'utf8'));
  const sizeOf = async ({ file }) => compress(await readFile(new URL(file, dist)));
  const size = {
    loader: await sizeOf(manifest.loader),
    page: await sizeOf(manifest.recorder),
    worker: await sizeOf(manifest.worker),
  };
  let everything = size.loader + size.page + size.worker;
  const parts = {};
  for (const [name, part] of Object.entries(manifest.parts)) {
    parts[`part ${name}`] = await sizeOf(part);
    everything += parts[`part ${name}`];
  }
  const rrweb = compress(
    await readFile(new URL('../node_modules/@rrweb/record/dist/record.umd.min.cjs', import.meta.url)),
  );
  for (const [variant, bytes] of Object.entries({
    ...size,
    ...parts,
    all: size.loader + size.page,
    everything,
    '@rrweb/record': rrweb,
  })) {
    print({ bench: 'bundle-size', variant, brotli_bytes: bytes });
  }
}
