// One session on a site of the test's own: the agent in the live view, the customer on the first page.
import type { Browser, BrowserContext } from '@playwright/test';
import { same } from './compare.ts';
import { House, type HouseOptions } from './house.ts';
import { Agent, Customer } from './people.ts';
import { Realm } from './realm.ts';

/** A customer's site. */
interface Site {
  readonly origin: string;
  /** The server's origin, once there is one. */
  relay: string;
  at(path: string): string;
  close(): Promise<void>;
}

export interface VisitOptions extends HouseOptions {
  /** Of the customer's browser, before their first page. */
  prepare?: (context: BrowserContext) => Promise<unknown>;
}

export class Visit {
  private constructor(
    readonly house: House,
    readonly agent: Agent,
    readonly customer: Customer,
    /** The customer's page, whatever its scripts have done to the platform. */
    readonly realm: Realm,
  ) {}

  /** Goes to `path` on `pages` by a magic link. Gives the visit to `use`, and closes everything after it. */
  static async to(
    browser: Browser,
    pages: Site,
    path: string,
    use: (visit: Visit) => Promise<void>,
    { args = [], prepare }: VisitOptions = {},
  ): Promise<void> {
    const house = await House.start({ args: ['--origins', pages.origin, ...args] });
    pages.relay = house.relay;
    try {
      const agent = await Agent.signIn(browser, house);
      const customer = await Customer.open(
        browser,
        await agent.newSession({ 'Page to open': pages.at(path) }),
        prepare,
      );
      const realm = await Realm.of(customer.page);
      await customer.allow(pages.origin);
      await use(new Visit(house, agent, customer, realm));
    } finally {
      await Promise.all(browser.contexts().map((context) => context.close()));
      await house.stop();
      await pages.close();
    }
  }

  /** The agent has the customer's page, read from a realm that the page's scripts cannot reach. */
  same(where: string): Promise<void> {
    return same({ page: this.realm }, this.agent, where);
  }
}
