// One browser with a window for each person, Chromium or Firefox, driven the same way.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { chromiumArgs, chromiumPath, firefoxPath, firefoxPrefs } from '../browser.ts';

export type Kind = 'chromium' | 'firefox';

/** The size of the page that the customer has, and of what is compared. */
export const SIZE = { width: 800, height: 600 };

/** Before a page's own script: keeps closed shadow roots for the probes. */
export function keepRoots(): void {
  const roots = new WeakMap<Element, ShadowRoot>();
  const native = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function attachShadow(init) {
    const root = native.call(this, init);
    roots.set(this, root);
    return root;
  };
  Reflect.set(globalThis, 'closedRoots', roots);
}

export class Windows {
  private readonly opened: Browser[] = [];
  private readonly profiles: string[] = [];

  constructor(readonly kind: Kind) {}

  async open(size: { width: number; height: number }): Promise<Page> {
    const page = await (this.kind === 'firefox' ? this.firefox() : this.chromium());
    await page.setViewport(size);
    await page.evaluateOnNewDocument(keepRoots);
    return page;
  }

  /** Contexts have windows of their own, all of them in front. */
  private async chromium(): Promise<Page> {
    this.opened[0] ??= await puppeteer.launch({ executablePath: chromiumPath(), args: chromiumArgs });
    const context = await this.opened[0].createBrowserContext();
    return context.newPage();
  }

  private async firefox(): Promise<Page> {
    const userDataDir = await mkdtemp(join(tmpdir(), 'ridealong-conformance-'));
    this.profiles.push(userDataDir);
    const browser = await puppeteer.launch({
      browser: 'firefox',
      executablePath: firefoxPath(),
      userDataDir,
      extraPrefsFirefox: firefoxPrefs,
    });
    this.opened.push(browser);
    return browser.newPage();
  }

  async close(): Promise<void> {
    await Promise.all(this.opened.map((browser) => browser.close()));
    await Promise.all(this.profiles.map((path) => rm(path, { recursive: true, force: true })));
  }
}
