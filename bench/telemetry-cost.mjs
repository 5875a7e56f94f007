// What telemetry costs a page: one call of the console, quiet and in a flood, and one request, beside the same page without a session in
// the same run. µs of the page's own time.
import { launch } from './browser.mjs';
import { print, ratio, summary } from './figures.mjs';
import { live } from './live.mjs';
import { pages, ridealong } from './server.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? 5);

/** In the page. */
const CASES = {
  /** Fewer than the rate that is told: every one of them is. */
  'console-told': async () => {
    const times = [];
    for (let i = 0; i < 30; i++) {
      const start = performance.now();
      for (let k = 0; k < 5; k++) console.log('a line of the page', i, { k, words: 'some words', list: [1, 2, 3] });
      times.push(((performance.now() - start) * 1000) / 5);
      await new Promise((r) => setTimeout(r, 50));
    }
    return times;
  },
  /** Ten thousand a second: most are counted. */
  'console-flood': async () => {
    const times = [];
    for (let i = 0; i < 100; i++) {
      const start = performance.now();
      for (let k = 0; k < 200; k++) console.log('a line of the flood', i, { k, words: 'some words', list: [1, 2, 3] });
      times.push(((performance.now() - start) * 1000) / 200);
      await new Promise((r) => setTimeout(r, 20));
    }
    return times.slice(20);
  },
  /** From the call until the page has its answer. */
  fetch: async () => {
    const times = [];
    for (let i = 0; i < 100; i++) {
      const start = performance.now();
      await (await fetch('/table.js')).text();
      times.push((performance.now() - start) * 1000);
    }
    return times.slice(20);
  },
  /** The call alone. */
  'fetch-call': async () => {
    const times = [];
    for (let i = 0; i < 60; i++) {
      const start = performance.now();
      const answer = fetch('/table.js');
      times.push((performance.now() - start) * 1000);
      await (await answer).text();
    }
    return times.slice(10);
  },
};

export async function run() {
  const server = await ridealong();
  const site = await pages();
  const withLoader = await pages(`<script async src="${server.url}/r/loader.js"></script>`);
  await server.close();
  const house = await ridealong({
    origins: [withLoader.origin],
    relay: Number(new URL(server.url).port),
    shop: Number(new URL(server.shop).port),
  });
  const browser = await launch();
  try {
    const rounds = Object.fromEntries(Object.keys(CASES).map((name) => [name, { none: [], ridealong: [] }]));
    for (let round = 0; round < ROUNDS; round++) {
      const context = await browser.newContext();
      const none = await context.newPage();
      await none.goto(`${site.origin}/customer.html`);
      const pair = await live(browser, house, `${withLoader.origin}/customer.html`);
      const told = () => pair.agent.evaluate(() => globalThis.__ridealong.telemetry.environment.length);
      while ((await told()) === 0) await pair.agent.waitForTimeout(50);
      for (const [name, run] of Object.entries(CASES)) {
        rounds[name].none.push(await none.evaluate(run));
        rounds[name].ridealong.push(await pair.customer.evaluate(run));
      }
      await pair.close();
      await context.close();
    }
    for (const [name, { none, ridealong: ours }] of Object.entries(rounds)) {
      for (const [variant, all] of Object.entries({ none, ridealong: ours }))
        print({ bench: 'telemetry-cost', case: name, variant, ...summary(all.flat()), unit: 'µs' });
      const p50 = (values) => summary(values).p50;
      const over = ours.map((values, i) => p50(values) - p50(none[i]));
      print({ bench: 'telemetry-cost', case: name, added: summary(over).p50, unit: 'µs' });
      ratio(
        'telemetry-cost',
        'ridealong/none',
        ours.map((values, i) => p50(values) / p50(none[i])),
        { case: name },
      );
    }
  } finally {
    await browser.close();
    await house.close();
    site.close();
    withLoader.close();
  }
}
