// Frames of other origins: a box with its owner's name, unless both sites want that the page in it is seen.
import type { Frame } from '@playwright/test';
import { OpWriter } from '@ridealong/wire';
import { Pages } from '../pages.ts';
import type { Agent } from '../people.ts';
import { expect, test } from '../test.ts';
import { Visit } from '../visit.ts';

const tag = (words: string) => `<script async ${words} src="{{RELAY}}/r/loader.js"></script>`;
const DOT = `<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><rect width="20" height="20" fill="rgb(0,150,0)"/></svg>`;

const widget = (
  words: string,
) => `<!doctype html><html lang=en><head><meta charset=utf-8><title>Pay</title>${tag(words)}
  <style>button { color: rgb(1, 2, 3) }</style></head><body style="margin:0"><p id=p>the widget</p><p class=secret>sort code 112233</p><p data-ridealong-mask>hidden one</p>
  <input id=field><button id=b>Pay</button><img id=dot src=/dot.svg alt=dot></body></html>`;

const outer = (
  words: string,
  address: string,
) => `<!doctype html><html lang=en><head><meta charset=utf-8><title>Shop</title>${tag(words)}</head>
  <body><h1>Shop</h1><iframe id=f src="${address}" width=400 height=200></iframe><p id=last>last</p></body></html>`;

/** The documents inside of the stage's frames. */
async function inner(agent: Agent): Promise<Frame[]> {
  return (await agent.stage()).childFrames();
}

const textIn = async (agent: Agent): Promise<string> =>
  (
    await Promise.all((await inner(agent)).map((frame) => frame.evaluate(() => document.body?.textContent ?? '')))
  ).join();

async function twoSites(
  words: (shop: string, pay: string) => [shop: string, pay: string],
  use: (visit: Visit, pay: Pages) => Promise<void>,
  browser: Parameters<typeof Visit.to>[0],
) {
  const shop = await Pages.open();
  const opened = await Pages.open({ '/dot.svg': { body: DOT, type: 'image/svg+xml' } });
  // Another host, not only another port.
  const origin = opened.origin.replace('localhost', '127.0.0.1');
  const [ofShop, ofPay] = words(shop.origin, origin);
  opened.put('/', { body: widget(ofPay) });
  opened.put('/other', { body: widget(ofPay).replace('the widget', 'the other page') });
  shop.put('/', { body: outer(ofShop, `${origin}/`) });
  try {
    await Visit.to(
      browser,
      shop,
      '/',
      async (visit) => {
        await use(visit, opened);
      },
      {
        prepare: async (context) => {
          // The widget's pages name the server that the visit began.
          opened.relay = shop.relay;
          await context.route('**/*', (route) => route.continue());
        },
      },
    );
  } finally {
    await opened.close();
  }
}

test('a page of another origin in a frame is seen where both sites want it, by the rules of both', async ({
  browser,
}) => {
  test.setTimeout(90_000);
  await twoSites(
    (shop, pay) => [`data-frames="${pay}" data-mask=".secret"`, `data-within="${shop}"`],
    async ({ agent, customer }) => {
      const seen = expect.poll(() => textIn(agent), { timeout: 15_000 });
      await seen.toContain('the widget');
      const text = await textIn(agent);
      expect(text).not.toContain('112233'); // by the shop's rules
      expect(text).not.toContain('hidden one'); // by its own
      const frame = customer.page.frames().find((one) => one.url().includes('127.0.0.1'));
      if (!frame) throw new Error('there is no widget');
      await frame.evaluate(() => {
        document.querySelector('#p')?.append(' goes on');
        document.styleSheets[0]?.insertRule('button { color: rgb(9, 9, 9) }', 1);
      });
      await expect.poll(() => textIn(agent)).toContain('the widget goes on');
      await frame.fill('#field', 'typed');
      const [shown] = await inner(agent);
      if (!shown) throw new Error('there is no frame');
      await expect.poll(() => shown.evaluate(() => document.querySelector('input')?.value)).toBe('•••••');
      await expect
        .poll(() => shown.evaluate(() => getComputedStyle(document.querySelector('button') as Element).color))
        .toBe('rgb(9, 9, 9)');
      // Read by the widget's own page.
      await expect.poll(() => shown.evaluate(() => document.querySelector('img')?.naturalWidth)).toBe(20);
      // A late colleague's browser has it too.
      await agent.page.evaluate(() => (window as unknown as { __ridealong: { again(): void } }).__ridealong.again());
      await expect.poll(() => textIn(agent)).toContain('the widget goes on');
      // Another page in the frame.
      await frame.goto(frame.url().replace(/\/$/, '/other'));
      await expect.poll(() => textIn(agent)).toContain('the other page');
      expect(await textIn(agent)).not.toContain('goes on');
      await customer.page.evaluate(() => document.querySelector('#f')?.remove());
      await expect.poll(async () => (await inner(agent)).length).toBe(0);
      await agent.sees('last');
      expect((await agent.stats()).mismatches).toBe(0);
    },
    browser,
  );
});

for (const [what, words] of Object.entries({
  'the frame’s site does not name the page around it': (_: string, pay: string) => [`data-frames="${pay}"`, ''],
  'the frame’s site names another': (_: string, pay: string) => [
    `data-frames="${pay}"`,
    'data-within="https://shop.example"',
  ],
  'the site around does not name the frame’s': (shop: string) => ['', `data-within="${shop}"`],
}))
  test(`a frame stays a box where ${what}`, async ({ browser }) => {
    await twoSites(
      (shop, pay) => words(shop, pay) as [string, string],
      async ({ agent, customer }) => {
        await agent.sees('last');
        await customer.page.waitForTimeout(1500); // time enough where it is seen
        expect(await textIn(agent)).not.toContain('the widget');
        const asked = customer.page.frames().find((one) => one.url().includes('127.0.0.1'));
        // Not even the recorder was loaded there.
        const loaded = await asked?.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
        expect(loaded?.filter((name) => /recorder/.test(name))).toEqual([]);
      },
      browser,
    );
  });

/** Ops of a document with one text, as a frame's own code could write them. */
function forged(text: string): OpWriter {
  const writer = new OpWriter();
  writer.reset(0);
  writer.insert(1, 0);
  writer.element(2, 0, 'html', []);
  writer.element(3, 0, 'body', []);
  writer.text(4, text);
  writer.end();
  writer.end();
  writer.end();
  return writer;
}

const LIAR = `<!doctype html><body><script>
  addEventListener('message', ({ data, ports: [port] }) => {
    if (data[0] !== 'ridealong-1') return;
    window.heard = [];
    window.base = data[4];
    port.onmessage = ({ data }) => window.heard.push(data[0]);
    window.say = (message) => port.postMessage(message.map((one) => Array.isArray(one) ? Uint8Array.from(one) : one));
  });
</script>`;

test('a frame that lies is a box, and the page around it goes on', async ({ browser }) => {
  test.setTimeout(90_000);
  await twoSites(
    (_, pay) => [`data-frames="${pay}"`, ''],
    async ({ agent, customer }, pay) => {
      pay.put('/', { body: LIAR });
      await agent.sees('last');
      const frame = () => customer.page.frames().find((one) => one.url().includes('127.0.0.1')) as Frame;
      let loads = 0;
      const anew = async () => {
        const url = `${frame().url().split('?')[0]}?${++loads}`;
        await customer.page.evaluate((url) => {
          (document.querySelector('#f') as HTMLIFrameElement).src = url;
        }, url);
        const asked = () => frame().evaluate((url) => location.href === url && 'say' in window, url);
        await expect.poll(() => asked().catch(() => false)).toBe(true);
      };
      const say = (message: unknown[]) =>
        frame().evaluate((message) => (Reflect.get(window, 'say') as (m: unknown[]) => void)(message), message);
      const heard = () => frame().evaluate(() => Reflect.get(window, 'heard') as number[]);
      const fine = () => [...forged('a document like any').take()];
      await anew();
      await say([0, fine(), true]);
      await expect.poll(() => textIn(agent)).toContain('a document like any'); // so that the rest means something
      const removal = forged('x');
      removal.remove([99]);
      const sheet = forged('x');
      sheet.rule(7, [0], 1, 'a{}');
      const lies: Record<string, unknown[]> = {
        'no bytes': [0, 'ops', true],
        'bytes that are no ops': [0, [250, 1, 2, 3], true],
        'half an op': [0, fine().slice(0, -2), true],
        'a node that is not there': [0, [...removal.take()], true],
        'a sheet that is not there': [0, [...sheet.take()], true],
        'a text that was never said': [0, [5, 4, 200], false],
      };
      for (const [what, lie] of Object.entries(lies)) {
        await anew();
        await say([0, fine(), true]);
        await expect.poll(() => textIn(agent), what).toContain('a document like any');
        await say(lie);
        await expect.poll(heard, what).toContain(3);
        await expect.poll(() => textIn(agent), what).not.toContain('a document like any');
      }
      // Not understood, and no reason to end anything.
      await anew();
      for (const other of [[7], ['ops'], [1, 5, [1, 2]], [1, 'x'], [2, 'x', {}], [2, Number.NaN, 1e300]])
        await say(other);
      await say([0, fine(), true]);
      await expect.poll(() => textIn(agent)).toContain('a document like any');
      await customer.page.evaluate(() => document.querySelector('#last')?.append(', and more'));
      await agent.sees('last, and more');
      expect((await agent.stats()).mismatches).toBe(0);
    },
    browser,
  );
});
