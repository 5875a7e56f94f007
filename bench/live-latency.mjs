// P1: DOM change in the customer's page until the same change is in the agent's DOM.
//
// All variants run in one browser on one page, alternating, over several rounds. The customer writes its clock into a cell; a mutation
// observer in the agent's document reads it there and takes the difference. `floor` is a bare data channel and one DOM write;
// `untold` is `direct` without telemetry, so that what the picture waits for is told apart.
import { launch } from './browser.mjs';
import { median, percentile, print, ratio, summary } from './figures.mjs';
import { live } from './live.mjs';
import { pages, ridealong } from './server.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? 5);
const CHANGES = Number(process.env.CHANGES ?? 300);
const GAP = 37;

/** In the agent's document: collects the latency of every stamp that appears. */
function observe() {
  const letters = 'abcdefghij';
  const clock = () => performance.timeOrigin + performance.now();
  globalThis.latencies = [];
  const read = (text) => {
    if (!/^t[a-j]{12,}$/.test(text ?? '')) return;
    const sent = Number([...text.slice(1)].map((c) => letters.indexOf(c)).join('')) / 1000;
    globalThis.latencies.push(clock() - sent);
  };
  new MutationObserver((records) => {
    for (const r of records) {
      if (r.type === 'characterData') read(r.target.data);
      for (const n of r.addedNodes) if (n.nodeType === 3) read(n.data);
    }
  }).observe(document, { subtree: true, childList: true, characterData: true });
}

const take = () => globalThis.latencies.splice(0);

/** Two pages joined by a bare data channel; descriptions travel through the bench. */
async function channel(browser, origin, customerSetup, agentSetup) {
  const context = await browser.newContext();
  const [customer, agent] = [await context.newPage(), await context.newPage()];
  await customer.goto(`${origin}/customer.html`);
  await agent.goto(`${origin}/agent.html`);
  const open = (offerer) => {
    globalThis.pc = new RTCPeerConnection();
    globalThis.dc = globalThis.pc.createDataChannel('x', { negotiated: true, id: 1 });
    globalThis.dc.binaryType = 'arraybuffer';
    const gathered = () =>
      new Promise((r) => {
        if (globalThis.pc.iceGatheringState === 'complete') return r();
        globalThis.pc.onicegatheringstatechange = () => globalThis.pc.iceGatheringState === 'complete' && r();
      });
    globalThis.gathered = gathered;
    return offerer
      ? globalThis.pc
          .setLocalDescription()
          .then(gathered)
          .then(() => globalThis.pc.localDescription.toJSON())
      : null;
  };
  await agent.evaluate(open, false);
  const offer = await customer.evaluate(open, true);
  const answer = await agent.evaluate(async (o) => {
    await globalThis.pc.setRemoteDescription(o);
    await globalThis.pc.setLocalDescription();
    await globalThis.gathered();
    return globalThis.pc.localDescription.toJSON();
  }, offer);
  await customer.evaluate((a) => globalThis.pc.setRemoteDescription(a), answer);
  await customer.waitForFunction(() => globalThis.dc.readyState === 'open');
  await agentSetup(agent);
  await customerSetup(customer);
  return { customer, frame: agent.mainFrame(), close: () => context.close() };
}

async function floor(browser, origin) {
  const pair = await channel(
    browser,
    origin,
    (customer) =>
      customer.evaluate(() => {
        new MutationObserver((records) => {
          for (const r of records) {
            const row = r.target.parentElement?.parentElement;
            if (row instanceof HTMLTableRowElement) globalThis.dc.send(JSON.stringify([row.rowIndex, r.target.data]));
          }
        }).observe(document, { subtree: true, characterData: true });
      }),
    async (agent) => {
      await agent.addScriptTag({ url: `${origin}/table.js` });
      await agent.evaluate(() => {
        globalThis.dc.onmessage = (event) => {
          const [row, text] = JSON.parse(event.data);
          document.querySelector('tbody').rows[row].cells[2].firstChild.data = text;
        };
      });
    },
  );
  await pair.frame.evaluate(observe);
  return pair;
}

async function rrweb(browser, origin) {
  const pair = await channel(
    browser,
    origin,
    async (customer) => {
      await customer.addScriptTag({ url: `${origin}/rrweb-record.js` });
      await customer.evaluate(() => {
        const record = globalThis.rrwebRecord?.record ?? globalThis.rrweb?.record ?? globalThis.record;
        const part = 60_000;
        record({
          emit(event) {
            const text = JSON.stringify(event);
            for (let i = 0; i < text.length; i += part)
              globalThis.dc.send((i + part >= text.length ? '.' : '+') + text.slice(i, i + part));
          },
        });
      });
    },
    async (agent) => {
      await agent.addScriptTag({ url: `${origin}/rrweb-replay.js` });
      await agent.evaluate(() => {
        const { Replayer } = globalThis.rrwebReplay ?? globalThis.rrweb;
        // Remote clocks make the player wait: events are stamped with the time they arrive, and the virtual DOM, which
        // live mode never flushes, is off. Both favour rrweb.
        const player = new Replayer([], { liveMode: true, useVirtualDom: false, mouseTail: false });
        player.startLive(Date.now());
        let text = '';
        globalThis.dc.onmessage = (event) => {
          text += event.data.slice(1);
          if (event.data[0] === '+') return;
          const e = JSON.parse(text);
          text = '';
          player.addEvent({ ...e, timestamp: Date.now() });
        };
      });
    },
  );
  await pair.frame.waitForFunction(
    () => (document.querySelector('iframe')?.contentDocument?.querySelectorAll('tr').length ?? 0) === 500,
  );
  await pair.frame.evaluate((source) => {
    const inside = document.querySelector('iframe').contentDocument;
    new Function('document', 'globalThis', `(${source})()`)(inside, globalThis);
  }, observe.toString());
  return pair;
}

async function ours(browser, house, origin, noDirect) {
  const pair = await live(browser, house, `${origin}/customer.html`, { noDirect });
  await pair.frame.waitForFunction(() => document.querySelectorAll('tr').length === 500);
  await pair.frame.evaluate(observe);
  return pair;
}

async function measure(pair, noisy) {
  const stop = noisy ? await pair.customer.evaluateHandle(() => globalThis.noise(10_000)) : undefined;
  await pair.customer.evaluate((n) => globalThis.changes(n, 37), 20);
  await pair.frame.evaluate(take);
  await pair.customer.evaluate(([n, gap]) => globalThis.changes(n, gap), [CHANGES, GAP]);
  await new Promise((resolve) => setTimeout(resolve, 300));
  await stop?.evaluate((f) => f());
  return pair.frame.evaluate(take);
}

export async function run() {
  const browser = await launch();
  const site = await pages();
  const house = await ridealong({ origins: [site.origin] });
  const withLoader = await pages(`<script async src="${house.url}/r/loader.js"></script>`);
  const untold = await pages(`<script async src="${house.url}/r/loader.js" data-tell-telemetry="off"></script>`);
  await house.close();
  const server = await ridealong({
    origins: [withLoader.origin, untold.origin],
    relay: Number(new URL(house.url).port),
    shop: Number(new URL(house.shop).port),
  });
  try {
    const variants = {
      floor: () => floor(browser, site.origin),
      rrweb: () => rrweb(browser, site.origin),
      direct: () => ours(browser, server, withLoader.origin, false),
      fallback: () => ours(browser, server, withLoader.origin, true),
    };
    await oneCase(variants, 'table', false);
    await oneCase({ ...variants, untold: () => ours(browser, server, untold.origin, false) }, 'table-noise', true);
  } finally {
    await browser.close();
    await server.close();
    site.close();
    withLoader.close();
    untold.close();
  }
}

async function oneCase(variants, name, noisy) {
  const rounds = Object.fromEntries(Object.keys(variants).map((variant) => [variant, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [variant, open] of Object.entries(variants)) {
      const pair = await open();
      const latencies = await measure(pair, noisy);
      await pair.close();
      if (latencies.length < CHANGES * 0.99)
        throw new Error(`${variant}: only ${latencies.length} of ${CHANGES} changes arrived`);
      rounds[variant].push(latencies);
    }
  }
  for (const [variant, all] of Object.entries(rounds)) {
    print({ bench: 'live-latency', case: name, variant, ...summary(all.flat()), unit: 'ms' });
  }
  const at = (variant, round, p) =>
    percentile(
      [...rounds[variant][round]].sort((a, b) => a - b),
      p,
    );
  for (const [over, under] of [
    ['direct', 'floor'],
    ['rrweb', 'direct'],
    ['fallback', 'direct'],
    ['direct', 'untold'],
  ]) {
    if (!rounds[over] || !rounds[under]) continue;
    for (const p of [50, 99]) {
      ratio(
        'live-latency',
        `${over}/${under}`,
        rounds.floor.map((_, i) => at(over, i, p) / at(under, i, p)),
        { case: name, at: `p${p}` },
      );
    }
  }
  return median(rounds.direct.flat());
}
