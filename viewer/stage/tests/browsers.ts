// Two browsers behind one small face: what the stage's tests need of a page.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import puppeteer from 'puppeteer-core';

export interface Tab {
  open(url: string): Promise<void>;
  /** The value of an expression in the page; promises are awaited. */
  run<T>(expression: string): Promise<T>;
  /** Runs in every frame of the page that is there. */
  inFrames<T>(expression: string): Promise<T[]>;
  click(x: number, y: number): Promise<void>;
  close(): Promise<void>;
}

export interface TestBrowser {
  name: 'chromium' | 'firefox';
  tab(): Promise<Tab>;
  close(): Promise<void>;
}

interface Frame {
  evaluate(expression: string): Promise<unknown>;
}

/** A frame of the document before may be on its way out: then once more. */
async function everywhere<T>(frames: () => Frame[], expression: string): Promise<T[]> {
  try {
    return (await Promise.all(frames().map((frame) => frame.evaluate(expression)))) as T[];
  } catch {
    await new Promise((resolve) => setTimeout(resolve, 200));
    return (await Promise.all(frames().map((frame) => frame.evaluate(expression)))) as T[];
  }
}

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const FIREFOX = process.env.FIREFOX ?? '/usr/bin/firefox-esr';
const FLAGS =
  '--no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync --disable-quic';

export async function startChromium(extra: string[] = []): Promise<TestBrowser> {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: [...FLAGS.split(' '), ...extra] });
  return {
    name: 'chromium',
    close: () => browser.close(),
    tab: async () => {
      const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
      if (process.env.STAGE_LOG) page.on('console', (line) => console.log(line.text()));
      return {
        open: async (url) => void (await page.goto(url)),
        run: (expression) => page.evaluate(expression),
        inFrames: (expression) => everywhere(() => page.frames().slice(1), expression),
        click: (x, y) => page.mouse.click(x, y),
        close: () => page.close(),
      };
    },
  };
}

export async function startFirefox(): Promise<TestBrowser> {
  const profile = mkdtempSync(join(tmpdir(), 'stage-firefox-'));
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: FIREFOX,
    headless: true,
    userDataDir: profile,
    extraPrefsFirefox: {
      'network.captive-portal-service.enabled': false,
      'network.connectivity-service.enabled': false,
    },
  });
  return {
    name: 'firefox',
    close: async () => {
      await browser.close();
      rmSync(profile, { recursive: true, force: true });
    },
    tab: async () => {
      const page = await browser.newPage();
      await page.setViewport({ width: 1400, height: 900 });
      return {
        open: async (url) => void (await page.goto(url)),
        run: (expression) => page.evaluate(expression) as Promise<never>,
        inFrames: (expression) => everywhere(() => page.frames().slice(1), expression),
        click: (x, y) => page.mouse.click(x, y),
        close: () => page.close(),
      };
    },
  };
}
