// The pages of the benches, served from one loopback origin, and the Ridealong server beside it.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createServer as createSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createSocket().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** Serves bench/pages and the peers' bundles; `loader` is the tag that pages with `{{LOADER}}` get. */
export async function pages(loader) {
  const bundles = {
    '/rrweb-record.js': 'node_modules/@rrweb/record/dist/record.umd.min.cjs',
    '/rrweb-replay.js': 'node_modules/@rrweb/replay/dist/replay.umd.min.cjs',
  };
  const server = createServer(async (request, response) => {
    const path = new URL(request.url, 'http://x').pathname;
    try {
      const file = bundles[path] ?? `bench/pages${path}`;
      const type = file.endsWith('.html') ? 'text/html; charset=utf-8' : 'text/javascript; charset=utf-8';
      const body = (await readFile(join(root, file), 'utf8')).replaceAll('{{LOADER}}', loader ?? '');
      response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { origin: `http://localhost:${server.address().port}`, server, close: () => server.close() };
}

/** Starts `ridealong demo` on free ports with a data directory of its own. */
export async function ridealong({ origins = [], shop, relay } = {}) {
  const data = await mkdtemp(join(tmpdir(), 'ridealong-bench-'));
  const [relayPort, shopPort] = [relay ?? (await freePort()), shop ?? (await freePort())];
  const args = [
    'demo',
    '--listen',
    `127.0.0.1:${relayPort}`,
    '--shop',
    `127.0.0.1:${shopPort}`,
    '--data',
    data,
    '--metrics',
    '',
    '--log-level',
    'warn',
    '--e2e',
  ];
  for (const origin of origins) args.push('--origins', origin);
  const child = spawn(join(root, 'bin/ridealong'), args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const link = await new Promise((resolve, reject) => {
    let out = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
      const found = /https?:\/\/\S+\/login#token=\S+/.exec(out);
      if (found) resolve(found[0]);
    });
    child.once('exit', (code) => reject(new Error(`ridealong ended with ${code}: ${out}`)));
  });
  return {
    url: `http://localhost:${relayPort}`,
    shop: `http://localhost:${shopPort}`,
    link,
    async close() {
      child.removeAllListeners('exit');
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await gone;
      await rm(data, { recursive: true, force: true });
    },
  };
}
