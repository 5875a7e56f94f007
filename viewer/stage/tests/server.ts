// Serves the stage as the real server does, and a page with a StageView and a forged recorder in it.

import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcp, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { stageScript } from '../build.mjs';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const APP_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; frame-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/** As README.md lists them. */
export function stageHeaders(nonce: string): Record<string, string> {
  return {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy':
      `sandbox allow-scripts; default-src 'none'; script-src 'nonce-${nonce}'; style-src 'unsafe-inline'; img-src data: blob:; ` +
      "font-src data: blob:; media-src data: blob:; connect-src 'none'; frame-src 'self'; base-uri 'none'; form-action 'none'",
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'X-DNS-Prefetch-Control': 'off',
    'Cache-Control': 'no-store',
  };
}

async function bundle(entry: string): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, minify: false, target: 'es2022', lib: { entry, formats: ['es'], fileName: () => 'app.js' } },
  });
  return ([result].flat()[0] as unknown as { output: [{ code: string }] }).output[0].code;
}

export interface Server {
  origin: string;
  close(): void;
}

/** `walls: false` leaves the stage's own policy away: what then holds is the allow-list and the rewriter alone. */
export async function serve({ walls = true } = {}): Promise<Server> {
  const [script, app, page] = await Promise.all([
    stageScript(),
    bundle(here('harness.ts')),
    readFile(here('../stage.html'), 'utf8'),
  ]);
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://x');
    if (url.pathname === '/stage') {
      const nonce = randomBytes(16).toString('base64');
      const quirks = url.searchParams.get('compat') === 'quirks';
      const text = quirks ? page.replace(/^<!doctype html>/i, '') : page;
      response.writeHead(200, walls ? stageHeaders(nonce) : { 'Content-Type': 'text/html; charset=utf-8' });
      response.end(text.replace('{{NONCE}}', () => nonce).replace('{{SCRIPT}}', () => script));
    } else if (url.pathname === '/app.js') {
      response.writeHead(200, { 'Content-Type': 'text/javascript' }).end(app);
    } else if (url.pathname === '/naked') {
      // For the negative control: no policy at all.
      response.writeHead(200, { 'Content-Type': 'text/html' });
      response.end('<!doctype html><title>naked</title><script type="module" src="/app.js"></script>');
    } else if (url.pathname === '/') {
      response.writeHead(200, { 'Content-Type': 'text/html', ...(walls && { 'Content-Security-Policy': APP_POLICY }) });
      response.end(
        '<!doctype html><title>stage</title><input id="agent"><div id="host"></div><script type="module" src="/app.js"></script>',
      );
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => void server.close() };
}

/** Counts every TCP connection, whatever is said on it. */
export class Canary {
  connections = 0;
  readonly paths: string[] = [];
  private readonly sockets = new Set<Socket>();
  private readonly server = createTcp((socket) => {
    this.connections++;
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      const path = /^[A-Z]+ (\S+) HTTP/.exec(data.toString('latin1'))?.[1];
      if (path) this.paths.push(path);
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nAccess-Control-Allow-Origin: *\r\nConnection: close\r\n\r\n');
    });
  });

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  reset(): void {
    this.connections = 0;
    this.paths.length = 0;
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }
}
