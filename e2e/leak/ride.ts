// One session on a site with a canary in every place, and all that is left of it anywhere.
import { type Browser, type BrowserContext, expect, type Page } from '@playwright/test';
import { freePort, House } from '../house.ts';
import { Agent, Customer } from '../people.ts';
import { Wire } from '../signal.ts';
import { canary, type Evidence } from './canary.ts';
import { Control, PATH } from './controls.ts';
import { Heard } from './heard.ts';
import { api, disk, log, metrics, refused, tables } from './kept.ts';
import { Address, fill, numberOf, places } from './places.ts';
import { Shown, stored } from './shown.ts';
import { Site } from './site.ts';

/** All that is anywhere of a session. */
export interface Ride {
  evidence: Evidence[];
  /** Numbers of the customer's documents that were told. */
  epochs: number[];
  /** How many pieces went over a data channel, and how many sealed through the server. */
  pieces: { direct: number; sealed: number };
}

/** `attributes` of the loader's tag: the mode, and what is shown. */
export async function ride(browser: Browser, attributes: string): Promise<Ride> {
  const site = await Site.open();
  const metricsAt = `127.0.0.1:${await freePort()}`;
  const house = await House.start({ args: ['--origins', site.origin, '--metrics', metricsAt] });
  site.tag = `<script async src="${house.relay}/r/loader.js" ${attributes}></script>`;
  try {
    const session = await Session.begin(browser, house, site);
    await session.page();
    await session.late();
    await session.next();
    return await session.end(metricsAt);
  } finally {
    await Promise.all(browser.contexts().map((context) => context.close()));
    await house.stop();
    await site.close();
  }
}

class Session {
  private readonly requests: Evidence[] = [];
  private readonly wires: Wire[] = [];
  private readonly shown: Shown[] = [];
  private readonly agents: Agent[] = [];
  private heard!: Heard;
  private customer!: Customer;
  private marks = 0;

  private constructor(
    private readonly browser: Browser,
    private readonly house: House,
    private readonly site: Site,
  ) {}

  static async begin(browser: Browser, house: House, site: Site): Promise<Session> {
    const session = new Session(browser, house, site);
    const agent = await Agent.signIn(browser, house, (context) => session.agent(context));
    session.agents.push(agent);
    const link = await agent.newSession({
      'Page to open': site.origin + PATH,
      Reference: canary(Control.reference),
    });
    session.customer = await Customer.open(browser, link, async (context) => {
      session.heard = await Heard.by(context);
      await session.between(context);
    });
    await session.customer.allow(site.origin);
    await session.told();
    return session;
  }

  private async agent(context: BrowserContext): Promise<void> {
    this.shown.push(await Shown.to(context));
    await this.between(context);
  }

  /** What passes between a browser and the server. */
  private async between(context: BrowserContext): Promise<void> {
    this.wires.push(await Wire.tap(context, this.house));
    context.on('request', (request) => {
      if (!request.url().startsWith(this.house.relay)) return;
      this.requests.push({ where: 'http', text: `${request.url()}\n${request.postData() ?? ''}` });
    });
  }

  /** Every agent has all that happened so far: a mark that comes last. */
  private async told(): Promise<void> {
    const mark = `mark ${++this.marks} is here`;
    await this.customer.page.evaluate((text) => {
      const mark = document.querySelector('#mark');
      if (mark?.parentElement) mark.parentElement.appendChild(document.createElement('b')).textContent = text;
    }, mark);
    for (const agent of this.agents) await agent.sees(mark);
  }

  /** What scripts do in the page, and what people do with keys and input methods. */
  async page(): Promise<void> {
    await this.scripts();
    const { page } = this.customer;
    for (const [name, { type, compose }] of Object.entries(places)) {
      const text = canary(numberOf(name));
      if (type) await page.locator(type).pressSequentially(text);
      if (compose) await composed(page, compose, text);
    }
    await this.told();
  }

  private async scripts(): Promise<void> {
    const all = Object.entries(places).map(([name, { js }]) => fill(js, numberOf(name)));
    await this.customer.page.evaluate(async (scripts) => {
      for (const [i, script] of scripts.entries()) {
        const run = new Function(`return (async () => {${script}\n})()`) as () => Promise<void>;
        await run();
        // In several groups, as they come.
        if (i % 8 === 0) await new Promise((resolve) => setTimeout(resolve, 8));
      }
    }, all);
  }

  /** A colleague comes late and gets the whole as it is now. */
  async late(): Promise<void> {
    const [first] = this.agents as [Agent];
    await first.page.getByTestId('share-button').click();
    const invite = await first.page.getByTestId('invite-link').inputValue();
    this.agents.push(await first.colleague(this.browser, invite, (context) => this.agent(context)));
    await first.page.keyboard.press('Escape');
    await this.told();
  }

  /** The customer goes on to another page, and to this one again: another address, and a page that sent them here. */
  async next(): Promise<void> {
    const { page } = this.customer;
    const { origin } = this.site;
    await page.goto(`${origin}/before?${canary(Address.nameBefore)}=${canary(Address.valueBefore)}`);
    await page.evaluate(
      (url) => {
        location.href = url;
      },
      `${origin}${PATH}?${canary(Address.name)}=${canary(Address.value)}#${canary(Address.fragment)}`,
    );
    await page.waitForURL(`**${PATH}?*`);
    await this.told();
    await this.scripts();
    await this.told();
  }

  /** Nothing more is on its way; then everything is gathered, the server's files once it runs and once it has ended. */
  async end(metricsAt: string): Promise<Ride> {
    const [first] = this.agents as [Agent];
    await first.reaches('direct');
    const before = () => this.heard.count.direct + this.heard.count.sealed;
    for (let was = -1; was !== before(); ) {
      was = before();
      await this.customer.page.waitForTimeout(300);
    }
    const { house } = this;
    await refused(house, `http://${canary(Control.origin)}.test`);
    const id = new URL(first.page.url()).pathname.split('/')[2] ?? '';
    const gathered = await Promise.all([
      ...this.agents.map((agent, i) => (this.shown[i] as Shown).evidence(agent)),
      ...this.agents.map((agent) => stored(agent, canary(Control.storage))),
      api(first, id),
      metrics(metricsAt),
      disk(house),
    ]);
    const left = await this.customer.page.evaluate(() => sessionStorage.getItem('ridealong') ?? '');
    await house.crash();
    await expect.poll(() => /^goroutine 1 /m.test(log(house).text), { message: 'the dump of a crash' }).toBe(true);
    // Once more, to end well: the database's own log goes back into its file.
    await house.up();
    expect(await house.terminate()).toBe(0);
    const evidence = [
      ...this.heard.evidence(),
      ...this.wires.map((wire) => ({ where: 'signaling', text: wire.text() })),
      ...this.requests,
      ...gathered.flat(),
      { where: 'storage: of the tab', text: left },
      ...(await disk(house)),
      ...(await tables(house)),
      log(house),
    ];
    return { evidence, epochs: this.heard.epochs(), pieces: this.heard.count };
  }
}

/** As an input method does: letters that are not there yet, then the word. */
async function composed(page: Page, selector: string, text: string): Promise<void> {
  const client = await page.context().newCDPSession(page);
  await page.locator(selector).focus();
  for (const end of [10, text.length])
    await client.send('Input.imeSetComposition', { text: text.slice(0, end), selectionStart: end, selectionEnd: end });
  await client.send('Input.insertText', { text });
  await client.detach();
}
