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

/** An observer that does nothing, in the place of a recorder: what is brought to it is brought to any. */
const FLOOR = `new MutationObserver(function floor() {}).observe(document, { subtree: true, childList: true, attributes: true, characterData: true })`;

/**
 * CPU ms: the longest task of ours, of one that does nothing, what of ours was the engine's, all of them. ms until the page has shown it, and from then until the
 * agent's document is the same, and until the agent's browser has shown that: it takes as long for that as the customer's.
 */
const rounded = (figures: Record<string, number>) =>
  Object.fromEntries(Object.entries(figures).map(([name, ms]) => [name, Math.round(ms)]));

const page = (body: string) =>
  `<!doctype html><html lang=en><head><meta charset=utf-8><title>Storm</title><style>li { margin: 0 }</style>${LOADER}</head><body><h1 id=h>Storm</h1><ul id=list></ul>${body}<p id=mark>begun</p></body></html>`;

/** What the recorder keeps is looked at before it. */
const LAST = 'the list gone';
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
  [LAST]: `list.remove()`,
};

/** The page has shown what it became. */
const painted = 'new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))';

/** Waits until the agent has shown it; gives when the agent's document had it, by the clock of the wall. */
async function has(agent: Agent, text: string): Promise<number> {
  const mark = async () => (await agent.stage()).evaluate(() => document.querySelector('#mark')?.textContent);
  await expect.poll(() => mark().catch(() => undefined), { ...often, timeout: 60_000 }).toBe(text);
  return (await agent.stage()).evaluate(() => Number(Reflect.get(window, 'markAt')));
}

/** The agent's stage notes when the mark changes: an observer is called before anything is laid out. */
async function note(agent: Agent): Promise<void> {
  await (await agent.stage()).evaluate(() => {
    const mark = document.querySelector('#mark');
    const noted = new MutationObserver(() => {
      Object.assign(window, { markAt: Date.now() });
    });
    if (mark) noted.observe(mark, { childList: true, subtree: true, characterData: true });
  });
}

test(`storms of ${ROWS} rows: the agent has the page after each, and the recorder keeps little`, async ({
  browser,
}) => {
  test.setTimeout(120_000 + ROWS * 5);
  const pages = await Pages.open({
    '/': { body: page('') },
    '/floor': { body: page('').replace(LOADER, '<script src=/r/recorder-floor.js></script>') },
    '/r/recorder-floor.js': { body: FLOOR, type: 'text/javascript' },
  });
  const plain = await browser.newContext();
  const alone = await plain.newPage();
  const floors: Record<string, number> = {};
  await alone.goto(pages.at('/floor'));
  await alone.evaluate(`globalThis.ROWS = ${ROWS}`);
  for (const [name, storm] of Object.entries(storms)) {
    const trace = await Trace.of(alone);
    await alone.evaluate(`{ ${storm} } ${painted}`);
    floors[name] = (await trace.end()).longest;
  }
  await alone.goto(pages.at('/'));
  await alone.evaluate(`globalThis.ROWS = ${ROWS}`);
  for (const [name, storm] of Object.entries(storms)) if (name !== LAST) await alone.evaluate(storm);
  const without = await heap(alone);
  await plain.close();
  await Visit.to(browser, pages, '/', async (visit) => {
    const { agent, realm, customer } = visit;
    await agent.sees('begun');
    await note(agent);
    await realm.main(`globalThis.ROWS = ${ROWS}`);
    expect(customer.page.workers()).toEqual([]);
    const costs: Record<string, unknown>[] = [];
    let held = 0;
    for (const [name, storm] of Object.entries(storms)) {
      if (name === LAST) held = (await heap(customer.page)) - without;
      const trace = await Trace.of(customer.page);
      const began = Date.now();
      await realm.main(`{ ${storm}; mark.textContent = ${JSON.stringify(`after: ${name}`)} } ${painted}`);
      const shown = Date.now();
      const at = await has(agent, `after: ${name}`);
      const seen = Date.now() - shown;
      const { longest, engine, total } = await trace.end();
      costs.push({
        storm: name,
        ...rounded({ longest, floor: floors[name] ?? 0, engine, total, page: shown - began, agent: at - shown, seen }),
      });
    }
    // The page was small when the session began.
    await expect.poll(() => customer.page.workers().length).toBe(ROWS > 2500 ? 1 : 0);
    for (const cost of costs) console.log(JSON.stringify({ promise: 'R11', rows: ROWS, ...cost }));
    console.log(JSON.stringify({ promise: 'R11', rows: ROWS, heldMiB: Math.round(held * 10) / 10 }));
    expect(held, 'MiB').toBeLessThan(MEMORY);
    await visit.same('after all storms');
    expect((await agent.stats()).mismatches).toBe(0);
  });
});

test(`a page of ${ROWS} rows from the start, then 1,500 levels in one, and a text of 3 MiB that grows @long`, async ({
  browser,
}) => {
  test.setTimeout(120_000 + ROWS * 2);
  const rows = Array.from({ length: ROWS }, (_, i) => `<li class=r${i % 9}>row ${i}</li>`).join('');
  const large = page('').replace('begun', 'large').replace('<ul id=list>', `<ul id=list>${rows}`);
  const pages = await Pages.open({ '/': { body: page('') }, '/large': { body: large } });
  await Visit.to(browser, pages, '/', async ({ agent, customer }) => {
    await agent.sees('begun');
    const told = async (what: string, run: () => Promise<unknown>) => {
      const trace = await Trace.of(customer.page);
      await run();
      const began = performance.now();
      await has(agent, what);
      const after = performance.now() - began;
      const figures = rounded({ ...(await trace.end()), agent: after });
      console.log(JSON.stringify({ promise: 'R11', rows: ROWS, what, ...figures }));
    };
    await told('large', () => customer.page.goto(pages.at('/large')));
    // Chromium itself does not get through 3,000.
    const levels = `let at = document.body; for (let i = 0; i < 1500; i++) at = at.appendChild(document.createElement('div')); at.append('deepest')`;
    await told('deep', () => customer.page.evaluate(`{ ${levels}; mark.textContent = 'deep' } ${painted}`));
    await told('long', () =>
      customer.page.evaluate(`h.textContent = 'long '.repeat(600_000); mark.textContent = 'long'; ${painted}`),
    );
    const grow = `for (let i = 0; i < 20; i++) { h.firstChild.data += 'and more '; await ${painted} } mark.textContent = 'grown'`;
    await told('grown', () => customer.page.evaluate(`(async () => { ${grow} })()`));
    const text = await (await agent.stage()).evaluate(() => document.querySelector('#h')?.textContent ?? '');
    expect(text.slice(0, 10)).toBe('long long ');
    expect(text.length).toBeGreaterThan(1_000_000);
    expect((await agent.stats()).mismatches).toBe(0);
  });
});
