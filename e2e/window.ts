// A browser of one person's, Chromium or Firefox, driven the same way.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { chromiumArgs, chromiumPath, firefoxPath, firefoxPrefs } from './browser.ts';

export type Kind = 'firefox' | 'chromium';

export class Window {
  private constructor(
    private readonly browser: Browser,
    readonly page: Page,
    private readonly profile: string,
  ) {}

  /** `elsewhere`: the program that is the browser on another host, and the port by which it is driven. `prefs` are Firefox's. */
  static async open(
    kind: Kind,
    elsewhere?: { program: string; port: number },
    prefs: Record<string, unknown> = {},
  ): Promise<Window> {
    const profile = await mkdtemp(join(tmpdir(), `ridealong-${kind}-`));
    const browser = await puppeteer.launch(
      kind === 'firefox'
        ? {
            browser: 'firefox',
            executablePath: elsewhere?.program ?? firefoxPath(),
            ...(elsewhere && { acceptInsecureCerts: true, debuggingPort: elsewhere.port }),
            userDataDir: profile,
            extraPrefsFirefox: { ...firefoxPrefs, ...prefs },
          }
        : { executablePath: elsewhere?.program ?? chromiumPath(), userDataDir: profile, args: chromiumArgs },
    );
    const page = await browser.newPage();
    await page.setViewport({ width: 1280, height: 800 });
    return new Window(browser, page, profile);
  }

  async press(text: RegExp): Promise<void> {
    const at = async () =>
      this.page.evaluate((source) => {
        const wanted = new RegExp(source, 'i');
        const button = [...document.querySelectorAll('button')].find(
          (b) => wanted.test(b.textContent ?? '') && !b.disabled && b.getClientRects().length > 0,
        );
        button?.scrollIntoView({ block: 'center' });
        const { x, y, width, height } = button?.getBoundingClientRect() ?? new DOMRect();
        return width > 0 ? { x: x + width / 2, y: y + height / 2 } : null;
      }, text.source);
    await expect.poll(at, { timeout: 20_000 }).not.toBeNull();
    const place = await at();
    if (place) await this.page.mouse.click(place.x, place.y);
  }

  async close(): Promise<void> {
    await this.browser.close();
    await rm(this.profile, { recursive: true, force: true });
  }
}
