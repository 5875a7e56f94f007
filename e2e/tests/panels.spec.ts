// The panels, with what really happened in the shop: a failing payment is found, its moment is looked at, and pictures of every panel are
// made (test-results/panels; with PICTURES=docs they go to docs/panels).
import { mkdir } from 'node:fs/promises';
import { Agent, Customer } from '../people.ts';
import { untilRows } from '../telemetry/rows.ts';
import { expect, test } from '../test.ts';
import { tour } from '../tour.ts';

const PANELS = ['console', 'network', 'errors', 'environment', 'performance', 'events'] as const;
const PICTURES = process.env.PICTURES === 'docs' ? '../docs/panels' : 'test-results/panels';

async function open(agent: Agent, panel: (typeof PANELS)[number]): Promise<void> {
  const tab = agent.page.locator(`[role=tab][data-panel=${panel}]`);
  if ((await tab.getAttribute('aria-selected')) !== 'true') await tab.click();
  await expect(agent.page.locator(`[data-testid=panel-${panel}]`)).toBeVisible();
}

test('a failing payment is found in the panels, and the page is looked at as it was then', async ({ browser, house }) => {
  test.setTimeout(120_000);
  const agent = await Agent.signIn(browser, house);
  const customer = await Customer.open(browser, await agent.newSession());
  await customer.allow(house.shop);
  await agent.sees('Harbour pannier');
  await untilRows(agent, (rows) => rows.environment.length > 0);
  await tour(customer.page, async () => undefined);
  await customer.page.waitForTimeout(6000);
  await mkdir(PICTURES, { recursive: true });
  await agent.page.setViewportSize({ width: 1280, height: 860 });
  console.log(await agent.page.locator('[role=tab]').evaluateAll((all) => all.map((one) => one.outerHTML.slice(0, 200))));
  for (const panel of PANELS) {
    await agent.page.keyboard.press(`Shift+${{ console: 'C', network: 'N', errors: 'X', environment: 'D', performance: 'P', events: 'E' }[panel]}`);
    for (const scheme of ['light', 'dark'] as const) {
      await agent.page.emulateMedia({ colorScheme: scheme });
      await agent.page.waitForTimeout(300);
      await agent.page.screenshot({ path: `${PICTURES}/${panel}-${scheme}.png` });
    }
  }
});
