// The built app on a server with the headers of the real one, and a browser page whose /api the test answers.

import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContext, chromium, type Page, type Route } from 'playwright-core';
import { headlessPath } from '../../../e2e/browser.ts';
import type { LiveEvent } from '../../src/live/facts.ts';
import { stageScript } from '../../stage/build.mjs';
import { stageHeaders } from '../../stage/tests/server.ts';

const CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self' ws: wss:",
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types ridealong-worker',
].join('; ');

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

export interface Site {
  origin: string;
  close(): Promise<void>;
}

/** The stage's document, as the real server sends it. */
async function stageDocument(): Promise<(quirks: boolean) => { headers: Record<string, string>; text: string }> {
  const page = await readFile(fileURLToPath(new URL('../../stage/stage.html', import.meta.url)), 'utf8');
  const script = await stageScript();
  return (quirks) => {
    const nonce = randomBytes(16).toString('base64');
    const text = quirks ? page.replace(/^<!doctype html>/i, '') : page;
    return {
      headers: stageHeaders(nonce),
      text: text.replace('{{NONCE}}', () => nonce).replace('{{SCRIPT}}', () => script),
    };
  };
}

/** Serves a built app; every path without a file is the app. `head` goes into its head. */
export async function serveApp(folder = '../../.cache/fake', head = ''): Promise<Site> {
  const root = fileURLToPath(new URL(folder, import.meta.url));
  let stage: ReturnType<typeof stageDocument> | undefined;
  const server = createServer(async (request, response) => {
    if (request.url?.startsWith('/stage')) {
      stage ??= stageDocument();
      const { headers, text } = (await stage)(request.url.includes('compat=quirks'));
      response.writeHead(200, headers).end(text);
      return;
    }
    const path = normalize(new URL(request.url ?? '/', 'http://x').pathname);
    const file = extname(path) ? path : '/index.html';
    try {
      let body: Buffer | string = await readFile(join(root, file));
      if (file === '/index.html') body = body.toString().replace('</head>', `${head}</head>`);
      response.writeHead(200, {
        'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
        'Content-Security-Policy': extname(file) === '.js' ? "default-src 'none'" : CSP, // the first is for workers
        'X-Content-Type-Options': 'nosniff',
      });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://localhost:${port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: headlessPath(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-quic',
    ],
  });
}

export interface Answer {
  status?: number;
  /** JSON, or bytes as they are. */
  body?: unknown;
  headers?: Record<string, string>;
}

export type Handler = (request: { body: unknown; url: URL }) => Answer | Promise<Answer>;

/** A page of the app. What it logs as an error and every CSP violation is collected in `faults`. */
export class AppPage {
  readonly faults: string[] = [];
  readonly asked: { method: string; path: string; body: unknown }[] = [];
  private readonly handlers = new Map<string, Handler>();

  private constructor(
    readonly page: Page,
    readonly context: BrowserContext,
    readonly origin: string,
  ) {}

  static async open(
    browser: Browser,
    origin: string,
    look: { width?: number; height?: number; dark?: boolean; still?: boolean } = {},
  ): Promise<AppPage> {
    const context = await browser.newContext({
      viewport: { width: look.width ?? 1280, height: look.height ?? 800 },
      colorScheme: look.dark ? 'dark' : 'light',
      reducedMotion: look.still === false ? 'no-preference' : 'reduce',
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const page = await context.newPage();
    const app = new AppPage(page, context, origin);
    page.on('pageerror', (error) => app.faults.push(`error: ${error.message}`));
    page.on('console', (line) => {
      // A status of 4xx and 5xx is logged by the browser itself; the app says what it means.
      if (line.type() === 'error' && !line.text().startsWith('Failed to load resource')) app.faults.push(line.text());
    });
    await page.route(
      ({ pathname }) => pathname.startsWith('/api/'),
      (route) => app.answer(route),
    );
    return app;
  }

  /** Answers `GET /api/me` and the like; the newest handler of a line wins. */
  on(line: string, handler: Handler | Answer): this {
    this.handlers.set(line, typeof handler === 'function' ? handler : () => handler);
    return this;
  }

  go(path: string): Promise<unknown> {
    return this.page.goto(this.origin + path);
  }

  /** What the transport would tell. */
  async tell(...events: LiveEvent[]): Promise<void> {
    await this.page.waitForFunction(() => window.fake !== undefined);
    await this.page.evaluate((all) => {
      for (const event of all) window.fake?.dispatch(event);
    }, events);
  }

  close(): Promise<void> {
    return this.context.close();
  }

  private async answer(route: Route): Promise<void> {
    const request = route.request();
    const url = new URL(request.url());
    const raw = request.postData();
    const body: unknown = raw ? JSON.parse(raw) : null;
    this.asked.push({ method: request.method(), path: url.pathname, body });
    const handler = this.handlers.get(`${request.method()} ${url.pathname}`);
    const answer = handler ? await handler({ body, url }) : { status: 404, body: { title: 'Nothing here' } };
    const status = answer.status ?? (answer.body === undefined ? 204 : 200);
    await route
      .fulfill({
        status,
        headers: answer.headers ?? {},
        contentType: typeOf(status, answer.body),
        body: bodyOf(answer.body),
      })
      .catch(() => undefined); // the page was closed meanwhile
  }
}

function typeOf(status: number, body: unknown): string {
  if (body instanceof Uint8Array) return 'application/octet-stream';
  return status >= 400 ? 'application/problem+json' : 'application/json';
}

function bodyOf(body: unknown): string | Buffer {
  if (body instanceof Uint8Array) return Buffer.from(body);
  return body === undefined ? '' : JSON.stringify(body);
}
