// Where a case is seen: on the stage of an agent to whom it is streamed by the real server, and in rrweb's player.
//
// Both have a page of their own, on which the same is done; each picture is compared with the page that it is of.
import { expect } from '@playwright/test';
import type { ElementHandle, Frame, Page } from 'puppeteer-core';
import { withoutWebRTC } from '../people.ts';
import type { Probe } from './case.ts';
import { type Answers, expression, grouped, within } from './read.ts';
import type { Stand } from './suite.ts';
import { SIZE } from './window.ts';

/** The agent's, which has room for the customer's. */
const WINDOW = { width: 1400, height: 900 };

/** What a picture is taken of: the page, or what is shown of it. */
export interface View {
  read(probes: Record<string, Probe>): Promise<Answers>;
  shot(): Promise<Buffer>;
}

export interface Seen {
  readonly page: Page;
  readonly truth: View;
  readonly shown: View;
  /** Opens the case's page and waits until it is shown. */
  begin(address: string): Promise<void>;
  /** What was done until now is on its way. */
  pass(): Promise<void>;
  /** The picture is made anew, from what a late joiner gets. */
  late(): Promise<void>;
}

async function readIn(page: Page, document: string, probes: Record<string, Probe>): Promise<Answers> {
  const all: Answers = {};
  for (const { frames, names } of grouped(probes)) {
    const asked = names.map((name) => probes[name] as Probe);
    const got = (await page.evaluate(expression(within(document, frames), asked))) as Answers[string][];
    names.forEach((name, i) => {
      all[name] = got[i] ?? null;
    });
  }
  return all;
}

async function shoot(page: Page, { x, y } = { x: 0, y: 0 }): Promise<Buffer> {
  // A picture that may go beyond the window shows the page as if it were not scrolled.
  const [left, top] = await page.evaluate(() => [scrollX, scrollY] as const);
  const clip = { x: x + left, y: y + top, ...SIZE };
  return Buffer.from(await page.screenshot({ clip, captureBeyondViewport: false }));
}

/** A page of a site, in its own words. */
class Truth implements View {
  constructor(private readonly page: Page) {}

  read(probes: Record<string, Probe>): Promise<Answers> {
    return readIn(this.page, 'document', probes);
  }

  async shot(): Promise<Buffer> {
    // The bar is not of the page. It comes back by itself.
    await this.page.evaluate(() => {
      const remove = () => document.querySelector('ridealong-bar')?.remove();
      const observer = new MutationObserver(remove);
      observer.observe(document, { childList: true, subtree: true });
      remove();
      Reflect.set(globalThis, 'barless', observer);
    });
    try {
      return await shoot(this.page);
    } finally {
      await this.page.evaluate(() => (Reflect.get(globalThis, 'barless') as MutationObserver).disconnect());
    }
  }
}

const MARK = 'data-mark';
const mark = (page: Page, n: number) =>
  page.evaluate((value, name) => document.documentElement.setAttribute(name, String(value)), n, MARK);

interface Stats {
  epoch: number;
  keyframes: number;
  bytes: number;
  mismatches: number;
}

/** What an agent's view shows. */
export class Stage implements View {
  constructor(readonly page: Page) {}

  stats(): Promise<Stats> {
    return this.page.evaluate(() => Reflect.get(globalThis, '__ridealong').stats());
  }

  /** Waits until the picture has a mark of the page. */
  async has(n: number): Promise<void> {
    const there = async () => {
      try {
        const frame = await this.frame();
        return await frame.evaluate((name) => document.documentElement?.getAttribute(name), MARK);
      } catch {
        return 'one frame goes, the next is not there yet';
      }
    };
    await expect.poll(there, { timeout: 20_000, intervals: [20], message: 'the mark on the stage' }).toBe(String(n));
  }

  async read(probes: Record<string, Probe>): Promise<Answers> {
    const all: Answers = {};
    for (const { frames, names } of grouped(probes)) {
      const asked = names.map((name) => probes[name] as Probe);
      let got: Answers[string][];
      try {
        const frame = await this.frame(frames);
        got = (await frame.evaluate(expression('document', asked))) as Answers[string][];
      } catch (error) {
        got = asked.map(() => `threw: ${error}`);
      }
      names.forEach((name, i) => {
        all[name] = got[i] ?? null;
      });
    }
    return all;
  }

  async shot(): Promise<Buffer> {
    const at = await this.page.evaluate(() => {
      const frame = [...document.querySelectorAll<HTMLElement>('[data-testid=stage] iframe')].at(-1);
      for (const beside of frame?.parentElement?.children ?? [])
        if (beside !== frame && beside.localName !== 'iframe') (beside as HTMLElement).style.display = 'none';
      for (let at = frame?.parentElement; at; at = at.parentElement) at.style.borderRadius = '0';
      const { x, y } = frame?.getBoundingClientRect() ?? new DOMRect();
      return { x, y };
    });
    return shoot(this.page, at);
  }

  private async frame(inner: readonly string[] = []): Promise<Frame> {
    const all = await this.page.$$('[data-testid=stage] iframe');
    let frame = await contentOf(all.at(-1));
    for (const selector of inner) frame = await contentOf(await frame.$(selector));
    return frame;
  }
}

async function contentOf(element: ElementHandle | null | undefined): Promise<Frame> {
  const frame = await element?.contentFrame();
  await element?.dispose();
  if (!frame) throw new Error('there is no such frame');
  return frame as Frame;
}

/** The real thing: one session in which the customer goes from page to page. */
export class Ours implements Seen {
  readonly truth: View;
  private marks = 0;

  private constructor(
    readonly page: Page,
    readonly shown: Stage,
  ) {
    this.truth = new Truth(page);
  }

  static async open({ windows, house, site }: Stand, prepare?: () => void): Promise<Ours> {
    const agent = await windows.open(WINDOW);
    if (prepare) await agent.evaluateOnNewDocument(prepare);
    await agent.goto(house.link);
    await press(agent, '[data-testid=new-session]');
    await agent.waitForSelector('[data-testid=create-session]');
    await agent.evaluate(() => {
      const label = [...document.querySelectorAll('label')].find((one) => /page to open/i.test(one.textContent ?? ''));
      (label?.control as HTMLInputElement | null)?.select();
    });
    await agent.keyboard.type(`${site.origin}/first`);
    await press(agent, '[data-testid=create-session]');
    await agent.waitForSelector('[data-testid=customer-link]');
    const link = await agent.$eval('[data-testid=customer-link]', (input) => (input as HTMLInputElement).value);
    await agent.goto(`${agent.url()}?e2e`);
    await agent.waitForSelector('[data-testid=screen-waiting]');
    const customer = await windows.open(SIZE);
    await customer.goto(link);
    const allow = () =>
      customer.evaluate(() => {
        const all = [...document.querySelectorAll('button')];
        const button = all.find((b) => /^allow/i.test(b.textContent ?? ''));
        button?.scrollIntoView({ block: 'center' }); // what nobody sees cannot be pressed
        const { x, y, width, height } = button?.getBoundingClientRect() ?? new DOMRect();
        return button && !button.disabled ? { x: x + width / 2, y: y + height / 2 } : null;
      });
    await expect.poll(allow).not.toBeNull();
    await new Promise((resolve) => setTimeout(resolve, 700)); // a click that comes too soon is not meant
    const { x, y } = (await allow()) ?? { x: 0, y: 0 };
    await customer.mouse.click(x, y);
    await expect.poll(() => customer.url()).toContain(`${site.origin}/first`);
    return new Ours(customer, new Stage(agent));
  }

  /** A colleague who joins now, to whom everything goes sealed through the server. */
  async colleague({ windows }: Stand): Promise<Ours> {
    const agent = this.shown.page;
    await press(agent, '[data-testid=share-button]');
    await agent.waitForSelector('[data-testid=invite-link]');
    const invite = await agent.$eval('[data-testid=invite-link]', (input) => (input as HTMLInputElement).value);
    await agent.keyboard.press('Escape');
    const page = await windows.open(WINDOW);
    await page.evaluateOnNewDocument(withoutWebRTC);
    await page.browserContext().setCookie(...(await agent.browserContext().cookies()));
    const url = new URL(invite);
    url.searchParams.set('e2e', '');
    await page.goto(url.href);
    const colleague = new Ours(this.page, new Stage(page));
    colleague.marks = this.marks + 1000;
    await colleague.pass();
    return colleague;
  }

  async begin(address: string): Promise<void> {
    await this.page.goto(address);
    await this.pass();
  }

  async pass(): Promise<void> {
    await mark(this.page, ++this.marks);
    await this.shown.has(this.marks);
  }

  async late(): Promise<void> {
    const { keyframes } = await this.shown.stats();
    await this.shown.page.evaluate(() => Reflect.get(globalThis, '__ridealong').again());
    await expect.poll(async () => (await this.shown.stats()).keyframes, { intervals: [20] }).toBe(keyframes + 1);
    await this.pass();
  }
}

async function press(page: Page, selector: string): Promise<void> {
  await page.waitForSelector(selector);
  await page.click(selector);
}

/** The peer: recorded in one page, played live in another. */
export class Rrweb implements Seen {
  readonly truth: View;
  readonly shown: View;

  private constructor(
    readonly page: Page,
    private readonly player: Page,
  ) {
    this.truth = new Truth(page);
    this.shown = {
      read: async (probes) => {
        await this.feed();
        return readIn(player, 'shown()?.contentDocument', probes);
      },
      shot: () => shoot(player),
    };
  }

  static async open({ windows, site }: Stand): Promise<Rrweb> {
    const [page, player] = [await windows.open(SIZE), await windows.open({ width: 900, height: 700 })];
    await player.goto(site.replay);
    return new Rrweb(page, player);
  }

  async begin(address: string): Promise<void> {
    await this.page.goto(address);
    await expect.poll(() => this.page.evaluate(() => Reflect.get(globalThis, 'events').length)).toBeGreaterThan(1);
    await this.feed(true);
  }

  async pass(): Promise<void> {
    await this.feed();
  }

  async late(): Promise<void> {
    await this.page.evaluate(() => Reflect.get(globalThis, 'again')());
    await this.feed(true);
  }

  private async feed(anew = false): Promise<void> {
    const events = await this.page.evaluate(() => JSON.stringify(Reflect.get(globalThis, 'events').splice(0)));
    await this.player.evaluate((text, fresh) => Reflect.get(globalThis, 'feed')(JSON.parse(text), fresh), events, anew);
  }
}
