// What a page shows besides its tree, the whole way: canvases, videos, pictures behind a login.
import type { Page } from '@playwright/test';
import { House } from '../house.ts';
import { Agent, Customer } from '../people.ts';
import { type Answer, OwnSite } from '../site.ts';
import { expect, test } from '../test.ts';

const square = (color: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><rect width="40" height="40" fill="${color}"/></svg>`;
const svg = (color: string): Answer => ({ type: 'image/svg+xml', body: square(color) });

const body = `<p>here it is</p><canvas id=c width=60 height=40></canvas><img id=secret src=/secret.svg>
  <div id=back style="width: 40px; height: 40px; background: url(/secret.svg?2)"></div>
  <style>#h { width: 40px; height: 40px; background: rgb(10, 10, 10) } #h:hover { background: rgb(200, 100, 0) }</style><div id=h></div>`;

const files = {
  '/': (_: string, site: OwnSite): Answer => ({
    type: 'text/html',
    body: `<!doctype html><html><head><title>Pictures</title>${site.tag}</head><body style="margin: 0">${body}</body></html>`,
    headers: { 'set-cookie': 'login=yes; SameSite=Lax' },
  }),
  '/secret.svg': (cookie: string): Answer =>
    cookie.includes('login=yes') ? svg('rgb(0, 128, 0)') : { type: 'text/plain', body: 'who are you' },
};

/** About the colour in the middle of what is seen of an element: pictures are compressed. */
async function colorOf(page: Page, selector: string): Promise<string> {
  const bytes = await page.frameLocator('[data-testid=stage] iframe').last().locator(selector).screenshot();
  return page.evaluate(async (base64) => {
    const bitmap = await createImageBitmap(
      new Blob([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], { type: 'image/png' }),
    );
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
    context?.drawImage(bitmap, 0, 0);
    const [r = 0, g = 0, b = 0] = context?.getImageData(bitmap.width >> 1, bitmap.height >> 1, 1, 1).data ?? [];
    return [r, g, b].map((value) => Math.round(value / 50) * 50).join();
  }, bytes.toString('base64'));
}

test('a canvas is seen as it is drawn on, what the pointer is over looks so, and a picture behind a login is read by nobody but the customer', async ({
  browser,
}) => {
  const site = await OwnSite.open(files);
  const house = await House.start({ args: ['--origins', site.origin] });
  site.tag = `<script async src="${house.relay}/r/loader.js"></script>`;
  try {
    const agent = await Agent.signIn(browser, house);
    const elsewhere: string[] = [];
    agent.context.on('request', (request) => request.url().startsWith(house.relay) || elsewhere.push(request.url()));
    const customer = await Customer.open(browser, await agent.newSession({ 'Page to open': `${site.origin}/` }));
    await customer.allow(site.origin);
    await agent.sees('here it is');
    const draw = (color: string) =>
      customer.page.evaluate((color) => {
        const context = document.querySelector('canvas')?.getContext('2d');
        if (!context) return;
        context.fillStyle = color;
        context.fillRect(0, 0, 60, 40);
      }, color);
    const seen = (selector: string) => expect.poll(() => colorOf(agent.page, selector), { timeout: 20_000 });
    await draw('rgb(255, 0, 0)');
    await seen('#c').toBe('250,0,0');
    await draw('rgb(0, 0, 255)');
    await seen('#c').toBe('0,0,250');
    await seen('#secret').toBe('0,150,0');
    await seen('#back').toBe('0,150,0');
    await customer.page.hover('#h');
    await seen('#h').toBe('200,100,0');
    // The server and the agent's browser have no part in it. (about:invalid stands for a picture until its bytes are here.)
    expect(elsewhere.filter((url) => !/^(blob|about):/.test(url))).toEqual([]);
    const reads = site.asked.filter(({ path }) => path === '/secret.svg');
    expect(reads.length).toBeGreaterThan(0);
    expect(reads.filter(({ cookie }) => !cookie.includes('login=yes'))).toEqual([]);
    await Promise.all(browser.contexts().map((context) => context.close()));
  } finally {
    await house.stop();
    await site.close();
  }
});
