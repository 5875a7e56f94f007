// A customer's site of its own origin: files by path, and what was asked of it, by whom.
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Answer {
  type: string;
  body: string | Buffer;
  headers?: Record<string, string>;
}

/** Made for a request: by its cookie, for a site. */
export type Made = (cookie: string, site: OwnSite) => Answer;

export class OwnSite {
  /** The loader's tag, for pages to have. */
  tag = '';
  /** Path and cookie of every request. */
  readonly asked: { path: string; cookie: string }[] = [];

  private constructor(
    private readonly server: Server,
    readonly origin: string,
  ) {}

  /** `files` by path; a function makes it for a request. */
  static async open(files: Record<string, Answer | Made>) {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const site = new OwnSite(server, `http://localhost:${(server.address() as AddressInfo).port}`);
    server.on('request', (request: IncomingMessage, response) => {
      const path = new URL(request.url ?? '/', site.origin).pathname;
      const { cookie = '' } = request.headers;
      site.asked.push({ path, cookie });
      const file = files[path];
      const answer = typeof file === 'function' ? file(cookie, site) : file;
      response.writeHead(answer ? 200 : 404, { 'content-type': answer?.type ?? 'text/plain', ...answer?.headers });
      response.end(answer?.body);
    });
    return site;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
