// A site that answers every kind of request: slowly, in parts, elsewhere, by sockets and events.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

/** What `/json` answers. */
export const JSON_TEXT = '{"answer":42,"password":"in the answer"}';

type Handle = (request: IncomingMessage, response: ServerResponse) => void;

const text = (body: string, type = 'text/plain', headers: Record<string, string> = {}): Handle => {
  return (_, response) => {
    response.writeHead(200, { 'content-type': type, ...headers });
    response.end(body);
  };
};

function listening(handles: Record<string, Handle>): Promise<Server> {
  const server = createServer((request, response) => {
    const handle = handles[new URL(request.url ?? '/', 'http://x').pathname];
    if (handle) handle(request, response);
    else response.writeHead(404, { 'content-type': 'text/plain' }).end('nothing here');
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

export class CallSite {
  /** The server's origin, once there is one. */
  relay = '';
  /** Paths that were asked for, with their methods. */
  readonly asked: string[] = [];
  /** What `/page` has in its body. */
  body = '';
  private readonly servers: Server[] = [];
  private readonly held: (() => void)[] = [];
  private released = false;

  private constructor(readonly attributes: string) {}

  origin = '';
  other = '';

  at(path: string): string {
    return this.origin + path;
  }

  /** `attributes` of the loader's element; `scripts` by path. */
  static async open(script = '', attributes = '', scripts: Record<string, string> = {}): Promise<CallSite> {
    const site = new CallSite(attributes);
    const elsewhere = await listening({
      '/text': text('elsewhere'),
      '/open': text('open', 'text/plain', { 'access-control-allow-origin': '*' }),
    });
    const page: Handle = (_, response) => {
      const loader = site.relay && `<script src="${site.relay}/r/loader.js" ${site.attributes}></script>`;
      const setUp = `<script>const wsBase = 'ws://' + location.host, other = ${JSON.stringify(site.other)}</script>`;
      const body = `<h1>Calls</h1><p id=mark>begun</p><button id=pay>Pay now</button><a id=away href="/away">away</a>${site.body}`;
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
      response.end(
        `<!doctype html><html lang=en><head><meta charset=utf-8><title>Calls</title><link rel=icon href="data:,">${loader}${setUp}<script src="/calls.js"></script></head><body>${body}</body></html>`,
      );
    };
    const plain: Record<string, Handle> = {
      '/': page,
      '/page': text('<!doctype html><title>A page</title>', 'text/html'),
      '/away': page,
      '/calls.js': text(script, 'text/javascript'),
      '/text': text('a text'),
      '/json': text(JSON_TEXT, 'application/json'),
      '/redirect': (_, response) => response.writeHead(302, { location: '/text' }).end(),
      '/post': (request, response) => {
        request.resume();
        request.on('end', () => response.writeHead(201, { 'content-type': 'text/plain' }).end('posted'));
      },
      // Answered when the test says so.
      '/held': (_, response) => {
        site.held.push(() => response.end('held'));
        if (site.released) response.end('held');
      },
      ...Object.fromEntries(Object.entries(scripts).map(([path, code]) => [path, text(code, 'text/javascript')])),
      '/stream': (_, response) => {
        response.writeHead(200, { 'content-type': 'text/plain' });
        response.end('part '.repeat(10));
      },
      '/drip': (_, response) => {
        response.writeHead(200, { 'content-type': 'text/plain' });
        const timer = setInterval(() => response.write('drop '), 20);
        response.on('close', () => clearInterval(timer));
      },
      '/slow': (_, response) => {
        const timer = setTimeout(() => response.end('late'), 5000);
        response.on('close', () => clearTimeout(timer));
      },
      '/events': (_, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write('event: price\nid: 1\ndata: 10\n\ndata: unnamed\n\nevent: price\nid: 2\ndata: 11\n\n');
      },
    };
    const counted = Object.fromEntries(
      Object.entries(plain).map(([path, handle]): [string, Handle] => [
        path,
        (request, response) => {
          site.asked.push(`${request.method} ${path}`);
          handle(request, response);
        },
      ]),
    );
    const main = await listening(counted);
    new WebSocketServer({ server: main }).on('connection', (socket) => {
      socket.on('message', (data, binary) => socket.send(data, { binary }));
    });
    site.servers.push(main, elsewhere);
    site.origin = `http://localhost:${portOf(main)}`;
    site.other = `http://127.0.0.1:${portOf(elsewhere)}`;
    return site;
  }

  /** Answers what was held back, and what still comes. */
  release(): void {
    this.released = true;
    for (const answer of this.held.splice(0)) answer();
  }

  async close(): Promise<void> {
    for (const server of this.servers) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }
}
