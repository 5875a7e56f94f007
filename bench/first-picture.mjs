// P2: the customer's click on Allow until the agent's first painted picture, beside what the page alone takes to load.
//
// Both ends write their moments to their console with the machine's clock. `load` is the same page without a session, in the same run:
// navigation until the load event. A picture counts when the frame after its text is drawn.
import { launch } from './browser.mjs';
import { median, print, ratio, summary } from './figures.mjs';
import { live } from './live.mjs';
import { pages, ridealong } from './server.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? 10);

/** In every frame, before its scripts. */
function moments() {
  const clock = () => performance.timeOrigin + performance.now();
  const tell = (what, at) => console.debug(`bench ${what} ${at}`);
  addEventListener('click', (event) => event.isTrusted && tell('click', clock()), true);
  if (globalThis.top === globalThis.self) return;
  const look = new MutationObserver(() => {
    if ((document.body?.textContent?.length ?? 0) < 200) return;
    look.disconnect();
    requestAnimationFrame(() => setTimeout(() => tell('picture', clock())));
  });
  look.observe(document, { childList: true, subtree: true });
}

/** The first of these moments on this page. */
function first(page, wanted) {
  return new Promise((resolve) => {
    page.on('console', (message) => {
      const [mark, what, at] = message.text().split(' ');
      if (mark === 'bench' && what === wanted) resolve(Number(at));
    });
  });
}

async function picture(browser, house, page) {
  const told = {};
  const pair = await live(browser, house, page, {
    agentReady: (agent) => {
      told.picture = first(agent, 'picture');
    },
    customerReady: (customer) => {
      told.click = first(customer, 'click');
    },
    script: moments,
  });
  const took = (await told.picture) - (await told.click);
  await pair.close();
  return took;
}

/** The page without a session. */
async function load(browser, page) {
  const context = await browser.newContext();
  const tab = await context.newPage();
  await tab.goto(page, { waitUntil: 'load' });
  const took = await tab.evaluate(() => {
    const [entry] = performance.getEntriesByType('navigation');
    return entry.loadEventStart;
  });
  await context.close();
  return took;
}

export async function run() {
  const browser = await launch();
  const before = await ridealong();
  const site = await pages(`<script async src="${before.url}/r/loader.js"></script>`);
  await before.close();
  const [relay, shop] = [before.url, before.shop].map((url) => Number(new URL(url).port));
  const house = await ridealong({ origins: [site.origin], relay, shop });
  const cases = { shop: `${house.shop}/`, '13k-nodes': `${site.origin}/large.html` };
  try {
    for (const [name, page] of Object.entries(cases)) {
      const [loads, pictures] = [[], []];
      for (let i = 0; i < ROUNDS; i++) {
        loads.push(await load(browser, page));
        pictures.push(await picture(browser, house, page));
      }
      print({ bench: 'first-picture', case: name, variant: 'load', ...summary(loads), unit: 'ms' });
      print({ bench: 'first-picture', case: name, variant: 'picture', ...summary(pictures), unit: 'ms' });
      const allowed = pictures.map((_, i) => 1.3 * loads[i] + 150);
      const share = pictures.map((p, i) => p / allowed[i]);
      ratio('first-picture', 'picture/(1.3 load + 150 ms)', share, {
        case: name,
        allowed_ms: Math.round(median(allowed)),
      });
    }
  } finally {
    await browser.close();
    await house.close();
    site.close();
  }
}
