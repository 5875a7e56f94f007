// P6: brotli bytes of what a customer's page loads.
import { readdir, readFile } from 'node:fs/promises';
import { brotliCompressSync, constants } from 'node:zlib';
import { print } from './figures.mjs';

const dist = new URL('../recorder-js/dist/', import.meta.url);
const compress = (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;

export async function run() {
  const size = { loader: 0, page: 0, worker: 0 };
  for (const name of await readdir(dist)) {
    if (!name.endsWith('.js')) continue;
    const variant = name.startsWith('loader') ? 'loader' : name.includes('worker') ? 'worker' : 'page';
    size[variant] += compress(await readFile(new URL(name, dist)));
  }
  const rrweb = compress(
    await readFile(new URL('../node_modules/@rrweb/record/dist/record.umd.min.cjs', import.meta.url)),
  );
  for (const [variant, bytes] of Object.entries({
    ...size,
    all: size.loader + size.page + size.worker,
    '@rrweb/record': rrweb,
  })) {
    print({ bench: 'bundle-size', variant, brotli_bytes: bytes });
  }
}
