// Ana, the agent, and the customer: what each does in their browser.
import { type Browser, type BrowserContext, expect, type Frame, type Page } from '@playwright/test';
import type { House } from './house.ts';

/** Before a page's own script: makes WebRTC impossible there. */
export const withoutWebRTC = () => {
  Reflect.deleteProperty(globalThis, 'RTCPeerConnection');
  Reflect.deleteProperty(globalThis, 'webkitRTCPeerConnection');
};

/** Before a page's own script: keeps closed shadow roots for the test, which has to find the bar's buttons. */
export const keepClosedRoots = () => {
  const roots: ShadowRoot[] = [];
  const native = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (init) {
    const root = native.call(this, init);
    if (init.mode === 'closed') roots.push(root);
    return root;
  };
  Reflect.set(globalThis, 'closedRoots', roots);
};

export class Agent {
  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
    readonly house: House,
  ) {}

  /** Opens the console, signed in by the one-time link. */
  static async signIn(
    browser: Browser,
    house: House,
    prepare?: (c: BrowserContext) => Promise<unknown>,
  ): Promise<Agent> {
    const context = await browser.newContext();
    await prepare?.(context);
    const page = await context.newPage();
    await page.goto(house.link);
    await expect(page.getByTestId('new-session').first()).toBeVisible();
    return new Agent(context, page, house);
  }

  /** A colleague in another browser context who has the same account's cookies. */
  async colleague(browser: Browser, invite: string, prepare?: (c: BrowserContext) => Promise<unknown>): Promise<Agent> {
    const context = await browser.newContext({ storageState: await this.context.storageState() });
    await prepare?.(context);
    const page = await context.newPage();
    await page.goto(withTestObject(invite));
    return new Agent(context, page, this.house);
  }

  /** New session, for what the dialog offers or for `fields`, and into its live view; the magic link. */
  async newSession(fields: Record<string, string> = {}): Promise<string> {
    await this.page.getByTestId('new-session').first().click();
    for (const [label, text] of Object.entries(fields)) await this.page.getByLabel(label).fill(text);
    await this.page.getByTestId('create-session').click();
    await this.page.waitForURL(/\/s\/[0-9A-Z]{26}/);
    const link = await this.page.getByTestId('customer-link').inputValue();
    await this.page.goto(withTestObject(this.page.url()));
    await expect(this.page.getByTestId('screen-waiting')).toBeVisible();
    return link;
  }

  /** The id of the session that is open, which is its recording's too. */
  sessionId(): string {
    return /\/s\/([0-9A-Z]{26})/.exec(this.page.url())?.[1] ?? '';
  }

  /** Asks for a join code, in the view of a session that waits. */
  async joinCode(): Promise<string> {
    await this.page.getByTestId('get-code').click();
    return (await this.page.getByTestId('code').textContent())?.trim() ?? '';
  }

  /** The frame in which the customer's page is shown. */
  async stage(): Promise<Frame> {
    const handle = await this.page.locator('[data-testid=stage] [data-shown] iframe').last().elementHandle();
    const frame = await handle?.contentFrame();
    if (!frame) throw new Error('there is no stage');
    return frame;
  }

  /** What the stage shows, in the canonical form. */
  serialize(): Promise<string> {
    return this.page.evaluate(() => (window as unknown as TestWindow).__ridealong.serialize());
  }

  stats(): Promise<Stats> {
    return this.page.evaluate(() => (window as unknown as TestWindow).__ridealong.stats());
  }

  rung(): Promise<string | null> {
    return this.page.evaluate(() => (window as unknown as TestWindow).__ridealong.rung());
  }

  private async text(within: string): Promise<string> {
    return (await this.stage()).evaluate((s) => document.querySelector(s)?.textContent ?? '', within);
  }

  async sees(text: string, within = 'body'): Promise<void> {
    await expect
      .poll(() => this.text(within).catch(() => 'there is no stage, or one goes'), { timeout: 15_000 })
      .toContain(text);
  }

  async reaches(rung: 'direct' | 'turn/udp' | 'turn/tcp' | 'turn/tls' | 'fallback'): Promise<void> {
    await expect.poll(() => this.rung(), { timeout: 30_000 }).toBe(rung);
  }
}

interface Stats {
  rung: string | null;
  bytes: number;
  frames: number;
  keyframes: number;
  duplicates: number;
  mismatches: number;
  epoch: number;
  seq: number;
}

interface TestWindow {
  __ridealong: { serialize(): Promise<string>; stats(): Stats; rung(): string | null };
}

function withTestObject(url: string): string {
  const u = new URL(url);
  u.searchParams.set('e2e', '');
  return u.href;
}

export class Customer {
  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
  ) {}

  /** Opens the link and stops at the question. */
  static async open(
    browser: Browser,
    link: string,
    prepare?: (c: BrowserContext) => Promise<unknown>,
  ): Promise<Customer> {
    const context = await browser.newContext();
    await prepare?.(context);
    const page = await context.newPage();
    await page.goto(link);
    return new Customer(context, page);
  }

  /** Types a join code and stops at the question. */
  static async openByCode(browser: Browser, house: House, code: string): Promise<Customer> {
    const customer = await Customer.open(browser, `${house.relay}/j`, (c) => c.addInitScript(keepClosedRoots));
    await customer.page.getByLabel(/code/i).fill(code);
    await customer.page.keyboard.press('Enter');
    return customer;
  }

  /** Clicks a button of the bar as a person does, once it has been there long enough to be meant. */
  async press(text: string): Promise<void> {
    const place = () =>
      this.page.evaluate((wanted) => {
        const roots: ShadowRoot[] = Reflect.get(globalThis, 'closedRoots');
        const button = roots
          .flatMap((root) => [...root.querySelectorAll('button')])
          .find((b) => b.textContent === wanted);
        const { x, y, width, height } = button?.getBoundingClientRect() ?? new DOMRect();
        return width > 0 ? { x: x + width / 2, y: y + height / 2 } : null;
      }, text);
    await expect.poll(place).not.toBeNull();
    await this.page.waitForTimeout(700);
    const at = await place();
    if (at) await this.page.mouse.click(at.x, at.y);
  }

  /** Allows, with a recording kept, and waits for the shop. */
  async allowRecorded(shop: string): Promise<void> {
    await this.page.getByRole('checkbox', { name: /keep a recording/i }).check();
    await this.allow(shop);
  }

  /** Allows, and waits for the shop. */
  async allow(shop: string): Promise<void> {
    const allow = this.page.getByRole('button', { name: /^allow/i });
    await expect(allow).toBeEnabled();
    await allow.click();
    await this.page.waitForURL(`${shop}/**`);
  }
}
