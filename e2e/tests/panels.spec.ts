// The panels, with what really happened in the shop: a failing payment is found, and the page is looked at as it was then. Pictures of every
// panel are made of it (test-results/panels; with PICTURES=docs they go to docs/panels).
import { mkdir } from 'node:fs/promises';
import AxeBuilder from 'axe-core';
import { Agent, Customer } from '../people.ts';
import { untilRows } from '../telemetry/rows.ts';
import { expect, test } from '../test.ts';
import { tour } from '../tour.ts';

const KEYS = { console: 'C', network: 'N', errors: 'X', environment: 'D', performance: 'P', events: 'E' } as const;
type Panel = keyof typeof KEYS;
const PICTURES = process.env.PICTURES === 'docs' ? '../docs/panels' : 'test-results/panels';

async function open(agent: Agent, panel: Panel): Promise<void> {
  await agent.page.keyboard.press(`Shift+${KEYS[panel]}`);
  await expect(agent.page.getByTestId(`panel-${panel}`)).toHaveAttribute('aria-selected', 'true');
}

async function picture(agent: Agent, name: string): Promise<void> {
  for (const scheme of ['light', 'dark'] as const) {
    await agent.page.emulateMedia({ colorScheme: scheme });
    await agent.page.screenshot({ path: `${PICTURES}/${name}-${scheme}.png` });
  }
}

test('a failing payment is found in the panels, and the page is looked at as it was then', async ({
  browser,
  house,
}) => {
  test.setTimeout(150_000);
  await mkdir(PICTURES, { recursive: true });
  const agent = await Agent.signIn(browser, house);
  const customer = await Customer.open(browser, await agent.newSession());
  await customer.allow(house.shop);
  await agent.sees('Harbour pannier');
  await tour(customer.page, async () => undefined);
  const rows = await untilRows(agent, ({ failures, gauges }) => failures.length > 0 && gauges > 1);
  expect(rows.gaps).toBe(0);
  const { page } = agent;
  await page.setViewportSize({ width: 1280, height: 900 });

  // The request, by its status, with what was sent and answered, as far as that may be told.
  await open(agent, 'network');
  await expect(page.getByTestId('panel-filter')).toBeVisible();
  await page.keyboard.press('/');
  await page.keyboard.type('pay');
  const grid = page.getByTestId('network-rows');
  await expect(grid.getByRole('row')).toHaveCount(2); // with the head
  await grid.getByRole('row').nth(1).click();
  await page.keyboard.press('Enter');
  const detail = page.getByTestId('network-detail');
  await expect(detail).toContainText('500');
  await detail.getByRole('tab', { name: 'Response' }).click();
  await expect(detail).toContainText('payment provider timed out');
  await detail.getByRole('tab', { name: 'Payload' }).click();
  await expect(detail).toContainText('••••••');
  for (const secret of ['4111', 'correct horse', '123']) await expect(detail).not.toContainText(secret);
  await picture(agent, 'request');
  await page.keyboard.press('Escape');
  await page.getByTestId('panel-filter').fill('');
  await page.getByTestId('panel-filter').blur();
  await picture(agent, 'network');

  await open(agent, 'console');
  await expect(page.getByTestId('console-rows')).toContainText('payment failed');
  await picture(agent, 'console');
  await open(agent, 'errors');
  await expect(page.getByTestId('error-rows')).toContainText('payment provider timed out');
  const thrown = page.getByTestId('error-rows').getByRole('row').filter({ hasText: 'Unhandled rejection' });
  await thrown.locator('.e-title').last().click();
  // The place in the sources, once the agent gives the build's map.
  const wrong = page.getByTestId('error-detail');
  await page.getByTestId('own-map').setInputFiles({ name: 'x.map', mimeType: 'text/plain', buffer: Buffer.from('no') });
  await expect(wrong).toContainText('x.map is not a source map');
  const lines = `AAAA${';AACA'.repeat(400)}`;
  const map = JSON.stringify({ version: 3, sources: ['checkout/pay.ts'], names: [], mappings: lines });
  await page
    .getByTestId('own-map')
    .setInputFiles({ name: 'shop.js.map', mimeType: 'application/json', buffer: Buffer.from(map) });
  await expect(wrong).toContainText('pay.ts:157');
  await picture(agent, 'errors');
  await open(agent, 'environment');
  await expect(page.getByTestId('environment')).toContainText('Chrome');
  await picture(agent, 'environment');
  await open(agent, 'performance');
  await expect(page.getByTestId('performance')).toContainText('LCP');
  await picture(agent, 'performance');

  // The moment of the click: the message is not there yet.
  await open(agent, 'events');
  const click = page.getByTestId('event-rows').getByRole('row').filter({ hasText: 'Pay now' }).first();
  await expect(click).toBeVisible();
  await picture(agent, 'events');
  await agent.sees('Payment failed', '#pay-error');
  await click.click();
  await page.keyboard.press('j');
  await expect(page.getByTestId('looking-back')).toHaveAttribute('data-kept', 'true');
  await agent.sees('Pay now');
  const message = async () =>
    (await agent.stage()).evaluate(() => document.querySelector('#pay-error')?.textContent ?? '');
  await expect.poll(message).toBe('');
  await picture(agent, 'moment');
  // Entries of other panels at that moment are marked.
  await open(agent, 'network');
  await expect(page.getByTestId('network-rows').locator('.near').first()).toBeVisible();
  await page.keyboard.press('l');
  await expect(page.getByTestId('looking-back')).toHaveCount(0);
  await agent.sees('Payment failed', '#pay-error');

  // By keyboard and reader alike.
  const names = Object.keys(KEYS) as Panel[];
  for (const panel of names) {
    if ((await page.getByTestId(`panel-${panel}`).getAttribute('aria-selected')) !== 'true') await open(agent, panel);
    await page.evaluate(AxeBuilder.source);
    const found = await page.evaluate(async () => {
      const { axe } = window as unknown as {
        axe: { run: (at: string) => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
      };
      const { violations } = await axe.run('[data-testid=dock]');
      return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)}`);
    });
    expect.soft(found, panel).toEqual([]);
  }
});
