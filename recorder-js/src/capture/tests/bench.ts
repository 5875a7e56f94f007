// The tests' browser and server: pages of any markup and headers, with the bundle under test at /rig.js.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { launch } from '../../../tests/browser/site.ts';
import type { Rig } from './page.ts';

declare global {
  interface Window {
    readonly rig: Rig;
  }
}

interface Served {
  body: string;
  headers: Record<string, string>;
}

async function bundle(): Promise<string> {
  const made = await build({
    configFile: false,
    logLevel: 'warn',
    root: fileURLToPath(new URL('../../..', import.meta.url)),
    build: {
      write: false,
      target: 'es2022',
      minify: false,
      modulePreload: false,
      rolldownOptions: {
        input: fileURLToPath(new URL('page.ts', import.meta.url)),
        output: { format: 'iife', entryFileNames: 'rig.js', codeSplitting: false },
      },
    },
  });
  const [output] = [made].flat();
  if (!output || !('output' in output)) throw new Error('no bundle');
  return output.output[0].code;
}

export class Bench {
  private readonly pages = new Map<string, Served>();
  private n = 0;

  private constructor(
    readonly browser: Browser,
    private readonly server: Server,
  ) {}

  static async open(executablePath?: string): Promise<Bench> {
    const code = await bundle();
    const browser = await launch(executablePath);
    const pages = new Map<string, Served>();
    const server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? '/', 'http://local');
      const page =
        pathname === '/rig.js' ? { body: code, headers: { 'content-type': 'text/javascript' } } : pages.get(pathname);
      response.writeHead(page ? 200 : 404, { 'content-type': 'text/html; charset=utf-8', ...page?.headers });
      response.end(page?.body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const bench = new Bench(browser, server);
    for (const [path, page] of pages) bench.pages.set(path, page);
    Object.assign(bench, { pages });
    return bench;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  serve(path: string, body: string, headers: Record<string, string> = {}): void {
    this.pages.set(path, { body, headers });
  }

  /** A page with this markup; the rig comes last, as the recorder does. */
  async page(
    body: string,
    options: { head?: string; headers?: Record<string, string>; query?: string } = {},
  ): Promise<Page> {
    const path = `/page/${++this.n}`;
    const rig = '<script src="/rig.js"></script>';
    this.serve(
      path,
      `<!doctype html><html><head><meta charset="utf-8"><title>Test</title>${options.head ?? ''}</head><body>${body}${rig}</body></html>`,
      options.headers,
    );
    const page = await this.browser.newPage({ viewport: { width: 800, height: 600 } });
    await page.goto(this.origin + path + (options.query ?? ''));
    await page.waitForFunction(() => 'rig' in window);
    return page;
  }

  async close(): Promise<void> {
    await this.browser.close();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
