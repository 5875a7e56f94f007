// A Chromium that is there, driven over its pipe: no package is needed for it.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'msedge'];
const PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
];
const ARGS = [
  '--headless=new',
  '--remote-debugging-pipe',
  '--no-first-run',
  '--no-default-browser-check',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-extensions',
  '--window-size=1280,900',
];
/** An answer takes no longer than this, ms. */
const PATIENCE = 60_000;

export function findChromium(): string | undefined {
  const named = process.env.CHROMIUM_PATH ?? process.env.CHROME_PATH;
  if (named) return named;
  const folders = (process.env.PATH ?? '').split(delimiter);
  return [...NAMES.flatMap((name) => folders.map((folder) => join(folder, name))), ...PLACES].find((path) =>
    existsSync(path),
  );
}

type Json = Record<string, unknown>;

interface Message {
  id?: number;
  sessionId?: string;
  method?: string;
  params?: Json;
  result?: Json;
  error?: { message: string };
}

export class Chromium {
  private last = 0;
  private rest = '';
  private readonly waiting = new Map<number, { resolve(result: Json): void; reject(error: Error): void }>();
  private readonly listeners = new Set<(message: Message) => void>();
  private gone: Error | undefined;

  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
  ) {
    const output = child.stdio[4] as Readable;
    output.setEncoding('utf8');
    output.on('data', (text: string) => this.heard(text));
    child.once('error', (error) => this.end(error));
    child.once('exit', (code) => this.end(new Error(`the browser ended (${code})`)));
    // A pipe that breaks is the end of the browser, and told there.
    (child.stdio[3] as Writable).on('error', () => undefined);
  }

  static async launch(executable: string): Promise<Chromium> {
    const folder = await mkdtemp(join(tmpdir(), 'privacy-check-'));
    const args = [...ARGS, `--user-data-dir=${folder}`];
    // A sandbox wants a user of its own, which containers of a CI seldom have.
    if (process.getuid?.() === 0 || process.env.CI) args.push('--no-sandbox');
    return new Chromium(spawn(executable, args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] }), folder);
  }

  private heard(text: string): void {
    const parts = (this.rest + text).split('\0');
    this.rest = parts.pop() ?? '';
    for (const part of parts) {
      const message = JSON.parse(part) as Message;
      const asked = message.id === undefined ? undefined : this.waiting.get(message.id);
      if (asked && message.id !== undefined) {
        this.waiting.delete(message.id);
        if (message.error) asked.reject(new Error(message.error.message));
        else asked.resolve(message.result ?? {});
      } else for (const listener of this.listeners) listener(message);
    }
  }

  private end(error: Error): void {
    this.gone ??= error;
    for (const asked of this.waiting.values()) asked.reject(error);
    this.waiting.clear();
  }

  call(method: string, params: Json = {}, sessionId?: string): Promise<Json> {
    if (this.gone) return Promise.reject(this.gone);
    const id = ++this.last;
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        this.waiting.delete(id);
        reject(new Error(`no answer to ${method} in ${PATIENCE / 1000} s`));
      }, PATIENCE);
      const done =
        <T>(end: (value: T) => void) =>
        (value: T) => {
          clearTimeout(late);
          end(value);
        };
      this.waiting.set(id, { resolve: done(resolve), reject: done(reject) });
      const message = JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) });
      (this.child.stdio[3] as Writable).write(`${message}\0`);
    });
  }

  /** A page in a profile of its own. */
  async page(): Promise<Page> {
    const { browserContextId } = await this.call('Target.createBrowserContext');
    const { targetId } = await this.call('Target.createTarget', { url: 'about:blank', browserContextId });
    const { sessionId } = await this.call('Target.attachToTarget', { targetId, flatten: true });
    const page = new Page(this, sessionId as string, browserContextId as string);
    await page.call('Page.enable');
    await page.call('Page.setLifecycleEventsEnabled', { enabled: true });
    return page;
  }

  listen(listener: (message: Message) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async close(): Promise<void> {
    const left = new Promise<void>((resolve) => {
      if (this.child.exitCode !== null || this.gone) resolve();
      else this.child.once('exit', () => resolve());
    });
    this.child.kill('SIGKILL');
    await left;
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 }).catch(() => undefined);
  }
}

export class Page {
  constructor(
    private readonly browser: Chromium,
    private readonly session: string,
    private readonly context: string,
  ) {}

  call(method: string, params: Json = {}): Promise<Json> {
    return this.browser.call(method, params, this.session);
  }

  /** Opens an address and waits until it has loaded and the network is still, or for `most` ms. */
  async open(url: string, most: number): Promise<void> {
    let loader = '';
    const names = new Set<string>();
    let finish: () => void = () => undefined;
    const still = new Promise<void>((resolve) => {
      const off = this.browser.listen(({ sessionId, method, params }) => {
        if (sessionId !== this.session || method !== 'Page.lifecycleEvent') return;
        names.add(`${params?.loaderId} ${params?.name}`);
        if (loader && names.has(`${loader} networkIdle`)) finish();
      });
      const late = setTimeout(() => finish(), most);
      finish = () => {
        clearTimeout(late);
        off();
        resolve();
      };
    });
    const { errorText, loaderId } = await this.call('Page.navigate', { url });
    loader = String(loaderId);
    if (errorText || names.has(`${loader} networkIdle`)) finish();
    await still;
    if (errorText) throw new Error(`${url} does not open: ${errorText}`);
  }

  /** The value of an expression, or of the promise that it gives. */
  async evaluate(expression: string): Promise<unknown> {
    const { result, exceptionDetails } = (await this.call('Runtime.evaluate', {
      expression,
      awaitPromise: true,
      returnByValue: true,
    })) as { result: { value?: unknown }; exceptionDetails?: { text: string; exception?: { description?: string } } };
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  close(): Promise<unknown> {
    return this.browser.call('Target.disposeBrowserContext', { browserContextId: this.context });
  }
}
