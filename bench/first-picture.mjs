// P2: the customer's click on Allow until the agent's first painted picture, and until the page itself has loaded.
import { launch } from './browser.mjs';
import { print, summary } from './figures.mjs';
import { live } from './live.mjs';
import { ridealong } from './server.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? 10);

export async function run() {
  const browser = await launch();
  const house = await ridealong();
  const pictures = [];
  const loads = [];
  try {
    for (let i = 0; i < ROUNDS; i++) {
      const pair = await live(browser, house, `${house.shop}/`);
      const painted = await pair.frame.evaluate(() => {
        const paint = performance.getEntriesByType('paint').find((entry) => entry.name === 'first-contentful-paint');
        return paint ? performance.timeOrigin + paint.startTime : 0;
      });
      const loaded = await pair.customer.evaluate(
        () => performance.timeOrigin + performance.timing.loadEventEnd - performance.timing.navigationStart,
      );
      if (painted > 0) pictures.push(painted - pair.allowedAt);
      loads.push(loaded - pair.allowedAt);
      await pair.close();
    }
  } finally {
    await browser.close();
    await house.close();
  }
  const [picture, load] = [summary(pictures), summary(loads)];
  print({ bench: 'first-picture', case: 'shop', variant: 'picture', ...picture, unit: 'ms' });
  print({ bench: 'first-picture', case: 'shop', variant: 'load', ...load, unit: 'ms' });
  print({ bench: 'first-picture', case: 'shop', over_load_ms: Math.round(picture.p50 - load.p50) });
}
