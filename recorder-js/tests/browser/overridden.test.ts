// Pages that have changed the platform, before us or under us: nothing of ours is ever thrown into them, and either the agent sees the
// page or the recorder leaves and says so. What keeps the platform's promises costs nothing.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, CDPSession } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundle } from '../../bundle.mjs';
import { KEY, Session } from './agent.ts';
import { breaking, harmless } from './overrides.ts';
import { launch } from './site.ts';
import { sockets } from './socket.ts';

let browser: Browser;
let server: Server;
let origin = '';
/** By their credentials. */
const sessions = new Map<string, Session>();
/** Pages at once. */
const WIDTH = 4;
/** Where the recorder may have found nothing to begin with, ms. */
const SOON = 2500;
/** An observer of the page's own that never says anything, there before us: nothing tells that it is none. */
const UNNOTICED = 'an observer that sees nothing';
/** What is broken in `make test`; all of it in `make test-long`. */
const COMMON =
  /^(get )?(JSON|Array\.prototype\.(push|map)|Map\.prototype\.get|WeakMap|MutationObserver$|console\.log|Promise\.prototype\.then|URL$|clearTimeout|Node\.prototype\.(firstChild|parentNode)|Document\.prototype\.title|setters|timers that come)/;
const CASES = process.env.CASES ? new RegExp(process.env.CASES) : undefined;
const broken = new Set(Object.values(breaking));
/** The recorder looks around once in a second. */
const PATIENCE = 15_000;

beforeAll(async () => {
  const recorder = await bundle('src/main.ts', 'es', { VERSION: '"test"', WORKER: '"worker.js"' });
  const loader = await bundle('src/loader/loader.ts', 'iife', { RECORDER: JSON.stringify('recorder.js') });
  browser = await launch();
  server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://x');
    const script = { '/r/loader.js': loader, '/r/recorder.js': recorder }[pathname];
    response.setHeader('content-type', script ? 'text/javascript' : 'text/html; charset=utf-8');
    response.end(script ?? page(searchParams.get('before') ?? ''));
  });
  sockets(server, (peer) => {
    peer.message = (hello) => {
      // What a broken page says may be anything.
      const name = /"value":"([\w-]+)"/.exec(String(hello))?.[1] ?? '';
      sessions.get(name)?.accept(peer, String(hello));
    };
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://localhost:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await browser.close();
  server.closeAllConnections();
  server.close();
});

/** A page whose own code keeps what it needs of the platform, and counts that it goes on. */
const page = (
  before: string,
) => `<!doctype html><title>Page</title><body><main id=m><p>first</p><input id=i><div id=d></div></main>
<script>{
  const append = Element.prototype.append, make = Document.prototype.createElement, set = Element.prototype.setAttribute;
  const { getElementById } = Document.prototype, call = Reflect.apply, later = setTimeout, { apply } = Reflect;
  const { set: value } = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value');
  const { dispatchEvent } = EventTarget.prototype, Click = MouseEvent, { pushState } = History.prototype, h = history, doc = document;
  const { insertRule } = CSSStyleSheet.prototype, { set: text } = Object.getOwnPropertyDescriptor(Node.prototype, 'textContent');
  const style = doc.head.appendChild(doc.createElement('style'));
  const sheet = style.sheet;
  const m = doc.getElementById('m'), i = doc.getElementById('i'), d = doc.getElementById('d');
  Object.defineProperty(window, 'change', { value: (mark) => {
    const p = apply(make, doc, ['p']);
    apply(append, p, [mark]);
    apply(append, m, [p]);
    apply(set, d, ['title', mark]);
    apply(value, i, [mark]);
    apply(insertRule, sheet, ['p { color: red }', 0]);
    apply(pushState, h, [null, '', '?' + mark]);
    apply(dispatchEvent, d, [new Click('click', { bubbles: true })]);
    return 'went on';
  } });
}</script>
<script>${before}</script><script src=/r/loader.js></script>`;

interface Outcome {
  /**
   * The agent had the page, and what changed in it; or was told that the recorder left; or had nothing at all; or had a picture that
   * is not the page's any more, and knows nothing of it; or the page did not go on.
   */
  end: 'live' | 'left' | 'none' | 'stale' | 'hung';
  /** Uncaught errors and rejections in the page, and troubles of the agent. */
  errors: string[];
}

/** A tab in which one page after the other is opened, driven without anything that a driver puts into pages. */
class Tab {
  errors: string[] = [];

  private constructor(
    readonly context: BrowserContext,
    private readonly client: CDPSession,
  ) {}

  static async open(): Promise<Tab> {
    const context = await browser.newContext();
    const client = await context.newCDPSession(await context.newPage());
    const tab = new Tab(context, client);
    client.on('Runtime.exceptionThrown', ({ exceptionDetails: { text, exception } }) =>
      tab.errors.push(`${text} ${exception?.description ?? ''}`),
    );
    await client.send('Runtime.enable');
    await client.send('Page.enable');
    return tab;
  }

  /** False when the page hangs. */
  async go(url: string): Promise<boolean> {
    let loaded = false;
    this.client.once('Page.loadEventFired', () => {
      loaded = true;
    });
    this.client.send('Page.navigate', { url }).catch(() => undefined);
    return until(() => loaded, PATIENCE);
  }

  /** Runs in the page's own world. */
  async main(expression: string): Promise<string> {
    const hung = new Promise<never>((_, reject) => setTimeout(() => reject(new Error('the page hangs')), PATIENCE));
    const asked = this.client.send('Runtime.evaluate', { expression });
    const { result, exceptionDetails } = await Promise.race([asked, hung]);
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return String(result.value);
  }
}

async function until(ready: () => boolean, ms: number): Promise<boolean> {
  for (const end = Date.now() + ms; !ready(); await new Promise((resolve) => setTimeout(resolve, 15)))
    if (Date.now() > end) return false;
  return true;
}

/** A session on a page with this script, before us or under us. */
async function meet(tab: Tab, name: string, script: string, when: 'before' | 'after'): Promise<Outcome> {
  const session = new Session(name);
  sessions.set(name, session);
  tab.errors = [];
  try {
    const end = await watch(tab, session, script, when);
    return { end, errors: [...tab.errors, ...session.troubles.map((one) => `agent: ${one}`)] };
  } catch (error) {
    return { end: 'hung', errors: [String(error)] };
  } finally {
    session.close();
    sessions.delete(name);
  }
}

async function watch(tab: Tab, session: Session, script: string, when: string): Promise<Outcome['end']> {
  const left = () =>
    session.gone || [...session.told, ...session.heard].some((m) => /^leav/.test(m.type) && m.reason === 'fault');
  const sees = (text: string, ms = PATIENCE) => until(() => left() || session.text().includes(text), ms);
  const before = when === 'before' ? encodeURIComponent(script) : '';
  const url = `${origin}/?${session.name}&before=${before}#ridealong=1.${session.name}.${KEY}`;
  if (!(await tab.go(url))) throw new Error('the page does not load');
  let seen = await sees('first', when === 'before' && broken.has(script) ? SOON : PATIENCE);
  if (when === 'after') {
    if (!seen) throw new Error('it did not begin');
    await tab.main(script);
  }
  for (const mark of [`one ${session.name}`, `two ${session.name}`]) {
    if ((await tab.main(`change('${mark}')`)) !== 'went on') throw new Error('the page did not go on');
    seen &&= await sees(mark);
  }
  const current = () => session.text().includes(`two ${session.name}`);
  // What began late has the page in a while, or goes.
  await until(() => left() || session.frames === 0 || current(), PATIENCE);
  if (left()) return 'left';
  if (session.frames === 0) return 'none';
  return current() ? 'live' : 'stale';
}

/** All of them, some at a time. */
async function all(
  scripts: Record<string, string>,
  when: 'before' | 'after',
  few?: RegExp,
): Promise<Record<string, Outcome>> {
  const waiting = Object.entries(scripts).filter(([name]) => (CASES ?? few ?? /./).test(name));
  const outcomes: Record<string, Outcome> = {};
  const worker = async () => {
    let tab = await Tab.open();
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [name, script] = next;
      const id = `${when}-${Object.keys(scripts).indexOf(name)}`;
      const outcome = await meet(tab, id, script, when);
      outcomes[name] = outcome;
      if (process.env.TELL) console.log(when, name, JSON.stringify(outcome).slice(0, 600));
      if (outcome.end !== 'hung') continue;
      await tab.context.close();
      tab = await Tab.open();
    }
    await tab.context.close();
  };
  await Promise.all(Array.from({ length: WIDTH }, worker));
  return outcomes;
}

const named = (outcomes: Record<string, Outcome>, end: Outcome['end']) =>
  Object.entries(outcomes).flatMap(([name, one]) => (one.end === end ? [name] : []));
const thrown = (outcomes: Record<string, Outcome>) =>
  Object.entries(outcomes).flatMap(([name, { errors }]) => errors.map((error) => `${name}: ${error}`));

for (const when of ['before', 'after'] as const) {
  test(`a platform changed ${when} us without a promise broken: the agent sees the page`, async () => {
    const outcomes = await all(harmless, when);
    expect.soft(thrown(outcomes)).toEqual([]);
    for (const end of ['hung', 'left', 'none', 'stale'] as const) expect.soft(named(outcomes, end), end).toEqual([]);
  }, 200_000);

  test(`a platform broken ${when} us: the page goes on, and no agent has an old picture without knowing it`, async () => {
    const outcomes = await all(breaking, when, process.env.LONG ? undefined : COMMON);
    const [live, left, none] = (['live', 'left', 'none'] as const).map((end) => named(outcomes, end).length);
    console.log(`broken ${when} us: ${live} recorded, ${left} left and told, ${none} did not begin`);
    expect.soft(thrown(outcomes)).toEqual([]);
    expect.soft(named(outcomes, 'hung'), 'hung').toEqual([]);
    const stale = named(outcomes, 'stale').filter((name) => name !== UNNOTICED);
    expect(stale, 'stale').toEqual([]);
  }, 400_000);
}
