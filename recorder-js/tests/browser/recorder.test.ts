// The recorder as sites get it, against a server that the test plays: what it keeps, when it leaves, and what it never does.

import type { Browser, BrowserContext, Page, WebSocketRoute } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { bundle } from '../../bundle.mjs';
import { parts } from '../../parts.mjs';
import { launch, type Site, serve } from './site.ts';

let browser: Browser;
let context: BrowserContext;
let site: Site;
let server: Server;

type Message = { type: string } & Record<string, unknown>;

const KEY = Buffer.alloc(32, 7).toString('base64url');

/** The server's side of every socket. */
class Server {
  sockets: WebSocketRoute[] = [];
  heard: Message[] = [];
  /** What happens to new sockets. */
  up = true;
  participants: unknown = [];
  privacy: unknown = undefined;
  consent = { view: true, control: false, record: false, textVersion: '1' };

  accept(socket: WebSocketRoute): void {
    if (!this.up) return void socket.close({ code: 1012 });
    this.sockets.push(socket);
    socket.onMessage((text) => {
      const message = JSON.parse(String(text)) as Message;
      this.heard.push(message);
      if (message.type === 'hello') this.welcome(socket);
      if (message.type === 'new-tab') this.open(socket);
    });
  }

  /** How many tabs more there may be. */
  tabs = 7;

  private open(socket: WebSocketRoute): void {
    if (this.tabs-- > 0) socket.send(JSON.stringify({ type: 'handoff', value: `hand-off-${this.tabs}` }));
    else socket.send(JSON.stringify({ type: 'error', code: 'too-many-tabs', message: 'No.' }));
  }

  private welcome(socket: WebSocketRoute): void {
    const n = this.heard.filter((m) => m.type === 'hello').length;
    const participant = { id: 'c', leg: 1, role: 'customer', name: 'Customer', here: true };
    const { participants, consent, privacy } = this;
    const fixed = { v: 1, session: 'S', epoch: n, iceServers: [], relayOnly: false };
    socket.send(
      JSON.stringify({ type: 'welcome', ...fixed, participant, resume: `resume-${n}`, participants, consent, privacy }),
    );
  }

  say(message: unknown): void {
    this.sockets.at(-1)?.send(JSON.stringify(message));
  }

  types(): string[] {
    return this.heard.map((m) => m.type);
  }
}

beforeAll(async () => {
  const made = await parts('src/main.ts', { VERSION: '"test"', WORKER: '"worker.js"' }, 'recorder');
  const worker = await bundle('src/log/worker.ts', 'iife', {});
  const loader = await bundle('src/loader/loader.ts', 'iife', { RECORDER: JSON.stringify(made[0]?.file) });
  const scripts: Record<string, string> = { '/r/loader.js': loader, '/r/worker.js': worker };
  for (const { file, code } of made) scripts[`/r/${file}`] = code;
  browser = await launch();
  site = await serve((path, _, response) => {
    const script = scripts[path];
    response.setHeader('content-type', script ? 'text/javascript' : 'text/html');
    if (path === '/strict') response.setHeader('content-security-policy', "worker-src 'self'");
    const large = path === '/large' || path === '/strict' ? '<i></i>'.repeat(3000) : '';
    response.end(
      script ??
        `<!doctype html><title>Shop</title><body><h1 id=ridealong>Shop</h1>${large}<script src=/r/loader.js data-mode=${path === '/hidden' ? 'strict' : 'standard'}></script>`,
    );
  });
});
afterAll(async () => {
  await browser.close();
  await site.close();
});
beforeEach(async () => {
  context = await browser.newContext();
  server = new Server();
  await context.routeWebSocket(/\/ws\/peer$/, (socket) => server.accept(socket));
  await context.addInitScript(() => {
    window.bars = [];
    const { attachShadow } = Element.prototype;
    Element.prototype.attachShadow = function (init) {
      const root = attachShadow.call(this, init);
      window.bars.push(root);
      return root;
    };
    window.observed = 0;
    const { observe } = MutationObserver.prototype;
    MutationObserver.prototype.observe = function (target, options) {
      if (options?.characterData) window.observed++;
      observe.call(this, target, options);
    };
  });
});
afterEach(() => context.close());

declare global {
  interface Window {
    observed: number;
    bars: ShadowRoot[];
    ridealong?: {
      state: string;
      version: string;
      stop(): void;
      push(...calls: unknown[]): void;
      metadata(values: unknown): void;
      event(name: unknown): void;
    };
  }
}

async function join(path = '/'): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${site.origin}${path}#ridealong=1.hand-off.${KEY}`);
  await page.waitForFunction(() => window.ridealong?.state === 'waiting');
  return page;
}

/** Presses a button of the bar as a person does. */
async function press(page: Page, text: string): Promise<void> {
  const place = () =>
    page.evaluate((wanted) => {
      const buttons = window.bars.flatMap((root) => [...root.querySelectorAll('button')]);
      const {
        x = 0,
        y = 0,
        width = 0,
        height = 0,
      } = buttons.find((b) => b.textContent === wanted)?.getBoundingClientRect() ?? {};
      return width > 0 ? { x: x + width / 2, y: y + height / 2 } : null;
    }, text);
  await expect.poll(place).not.toBeNull();
  const at = await place();
  if (at) await page.mouse.click(at.x, at.y);
}

const state = (page: Page) => page.evaluate(() => window.ridealong?.state);
const stored = (page: Page) => page.evaluate(() => JSON.parse(sessionStorage.getItem('ridealong') ?? 'null'));
const hellos = () => server.heard.filter((m) => m.type === 'hello').map((m) => m.credential);

const loaded = () => site.asked.filter((path) => path.startsWith('/r/')).map((path) => path.split('.')[0]);

describe('parts of the recorder', () => {
  beforeEach(() => void site.asked.splice(0));

  test('a page of the reference case needs none of them', async () => {
    await join();
    expect(loaded()).toEqual(['/r/loader', '/r/recorder']);
  });

  test('strict mode brings its rules', async () => {
    await join('/hidden');
    expect(loaded()).toEqual(['/r/loader', '/r/recorder', '/r/strict-css']);
  });

  test('without its rules strict mode does not begin: not even a socket is opened', async () => {
    await context.route(/strict-css/, (route) => route.abort());
    const page = await context.newPage();
    const refused = page.waitForEvent('requestfailed', (request) => request.url().includes('strict-css'));
    await page.goto(`${site.origin}/hidden#ridealong=1.hand-off.${KEY}`);
    await refused;
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
    expect(await state(page)).toBeUndefined();
    expect(server.heard).toEqual([]);
    expect(await page.evaluate(() => window.observed)).toBe(0);
  });

  test('a session by code brings what makes keys, and ends where that is not to be had', async () => {
    const page = await context.newPage();
    await page.goto(`${site.origin}/#ridealong=1.hand-off.`);
    await page.waitForFunction(() => window.ridealong?.state === 'waiting');
    await expect.poll(loaded).toContain('/r/code-keys');
    await page.close();
    await context.route(/code-keys/, (route) => route.abort());
    const other = await context.newPage();
    await other.goto(`${site.origin}/#ridealong=1.hand-off.`);
    await other.waitForFunction(() => window.ridealong?.state === 'fault');
  });
});

describe('a session', () => {
  test('begins with the hand-off, and goes on over a reload with the newest token', async () => {
    const page = await join();
    expect(await stored(page)).toMatchObject({ handoff: '', key: KEY, resume: 'resume-1' });
    await page.reload();
    await page.waitForFunction(() => window.ridealong?.state === 'waiting');
    expect(hellos()).toEqual([
      { kind: 'handoff', value: 'hand-off' },
      { kind: 'resume', value: 'resume-1' },
    ]);
    expect(await stored(page)).toMatchObject({ resume: 'resume-2' });
  });

  test('nothing is observed before somebody watches, and the hook is all that the page gets', async () => {
    const page = await join();
    const seen = await page.evaluate(() => ({
      observed: window.observed,
      hook: Object.keys(window.ridealong ?? {}),
      frozen: Object.isFrozen(window.ridealong),
    }));
    const hook = ['version', 'state', 'watchers', 'push', 'stop', 'identify', 'metadata', 'event', 'on'];
    expect(seen).toEqual({ observed: 0, hook, frozen: true });
  });

  test('calls that the page made before are made, whatever they are, and listeners hear', async () => {
    await context.addInitScript(() => {
      const states: unknown[] = [];
      const trap = Object.defineProperty([], 0, {
        get() {
          throw new Error('trap');
        },
      });
      Object.assign(window, {
        states,
        ridealong: [
          ['on', 'state', (detail: unknown) => states.push(detail)],
          ['on', 'state', 'no listener'],
          ['on', 'state', () => setTimeout('') && undefined],
          ['identify', { id: 1 }],
          ['nothing of ours'],
          ['constructor', 'return 1'],
          trap,
          null,
          7,
        ],
      });
    });
    const page = await join();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    await page.evaluate(() => {
      window.ridealong?.push(['stop'], null, ['on']);
      window.ridealong?.metadata(undefined);
      window.ridealong?.event(undefined);
    });
    await page.waitForFunction(() => window.ridealong?.state === 'ended');
    expect(await page.evaluate(() => (window as unknown as { states: unknown }).states)).toEqual([
      { state: 'waiting', reason: undefined },
      { state: 'ended', reason: 'customer' },
    ]);
    expect(faults).toEqual([]);
  });

  test('tells nobody what a page must not tell: the hello has a reduced address', async () => {
    const page = await join();
    await page.goto(`${site.origin}/orders/123456?mail=a@b.c`);
    await page.waitForFunction(() => window.ridealong?.state === 'waiting');
    const told = () => server.heard.filter((m) => 'url' in m).slice(-2);
    await expect.poll(() => told().map((m) => m.type)).toEqual(['hello', 'page']);
    // What the server hides is not known before it has said it.
    expect(told()).toMatchObject([
      { url: `${site.origin}/orders/:id`, title: '' },
      { url: `${site.origin}/orders/:id?mail=`, title: 'Shop' },
    ]);
  });

  test('what the server hides is hidden from the first word on', async () => {
    server.privacy = { mode: 'strict' };
    await join();
    await expect.poll(() => server.types()).toContain('page');
    expect(JSON.stringify(server.heard)).not.toContain('Shop');
    expect(server.heard.find((m) => m.type === 'page')).toMatchObject({ title: '••••' });
  });

  test('without consent to be seen ends at once', async () => {
    server.consent.view = false;
    const page = await context.newPage();
    await page.goto(`${site.origin}/#ridealong=1.hand-off.${KEY}`);
    await page.waitForFunction(() => window.ridealong?.state === 'ended');
    expect(await stored(page)).toBeNull();
  });
});

describe('another tab of the site', () => {
  const running = (page: Page) => page.waitForFunction(() => window.ridealong?.state === 'waiting');
  const asks = () => server.types().filter((type) => type === 'new-tab').length;

  /** A tab that shares nothing with the others but the origin. */
  async function fresh(path = '/'): Promise<Page> {
    const page = await context.newPage();
    await page.goto(site.origin + path);
    return page;
  }

  test('comes in by a hand-off and a key of the first, with a token of its own', async () => {
    const first = await join();
    const second = await fresh();
    await running(second);
    expect(hellos()).toEqual([
      { kind: 'handoff', value: 'hand-off' },
      { kind: 'handoff', value: 'hand-off-6' },
    ]);
    const [one, two] = [await stored(first), await stored(second)];
    expect(two).toMatchObject({ key: KEY, group: one.group, resume: 'resume-2' });
    expect(two.name).not.toBe(one.name);
    expect(await first.evaluate(() => JSON.stringify(localStorage))).toBe('{}');
  });

  test('stays dormant when no tab has a session, or the session is over', async () => {
    const lone = await fresh();
    expect(await state(lone)).toBeUndefined();
    const first = await join();
    await first.evaluate(() => window.ridealong?.stop());
    site.asked.length = 0;
    const late = await fresh();
    await late.waitForTimeout(300);
    expect(site.asked).not.toContain('/r/recorder.js');
    expect(asks()).toBe(0);
  });

  test('is answered by one of many', async () => {
    await join();
    for (let i = 0; i < 3; i++) await running(await fresh());
    expect(asks()).toBe(3);
    expect(new Set(hellos().map((one) => (one as { value: string }).value)).size).toBe(4);
  });

  test('stays dormant when the session has as many as it may have', async () => {
    server.tabs = 0;
    await join();
    const second = await fresh();
    await expect.poll(asks).toBe(1);
    await second.waitForTimeout(300);
    expect(await state(second)).toBeUndefined();
    expect(await stored(second)).toBeNull();
  });

  test('that was made from the first, with its storage, gets a place of its own', async () => {
    const first = await join();
    const [copy] = await Promise.all([
      context.waitForEvent('page'),
      first.evaluate(() => void window.open(location.href)),
    ]);
    await running(copy);
    const [one, two] = [await stored(first), await stored(copy)];
    expect(two.name).not.toBe(one.name);
    expect(two.resume).not.toBe(one.resume);
    expect(await state(first)).toBe('waiting');
    // Each goes on with its own.
    await Promise.all([first.reload(), copy.reload()]);
    await Promise.all([running(first), running(copy)]);
    const resumed = hellos().slice(2) as { kind: string; value: string }[];
    expect(resumed.map(({ value }) => value).sort()).toEqual([one.resume, two.resume].sort());
    expect(asks()).toBe(1);
  });

  test('that was made from the first waits for it when the server cannot be asked', async () => {
    const first = await join();
    const copied = JSON.stringify(await stored(first));
    server.tabs = 0;
    const copy = await context.newPage();
    await copy.addInitScript((text) => sessionStorage.setItem('ridealong', text), copied);
    await copy.goto(site.origin);
    await expect.poll(asks).toBe(1);
    await copy.waitForTimeout(300);
    expect(await state(copy)).toBeUndefined();
    expect(hellos().length).toBe(1);
  });

  test('is paused, resumed and stopped with the others', async () => {
    const first = await join();
    const second = await fresh();
    await running(second);
    await press(first, 'Pause');
    await expect.poll(() => state(second)).toBe('paused');
    const third = await fresh();
    await third.waitForFunction(() => window.ridealong?.state === 'paused');
    await second.reload();
    await second.waitForFunction(() => window.ridealong?.state === 'paused');
    await press(third, 'Go on');
    await expect.poll(() => Promise.all([first, second].map(state))).toEqual(['waiting', 'waiting']);
    server.up = false;
    for (const socket of server.sockets) await socket.close({ code: 1012 });
    await second.evaluate(() => window.ridealong?.stop());
    await expect.poll(() => Promise.all([first, second, third].map(state))).toEqual(['ended', 'ended', 'ended']);
    expect(await Promise.all([first, second, third].map(stored))).toEqual([null, null, null]);
  });

  test('that is paused tells the server no address', async () => {
    const first = await join();
    await press(first, 'Pause');
    await expect.poll(() => state(first)).toBe('paused');
    server.heard.length = 0;
    await first.reload();
    await expect.poll(() => state(first)).toBe('paused');
    expect(server.heard.find((m) => m.type === 'hello')).not.toHaveProperty('url');
  });

  test('of another session is left alone by its stop', async () => {
    const first = await join();
    const other = await join();
    await first.evaluate(() => window.ridealong?.stop());
    expect(await state(first)).toBe('ended');
    await other.waitForTimeout(200);
    expect(await state(other)).toBe('waiting');
  });

  test('hears what the page itself says on the channel, and the page hears nothing of it', async () => {
    const first = await join();
    await first.evaluate(async () => {
      const channel = new BroadcastChannel('ridealong');
      const { group } = JSON.parse(sessionStorage.getItem('ridealong') ?? '');
      const words = [null, 7, 'ask', {}, { ask: 7 }, { ask: {}, name: {} }, { group }, { group, act: 7 }];
      const more = [
        { group, act: 'constructor' },
        { group, act: 'learn' },
        { group, act: 'learn', keys: 'x' },
      ];
      for (const word of [...words, ...more, { give: 'x', tab: 7 }]) channel.postMessage(word);
      await new Promise((resolve) => setTimeout(resolve, 200));
    });
    expect(await state(first)).toBe('waiting');
    expect(asks()).toBe(0);
  });
});

describe('the worker', () => {
  test('is there for a large page, and not for a small one', async () => {
    expect((await join()).workers()).toEqual([]);
    const page = await join('/large');
    await expect.poll(() => page.workers().length).toBe(1);
    await page.evaluate(() => window.ridealong?.stop());
    await expect.poll(() => page.workers().length).toBe(0);
  });

  test('that the site forbids is tried once in a tab', async () => {
    await context.addInitScript(() => {
      addEventListener('securitypolicyviolation', () => {
        localStorage.setItem('reports', `${Number(localStorage.getItem('reports')) + 1}`);
      });
    });
    const page = await join('/strict');
    await expect.poll(async () => (await stored(page)).alone).toBe(true);
    await page.reload();
    await page.waitForFunction(() => window.ridealong?.state === 'waiting');
    await page.waitForTimeout(300);
    expect(await page.evaluate(() => localStorage.getItem('reports'))).toBe('1');
  });
});

describe('the end', () => {
  test('by the server: the tab forgets the session', async () => {
    const page = await join();
    server.say({ type: 'ended', reason: 'agent' });
    await page.waitForFunction(() => window.ridealong?.state === 'ended');
    expect(await stored(page)).toBeNull();
    await page.reload();
    expect(await state(page)).toBeUndefined();
  });

  test('by the customer: the server is told', async () => {
    const page = await join();
    await page.evaluate(() => window.ridealong?.stop());
    expect(await state(page)).toBe('ended');
    expect(await stored(page)).toBeNull();
    await expect.poll(() => server.types()).toContain('end');
  });

  test('by the customer without a connection: at once, and the server is told when it is back, of nothing else', async () => {
    const page = await join();
    server.up = false;
    await server.sockets[0]?.close({ code: 1012 });
    await page.waitForTimeout(200);
    await page.evaluate(() => window.ridealong?.stop());
    expect(await state(page)).toBe('ended');
    expect(await stored(page)).toBeNull();
    server.heard = [];
    server.up = true;
    await expect.poll(() => server.types(), { timeout: 15_000 }).toEqual(['hello', 'end']);
    await page.waitForTimeout(300);
    expect(await stored(page)).toBeNull();
    expect(await state(page)).toBe('ended');
  });

  test('by our third fault: the page goes on without us', async () => {
    const page = await join();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await page.evaluate(() => {
      performance.now = () => {
        throw new Error('the page broke this');
      };
    });
    await page.waitForFunction(() => window.ridealong?.state === 'fault');
    expect(await stored(page)).toBeNull();
    expect(errors).toEqual([]);
  });

  test('by errors of ours that nothing caught: no handler of the page hears of them, but of its own', async () => {
    const page = await join();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await page.evaluate(() => {
      const heard: string[] = [];
      Object.assign(window, { heard });
      window.onerror = (message) => void heard.push(String(message));
      setTimeout(() => {
        throw new Error('the page threw this');
      });
      // The bar looks once in a second where it has to be.
      document.querySelectorAll = () => {
        throw new Error('the page broke this');
      };
    });
    await page.waitForFunction(() => window.ridealong?.state === 'fault');
    expect(await page.evaluate('heard')).toEqual(['Uncaught Error: the page threw this']);
    expect(errors).toEqual(['the page threw this']);
  });

  test('when another window has the session', async () => {
    const page = await join();
    await server.sockets[0]?.close({ code: 4409 });
    await page.waitForFunction(() => window.ridealong?.state === 'ended');
  });
});

test('inside a frame nothing happens', async () => {
  const page = await context.newPage();
  await page.goto(site.origin);
  await page.evaluate((key) => {
    const frame = document.createElement('iframe');
    frame.src = `/#ridealong=1.hand-off.${key}`;
    document.body.append(frame);
  }, KEY);
  await page.waitForTimeout(500);
  expect(server.heard).toEqual([]);
});
