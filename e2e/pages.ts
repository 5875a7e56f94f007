// A customer's site of its own origin, whose pages and headers the test writes.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Served {
  body: string | Buffer;
  /** Default: text/html */
  type?: string;
  headers?: Record<string, string>;
}

/** What stands for the loader's tag in a page; `{{RELAY}}` is the server's origin, in pages and in headers. */
export const LOADER = '{{LOADER}}';

export class Pages {
  private readonly served = new Map<string, Served>();
  /** The server's origin, once there is one. */
  relay = '';
  /** Bodies of what was posted to the site. */
  readonly posted: string[] = [];

  private constructor(
    private readonly server: Server,
    readonly origin: string,
  ) {}

  static async open(all: Record<string, Served> = {}): Promise<Pages> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const pages = new Pages(server, `http://localhost:${(server.address() as AddressInfo).port}`);
    for (const [path, served] of Object.entries(all)) pages.put(path, served);
    server.on('request', (request, response) => {
      const { pathname } = new URL(request.url ?? '/', pages.origin);
      if (request.method === 'POST') {
        let body = '';
        request.on('data', (chunk) => {
          body += chunk;
        });
        request.on('end', () => pages.posted.push(body));
      }
      const { body = '', type = 'text/html; charset=utf-8', headers } = pages.served.get(pathname) ?? {};
      const filled = Object.entries(headers ?? {}).map(([name, value]) => [name, pages.fill(value)]);
      response.writeHead(pages.served.has(pathname) ? 200 : 404, {
        'content-type': type,
        ...Object.fromEntries(filled),
      });
      response.end(typeof body === 'string' ? pages.fill(body) : body);
    });
    return pages;
  }

  put(path: string, served: Served): void {
    this.served.set(path, served);
  }

  /** The address of a page. */
  at(path: string): string {
    return this.origin + path;
  }

  private fill(text: string): string {
    const tag = `<script async src="${this.relay}/r/loader.js"></script>`;
    return text
      .replaceAll(LOADER, tag)
      .replaceAll('{{WS}}', this.relay.replace(/^http/, 'ws'))
      .replaceAll('{{RELAY}}', this.relay);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
