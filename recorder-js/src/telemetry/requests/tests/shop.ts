// A site of the tests' own: a server that answers in every way there is, pages with and without the capture, and what it was asked for.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { firefoxPath, firefoxPrefs } from '../../../../../e2e/browser.ts';
import { launch, plain } from '../../../../tests/browser/site.ts';
import { sockets } from '../../../../tests/browser/socket.ts';
import type { Net } from './page.ts';

declare global {
  interface Window {
    readonly net: Net;
  }
}

export const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

type Answer = (response: ServerResponse, request: IncomingMessage, url: URL) => unknown;

const json =
  (value: unknown): Answer =>
  (response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(value));
  };

const ANSWERS: Record<string, Answer> = {
  '/json': json({ a: 1, list: [1, 2], token: 'CANARY', user: { email: 'CANARY@x.test', id: 7 } }),
  '/echo': async (response, request) => {
    let size = 0;
    for await (const chunk of request) size += (chunk as Buffer).length;
    json({ method: request.method, size, type: request.headers['content-type'] ?? '', own: request.headers['x-own'] ?? '' })(
      response,
      request,
      new URL('http://x'),
    ); // biome-ignore format: short
  },
  '/text': (response) => response.end('plain é text'),
  '/bytes': (response) => response.end(Buffer.alloc(100_000, 7)),
  '/empty': (response) => response.writeHead(204).end(),
  '/error': (response) => response.writeHead(500, 'Broken').end('no'),
  '/redirect': (response) => response.writeHead(302, { location: '/json' }).end(),
  '/drop': (_, request) => request.socket.destroy(),
  '/hang': () => undefined,
  '/half': (response) => {
    response.setHeader('content-length', '100');
    response.write('first half');
    setTimeout(() => response.destroy(), 30);
  },
  '/chunks': async (response) => {
    for (const part of ['one ', 'two ', 'three']) {
      response.write(part);
      await later(15);
    }
    response.end();
  },
  '/endless': (response) => {
    response.write('x'.repeat(5000));
  },
  '/headers': (response) => {
    response.setHeader('x-secret', 'CANARY');
    response.setHeader('set-cookie', 'sid=CANARY');
    response.setHeader('etag', '"abc"');
    response.setHeader('x-request-id', 'req-7');
    response.end('ok');
  },
  '/source': (response) => {
    response.setHeader('content-type', 'text/event-stream');
    response.write('retry: 20\n\nid: 1\ndata: first\n\nevent: named\ndata: second\n\nevent: other\ndata: unheard\n\n');
    setTimeout(() => response.end('data: last\n\n'), 30);
  },
  '/page': (response) => {
    response.setHeader('content-type', 'text/html');
    response.end(
      '<!doctype html><title>t</title><img src=/pixel.png?token=CANARY><link rel=stylesheet href=/style.css>',
    );
  },
  '/worker.js': (response) => {
    response.setHeader('content-type', 'text/javascript');
    response.end(
      `oninstall = () => skipWaiting(); onactivate = (e) => e.waitUntil(clients.claim()); onfetch = (e) => e.respondWith(/made/.test(e.request.url) ? new Response('made by CANARY') : fetch(e.request))`,
    );
  },
  '/bare': (response, _, url) => {
    response.setHeader('content-type', 'text/html');
    response.end(`<!doctype html>${url.searchParams.get('body')}`);
  },
  '/none': (response) => response.writeHead(404).end(),
};

export class Shop {
  /** `METHOD path`, in the order of their coming. */
  readonly asked: string[] = [];
  readonly messages: (string | Buffer)[] = [];

  private constructor(
    readonly browser: Browser,
    private readonly server: Server,
    private readonly code: string,
  ) {}

  static async open(browser?: Browser): Promise<Shop> {
    const code = await plain('src/telemetry/requests/tests/page.ts');
    const server = createServer();
    const shop = new Shop(browser ?? (await launch()), server, code);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => shop.answer(request, response));
    sockets(server, (peer, path) => {
      shop.asked.push(`SOCKET ${path}`);
      peer.message = (data) => {
        shop.messages.push(data);
        if (data === 'close me') peer.close(Buffer.concat([Buffer.from([0x0f, 0xa1]), Buffer.from('because')]));
        else if (data === 'drop me') peer.end();
        else peer.send(data);
      };
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return shop;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://x');
    if (url.pathname !== '/favicon.ico') this.asked.push(`${request.method} ${url.pathname}`);
    if (url.searchParams.has('open')) {
      response.setHeader('access-control-allow-origin', '*');
      response.setHeader('access-control-allow-headers', '*');
      response.setHeader('access-control-allow-methods', '*');
      if (request.method === 'OPTIONS') return void response.end();
    }
    if (url.pathname === '/rig/net.js') return void response.end(this.code);
    const policy = url.searchParams.get('policy');
    if (policy) response.setHeader('content-security-policy', policy);
    (ANSWERS[url.pathname] ?? ANSWERS['/none'])?.(response, request, url);
  }

  /** The same in Firefox: a page as far as these tests need one. */
  static async firefox(): Promise<Shop> {
    const { default: puppeteer } = await import('puppeteer-core');
    const browser = await puppeteer.launch({
      browser: 'firefox',
      executablePath: firefoxPath(),
      extraPrefsFirefox: firefoxPrefs,
    });
    const newContext = async () => {
      const context = await browser.createBrowserContext();
      const newPage = async () => {
        const page = await context.newPage();
        const addInitScript = (script: string) => page.evaluateOnNewDocument(script);
        return Object.assign(page, { addInitScript });
      };
      return { newPage, close: () => context.close() };
    };
    return Shop.open({ newContext, close: () => browser.close() } as unknown as Browser);
  }

  /** A page with the capture at hand; `begin` runs before it. */
  async page(path = '/page', begin?: string): Promise<{ page: Page; context: BrowserContext }> {
    const context = await this.browser.newContext();
    const page = await context.newPage();
    if (begin !== undefined) await page.addInitScript(begin);
    await page.addInitScript(this.code);
    await page.goto(`http://localhost:${this.port}${path}`);
    return { page, context };
  }

  /** A page of this markup, and nothing of ours in it. */
  async bare(body: string): Promise<{ page: Page; context: BrowserContext }> {
    const context = await this.browser.newContext();
    const page = await context.newPage();
    await page.goto(`http://localhost:${this.port}/bare?body=${encodeURIComponent(body)}`);
    return { page, context };
  }

  async close(): Promise<void> {
    await this.browser.close();
    this.server.closeAllConnections();
    this.server.close();
  }
}
