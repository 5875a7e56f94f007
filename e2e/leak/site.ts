// A customer's site of its own origin: one page that has every place, with a canary in each.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PATH, shown } from './controls.ts';
import { fill, font, numberOf, places, sheet, svg } from './places.ts';

/** Served by the site under /picture/n and so on. */
const files: Record<string, (n: number) => [type: string, body: string | Buffer]> = {
  picture: (n) => ['image/svg+xml', svg(n)],
  typeface: (n) => ['font/woff2', font(n)],
  rules: (n) => ['text/css', sheet(n)],
};

export class Site {
  /** The loader's tag. */
  tag = '';

  private constructor(
    private readonly server: Server,
    readonly origin: string,
  ) {}

  static async open(): Promise<Site> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const site = new Site(server, `http://localhost:${(server.address() as AddressInfo).port}`);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => site.answer(request, response));
    return site;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, search } = new URL(request.url ?? '/', this.origin);
    const [, kind = '', n] = pathname.split('/');
    const page = pathname === PATH ? this.page() : `<!doctype html><p>${search}`;
    const [type, body] = files[kind]?.(Number(n)) ?? ['text/html; charset=utf-8', page];
    // The worst that a site could choose: whoever it asks for anything is told the whole address.
    response.writeHead(200, { 'content-type': type, 'referrer-policy': 'unsafe-url' });
    response.end(body);
  }

  private page(): string {
    const entries = Object.entries(places);
    const head = entries.map(([name, { head }]) => fill(head, numberOf(name))).join('');
    const body = entries.map(([name, { html }]) => html && `<section>${fill(html, numberOf(name))}</section>`);
    return `<!doctype html><html><head><meta charset=utf-8>${head}${this.tag}
      <script>const later = () => new Promise((r) => setTimeout(r, 20))</script></head>
      <body>${shown}<main id=m>${body.join('\n')}</main></body></html>`;
  }
}
