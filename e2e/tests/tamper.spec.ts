// A server in the middle swaps or strips what proves the link (must hold 6).
import { Agent, Customer } from '../people.ts';
import { swapFingerprint, Wire } from '../signal.ts';
import { expect, test } from '../test.ts';

const strip = (message: string) => {
  const parsed: Record<string, unknown> = JSON.parse(message);
  if (parsed.type === 'greet' || parsed.type === 'accept') delete parsed.description;
  return JSON.stringify(parsed);
};

for (const [name, changes] of Object.entries({
  'the customer’s fingerprint is swapped': { up: swapFingerprint },
  'the agent’s fingerprint is swapped': { down: swapFingerprint },
  'the customer’s description is stripped': { up: strip },
  'the agent’s description is stripped': { down: strip },
})) {
  test(`${name}: the session ends before a byte of the page`, async ({ browser, house }) => {
    const agent = await Agent.signIn(browser, house);
    const link = await agent.newSession();
    const customer = await Customer.open(browser, link);
    const wire = await Wire.tap(customer.context, house, changes);
    await customer.allow(house.shop);
    await expect(agent.page.getByTestId('screen-tampered')).toBeVisible({ timeout: 15_000 });
    const stats = await agent.stats().catch(() => ({ bytes: 0, keyframes: 0 }));
    expect(stats.bytes).toBe(0);
    expect(wire.fallbackFrames).toBe(0);
  });
}
