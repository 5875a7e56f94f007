// Storms of changes (R11): the agent has it all after each, and what the recorder keeps is bounded. CPU time by task and the time until
// the agent has it are printed, not judged: they are the machine's, too.
import { LOADER, Pages } from '../pages.ts';
import type { Agent } from '../people.ts';
import { expect, often, test } from '../test.ts';
import { heap, Trace } from '../trace.ts';
import { Visit } from '../visit.ts';

const ROWS = Number(process.env.ROWS ?? 4000);
/** MiB */
const MEMORY = 64;

/** CPU ms: the longest task of ours, what of it was the engine's, all of them; ms until the page has shown it, and the agent after that. */
const rounded = (figures: Record<string, number>) =>
  Object.fromEntries(Object.entries(figures).map(([name, ms]) => [name, Math.round(ms)]));

const page = (body: string) =>
  `<!doctype html><html lang=en><head><meta charset=utf-8><title>Storm</title><style>li { margin: 0 }</style>${LOADER}</head><body><h1 id=h>Storm</h1><ul id=list></ul>${body}<p id=mark>begun</p></body></html>`;

/** In the page: each storm is one task of the page's, as the worst are. */
const storms: Record<string, string> = {
  'rows by markup': `list.innerHTML = Array.from({ length: ROWS }, (_, i) => '<li class=r' + i % 9 + '>row ' + i + '</li>').join('')`,
  'an attribute of each': `for (const row of list.children) row.className = 'x' + row.className`,
  'texts of each': `for (const row of list.children) row.firstChild.data += '.'`,
  'turned around': `list.append(...[...list.children].reverse())`,
  'each one moved twice': `{ const rows = [...list.children]; for (const row of rows) list.prepend(row); for (const row of rows) list.append(row) }`,
  'all gone, and others there': `list.replaceChildren(...Array.from({ length: ROWS }, (_, i) => Object.assign(document.createElement('li'), { textContent: 'new ' + i })))`,
  'rows made and taken away': `for (let i = 0; i < ROWS; i++) { const row = document.createElement('li'); list.append(row); row.remove() }`,
  'some of them gone': `for (const row of [...list.children]) if (row.textContent.endsWith('3')) row.remove()`,
  'the list into another element': `{ const div = document.createElement('div'); list.before(div); div.append(list) }`,
  'the list gone': `list.remove()`,
};

/** The page has shown what it became. */
const painted = 'new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))';

async function has(agent: Agent, text: string): Promise<void> {
  const mark = async () => (await agent.stage()).evaluate(() => document.querySelector('#mark')?.textContent);
  await expect.poll(() => mark().catch(() => undefined), { ...often, timeout: 60_000 }).toBe(text);
}

test(`storms of ${ROWS} rows: the agent has the page after each, and the recorder keeps little`, async ({
  browser,
}) => {
  test.setTimeout(120_000 + ROWS * 5);
  const pages = await Pages.open({ '/': { body: page('') } });
  const plain = await browser.newContext();
  const alone = await plain.newPage();
  await alone.goto(pages.at('/'));
  await alone.evaluate(`globalThis.ROWS = ${ROWS}`);
  for (const storm of Object.values(storms)) await alone.evaluate(storm);
  const without = await heap(alone);
  await plain.close();
  await Visit.to(browser, pages, '/', async (visit) => {
    const { agent, realm, customer } = visit;
    await agent.sees('begun');
    await realm.main(`globalThis.ROWS = ${ROWS}`);
    const costs: Record<string, unknown>[] = [];
    for (const [name, storm] of Object.entries(storms)) {
      const trace = await Trace.of(customer.page);
      const began = performance.now();
      await realm.main(`{ ${storm}; mark.textContent = ${JSON.stringify(`after: ${name}`)} } ${painted}`);
      const own = performance.now() - began;
      await has(agent, `after: ${name}`);
      const all = performance.now() - began;
      const { longest, engine, total } = await trace.end();
      costs.push({ storm: name, ...rounded({ longest, engine, total, page: own, agent: all - own }) });
    }
    const held = (await heap(customer.page)) - without;
    for (const cost of costs) console.log(JSON.stringify({ promise: 'R11', rows: ROWS, ...cost }));
    console.log(JSON.stringify({ promise: 'R11', rows: ROWS, heldMiB: Math.round(held * 10) / 10 }));
    expect(held, 'MiB').toBeLessThan(MEMORY);
    await visit.same('after all storms');
    expect((await agent.stats()).mismatches).toBe(0);
  });
});
