// Journey 1 with Firefox: as the customer, as the agent and as both; the other side is Chromium.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { chromiumArgs, chromiumPath, firefoxPath } from '../browser.ts';
import { House } from '../house.ts';
import { expect, test } from '../test.ts';

type Kind = 'firefox' | 'chromium';

class Window {
  private constructor(
    private readonly browser: Browser,
    readonly page: Page,
    private readonly profile: string,
  ) {}

  static async open(kind: Kind): Promise<Window> {
    const profile = await mkdtemp(join(tmpdir(), `ridealong-${kind}-`));
    const browser = await puppeteer.launch(
      kind === 'firefox'
        ? {
            browser: 'firefox',
            executablePath: firefoxPath(),
            userDataDir: profile,
            extraPrefsFirefox: {
              'network.captive-portal-service.enabled': false,
              'network.connectivity-service.enabled': false,
              // Both participants are on this machine, which may have no other network.
              'media.peerconnection.ice.loopback': true,
              'media.peerconnection.ice.obfuscate_host_addresses': false,
            },
          }
        : { executablePath: chromiumPath(), userDataDir: profile, args: chromiumArgs },
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

const rung = (page: Page) => page.evaluate(() => Reflect.get(globalThis, '__ridealong')?.rung() ?? null);
const picture = (page: Page): Promise<string> =>
  page.evaluate(() => Reflect.get(globalThis, '__ridealong')?.serialize() ?? '');

async function journey(house: House, agent: Page, customer: Window): Promise<void> {
  await agent.goto(house.link);
  await agent.waitForSelector('[data-testid=new-session]');
  await agent.click('[data-testid=new-session]');
  await agent.waitForSelector('[data-testid=create-session]');
  await agent.click('[data-testid=create-session]');
  await agent.waitForSelector('[data-testid=customer-link]');
  const link = await agent.$eval('[data-testid=customer-link]', (input) => (input as HTMLInputElement).value);
  await agent.goto(`${agent.url()}?e2e`);
  await agent.waitForSelector('[data-testid=screen-waiting]');
  await customer.page.goto(link);
  await new Promise((resolve) => setTimeout(resolve, 700));
  await customer.press(/^allow/);
  await expect.poll(() => customer.page.url()).toContain(house.shop);
}

for (const [customerKind, agentKind] of [
  ['firefox', 'chromium'],
  ['chromium', 'firefox'],
  ['firefox', 'firefox'],
] as [Kind, Kind][]) {
  test(`the customer has ${customerKind} and the agent ${agentKind}: the live view, directly`, async ({ house }) => {
    const [customer, agent] = [await Window.open(customerKind), await Window.open(agentKind)];
    try {
      await journey(house, agent.page, customer);
      await expect.poll(() => picture(agent.page), { timeout: 20_000 }).toContain('Harbour pannier');
      await expect.poll(() => rung(agent.page), { timeout: 20_000 }).toBe('direct');
      await customer.page.evaluate(() => {
        const p = document.body.appendChild(document.createElement('p'));
        p.textContent = 'written by the customer 🙂';
      });
      await expect.poll(() => picture(agent.page)).toContain('written by the customer 🙂');
      await customer.page.goto(`${house.shop}/cart`);
      await expect.poll(() => picture(agent.page)).not.toContain('written by the customer');
      await expect.poll(() => picture(agent.page)).toMatch(/cart/i);
    } finally {
      await Promise.all([customer.close(), agent.close()]);
    }
  });
}

test('the customer has firefox and the agent chromium: the live view with relay-only, by turn/udp', async () => {
  const house = await House.start({ args: ['--relay-only', '--relay', '127.0.0.1:0'] });
  const [customer, agent] = [await Window.open('firefox'), await Window.open('chromium')];
  try {
    await journey(house, agent.page, customer);
    await expect.poll(() => rung(agent.page), { timeout: 20_000 }).toBe('turn/udp');
    await expect.poll(() => picture(agent.page), { timeout: 20_000 }).toContain('Harbour pannier');
    await customer.page.goto(`${house.shop}/cart`);
    await expect.poll(() => picture(agent.page)).toMatch(/cart/i);
    await expect.poll(() => rung(agent.page), { timeout: 20_000 }).toBe('turn/udp');
  } finally {
    await Promise.all([customer.close(), agent.close()]);
    await house.stop();
  }
});
