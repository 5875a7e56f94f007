// A live session of ours for a bench: agent and customer in one browser, the customer's page given.

/** The server lets one address join 20 times a minute, and a join is two questions. */
const PACE = 6500;

async function pace(house) {
  const wait = (house.openedAt ?? 0) + PACE - Date.now();
  if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
  house.openedAt = Date.now();
}

/**
 * Opens a session on `page` and waits until the agent sees it; `frame` is the stage's. `script` runs before every frame's own, and the
 * pages are given to `agentReady` and `customerReady` before they load.
 */
export async function live(browser, house, page, { noDirect = false, script, agentReady, customerReady } = {}) {
  await pace(house);
  const agentContext = house.agentState
    ? await browser.newContext({ storageState: house.agentState })
    : await browser.newContext();
  if (script) await agentContext.addInitScript(script);
  const agent = await agentContext.newPage();
  agentReady?.(agent);
  await agent.goto(house.agentState ? house.url : house.link);
  await agent.getByTestId('new-session').first().waitFor();
  house.agentState ??= await agentContext.storageState();
  await agent.getByTestId('new-session').first().click();
  const address = agent.getByRole('dialog').locator('input[type=url], input[name=page]').first();
  await address.fill(page);
  await agent.getByTestId('create-session').click();
  await agent.waitForURL(/\/s\//);
  const link = await agent.getByTestId('customer-link').inputValue();
  const at = new URL(agent.url());
  at.searchParams.set('e2e', '');
  await agent.goto(at.href);
  await agent.getByTestId('screen-waiting').waitFor();

  const customerContext = await browser.newContext();
  if (noDirect) await customerContext.addInitScript(() => Reflect.deleteProperty(globalThis, 'RTCPeerConnection'));
  if (script) await customerContext.addInitScript(script);
  const customer = await customerContext.newPage();
  customerReady?.(customer);
  await customer.goto(link);
  const allow = customer.getByRole('button', { name: /^allow/i });
  await customer.waitForTimeout(700);
  await allow.click();
  await customer.waitForURL(`${new URL(page).origin}/**`);
  const rung = noDirect ? 'fallback' : 'direct';
  await agent.waitForFunction((wanted) => globalThis.__ridealong?.rung() === wanted, rung, { timeout: 15_000 });
  await agent.waitForFunction(() => globalThis.__ridealong.stats().epoch > 0, undefined, { timeout: 15_000 });
  const handle = await agent.locator('[data-testid=stage] [data-shown] iframe').last().elementHandle();
  const frame = await handle.contentFrame();
  return {
    agent,
    customer,
    frame,
    async close() {
      await customerContext.close();
      await agentContext.close();
    },
  };
}
