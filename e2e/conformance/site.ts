// The site of the cases, on loopback: each page once with our loader below /ours and once with rrweb below /rrweb, and public pages from
// npm. Everything that a page asks for is here: addresses elsewhere are taken out.
//
// Typed values are compared, so every page says `data-ridealong-show` on its root: what is masked by design is the leak suite's business.
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Case } from './case.ts';

export type Side = 'ours' | 'rrweb';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
};

const modules = fileURLToPath(new URL('../../node_modules', import.meta.url));
const dist = (name: string) => dirname(createRequire(import.meta.url).resolve(name));

/** rrweb with all that it can record. */
const RRWEB = `<script src="/lib/record.js"></script><script>
  events = [];
  stopRrweb = rrwebRecord.record({
    emit: (event) => events.push(event), maskAllInputs: false, recordCanvas: true, collectFonts: true, inlineImages: true,
    sampling: { canvas: 5 }, dataURLOptions: { type: 'image/png' },
  });
  again = () => { events.length = 0; rrwebRecord.record.takeFullSnapshot(); };
</script>`;

const REPLAY = `<!doctype html><meta charset=utf-8><link rel=stylesheet href="/lib/style.css"><style>body{margin:0}
  .replayer-mouse,.replayer-mouse-tail{display:none!important} iframe{border:0!important;display:block}</style>
  <body><script src="/lib/replay.js"></script><script>
  let player;
  feed = (events, anew) => {
    if (anew) {
      player?.destroy?.();
      document.body.querySelectorAll('.replayer-wrapper').forEach((e) => e.remove());
      player = new rrwebReplay.Replayer([], {
        liveMode: true, UNSAFE_replayCanvas: true, useVirtualDom: false, mouseTail: false, showWarning: false, root: document.body,
      });
      player.startLive(Date.now() - 1000);
    }
    // Recorded and played by two clocks: everything is as of now.
    for (const event of events) player.addEvent({ ...event, timestamp: Date.now() - 1000 });
  };
  shown = () => player?.iframe;
  </script>`;

export class Site {
  /** The loader's tag. */
  tag = '';

  private constructor(
    private readonly server: Server,
    readonly origin: string,
    private readonly cases: Map<string, Case>,
  ) {}

  static async open(cases: readonly Case[]): Promise<Site> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, resolve));
    const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
    const site = new Site(server, origin, new Map(cases.map((one) => [slug(one), one])));
    server.on('request', async (request, response) => {
      const url = new URL(request.url ?? '/', origin);
      const [type, body] = (await site.answer(url)) ?? ['', ''];
      response.writeHead(type ? 200 : 404, { 'content-type': type || 'text/plain', 'cache-control': 'no-store' });
      response.end(body);
    });
    return site;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  address(one: Case, side: Side): string {
    return `${this.origin}/${side}/${one.at ? `npm/${one.at}` : `${slug(one)}/`}`;
  }

  get replay(): string {
    return `${this.origin}/lib/replay.html`;
  }

  private async answer({ pathname }: URL): Promise<[type: string, body: string | Buffer] | undefined> {
    const [, side, name, ...rest] = pathname.split('/') as [string, string, string, ...string[]];
    if (side === 'first') return [TYPES['.html'] as string, `<!doctype html>${this.tag}`];
    if (side === 'lib') return this.library(name);
    const path = rest.join('/');
    if (name === 'npm') return this.module(side as Side, path);
    const one = this.cases.get(name);
    if (!one) return undefined;
    const file = one.files?.[path];
    if (file) return [file.type, file.body];
    return path === '' ? [TYPES['.html'] as string, this.page(one, side as Side)] : undefined;
  }

  private page(one: Case, side: Side): string {
    const doctype = one.quirks ? '' : '<!doctype html>';
    const tag = this.tagOf(side);
    return `${doctype}<html lang=en data-ridealong-show><head><meta charset=utf-8><title>${one.name}</title>${tag}${one.head ?? ''}</head>
<body>${one.html ?? ''}</body></html>`;
  }

  private tagOf(side: Side): string {
    return side === 'ours' ? this.tag : RRWEB;
  }

  private async library(name: string): Promise<[string, string | Buffer] | undefined> {
    if (name === 'replay.html') return [TYPES['.html'] as string, REPLAY];
    const path = {
      'record.js': join(dist('@rrweb/record'), 'record.umd.min.cjs'),
      'replay.js': join(dist('@rrweb/replay'), 'replay.umd.min.cjs'),
      'style.css': join(dist('@rrweb/replay'), 'style.min.css'),
    }[name];
    return path ? [TYPES[extname(name)] as string, await readFile(path)] : undefined;
  }

  private async module(side: Side, path: string): Promise<[string, string | Buffer] | undefined> {
    const own = [...this.cases.values()].find((one) => one.at && dirname(one.at) === dirname(path));
    const replaced = own?.files?.[path.slice(dirname(path).length + 1)];
    if (replaced && replaced.type === TYPES['.html']) return [replaced.type, this.public(side, String(replaced.body))];
    if (replaced) return [replaced.type, replaced.body];
    const file = join(modules, path);
    if (!file.startsWith(modules)) return undefined;
    const body = await readFile(file).catch(() => undefined);
    const type = TYPES[extname(path)] ?? 'application/octet-stream';
    if (!body || !type.startsWith('text/html')) return body && [type, body];
    return [type, this.public(side, body.toString())];
  }

  /** A page as published, with a recorder's tag and without what is elsewhere. */
  private public(side: Side, html: string): string {
    return html
      .replace(/<(?:link|script)\b[^>]*(?:href|src)="(?:https?:)?\/\/[^"]*"[^>]*>/g, '')
      .replace(/<html\b/i, '<html data-ridealong-show')
      .replace(/<head[^>]*>/i, (head) => head + this.tagOf(side));
  }
}

export const slug = ({ name }: Case): string => name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
