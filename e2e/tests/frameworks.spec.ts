// Frameworks' production builds (must hold 4 of the recorder): each demo records fully, and does with the recorder what it does without.
import type { Browser } from '@playwright/test';
import { demo, type Framework, frameworks } from '../frameworks/build.ts';
import { LOADER, Pages } from '../pages.ts';
import { Realm } from '../realm.ts';
import { expect, test } from '../test.ts';
import { Visit } from '../visit.ts';

/** What is done in every demo; a step with `=` types. */
const STEPS = ['add', 'add', 'add', 'reverse', 'toggle', 'name=Ana', 'size=large', 'hue', 'many', 'swap', 'odd', 'modal', 'name=Ana and Bo', 'hue', 'reverse', 'toggle', 'modal', 'clear', 'add']; // biome-ignore format: a list
/** Where the two sides are compared. */
const CHECKED = new Set([2, 4, 7, 9, 11, 13, 16, 18]);

async function site(): Promise<Pages> {
  const pages = await Pages.open();
  const put = async (name: Framework) => {
    const { script, style } = await demo(name);
    pages.put(`/${name}.js`, { body: script, type: 'text/javascript; charset=utf-8' });
    pages.put(`/${name}.css`, { body: style, type: 'text/css' });
    const link = style && `<link rel=stylesheet href=/${name}.css>`;
    pages.put(`/${name}`, {
      body: `<!doctype html><html lang=en><head><meta charset=utf-8><title>${name}</title>${link}
        ${LOADER}</head><body><div id=app></div><script src=/${name}.js></script></body></html>`,
    });
  };
  await Promise.all(frameworks.map(put));
  return pages;
}

/** In the page: does one step, in whatever shadow root its control is. */
const step = (what: string) => `(() => {
  const find = (root, selector) => root.querySelector(selector)
    ?? [...root.querySelectorAll('*')].map((e) => e.shadowRoot && find(e.shadowRoot, selector)).find(Boolean);
  const [name, value] = ${JSON.stringify(what.split('='))};
  const target = find(document, value === undefined ? '[data-do=' + name + ']' : '#' + name);
  if (!target) throw new Error('there is no ' + name);
  if (value === undefined) return target.click();
  const prototype = Object.getPrototypeOf(target);
  Object.getOwnPropertyDescriptor(prototype, 'value').set.call(target, value);
  target.dispatchEvent(new Event('input', { bubbles: true }));
  target.dispatchEvent(new Event('change', { bubbles: true }));
})()`;

/** In the page: all that the app made, without where a moment's size put things. */
const result = `(() => {
  const of = (node) => {
    if (node.nodeType === 3) return node.data;
    if (node.nodeType !== 1 || node.localName === 'ridealong-bar' || node.localName === 'script') return '';
    const inner = [...(node.shadowRoot?.childNodes ?? []), ...node.childNodes].map(of).join('');
    const attributes = node.getAttributeNames().sort().map((name) => name + '=' + node.getAttribute(name)).join(' ').replace(/(top|left|width|height): [^;]*;/g, '');
    return '<' + node.localName + ' ' + attributes + '|' + (node.value ?? '') + '>' + inner + '</>';
  };
  return of(document.body);
})()`;

/** The app is there: some begin after the page has loaded. */
async function ready(realm: Realm, name: string): Promise<void> {
  await expect.poll(() => realm.main<string>(result), { message: name }).toContain('data-do=add');
}

/** In the page: the same two frames later, or that something moves. */
const calm = `new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))).then(() =>
  document.getAnimations().some((one) => one.playState === 'running') ? 'moves ' + performance.now() : ${result})`;

/** What stays the same for as long as three of the demos' animations. */
async function settled(realm: Realm): Promise<string> {
  let [before, times] = ['', 0];
  const still = async () => {
    const now = await realm.main<string>(calm);
    times = now === before ? times + 1 : 0;
    before = now;
    return times;
  };
  await expect.poll(still, { intervals: [80] }).toBeGreaterThan(2);
  return before;
}

/** The demo's results after each compared step, without a session. */
async function alone(browser: Browser, pages: Pages, name: Framework, errors: string[]): Promise<string[]> {
  const context = await browser.newContext(); // a window of its own: a tab behind another one gets no frames
  const page = await context.newPage();
  page.on('pageerror', (error) => errors.push(`${name} alone: ${error.message}`));
  await page.goto(pages.at(`/${name}`));
  const realm = await Realm.of(page);
  await ready(realm, name);
  const results: string[] = [];
  for (const [i, what] of STEPS.entries()) {
    await realm.main(step(what));
    if (CHECKED.has(i)) results.push(await settled(realm));
  }
  await context.close();
  return results;
}

test('each framework’s demo records fully, and does what it does alone', async ({ browser }) => {
  test.setTimeout(300_000);
  const pages = await site();
  const errors: string[] = [];
  const results = await Promise.all(frameworks.map((name) => alone(browser, pages, name, errors)));
  const use = async (visit: Visit) => {
    const { agent, customer, realm } = visit;
    customer.page.on('pageerror', (error) => errors.push(`recorded: ${error.message}`));
    for (const [n, name] of frameworks.entries()) {
      const { epoch } = await agent.stats();
      if (n > 0) await customer.page.goto(pages.at(`/${name}`));
      if (n > 0) await expect.poll(async () => (await agent.stats()).epoch, { message: name }).toBe(epoch + 1);
      await ready(realm, name);
      await visit.same(name);
      const wanted = results[n] ?? [];
      for (const [i, what] of STEPS.entries()) {
        await realm.main(step(what));
        if (!CHECKED.has(i)) continue;
        const alone = wanted.shift();
        // Where jQuery UI puts a dialog depends on the moment.
        if (name !== 'jquery') await expect.poll(() => realm.main(result), { message: `${name}, ${what}` }).toBe(alone);
        await visit.same(`${name}, ${what}`);
      }
      expect(await realm.main('ridealong.state'), name).toBe('live');
    }
    expect(errors).toEqual([]);
    expect((await agent.stats()).mismatches).toBe(0);
  };
  await Visit.to(browser, pages, `/${frameworks[0]}`, use);
});
